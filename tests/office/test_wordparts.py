"""The parts of a Word document from outside."""

from __future__ import annotations

import io
import zipfile

import pytest

from office.wordparts import WORD, WordParts, flat, local_name
from office.xml import UnsafeXmlError, parse_xml
from office.ziplayout import UnsafeZipError

_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACE = "http://schemas.openxmlformats.org/package/2006/relationships"


def parts_of(**files: str) -> WordParts:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/"), text)
    return WordParts(made.getvalue())


def relations(*items: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Id="{key}" Type="{_KIND}/{kind}" {where}/>' for key, kind, where in items)
    return f'<Relationships xmlns="{_SPACE}">{inner}</Relationships>'


def test_parts_are_found_by_their_relationships_whatever_they_are_called() -> None:
    parts = parts_of(
        **{
            "_rels/.rels": relations(("a", "officeDocument", 'Target="/text/main.xml"')),
            "text/_rels/main.xml.rels": relations(
                ("b", "styles", 'Target="../looks.xml"'),
                ("c", "hyperlink", 'Target="https://x.example.int/" TargetMode="External"'),
            ),
            "text/main.xml": "<main/>",
        }
    )
    assert parts.main() == "text/main.xml"
    found = parts.related("text/main.xml")
    assert [(one.kind, one.target, one.is_outside) for one in found.values()] == [
        ("styles", "looks.xml", False), ("hyperlink", "https://x.example.int/", True),
    ]  # fmt: skip
    assert parts.tree("not/there.xml").tag == "none"


def test_no_document_has_no_main_part() -> None:
    assert parts_of(**{"a.txt": "words"}).main() == ""
    with pytest.raises(UnsafeZipError):
        WordParts(b"no zip")
    with pytest.raises(UnsafeXmlError):
        parts_of(**{"a.xml": "<unclosed"}).tree("a.xml")


def test_wrappers_are_gone_into() -> None:
    space = WORD[1:-1]
    inner = "<w:p/><w:sdt><w:sdtContent><w:tbl/></w:sdtContent></w:sdt><w:ins><w:p/></w:ins>"
    root = parse_xml(f'<w:body xmlns:w="{space}">{inner}</w:body>'.encode())
    assert [local_name(one) for one in flat(root)] == ["p", "tbl", "p"]
