"""Letterheads designed in LibreOffice: saved as .docx by it, filled by us, opened by it again."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import docx
import pytest

from office.findings import Level
from templates.docx import compile_docx
from templates.letterfaults import letterhead_findings
from tests.templates.samples import ARABIC, ARABIC_VALUES, ENGLISH, ENGLISH_VALUES

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing",
        "fo": "xsl-fo-compatible", "svg": "svg-compatible",
    }.items()
)  # fmt: skip
_PAGE = (
    '<style:page-layout style:name="pm1"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"'
    ' fo:margin="2cm"{writing}/><style:header-style><style:header-footer-properties fo:min-height="1cm"/>'
    '</style:header-style><style:footer-style><style:header-footer-properties fo:min-height="1cm"/>'
    "</style:footer-style></style:page-layout>"
    '<style:style style:name="B" style:family="text"><style:text-properties'
    ' fo:font-weight="bold"/></style:style><style:style style:name="RTL" style:family="paragraph"><style:paragraph-'
    'properties style:writing-mode="rl-tb" fo:text-align="start"/></style:style><style:style style:name="fr1"'
    ' style:family="graphic"><style:graphic-properties style:wrap="parallel" style:horizontal-pos="right"'
    ' style:horizontal-rel="paragraph" style:vertical-pos="top" style:vertical-rel="paragraph"/></style:style>'
)
BOLD = '<text:span text:style-name="B">{}</text:span>'
PAGE_OF = 'p. <text:page-number text:select-page="current">1</text:page-number> / <text:page-count>1</text:page-count>'
FIELDS = [
    "date_line", "references", "addressees", "subject", "salutation", "body", "closing", "signature", "signatory",
    "title",
]  # fmt: skip


def cut(field: str) -> str:
    """Return a field whose middle is bold."""
    return f"{{{{ {field[:2]}{BOLD.format(field[2:4])}{field[4:]} }}}}"


def flat(body: str, *, header: str = "", first: str = "", footer: str = "", backwards: bool = False) -> str:
    """Return an OpenDocument text in one file."""
    writing = ' style:writing-mode="rl-tb"' if backwards else ""
    headers = f"<style:header>{header}</style:header>" if header else ""
    headers += f"<style:header-first>{first}</style:header-first>" if first else ""
    headers += f"<style:footer>{footer}</style:footer>" if footer else ""
    master = f'<style:master-page style:name="Standard" style:page-layout-name="pm1">{headers}</style:master-page>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} xmlns:xlink="http://www.w3.org/1999/xlink"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"'
        ' office:mimetype="application/vnd.oasis.opendocument.text"><office:automatic-styles>'
        f"{_PAGE.format(writing=writing)}</office:automatic-styles><office:master-styles>{master}</office:master-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document>"
    )


def p(text: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>' if style else f"<text:p>{text}</text:p>"


def frame(inside: str) -> str:
    return (
        '<draw:frame draw:style-name="fr1" draw:name="Frame1" text:anchor-type="paragraph" svg:width="6cm"'
        f' svg:height="2cm" draw:z-index="0"><draw:text-box>{inside}</draw:text-box></draw:frame>'
    )


def table(*cells: str) -> str:
    inside = "".join(f'<table:table-cell office:value-type="string">{cell}</table:table-cell>' for cell in cells)
    columns = f'<table:table-column table:number-columns-repeated="{len(cells)}"/>'
    return (
        f'<table:table table:name="T{len(inside)}">{columns}<table:table-row>{inside}</table:table-row></table:table>'
    )


GOOD = flat(
    p(frame(p(cut("contacts"))) + "Our ref. " + cut("references"))
    + table(p(cut("date_line")) + table(p(cut("addressees"))) + p(""), p(cut("unit")))
    + "".join(p(cut(field)) for field in FIELDS[3:8])
    + p(f'<text:a xlink:type="simple" xlink:href="https://www.example.int/">{cut("signatory")}</text:a>')
    + p(cut("title")),
    header=p(f"{cut('office')}<text:tab/>{cut('reference')}"),
    first=p(cut("office")) + p(cut("unit")),
    footer=p(PAGE_OF + " – " + cut("reference")),
)
ARABIC_HEAD = flat(
    table(p(cut("references"), "RTL"), p(cut("date_line"), "RTL"))
    + "".join(p(cut(field), "RTL") for field in FIELDS[2:]),
    header=p("الاتحاد " + cut("office"), "RTL"),
    footer=p(PAGE_OF, "RTL"),
    backwards=True,
)
_CHANGE = (
    "<office:change-info><dc:creator>A. Quist</dc:creator><dc:date>2031-01-05T09:00:00</dc:date></office:change-info>"
)
_COMMENT = (
    '<office:annotation office:name="n1"><dc:creator>A. Quist</dc:creator><text:p>Bold?</text:p></office:annotation>'
)
BAD = flat(
    '<text:tracked-changes><text:changed-region xml:id="c1" text:id="c1"><text:insertion>'
    f"{_CHANGE}</text:insertion></text:changed-region></text:tracked-changes>"
    + p('Ref. <text:change-start text:change-id="c1"/>{{ reference }}<text:change-end text:change-id="c1"/>')
    + p('{{ off<text:a xlink:type="simple" xlink:href="https://www.example.int/">ice }} page</text:a>')
    + p(f'{_COMMENT}{{{{ unit }}}}<office:annotation-end office:name="n1"/>')
    + p("{{ subject")
    + p(frame(p("{{ salutaton }}")))
    + p("{{ body }}"),
    header=p("{{ body }}"),
)  # fmt: skip


def converted(folder: Path, kind: str, *names: str) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the letterheads as LibreOffice saves them."""
    folder = Path(tmp_path_factory.mktemp("letterheads"))
    names = []
    for name, text in {"good": GOOD, "arabic": ARABIC_HEAD, "bad": BAD}.items():
        (folder / f"{name}.fodt").write_text(text, "utf-8")
        names.append(str(folder / f"{name}.fodt"))
    converted(folder, "docx", *names)
    return folder


