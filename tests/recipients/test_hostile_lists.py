"""Spoilt lists, named after their failure: each ends in findings, never in a traceback."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from office.errors import InputError
from recipients.lists import list_columns, read_list, write_faulty

GOOD = "name,email\nBo,bo@x.org\n"

# Name of the failure → the file's bytes, the code of the finding that names it.
UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "file-empty"),
    "only-blank-lines": (b"\n\n , ,\n", "file-empty"),
    "only-a-byte-order-mark": ("\ufeff".encode(), "file-empty"),
    "no-heading": (b"Bo,bo@x.org\nLi,li@x.org\n", "heading-missing"),
    "unknown-headings": (b"foo,bar\n1,2\n", "heading-unknown"),
    "no-mailbox-column": (b"name,country\nBo,NO\n", "heading-without-address"),
    "column-twice": (b"name,email,E-Mail\nBo,a@x.org,b@x.org\n", "heading-twice"),
    "quotation-mark-never-closed": (b'name,email\n"Bo,bo@x.org\nLi,li@x.org\n', "quotation-mark-open"),
    "quotation-mark-open-in-the-heading": (b'name,"email\nBo,bo@x.org\n', "quotation-mark-open"),
    "quotation-mark-before-a-huge-cell": (b'name,email\n"' + b"x" * 200_000 + b"\n", "quotation-mark-open"),
    "huge-cell-without-a-quotation-mark": (b"name,email\n" + b"x" * 200_000 + b",a@x.org\n", "quotation-mark-open"),
    "damaged-utf-8": ("name,email\nÉlise,e@x.org\n".encode() + b"\xff\xfe,b@x.org\n", "encoding-unknown"),
    "byte-order-mark-then-garbage": (b"\xef\xbb\xbfname,email\n\xff\xff,a@x.org\n", "encoding-unknown"),
    "no-encoding-at-all": (b"name,email\n\x81\x8d\x8f,a@x.org\n", "encoding-unknown"),
    "half-a-character-of-utf-16": (("\ufeff" + GOOD).encode("utf-16-le") + b"\x00", "encoding-unknown"),
    "lone-surrogate-in-utf-16": (("\ufeff" + GOOD).encode("utf-16-le") + b"\x00\xd8\x41\x00", "encoding-unknown"),
    "picture-named-csv": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(128, 256)) * 3, "encoding-unknown"),
}  # fmt: skip

# Name of the failure → the file's text, the code, the number of good rows.
FAULTY_ROWS = {
    "too-many-cells": ("name,email\nBo,Berg,bo@x.org\n", "row-long", 0),
    "too-few-cells": ("email,name,country\nbo@x.org\n", "row-short", 1),
    "control-character": ("name,email\nB\x07o,bo@x.org\n", "character-unfit", 0),
    "zero-byte": ("name,email\nB\x00o,bo@x.org\n", "character-unfit", 0),
    "mark-of-a-form": ("name,email\nB\ue010o,bo@x.org\n", "character-unfit", 0),
    "mark-of-a-form-in-a-free-column": ("table,email\n\ue0121,bo@x.org\n", "character-unfit", 0),
    "line-separator": ("name,email\nB\u2028o,bo@x.org\n", "character-unfit", 0),
    "direction-overridden": ("name,email\nB\u202eo,bo@x.org\n", "character-unfit", 0),
    "swallowed-rows": ('name,email\n"Bo,\n' + "Li,li@x.org\n" * 40 + '",bo@x.org\n', "cell-too-long", 0),
    "header-injection": ('name,email\nBo,"bo@x.org\nBcc: all@x.org"\n', "address-invalid", 0),
    "no-mailbox": ("name,email\nBo,\n", "address-missing", 0),
    "only-separators-for-mailboxes": ('name,email\nBo,"; ,"\n', "address-missing", 0),
    "nobody": ("name,email,channel\n,,paper\n", "addressee-missing", 0),
    "key-twice": ("key,email\na,a@x.org\nA ,b@x.org\n", "key-twice", 1),
    "key-twice-by-default": ("name,email\nBo,a@x.org\nLi,A@X.org\n", "key-twice", 1),
    "paper-twice": ("name,channel\nBo,paper\nbo,paper\n", "key-twice", 1),
    "endless-key": ("key,email\n" + "k" * 500 + ",a@x.org\n", "key-too-long", 0),
    "cell-without-heading": ("email,\na@x.org,lost\n", "column-nameless", 1),
    "country-not-a-state": ("email,country\na@x.org,Atlantis\n", "country-unknown", 0),
}


@pytest.mark.parametrize("failure", UNREADABLE)
def test_a_list_that_cannot_be_read(failure: str, tmp_path: Path) -> None:
    data, code = UNREADABLE[failure]
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        list(read_list(path))
    assert code in [finding.code for finding in caught.value.findings]
    assert caught.value.message.startswith("list.csv")
    assert path.read_bytes() == data


@pytest.mark.parametrize("failure", FAULTY_ROWS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_faulty_row(failure: str, encoding: str, tmp_path: Path) -> None:
    text, code, good = FAULTY_ROWS[failure]
    path = tmp_path / "recipients" / "list.csv"
    path.parent.mkdir()
    path.write_bytes(text.encode(encoding))
    rows = list(read_list(path))
    findings = [finding for row in rows for finding in row.findings]
    assert code in [finding.code for finding in findings]
    assert sum(row.recipient is not None for row in rows) == good
    assert all(finding.line and finding.file == "recipients/list.csv" and finding.message for finding in findings)
    assert write_faulty(tmp_path / "faulty.csv", rows) == len(rows) - good


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a spreadsheet",
        b"PK\x03\x04 truncated",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 locked with a password",
        b"name,email\nBo,bo@x.org\n",
    ],
    ids=["empty", "text", "truncated", "password", "csv-named-spreadsheet"],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".ods"])
def test_a_spreadsheet_that_is_none(data: bytes, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"list{suffix}"
    path.write_bytes(data)
    for read in (read_list, list_columns):
        with pytest.raises(InputError) as caught:
            read(path)
        assert caught.value.findings


def _package(path: Path, part: str, content: str, *, stated: int | None = None) -> None:
    """Write a spreadsheet's package around one part; ``stated``: the size that its directory pretends."""
    path.parent.mkdir(exist_ok=True)
    sheet = openpyxl.Workbook()
    sheet.active.append(["key", "email"])
    sheet.save(path.with_name("plain.xlsx"))
    with (
        zipfile.ZipFile(path.with_name("plain.xlsx")) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package,
    ):
        for entry in plain.infolist() if part.startswith("xl/") else ():
            if entry.filename != part:
                package.writestr(entry, plain.read(entry))
        if not part.startswith("xl/"):
            package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            package.writestr("META-INF/manifest.xml", "<manifest/>")
        package.writestr(part, content)
    if stated is not None:
        data = bytearray(path.read_bytes())
        entry_at = data.rfind(b"PK\x01\x02", 0, data.rfind(part.encode()))
        data[entry_at + 24 : entry_at + 28] = stated.to_bytes(4, "little")
        path.write_bytes(bytes(data))


