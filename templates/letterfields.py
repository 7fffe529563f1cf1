"""The fields of a letterhead: finding `{{ … }}` in its text and healing them.

Word cuts text into runs as it pleases (spelling, revisions), often in the middle of a field. Texts are joined per
paragraph on the tree and a field cut in pieces is put together in its first run. What programs for writing make of
what somebody types is understood: curved quotes, spaces that do not break, marks of direction, capitals, full-width
braces. What is wrong with a letterhead is named by `templates.letterfaults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.wordxml import w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LINE_FIELDS = frozenset(
    {
        "office", "unit", "date_line", "subject", "salutation", "closing", "signature", "signatory", "title",
        "reference", "logo",
    }
)  # fmt: skip
LISTED_FIELDS = frozenset({"references", "contacts", "addressees", "copies"})  # several lines; can be joined to one
BLOCK_FIELDS = LISTED_FIELDS | {"body", "annexes"}
FIELDS = LINE_FIELDS | BLOCK_FIELDS

_UNSEEN = "[\u00ad\u200b-\u200f\u2060\u2066-\u2069\ufeff]"  # soft hyphens, marks of direction, spaces without width
_FIELD = re.compile(rf"\{{{_UNSEEN}*\{{([^{{}}]*)\}}{_UNSEEN}*\}}")
_FULL_WIDTH = str.maketrans("｛｝｜（）", "{}|()")
_DOUBLE, _SINGLE = '"“”„‟«»″＂', "'‘’‚‛‹›＇"
_SET_OFF = "[\u00a0\u202f]?"  # French quotes, as Word types them, bring spaces of their own
_FRENCH = rf"«{_SET_OFF}([^{_DOUBLE}]*?){_SET_OFF}»"
_STRING = rf"(?:{_FRENCH}|[{_DOUBLE}]([^{_DOUBLE}]*)[{_DOUBLE}]|[{_SINGLE}]([^{_SINGLE}]*)[{_SINGLE}])"
_FILTER = re.compile(rf"\|\s*(default|join)\s*\(\s*{_STRING}\s*\)\s*")
_EXPRESSION = re.compile(rf"(?:(\w+)|{_STRING})\s*((?:{_FILTER.pattern})*)")


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field within the joined text of a paragraph.

    ``name`` is empty for a text in quotes, which prints itself: ``default``. With a name, ``default`` is what an empty
    field prints; ``separator`` puts the lines of a field that has several on one. A field that is written otherwise
    has all that stands within its braces for a name.
    """

    start: int
    end: int
    name: str
    default: str = ""
    separator: str = ""


def paragraphs(root: Element) -> Iterator[Element]:
    """Yield every paragraph of a part, those of text boxes too."""
    yield from list(root.iter(w("p")))


def texts_of(paragraph: Element) -> list[Element]:
    """Return the text elements of a paragraph, without those of a text box anchored in it."""
    return [found for found in paragraph.iter(w("t")) if owner(found) is paragraph]


def owner(element: Element) -> Element | None:
    """Return the paragraph in which an element stands."""
    return next(iter(element.iterancestors(w("p"))), None)


def joined(paragraph: Element) -> str:
    """Return a paragraph's text."""
    return "".join(found.text or "" for found in texts_of(paragraph))


def fields_in(text: str) -> list[FieldPlace]:
    """Return the fields in a paragraph's text."""
    return [_field(found) for found in _FIELD.finditer(text.translate(_FULL_WIDTH))]


def all_fields(root: Element) -> Iterator[FieldPlace]:
    """Yield the fields of a part."""
    for paragraph in paragraphs(root):
        yield from fields_in(joined(paragraph))


def without_fields(text: str) -> str:
    """Return a paragraph's text but for its fields; full-width braces become plain ones."""
    return _FIELD.sub("", text.translate(_FULL_WIDTH))


def _field(found: re.Match[str]) -> FieldPlace:
    inside = re.sub(_UNSEEN, "", found[1]).strip()
    read = _EXPRESSION.fullmatch(inside)
    if read is None:
        return FieldPlace(found.start(), found.end(), inside or " ")
    name, *words, filters = read[1], read[2], read[3], read[4], read[5]
    options = {kind: "".join(strings) for kind, *strings in _FILTER.findall(filters)}
    if not name:
        return FieldPlace(found.start(), found.end(), "", "".join(word or "" for word in words))
    lower = name.lower()  # Word begins sentences with a capital by itself
    default, separator = options.get("default", ""), options.get("join", "")
    return FieldPlace(found.start(), found.end(), lower if lower in FIELDS else name, default, separator)


def heal(paragraph: Element) -> None:
    """Put every field of a paragraph whole into the text element where it begins."""
    texts = texts_of(paragraph)
    whole = "".join(text.text or "" for text in texts)
    for place in reversed(fields_in(whole)):
        start = 0
        first: Element | None = None
        for text in texts:
            content = text.text or ""
            low, high = max(place.start - start, 0), min(place.end - start, len(content))
            start += len(content)
            if low >= high:
                continue
            if first is None:
                first = text
                text.text = content[:low] + whole[place.start : place.end] + content[high:]
            else:
                text.text = content[:low] + content[high:]
