"""`print`: all letters on paper as one PDF in the order in which a mail room posts them, with a list."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from delivery.archive import FOLDER, load_form
from delivery.verifying import Standing, Witnesses, examine
from locales.states import find_state
from office.errors import InputError, NotFoundError, RefusedError
from office.files import write_aside
from office.findings import Finding, Level
from office.folding import folded
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.stopping import require_going
from recipients.rows import guarded
from recipients.tables import read_table
from store.archived import index_rows
from store.circulars import Circular
from store.message_rows import rows_in
from store.messages import OutboxRow, Part, State
from store.outbox import mark_printed
from templates.escapes import one_line
from templates.forms import Value, unpack_values
from templates.pdf.form import PdfForm

LIST_COLUMNS = ("place", "first_page", "pages", "country", "name", "organisation", "language", "key", "row", "state")
_WAITING = (State.QUEUED, State.DEFERRED)
_PRINTABLE = (*_WAITING, State.PRINTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLetter:
    """A letter on paper. ``country`` is its name in English, empty where it is not known."""

    row: OutboxRow
    country: str
    organisation: str

    @property
    def is_left(self) -> bool:
        """Whether nobody has marked it as printed."""
        return self.row.state in _WAITING

    @property
    def order(self) -> tuple[str, str, str]:
        """How letters lie in the run: by country, those of none last, then by organisation and name."""
        return (folded(self.country) or "\uffff", folded(f"{self.organisation} {self.row.name}"), self.row.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintRun:
    """A run that was written. ``first_pages`` and ``pages`` are of each letter, counted from 1 in the PDF."""

    reference: str
    letters: tuple[PaperLetter, ...]
    first_pages: tuple[int, ...]
    pages: tuple[int, ...]
    total: int  # pages, blank ones with them
    target: Path
    listing: Path

    def as_json(self) -> dict[str, object]:
        """Return the shape that `print --json` prints."""
        return {
            "reference": self.reference,
            "letters": len(self.letters),
            "left": sum(letter.is_left for letter in self.letters),
            "pages": self.total,
            "file": str(self.target),
            "list": str(self.listing),
        }


def paper_letters(desk: Desk, ref: str, *, left: bool = False, reminders: bool = False) -> tuple[PaperLetter, ...]:
    """Return the letters of a circular that go on paper, or its reminders, in the order of the run.

    ``left``: only those that are not marked as printed. Raises RefusedError for a letter that is held.
    """
    circular = issued_circular(desk, ref)
    require_going(desk, circular, ref)
    part = Part.REMINDERS if reminders else Part.LETTERS
    with desk.store.read() as connection:
        paper = {row.id: row for row in rows_in(connection, circular.id, _PRINTABLE, part=part) if row.role == "paper"}
        found = [
            PaperLetter(row=paper[index.outbox_id], country=_country(index.country), organisation=index.organisation)
            for index in index_rows(connection, circular.id)
            if index.outbox_id in paper
        ]
    chosen = (one for one in found if one.row.values is not None and (one.is_left or not left))
    return tuple(sorted(chosen, key=lambda one: one.order))


@lru_cache(maxsize=512)
def _country(code: str) -> str:
    state = find_state(code)
    return state.names["en"] if state is not None else code


def print_letters(
    desk: Desk, ref: str, target: Path, *, left: bool = False, reminders: bool = False, duplex: bool = False
) -> PrintRun:
    """Write the run to ``target``, and a list of it beside, of the letters as they were sealed.

    ``duplex``: every letter begins on the front of a sheet. Nothing is marked as printed. Raises NotFoundError where
    there is nothing to print, RefusedError, with a finding each, for letters that are not as they were sealed, and
    InputError for letters that were sealed without a PDF, and for a ``target`` that does not end in .pdf.
    """
    if target.suffix.lower() != ".pdf":
        raise InputError(f"{target.name} does not end in .pdf.", hint=f"Name it so: --out {target.stem}.pdf")
    circular = issued_circular(desk, ref)
    letters = paper_letters(desk, ref, left=left, reminders=reminders)
    if not letters:
        what = "left to print" if left else "that goes on paper"
        raise NotFoundError(f"{circular.reference} has nothing {what}.", hint=f"See: circulars status {ref}")
    load_form.cache_clear()
    _require_sealed(desk, circular, letters)
    counted = [_page_count(form, values) for form, values in _sources(desk, circular, letters)]
    aside = target.with_name(f".{target.name}.part")
    try:
        _assemble(desk, circular, letters, aside)
        starts, total = _lay_out(aside, counted, duplex=duplex)
        listing = target.with_name(f"{target.stem}.list.csv")
        write_aside(listing, _listing(letters, starts, counted))
        aside.replace(target)
    except OSError as error:
        raise InputError(
            f"{target} cannot be written: {error.strerror or error}.", hint="Look at the disk and the folder's rights."
        ) from error
    finally:
        aside.unlink(missing_ok=True)
    return PrintRun(
        reference=circular.reference,
        letters=letters,
        first_pages=tuple(starts),
        pages=tuple(counted),
        total=total,
        target=target,
        listing=listing,
    )


def mark_as_printed(desk: Desk, ref: str, listing: Path) -> int:
    """Record that the letters of a run are printed, by its list; returns how many were waiting.

    What was issued since nobody has printed: it is on no list yet. `send` passes over what is marked. Raises InputError
    for a file that is no list of a run, RefusedError where it names what is no letter on paper of this circular.
    """
    rows = _listed_rows(listing)
    circular = issued_circular(desk, ref)
    with desk.store.read() as connection:
        paper = {row.id for row in rows_in(connection, circular.id, _PRINTABLE) if row.role == "paper"}
    strange = [str(row) for row in rows if row not in paper]
    if strange:
        raise RefusedError(
            f"{listing.name} lists what is no letter on paper of {circular.reference}: row {', '.join(strange[:5])}.",
            hint="Name the list that was written with the run. Nothing was marked.",
        )
    with desk.store.write() as connection:
        return mark_printed(connection, rows, desk.clock())


def _listed_rows(listing: Path) -> list[int]:
    """Return the rows of the outbox on a run's list, which may have been through a spreadsheet program."""
    records, _ = read_table(listing)
    _, headings = next(records, (0, []))
    at = headings.index("row") if "row" in headings else len(headings)
    numbers = [(cells[at] if at < len(cells) else "").removesuffix(".0") for _, cells in records]
    if not numbers or not all(number.isascii() and number.isdecimal() for number in numbers):
        raise InputError(
            f"{listing.name} is not the list of a print run: it has no numbers in a column «row».",
            hint="Name the list that was written with the run.",
        )
    return [int(number) for number in numbers]


