from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.differences import differences, marked_differences

TEXTS = st.text(st.sampled_from("ab é. \n\t{}«»'’,الع会议国家\u00a0\u200c\u200f-"), max_size=40)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("Please answer soon.", "Please answer all soon.", "Please answer {+all +}soon."),
        ("Answer very soon now.", "Answer quite late now.", "Answer [-very soon-]{+quite late+} now."),
        ("by {{ a.b | date }}.", "by {{ a.c | date }}.", "by [-{{ a.b | date }}-]{+{{ a.c | date }}+}."),
        ("会议将在日内瓦举行。", "会议将在维也纳举行。", "会议将在[-日内瓦-]{+维也纳+}举行。"),
        ("l'accord du 19.4.2022", "l'accord du 20.4.2022", "l'accord du [-19.4.2022-]{+20.4.2022+}"),
        ("يُعقد المنتدى في جنيف", "يُعقد المؤتمر في جنيف", "يُعقد [-المنتدى-]{+المؤتمر+} في جنيف"),
        ("same", "same", "same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
    ],
)  # fmt: skip
def test_words_that_changed(old: str, new: str, shown: str) -> None:
    assert marked_differences(old, new) == shown


@given(TEXTS, TEXTS)
def test_the_pieces_make_up_both_versions(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != "added") == old
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == new
    changes = [piece.change for piece in pieces]
    assert all(first != second for first, second in itertools.pairwise(changes))
    assert (old == new) == all(change == "same" for change in changes)


def test_a_long_text_takes_no_time() -> None:
    old = "国" * 10_000
    assert len(differences(old, "家" + old)) == 2
