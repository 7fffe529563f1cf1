"""How the words inside an element of an HTML mail look: seen or hidden, quoted or not, lines kept or flowing."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,30})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+))""")
_HIDDEN = re.compile(r"(?:^|\s)hidden(?:\s|=|$)", re.IGNORECASE)
_TELLING = re.compile(r"style|hidden|color|type|cite|class|\bid", re.IGNORECASE)  # attributes that are looked at
_WHITE = re.compile(r"#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255\b")
_NOTHING = re.compile(r"(?:0+(?:\.0*)?|0?\.0\d*)\s*(?:%|[a-z]*)(?:\s*!important)?")
_SIZE = re.compile(r"([\d.]{1,10})\s*(?:px|pt)")
_LONGEST_TAG = 4_000  # characters of attributes that are read
_DEEPEST_QUOTE = 10
_CITE_CLASSES = frozenset({"moz-cite-prefix"})  # Thunderbird's «On … wrote:»
_CITE_IDS = frozenset({"reply-intro"})  # Roundcube's


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How words look: ``depth`` of quotation; ``kept``: line breaks are those of the source, as in ``pre``."""

    depth: int = 0
    kept: bool = False
    hidden: bool = False
    tiny: bool = False
    white: bool = False
    on_white: bool = False  # the ground is said to be white; unsaid it may be dark, as where a telephone inverts all

    @property
    def seen(self) -> bool:
        """Whether a reader could see words that look like this."""
        return not (self.hidden or self.tiny or (self.white and self.on_white))


PLAIN = Look()


def look(name: str, attributes: str, above: Look) -> Look:
    """Return how the words in an element look that stands in one with the look ``above``."""
    special = name in {"blockquote", "pre"}
    if not special and not (attributes and _TELLING.search(attributes, 0, _LONGEST_TAG)):
        return above
    text = attributes[:_LONGEST_TAG]
    found = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(text)}
    style = _declarations(found.get("style", ""))
    quoted = _is_quotation(name, found, style)
    return replace(
        above,
        depth=min(_DEEPEST_QUOTE, above.depth + quoted),
        kept=_keeps_lines(name, style, above),
        hidden=above.hidden or _is_hidden(style) or bool(_HIDDEN.search(_ATTRIBUTE.sub(" ", text))),
        tiny=_is_tiny(style["font-size"]) if "font-size" in style else above.tiny,
        white=_is_white(style.get("color") or found.get("color"), default=above.white),
        on_white=_is_white(_ground(found, style), default=above.on_white),
    )


def _declarations(style: str) -> dict[str, str]:
    pairs = (part.partition(":") for part in html.unescape(style).lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _is_quotation(name: str, attributes: dict[str, str], style: dict[str, str]) -> bool:
    """Tell whether an element quotes. A ``blockquote`` that only has a margin indents the sender's own words."""
    if name != "blockquote":
        classes = attributes.get("class", "").split()
        return not _CITE_CLASSES.isdisjoint(classes) or attributes.get("id", "") in _CITE_IDS
    named = any(attribute in attributes for attribute in ("type", "cite", "class", "id"))
    indents = any(prop.startswith("margin") for prop in style) and not any("left" in p and "border" in p for p in style)
    return named or not indents


def _keeps_lines(name: str, style: dict[str, str], above: Look) -> bool:
    if "white-space" in style:
        return style["white-space"].startswith(("pre", "break-spaces"))
    return above.kept or name == "pre"


def _is_hidden(style: dict[str, str]) -> bool:
    return (
        style.get("display", "").startswith("none")
        or style.get("visibility", "").startswith(("hidden", "collapse"))
        or bool(_NOTHING.fullmatch(style.get("opacity", "")))
        or bool(_NOTHING.fullmatch(style.get("max-height", "")) and "hidden" in style.get("overflow", ""))
    )


def _is_tiny(size: str) -> bool:
    """Tell whether words of this size cannot be read: less than two pixels or points."""
    match = _SIZE.match(size)
    try:
        return bool(_NOTHING.fullmatch(size)) or (match is not None and float(match[1]) < 2)
    except ValueError:
        return False


def _is_white(colour: str | None, *, default: bool) -> bool:
    if not colour or colour.lower().startswith(("inherit", "transparent", "none")):
        return default
    return bool(_WHITE.match(colour.lower()))


def _ground(attributes: dict[str, str], style: dict[str, str]) -> str | None:
    return (
        style.get("background-color")
        or style.get("background")
        or attributes.get("bgcolor")
        or attributes.get("background")
    )
