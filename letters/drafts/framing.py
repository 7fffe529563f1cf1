"""Which parts of a draft are the letter's frame: references, date, contacts, addressees, subject, salutation, close.

The frame is printed by the letter itself, so its lines are cut from the text and become facts. Nothing is matched with
the office here (`letters.drafts.matching`); a line that cannot be told is kept as such, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from letters.drafts.model import Block, Paragraph, stripped
from letters.drafts.words import (
    ANNEXES,
    CLOSINGS,
    ENCLOSED,
    LABELS,
    SALUTATION_ENDS,
    SALUTATIONS,
    SIGNED,
)
from locales.addresses import MAILBOX
from locales.date_reading import read_dates
from locales.locale import Locale
from office.folding import folded

MOST_HEAD = 80  # lines before the salutation
LONGEST_LINE = 120  # characters of a line of the frame; a longer one is text
_LEAST_SENTENCE = 40  # characters
_CONTACT = ("contact", "phone", "fax", "email")
_PHONE = re.compile(r"\(?\+?[\d(][\d\s()./-]{6,}\d")
_TAIL = 14  # paragraphs before the end among which the close stands
_NUMBERED = re.compile(r"\s*(?P<number>\d{1,2}|[A-Z]|[IVX]{1,4})?\s*(?:[:：.)–—-]\s*(?P<title>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """A line of the frame: what it is (a label's key, ``date-line``, ``unknown`` …) and its words."""

    kind: str
    paragraph: Paragraph
    label: str = ""

    @property
    def whole(self) -> str:
        """The words with their label."""
        return f"{self.label} {self.text}"

    @property
    def text(self) -> str:
        """The words, with single spaces."""
        return " ".join(self.paragraph.text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAnnex:
    """An annex: the line that calls it one, the lines of its title (none where the draft gives none), its blocks."""

    label: Paragraph
    title: tuple[Paragraph, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A draft divided: ``head`` and ``tail`` are the lines before and after the text, in their order.

    ``subject`` are its lines; ``salutation`` and ``closing`` are None where the draft has none.
    """

    head: tuple[Part, ...]
    subject: tuple[Paragraph, ...]
    salutation: Paragraph | None
    body: tuple[Block, ...]
    closing: Paragraph | None
    tail: tuple[Part, ...]
    annexes: tuple[DraftAnnex, ...]
    subject_label: str = ""
    subject_below: bool = False  # the draft has it below the salutation

    def of(self, *kinds: str) -> tuple[Part, ...]:
        """Return the lines of these kinds."""
        return tuple(part for part in (*self.head, *self.tail) if part.kind in kinds)


def divide(blocks: Sequence[Block], locale: Locale) -> Framed:
    """Divide a draft into its frame, its text and its annexes."""
    return _Framer(locale).divide(list(blocks))


def plain(text: str) -> str:
    """Return words as they are compared: without case, accents, marks and spaces."""
    return re.sub(r"[\W_]+", "", folded(text))


@dataclass
class _Framer:
    locale: Locale
    labels: dict[str, re.Pattern[str]] = field(default_factory=dict)
    salutations: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        tag = self.locale.tag
        for kind, said in LABELS.items():
            own = [self.locale.phrase("label", kind)] if self.locale.has_phrase("label", kind) else []
            words = sorted({*own, *said[tag], *said["en"]}, key=len, reverse=True)
            either = "|".join(re.escape(word.rstrip(".")) for word in words)
            # «Ref. LA/12» needs no colon: a number follows.
            ends = r"[:：]|$|(?<=[.№]) (?=\S*\d)" if kind == "reference" else r"[:：]|$"
            self.labels[kind] = re.compile(rf"(?:{either})\s*\.?\s*?(?:{ends})\s*", re.IGNORECASE)
        cells = self.locale.protocol.words.items()
        self.salutations = {plain(word.text) for (kind, _, _), word in cells if kind == "salutation"} - {""}

    def divide(self, blocks: list[Block]) -> Framed:
        """Divide the blocks."""
        blocks, annexes = self._annexes(blocks)
        at = self._salutation(blocks)
        has_salutation = at is not None
        if at is None:
            at = self._text_begins(blocks)
        lines = [line for block in blocks[:at] for line in _lines(block)]
        salutation: Paragraph | None = None
        rest = blocks[at:]
        if has_salutation:
            salutation, rest = self._cut_salutation(blocks[at], lines, rest[1:])
        parts, subject, label = self._head(lines)
        below = False
        if not subject and rest and isinstance(rest[0], Paragraph) and self._is_subject(rest[0]):
            label = rest[0].text[: self._label(rest[0].text)[1]].strip()
            subject, rest, below = tuple(self._subject_lines(rest[0])), rest[1:], True
        body, closing, tail, more = self._tail(rest)
        if len(body) > 1 and not any(part.kind == "date-line" for part in parts) and self._is_day(body[-1]):
            tail = [Part("date-line", line) for line in _lines(body[-1])] + tail  # of a note verbale
            body = body[:-1]
        if more:  # text below the signature
            where = replace(more[0] if isinstance(more[0], Paragraph) else next(more[0].paragraphs()), spans=())
            annexes.insert(0, DraftAnnex(label=where, title=(), blocks=tuple(more)))
        return Framed(
            head=tuple(parts), subject=subject, salutation=salutation, body=tuple(body), closing=closing,
            tail=tuple(tail), annexes=tuple(annexes), subject_label=label, subject_below=below,
        )  # fmt: skip

    # Salutation

    def _salutation(self, blocks: list[Block]) -> int | None:
        """Return the block with the salutation: one of the tables of protocol first, else one that opens like one."""
        for is_one in (self._is_known_salutation, self._opens):
            seen = 0
            for at, block in enumerate(blocks):
                for line in _lines(block):
                    seen += 1
                    if is_one(line.text.strip()):
                        return at
                if seen > MOST_HEAD or _is_sentence(block):
                    break
        return None

    def _is_known_salutation(self, text: str) -> bool:
        return len(text) < LONGEST_LINE and plain(text) in self.salutations

    def _opens(self, text: str) -> bool:
        opening = re.match(SALUTATIONS[self.locale.tag], text, re.IGNORECASE)
        return opening is not None and len(text) < LONGEST_LINE and text[-1:] in SALUTATION_ENDS

    def _cut_salutation(self, block: Block, lines: list[Paragraph], rest: list[Block]) -> tuple[Paragraph, list[Block]]:
        """Take the salutation out of its block; what stands before it belongs to the head, what follows to the text."""
        own = list(_lines(block))
        tests = (self._is_known_salutation, self._opens)
        at = next(number for is_one in tests for number, line in enumerate(own) if is_one(line.text.strip()))
        lines += own[:at]
        return own[at], [*own[at + 1 :], *rest]

    def _text_begins(self, blocks: list[Block]) -> int:
        """Return where the text of a draft without salutation begins: with its first sentence."""
        for at, block in enumerate(blocks):
            if _is_sentence(block) or (isinstance(block, Paragraph) and len(block.text) >= LONGEST_LINE):
                return at
        return 0

    # Head

    def _head(self, lines: list[Paragraph]) -> tuple[list[Part], tuple[Paragraph, ...], str]:
        parts = list(self._sorted(lines))
        labelled = [part for part in parts if part.kind == "subject"]
        chosen = labelled or self._bold_group(parts)
        subject = [line for part in chosen for line in self._subject_lines(part.paragraph)]
        label = " ".join(part.label for part in chosen if part.label)
        return [part for part in parts if part not in chosen], tuple(subject), label

    def _sorted(self, lines: list[Paragraph]) -> Iterator[Part]:
        """Tell what each line is; a label alone is that of the next line."""
        awaiting = label = subject_place = ""
        for line in (piece for whole in lines for piece in self._unlabelled_twice(whole)):
            kind, end = self._label(line.text)
            value = stripped(line.between(end, len(line.text)))
            if kind and not "".join(span.text for span in value):
                awaiting, label = kind, line.text
                continue
            if kind:
                awaiting, subject_place = "", line.place if kind == "subject" else ""
                yield Part(kind, replace(line, spans=value), line.text[:end].strip())
            elif awaiting:
                subject_place = line.place if awaiting == "subject" else ""
                yield Part(awaiting, line, label)
                awaiting = ""
            elif subject_place and (line.place == subject_place or line.is_bold):
                yield Part("subject", line)
            else:
                subject_place = ""
                yield Part(self._kind(line), line)

    def _unlabelled_twice(self, line: Paragraph) -> Iterator[Paragraph]:
        """Divide a line that has several labels: «Tel.: … Fax: …»."""
        text = line.text
        starts = {0}
        for kind in ("phone", "fax", "email"):
            for match in self.labels[kind].finditer(text):
                if match.start() and text[match.start() - 1].isspace() and match[0].rstrip()[-1:] in {":", "："}:
                    starts.add(match.start())
        ordered = sorted(starts)
        for start, end in zip(ordered, [*ordered[1:], len(text)], strict=True):
            yield replace(line, spans=stripped(line.between(start, end)))

    def _label(self, text: str) -> tuple[str, int]:
        lead = len(text) - len(text.lstrip())
        for kind, expression in self.labels.items():
            match = expression.match(text, lead)
            if match:
                return kind, match.end()
        return "", 0

    def _kind(self, line: Paragraph) -> str:
        text = line.text.strip()
        if self._is_date_line(text):
            return "date-line"
        if MAILBOX.fullmatch(text):
            return "email"
        if _PHONE.fullmatch(text):
            return "phone"
        return "unknown"

    def _is_day(self, block: Block) -> bool:
        return isinstance(block, Paragraph) and self._is_date_line(block.text.strip())

    def _is_date_line(self, text: str) -> bool:
        """Tell whether a line is a day and little else: the place, an article."""
        dates = read_dates(text, self.locale)
        if len(dates) != 1 or dates[0].first is None or dates[0].first != dates[0].last:
            return False
        rest = text[: dates[0].start] + text[dates[0].end :]
        return len(rest.strip()) <= 40 and not any(character.isdigit() for character in rest)

    def _bold_group(self, parts: list[Part]) -> list[Part]:
        """Return the last lines before the salutation that look like a title."""
        group: list[Part] = []
        for part in reversed(parts):
            if part.kind == "unknown" and (part.paragraph.is_bold or part.paragraph.level):
                group.insert(0, part)
            elif group:
                break
        return group

    def _is_subject(self, paragraph: Paragraph) -> bool:
        text = paragraph.text.strip()
        if self._label(text)[0] == "subject":
            return True
        is_title = paragraph.is_bold or paragraph.level > 0
        return is_title and paragraph.item is None and len(text) < 2 * LONGEST_LINE and not text.endswith(".")

    def _subject_lines(self, paragraph: Paragraph) -> Iterator[Paragraph]:
        kind, end = self._label(paragraph.text)
        if kind == "subject":
            paragraph = replace(paragraph, spans=stripped(paragraph.between(end, len(paragraph.text))))
        for line in paragraph.lines():
            spans = tuple(replace(span, bold=False) for span in line.spans) if line.is_bold else line.spans
            yield replace(line, spans=spans)

    # Tail

    def _tail(self, blocks: list[Block]) -> tuple[list[Block], Paragraph | None, list[Part], list[Block]]:
        """Return the text, the close, the lines after it, and what text there is below these."""
        least = max(len(blocks) - _TAIL, 0)
        for at in range(len(blocks) - 1, least - 1, -1):
            block = blocks[at]
            if not isinstance(block, Paragraph) or block.item is not None:
                continue
            closing, *rest = block.lines()
            if self._is_closing(closing.text.strip()):
                end = _text_goes_on(blocks, at + 1)
                after = [*rest, *(line for other in blocks[at + 1 : end] for line in _lines(other))]
                return blocks[:at], closing, list(self._signature(after)), blocks[end:]
        for at in range(least, len(blocks)):
            block = blocks[at]
            if isinstance(block, Paragraph) and _is_signed(block.text):
                end = _text_goes_on(blocks, at)
                after = [line for other in blocks[at:end] for line in _lines(other)]
                return blocks[:at], None, list(self._signature(after)), blocks[end:]
        return blocks, None, [], []

    def _is_closing(self, text: str) -> bool:
        if len(text) > 2 * LONGEST_LINE:
            return False
        known = (wording.text for wording, _ in self.locale.protocol.closings.values())
        if any(re.fullmatch(_with_any_vocative(words), plain(text)) for words in known):
            return True
        if any(plain(without) == plain(text) for _, without in self.locale.protocol.closings.values() if without):
            return True
        return re.match(CLOSINGS[self.locale.tag], text, re.IGNORECASE) is not None

    def _signature(self, lines: Iterable[Paragraph]) -> Iterator[Part]:
        """Tell what each line after the close is: the note, name and title of who signs, copies, anything else."""
        expected = ["name", "title"]
        copying = False
        for line in lines:
            kind, end = self._label(line.text)
            value = stripped(line.between(end, len(line.text)))
            if ENCLOSED.match(line.text.strip()):
                copying, expected = False, []
                yield Part("unknown", line)
            elif kind == "copy" or (copying and not kind):
                copying = True
                if any(span.text for span in value):
                    yield Part("copy", replace(line, spans=value) if kind else line, line.text[:end].strip())
            elif _is_signed(line.text) and expected:
                yield Part("signature", line)
            elif kind and kind not in _CONTACT:
                yield Part("unknown", line)
            elif expected and len(line.text) < LONGEST_LINE:
                yield Part(expected.pop(0), line)
            else:
                yield Part("unknown", line)

    # Annexes

    def _annexes(self, blocks: list[Block]) -> tuple[list[Block], list[DraftAnnex]]:
        starts = [at for at, block in enumerate(blocks) if at and self._begins_annex(block)]
        if not starts:
            return blocks, []
        ends = [*starts[1:], len(blocks)]
        return blocks[: starts[0]], [self._annex(blocks[start:end]) for start, end in zip(starts, ends, strict=True)]

    def _begins_annex(self, block: Block) -> bool:
        if not isinstance(block, Paragraph) or block.item is not None:
            return False
        first = next(iter(block.lines()), block).text.strip()
        match = re.match(ANNEXES[self.locale.tag], first, re.IGNORECASE)
        numbered = _NUMBERED.fullmatch(first, match.end()) if match else None
        if numbered is None or len(first) > LONGEST_LINE or re.fullmatch(r"[\d()\s]+", numbered["title"] or ""):
            return False  # «Annexes: 2» only counts them
        return block.new_page or block.level > 0 or block.is_bold or block.centred

    def _annex(self, blocks: list[Block]) -> DraftAnnex:
        label, *rest = blocks
        assert isinstance(label, Paragraph)  # noqa: S101 - `_begins_annex` takes no other
        text = label.text
        lead = len(text) - len(text.lstrip())
        match = re.compile(ANNEXES[self.locale.tag], re.IGNORECASE).match(text, lead)
        numbered = _NUMBERED.match(text, match.end()) if match else None
        at = numbered.start("title") if numbered and numbered["title"] else -1
        if at >= 0:
            named = replace(label, spans=stripped(label.between(0, at)))
            title = replace(label, spans=stripped(label.between(at, len(text))))
            return DraftAnnex(label=named, title=tuple(self._subject_lines(title)), blocks=tuple(rest))
        if rest and isinstance(rest[0], Paragraph) and self._is_subject(rest[0]):
            return DraftAnnex(label=label, title=tuple(self._subject_lines(rest[0])), blocks=tuple(rest[1:]))
        return DraftAnnex(label=label, title=(), blocks=tuple(rest))


def _lines(block: Block) -> Iterator[Paragraph]:
    for paragraph in (block,) if isinstance(block, Paragraph) else block.paragraphs():
        yield from paragraph.lines()


def _text_goes_on(blocks: list[Block], at: int) -> int:
    """Return where running text begins again below a signature."""
    return next((place for place in range(at, len(blocks)) if _is_sentence(blocks[place])), len(blocks))


def _is_sentence(block: Block) -> bool:
    """Tell whether a block is running text, which no frame has before the salutation."""
    text = block.text.strip() if isinstance(block, Paragraph) else ""
    if not any(character in text for character in "。，"):
        return text.endswith((".", ";", "؛")) and len(text) > _LEAST_SENTENCE
    return text.endswith("。") and 3 * len(text) > _LEAST_SENTENCE  # a Chinese character is a word


def _is_signed(text: str) -> bool:
    bare = text.strip()
    return len(bare) <= 40 and bare[:1] in "(（[" and SIGNED.search(bare) is not None


def _with_any_vocative(pattern: str) -> str:
    before, _, after = pattern.partition("{vocative}")
    return re.escape(plain(before)) + (".*" + re.escape(plain(after)) if "{vocative}" in pattern else "")
