"""Roles on a list that no words of protocol exist for."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.findings import Finding
from pipeline.checking import check
from tests.pipeline.offices import LETTER, SLUG, desk_at

PERSONAL = LETTER.replace('address = "collective"', 'address = "personal"')
COLLECTIVE = LETTER.replace('address = "personal"', 'address = "collective"')
KING = '[salutation.king]\nany = { text = "Sire,", source = "the court", reviewed = true }\n'


def found(folder: Path, *roles: str, letter: str = LETTER) -> list[Finding]:
    path = folder / "recipients" / "keepers.csv"
    rows = [f"k{at},,Ann,{role},f,House,government,SE,,k{at}@example.org,,email\n" for at, role in enumerate(roles)]
    path.write_text(path.read_text("utf-8") + "".join(rows), "utf-8")
    (folder / "letters" / SLUG / "letter.toml").write_text(letter, "utf-8")
    with desk_at(folder) as desk:
        return [finding for finding in check(desk, SLUG) if finding.code == "role-unknown"]


def test_a_misspelt_role_is_told_once_with_what_becomes_of_it(folder: Path) -> None:
    (finding,) = found(folder, "minster", "Minster", "ministre", letter=PERSONAL)
    assert (finding.file, finding.line, finding.column) == ("recipients/keepers.csv", 12, "role")
    assert finding.message == (
        "there are no words for the role «minster» (2 rows): whoever has it is spoken to as «minister»"
    )
    assert finding.hint.startswith("Did you mean «minister»?")


@pytest.mark.parametrize(
    ("role", "hint"),
    [
        ("Minister of Health", "Did you mean «minister»?"),
        ("H.E. the Deputy Minister", "Did you mean «deputy-minister»?"),
        ("lighthouse keeper", "circulars protocol shows the roles"),
    ],
)
def test_the_role_that_is_meant_is_named(folder: Path, role: str, hint: str) -> None:
    (finding,) = found(folder, role, letter=PERSONAL)
    assert finding.hint.startswith(hint)


@pytest.mark.parametrize(("role", "told"), [("ambasador", True), ("librarian", False), ("посол", False)])
def test_a_letter_to_all_of_a_class_is_told_of_slips_only(folder: Path, role: str, told: bool) -> None:
    assert bool(found(folder, role, letter=COLLECTIVE)) is told


def test_a_role_that_the_office_has_words_for(folder: Path) -> None:
    (folder / "locales" / "en").mkdir(parents=True, exist_ok=True)
    (folder / "locales" / "en" / "protocol.toml").write_text(KING, "utf-8")
    assert found(folder, "King", letter=PERSONAL) == []