def _require_sealed(desk: Desk, circular: Circular, letters: Sequence[PaperLetter]) -> None:
    archive, nothing = desk.office.folder / FOLDER, Witnesses(journal={})
    findings = [
        Finding(level=Level.ERROR, code=fault.code.value, message=f"{letter.row.key}: {fault.message}", file="archive/")
        for letter in letters
        if (found := examine(archive, circular.reference, letter.row, nothing)).standing is Standing.CHANGED
        for fault in found.faults
    ]
    if findings:
        raise RefusedError(
            f"{len(findings)} of the letters on paper are not as they were sealed: nothing was printed.",
            hint=f"See what was changed: circulars archive verify {circular.slug}",
            findings=findings,
        )


def _sources(
    desk: Desk, circular: Circular, letters: Sequence[PaperLetter]
) -> Iterator[tuple[PdfForm, tuple[Value, ...]]]:
    """Yield the PDF form and the values of each letter."""
    for letter in letters:
        form = load_form(desk.office.folder / FOLDER, letter.row.form).forms.pdf
        if form is None:
            raise InputError(
                f"{circular.reference} was sealed by an earlier version, without a form for PDF.",
                hint="Print the Word documents: circulars send writes them into outgoing/, in the folder print.",
            )
        yield form, unpack_values(letter.row.values or b"[]")


def _page_count(form: PdfForm, values: Sequence[Value]) -> int:
    import pikepdf

    from templates.pdf.engine import render

    with pikepdf.open(io.BytesIO(render(form, values))) as document:
        return len(document.pages)


def _assemble(desk: Desk, circular: Circular, letters: Sequence[PaperLetter], target: Path) -> None:
    from templates.pdf.print_run import print_run

    print_run(_sources(desk, circular, letters), target)


def _lay_out(path: Path, counted: Sequence[int], *, duplex: bool) -> tuple[list[int], int]:
    """Return the first page of each letter, and how many pages there are; with ``duplex``, blank pages are put in."""
    import pikepdf

    starts, page = [], 1
    with pikepdf.open(path, allow_overwriting_input=True) as document:
        if len(document.pages) != sum(counted):
            raise RuntimeError(f"{len(document.pages)} pages were set, but the letters have {sum(counted)}")
        for pages in counted:
            starts.append(page)
            page += pages
            if duplex and pages % 2:
                left, bottom, right, top = (float(edge) for edge in document.pages[page - 2].mediabox)
                blank = pikepdf.Dictionary(
                    Type=pikepdf.Name.Page, MediaBox=[left, bottom, right, top], Resources=pikepdf.Dictionary()
                )
                document.pages.insert(page - 1, pikepdf.Page(document.make_indirect(blank)))
                page += 1
        if duplex:
            document.save(path)
    return starts, page - 1


def _listing(letters: Sequence[PaperLetter], starts: Sequence[int], counted: Sequence[int]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(LIST_COLUMNS)
    for place, (letter, start, pages) in enumerate(zip(letters, starts, counted, strict=True), start=1):
        row = letter.row
        cells = (letter.country, row.name, letter.organisation, row.language, row.key)
        writer.writerow([place, start, pages, *(guarded(one_line(cell)) for cell in cells), row.id, row.state])
    return buffer.getvalue().encode("utf-8-sig")