OOXML_SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    '<c r="A1" t="inlineStr"><is><t>email</t></is></c></row>{}</sheetData></worksheet>'
)
OPEN_SHEET = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="string"><text:p>email</text:p>'
    "</table:table-cell></table:table-row>{}</table:table></office:spreadsheet></office:body></office:document-content>"
)
OPEN_CELL = '<table:table-cell{} office:value-type="string"><text:p>a@x.org</text:p></table:table-cell>'


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>far</t></is></c></row>',
        "<row>" + "<c><v>1</v></c>" * 2_000 + "</row>" + "<row><c><v>1</v></c></row>" * 9_000,
    ],
    ids=["one-cell-in-the-last-corner", "one-long-row-and-many-short-ones"],
)
def test_a_sheet_that_would_fill_the_memory(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    _package(path, "xl/worksheets/sheet1.xml", OOXML_SHEET.format(rows))
    with pytest.raises(InputError, match="hardly any cell is filled"):
        read_list(path)


@pytest.mark.parametrize(
    "rows",
    [
        f'<table:table-row table:number-rows-repeated="1000000000">{OPEN_CELL.format("")}</table:table-row>',
        '<table:table-row table:number-rows-repeated="1000000000"/><table:table-row>'
        + OPEN_CELL.format(' table:number-columns-repeated="99999"')
        + "</table:table-row>",
    ],
    ids=["a-row-repeated", "far-below-and-far-to-the-right"],
)
def test_an_open_document_sheet_that_would_fill_the_memory(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    _package(path, "content.xml", OPEN_SHEET.format(rows))
    with pytest.raises(InputError, match="hardly any cell is filled"):
        read_list(path)


def test_empty_rows_to_the_end_of_a_sheet_are_nothing_to_speak_of(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    empty = (
        f"<table:table-row>{OPEN_CELL.format('')}</table:table-row>"
        '<table:table-row table:number-rows-repeated="1048574">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    _package(path, "content.xml", OPEN_SHEET.format(empty))
    assert [row.recipient.key for row in read_list(path) if row.recipient] == ["a@x.org"]


def test_rows_of_one_sheet_are_not_counted_to_the_next(tmp_path: Path) -> None:
    """A spreadsheet of several sheets, each written with empty rows up to the program's last."""
    path = tmp_path / "list.ods"
    row = f"<table:table-row>{OPEN_CELL.format('')}</table:table-row>"
    empty = '<table:table-row table:number-rows-repeated="1048574"><table:table-cell/></table:table-row>'
    wide = f"<table:table-row>{OPEN_CELL.format('') * 12}</table:table-row>"
    _package(path, "content.xml", OPEN_SHEET.format(f'{row}{empty}</table:table><table:table table:name="T">{wide}'))
    assert [row.recipient.key for row in read_list(path) if row.recipient] == ["a@x.org"]


def test_a_table_within_a_table_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    tall = f'<table:table-row table:number-rows-repeated="900000">{OPEN_CELL.format("")}</table:table-row>'
    wide = OPEN_CELL.format(' table:number-columns-repeated="9000"')
    _package(
        path,
        "content.xml",
        OPEN_SHEET.format(f"{tall}<table:table><table:table-row>{wide}</table:table-row></table:table>"),
    )
    with pytest.raises(InputError, match="hardly any cell is filled"):
        read_list(path)


def test_a_package_whose_directory_lies(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    part = "xl/worksheets/sheet1.xml"
    _package(path, part, OOXML_SHEET.format("<row><c><v>1</v></c></row>" * 5_000), stated=600)
    with pytest.raises(InputError, match="damaged"):
        read_list(path)


def test_a_list_that_is_not_there_or_a_folder(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for name in ("nowhere.csv", "nowhere.xlsx", "folder.csv"):
        with pytest.raises(InputError, match=name):
            read_list(tmp_path / name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_as_the_world_writes_it(encoding: str, delimiter: str, newline: str, tmp_path: Path) -> None:
    lines = [
        ["Nom", "Courriel", "Pays", "Remarque"],
        ["Élise", "e@x.org", "Bénin", '"a, b; c | ""d"""'],
        ["Bo", "b@x.org", "NO", ""],
    ]
    path = tmp_path / "list.csv"
    path.write_bytes(newline.join(delimiter.join(line) for line in lines).encode(encoding))
    first, second = read_list(path)
    assert first.recipient is not None
    assert second.recipient is not None
    assert (first.recipient.name, first.recipient.country) == ("Élise", "BJ")
    assert first.recipient.extra == {"remarque": 'a, b; c | "d"'}
    assert (second.number, second.recipient.country) == (3, "NO")


def test_the_hint_of_excel_on_the_separator_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("sep=|\r\nname|email\r\nBo|bo@x.org\r\n", encoding="utf-8")
    [row] = read_list(path)
    assert row.number == 3
    assert row.recipient is not None
    assert row.recipient.name == "Bo"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_in_a_script_of_few_zero_bytes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    rows = "".join(f"中华人民共和国工业和信息化部副部长\t部长阁下\tminister{n}@cn.example.org\n" for n in range(20))
    path.write_bytes(f"姓名\t职务\t电子邮件\n{rows}".encode(encoding))
    found = list(read_list(path))
    assert len(found) == 20
    assert all(row.recipient is not None and row.recipient.to for row in found)
