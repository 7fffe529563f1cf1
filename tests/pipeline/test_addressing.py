"""Who stands on the list of a personal letter: the words that are unconfirmed for them, and whom it cannot address."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.findings import Finding
from pipeline.checking import check
from pipeline.planning import plan
from tests.pipeline.offices import ENGLISH_LETTER, SLUG, desk_at, edit

PERSONAL = (
    ENGLISH_LETTER.split("[[audience]]")[0]
    + """\
[[audience]]
list = "keepers"
where = "category == 'government'"
class = "guests"
address = "personal"
salutation = "individual"
closing = "distinguished"

[deadlines.reply]
date = 2031-04-30

[[asks]]
id = "census"
what = "information"
deadline = "reply"

[facts]
lights = 1240
"""
)
HEADINGS = "key,party,name,role,gender,organisation,category,country,languages,email,cc,channel,title (en)"


def letter(folder: Path, text: str, *rows: str) -> None:
    """Write the letter and its list; each row is name,role,gender,organisation,category,country."""
    lines = [f"k{at},p{at},{row},,k{at}@example.org,,email," for at, row in enumerate(rows)]
    (folder / "recipients" / "keepers.csv").write_text("\n".join([HEADINGS, *lines, ""]), "utf-8")
    (folder / "letters" / SLUG / "letter.toml").write_text(text, "utf-8")


def found(folder: Path, code: str) -> list[Finding]:
    with desk_at(folder) as desk:
        return [finding for finding in check(desk, SLUG) if finding.code == code]


def test_words_and_closes_go_by_the_roles_on_the_list(folder: Path) -> None:
    letter(
        folder,
        PERSONAL,
        "Ann,charge-d-affaires,f,House,government,SE",
        "Bo,Ambassador,m,House,government,NO",
        "Cy,minister,m,House,academia,NO",  # not of the audience
    )
    (words,) = found(folder, "unreviewed-protocol")
    assert "charge-d-affaires (f)" in words.message
    assert "address ambassador (m)" in words.message
    assert "individual" not in words.message
    assert "minister" not in words.message
    (close,) = found(folder, "plain-closing")
    assert "chargés d'affaires, ambassadors" in close.message


def test_the_first_audience_that_selects_somebody_decides(folder: Path) -> None:
    first = PERSONAL.replace(
        "[[audience]]",
        """\
[[audience]]
list = "keepers"
where = "role == 'ambassador'"
class = "envoys"
address = "collective"
salutation = "ambassador"
closing = "highest"

[[audience]]""",
    )
    letter(folder, first, "Bo,Ambassador,m,House,government,NO", "Ann,,f,House,government,SE")
    assert found(folder, "plain-closing") == []


NOTE = PERSONAL.replace('series = "LU"', 'series = "LU"\nkind = "note-verbale"').replace(
    'salutation = "individual"', 'salutation = "permanent-mission"'
)


def test_a_mission_without_a_country_is_told_by_check_and_by_plan(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", ", those of {{ recipient.country }} among them", "")
    letter(folder, NOTE, ",,,Mission of Norway,government,NO", ",,,Mission of Nowhere,government,")
    (finding,) = found(folder, "note-addressee-unknown")
    assert (finding.file, finding.line, finding.column) == ("recipients/keepers.csv", 3, "country")
    assert finding.message == "no country, so the note cannot name the mission (this row is left out)"
    with desk_at(folder) as desk:
        (exclusion,) = plan(desk, SLUG).exclusions
    assert (exclusion.row, exclusion.detail) == (3, "no country, so the note cannot name the mission")


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (",minister,f,,government,NO", False),  # «Minister»
        (",ambassador,f,,government,NO", False),  # «Ambassador of Norway»
        (",ambassador,f,,government,", True),
        (",professor,f,,government,NO", True),
        (",,,,government,NO", True),
        (",professor,f,House,government,NO", False),
        ("Ann,,,,government,", False),
    ],
)
def test_a_row_that_names_nobody(folder: Path, row: str, told: bool) -> None:
    letter(folder, PERSONAL, row)
    assert [finding.line for finding in found(folder, "nobody-addressed")] == ([2] if told else [])


def test_a_title_in_one_language_names_somebody(folder: Path) -> None:
    letter(folder, PERSONAL, ",professor,f,,government,NO")
    edit(folder / "recipients" / "keepers.csv", "email,\n", "email,Professor of Lamps\n")
    assert found(folder, "nobody-addressed") == []
