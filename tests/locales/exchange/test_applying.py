"""What comes back from translators: compared with the catalogue, and written without losing anything."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.catalogue import Catalogue, digest, read_catalogue
from locales.exchange.applying import apply_changes, present_state
from locales.exchange.comparing import Change, Kind, compare
from locales.exchange.exported import note_exported
from locales.exchange.model import Exchange, Unit
from locales.exchange.po_reading import read_po
from locales.exchange.word_reading import read_word_table
from locales.exchange.word_table import write_word_table
from locales.exchange.xliff import read_xliff, write_xliff
from locales.merging import fold, update_catalogue
from office.findings import has_errors
from tests.locales.exchange.samples import ALPHABET, PLAIN, exchanges, texts, units
from tests.patience import within

Key = tuple[str, str]


def write(path: Path, given_units: Sequence[Unit], language: str = "fr") -> list[Key]:
    """Make a catalogue that says what the units say."""
    segments = [(unit.context, unit.msgid) for unit in given_units]
    update_catalogue(path, language, [(*segment, "letters/forum/body.md:1") for segment in segments])
    catalogue = polib.pofile(str(path), wrapwidth=0)
    by_key = {(unit.context, fold(unit.msgid)): unit for unit in given_units}
    for entry in catalogue:
        unit = by_key[entry.msgctxt, fold(entry.msgid)]
        entry.msgstr = unit.msgstr
        entry.flags = ["fuzzy"] if unit.to_revise else []
        entry.previous_msgid = unit.previous or None
    catalogue.save(str(path))
    return segments


def imported(path: Path, units: Sequence[Unit], segments: Sequence[Key], language: str = "fr") -> tuple[Change, ...]:
    """Import as the command does."""
    update_catalogue(path, language, [(*segment, "letters/forum/body.md:1") for segment in segments])
    changes = compare(units, present_state(path, segments))
    apply_changes(path, language, changes)
    return changes


FORMATS: dict[str, Callable[[Path, Exchange], Exchange]] = {
    "po": lambda path, _: read_po(path.read_bytes(), name="back.po"),
    "xliff": lambda _, exchange: read_xliff(write_xliff(exchange), name="back.xlf"),
    "docx": lambda _, exchange: read_word_table(write_word_table(exchange), name="back.docx"),
}


# In XLIFF, Markdown's marks are elements, and what only looks like one is escaped: its own tests have those.
ALPHABETS = {"po": ALPHABET, "xliff": PLAIN, "docx": ALPHABET}


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=50, deadline=None)  # files are written
@given(data=st.data())
def test_there_and_back_again_changes_nothing(name: str, data: st.DataObject) -> None:
    exchange = data.draw(exchanges(ALPHABETS[name]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forum-2022.po"
        segments = write(path, exchange.units, exchange.language)
        update_catalogue(path, exchange.language, [(*segment, "letters/forum/body.md:1") for segment in segments])
        before = path.read_bytes(), digest(read_catalogue(path).entries)
        back = FORMATS[name](path, exchange)
        assert not has_errors(back.findings) or not exchange.units
        changes = compare(back.units, present_state(path, segments))
        assert {change.kind for change in changes} <= {Kind.SAME, Kind.EMPTY}
        apply_changes(path, exchange.language, changes)
        assert (path.read_bytes(), digest(read_catalogue(path).entries)) == before


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=50, deadline=None)  # files are written
@given(data=st.data())
def test_an_empty_catalogue_gets_everything(name: str, data: st.DataObject) -> None:
    exchange = data.draw(exchanges(ALPHABETS[name]))
    with tempfile.TemporaryDirectory() as folder:
        source, path = Path(folder) / "source.po", Path(folder) / "forum-2022.po"
        segments = write(source, exchange.units, exchange.language)
        write(path, [replace(unit, msgstr="", to_revise=False, previous="") for unit in exchange.units])
        imported(path, FORMATS[name](source, exchange).units, segments, exchange.language)
        wanted = {(unit.context, fold(unit.msgid)): unit for unit in exchange.units}
        for entry in read_catalogue(path).entries:
            unit = wanted[entry.context, fold(entry.msgid)]
            if unit.msgstr:
                assert (entry.msgstr, entry.to_revise) == (unit.msgstr, unit.to_revise)


def everything(path: Path) -> str:
    """All that a catalogue says anywhere, white space made even."""
    said = [text for entry in polib.pofile(str(path)) for text in (entry.msgstr, entry.tcomment)]
    return "\n".join(map(fold, said))


@settings(max_examples=50, deadline=None)  # files are written
@given(before=exchanges(), coming=st.lists(units(), max_size=6), letter=st.lists(texts(least=1), max_size=4))
def test_no_translation_is_ever_lost(before: Exchange, coming: list[Unit], letter: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "forum-2022.po"
        segments = write(path, before.units)
        kept = [*segments[::2], *(("body", text) for text in letter)]  # the letter has moved on
        for _ in range(2):
            imported(path, coming, kept)
            said = everything(path)
            for unit in (*before.units, *coming):
                assert fold(unit.msgstr) in said


A, B, C = (
    Unit(context="body", msgid=f"The {word} session opens in the large hall.") for word in ("first", "second", "third")
)


class Desk:
    """A catalogue on whose segments files come back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.segments: list[Key] = []

    def have(self, *given_units: Unit) -> None:
        self.segments = write(self.path, given_units)

    def compare(self, *given_units: Unit) -> tuple[Change, ...]:
        return compare(given_units, present_state(self.path, self.segments))

    def take(self, *given_units: Unit) -> Catalogue:
        apply_changes(self.path, "fr", self.compare(*given_units))
        return read_catalogue(self.path)

    def kinds(self, *given_units: Unit) -> list[Kind]:
        return [change.kind for change in self.compare(*given_units)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "forum.po")


