"""`print`: all letters on paper as one PDF, by country and name, as they were sealed."""

from __future__ import annotations

import csv
from pathlib import Path

import pikepdf
import pytest
from sqlalchemy import update

from delivery.verifying import Standing
from office.errors import InputError, NotFoundError, RefusedError
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.print_run import PrintRun, mark_as_printed, paper_letters, print_letters
from pipeline.sending import send
from pipeline.stopping import hold, withdraw
from store.schema import addressees
from tests.pipeline.offices import SLUG, edit, issue_all
from tests.pipeline.reminders import Year
from tests.pipeline.test_sending import states

MORE = """\
es-paper,ES,,minister,,=Ministerio de Faros,government,ES,,,,paper
none-paper,XX,Nemo,,m,House of Paper,academia,,,,,paper
ad-paper,AD,,minister,,Ministry of Beacons,government,AD,fr,,,paper
"""


@pytest.fixture
def issued(desk: Desk) -> Desk:
    """A letter to five addressees on paper, issued and not sent."""
    path = desk.office.folder / "recipients" / "keepers.csv"
    path.write_text(path.read_text("utf-8") + MORE, "utf-8")
    issue_all(desk)
    return desk


def listed(run: PrintRun) -> list[dict[str, str]]:
    with run.listing.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def texts(path: Path) -> list[str]:
    """Return what a document says of its pages' sizes: enough to see that it can be opened and read."""
    with pikepdf.open(path) as document:
        return ["blank" if "/Contents" not in page else "page" for page in document.pages]


def test_in_the_order_of_the_mail_room(issued: Desk, tmp_path: Path) -> None:
    run = print_letters(issued, SLUG, tmp_path / "run.pdf")
    keys = ["ad-paper", "bt-minister", "fr-minister", "es-paper", "none-paper"]
    assert [letter.row.key for letter in run.letters] == keys
    rows = listed(run)
    assert [row["key"] for row in rows] == keys
    assert [row["country"] for row in rows] == ["Andorra", "Bhutan", "France", "Spain", ""]
    assert rows[3]["organisation"] == "'=Ministerio de Faros"
    assert [int(row["first_page"]) for row in rows] == list(run.first_pages)
    assert len(texts(run.target)) == run.total == sum(run.pages)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["run.list.csv", "run.pdf"]


def test_what_is_printed_is_what_was_sealed(issued: Desk, tmp_path: Path) -> None:
    first = print_letters(issued, SLUG, tmp_path / "first.pdf")
    edit(issued.office.folder / "letters" / SLUG / "body.md", "Census of coastal lights", "Another letter")
    (issued.office.folder / "recipients" / "keepers.csv").unlink()
    second = print_letters(issued, SLUG, tmp_path / "second.pdf")
    assert first.target.read_bytes() == second.target.read_bytes()


def test_both_sides(issued: Desk, tmp_path: Path) -> None:
    run = print_letters(issued, SLUG, tmp_path / "run.pdf", duplex=True)
    assert all(start % 2 for start in run.first_pages)
    kinds = texts(run.target)
    assert len(kinds) == run.total
    for start, pages in zip(run.first_pages, run.pages, strict=True):
        assert kinds[start - 1 : start - 1 + pages] == ["page"] * pages
        if pages % 2:
            assert kinds[start - 1 + pages] == "blank"


def test_printing_marks_nothing_and_done_marks_once(issued: Desk, tmp_path: Path) -> None:
    run = print_letters(issued, SLUG, tmp_path / "run.pdf")
    assert states(issued)["fr-minister"] == ["queued", "queued"]
    assert mark_as_printed(issued, SLUG, run.listing) == 5
    assert states(issued)["fr-minister"] == ["queued", "printed"]
    assert mark_as_printed(issued, SLUG, run.listing) == 0
    with pytest.raises(NotFoundError, match="nothing left"):
        print_letters(issued, SLUG, tmp_path / "left.pdf", left=True)
    summary = send(issued, SLUG)
    assert (summary.sent, summary.printed) == (9, 0)
    assert len(print_letters(issued, SLUG, tmp_path / "again.pdf").letters) == 5
    assert show(issued, SLUG, "bt-minister", "docx").standing is Standing.SEALED


