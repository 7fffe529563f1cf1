"""Next year's letter.toml."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from letters.renewing import renewed_facts
from office.toml_lines import toml_lines

EARLIER = """\
# How we write to keepers.
reference = "LU-31/004"   # as printed
file_reference = "K 7"
date = 2031-03-03
languages = ["en", "fr"]
contacts = ["lamps"]
relates = [
    { to = "LU-30/002", as = "renews" },   # the year before
]

[[audience]]
list = "keepers"   # all of them

[events]
week = { start = 2031-05-30, end = 2031-06-03, place = "geneva" }

[events.forum]   # the final week
start = 2031-05-30   # a Friday
end = 2031-06-03
place = "geneva"

[deadlines]
  [deadlines.reply]
  date = "2031-04"
  rule = "before"

[links.site]
en = "https://example.int/2031"

[facts]
lights = 1240
date = 2031-01-01
[texts]
theme = "Lights"
"""


def renewed(text: str = EARLIER, series: str = "LU") -> str:
    return renewed_facts(text, lines=toml_lines(text), reference="LU-31/004", series=series, day=date(2032, 2, 2))


def test_what_is_cleared_and_what_stays() -> None:
    facts = tomllib.loads(renewed())
    assert facts["events"] == {"week": {"place": "geneva"}, "forum": {"place": "geneva"}}
    assert facts["deadlines"] == {"reply": {"rule": "before"}}
    assert (facts["date"], facts["series"]) == (date(2032, 2, 2), "LU")
    assert not {"reference", "file_reference"} & set(facts)
    assert facts["relates"] == [{"to": "LU-31/004", "as": "renews"}]
    assert facts["audience"] == [{"list": "keepers"}]
    assert facts["facts"] == {"lights": 1240, "date": date(2031, 1, 1)}
    assert facts["to_confirm"] == ["facts.lights", "facts.date", "links.site", "texts.theme", "contacts"]


@pytest.mark.parametrize(
    "line",
    [
        "# How we write to keepers.",
        '# reference = "LU-31/004"   # as printed',
        "# start = 2031-05-30   # a Friday",
        '# date = "2031-04"',
        'list = "keepers"   # all of them',
        "[events.forum]   # the final week",
    ],
)
def test_comments_and_what_the_dates_were_stay_in_sight(line: str) -> None:
    assert line in renewed().splitlines()


def test_a_letter_without_a_series_is_left_without_a_reference() -> None:
    facts = tomllib.loads(renewed(series=""))
    assert not {"reference", "series"} & set(facts)


def test_a_series_stays_where_it_was() -> None:
    text = 'series = "LU"\ndate = 2031-03-03\ncontacts = []\n'
    facts = tomllib.loads(renewed(text))
    assert list(facts) == ["series", "date", "contacts", "relates", "to_confirm"]
    assert facts["to_confirm"] == []


def test_renewing_what_was_renewed() -> None:
    again = tomllib.loads(renewed(renewed()))
    assert again == tomllib.loads(renewed())
