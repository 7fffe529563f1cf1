"""What differs between two plans: letter by letter, field by field, and in the letter's own words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.plan_changes import EXAMPLES, LISTED, Changes, LetterChange, compare
from pipeline.planning import plan
from pipeline.surveying import PlanOptions
from store.plans import Author, Entry, Plan
from store.schema import plan_entries
from tests.pipeline.offices import (
    ENGLISH_LETTER,
    MORNING,
    SLUG,
    add_addressee,
    desk_at,
    dump,
    edit,
    write_letter,
)

REMINDED = ENGLISH_LETTER.replace('deadline = "reply"\n', 'deadline = "reply"\nremind = ["-3d"]\n', 1)
PERSONAL = REMINDED.replace('lines = ["governments"]\naddress = "collective"', 'address = "personal"')
WORDS = """\
# The lights of {{ recipient.country }}

Dear {{ recipient | agree("Sir", "Madam", "Sir or Madam") }}, you have {{ facts.lights | number }} lights.
{% if recipient.organisation %}
The {{ recipient.organisation }} keeps them, in {{ recipient.country }}.
{% endif %}
"""


@pytest.fixture
def office(folder: Path) -> Path:
    """An office with a letter of which every value is an addressee's own, and which reminds."""
    write_letter(folder, "lights", letter=PERSONAL, body=WORDS)
    return folder


def changed_by(folder: Path, change: Callable[[], None], slug: str = "lights") -> Changes:
    with desk_at(folder) as desk:
        plan(desk, slug)
    change()
    with desk_at(folder) as desk:
        changed = plan(desk, slug).changed
    assert changed is not None
    return changed


def in_list(folder: Path, old: str, new: str) -> Callable[[], None]:
    return lambda: edit(folder / "recipients" / "keepers.csv", old, new)


@pytest.mark.parametrize(
    ("old", "new", "key", "fields"),
    [
        ("minister,f,Ministry of Lights", "minister,m,Ministry of Lights", "no-minister",
         {"gender", "address"}),
        ("Institute of Lenses", "House of Lenses", "lens", {"organisation"}),
        ("Rosa Lindqvist", "Rosa Lind", "lens", {"name"}),
        ("academia,SE", "academia,FI", "lens", {"country"}),
        ("Rosa Lindqvist,,f", "Rosa Lindqvist,,m", "lens", {"gender", "salutation"}),
        ("rosa@lens", "office@lens", "lens", {"mailbox"}),
        ("aide@no", "staff@no", "no-minister", {"copies"}),
        ("sam@prism.example.com,,email", "sam@prism.example.com,,both", "prism", {"channel"}),
        ("no-mission,NO,", "no-mission,NO-2,", "no-mission", {"party"}),
        ("lens,,Rosa Lindqvist,,f,Institute of Lenses,", "lens,,Rosa Lindqvist,,f,,", "lens", {"organisation"}),
    ],
)  # fmt: skip
def test_the_fields_of_a_letter(office: Path, old: str, new: str, key: str, fields: set[str]) -> None:
    changed = changed_by(office, in_list(office, old, new))
    assert (changed.changed, changed.differing, changed.added, changed.removed) == (1, 1, 0, 0)
    (letter,) = changed.letters
    assert letter.key == key
    assert set(letter.fields) == fields
    assert set(changed.fields) == set(letter.fields)
    assert not changed.forms


def test_many_letters_are_counted_by_field(office: Path) -> None:
    def change() -> None:
        in_list(office, "Ingrid Moe", "Inger Moe")()
        in_list(office, "Élise Caron", "Elise Caron")()
        in_list(office, "sam@prism", "dean@prism")()

    changed = changed_by(office, change)
    assert changed.fields == {"address": 2, "name": 2, "mailbox": 1}
    assert changed.told() == ["3 letters differ: address 2, name 2, mailbox 1 (fr-minister, no-minister, prism)"]


def test_another_language_or_class_is_no_other_field(folder: Path) -> None:
    def change() -> None:
        in_list(folder, "government,KE,fr", "government,KE,en")()
        in_list(folder, "Prism College,academia", "Prism College,government")()

    changed = changed_by(folder, change, SLUG)
    letters = {letter.key: letter.fields for letter in changed.letters}
    assert letters == {"ke-minister": ("language",), "prism": ("class",)}


def test_added_and_removed(office: Path) -> None:
    def change() -> None:
        add_addressee(office)
        in_list(office, "lens,,Rosa", "lens-2,,Rosa")()

    changed = changed_by(office, change)
    assert (changed.added, changed.removed, changed.changed) == (2, 1, 0)
    assert changed.told() == ["2 letters added (lens-2, new)", "1 letter removed (lens)"]


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("letters/lights/body.md", "# The lights", "# All lights", "the letter itself (subject, text), for "),
        ("letters/lights/letter.toml", "lights = 1240", "lights = 1241", "the letter itself (text), for "),
    ],
)
def test_the_letter_itself(office: Path, file: str, old: str, new: str, told: str) -> None:
    changed = changed_by(office, lambda: edit(office / file, old, new))
    assert changed.differing == 0
    assert changed.changed == 8
    assert changed.told()[0] == f"{told}en/academia, en/governments"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("letters/lights/letter.toml", 'attach = ["docx"]', "attach = []", "what is attached"),
        ("letters/lights/letter.toml", 'attach = ["docx"]', 'attach = ["docx", "ics"]', "what is attached"),
        ("office.toml", "bounce@", "returns@", "the office's mail addresses"),
        ("letters/lights/letter.toml", 'remind = ["-3d"]', 'remind = ["-4d"]', "what is asked by when"),
    ],
)
def test_what_goes_for_all_letters(office: Path, file: str, old: str, new: str, told: str) -> None:
    changed = changed_by(office, lambda: edit(office / file, old, new))
    assert changed.told() == [told]
    assert changed.as_json()["terms"] == [told]


