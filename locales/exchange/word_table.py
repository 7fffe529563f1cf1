"""The Word table for translators: the source with its number, locked, and the translation.

Reading it back: locales/exchange/word_reading.py.

The document is protected without a password so that Word allows changes in the translations alone, and comments
everywhere (ECMA-376 part 1, 17.15.1.29 documentProtection, 17.13.7 permStart). Programs that do not enforce this
(LibreOffice) change nothing that reading could not tell: each row bears hidden bookmarks with its number and marks of
its source and of its translation, and what LibreOffice keeps of the letter's name are the document's properties.
Everything is verbatim: Markdown's marks and fields are text, shown in grey.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from locales.exchange.keys import unit_key, wording_mark
from locales.exchange.model import Exchange, Unit
from locales.languages import direction
from locales.marks import Kind, pieces
from office.xml import fit
from office.ziplayout import close, deflate, lay_out

PROPERTIES = {  # names of the document's own properties
    "slug": "Circulars letter",
    "reference": "Circulars reference",
    "source_language": "Circulars source language",
    "language": "Circulars language",
}
TITLE, TEXT, NUMBER, SOURCE, TARGET, BEFORE, NOTE, STATE, HEAD = (
    "CircularsTitle", "CircularsText", "CircularsNumber", "CircularsSource", "CircularsTarget", "CircularsBefore",
    "CircularsNote", "CircularsState", "CircularsHead",
)  # fmt: skip
TO_REVISE = "to revise"
BEFORE_LABEL, NOTE_LABEL = "Before: ", "Note: "
MARK = "CircularsMark"  # the character style of fields and marks
_BOOKMARK = "_c{number}_{key}_{wording}"  # in the left-hand cell
_SECOND = "_t{number}_{key}_{wording}"  # in the right-hand one, should the left be overwritten
_NAMES = {"ar": "Arabic", "zh": "Chinese", "en": "English", "fr": "French", "ru": "Russian", "es": "Spanish"}
_TAGS = {"ar": "ar-SA", "zh": "zh-CN", "en": "en-GB", "fr": "fr-FR", "ru": "ru-RU", "es": "es-ES"}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_WIDTHS = (7400, 7400)  # twentieths of a point; A4, landscape
# Everybody may change the second column, from here to the end of the table: cells that are empty too.
_COLUMN = '<w:permStart w:id="1" w:edGrp="everyone" w:colFirst="1" w:colLast="1"/>'
_COLUMN_END = '<w:permEnd w:id="1"/>'
_LATIN = re.compile(r"([A-Za-z0-9\u00c0-\u024f](?:[\x20-\x7e\u00a0-\u024f]*[A-Za-z0-9\u00c0-\u024f])?)")
_ADVICE = (
    "Write each translation into the right-hand column; the left one is locked. Send the file back as .docx.",
    "What stands in grey is not translated. Keep {{ … }} letter by letter; keep the marks ** ** (strong),",
    "* * (emphasis) and [ ]( ) (a link) around the words that correspond. You may move them within the sentence.",
    f"«{TO_REVISE}»: the source has changed a little since the translation was made. Correct it. If it is right as it",
    f"is, delete the words «{TO_REVISE}».",
    "Tracked changes are read as if accepted, comments as remarks. An empty cell changes nothing.",
)


def write_word_table(exchange: Exchange) -> bytes:
    """Return the .docx; the same bytes for the same exchange."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships(
            (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
            (f"{_OFFICE}/relationships/custom-properties", "docProps/custom.xml"),
        ),
        "docProps/custom.xml": _properties(exchange),
        "word/document.xml": _document(exchange),
        "word/_rels/document.xml.rels": _relationships(
            (f"{_OFFICE}/relationships/styles", "styles.xml"), (f"{_OFFICE}/relationships/settings", "settings.xml")
        ),
        "word/styles.xml": _styles(),
        "word/settings.xml": _settings(),
    }
    return close(*lay_out(deflate(name, (_DECLARATION + text).encode()) for name, text in parts.items()))