def test_kinds_of_change(desk: Desk) -> None:
    desk.have(A, replace(B, msgstr="Deux", to_revise=True, previous="x"), replace(C, msgstr="Trois"))
    coming = (replace(A, msgstr="Un"), replace(B, msgstr="Deux!"), replace(C, msgstr="Trois!"))
    assert desk.kinds(*reversed(coming)) == [Kind.NEW, Kind.REVISED, Kind.CHANGED]
    assert desk.kinds(A, replace(B, msgstr="Deux", to_revise=True), replace(C, msgstr="Trois")) == [
        "empty",
        "same",
        "same",
    ]
    assert desk.kinds(replace(B, msgstr="Deux")) == [Kind.REVISED]
    assert desk.kinds(replace(C, msgstr="Trois", to_revise=True)) == [Kind.SAME]
    catalogue = desk.take(*coming)
    assert [(entry.msgstr, entry.to_revise, entry.previous) for entry in catalogue.entries] == [
        ("Un", False, ""), ("Deux!", False, ""), ("Trois!", False, ""),
    ]  # fmt: skip
    assert "# other wording: Trois\n" in desk.path.read_text("utf-8")
    assert desk.kinds(*coming) == [Kind.SAME] * 3


def test_the_letter_has_moved_on(desk: Desk) -> None:
    old = replace(A, msgid=A.msgid.replace("large", "small"), msgstr="Un", note="seen")
    desk.have(A, B)
    change, gone = desk.compare(replace(C, msgid="Quite another sentence.", msgstr="Autre"), old)
    assert (change.kind, change.msgid, change.previous) == (Kind.MOVED_ON, A.msgid, old.msgid)
    assert gone.kind is Kind.UNMATCHED
    catalogue = desk.take(old, replace(C, msgid="Quite another sentence.", msgstr="Autre"))
    entry = catalogue.find("body", A.msgid)
    assert entry is not None
    assert (entry.msgstr, entry.to_revise, entry.previous) == ("Un", True, old.msgid)
    assert '#~ msgid "Quite another sentence."\n#~ msgstr "Autre"' in desk.path.read_text("utf-8")


def test_what_was_exported_before_the_letter_moved_on_undoes_nothing(desk: Desk) -> None:
    old = replace(A, msgid=A.msgid.replace("large", "small"), msgstr="Un")
    note_exported(desk.path, [old])
    desk.have(replace(A, msgstr="Un, revu", to_revise=True))
    assert desk.kinds(old) == [Kind.OLDER]
    assert desk.kinds(replace(old, msgstr="Un, traduit")) == [Kind.MOVED_ON]


def test_what_is_done_is_not_taken_away_for_an_older_source(desk: Desk) -> None:
    desk.have(replace(A, msgstr="Un"))
    assert desk.kinds(replace(A, msgid=A.msgid.replace("large", "small"), msgstr="Autre")) == [Kind.UNMATCHED]


