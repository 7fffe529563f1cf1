"""Word documents made by hand: exactly the XML that a test is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from html import escape

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
_OFFICE = f"{R}/officeDocument"
_LEVELS = "".join(
    f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{{form}}"/>'
    f'<w:pPr><w:ind w:left="{360 * (level + 1)}"/></w:pPr></w:lvl>'
    for level in range(4)
)
# Three lists: bullets (1), figures (2), the same figures beginning with 5 (3), letters (4).
NUMBERING = (
    f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{_LEVELS.format(form="bullet")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="1">{_LEVELS.format(form="decimal")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="2">{_LEVELS.format(form="lowerLetter")}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="1"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    '<w:num w:numId="4"><w:abstractNumId w:val="2"/></w:num></w:numbering>'
)
STYLES = (
    f'<w:styles {NAMES}><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="Normal"/>'
    "<w:rPr><w:b/></w:rPr></w:style>"
    '<w:style w:type="paragraph" w:styleId="Loud"><w:name w:val="Loud"/><w:rPr><w:b/></w:rPr></w:style></w:styles>'
)


def run(text: str, properties: str = "") -> str:
    """Return a run; a line break in ``text`` is one of Word's."""
    pieces = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t>' for piece in text.split("\n")
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{pieces}</w:r>"


def bold(text: str) -> str:
    """Return a bold run."""
    return run(text, "<w:b/>")


def italic(text: str) -> str:
    """Return an italic run."""
    return run(text, "<w:i/>")


def paragraph(*runs: str, properties: str = "") -> str:
    """Return a paragraph of runs; a text that is no XML becomes one."""
    inner = "".join(piece if piece.startswith("<") else run(piece) for piece in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inner}</w:p>"


def item(text: str, number: int = 1, level: int = 0) -> str:
    """Return an item of one of the lists of `NUMBERING`."""
    numbering = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return paragraph(text, properties=numbering)


def table(*rows: tuple[str, ...]) -> str:
    """Return a table of cells of XML or text."""
    made = ""
    for row in rows:
        cells = "".join(f"<w:tc>{cell if cell.startswith('<w:p') else paragraph(cell)}</w:tc>" for cell in row)
        made += f"<w:tr>{cells}</w:tr>"
    return f"<w:tbl>{made}</w:tbl>"


def link(number: str, *runs: str) -> str:
    """Return a hyperlink over runs; ``number`` is the relationship's."""
    return f'<w:hyperlink r:id="{number}">{"".join(runs)}</w:hyperlink>'


def word_file(
    *blocks: str,
    links: Mapping[str, str] | None = None,
    footnotes: str = "",
    comments: str = "",
    headers: str = "",
    more: Mapping[str, bytes] | None = None,
) -> bytes:
    """Return a .docx. Blocks that are no XML become paragraphs; ``links`` are addresses by relationship."""
    body = "".join(block if block.startswith("<") else paragraph(block) for block in blocks)
    parts = {
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}<w:sectPr/></w:body></w:document>",
        "word/numbering.xml": NUMBERING,
        "word/styles.xml": STYLES,
    }
    kinds = {"numbering": "numbering.xml", "styles": "styles.xml"}
    for kind, name, root, inner in (
        ("footnotes", "footnotes.xml", "footnotes", footnotes),
        ("comments", "comments.xml", "comments", comments),
        ("header", "header1.xml", "hdr", headers),
    ):
        if inner:
            parts[f"word/{name}"] = f"<w:{root} {NAMES}>{inner}</w:{root}>"
            kinds[kind] = name
    relations = "".join(
        f'<Relationship Id="p{number}" Type="{R}/{kind}" Target="{name}"/>'
        for number, (kind, name) in enumerate(kinds.items())
    )
    for number, address in (links or {}).items():
        relations += (
            f'<Relationship Id="{number}" Type="{R}/hyperlink" Target="{escape(address)}" TargetMode="External"/>'
        )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts["word/_rels/document.xml.rels"] = f'<Relationships xmlns="{space}">{relations}</Relationships>'
    content = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts["[Content_Types].xml"] = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{content}"/>'
        "</Types>"
    )
    main = f'<Relationship Id="r1" Type="{_OFFICE}" Target="word/document.xml"/>'
    parts["_rels/.rels"] = f'<Relationships xmlns="{space}">{main}</Relationships>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        for name, part in (more or {}).items():
            archive.writestr(name, part)
    return made.getvalue()