def _document(exchange: Exchange) -> str:
    source, target = (_NAMES.get(tag, tag) for tag in (exchange.source_language, exchange.language))
    name = exchange.reference or exchange.slug
    heading = [
        _paragraph(TITLE, _run(f"{name}: from {source} into {target}")),
        _paragraph(TEXT, _run(" ".join(_ADVICE))),
    ]
    head = "".join(
        _cell(width, _paragraph(HEAD, _run(text)))
        for width, text in zip(_WIDTHS, (f"{source} (locked)", target), strict=True)
    )
    rows = "".join(_row(exchange, number, unit) for number, unit in enumerate(exchange.units, start=1))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _WIDTHS)
    return (
        f'<w:document xmlns:w="{_W}"><w:body>{"".join(heading)}<w:tbl><w:tblPr><w:tblStyle w:val="CircularsTable"/>'
        f'<w:tblW w:w="{sum(_WIDTHS)}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{head}</w:tr>{rows}{_COLUMN_END}"
        f"</w:tbl>{_paragraph(TEXT, '')}"
        '<w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>'
        '<w:pgMar w:top="1000" w:right="1000" w:bottom="1000" w:left="1000" w:header="500" w:footer="500"'
        ' w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _row(exchange: Exchange, number: int, unit: Unit) -> str:
    marks = {"number": number, "key": unit_key(unit.context, unit.msgid), "wording": wording_mark(unit)}
    numbered = _bookmark(number, _BOOKMARK.format_map(marks), _run(str(number)))
    told = [_paragraph(NUMBER, (_COLUMN if number == 1 else "") + numbered)]
    if unit.to_revise:
        told.append(_paragraph(STATE, _editable(number + 1, _run(TO_REVISE))))
    told.append(_paragraph(SOURCE, _runs(unit.msgid, exchange.source_language), exchange.source_language))
    if unit.previous:
        before = _run(BEFORE_LABEL) + _runs(unit.previous, exchange.source_language)
        told.append(_paragraph(BEFORE, before, exchange.source_language))
    told.extend(_paragraph(NOTE, _run(NOTE_LABEL + line)) for line in unit.note.split("\n") if line)
    # LibreOffice forgets the range over the column, and keeps those within cells.
    words = _runs(unit.msgstr, exchange.language)
    target = _bookmark(len(exchange.units) + number, _SECOND.format_map(marks))
    target += _editable(len(exchange.units) + 1 + number, words) if words else ""
    cells = ("".join(told), _paragraph(TARGET, target, exchange.language))
    filled = "".join(_cell(width, text) for width, text in zip(_WIDTHS, cells, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{filled}</w:tr>"


def _cell(width: int, content: str) -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'


def _paragraph(style: str, content: str, language: str = "") -> str:
    if not language:
        return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{content}</w:p>'
    is_rtl = direction(language) == "rtl"
    bidi = "<w:bidi/>" if is_rtl else ""
    # What a translator types into an empty cell takes the properties of the paragraph's mark.
    mark = f"<w:rPr>{'<w:rtl/>' if is_rtl else ''}{_language(language)}</w:rPr>"
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{bidi}{mark}</w:pPr>{content}</w:p>'


def _bookmark(number: int, name: str, content: str = "") -> str:
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def _editable(number: int, content: str) -> str:
    """Allow everybody to change what stands here."""
    return f'<w:permStart w:id="{number}" w:edGrp="everyone"/>{content}<w:permEnd w:id="{number}"/>'


def _runs(text: str, language: str) -> str:
    """Return a segment as runs: words in their language and direction, marks and fields in grey."""
    made: list[str] = []
    for piece in pieces(text):
        if piece.kind is not Kind.WORDS:
            made.append(_run(piece.text, f'<w:rStyle w:val="{MARK}"/><w:noProof/>'))
            continue
        for stretch, is_rtl in _stretches(piece.text, language):
            made.append(_run(stretch, ("<w:rtl/>" if is_rtl else "") + _language(language)))
    return "".join(made)


def _stretches(text: str, language: str) -> Iterator[tuple[str, bool]]:
    """Cut words into those written from right to left and others; addresses and numbers have a run of their own."""
    if direction(language) == "ltr":
        yield text, False
        return
    for place, stretch in enumerate(_LATIN.split(text)):
        if stretch:
            yield stretch, place % 2 == 0


def _run(text: str, properties: str = "") -> str:
    inside = "".join(
        {"\t": "<w:tab/>", "\n": "<w:br/>"}.get(part) or f'<w:t xml:space="preserve">{escape(part, quote=False)}</w:t>'
        for part in re.split("([\t\n])", fit(text))
        if part
    )
    return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inside}</w:r>"


def _language(language: str) -> str:
    tag = _TAGS.get(language, language)
    attribute = {"zh": "eastAsia", "ar": "bidi"}.get(language, "val")
    return f'<w:lang w:{attribute}="{escape(tag)}"/>'


def _properties(exchange: Exchange) -> str:
    values = {name: getattr(exchange, field) for field, name in PROPERTIES.items()}
    listed = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{number}" name="{name}">'
        f"<vt:lpwstr>{escape(fit(value), quote=False)}</vt:lpwstr></property>"
        for number, (name, value) in enumerate(values.items(), start=2)
    )
    return f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">{listed}</Properties>'


def _relationships(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{listed}</Relationships>'


def _content_types() -> str:
    kinds = {
        "/word/document.xml": f"{_TYPES}.document.main+xml",
        "/word/styles.xml": f"{_TYPES}.styles+xml",
        "/word/settings.xml": f"{_TYPES}.settings+xml",
        "/docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _settings() -> str:
    return (
        f'<w:settings xmlns:w="{_W}"><w:documentProtection w:edit="comments" w:enforcement="1"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word"'
        ' w:val="15"/></w:compat></w:settings>'
    )


def _styles() -> str:
    grey, small = '<w:color w:val="767676"/>', '<w:sz w:val="16"/><w:szCs w:val="16"/>'
    kinds = {
        TITLE: '<w:b/><w:bCs/><w:sz w:val="28"/><w:szCs w:val="28"/>',
        TEXT: "", NUMBER: grey + small, NOTE: grey + small, SOURCE: "", TARGET: "",
        BEFORE: f"<w:i/><w:iCs/>{grey}{small}", HEAD: "<w:b/><w:bCs/>",
        STATE: '<w:b/><w:bCs/><w:color w:val="9C5700"/>',
    }  # fmt: skip
    listed = "".join(
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
        f'<w:basedOn w:val="Normal"/>{f"<w:rPr>{look}</w:rPr>" if look else ""}</w:style>'
        for name, look in kinds.items()
    )
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="A6A6A6"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    return (
        f'<w:styles xmlns:w="{_W}"><w:docDefaults><w:rPrDefault><w:rPr>'
        '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="Noto Sans CJK SC" w:cs="Arial"/>'
        '<w:sz w:val="20"/><w:szCs w:val="22"/><w:lang w:val="en-GB" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
        '</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:before="40" w:after="60"/></w:pPr></w:pPrDefault>'
        '</w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        "</w:style>"
        f'{listed}<w:style w:type="character" w:customStyle="1" w:styleId="{MARK}"><w:name w:val="{MARK}"/>'
        '<w:rPr><w:noProof/><w:color w:val="767676"/><w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/></w:rPr>'
        "</w:style>"
        '<w:style w:type="table" w:customStyle="1" w:styleId="CircularsTable"><w:name w:val="CircularsTable"/><w:tblPr>'
        f"<w:tblBorders>{borders}</w:tblBorders></w:tblPr></w:style></w:styles>"
    )