@pytest.mark.packages
def test_each_fault_in_a_letterhead_of_libreoffice(folder: Path) -> None:
    found = letterhead_findings("letterhead.ltr.docx", (folder / "bad.docx").read_bytes())
    errors = [(fault.code, fault.message.partition(" («")[0]) for fault in found if fault.level is Level.ERROR]
    assert errors == [
        ("letterhead-tracked-field", "page, paragraph 1"),
        ("letterhead-crossing-field", "page, paragraph 2"),
        ("letterhead-commented-field", "page, paragraph 3"),
        ("letterhead-unfinished-field", "page, paragraph 4"),
        ("letterhead-unknown-field", "page, paragraph 6, in a text box"),
        ("letterhead-body-place", "header (header1.xml), paragraph 1"),
        ("letterhead-body-place", "the letterhead has more than one place for the letter's text"),
    ]


@pytest.mark.packages
def test_letterheads_of_libreoffice_are_filled_and_open_there(folder: Path) -> None:
    for name, letter, values in (("good", ENGLISH, ENGLISH_VALUES), ("arabic", ARABIC, ARABIC_VALUES)):
        data = (folder / f"{name}.docx").read_bytes()
        assert [fault.message for fault in letterhead_findings(name, data) if fault.level is Level.ERROR] == []
        filled = compile_docx(letter, data).splice(values)
        docx.Document(io.BytesIO(filled))
        (folder / f"filled-{name}.docx").write_bytes(filled)
    converted(folder, "pdf", str(folder / "filled-good.docx"), str(folder / "filled-arabic.docx"))
    text = printed(folder / "filled-good.pdf")
    for expected in (
        "Our ref. Ref.: CL-31/004", "Tel.: +41 22 555 01 02", "Geneva, 3 March 2031", "Private sector",
        "General Secretariat", "Bela Montero", "p. 2 / 3 – CL-31/004", "p. 3 / 3 – CL-31/004", "Annex 1",
    ):  # fmt: skip
        assert "".join(expected.split()) in text
    assert "{{" not in text
    arabic = printed(folder / "filled-arabic.pdf")
    assert "CL-31/004" in arabic
    assert "{" not in arabic


def printed(path: Path) -> str:
    """Return the text of a PDF file without spaces."""
    command = ["pdftotext", "-layout", str(path), "-"]
    return "".join(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode().split())
