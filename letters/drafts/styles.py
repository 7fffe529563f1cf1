"""What a draft's styles and lists say of its paragraphs (ECMA-376 part 1, 17.7 and 17.9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from letters.drafts.model import Item
from office.wordparts import WORD as W

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_LEVEL = 8
_HEADING = re.compile(r"(?:heading|titre|título|заголовок|标题|عنوان)\s?(\d)", re.IGNORECASE)
_TITLES = {"title": 1, "titre": 1, "subtitle": 2, "título": 1}
_OFF = frozenset({"0", "false", "off", "none"})
_DEEPEST = 20  # styles based on each other


def value(parent: Element | None, name: str) -> str | None:
    """Return the value of a child of properties; None if it is not there, empty if it says none."""
    found = parent.find(f"{W}{name}") if parent is not None else None
    return None if found is None else str(found.get(f"{W}val", ""))


def is_on(parent: Element | None, name: str) -> bool | None:
    """Tell what a switch such as w:b says; None if it says nothing."""
    said = value(parent, name)
    return None if said is None else said.lower() not in _OFF


def small_number(text: str | None, otherwise: int = 0) -> int:
    """Return a whole number of a document that may hold anything; ``otherwise`` for what is none, or enormous."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise


class Styles:
    """The styles of a document, each with those that it is based on."""

    def __init__(self, root: Element) -> None:
        self._styles = {str(style.get(f"{W}styleId")): style for style in root.iter(f"{W}style")}
        defaults = [
            key
            for key, style in self._styles.items()
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in {"1", "true"}
        ]
        self._usual = defaults[0] if defaults else ""

    def chain(self, key: str | None) -> list[Element]:
        """Return a paragraph's style (the usual one for None) and those below it, the nearest first."""
        found: list[Element] = []
        key = self._usual if key is None else key
        while key in self._styles and len(found) < _DEEPEST:
            style = self._styles[key]
            found.append(style)
            key = value(style, "basedOn") or ""
        return found

    def switch(self, key: str | None, name: str) -> bool:
        """Tell whether a style switches a look on: w:b, w:i, w:vanish."""
        for style in self.chain(key):
            said = is_on(style.find(f"{W}rPr"), name)
            if said is not None:
                return said
        return False

    def level(self, key: str | None) -> int:
        """Return the level of heading that a style is, from 1; 0 for no heading."""
        for style in self.chain(key):
            name = value(style, "name") or ""
            match = _HEADING.match(name)
            if match or name.lower() in _TITLES:
                return int(match[1]) if match else _TITLES[name.lower()]
            outline = value(style.find(f"{W}pPr"), "outlineLvl")
            if outline is not None:
                depth = small_number(outline, 9)
                return depth + 1 if depth < 9 else 0
        return 0

    def property(self, key: str | None, name: str) -> Element | None:
        """Return a paragraph property from a style or those below it."""
        return next(
            (found for style in self.chain(key) if (found := style.find(f"{W}pPr/{W}{name}")) is not None), None
        )


class Numbering:
    """Counts the items of numbered lists as Word does: levels, restarts, start values."""

    def __init__(self, root: Element) -> None:
        self._abstract = {str(item.get(f"{W}abstractNumId")): item for item in root.findall(f"{W}abstractNum")}
        self._numbers = {str(item.get(f"{W}numId")): item for item in root.findall(f"{W}num")}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()

    def item(self, number: str, level: int) -> Item | None:
        """Return the next item of a list, counted; None for a number that no list has, or that hides its marks."""
        chosen = self._numbers.get(number)
        if chosen is None:
            return None
        key = self._key(value(chosen, "abstractNumId") or "")
        level = min(max(level, 0), MAX_LEVEL)
        form = self._form(chosen, key, level)
        if form == "none":
            return None
        counts = self._counts.setdefault(key, {})
        override = self._override(chosen, level)
        start = value(override, "startOverride")
        if start is not None and f"{number}.{level}" not in self._begun:
            counts[level] = small_number(start, 1)
        else:
            counts[level] = counts[level] + 1 if level in counts else self._start(chosen, key, level)
        self._begun.add(f"{number}.{level}")
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        indent = self._indent(chosen, key, level)
        return Item(level, form != "bullet", min(counts[level], 999_999_999), form, group=key, indent=indent)

    def _key(self, abstract: str) -> str:
        """Return the list definition that counts: one may only name the style of another."""
        link = value(self._abstract.get(abstract), "numStyleLink")
        if link:
            return next((key for key, item in self._abstract.items() if value(item, "styleLink") == link), abstract)
        return abstract

    def _override(self, chosen: Element, level: int) -> Element | None:
        return next((item for item in chosen.findall(f"{W}lvlOverride") if item.get(f"{W}ilvl") == str(level)), None)

    def _level(self, chosen: Element, key: str, level: int) -> Element | None:
        override = self._override(chosen, level)
        own = override.find(f"{W}lvl") if override is not None else None
        if own is not None:
            return own
        abstract = self._abstract.get(key)
        levels = abstract.findall(f"{W}lvl") if abstract is not None else []
        return next((item for item in levels if item.get(f"{W}ilvl") == str(level)), None)

    def _form(self, chosen: Element, key: str, level: int) -> str:
        return value(self._level(chosen, key, level), "numFmt") or "decimal"

    def _start(self, chosen: Element, key: str, level: int) -> int:
        return small_number(value(self._level(chosen, key, level), "start"), 1)

    def _indent(self, chosen: Element, key: str, level: int) -> int:
        found = self._level(chosen, key, level)
        return indent_of(found.find(f"{W}pPr/{W}ind") if found is not None else None) or 0


def indent_of(element: Element | None) -> int | None:
    """Return how far a w:ind sets in at the beginning of lines; None if it does not say."""
    if element is None:
        return None
    said = element.get(f"{W}left", element.get(f"{W}start"))
    return None if said is None else small_number(str(said))
