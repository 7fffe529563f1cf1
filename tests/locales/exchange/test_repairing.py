from __future__ import annotations

import pytest

from locales.exchange.repairing import field_faults, repair

SOURCE = 'By {{ deadlines.reply | date }}, at {{ events.forum | range("compact") }}.'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Avant {{ deadlines.reply | date }}.", "Avant {{ deadlines.reply | date }}."),
        ("Avant {{deadlines.reply|date}}.", "Avant {{deadlines.reply|date}}."),
        ("在｛｛ deadlines.reply ｜ date ｝｝。", "在{{ deadlines.reply | date }}。"),
        ("Avant { { deadlines.reply | date } }.", "Avant {{ deadlines.reply | date }}."),
        ("Avant {{ deadlines.reply |\ndate }}.", "Avant {{ deadlines.reply | date }}."),
        ("{{ events.forum | range(“compact”) }}", '{{ events.forum | range("compact") }}'),
        ("{{ events.other | range(“compact”) }}", "{{ events.other | range(“compact”) }}"),
        (" un\r\ndeux\x0btrois\x07 ", "un\ndeux trois"),
    ],
)
def test_a_field_is_as_the_source_has_it_again(text: str, expected: str) -> None:
    assert repair(text, SOURCE) == expected


def test_fields_that_are_lost_or_added_are_named() -> None:
    text = "{{ deadlines.reply }} {{ deadlines.other }} {{ recipient | agree('a', 'b') }}"
    assert field_faults(SOURCE, text) == (
        "{{ events.forum }} is lost",
        "{{ deadlines.other }} is not in the source",
    )


def test_a_field_on_two_lines_is_none() -> None:
    assert field_faults("{{ links.forum }}", "{{ links.forum\n}}") == ("{{ links.forum }} is lost",)


@pytest.mark.parametrize("damaged", ["[^1]", "［^1］", "[ ^1 ]", "［＾1］", "[ˆ1]"])
def test_the_mark_of_a_footnote_is_that_of_the_source(damaged: str) -> None:
    assert repair(f"Voir{damaged}.", "See[^1].") == "Voir[^1]."
    assert repair(f"Voir{damaged}.", "See.") == f"Voir{damaged}."


def test_footnotes_lost_and_invented() -> None:
    assert field_faults("See[^1], [^2].", "Voir[^2].") == ("the footnote [^1] is lost",)
    assert field_faults("See[^1].", "Voir[^1][^1][^3].") == (
        "the footnote [^1] is not in the source",
        "the footnote [^3] is not in the source",
    )
    assert field_faults(r"See \[^1].", r"Voir.") == ()
