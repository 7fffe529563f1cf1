"""Typography of what people typed: found, with its place, and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from letters.checking import check_letter
from office.findings import Finding, Level
from tests.letters.conftest import FACTS


def check(desk: Any, letter: Any, **office: object) -> list[Finding]:
    findings = check_letter(letter, replace(desk.office, **office), columns={})
    return [finding for finding in findings if finding.code == "typography"]


def test_a_translation_is_told_what_the_house_writes(desk: Any, french: dict[tuple[str, str], str]) -> None:
    letter = desk.letter(body="# Subject\n\nOur theme: {{ texts.theme }}\n", french={})
    desk.translate(
        {
            ("letter", "Bridges between networks"): "Des ponts entre « réseaux »",
            ("body", "Subject"): "Objet",
            ("body", "Our theme: {{ texts.theme }}"): "Notre thème : **{{ texts.theme }}**",
        }
    )
    found = check(desk, letter)
    assert {finding.level for finding in found} == {Level.WARNING}
    assert {finding.file for finding in found} == {"locales/fr/letters/meeting.po"}
    said = " ".join(finding.message for finding in found)
    assert "«Notre thème : {{ }}» has a space before «:»; the house writes no space" in said
    assert "the quotation mark «" in said
    assert all(finding.line for finding in found)


def test_what_fields_print_is_the_houses_own_matter(desk: Any) -> None:
    letter = desk.letter(body="# Subject\n\n{{ events.meeting | range }}, {{ facts.entries | number }}.\n", french={})
    assert check(desk, letter) == []


def test_the_profile_decides(desk: Any) -> None:
    letter = desk.letter(body="# Subject\n\nIt's on.\n", french={})
    assert check(desk, letter) == []
    (found,) = check(desk, letter, profile="standard")
    assert "the house writes the apostrophe ’" in found.message
    assert (found.file, found.line) == ("letters/meeting/body.md", 3)


def test_addresses_follow_other_rules(desk: Any) -> None:
    letter = desk.letter(
        body="# Subject\n\nSee <https://www.example.int/a?b=c;d> at 16:00, [here]({{ links.site }}).\n"
    )
    assert check(desk, letter) == []


def carried(desk: Any, body: str, language: str) -> list[Finding]:
    """Return what is found in a segment that a language takes over from the source; its subject is translated."""
    facts = FACTS.replace('["en", "fr"]', f'["en", "{language}"]')
    letter = desk.letter(facts, body=f"# Subject\n\n{body}\n", french={})
    desk.translate({("body", "Subject"): "X"}, language=language)
    return [finding for finding in check(desk, letter) if finding.file == "letters/meeting/body.md"]


@pytest.mark.parametrize(
    ("language", "what", "wanted"), [("ar", "«,»", "«،»"), ("zh", "«,»", "«，»"), ("fr", "", ""), ("ru", "", "")]
)
def test_what_is_typed_between_fields_is_looked_at_in_the_languages_that_take_it_over(
    desk: Any, language: str, what: str, wanted: str
) -> None:
    body = '{{ events.meeting | range("compact") }}, **{{ events.session | time("zone") }}**'
    found = carried(desk, body, language)
    assert bool(found) is bool(what)
    if what:
        (first,) = [one for one in found if f"with {what}; the house writes {wanted}" in one.message]
        assert f"stands in «{language}» as it is typed here" in first.message
        assert (first.level, first.line) == (Level.WARNING, 3)
        assert f"Translate it, with the marks of «{language}»: circulars translate export lists it" in first.hint


def test_what_is_translated_is_not_taken_over(desk: Any) -> None:
    body = '{{ events.meeting | range("compact") }}, {{ events.session | time("zone") }}'
    facts = FACTS.replace('["en", "fr"]', '["en", "ar"]')
    letter = desk.letter(facts, body=f"# Subject\n\n{body}\n", french={})
    desk.translate({("body", "Subject"): "الموضوع", ("body", body): body.replace(",", "،")}, language="ar")
    assert check(desk, letter) == []


@pytest.mark.parametrize(
    ("cell", "language", "wanted", "form"),
    [
        ("100%", "fr", "«100 %»", "percent"), ("1.5%", "ru", "«1,5%»", "percent"), ("1,500", "es", "«1500»", "number"),
        ("100%", "ar", "", ""), ("2031", "fr", "", ""), ("70/125", "fr", "", ""), ("3.2", "fr", "", ""),
    ],
)  # fmt: skip
def test_figures_in_cells_are_held_against_what_the_language_prints(
    desk: Any, cell: str, language: str, wanted: str, form: str
) -> None:
    found = carried(desk, f"| 1 | {cell} |\n|---|---|\n| 2 | 3 |", language)
    assert bool(found) is bool(wanted)
    for one in found:
        assert f"with «{cell}»; the house writes {wanted}" in one.message.replace("\u00a0", " ").replace("\u202f", " ")
        assert f"{{{{ facts.… | {form} }}}}" in one.hint


def test_a_language_that_nobody_has_begun_is_left_alone(desk: Any) -> None:
    letter = desk.letter(body="# Subject\n\n| 1 | 100% |\n|---|---|\n| 2 | 3 |\n", french={})
    assert check(desk, letter) == []
