from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.xml import UnsafeXmlError, append_text, fit, line_of, parse_xml


def test_a_tree() -> None:
    assert parse_xml("<a>é<b/></a>".encode()).text == "é"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;">]>',
        '<!DOCTYPE a SYSTEM "http://example.org/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        "<!DOCTYPE a>",
    ],
)
def test_a_doctype_is_refused(doctype: str) -> None:
    with pytest.raises(UnsafeXmlError, match="DOCTYPE") as caught:
        parse_xml(f"{doctype}<a>&x;</a>".replace("&x;", "" if "ENTITY" not in doctype else "&x;").encode())
    assert caught.value.declares_doctype


def test_a_doctype_that_declares_nothing_may_pass() -> None:
    assert parse_xml(b'<!DOCTYPE a SYSTEM "a.dtd"><a>x</a>', doctype=True).text == "x"
    for declared in ('<!ENTITY x "y">', '<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;', "<!ELEMENT a ANY>"):
        with pytest.raises(UnsafeXmlError, match="DOCTYPE"):
            parse_xml(f"<!DOCTYPE a [{declared}]><a/>".encode(), doctype=True)


@pytest.mark.parametrize("data", [b"", b"<a>", b"\x00", b"plain", b"<a>&x;</a>", b"\xff\xfe<\x00"])
def test_what_is_not_xml_is_told(data: bytes) -> None:
    with pytest.raises(UnsafeXmlError, match="not valid XML") as caught:
        parse_xml(data)
    assert not caught.value.declares_doctype


@given(st.binary(max_size=60))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with contextlib.suppress(UnsafeXmlError):
        parse_xml(data)


@given(st.text())
def test_any_text_is_made_fit_for_xml(text: str) -> None:
    root = parse_xml(b"<a/>")
    root.text = fit(text)
    assert fit(text) == root.text
    assert len(fit(text)) == len(text)


def test_what_xml_cannot_hold_is_marked() -> None:
    assert fit("a\x00b\tc\uffff\U0001f600") == "a\ufffdb\tc\ufffd\U0001f600"


def test_text_is_put_behind_all_there_is() -> None:
    root = parse_xml(b"<a>\n<b/></a>")
    append_text(root[0], "x")
    append_text(root[0], "y")
    append_text(root, "z")
    append_text(root, "!")
    assert "".join(map(str, root.itertext())) == "\nxyz!"
    assert line_of(root[0]) == 2