def test_what_is_issued_after_the_run_is_not_marked_with_it(desk: Desk, tmp_path: Path) -> None:
    issue_all(desk, languages=("fr",))
    run = print_letters(desk, SLUG, tmp_path / "run.pdf")
    issue_all(desk)
    assert mark_as_printed(desk, SLUG, run.listing) == len(run.letters) == 1
    assert [letter.row.key for letter in paper_letters(desk, SLUG, left=True)] == ["bt-minister"]


def test_a_list_that_a_spreadsheet_program_has_saved_marks_the_same(issued: Desk, tmp_path: Path) -> None:
    run = print_letters(issued, SLUG, tmp_path / "run.pdf")
    saved = tmp_path / "saved.csv"
    saved.write_text(run.listing.read_text("utf-8-sig").replace(",", ";"), "cp1252", errors="replace")
    assert mark_as_printed(issued, SLUG, saved) == 5


def test_only_the_list_of_a_run_marks(issued: Desk, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("place,row\n1,99999\n", "utf-8")
    with pytest.raises(RefusedError, match="row 99999"):
        mark_as_printed(issued, SLUG, wrong)
    wrong.write_text("key,name\nfr-minister,A\n", "utf-8")
    with pytest.raises(InputError, match="not the list of a print run"):
        mark_as_printed(issued, SLUG, wrong)
    with pytest.raises(InputError):
        mark_as_printed(issued, SLUG, tmp_path / "none.csv")
    assert states(issued)["fr-minister"] == ["queued", "queued"]


def test_what_was_withdrawn_is_not_printed(issued: Desk, tmp_path: Path) -> None:
    withdraw(issued, SLUG, ["es-paper", "fr-minister"])
    run = print_letters(issued, SLUG, tmp_path / "run.pdf")
    assert [letter.row.key for letter in run.letters] == ["ad-paper", "bt-minister", "none-paper"]
    hold(issued, SLUG)
    with pytest.raises(RefusedError, match="held"):
        paper_letters(issued, SLUG)


def test_a_letter_that_was_tampered_with_stops_the_run(issued: Desk, tmp_path: Path) -> None:
    with issued.store.write() as connection:
        connection.execute(
            update(addressees).where(addressees.c.key == "bt-minister").values({"values": b'["Bhutan, or so"]'})
        )
    with pytest.raises(RefusedError, match="nothing was printed") as caught:
        print_letters(issued, SLUG, tmp_path / "run.pdf")
    assert [finding.code for finding in caught.value.findings] == ["values-changed"]
    assert list(tmp_path.glob("*.pdf")) == []


def test_no_paper_and_no_folder(desk: Desk, tmp_path: Path) -> None:
    path = desk.office.folder / "recipients" / "keepers.csv"
    path.write_text(path.read_text("utf-8").replace(",both", ",email").replace(",paper", ",email"), "utf-8")
    edit(path, "Ministry of Lamps,government,BT,,", "Ministry of Lamps,government,BT,,lamps@bt.example.org")
    issue_all(desk)
    with pytest.raises(NotFoundError, match="goes on paper"):
        print_letters(desk, SLUG, tmp_path / "run.pdf")


def test_where_it_cannot_be_written(issued: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        print_letters(issued, SLUG, tmp_path / "no" / "such" / "run.pdf")


@pytest.mark.parametrize("name", ["run.csv", "run"])
def test_the_list_never_takes_the_place_of_the_run(issued: Desk, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="does not end in"):
        print_letters(issued, SLUG, tmp_path / name)
    assert not list(tmp_path.glob("run*"))


def test_reminders_on_paper(year: Year, tmp_path: Path) -> None:
    year.remind(4, 8)
    with year.desk(4, 9) as desk:
        run = print_letters(desk, SLUG, tmp_path / "run.pdf", reminders=True)
    assert [letter.row.key for letter in run.letters] == ["bt-minister", "fr-minister"]
