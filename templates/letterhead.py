"""Makes the built-in letterheads: ``python -m templates.letterhead`` writes templates/builtin/letterhead.*.docx.

They are ordinary documents that a secretary opens and changes in Word; an office's own take their place. Written
as text rather than through a library, so that the files hold nothing but what is meant, and come out the same
each time.
"""

from __future__ import annotations

from pathlib import Path

from office.ziplayout import close, deflate, lay_out
from templates.wordstyles import COMPLEX_FONT, EAST_ASIAN_FONT, LANGUAGES, STYLES
from templates.wordtheme import ACCENT, THEME_TYPE, theme
from templates.wordxml import CONTENT_TYPES, DECLARATION, RELATIONSHIPS, R, W

FOLDER = Path(__file__).parent / "builtin"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_GREY = "4A5866"
_ACCENT = f'w:val="{ACCENT}" w:themeColor="accent1"'  # takes the office's colour (`templates.wordcolours`)
_WIDTH = 9070  # twentieths of a point between the margins of A4


def letterhead(direction: str) -> bytes:
    """Return the letterhead for ``ltr`` or ``rtl`` as a .docx."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(("officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relationships(
            ("styles", "styles.xml"),
            ("settings", "settings.xml"),
            ("header", "header1.xml"),
            ("header", "header2.xml"),
            ("footer", "footer1.xml"),
            ("theme", "theme/theme1.xml"),
        ),
        "word/document.xml": _Page(direction).document(),
        "word/header1.xml": _Page(direction).first_header(),
        "word/header2.xml": _Page(direction).next_header(),
        "word/footer1.xml": _Page(direction).footer(),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
        "word/theme/theme1.xml": theme(),
    }
    return close(*lay_out(deflate(name, (DECLARATION + xml).encode("utf-8")) for name, xml in parts.items()))


def main() -> None:
    """Write both letterheads."""
    for direction in ("ltr", "rtl"):
        (FOLDER / f"letterhead.{direction}.docx").write_bytes(letterhead(direction))


def _content_types() -> str:
    kinds = {
        "document": "document.main", "header1": "header", "header2": "header", "footer1": "footer",
        "styles": "styles", "settings": "settings",
    }  # fmt: skip
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_WORD_TYPE}.{kind}+xml"/>' for name, kind in kinds.items()
    )
    overrides += f'<Override PartName="/word/theme/theme1.xml" ContentType="{THEME_TYPE}"/>'
    return (
        f'<Types xmlns="{CONTENT_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relationships(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{RELATIONSHIPS}">{found}</Relationships>'


class _Page:
    """Writes the page and its header and footers for one direction of writing."""

    def __init__(self, direction: str) -> None:
        self.backwards = direction == "rtl"

    def document(self) -> str:
        frame = self.table(
            (4900, [self.line("references", after=20, right=170), self.line("contacts", after=20, right=170)]),
            (4170, [self.line("date_line", after=160), self.line("addressees", after=20)]),
        )
        small = '<w:sz w:val="18"/><w:szCs w:val="18"/>'
        body = [
            frame,
            self.line("subject", before=240, after=240, run="<w:b/><w:bCs/>", keep=True),
            self.line("salutation", after=160),
            self.line("body", after=140),
            self.line("closing", before=160, after=200, keep=True),
            self.line("signature", before=200, after=200, run="<w:i/><w:iCs/>", keep=True),
            self.line("signatory", after=0, run="<w:b/><w:bCs/>", keep=True),
            self.line("title", after=0),
            self.line("copies", before=240, after=0, run=small),
        ]
        bidi = "<w:bidi/>" if self.backwards else ""
        section = (
            '<w:sectPr><w:headerReference w:type="first" r:id="rId3"/><w:headerReference w:type="default" r:id="rId4"/>'
            '<w:footerReference w:type="first" r:id="rId5"/><w:footerReference w:type="default" r:id="rId5"/>'
            '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1418" w:right="1418" w:bottom="1247" w:left="1418"'
            f' w:header="680" w:footer="567" w:gutter="0"/><w:cols w:space="708"/><w:titlePg/>{bidi}</w:sectPr>'
        )
        return f'<w:document xmlns:w="{W}" xmlns:r="{R}"><w:body>{"".join(body)}{section}</w:body></w:document>'

    def first_header(self) -> str:
        large = f'<w:b/><w:bCs/><w:color {_ACCENT}/><w:sz w:val="30"/><w:szCs w:val="30"/>'
        names = [
            self.line("office", after=20, run=large),
            self.line("unit", after=60, run=f'<w:color w:val="{_GREY}"/>'),
        ]
        table = self.table((6270, names), (2800, [self.line("logo", after=60, align="right")]))
        return f'<w:hdr xmlns:w="{W}" xmlns:r="{R}">{table}{self.rule(12)}</w:hdr>'

    def next_header(self) -> str:
        run = f'<w:color w:val="{_GREY}"/><w:sz w:val="18"/><w:szCs w:val="18"/>'
        office, reference = self.line("office", run=run), self.line("reference", run=run, align="right")
        table = self.table((6570, [office]), (2500, [reference]))
        return f'<w:hdr xmlns:w="{W}" xmlns:r="{R}">{table}{self.rule(4)}</w:hdr>'

    def rule(self, weight: int) -> str:
        """Return an empty line with a rule below it, ``weight`` eighths of a point wide."""
        colour = f'w:color="{ACCENT}" w:themeColor="accent1"'
        border = f'<w:bottom w:val="single" w:sz="{weight}" w:space="1" {colour}/>'
        return self.paragraph("", after=240, border=f"<w:pBdr>{border}</w:pBdr>", line=80)

    def footer(self) -> str:
        run = f'<w:color w:val="{_GREY}"/><w:sz w:val="18"/><w:szCs w:val="18"/>'
        texts = self.page_field("PAGE", run) + self.run(" / ", run) + self.page_field("NUMPAGES", run)
        return f'<w:ftr xmlns:w="{W}" xmlns:r="{R}">{self.paragraph(texts, after=0, align="center")}</w:ftr>'

    def line(
        self, field: str, *, before: int = 0, after: int = 0, run: str = "", keep: bool = False, right: int = 0,
        align: str = "",
    ) -> str:  # fmt: skip
        text = self.run(f"{{{{ {field} }}}}", run)
        return self.paragraph(text, before=before, after=after, keep=keep, right=right, align=align)

    def paragraph(
        self, runs: str, *, before: int = 0, after: int = 0, border: str = "", align: str = "", keep: bool = False,
        line: int = 0, right: int = 0,
    ) -> str:  # fmt: skip
        bidi = "<w:bidi/>" if self.backwards else ""
        spacing = f' w:line="{line}" w:lineRule="exact"' if line else ""
        properties = (
            ("<w:keepNext/>" if keep else "")
            + f'{border}{bidi}<w:spacing w:before="{before}" w:after="{after}"{spacing}/>'
            + (f'<w:ind w:right="{right}"/>' if right else "")
            + (f'<w:jc w:val="{align}"/>' if align else "")
        )
        return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"

    @staticmethod
    def run(text: str, properties: str = "") -> str:
        properties = f"<w:rPr>{properties}</w:rPr>" if properties else ""
        return f'<w:r>{properties}<w:t xml:space="preserve">{text}</w:t></w:r>'

    def page_field(self, code: str, run: str) -> str:
        return f'<w:fldSimple w:instr=" {code} ">{self.run("1", run)}</w:fldSimple>'

    def table(self, *columns: tuple[int, list[str]]) -> str:
        """Return columns without borders, each with its width in twentieths of a point and its paragraphs."""
        visual = "<w:bidiVisual/>" if self.backwards else ""
        cells = "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(paragraphs)}</w:tc>'
            for width, paragraphs in columns
        )
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width, _ in columns)
        margins = '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
        return (
            f'<w:tbl><w:tblPr>{visual}<w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>{margins}'
            f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
        )


def _styles() -> str:
    main, east_asian, complex_script = LANGUAGES["en"]
    fonts = (
        f'<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="{EAST_ASIAN_FONT}" w:cs="{COMPLEX_FONT}"/>'
        '<w:sz w:val="21"/><w:szCs w:val="22"/>'
        f'<w:lang w:val="{main}" w:eastAsia="{east_asian}" w:bidi="{complex_script}"/>'
    )
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:left w:w="108" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
    )
    others = "".join(style.format(normal="Normal") for style in STYLES.values())
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr>{fonts}</w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="264" w:lineRule="auto"/></w:pPr></w:pPrDefault>'
        f"</w:docDefaults>{normal}{others}</w:styles>"
    )


def _settings() -> str:
    """Word 2013 and later, or it would open the letterhead in compatibility mode ([MS-DOCX] section 2.4.9)."""
    return (
        f'<w:settings xmlns:w="{W}"><w:defaultTabStop w:val="709"/>'
        '<w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:compatSetting'
        ' w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        "</w:settings>"
    )


if __name__ == "__main__":
    main()
