"""Files that are no XLIFF, or that would harm whoever opens them: a finding each, never more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.exchange.model import Exchange, Unit
from locales.exchange.xliff import MAX_BYTES, MAX_UNITS, read_xliff, write_xliff
from office.findings import Level
from tests.patience import within

HEAD = '<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="letters/forum"><body>'
TAIL = "</body></file></xliff>"


def fault(data: bytes | str) -> tuple[str, str]:
    exchange = read_xliff(data if isinstance(data, bytes) else data.encode(), name="f.xlf")
    (finding,) = exchange.findings
    assert exchange == Exchange(findings=(finding,))
    assert (finding.level, finding.file) == (Level.ERROR, "f.xlf")
    assert finding.hint
    return finding.code, finding.message + finding.hint


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        ('<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0"/>', "xliff-version", "XLIFF 2.0"),
        ('<xliff xmlns="urn:oasis:names:tc:xliff:document:2.1" version="2.1"/>', "xliff-version", "1.2"),
        ('<xliff version="1.2" xmlns="urn:example"/>', "xliff-version", "1.2"),
        ('<tmx version="1.4"><body/></tmx>', "xliff-format", "memory"),
        ("<TS/>", "xliff-format", "Qt"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "xliff-format", "web page"),
        ("<!DOCTYPE html><html></html>", "xliff-doctype", "DOCTYPE"),
        (b"PK\x03\x04abc", "xliff-xml", "right file"),
        ("<a/>", "xliff-format", "<a>, not XLIFF"),
        ("", "xliff-xml", "again"),
        ("one, two", "xliff-xml", "not valid XML"),
        (HEAD, "xliff-xml", "not valid XML"),
        (HEAD + TAIL, "xliff-empty", "right file"),
        (
            '<xliff version="1.2"><trans-unit id="1"><source>a</source></trans-unit></xliff>',
            "xliff-empty",
            "right file",
        ),
        (HEAD + "<x>" * 400 + "</x>" * 400 + TAIL, "xliff-xml", "not valid XML"),
        (HEAD + '<trans-unit id="1"/>' * (MAX_UNITS + 1) + TAIL, "xliff-size", "segments"),
        (b" " * (MAX_BYTES + 1), "xliff-size", "20 MB"),
    ],
)
def test_refused(data: bytes | str, code: str, words: str) -> None:
    found, message = fault(data)
    assert found == code
    assert words in message


def test_entities_are_refused_before_they_are_read() -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n else "") + ";"}{"&a;" * 10}">' for n in range(9)
    )
    unit = '<trans-unit id="1"><source>&a8;</source></trans-unit>'
    with within(2):
        assert fault(f"<!DOCTYPE xliff [{entities}]>{HEAD}{unit}{TAIL}")[0] == "xliff-doctype"
        assert fault(f'<!DOCTYPE xliff SYSTEM "http://example.invalid/x.dtd">{HEAD}{unit}{TAIL}')[0] in {
            "xliff-doctype",
            "xliff-xml",
        }
        secret = '<!DOCTYPE xliff [<!ENTITY a8 SYSTEM "file:///etc/hostname">]>'
        assert fault(f"{secret}{HEAD}{unit}{TAIL}")[0] == "xliff-doctype"


def test_a_segment_that_no_letter_could_have() -> None:
    long = "*a" * 50_000
    unit = f'<trans-unit id="1"><source>a</source><target>{long}</target></trans-unit>'
    other = f'<trans-unit id="2"><source>{long}</source><target>b</target></trans-unit>'
    exchange = read_xliff((HEAD + unit + other + TAIL).encode(), name="f.xlf")
    assert exchange.units == (Unit(context="", msgid="a"),)
    assert [finding.code for finding in exchange.findings] == ["xliff-length"]


def test_marks_in_marks_cost_little() -> None:
    deep = '<g id="1" ctype="bold">a <g id="2" ctype="italic">' * 100 + "b" + "</g></g>" * 100
    wide = '<g id="1" ctype="bold">。a *</g>b' * 500
    unit = f'<trans-unit id="1"><source>a</source><target>{deep}{wide}</target></trans-unit>'
    with within(5):
        exchange = read_xliff((HEAD + unit + TAIL).encode(), name="f.xlf")
    assert exchange.units[0].msgstr.count("。") == 500


GOOD = write_xliff(
    Exchange(
        slug="forum",
        source_language="en",
        language="fr",
        units=(Unit(context="body", msgid="**By** {{ a | date }}", msgstr="[Le]({{ links.a }}) {{ a | date }}"),),
    )
)


@given(st.integers(0, len(GOOD)), st.binary(max_size=6), st.integers(0, 30))
def test_a_damaged_file_never_ends_in_an_error(place: int, junk: bytes, gone: int) -> None:
    exchange = read_xliff(GOOD[:place] + junk + GOOD[place + gone :], name="f.xlf")
    assert exchange.units or exchange.findings


@given(st.binary(max_size=200))
def test_nor_does_anything_else(data: bytes) -> None:
    assert read_xliff(data, name="f.xlf").findings