def test_a_file_of_before_undoes_nothing(desk: Desk) -> None:
    went_out = replace(A, msgstr="Un")
    desk.have(went_out, B)
    note_exported(desk.path, [went_out, B])
    desk.have(replace(A, msgstr="Un, revu"), B)
    assert desk.kinds(went_out, replace(B, msgstr="Deux")) == [Kind.OLDER, Kind.NEW]
    assert [entry.msgstr for entry in desk.take(went_out).entries] == ["Un, revu", ""]
    # Changed here and there: both are kept, and somebody decides.
    (change,) = desk.compare(replace(A, msgstr="Un, traduit"))
    assert (change.kind, change.old, change.to_revise) == (Kind.CONFLICT, "Un, revu", True)
    catalogue = desk.take(replace(A, msgstr="Un, traduit"))
    assert (catalogue.entries[0].msgstr, catalogue.entries[0].to_revise) == ("Un, traduit", True)
    assert "# other wording: Un, revu" in desk.path.read_text("utf-8")


def test_the_marks_of_exports_may_be_spoilt(desk: Desk) -> None:
    desk.have(replace(A, msgstr="Un"))
    for spoilt in (b"", b"[]", b"{", b'{"a": 1}', b"[" * 100_000, b"\xff"):
        desk.path.with_suffix(".exported.json").write_bytes(spoilt)
        assert desk.kinds(replace(A, msgstr="Autre")) == [Kind.CHANGED]
        note_exported(desk.path, [replace(A, msgstr="Un")])
        assert desk.kinds(replace(A, msgstr="Un")) == [Kind.SAME]


def test_contexts_that_were_dropped(desk: Desk) -> None:
    annex = replace(A, context="annex-1")
    desk.have(A, annex, B)
    assert desk.kinds(replace(A, context="", msgstr="Un"), replace(B, context="", msgstr="Deux")) == ["new", "new"]
    catalogue = desk.take(replace(A, context="", msgstr="Un"), replace(annex, context="", msgstr="Un aussi"))
    assert [entry.msgstr for entry in catalogue.entries] == ["Un", "Un aussi", ""]


def test_a_thousand_segments_take_no_time(desk: Desk) -> None:
    many = [Unit(context="body", msgid=f"Item {number} of the agenda", msgstr=str(number)) for number in range(1000)]
    desk.have(*many)
    state = present_state(desk.path, desk.segments)
    with within(1):
        assert {change.kind for change in compare([replace(unit, context="") for unit in many], state)} == {Kind.SAME}


def test_one_segment_twice_in_a_file(desk: Desk) -> None:
    desk.have(A)
    coming = (replace(A, msgstr="Un"), replace(A, msgstr="Une"), replace(A, msgstr="Un"))
    assert desk.kinds(*coming) == [Kind.NEW, Kind.TWICE, Kind.TWICE]
    assert desk.take(*coming).entries[0].msgstr == "Un"
    assert "# other wording: Une\n" in desk.path.read_text("utf-8")


FIELD = '{{ events.forum | range("compact") }}'


@pytest.mark.parametrize(
    "damaged",
    [
        "Le {{ events.forum | range(“compact”) }}",
        "Le {{ events.forum | range(«\u00a0compact\u00a0») }}",
        'Le {{\u00a0events.forum | range("compact")\u00a0}}',
        'Le ｛｛ events.forum ｜ range（"compact"） ｝｝',
        'Le { { events.forum | range("compact") } }',
        'Le {{ \u200eevents.forum | range("compact")\u200f }}',
        f"\n Le {FIELD}\r\n",
        f"\ufeffLe\u2028{FIELD}",
        f"L\x07e {FIELD}\u202e",
    ],
)
def test_what_programs_do_to_a_text_is_undone(desk: Desk, damaged: str) -> None:
    source = Unit(context="body", msgid=f"The {FIELD}")
    desk.have(source)
    (change,) = desk.compare(replace(source, msgstr=damaged))
    assert (change.new, change.faults) == (f"Le {FIELD}", ())


def test_fields_lost_and_added_are_told_and_come_in(desk: Desk) -> None:
    source = Unit(context="body", msgid="By {{ deadlines.reply | date }}")
    desk.have(source)
    msgstr = '{{ deadlines.replies | date }}{{ recipient | agree("é", "ée", "é(e)") }}'
    (change,) = desk.compare(replace(source, msgstr=msgstr))
    assert change.faults == ("{{ deadlines.reply }} is lost", "{{ deadlines.replies }} is not in the source")
    assert desk.take(replace(source, msgstr=msgstr)).entries[0].msgstr == msgstr


def test_remarks_are_kept_once(desk: Desk) -> None:
    desk.have(A)
    for _ in range(2):
        desk.take(replace(A, msgstr="Un", remark="Who says so? " * 20))
    assert [change.remark for change in desk.compare(replace(A, msgstr="Un", remark="Who says so? " * 20))] == [""]
    assert fold(desk.path.read_text("utf-8").replace("# ", "")).count(fold("Who says so? " * 20)) == 1
