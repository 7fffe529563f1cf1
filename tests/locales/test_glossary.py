"""The office's glossary: what it reads, what it refuses, and what counts as the required rendering."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.glossary import Glossary, Slip, read_glossary
from tests.patience import within

TERMS = """\
en,ar,zh,fr,ru,es,note,case
stakeholder*,أصحاب المصلحة,利益攸关方|!利益相关者,partie* prenante*|!acteur*,заинтересованн* сторон*,parte* interesada*,since 2015,
WSIS Action Line*,,,grande* orientation* du SMSI,,,,
Action Line*,,,grande* orientation*,,,,
Union,الاتحاد,国际电联,Union,Союз*,Unión,,yes
"""  # noqa: E501


def glossary(folder: Path, text: str | bytes = TERMS) -> Glossary:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "glossary.csv").write_bytes(data)
    return read_glossary(folder)


def slips(book: Glossary, source: str, text: str, language: str, source_language: str = "en") -> list[Slip]:
    return list(book.slips(source, text, source_language=source_language, language=language))


@pytest.mark.parametrize(
    ("source", "text", "language"),
    [
        ("all stakeholders", "toutes les parties prenantes", "fr"),
        ("All Stakeholders", "TOUTES LES PARTIES PRENANTES", "fr"),
        ("a stakeholder", "l'une des parties\u00a0prenantes", "fr"),
        ("all stakeholders", "всех заинтересованных сторон", "ru"),
        ("all stakeholders", "所有利益攸关方", "zh"),
        ("all stakeholders", "ولأصحاب المصلحة", "ar"),
        ("all stakeholders", "وأَصْحاب المـصلحة", "ar"),
        ("the Union", "بالاتحاد", "ar"),
        ("the Union", "للاتحاد", "ar"),
        ("the Union's seat", "siège de l'Union", "fr"),
        ("the Union", "国际电联总部", "zh"),
        ("a union of States", "une association d'États", "fr"),  # capitals matter here
        ("WSIS Action Lines", "les grandes orientations du SMSI", "fr"),
        ("the WSIS Action Lines", "сделано", "ru"),  # nothing required
        ("stakeholdership?", "parties prenantes", "fr"),
        ("reunion", "retrouvailles", "fr"),
    ],
)
def test_what_the_glossary_asks_for(tmp_path: Path, source: str, text: str, language: str) -> None:
    assert slips(glossary(tmp_path), source, text, language) == []


@pytest.mark.parametrize(
    ("source", "text", "language", "term", "found"),
    [
        ("all stakeholders", "tous les intéressés", "fr", "stakeholder", ""),
        ("all stakeholders", "les parties prenantes et les acteurs", "fr", "stakeholder", "acteur…"),
        ("all stakeholders", "所有利益相关者", "zh", "stakeholder", "利益相关者"),
        ("the Union", "l'union", "fr", "Union", ""),
        ("the WSIS Action Lines", "les grandes orientations", "fr", "WSIS Action Line", ""),
        ("the Action Lines", "les lignes d'action", "fr", "Action Line", ""),
    ],
)
def test_what_it_notices(tmp_path: Path, source: str, text: str, language: str, term: str, found: str) -> None:
    (slip,) = slips(glossary(tmp_path), source, text, language)
    assert (slip.term, slip.found) == (term, found)
    assert slip.wanted


def test_a_latin_term_among_chinese_words_is_a_whole_word(tmp_path: Path) -> None:
    book = glossary(tmp_path, "zh,fr\nICT,TIC\n")
    assert not slips(book, "讨论了ICT4D。", "On a parlé de l'ICT4D.", "fr", "zh")
    assert slips(book, "讨论了ICT问题。", "On en a parlé.", "fr", "zh")


def test_any_language_can_be_the_source(tmp_path: Path) -> None:
    book = glossary(tmp_path)
    assert slips(book, "toutes les parties prenantes", "all stakeholders", "en", "fr") == []
    (slip,) = slips(book, "toutes les parties prenantes", "all interested parties", "en", "fr")
    assert (slip.term, slip.wanted, slip.line) == ("partie prenante", ("stakeholder…",), 2)


@pytest.mark.parametrize("change", [(",", ";"), (",", "\t"), ("\n", "\r\n")])
def test_as_spreadsheet_programs_write_it(tmp_path: Path, change: tuple[str, str]) -> None:
    book = glossary(tmp_path, b"\xef\xbb\xbf" + TERMS.replace(*change).encode())
    assert (len(book.terms), book.findings) == (4, ())
    assert book.terms[0].note == "since 2015"


def test_all_faults_at_once(tmp_path: Path) -> None:
    text = (
        "en,francais,fr,fr\n"
        "good,,bon,\n"
        "part*ner,,partenaire,\n"
        "a,b,c,d,e\n"
        "x|,,y,\n"
        ",,,\n"
        '"=HYPERLINK(1)",,z,\n'
        '"two\nlines",,deux,\n'
        "GOOD,,bien,\n"
        "!bad,,,\n"
    )
    book = glossary(tmp_path, text)
    assert [term.cells["en"].forms for term in book.terms] == [("good",), ("GOOD",)]
    found = [(finding.line, finding.code) for finding in book.findings]
    assert found == [
        (1, "glossary-column"), (1, "glossary-column"), (3, "glossary-row"), (4, "glossary-row"), (5, "glossary-row"),
        (7, "prohibited_initial_character"), (8, "glossary-row"), (10, "glossary-row"), (11, "glossary-row"),
    ]  # fmt: skip
    assert all(finding.file == "locales/glossary.csv" and finding.hint for finding in book.findings)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00a",
        b'en,fr\n"a,b\n',
        b"en,fr\na\x00b,c\n",
        b"\n" * 10,
        "ключ,fr\nа,b\n".encode("cp1251"),
    ],
)
def test_spoilt_files(tmp_path: Path, data: bytes) -> None:
    book = glossary(tmp_path, data)
    assert book.findings
    assert book.terms == ()


def test_there_may_be_none(tmp_path: Path) -> None:
    assert read_glossary(tmp_path) == Glossary()
    (tmp_path / "glossary.csv").mkdir()
    assert [finding.code for finding in read_glossary(tmp_path).findings] == ["glossary-unreadable"]


def test_a_large_glossary_costs_little(tmp_path: Path) -> None:
    rows = "".join(f"term number{i}x,terme numéro{i}x\n" for i in range(5000))
    book = glossary(tmp_path, "en,fr\n" + rows)
    with within(2):
        for i in range(50):
            assert len(slips(book, f"A sentence with the term number{i}x in it", "Une phrase", "fr")) == 1


@pytest.mark.parametrize(("case", "sound"), [("maybe", False), ("YES", True), ("no", True), ("", True)])
def test_whether_case_matters_is_said_plainly(tmp_path: Path, case: str, sound: bool) -> None:
    book = glossary(tmp_path, f"en,fr,case\nUnion,Union,{case}\n")
    assert len(book.terms) == sound
    told = [(finding.line, finding.column, finding.message) for finding in book.findings]
    assert told == ([] if sound else [(2, "case", "«maybe» says neither yes nor no")])
