"""The Word table: written, edited in many ways, read back."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.exchange.keys import unit_key
from locales.exchange.model import Exchange, Unit
from locales.exchange.word_reading import read_word_table
from locales.exchange.word_table import write_word_table
from tests.locales.exchange.samples import LETTER, exchanges

DOCUMENT = "word/document.xml"


def as_read(exchange: Exchange) -> Exchange:
    """What comes back of an exchange: a key instead of the context."""
    return replace(
        exchange,
        units=tuple(replace(unit, context="", key=unit_key(unit.context, unit.msgid)) for unit in exchange.units),
    )


def read(data: bytes) -> Exchange:
    return read_word_table(data, name="back.docx")


@settings(deadline=None)
@given(exchanges())
def test_what_is_written_is_read(exchange: Exchange) -> None:
    assert read(write_word_table(exchange)) == as_read(exchange)


def test_it_is_written_alike_each_time() -> None:
    assert write_word_table(LETTER) == write_word_table(LETTER)


def edited(change: Callable[[Any], None]) -> Exchange:
    """Change the document as an editing program would, and read it."""
    document = docx.Document(io.BytesIO(write_word_table(LETTER)))
    change(document)
    target = io.BytesIO()
    document.save(target)
    return read(target.getvalue())


def replaced(old: str, new: str, times: int = 1) -> Exchange:
    """Change the XML of the document, which must hold ``old``, and read it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_word_table(LETTER))) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            content = source.read(name).decode()
            if name == DOCUMENT:
                assert re.search(old, content)
                content = re.sub(old, lambda _: new, content, count=times)
            package.writestr(name, content)
    return read(target.getvalue())


def test_the_source_is_locked_and_the_translation_is_not() -> None:
    with zipfile.ZipFile(io.BytesIO(write_word_table(LETTER))) as package:
        protection, document = package.read("word/settings.xml").decode(), package.read(DOCUMENT).decode()
    assert '<w:documentProtection w:edit="comments" w:enforcement="1"/>' in protection
    assert 'w:edGrp="everyone" w:colFirst="1" w:colLast="1"' in document
    starts, ends = (re.findall(rf'<w:perm{end} w:id="(\d+)"', document) for end in ("Start", "End"))
    assert sorted(starts) == sorted(ends)
    assert len(set(starts)) == len(starts)
    assert not any(
        "Please answer" in inside for inside in re.findall(r"<w:permStart[^>]*2\"/>(.*?)<w:permEnd", document)
    )


def test_arabic_is_written_from_right_to_left() -> None:
    with zipfile.ZipFile(io.BytesIO(write_word_table(LETTER))) as package:
        document = package.read(DOCUMENT).decode()
    assert re.search(r'<w:pStyle w:val="CircularsTarget"/><w:bidi/><w:rPr><w:rtl/><w:lang w:bidi="ar-SA"/>', document)
    assert re.search(r'<w:r><w:rPr><w:lang w:bidi="ar-SA"/></w:rPr><w:t [^>]*>UNESCO 2022</w:t>', document)
    assert "<w:bidi/>" not in re.findall(r'<w:pStyle w:val="CircularsSource"/>[^s]*?</w:pPr>', document)[0]


def test_a_filled_cell() -> None:
    def fill(document: Any) -> None:
        document.tables[0].rows[3].cells[1].text = "Traduit"

    back = edited(fill)
    assert back.findings == ()
    assert [unit.msgstr for unit in back.units][2:] == ["Traduit", ""]


def test_rows_moved_and_deleted() -> None:
    def move(document: Any) -> None:
        rows = document.tables[0].rows
        rows[1]._tr.addprevious(rows[3]._tr)
        rows[2]._tr.getparent().remove(document.tables[0].rows[3]._tr)

    back = edited(move)
    kept = as_read(LETTER).units
    assert back.units == (kept[2], kept[0], kept[3])


def test_whoever_rewrites_has_revised() -> None:
    def rewrite(document: Any) -> None:
        document.tables[0].rows[1].cells[1].text = "كلمات"

    assert [unit.to_revise for unit in edited(rewrite).units] == [False, False, False, False]


