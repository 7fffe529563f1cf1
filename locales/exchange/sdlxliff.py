"""What the elements of an SDLXLIFF file stand for: Trados keeps that in the header, and in the units their numbers."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from locales.exchange.inline import NAMESPACE, Codes
from locales.exchange.inline_reading import own_code

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_SDL = "{http://sdl.com/FileTypes/SdlXliff/1.0}"
_TAG = re.compile(r"\s*<(?:\w+:)?(g|x|ph|bpt|bx)\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""(ctype|equiv-text)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


def defined_codes(file: Element) -> Codes:
    """Return the codes of the elements that the header of a ``<file>`` defines, by their ids."""
    from lxml import etree

    codes: Codes = {}
    for tag in file.iter(f"{_SDL}tag"):
        given = _TAG.match(tag[0].text or "") if len(tag) else None
        if given is None:
            continue
        attributes = {name: html.unescape(one or other) for name, one, other in _ATTRIBUTE.findall(given[2])}
        code = own_code(etree.Element(f"{{{NAMESPACE}}}{given[1]}", attributes))
        if code is not None:
            codes[tag.get("id") or ""] = code
    return codes