def test_who_is_left_out_is_told_beside_what_differs(office: Path) -> None:
    def change() -> None:
        in_list(office, "rosa@lens", "office@lens")()
        with (office / "recipients" / "keepers.csv").open("a", encoding="utf-8") as rows:
            rows.write("x,\n")

    assert changed_by(office, change).told() == ["1 letter differs: mailbox (lens)", "who is left out"]


def test_the_reminder_alone(office: Path) -> None:
    reminder = office / "letters" / "lights" / "reminder.md"
    reminder.write_text("# The lights\n\nPlease answer.\n", "utf-8")
    changed = changed_by(office, lambda: edit(reminder, "Please answer.", "Please answer at last."))
    assert changed.told() == ["the reminder (text), for en/academia, en/governments"]


def test_a_field_and_the_words_at_once(office: Path) -> None:
    def change() -> None:
        edit(office / "letters" / "lights" / "letter.toml", "lights = 1240", "lights = 1241")
        in_list(office, "rosa@lens", "office@lens")()

    changed = changed_by(office, change)
    assert (changed.changed, changed.differing, changed.fields) == (8, 1, {"mailbox": 1})


def test_a_field_more_in_the_letter_is_no_change_of_the_others(office: Path) -> None:
    changed = changed_by(
        office, lambda: edit(office / "letters" / "lights" / "body.md", "Dear ", "To {{ recipient.title }}: dear ")
    )
    assert changed.fields == {}
    assert set(changed.forms) >= {"en/academia", "en/governments"}


def test_no_value_of_an_addressee_is_kept_in_clear(office: Path) -> None:
    with desk_at(office) as desk:
        plan(desk, "lights")
        stored = dump(desk.store)
    for table in ("plans", "plan_entries"):
        text = repr(stored[table])
        for value in ("Rosa", "Lindqvist", "Lenses", "rosa@lens.example.com"):
            assert value not in text, (table, value)
    parts = [row[list(plan_entries.c.keys()).index("parts")] for row in stored["plan_entries"]]
    assert len(set(parts)) == len(parts) == 8
    fields = [part[start : start + 4] for part in parts for start in range(4, len(part), 4)]
    assert len(set(fields)) > len(fields) / 2  # salted: equal values of two addressees look different


def test_whoever_got_it_meanwhile_is_not_gone(folder: Path) -> None:
    from tests.pipeline.offices import issue_all

    with desk_at(folder) as desk:
        plan(desk, SLUG)
        issue_all(desk, languages=("fr",))
        changed = plan(desk, SLUG, PlanOptions()).changed
    assert changed is not None
    assert (changed.added, changed.removed) == (5, 0)


# Without an office


def recorded(fields: dict[str, dict[str, object]] | None = None) -> Plan:
    return Plan(
        id=1, circular_id=1, digest="a" * 64, options={}, summary={}, forms={"en/x": "f"}, fields=fields or {},
        author=Author(account="a", name="A"), planned_at=MORNING, decided=None,
    )  # fmt: skip


def entry(key: str, digest: bytes = b"1", parts: bytes | None = None) -> Entry:
    return key, digest * 32, parts


def compared(before: list[Entry], now: list[Entry]) -> Changes:
    return compare(recorded(), before, now, digest="b" * 64, forms={"en/x": "f"}, fields={})


def test_a_plan_made_before_fields_were_kept() -> None:
    changed = compared([entry("a"), entry("b")], [entry("a", b"2", b"parts"), entry("b", b"1", b"parts")])
    assert changed.letters == (LetterChange(key="a", change="changed"),)
    assert (changed.changed, changed.differing) == (1, 0)
    assert json.loads(json.dumps(changed.as_json()))["examples"]["changed"] == ["a"]


def test_what_is_named_has_a_bound() -> None:
    changed = compared([], [entry(f"{number:06}") for number in range(LISTED + 500)])
    assert changed.added == LISTED + 500
    assert len(changed.letters) == LISTED
    (told,) = changed.told()
    assert told.startswith("1,500 letters added (for example 000000, ")
    assert told.count(",") == EXAMPLES  # one of them in the number


def test_keys_are_paired_by_code_points() -> None:
    keys = sorted(["Z", "a", "é", "中", "🙂", "ab"])
    changed = compared([entry(key) for key in keys if key != "é"], [entry(key) for key in keys if key != "Z"])
    assert {(letter.key, letter.change) for letter in changed.letters} == {("é", "added"), ("Z", "removed")}
