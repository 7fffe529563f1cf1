"""Typography of what people typed: found, with its place, and never changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from letters.checking import check_letter
from office.findings import Finding, Level


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
