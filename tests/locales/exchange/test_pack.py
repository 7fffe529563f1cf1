from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date

import pytest

from locales.exchange.earlier import Passage, earlier_page, find_earlier
from locales.exchange.model import Exchange, Unit
from locales.exchange.pack import read_pack, write_pack, xliff_name
from locales.exchange.xliff import read_xliff, write_xliff
from locales.memory.index import Memory
from locales.memory.tmx import read_tmx
from locales.memory.units import Remembered
from office.findings import Level

EARLIER = Remembered(
    texts={
        "en": "The Union keeps the list of lights. Please answer by {{ deadlines.answer | date }}.",
        "fr": "L'Union tient la liste des feux. Veuillez répondre avant le {{ deadlines.answer | date }}.",
        "ru": "Союз ведёт список огней. Просьба ответить до {{ deadlines.answer | date }}.",
    },
    origin="LU-30/002",
    day=date(2030, 5, 6),
    released=True,
)
EXCHANGE = Exchange(
    slug="census",
    reference="LU-31/001",
    source_language="en",
    language="fr",
    units=(
        Unit(context="body", msgid="Census of lights"),
        Unit(context="body", msgid="The Union keeps the whole list of lights."),
        Unit(context="body", msgid="Nobody has said <this> ever. Please answer by {{ deadlines.reply | date }}."),
    ),
)
MEMORY = Memory([EARLIER])


def pack(exchange: Exchange = EXCHANGE, memory: Memory = MEMORY, **pages: bytes) -> bytes:
    found = find_earlier(exchange, memory)
    return write_pack(exchange, pages={"reading-copy.html": b"<p>", **pages}, passages=found, memory=memory)


def files(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def zipped(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_what_is_in_it() -> None:
    held = files(pack())
    assert list(held) == ["READ-ME.txt", "census.fr.xlf", "reading-copy.html", "earlier.html", "earlier.tmx"]
    assert held["census.fr.xlf"] == write_xliff(EXCHANGE)
    words = held["READ-ME.txt"].decode()
    assert "LU-31/001: en to fr\n3 segments, 3 of them" in words
    assert "census.fr.xlf" in words
    assert max(map(len, words.splitlines())) <= 120


def test_earlier_passages_are_found_for_segments_and_for_their_sentences() -> None:
    like, same = find_earlier(EXCHANGE, MEMORY)
    assert (like.number, like.text, like.matches[0].exact) == (2, EXCHANGE.units[1].msgid, False)
    assert (same.number, same.text, same.matches[0].exact) == (
        3,
        "Please answer by {{ deadlines.reply | date }}.",
        True,
    )
    assert same.matches[0].text == "Veuillez répondre avant le {{ deadlines.reply | date }}."


def test_the_page_shows_differences_and_escapes_what_it_shows() -> None:
    page = earlier_page(EXCHANGE, find_earlier(EXCHANGE, MEMORY)).decode()
    assert "<ins>whole </ins>" in page
    assert "LU-30/002, 2030-05-06, " in page
    assert "released" in page
    match = replace(find_earlier(EXCHANGE, MEMORY)[0].matches[0], text="<script>", origin="<b>", source="a")
    evil = replace(EXCHANGE, reference="</title><script>")
    shown = earlier_page(evil, [Passage(number=1, text="<i>", matches=(match,))]).decode()
    assert "<script>" not in shown
    assert "<i>" not in shown
    assert "<b>" not in shown


def test_arabic_runs_from_the_right() -> None:
    passage = find_earlier(EXCHANGE, MEMORY)[0]
    shown = earlier_page(replace(EXCHANGE, language="ar"), [passage]).decode()
    assert '<td lang="ar" dir="rtl">' in shown


def test_the_memory_holds_the_words_of_the_earlier_letter_in_both_languages() -> None:
    read = read_tmx(files(pack())["earlier.tmx"], "earlier.tmx")
    assert read.findings == ()
    assert {tuple(unit.texts) for unit in read.units} == {("en", "fr")}
    assert "Veuillez répondre avant le {{ deadlines.answer | date }}." in {unit.texts["fr"] for unit in read.units}


def test_without_anything_earlier() -> None:
    held = files(pack(memory=Memory([])))
    assert list(held) == ["READ-ME.txt", "census.fr.xlf", "reading-copy.html"]
    assert "Nothing like" in held["READ-ME.txt"].decode()


def test_a_letter_that_cannot_be_shown_yet_has_no_copies() -> None:
    held = files(write_pack(EXCHANGE, pages={}, passages=(), memory=Memory([])))
    assert list(held) == ["READ-ME.txt", "census.fr.xlf"]
    assert "as it is printed" not in held["READ-ME.txt"].decode()


def test_the_same_bytes_each_time() -> None:
    assert pack() == pack()


@pytest.mark.parametrize(
    ("slug", "expected"),
    [("census", "census.fr.xlf"), ("../a b", "a-b.fr.xlf"), ("", "letter.fr.xlf"), ("ÿ" * 300, "fr.xlf")],
)
def test_names_are_safe(slug: str, expected: str) -> None:
    assert xliff_name(replace(EXCHANGE, slug=slug)) == expected


def test_a_pack_comes_back() -> None:
    done = replace(EXCHANGE, units=(replace(EXCHANGE.units[0], msgstr="Recensement des feux"),))
    expected = read_xliff(write_xliff(done), name="x")
    assert read_pack(pack(done), name="p.zip") == expected
    content = write_xliff(done)
    entries = {"back/CENSUS.FR.XLF": content, "__MACOSX/back/._CENSUS.FR.XLF": b"x", "copy/census.fr.xlf": content}
    assert read_pack(zipped(entries), name="p.zip") == expected


def test_findings_name_the_file_within_the_pack() -> None:
    (finding,) = read_pack(zipped({"a.xlf": b"<a/>"}), name="p.zip").findings
    assert finding.file == "p.zip/a.xlf"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "pack-unreadable"),
        (b"PK\x03\x04 no", "pack-unreadable"),
        (zipped({"a.txt": b"x"}), "pack-empty"),
        (zipped({"a.xlf": b"x", "b.xlf": b"y"}), "pack-several"),
        (zipped({"../a.xlf": b"x"}), "pack-unreadable"),
        (zipped({f"{number}.xlf": b"" for number in range(1_100)}), "pack-unreadable"),
        (zipped({"a.xlf": b" " * 101_000_000}), "pack-unreadable"),
        (zipped({"a.xlf": b" " * 30_000_000}), "xliff-size"),
    ],
    ids=["empty", "damaged", "nothing", "several", "outside", "many", "bomb", "large"],
)
def test_packs_that_cannot_be_read(data: bytes, code: str) -> None:
    exchange = read_pack(data, name="p.zip")
    assert exchange.units == ()
    (finding,) = exchange.findings
    assert (finding.code, finding.level) == (code, Level.ERROR)
    assert finding.hint
