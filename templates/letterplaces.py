"""Where the text of a letterhead's part stands: in a link, a tracked change, a comment, a field of Word's own.

Sources: ECMA-376 part 1, sections 17.13.5 (revisions), 17.13.4 (comments), 17.16 (fields); part 3, section 10
(mc:AlternateContent: its choices and fallback show the same in two ways).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from templates.letterfields import owner
from templates.wordxml import W, local, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_CHANGES = frozenset(map(w, ("ins", "del", "moveFrom", "moveTo")))
_CELL_CHANGES = frozenset(map(w, ("cellIns", "cellDel", "cellMerge")))
_HOLDERS = frozenset({w("hyperlink"), w("fldSimple")})


@dataclass(frozen=True, slots=True)
class Atom:
    """The text of one element. ``holder`` tells the link or Word field around it from others; 0 is none."""

    text: str
    holder: int
    is_tracked: bool
    has_comment: bool
    in_instruction: bool


@dataclass(slots=True)
class Story:
    """A part with text, read once. ``elsewhere`` are texts and descriptions that are no text of a paragraph."""

    paragraphs: list[tuple[Element, list[Atom]]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    has_changes: bool = False
    has_comments: bool = False


def read_story(root: Element) -> Story:
    """Read a part in the order of its text; what a fallback repeats is left out."""
    return _Reader().read(root)


class _Reader:
    """Keeps what is open while a part is read: comments and fields of Word's own."""

    def __init__(self) -> None:
        self.story = Story()
        self.atoms: dict[Element, list[Atom]] = {}
        self.comments: set[str] = set()
        self.fields: list[list[int]] = []  # of each open field: its number, and 1 once its result has begun
        self.count = 0
        self.holders: dict[Element, int] = {}

    def read(self, root: Element) -> Story:
        for element in _shown_once(root):
            match element.tag:
                case tag if tag == w("p"):
                    self.atoms[element] = []
                    self.story.paragraphs.append((element, self.atoms[element]))
                case tag if tag in (w("t"), w("delText")):
                    self.add(element)
                case tag if tag == w("fldChar"):
                    self.turn(str(element.get(w("fldCharType"))))
                case tag if tag == w("commentRangeStart"):
                    self.comments.add(str(element.get(w("id"))))
                case tag if tag == w("commentRangeEnd"):
                    self.comments.discard(str(element.get(w("id"))))
                case tag if tag in _CHANGES | _CELL_CHANGES:
                    self.story.has_changes = True
                case tag if tag == w("commentReference"):
                    self.story.has_comments = True
                case _ if local(element) not in ("instrText", "delInstrText"):
                    self.story.elsewhere.extend(_texts_of(element))
        return self.story

    def add(self, element: Element) -> None:
        paragraph = owner(element)
        if paragraph not in self.atoms:
            return
        around = list(element.iterancestors())
        holders = [found for found in around[: around.index(paragraph)] if found.tag in _HOLDERS]
        atom = Atom(
            text=element.text or "",
            holder=self.number(holders[0]) if holders else self.fields[-1][0] if self.fields else 0,
            is_tracked=any(_is_tracked(found) for found in around),
            has_comment=bool(self.comments),
            in_instruction=any(not in_result for _, in_result in self.fields),
        )
        self.atoms[paragraph].append(atom)

    def number(self, holder: Element) -> int:
        """Return a number that no other link or field of Word's own has."""
        return self.holders.setdefault(holder, -1 - len(self.holders))

    def turn(self, kind: str) -> None:
        """Follow a mark of a field: it begins, its result begins, it ends."""
        if kind == "begin":
            self.count += 1
            self.fields.append([self.count, 0])
        elif self.fields and kind == "separate":
            self.fields[-1][1] = 1
        elif self.fields and kind == "end":
            self.fields.pop()


def _shown_once(root: Element) -> Iterator[Element]:
    """Yield the elements of a part in their order, without fallbacks whose choice has paragraphs of its own."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        if not local(element):
            continue  # a comment of XML
        yield element
        children: Sequence[Element] = list(element)
        if element.tag == f"{{{_COMPATIBILITY}}}AlternateContent":
            choices = [child for child in children if local(child) == "Choice"]
            if any(next(choice.iter(w("p")), None) is not None for choice in choices):
                children = choices[:1]
        waiting.extend(reversed(children))


def _is_tracked(element: Element) -> bool:
    """Tell whether an element around text is a change, or a row or cell that one inserts or deletes."""
    if element.tag in _CHANGES:
        return True
    properties = element.find(w(f"{local(element)}Pr")) if element.tag in (w("tr"), w("tc")) else None
    return properties is not None and any(child.tag in _CHANGES | _CELL_CHANGES for child in properties)


def _texts_of(element: Element) -> Iterator[str]:
    """Yield the text of an element, and its attributes that are not WordprocessingML: descriptions, WordArt."""
    for text in (element.text, *(value for key, value in element.attrib.items() if f"{{{W}}}" not in str(key))):
        if text and "{" in str(text):
            yield str(text)
