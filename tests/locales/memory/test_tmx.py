"""TMX out and in again loses nothing; what other programs write is understood, what is dangerous refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.characters import forbidden_character
from locales.languages import LANGUAGES
from locales.memory.tmx import our_language, read_tmx, write_tmx
from locales.memory.units import Remembered
from office.findings import has_errors

MADE = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
MARKS = [
    "**",
    "*",
    "_",
    "[",
    "]({{ links.a }})",
    "](https://example.org/a_b)",
    "{{ facts.a | date }}",
    "\\\n",
    "\\*",
    "&amp;",
]
TEXTS = st.lists(
    st.sampled_from([*MARKS, " ", "<b>", "&", "  ", "été", "会议。", "كلمة", "\t", "]]>", "\U0001f600"])
    | st.text(max_size=5).filter(lambda text: not forbidden_character(text) and not {"\ufffe", "\uffff"} & set(text)),
    min_size=1,
    max_size=9,
).map("".join).filter(lambda text: bool(text.strip()))  # fmt: skip
UNITS = st.builds(
    Remembered,
    texts=st.dictionaries(st.sampled_from(LANGUAGES), TEXTS, min_size=2),
    origin=st.sampled_from(["CL-22/010", "a & b <c>"]),
    day=st.none() | st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    released=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(UNITS, min_size=1, max_size=4))
def test_what_is_written_is_read_again(units: list[Remembered]) -> None:
    read = read_tmx(write_tmx(units, made=MADE), "memory.tmx")
    assert read.findings == ()
    assert list(read.units) == units


def test_what_is_written() -> None:
    unit = Remembered(texts={"en": "By **{{ a.b }}**: [see]({{ links.a }})", "fr": "**{{ a.b }}**"}, origin="CL-22/010")
    written = write_tmx([unit], made=MADE).decode()
    assert written.startswith(
        "<?xml version='1.0' encoding='UTF-8'?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx version=\"1.4\">"
    )
    assert '<header creationtool="circulars"' in written
    assert (
        '<tu><prop type="x-reference">CL-22/010</prop><prop type="x-released">no</prop><tuv xml:lang="en">' in written
    )
    english = (
        'By <bpt i="1" x="1" type="strong">**</bpt><ph x="2" type="field">{{ a.b }}</ph><ept i="1">**</ept>: '
        '<bpt i="2" x="3" type="link">[</bpt>see<ept i="2">]({{ links.a }})</ept></seg>'
    )
    french = '<bpt i="1" x="1" type="strong">**</bpt><ph x="2" type="field">{{ a.b }}</ph><ept i="1">**</ept></seg>'
    assert english in written
    assert french in written


FOREIGN = """<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE tmx SYSTEM "tmx14.dtd">
<tmx version="1.4"><header srclang="*all*" creationtool="Other" datatype="rtf" segtype="sentence" o-tmf="x"/>
<body>
<tu changedate="20190315T101500Z" srclang="fr-CH"><note>n</note>
<tuv xml:lang="en-GB"><prop type="p">x</prop><seg>Press <bpt i="1">{{\\b </bpt>Enter<ept i="1">}}</ept>\
<ph>&lt;br/&gt;</ph>twice,
 <hi type="term">please</hi>.<it pos="begin">&lt;i&gt;</it></seg></tuv>
<tuv xml:lang="FR_ch"><seg>Appuyez deux fois.</seg></tuv>
<tuv xml:lang="de"><seg>Zweimal drücken.</seg></tuv>
<tuv lang="zh-Hans-CN"><seg>按两次。</seg></tuv>
<tuv xml:lang="zh-TW"><seg>按兩次。</seg></tuv>
</tu>
<tu><tuv xml:lang="en"><seg>Alone.</seg></tuv></tu>
</body></tmx>"""


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_what_other_programs_write(encoding: str) -> None:
    read = read_tmx(FOREIGN.format(encoding=encoding).encode(encoding), "other.tmx")
    (unit,) = read.units
    assert unit.texts == {"fr": "Appuyez deux fois.", "en": "Press Enter twice,\n please.", "zh": "按两次。"}
    assert next(iter(unit.texts)) == "fr"
    assert (unit.origin, unit.day, unit.released) == ("other.tmx", date(2019, 3, 15), False)
    (note,) = read.findings
    assert "de (1), zh-TW (1)" in note.message


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en", "en"), ("en-GB", "en"), ("ES_419", "es"), ("zh-CN", "zh"), ("zh-Hans", "zh"), ("zh-Hant-HK", ""),
     ("zh-tw", ""), ("ar-SA", "ar"), ("eng", ""), ("", ""), ("x-none", "")],
)  # fmt: skip
def test_languages_are_folded(tag: str, language: str) -> None:
    assert our_language(tag) == language


BOMB = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(9))


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\x00\x01", b"plain text", b"<tmx>", b"<html/>", b"<tmx><body/></tmx>",
        f'<!DOCTYPE tmx [<!ENTITY e0 "ha">{BOMB}]><tmx><tu><tuv lang="en"><seg>&e9;</seg></tuv></tu></tmx>'.encode(),
        b'<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]><tmx>&x;</tmx>',
        b'<!DOCTYPE tmx [<!ENTITY % x SYSTEM "http://example.org/x"> %x;]><tmx/>',
        b"<tmx>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</tmx>",
    ],
    ids=["empty", "binary", "plain", "torn", "html", "nothing", "bomb", "file", "network", "deep"],
)  # fmt: skip
def test_what_cannot_be_used_is_a_finding(data: bytes) -> None:
    read = read_tmx(data, "bad.tmx")
    assert read.units == ()
    assert has_errors(read.findings)
    assert read.findings[0].file == "bad.tmx"
    assert "root:" not in str(read)


def test_tags_that_omegat_types_into_the_words_are_dropped() -> None:
    said = "The &lt;f0&gt;library&lt;/f0&gt; is&lt;br1/&gt;open&lt;x2/&gt;."
    data = (
        f'<tmx version="1.1"><header srclang="EN-US"/><body><tu><tuv lang="EN-US"><seg>{said}</seg></tuv>'
        '<tuv lang="FR"><seg>&lt;b&gt; est ouvert.</seg></tuv></tu></body></tmx>'
    )
    (unit,) = read_tmx(data.encode(), "a.tmx").units
    assert unit.texts == {"en": "The library is<br1/>open.", "fr": "<b> est ouvert."}


def test_a_forbidden_character_is_told_with_its_line() -> None:
    said = {"en": "a&#xE000;", "fr": "a", "es": "a"}
    variants = "\n".join(f'<tuv xml:lang="{tag}"><seg>{text}</seg></tuv>' for tag, text in said.items())
    read = read_tmx(f"<tmx>\n<tu>{variants}</tu></tmx>".encode(), "odd.tmx")
    assert [set(unit.texts) for unit in read.units] == [{"fr", "es"}]
    assert [(finding.code, finding.line) for finding in read.findings] == [("tmx-character", 2)]


@settings(deadline=None)  # the first reading of a language takes its time
@given(st.binary(max_size=80))
def test_no_bytes_raise(data: bytes) -> None:
    assert has_errors(read_tmx(data, "x.tmx").findings)