def test_the_words_to_revise_are_deleted() -> None:
    back = replaced(r"<w:t[^>]*>to revise</w:t>", "")
    assert (back.units[0].to_revise, back.units[0].msgstr) == (False, LETTER.units[0].msgstr)


def test_the_source_was_changed_all_the_same() -> None:
    def change(document: Any) -> None:
        document.tables[0].rows[3].cells[0].text = "Something else"

    unit = edited(change).units[2]
    assert (unit.msgid, unit.key) == ("Something else", as_read(LETTER).units[2].key)


@pytest.mark.parametrize("lost", ["pStyle", "pStyle|bookmarkStart|bookmarkEnd"])
def test_styles_are_lost_in_another_program(lost: str) -> None:
    back = replaced(rf"<w:(?:{lost}) [^>]*/>", "", times=0)
    wanted = as_read(LETTER).units if lost == "pStyle" else [replace(unit, key="") for unit in as_read(LETTER).units]
    assert list(back.units) == list(wanted)


def test_text_outside_the_table_is_told() -> None:
    def add(document: Any) -> None:
        document.add_paragraph("Please call me: 022 555 01 02")

    (finding,) = edited(add).findings
    assert finding.code == "text-outside"
    assert "Please call me" in finding.message


def test_rows_that_were_added() -> None:
    def add(document: Any) -> None:
        for cells in (("", "Words from nowhere"), ("9", "Own words"), ("", "")):
            row = document.tables[0].add_row()
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
            if cells[0]:
                row.cells[0].add_paragraph("Own source")  # as a table pasted without its styles

    back = edited(add)
    assert back.units[4:] == (Unit(context="", msgid="Own source", msgstr="Own words"),)
    assert [finding.code for finding in back.findings] == ["text-outside"]
    assert "Words from nowhere" in back.findings[0].message


def test_merged_cells_keep_what_stands_in_them() -> None:
    def merge(document: Any) -> None:
        cells = document.tables[0].rows[1].cells
        cells[0].merge(cells[1])

    back = edited(merge)
    assert [finding.code for finding in back.findings] == ["cells-merged"]
    assert (back.units[0].msgid, back.units[0].msgstr) == (LETTER.units[0].msgid, LETTER.units[0].msgstr)


def test_columns_that_were_added_are_remarks() -> None:
    def add(document: Any) -> None:
        document.tables[0].add_column(914400)
        document.tables[0].rows[2].cells[2].text = "Is this right?"

    back = edited(add)
    assert back.findings == ()
    assert [unit.remark for unit in back.units] == ["", "Is this right?", "", ""]


RUN = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'
CHANGES = {
    "insertion": (f'<w:ins w:id="90" w:author="T">{RUN.format("mot")}</w:ins>', "mot"),
    "deletion": (f'<w:del w:id="9"><w:r><w:delText>old</w:delText></w:r></w:del>{RUN.format("mot")}', "mot"),
    "move": (
        f'<w:moveFrom w:id="90">{RUN.format("mot")}</w:moveFrom><w:moveTo w:id="91">{RUN.format("mot")}</w:moveTo>',
        "mot",
    ),
    "split runs": (RUN.format("m") + '<w:proofErr w:type="spellStart"/>' + RUN.format("ot"), "mot"),
    "formatting": ("<w:r><w:rPr><w:b/></w:rPr><w:t>mot</w:t></w:r>", "mot"),
    "control": (f"<w:sdt><w:sdtContent>{RUN.format('mot')}</w:sdtContent></w:sdt>", "mot"),
    "link": (f'<w:hyperlink w:anchor="x">{RUN.format("mot")}</w:hyperlink>', "mot"),
    "field": (f'<w:r><w:instrText>X</w:instrText></w:r><w:fldSimple w:instr="X">{RUN.format("7")}</w:fldSimple>', "7"),
    "characters": ("<w:r><w:t>a</w:t><w:noBreakHyphen/><w:softHyphen/><w:tab/><w:br/></w:r>", "a\u2011\u00ad\t"),
    "symbol": ('<w:r><w:sym w:font="Wingdings" w:char="F04A"/></w:r>', "\ufffd"),
}  # fmt: skip
EMPTY = r'(?<=<w:bookmarkEnd w:id="7"/>)(?=</w:p></w:tc></w:tr>)'


