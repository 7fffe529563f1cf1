"""A spoilt office.toml, key, store or template, end to end: what was stored before is as it was."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from office.errors import CircularsError
from tests.pipeline.offices import edit
from tests.pipeline.spoiling import Spoil, bomb, file_for, folder_for, run_every_verb

# office.toml and its key


def office_with(old: str, new: str) -> Spoil:
    return lambda folder: edit(folder / "office.toml", old, new)


def spoil_journal(folder: Path) -> None:
    for path in (folder / "journal").glob("*.log"):
        path.write_bytes(b"\xff\x00x\n" * 9)


OFFICES: dict[str, Spoil] = {
    "empty": lambda folder: (folder / "office.toml").write_bytes(b""),
    "random": lambda folder: (folder / "office.toml").write_bytes(bytes(range(256))),
    "gone": lambda folder: (folder / "office.toml").unlink(),
    "folder": lambda folder: folder_for(folder / "office.toml"),
    "wrong-kinds": lambda folder: ((folder / "office.toml").write_text(
            "name = 1\nlanguages = 3\ntimezone = []\nprofile = {}\nmail = 'x'\nseries = 1\ninbox = []\nstore = 2\n"
        )),
    "pattern-code": office_with("LU-{yy}/{n:03}", "{n.__class__.__mro__}"),
    "pattern-wide": office_with("LU-{yy}/{n:03}", "{n:999999999}"),
    "pattern-open": office_with("LU-{yy}/{n:03}", "{n"),
    "sender-injection": office_with('sender = "circulars@example.int"', 'sender = "a@b\\r\\nBcc: c@d"'),
    "name-injection": office_with('name = "Example Lighthouse Union"', 'name = "U\\r\\nBcc: c@d <x@y>"'),
    "folder-outside": office_with('kind = "files"', 'kind = "files"\nfolder = "../../out"'),
    "key-empty": lambda folder: (folder / "office.key").write_bytes(b""),
    "key-random": lambda folder: (folder / "office.key").write_bytes(b"\xff" * 100),
    "key-gone": lambda folder: (folder / "office.key").unlink(),
    "letters-gone": lambda folder: (folder / "letters").rename(folder / "moved"),
    "recipients-gone": lambda folder: (folder / "recipients").rename(folder / "moved"),
    "archive-gone": lambda folder: (folder / "archive").rename(folder / "moved"),
    "archive-file": lambda folder: file_for(folder / "archive"),
    "journal-spoilt": spoil_journal,
}  # fmt: skip


@pytest.mark.parametrize("spoil", OFFICES.values(), ids=OFFICES.keys())
def test_offices(office: Path, spoil: Spoil) -> None:
    spoil(office)
    run_every_verb(office)
    assert not (office.parent.parent / "out").exists()


# Templates


def letterhead_is(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "letterhead.ltr.docx").write_bytes(content)

    return spoil


def page_is(content: bytes) -> Spoil:
    def spoil(folder: Path) -> None:
        (folder / "templates").mkdir(exist_ok=True)
        (folder / "templates" / "circular.html").write_bytes(content)

    return spoil


def letterhead_with(part: str, content: bytes) -> Spoil:
    """The built-in letterhead with one of its parts replaced."""
    from importlib.resources import files

    original = (files("templates") / "builtin" / "letterhead.ltr.docx").read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(original)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            target.writestr(name, content if name == part else source.read(name))
    return letterhead_is(buffer.getvalue())


XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9))
    + b"]><x>&j;</x>"
)
TEMPLATES: dict[str, Spoil] = {
    "docx-empty": letterhead_is(b""),
    "docx-text": letterhead_is(b"Dear Sir"),
    "docx-zip-of-something-else": letterhead_is(bomb("hello.txt", 10)),
    "docx-cut": letterhead_is(bomb("word/document.xml", 1000)[:-40]),
    "docx-bomb": letterhead_is(bomb("word/document.xml")),
    "docx-no-xml": letterhead_with("word/document.xml", b"not xml at all <"),
    "docx-no-body": letterhead_with("word/document.xml", b"<x/>"),
    "docx-entities": letterhead_with("word/document.xml", XXE),
    "docx-laughs": letterhead_with("word/document.xml", LAUGHS),
    "docx-types-gone": letterhead_with("[Content_Types].xml", b""),
    "docx-rels-gone": letterhead_with("word/_rels/document.xml.rels", b""),
    "docx-styles-gone": letterhead_with("word/styles.xml", b"<w/>"),
    "html-empty": page_is(b""),
    "html-random": page_is(bytes(range(256))),
    "html-without-text": page_is(b"<html><body>Hello</body></html>"),
    "html-code": page_is(b"<html>{{ ''.__class__.__mro__ }}{% for x in range(9**9) %}a{% endfor %}</html>"),
    "html-repeat": page_is(b"<html>{{ 'a' * 900000000 }}</html>"),
    "html-open": page_is(b"<html>{% if x %}"),
    "html-include": page_is(b"<html>{% include '/etc/passwd' %}{{ letter.nothing.nothing }}</html>"),
}


@pytest.mark.parametrize("spoil", TEMPLATES.values(), ids=TEMPLATES.keys())
def test_templates(office: Path, spoil: Spoil) -> None:
    spoil(office)
    found = run_every_verb(office)
    for name in ("check", "status", "show"):
        assert not isinstance(found[name], CircularsError), found[name]
    if not isinstance(found["preview docx"], CircularsError):
        assert b"root:" not in found["preview docx"].content
