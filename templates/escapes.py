"""How a value is written in its place. Everything an addressee's value passes through when a form is spliced.

Only the standard library is used here: a letter from the archive is spliced with these functions alone.

kind      detail                     place
text      indent of further lines    plain text
text-rtl  indent of further lines    plain text that runs from right to left
html      «line» for one line        HTML text
attr      «whole» or «part»          the href of a link
subject                              the Subject of a mail: one line (RFC 5322 section 2.2)
docx      number of a `RunStyle`     between the runs of a Word paragraph
docx-url  «whole» or «part»          the address within a HYPERLINK field
xml                                  text of an XML element, one line
json      «ltr» or «rtl»             an element of JSON's arrays: text of a PDF (see templates/pdf/data.py)
json-line                            within a JSON string, one line
json-url  «whole» or «part»          within a JSON string: the address of a link
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from templates.addresses import ADDRESS_ESCAPES
from templates.bidi import LEFT_TO_RIGHT_MARK, directed, isolated, marked
from templates.forms import Escape
from templates.frame import TICKED_BOX, clean, mark_numbers, parted

_WORD_BREAKS = re.compile(r"([\n\t\u2011])")
_WORD_ELEMENTS = {"\n": "<w:br/>", "\t": "<w:tab/>", "\u2011": "<w:noBreakHyphen/>"}  # few fonts have U+2011
_CHINESE = ' w:hint="eastAsia"'
_IDEOGRAPHS = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
# From the first letter of foreign words to the last one of them, such as «Côte d’Ivoire»; not the quotes around them.
_FOREIGN = re.compile(rf"([^\W\d_{_IDEOGRAPHS}](?:[^\n{_IDEOGRAPHS}]*[^\W_{_IDEOGRAPHS}])?)")


@dataclass(frozen=True, slots=True)
class RunStyle:
    """The ``w:rPr`` of runs, for either direction; ``right_to_left`` is None in a left-to-right document."""

    left_to_right: str
    right_to_left: str | None = None


def word_runs(text: str, style: RunStyle) -> str:
    """Return the runs that show ``text``: newlines and tabs as elements, one run for each direction."""
    text = clean(text)
    if not text:
        return ""
    if style.right_to_left is None:
        return _left_to_right(text, style.left_to_right)
    return "".join(
        _run(stretch, style.right_to_left if backwards else style.left_to_right)
        for stretch, backwards in directed(mark_numbers(text, "rtl"))
    )


def _left_to_right(text: str, properties: str) -> str:
    """Return runs; in a Chinese letter the marks within foreign words are not set in its typeface, full-width."""
    if _CHINESE not in properties:
        return _run(text, properties)
    foreign = properties.replace(_CHINESE, "")
    return "".join(
        _run(piece, foreign if at % 2 else properties) for at, piece in enumerate(_FOREIGN.split(text)) if piece
    )


def _run(text: str, properties: str) -> str:
    if not _WORD_BREAKS.search(text):
        return f"<w:r>{properties}{_shown(text)}</w:r>"
    pieces = [_WORD_ELEMENTS.get(piece) or _shown(piece) for piece in _WORD_BREAKS.split(text) if piece]
    return f"<w:r>{properties}{''.join(pieces)}</w:r>"


def _shown(text: str) -> str:
    return f'<w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t>'


def one_line(text: str) -> str:
    """Return ``text`` on one line, with single spaces where it was broken."""
    return " ".join(clean(text).split())


def _plain(value: str, detail: str) -> str:
    return clean(value).replace("\n", "\n" + detail)


def _plain_backwards(value: str, detail: str) -> str:
    return marked(mark_numbers(_plain(value, detail), "rtl"))


def html_text(value: str, detail: str = "") -> str:
    """Return ``value`` escaped for HTML; newlines become ``<br>`` unless the place has room for one line only."""
    if detail == "line":
        return html.escape(one_line(value))
    return html.escape(clean(value).replace("\t", " ")).replace("\n", "<br>")


def html_backwards(value: str) -> str:
    """Return ``value`` escaped for HTML that runs from right to left: what would lose its order stands isolated."""
    return "".join(
        f'<bdi dir="ltr">{html_text(stretch)}</bdi>' if alone else html_text(stretch)
        for stretch, alone in isolated(mark_numbers(value, "rtl"))
    )


def _address(value: str, detail: str) -> str:
    return html.escape(ADDRESS_ESCAPES[detail](value))


def _xml(value: str, _detail: str) -> str:
    return html.escape(one_line(value), quote=False)


def _subject(value: str, _detail: str) -> str:
    return one_line(value)


def json_text(text: str, direction: str) -> str:
    """Return ``text`` as one element of a JSON array: a string, or an array of strings and objects.

    ``{"br": true}`` is a line break, ``{"ltr": …}`` a stretch that keeps its own order in text from right to left,
    ``{"unbroken": …}`` what no line breaks within, ``{"web": …}`` a web address, and ``{"box": true}`` a ticked box.
    """
    pieces: list[object] = []
    for number, line in enumerate(clean(text).replace("\t", " ").split("\n")):
        if number:
            pieces.append({"br": True})
        for stretch, alone in isolated(mark_numbers(line, "rtl")) if direction == "rtl" else [(line, False)]:
            for piece, kind in parted(stretch.lstrip(LEFT_TO_RIGHT_MARK) if alone else stretch):
                name = "ltr" if alone and kind not in {"unbroken", "box"} else kind
                pieces.append({name: piece == TICKED_BOX if name == "box" else piece} if name else piece)
    if not pieces:
        return '""'
    return json.dumps(pieces[0] if len(pieces) == 1 else pieces, ensure_ascii=False)


def json_within(text: str) -> str:
    """Return ``text`` as it stands within the quotation marks of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def _json_line(value: str, _detail: str) -> str:
    return json_within(one_line(value))


def _json_address(value: str, detail: str) -> str:
    return json_within(ADDRESS_ESCAPES[detail](value))


TEXT_ESCAPES: Mapping[str, Escape] = {"text": _plain, "text-rtl": _plain_backwards, "subject": _subject}
HTML_ESCAPES: Mapping[str, Escape] = {"html": html_text, "attr": _address}
JSON_ESCAPES: Mapping[str, Escape] = {"json": json_text, "json-line": _json_line, "json-url": _json_address}


def word_escapes(styles: Sequence[RunStyle]) -> Mapping[str, Escape]:
    """Return the escapes of a Word document whose slots name their run style by its number in ``styles``."""

    def runs(value: str, detail: str) -> str:
        return word_runs(value, styles[int(detail)])

    return {"docx": runs, "docx-url": _address, "xml": _xml}
