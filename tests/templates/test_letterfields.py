"""Fields in a letterhead that somebody changed in Word."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from office.findings import Level
from office.ziplayout import read_zip
from templates.docx import compile_docx
from templates.letterfaults import letterhead_findings
from templates.letterhead import letterhead
from templates.look import load_look, look_findings
from templates.rendering import compile_forms
from tests.templates.bilingual import stacked
from tests.templates.samples import ENGLISH, ENGLISH_VALUES

NAME = "templates/letterhead.ltr.docx"


def saved(document: Document) -> bytes:
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for part, old in {**read_zip(letterhead("ltr")), name: content}.items():
            archive.writestr(part, old)
    return target.getvalue()


def changed(old: str, new: str, part: str = "word/document.xml") -> bytes:
    content = read_zip(letterhead("ltr"))[part].decode()
    assert old in content
    return with_part(part, content.replace(old, new).encode())


def codes(data: bytes) -> list[str]:
    return [finding.code for finding in letterhead_findings(NAME, data) if finding.level is Level.ERROR]


def test_all_faults_at_once_with_their_places() -> None:
    document = docx.Document()
    document.add_paragraph("Ref. {{ refrences }}")
    document.add_paragraph("{{ subject")
    document.add_paragraph("{% if x %}")
    document.sections[0].header.paragraphs[0].text = "{{ body }}"
    findings = letterhead_findings(NAME, saved(document))
    assert [finding.code for finding in findings] == [
        "letterhead-unknown-field",
        "letterhead-unfinished-field",
        "letterhead-unfinished-field",
        "letterhead-body-place",
        "letterhead-missing-field",
    ]
    assert findings[0].message.startswith("page, paragraph 1 («Ref. {{ refrences }}»)")
    assert findings[0].hint == "Did you mean «references»?"
    assert findings[3].message.startswith("header (header1.xml), paragraph 1")
    assert all(finding.file == NAME for finding in findings)


def test_the_letters_text_needs_a_place_of_its_own() -> None:
    assert codes(changed("{{ body }}", "")) == ["letterhead-no-body"]
    assert codes(changed("{{ body }}", "Text: {{ body }}")) == ["letterhead-body-place"]
    assert codes(changed("{{ closing }}", "{{ body }}")) == ["letterhead-body-place"]


@pytest.mark.parametrize(
    "pieces",
    [
        ["{{ sub", "ject }}"],
        ["{", "{ subject }", "}"],
        ["On: {", "{", " subject ", "}", "} !"],
        ["{{subject}}", " {{ office", "}}"],
    ],
)
def test_fields_cut_in_pieces_are_healed(tmp_path: Path, pieces: list[str]) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph()
    for number, piece in enumerate(pieces):
        paragraph.add_run(piece).bold = number == 0
    document.add_paragraph("{{ body }}")
    filled = fill(tmp_path, saved(document))
    subject = "Subject: Survey of coastal lights 2031\n(Geneva, 5-9 May 2031)"
    expected = "".join(pieces).replace("{{ subject }}", subject).replace("{{subject}}", subject)
    expected = expected.replace("{{ office}}", "Example Lighthouse Union")
    assert filled.paragraphs[0].text == expected


def fill(folder: Path, data: bytes) -> Document:
    (folder / "templates").mkdir()
    (folder / "templates" / "letterhead.ltr.docx").write_bytes(data)
    forms = compile_forms(ENGLISH, load_look(folder))
    return docx.Document(io.BytesIO(forms.docx_for(ENGLISH_VALUES)))


def test_a_letterhead_of_word_with_its_own_styles_and_a_picture(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Own header, {{ unit }}, page"
    document.add_paragraph("{{ references }} / {{ addressees }}")
    document.add_paragraph("{{ annexes }}")
    document.add_paragraph("{{ body }}", style="Body Text")
    filled = fill(tmp_path, saved(document))
    assert filled.sections[0].header.paragraphs[0].text == "Own header, General Secretariat, page"
    assert filled.paragraphs[0].text == "Ref.: CL-31/004\nFile: LH 2031/7 / Governments\nPrivate sector\nAcademia"
    assert filled.paragraphs[1].text == "Annex 1\nReply form"
    body = next(paragraph for paragraph in filled.paragraphs if paragraph.text.startswith("The Union"))
    assert body.style is not None
    assert body.style.name == "Body Text"
    assert len([style for style in filled.styles if style.name == "List Bullet"]) == 1


def test_what_is_not_a_word_document() -> None:
    assert codes(b"") == ["letterhead-unreadable"]
    assert codes(b"PK nonsense") == ["letterhead-unreadable"]
    assert codes(with_part("[Content_Types].xml", b"<Types/>")) == ["letterhead-unreadable"]
    assert codes(with_part("word/document.xml", b"<w:document")) == ["letterhead-damaged"]
    strict = "http://purl.oclc.org/ooxml/wordprocessingml/main"
    transitional = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    assert codes(changed(transitional, strict)) == ["letterhead-unreadable"]
    assert codes(changed("document.main+xml", "template.main+xml", "[Content_Types].xml")) == ["letterhead-unreadable"]
    assert codes(with_part("word/vbaProject.bin", b"x")) == ["letterhead-macros"]


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE d SYSTEM "http://192.0.2.1/x.dtd">',
        '<!DOCTYPE d [<!ENTITY a "b">]>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_doctype_is_refused_in_any_part(doctype: str) -> None:
    for part in ("word/document.xml", "word/settings.xml", "_rels/.rels"):
        content = read_zip(letterhead("ltr"))[part].decode()
        head, rest = content.split("?>", 1)
        assert codes(with_part(part, f"{head}?>{doctype}{rest}".encode())) == ["letterhead-doctype"]


def test_pictures_from_elsewhere_are_refused() -> None:
    relationship = (
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
        ' Target="http://192.0.2.1/logo.png" TargetMode="External"/></Relationships>'
    )
    assert codes(changed("</Relationships>", relationship, "word/_rels/document.xml.rels")) == ["letterhead-outside"]


def test_reserved_characters_are_refused() -> None:
    assert codes(changed("{{ subject }}", "\ue010docx")) == ["letterhead-reserved"]
    assert codes(changed('val="Normal"', 'val="\ue010"', "word/styles.xml")) == ["letterhead-reserved"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(read_zip(letterhead("ltr")))), st.lists(st.tuples(st.integers(0), st.integers(0, 3))))
def test_a_spoilt_letterhead_is_named_or_can_be_filled(part: str, damages: list[tuple[int, int]]) -> None:
    pieces = re.split("(<[^>]*>)", read_zip(letterhead("ltr"))[part].decode())
    for place, kind in damages:
        piece = pieces[place % len(pieces)]
        changes = ["", piece * 2, re.sub('"[^"]*"', '"x"', piece), re.sub(' [a-z:A-Z]+="[^"]*"', "", piece)]
        pieces[place % len(pieces)] = changes[kind]
    data = with_part(part, "".join(pieces).encode())
    if not codes(data):
        compile_docx(ENGLISH, data).splice(ENGLISH_VALUES)
        bilingual, values = stacked("en", "ar")
        compile_docx(bilingual, data).splice(values)


def test_an_unreadable_folder_entry_is_no_letterhead(tmp_path: Path) -> None:
    (tmp_path / "templates" / "letterhead.ltr.docx").mkdir(parents=True)
    assert look_findings(tmp_path) == ()
    (tmp_path / "templates" / "letterhead.rtl.docx").write_bytes(b"x" * 20_000_001)
    assert [finding.code for finding in look_findings(tmp_path)] == ["template-too-large"]
