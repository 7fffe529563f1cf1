"""Lists are found, read row by row, and their faulty rows written back."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from office.errors import InputError, NotFoundError
from recipients.lists import find_list, list_columns, read_list, write_faulty
from recipients.model import Channel, Recipient, Row

HEADING = ["key", "name", "organisation", "country", "languages", "email", "channel", "Table No."]
ROWS = [
    [
        "ke-minister",
        "Wanjiru\nMutheki",
        "Ministry of Information",
        "KE",
        "en",
        "a@ke.example.org; b@ke.example.org",
        "",
        "1",
    ],
    ["", "Élise N'Dour", "", "Côte d'Ivoire", "fr, en", "Office@CI.example.org", "both", "2"],
    ["", "", "Ministry of Works", "NA", "", "", "paper", ""],
]


def _write_csv(path: Path, rows: list[list[str]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def _write_xlsx(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    book.create_sheet("Empty", 0)
    sheet = book.worksheets[1]
    for row in rows:
        sheet.append([int(cell) if cell.isdecimal() else cell or None for cell in row])
    book.save(path)
    return path


def _write_ods(path: Path, rows: list[list[str]]) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Sheet1")
    document.spreadsheet.addElement(table)
    for row in rows:
        line = TableRow()
        table.addElement(line)
        for text in row:
            cell = TableCell(valuetype="string")
            cell.addElement(P(text=text.replace("\n", " ")))
            line.addElement(cell)
    document.save(str(path))
    return path


def _good(path: Path, corrections: Path | None = None) -> list[Recipient]:
    return [row.recipient for row in read_list(path, corrections=corrections) if row.recipient]


@pytest.mark.parametrize(("write", "suffix"), [(_write_csv, ".csv"), (_write_xlsx, ".xlsx"), (_write_ods, ".ods")])
def test_every_kind_of_file_gives_the_same_addressees(write, suffix: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    path = write(tmp_path / f"list{suffix}", [HEADING, *ROWS])
    assert list_columns(path) >= {"table_no", "name", "country", "email"}
    kenya, ivory_coast, namibia = _good(path)
    assert kenya == Recipient(
        key="ke-minister",
        party="ke-minister",
        name="Wanjiru Mutheki",
        organisation="Ministry of Information",
        country="KE",
        languages=("en",),
        to=("a@ke.example.org", "b@ke.example.org"),
        extra={"table_no": "1"},
    )
    assert (ivory_coast.key, ivory_coast.country, ivory_coast.channel) == ("Office@ci.example.org", "CI", Channel.BOTH)
    assert ivory_coast.languages == ("fr", "en")
    assert (namibia.country, namibia.channel, namibia.to) == ("NA", Channel.PAPER, ())
    assert namibia.key.startswith("h-")


def test_the_row_is_that_of_the_spreadsheet(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('name,email\n\n"two\nlines",a@x.org\n,,\nBo,nowhere\n', encoding="utf-8")
    assert [(row.number, row.recipient is not None) for row in read_list(path)] == [(3, True), (5, False)]


def test_a_hashed_key_does_not_depend_on_the_row(tmp_path: Path) -> None:
    first = _write_csv(tmp_path / "a.csv", [HEADING, *ROWS])
    second = _write_csv(tmp_path / "b.csv", [HEADING, *reversed(ROWS)])
    assert {each.key for each in _good(first)} == {each.key for each in _good(second)}


def test_every_fault_of_a_row_is_named_at_once(tmp_path: Path) -> None:
    rows = [
        ["E-mail", "cc", "country", "gender", "languages", "channel", "role"],
        ["a(at)x.org b@@x.org", "c", "Germny", "H", "frensh", "pigeon", "**"],
    ]
    [row] = read_list(_write_csv(tmp_path / "recipients" / "list.csv", rows))
    assert row.recipient is None
    assert sorted((found.code, found.column) for found in row.findings) == [
        ("address-invalid", "E-mail"),
        ("address-invalid", "E-mail"),
        ("address-invalid", "cc"),
        ("channel-unknown", "channel"),
        ("country-unknown", "country"),
        ("gender-unknown", "gender"),
        ("language-unknown", "languages"),
        ("role-unfit", "role"),
    ]
    assert {(found.file, found.line) for found in row.findings} == {("recipients/list.csv", 2)}
    assert "Did you mean Germany (DE)?" in row.reasons


def test_the_same_key_is_an_error_and_the_same_mailbox_a_warning(tmp_path: Path) -> None:
    rows = [["key", "email"], ["a", "x@x.org"], ["A", "y@x.org"], ["b", "X@x.org, z@x.org"]]
    first, second, third = read_list(_write_csv(tmp_path / "list.csv", rows))
    assert first.findings == ()
    assert [found.code for found in second.findings] == ["key-twice"]
    assert "row 2" in second.findings[0].message
    assert [found.code for found in third.findings] == ["mailbox-twice"]
    assert third.recipient is not None


def test_mailboxes_in_several_columns_and_copies(tmp_path: Path) -> None:
    rows = [["email 1", "email 2", "cc"], ["a@x.org", "b@x.org", "B@x.org; c@x.org"], ["", "d@x.org", "d@x.org"]]
    both, one = _good(_write_csv(tmp_path / "list.csv", rows))
    assert (both.to, both.cc) == (("a@x.org", "b@x.org"), ("c@x.org",))
    assert (one.to, one.cc) == (("d@x.org",), ())


def test_remarks_on_the_file_stand_with_the_first_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("name;email;contry\nÉlise;e@x.org;FR\nBo;b@x.org;NO\n".encode("cp1252"))
    first, second = read_list(path)
    assert [found.code for found in first.findings] == ["encoding-assumed", "heading-misspelt"]
    assert first.recipient is not None
    assert (first.recipient.name, first.recipient.extra) == ("Élise", {"contry": "FR"})
    assert second.findings == ()


def test_corrections_are_laid_over_a_list(tmp_path: Path) -> None:
    path = _write_csv(
        tmp_path / "list.csv", [HEADING, *ROWS, ["no-minister", "Sigrun", "", "Norwegia", "", "bad", "", "9"]]
    )
    corrections = _write_csv(
        tmp_path / "corrections.csv",
        [
            ["Key", "Name", "Country", "Email", "Table No", "Seen by"],
            ["KE-minister", "New Minister", "", "", "-", "staff"],
            ["no-minister", "", "NO", "minister@no.example.org", "", ""],
            ["office@ci.example.org", "Élise Brou", "", "", "", ""],
            ["of-another-list", "X", "", "", "", ""],
        ],
    )
    found = {each.key: each for each in _good(path, corrections)}
    assert found["ke-minister"].name == "New Minister"
    assert found["ke-minister"].extra == {"table_no": ""}
    assert found["ke-minister"].country == "KE"
    assert (found["no-minister"].country, found["no-minister"].to) == ("NO", ("minister@no.example.org",))
    assert found["Office@ci.example.org"].name == "Élise Brou"


def test_a_correction_may_name_a_hashed_key(tmp_path: Path) -> None:
    path = _write_csv(tmp_path / "list.csv", [HEADING, ROWS[2]])
    [before] = _good(path)
    corrections = _write_csv(tmp_path / "corrections.csv", [["key", "name"], [before.key, "Ndapewa Shikongo"]])
    assert [each.name for each in _good(path, corrections)] == ["Ndapewa Shikongo"]


def test_faulty_corrections_are_refused_with_all_faults(tmp_path: Path) -> None:
    path = _write_csv(tmp_path / "list.csv", [HEADING, *ROWS])
    corrections = _write_csv(tmp_path / "corrections.csv", [["key", "name"], ["a", "x"], ["A", "y"], ["", "z"]])
    with pytest.raises(InputError) as caught:
        read_list(path, corrections=corrections)
    assert [found.code for found in caught.value.findings] == ["correction-twice", "correction-without-key"]
    _write_csv(corrections, [["name"], ["a"]])
    with pytest.raises(InputError, match="corrections"):
        read_list(path, corrections=corrections)


def test_no_corrections_are_no_fault(tmp_path: Path) -> None:
    path = _write_csv(tmp_path / "list.csv", [HEADING, *ROWS])
    assert len(_good(path, tmp_path / "corrections.csv")) == 3


def test_lists_are_found_by_name(tmp_path: Path) -> None:
    for name in ("ministers.csv", "missions.ODS", "twice.csv", "twice.xlsx", "corrections.csv", "~$open.xlsx", "a.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert find_list(tmp_path, "ministers").name == "ministers.csv"
    assert find_list(tmp_path, "missions").name == "missions.ODS"
    with pytest.raises(InputError, match=r"twice\.csv and twice\.xlsx"):
        find_list(tmp_path, "twice")
    with pytest.raises(NotFoundError) as caught:
        find_list(tmp_path, "minsters")
    assert caught.value.hint == "Did you mean «ministers»?"
    for name in ("corrections", "~$open", "a", "../ministers", ""):
        with pytest.raises(NotFoundError):
            find_list(tmp_path, name)
    with pytest.raises(NotFoundError, match="ministers"):
        find_list(tmp_path / "nowhere", "ministers")


def test_faulty_rows_come_back_with_their_reason_and_can_be_mended(tmp_path: Path) -> None:
    rows = [
        ["key", "name", "email", "phone", "", "note"],
        ["a", "=SUM(A1)", "a@x.org", "+41 22 730 51 11", "", "-5"],
        ["b", "@Bo", "nowhere", "+41 22 730 51 11", "", "-1+1"],
        ["c", "Li", "", "-", "kept", "one", "too", "many"],
    ]
    path = _write_csv(tmp_path / "list.csv", rows)
    target = tmp_path / "faulty" / "list.csv"
    assert write_faulty(target, read_list(path)) == 2
    with target.open(encoding="utf-8-sig", newline="") as file:
        heading, bo, li = csv.reader(file)
    assert heading == ["key", "name", "email", "phone", "", "note", "reason"]
    assert bo[:6] == ["b", "'@Bo", "nowhere", "+41 22 730 51 11", "", "'-1+1"]
    assert "«nowhere» is no mailbox" in bo[6]
    assert li[3:6] == ["-", "kept", "one"]
    assert li[7:] == ["too", "many"]
    again = list(read_list(target))
    assert [row.cells["name"] for row in again] == ["@Bo", "Li"]
    assert [row.recipient for row in again] == [None, None]
    target.write_text(target.read_text(encoding="utf-8-sig").replace("nowhere", "bo@x.org"), encoding="utf-8")
    assert write_faulty(tmp_path / "faulty" / "again.csv", read_list(target)) == 1
    with (tmp_path / "faulty" / "again.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.reader(file)).count("reason") == 1


def test_without_faulty_rows_no_file_remains(tmp_path: Path) -> None:
    target = tmp_path / "faulty" / "list.csv"
    target.parent.mkdir()
    target.write_text("old", encoding="utf-8")
    assert write_faulty(target, read_list(_write_csv(tmp_path / "list.csv", [HEADING, *ROWS]))) == 0
    assert list(target.parent.iterdir()) == []


def test_a_file_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    (tmp_path / "faulty").write_text("a file where a folder should be", encoding="utf-8")
    rows = read_list(_write_csv(tmp_path / "list.csv", [["email"], ["bad"]]))
    with pytest.raises(InputError, match="cannot be written"):
        write_faulty(tmp_path / "faulty" / "list.csv", rows)


def test_nothing_is_left_of_a_writing_that_was_broken_off(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('email\nbad\n"never closed\n', encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        write_faulty(tmp_path / "faulty" / "list.csv", read_list(path))
    assert list((tmp_path / "faulty").iterdir()) == []


_cells = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co"]), max_size=12) | st.sampled_from(
    ["=1+1", "+1", "-", "@x", "'=x", '"', ",", "a\nb", "+41 22", "- 5"]
)


@given(cells=st.lists(_cells, min_size=3, max_size=3))
def test_what_is_written_back_reads_the_same(cells: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("round")
    written = {"email": "bad", "name": "x", **dict(zip(("first", "second", "third"), cells, strict=True))}
    unguarded = {heading: cell[1:] if re.match(r"'[=+@\t\r-]", cell) else cell for heading, cell in written.items()}
    write_faulty(folder / "list.csv", [Row(number=2, cells=unguarded, recipient=None)])
    [row] = read_list(folder / "list.csv")
    assert {heading: cell for heading, cell in row.cells.items() if heading != "reason"} == unguarded


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package,
        package.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(513):
            part.write(b" " * (1 << 20))
    with pytest.raises(InputError, match="too large"):
        read_list(path)


def test_a_large_list_is_read_in_little_memory_and_without_pandas(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "name", "country", "email"])
        writer.writerows(
            [f"k{number}", f"Élise {number}", "FR", f"e{number}@fr.example.org"] for number in range(20_000)
        )
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom recipients.lists import read_list\n"
        f"count = sum(row.recipient is not None for row in read_list(Path({str(path)!r})))\n"
        "print(count, {'pandas', 'numpy', 'email_validator', 'openpyxl'} & set(sys.modules))\n"
        "status = Path('/proc/self/status')\n"
        "print(status.read_text().partition('VmHWM:')[2].split()[0] if status.exists()"
        " else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    result, peak = shown.splitlines()
    assert result == "20000 set()"
    assert int(peak) < 80 * 1024  # kilobytes
