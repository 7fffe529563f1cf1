"""What is translated."""

from __future__ import annotations

from typing import Any

import pytest

from letters.inline import has_words, message_of
from letters.segments import body_stem, segments, text_stems


def test_segments_of_all_texts(desk: Any, facts: str) -> None:
    letter = desk.letter(facts)
    desk.write("body.ministers.md", "# To ministers\n\nSame\n\nSame\n")
    desk.write("annex-1.md", "# Form\n\n{{ facts.entries }}\n")
    desk.write("annex-3.md", "# Never read\n")
    desk.write("reminder.md", "# Reminder\n\nSame\n")
    assert text_stems(letter, desk.office) == ("body", "body.ministers", "annex-1", "reminder")
    assert body_stem(letter, desk.office, "ministers") == "body.ministers"
    assert body_stem(letter, desk.office, "others") == "body"
    found = [(segment.context, segment.msgid, segment.line) for segment in segments(letter, desk.office)]
    assert found[0] == ("letter", "Bridges between networks", facts.splitlines().index("[texts]") + 2)
    assert [entry for entry in found if entry[0] != "body"][1:] == [
        ("body.ministers", "To ministers", 1),
        ("body.ministers", "Same", 3),
        ("annex-1", "Form", 1),
        ("reminder", "Reminder", 1),
        ("reminder", "Same", 3),
    ]


@pytest.mark.parametrize(
    ("message", "wanted"),
    [
        ("{{ facts.entries | number }}", False),
        ("[{{ links.a }}]({{ links.a }})", False),
        ("**12**", False),
        ("{{ texts.theme }} ({{ place }}, {{ events.forum | range }})", False),
        ("第一", True),
        ('{{ recipient | agree("le", "la", "le/la") }}', True),
        ("{{ a }} b", True),
    ],
)
def test_what_has_words(message: str, *, wanted: bool) -> None:
    assert has_words(message) is wanted


def test_what_a_language_may_arrange_is_optional(desk: Any) -> None:
    heading = '{{ texts.theme }} ({{ place }}, {{ events.meeting | range("compact") }})'
    letter = desk.letter(body=f"# {heading}\n\n{{{{ date | date }}}}\n\nText\n")
    found = [segment.msgid for segment in segments(letter, desk.office) if segment.context == "body"]
    assert found == ["Text"]
    wider = [segment.msgid for segment in segments(letter, desk.office, optional=True) if segment.context == "body"]
    assert wider == [heading, "Text"]


def test_an_optional_segment_is_used_where_it_is_translated(desk: Any, french: dict[tuple[str, str], str]) -> None:
    heading = "{{ texts.theme }} ({{ place }}, {{ facts.entries }})"
    for translation, wanted in (
        ({}, "Des ponts entre les réseaux (Genève, 7000)"),
        ({("body", heading): "{{ place }} : {{ texts.theme }}, {{ facts.entries }}"},
         "Genève : Des ponts entre les réseaux, 7000"),
    ):  # fmt: skip
        letter = desk.letter(body=f"# {heading}\n\nText\n", french=french | {("body", "Text"): "Texte"} | translation)
        (line,) = desk.compose(letter, "fr").subject
        assert [inline.text for inline in line] == [wanted]


def test_a_very_long_gap_in_a_line_is_read_at_once() -> None:
    assert message_of("a" + " " * 200_000 + "b  \nc") == "a" + " " * 200_000 + "b\\\nc"
