"""Numbers beside segments."""

from __future__ import annotations

import pytest

from letters.segment_marks import number_mark, numbers_in_margin

PAGE = "<html><head><title>{mark}Subject</title></head><body><p>{mark}Words</p></body></html>"


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        (number_mark(12), '<span class="segment" title="done">12</span>Words'),
        (number_mark(3, "to revise"), '<span class="segment segment-to-revise" title="to revise">3</span>Words'),
        (number_mark(1, "new"), '<span class="segment segment-new" title="new">1</span>Words'),
    ],
)
def test_marks_move_into_the_margin(mark: str, expected: str) -> None:
    page = numbers_in_margin(PAGE.format(mark=mark))
    assert expected in page
    assert "<title>Subject</title>" in page
    assert "⟦" not in page
    assert page.count("<style>") == 1


def test_a_page_without_marks_stays() -> None:
    assert numbers_in_margin(PAGE.format(mark="")) == PAGE.format(mark="")