@pytest.mark.parametrize("name", CHANGES)
def test_what_word_makes_of_an_edit(name: str) -> None:
    written, text = CHANGES[name]
    back = replaced(EMPTY, written)
    assert back.findings == ()
    assert back.units[2].msgstr == text


def test_paragraphs_in_a_cell_and_marks_that_were_deleted() -> None:
    second = "</w:p><w:p><w:r><w:t>two</w:t></w:r>"
    assert replaced(EMPTY, RUN.format("one") + second).units[2].msgstr == "one\ntwo"
    deleted = '<w:p><w:pPr><w:rPr><w:del w:id="9" w:author="T"/></w:rPr></w:pPr>'
    joined = f"</w:p>{deleted}{RUN.format('one ')}{second}"
    assert replaced(EMPTY, joined).units[2].msgstr == "one two"


def test_a_row_deleted_with_changes_tracked() -> None:
    assert (
        len(replaced(r"<w:trPr><w:cantSplit/></w:trPr>", '<w:trPr><w:cantSplit/><w:del w:id="9"/></w:trPr>').units) == 3
    )


def test_without_bookmarks_the_source_text_remains() -> None:
    back = replaced(r"<w:bookmarkStart[^>]*>", "", times=2)
    assert back.units[0] == replace(LETTER.units[0], context="")


def test_either_bookmark_will_do() -> None:
    assert replaced(r"<w:bookmarkStart[^>]*>", "").units == as_read(LETTER).units


def test_comments_are_remarks() -> None:
    def comment(document: Any) -> None:
        runs = document.tables[0].rows[1].cells[1].paragraphs[0].runs
        document.add_comment(runs, text="Who says so?", author="T")

    assert edited(comment).units[0].remark == "Who says so?"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no archive",
        write_word_table(LETTER)[:-40],
        write_word_table(LETTER).replace(b"word/", b"wurd/"),
    ],
)
def test_what_is_no_table_is_told(data: bytes) -> None:
    back = read(data)
    assert back.units == ()
    assert [finding.code for finding in back.findings] == ["table-unreadable"]


def test_entities_are_refused() -> None:
    bomb = '<!DOCTYPE w:document [<!ENTITY x "lol">]><w:document '
    back = replaced(r"<w:document ", bomb)
    assert [finding.code for finding in back.findings] == ["table-unreadable"]


@settings(deadline=None)
@given(st.data())
def test_no_damage_ends_in_an_error(data: st.DataObject) -> None:
    pieces = re.split("(<[^>]*>)", zipfile.ZipFile(io.BytesIO(write_word_table(LETTER))).read(DOCUMENT).decode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(pieces) - 1))
        pieces[place] = data.draw(st.sampled_from(["", pieces[place] * 2, "<w:p>", "</w:tc>", "<w:tbl/>", "x"]))
    assert read_of("".join(pieces)) is not None


def read_of(document: str) -> Exchange:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_word_table(LETTER))) as source, zipfile.ZipFile(target, "w") as package:
        for name in source.namelist():
            package.writestr(name, document if name == DOCUMENT else source.read(name))
    return read(target.getvalue())


def saved_by_libreoffice(path: Path, folder: Path, *formats: str) -> Path:
    for number, kind in enumerate(formats):
        outdir = folder / f"step-{number}"
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(outdir), str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        path = outdir / path.with_suffix(f".{kind}").name
        assert path.is_file()
    return path


@pytest.mark.packages
@pytest.mark.parametrize(("language", "formats"), [("ar", ["docx"]), ("zh", ["odt", "docx"])])
def test_libreoffice_saves_it(language: str, formats: list[str], tmp_path: Path) -> None:
    exchange = replace(LETTER, language=language)
    document = docx.Document(io.BytesIO(write_word_table(exchange)))
    document.tables[0].rows[3].cells[1].text = "译文 – “ok”"
    document.save(str(tmp_path / "table.docx"))
    back = read(saved_by_libreoffice(tmp_path / "table.docx", tmp_path, *formats).read_bytes())
    units = list(as_read(exchange).units)
    units[2] = replace(units[2], msgstr="译文 – “ok”")
    assert back == replace(exchange, units=tuple(units))
