"""Letterheads as offices make them: Word's runs cut anyhow, content controls, text boxes, revisions, links."""

from __future__ import annotations

import io
import zipfile
from html import escape

from templates.wordxml import CONTENT_TYPES, DECLARATION, RELATIONSHIPS, R, W

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.{}+xml"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="{R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
_STORIES = {  # the file, the kind of part, its root element
    "first": ("header1.xml", "header", "hdr"),
    "default": ("header2.xml", "header", "hdr"),
    "even": ("header3.xml", "header", "hdr"),
    "footer": ("footer1.xml", "footer", "ftr"),
    "footnotes": ("footnotes.xml", "footnotes", "footnotes"),
}


def run(text: str, properties: str = "") -> str:
    """Return a run as Word writes it."""
    properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return (
        f'<w:r w:rsidR="00A77B3E" w:rsidRPr="00C13F25">{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    )


def paragraph(*content: str, properties: str = "") -> str:
    """Return a paragraph of runs, or of plain text."""
    inside = "".join(piece if piece.startswith("<") else run(piece) for piece in content)
    return f'<w:p w14:paraId="5D0E2A11" w:rsidR="00A77B3E"><w:pPr>{properties}</w:pPr>{inside}</w:p>'


def shattered(text: str) -> str:
    """Return text cut into single characters, with all that Word puts between runs."""
    between = (
        '<w:proofErr w:type="spellStart"/>',
        '<w:bookmarkStart w:id="7" w:name="_GoBack"/><w:bookmarkEnd w:id="7"/>',
        '<w:proofErr w:type="spellEnd"/>',
        "<w:r><w:rPr><w:noProof/></w:rPr><w:lastRenderedPageBreak/></w:r>",
        '<w:proofErr w:type="gramStart"/><w:proofErr w:type="gramEnd"/>',
        '<w:permStart w:id="3" w:edGrp="everyone"/><w:permEnd w:id="3"/>',
    )  # fmt: skip
    return "".join(
        run(letter, "<w:b/>" if at % 3 else "") + between[at % len(between)] for at, letter in enumerate(text)
    )


def control(content: str, more: str = "") -> str:
    """Return a content control around blocks, runs, rows or cells."""
    properties = f'<w:sdtPr><w:alias w:val="x"/><w:id w:val="41"/>{more}</w:sdtPr>'
    return f"<w:sdt>{properties}<w:sdtContent>{content}</w:sdtContent></w:sdt>"


def table(*cells: str) -> str:
    """Return a table of one row."""
    width = 9000 // len(cells)
    inside = "".join(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{cell}</w:tc>' for cell in cells)
    grid = f'<w:gridCol w:w="{width}"/>' * len(cells)
    properties = '<w:tblPr><w:tblW w:w="9000" w:type="dxa"/></w:tblPr>'
    return f"<w:tbl>{properties}<w:tblGrid>{grid}</w:tblGrid><w:tr>{inside}</w:tr></w:tbl>"


def text_box(*paragraphs: str) -> str:
    """Return a run with a text box, written twice as Word does: for itself, and for older programs."""
    inside = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    shape = (
        '<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
        "<wps:wsp>"
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2400000" cy="900000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "</wps:spPr>"
        f"<wps:txbx>{inside}</wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic>"
    )
    return (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="114300"'
        ' distR="114300" simplePos="0" relativeHeight="251659264" behindDoc="0" locked="0" layoutInCell="1"'
        ' allowOverlap="1"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>3600000'
        '</wp:posOffset></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset>'
        '</wp:positionV><wp:extent cx="2400000" cy="900000"/><wp:wrapSquare wrapText="bothSides"/>'
        f'<wp:docPr id="9" name="Text box 9"/><wp:cNvGraphicFramePr/>{shape}</wp:anchor></w:drawing></mc:Choice>'
        '<mc:Fallback><w:pict><v:shape style="position:absolute;width:189pt;height:71pt" fillcolor="#4472c4 [3204]">'
        f"<v:textbox>{inside}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )


def changed(kind: str, content: str) -> str:
    """Return content within a tracked change: ins, del, moveFrom or moveTo."""
    content = content.replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText ") if kind == "del" else content
    return f'<w:{kind} w:id="5" w:author="A. Quist" w:date="2031-01-05T09:00:00Z">{content}</w:{kind}>'


def word_field(code: str, result: str) -> str:
    """Return one of Word's own fields."""
    mark = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
    instruction = f'<w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r>'
    return mark.format("begin") + instruction + mark.format("separate") + result + mark.format("end")


def letterhead_of(*blocks: str, theme: str = "", **stories: str) -> bytes:
    """Return a .docx of blocks; ``stories`` are the paragraphs of headers (first, default, even), footer, footnotes."""
    parts = {"word/document.xml": "document.main"}
    relations = [_relation("link", "hyperlink", 'https://www.example.int/" TargetMode="External')]
    content: dict[str, str] = {}
    references = ""
    for story, inside in stories.items():
        name, kind, tag = _STORIES[story]
        parts[f"word/{name}"] = kind
        relations.append(_relation(story, kind, name))
        content[f"word/{name}"] = f"<w:{tag} {NAMESPACES}>{inside}</w:{tag}>"
        if story != "footnotes":
            use = "default" if story == "footer" else story
            references += f'<w:{kind}Reference w:type="{use}" r:id="{story}"/>'
    if theme:
        relations.append(_relation("theme", "theme", "theme1.xml"))
        content["word/theme1.xml"] = theme
    body = "".join(blocks) + f"<w:sectPr>{references}<w:titlePg/></w:sectPr>"
    content["word/document.xml"] = f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
    content["word/_rels/document.xml.rels"] = _relationships(*relations)
    content["_rels/.rels"] = _relationships(_relation("rId1", "officeDocument", "word/document.xml"))
    content["[Content_Types].xml"] = _types(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, xml in content.items():
            archive.writestr(name, DECLARATION + xml)
    return target.getvalue()


def _relation(identifier: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{identifier}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relationships(*relations: str) -> str:
    return f'<Relationships xmlns="{RELATIONSHIPS}">{"".join(relations)}</Relationships>'


def _types(parts: dict[str, str]) -> str:
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE.format(kind)}"/>' for name, kind in parts.items()
    )
    return (
        f'<Types xmlns="{CONTENT_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        f'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


BODY = paragraph("{{ body }}")
