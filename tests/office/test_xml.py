from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.xml import UnsafeXmlError, parse_xml


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
