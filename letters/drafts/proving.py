"""Proof of a draft that became a letter: every word of the draft that the letter does not print, and the other way.

What the letter prints is taken from the composed letter, so that nothing that went wrong on the way stays unnoticed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Footnote,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
    Value,
)
from letters.composed import Composed
from letters.drafts import model
from letters.drafts.framing import Framed
from letters.drafts.model import Noted
from letters.drafts.runs import BOXES

_TOKEN = re.compile(r"[\u2e80-\u2fdf\u3005-\u9fff\uf900-\ufaff]|[^\s\u2e80-\u2fdf\u3005-\u9fff\uf900-\ufaff]+")
_BETWEEN_SIGNS = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uffef]) | (?=[\u2e80-\u9fff\uff00-\uffef])")
_MARKS = re.compile(rf"[{BOXES}•·▪◦‣●○■–—*…-]+")  # what a list or a rule prints by itself
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\u2066-\u2069\ufeff]")
_SHOWN = 60
_MOST_COMPARED = 10_000  # words from the first difference on
_MOST_PAIRS = 3_000_000  # of a word here and the same there: what comparing takes grows with them
_MOST = 60  # differences told one by one

Word = tuple[str, str]  # and its place


def differences(draft: model.Draft, framed: Framed, composed: Composed, told: Container[str] = ()) -> tuple[Noted, ...]:
    """Return where the words of the letter are others than those of its draft.

    ``told`` are lines of the frame that a person is asked to look at anyway.
    """
    notes = draft.notes
    found = [
        *_frame("the head", _head_words(framed, told), _head_printed(composed)),
        *_text(_block_words(framed.body, notes), _printed(composed.body)),
        *_frame("the end", _tail_words(framed, told), _tail_printed(composed)),
    ]
    for annex, printed in zip(framed.annexes, composed.annexes, strict=False):
        said = [annex.label, *annex.title]
        title = " ".join(_inline(line) for line in printed.title)
        found += _frame(annex.label.place, [paragraph.text for paragraph in said], [title])
        found += _text(_block_words(annex.blocks, notes), _printed(printed.blocks))
    return tuple(found[:_MOST])


def _frame(place: str, said: Iterable[str], printed: Iterable[str]) -> Iterator[Noted]:
    """Compare the lines of a frame, in whatever order they stand."""
    draft, letter = ([word for line in lines for word in _words(line)] for lines in (said, printed))
    missing, added = _without(draft, letter), _without(letter, draft)
    if Counter(map(_bare, missing)) == Counter(map(_bare, added)):
        if missing:
            yield Noted(place, _short(missing), f"the letter prints «{_short(added)}»")
        return
    if missing:
        yield Noted(place, _short(missing), "words that the letter does not print", "Look at preview.")
    if added:
        made = "words that the letter prints and the draft does not have"
        yield Noted(place, _short(added), made, "Look at preview.")


def _without(words: Sequence[str], others: Iterable[str]) -> list[str]:
    """Return the words that are not among others, as often as they are not, in their order."""
    left = Counter(others)
    found: list[str] = []
    for word in words:
        if left[word]:
            left[word] -= 1
        else:
            found.append(word)
    return found


def _text(said: Sequence[Word], printed: Sequence[str]) -> Iterator[Noted]:
    """Compare running text, word by word."""
    same = 0
    while same < min(len(said), len(printed)) and said[same][0] == printed[same]:
        same += 1
    said, printed = said[same:], printed[same:]
    if max(len(said), len(printed)) > _MOST_COMPARED or _pairs((word for word, _ in said), printed) > _MOST_PAIRS:
        yield Noted(said[0][1] if said else "the text", "", "from here on, the letter has other words", "Compare both.")
        return
    matcher = SequenceMatcher(None, [word for word, _ in said], list(printed), autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        at = min(start, len(said) - 1)
        place = said[at][1] if said else "the text"
        shown = _short([word for word, _ in said[start:end]])
        made = (
            f"the letter prints «{_short(printed[first:last])}»" if first < last else "the letter does not print this"
        )
        yield Noted(place, shown, made, "Look whether it is right; correct body.md or letter.toml.")


def _pairs(words: Iterable[str], others: Iterable[str]) -> int:
    counted = Counter(others)
    return sum(counted[word] for word in words)


def _words(text: str) -> list[str]:
    seen = _UNSEEN.sub("", unicodedata.normalize("NFC", text)).replace("\u2011", "-")
    return [word for word in _TOKEN.findall(seen) if not _MARKS.fullmatch(word)]


def _bare(word: str) -> str:
    return word.strip(".,:;!?：，。、،؛()（）")


def _short(words: Sequence[str]) -> str:
    text = _BETWEEN_SIGNS.sub("", " ".join(words))
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


# The draft


def _block_words(blocks: Iterable[model.Block], notes: Mapping[str, tuple[model.Paragraph, ...]]) -> list[Word]:
    found: list[Word] = []
    for block in blocks:
        for paragraph in (block,) if isinstance(block, model.Paragraph) else block.paragraphs():
            for span in paragraph.spans:
                for inner in notes.get(span.note, ()) if span.note else ():
                    found += [(word, inner.place) for word in _words(inner.text)]
            found += [(word, paragraph.place) for word in _words(paragraph.text)]
    return _notes_last(found)


def _notes_last(words: list[Word]) -> list[Word]:
    """Footnotes are compared after the text: a mark may stand within a word."""
    is_note = [place.startswith(("footnote", "endnote")) for _, place in words]
    return [word for word, note in zip(words, is_note, strict=True) if not note] + [
        word for word, note in zip(words, is_note, strict=True) if note
    ]


def _head_words(framed: Framed, told: Container[str]) -> Iterator[str]:
    yield from (part.whole for part in framed.head if part.text not in told)
    yield from (line.text for line in framed.subject)
    if framed.subject_label:
        yield framed.subject_label
    if framed.salutation is not None:
        yield framed.salutation.text


def _tail_words(framed: Framed, told: Container[str]) -> Iterator[str]:
    if framed.closing is not None:
        yield framed.closing.text
    yield from (part.whole for part in framed.tail if part.text not in told)


# The letter


def _head_printed(composed: Composed) -> Iterator[str]:
    yield composed.unit
    yield _inline(composed.date_line)
    for label, value in composed.references:
        yield f"{label} {value}"
    for contact in composed.contacts:
        for number, (label, value, _) in enumerate(contact.lines):
            yield f"{label if number else composed.contact_label} {value}"
    yield composed.addressees_lead
    yield from composed.addressees
    yield composed.subject_label
    yield from (_inline(line) for line in composed.subject)
    yield _inline(composed.salutation)


def _tail_printed(composed: Composed) -> Iterator[str]:
    yield from (_inline(composed.closing), composed.signature_note, composed.signatory_name, composed.signatory_title)
    if composed.copies:
        yield " ".join((composed.copies_label, *composed.copies))


def _printed(blocks: Iterable[Block]) -> list[str]:
    notes: list[str] = []
    text = _words(" ".join(_blocks(blocks, notes)))
    return [*text, *(word for note in notes for word in _words(note))]


def _blocks(blocks: Iterable[Block], notes: list[str]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph(children=children) | Heading(children=children):
                yield _inline(children, notes)
            case List(items=items):
                for item in items:
                    yield from _blocks(item.blocks, notes)
            case Table(rows=rows):
                for row in rows:
                    yield from (_inline(cell, notes) for cell in row)
            case Quote(blocks=inner):
                yield from _blocks(inner, notes)
            case Conditional(then=then, otherwise=otherwise):
                yield from _blocks((*then, *otherwise), notes)


def _inline(children: Iterable[Inline], notes: list[str] | None = None) -> str:
    pieces: list[str] = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(text)
            case Value():
                pieces.append("[…]")
            case LineBreak():
                pieces.append(" ")
            case Footnote(children=inner):
                if notes is not None:
                    notes.append(_inline(inner))
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                pieces.append(_inline(inner, notes))
    return "".join(pieces)
