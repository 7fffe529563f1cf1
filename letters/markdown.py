"""A letter's text in Markdown -> its subject and blocks.

CommonMark with tables; HTML, code, pictures and link definitions have no place in a letter. ``{% if %}`` stands on
lines of its own and wraps whole blocks: the text is cut there before Markdown is parsed. The words of each segment
come from a function, so that the same reading serves the source and every translation of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from letters.blocks import Block, Conditional, Inline, without_notes
from letters.inline import Words, message_of, read_words, unprintable, without_unprintable
from letters.markdown_blocks import NOTE_TEXT, BlockReader
from office.expressions import Expression, ExpressionError, parse_expression
from office.findings import Finding, Level
from office.suggestions import did_you_mean

MAX_CONDITIONS = 8  # conditions within conditions
MAX_SEGMENTS = 3000
MAX_SUBJECT = 12  # lines
MAX_FINDINGS = 50  # of one file; more would not be read
_TAG_LINE = re.compile(r"(?P<indent>[ \t]*)\{%-?\s*+(?P<word>\w*+)(?P<rest>[^{}%\n]*+)%\}[ \t]*")
_LOOKS_LIKE_TAG = re.compile(r"[ \t]*\{%.*%\}[ \t]*")
_TAGS = ("if", "elif", "else", "endif")

Speak = Callable[["Place"], Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a segment stands: its text as the file has it, its msgid, and its first line."""

    source: str
    msgid: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that was read. ``subject`` are the lines of its first heading; ``places`` its segments in order.

    ``conditions`` are the expressions of its ``{% if %}`` with their lines; ``notes`` the words of its footnotes by
    their labels, and ``marks`` the lines in which their marks stand.
    """

    file: str
    subject: tuple[tuple[Inline, ...], ...] = ()
    blocks: tuple[Block, ...] = ()
    places: tuple[Place, ...] = ()
    conditions: tuple[tuple[Expression, int], ...] = ()
    notes: Mapping[str, tuple[Inline, ...]] = field(default_factory=dict)
    marks: Mapping[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()


def read_document(text: str, *, file: str, speak: Speak | None = None) -> Document:
    """Read a text. ``speak`` gives the words of each segment (default: those of the text itself).

    Nothing is raised: the findings say what is wrong, with its line.
    """
    return _Reader(file, speak).document(text)


@dataclass(slots=True)
class _Chunk:
    """A stretch of the text without conditions in it; ``line`` is that of its first line, from 0."""

    line: int
    text: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _OpenCondition:
    condition: Expression
    line: int
    chained: bool = False  # an elif: ends together with the condition above it
    then: list[Block] = field(default_factory=list)
    otherwise: list[Block] = field(default_factory=list)
    has_else: bool = False

    @property
    def current(self) -> list[Block]:
        return self.otherwise if self.has_else else self.then

    def closed(self) -> Conditional:
        return Conditional(self.condition, tuple(self.then), tuple(self.otherwise))


class _Reader:
    def __init__(self, file: str, speak: Speak | None) -> None:
        self.file = file
        self.speak = speak or (lambda place: read_words(place.source))
        self.subject: list[tuple[Inline, ...]] = []
        self.blocks: list[Block] = []
        self.places: list[Place] = []
        self.conditions: list[tuple[Expression, int]] = []
        self.notes: dict[str, tuple[Inline, ...]] = {}
        self.marks: dict[str, int] = {}
        self._note_lines: dict[str, int] = {}
        self.findings: list[Finding] = []
        self._open: list[_OpenCondition] = []
        self._is_full = False

    def document(self, text: str) -> Document:
        chunk = _Chunk(0)
        for number, line in enumerate(text.split("\n")):
            if not _LOOKS_LIKE_TAG.fullmatch(line):
                chunk.text.append(self._fit(line, number + 1))
                continue
            self._read_chunk(chunk)
            self._read_tag(line, number + 1)
            chunk = _Chunk(number + 1)
        self._read_chunk(chunk)
        for left in self._open:
            if not left.chained:
                self.fault("unclosed-condition", "{% if %} is not closed", "Add a line {% endif %}.", left.line)
        while self._open:
            self._close()
        self._match_notes()
        if len(self.subject) > MAX_SUBJECT:
            message = f"the subject has more than {MAX_SUBJECT} lines"
            self.fault("subject-too-long", message, "Begin the headings that follow it with ##.", self.places[0].line)
        if not self.subject:
            self.fault("no-subject", "the text does not begin with a subject", "Begin it with a line «# Subject».", 1)
        return Document(
            file=self.file,
            subject=tuple(self.subject),
            blocks=tuple(self.blocks),
            places=tuple(self.places),
            conditions=tuple(self.conditions),
            notes=self.notes,
            marks=self.marks,
            findings=tuple(self.findings[:MAX_FINDINGS]),
        )

    def fault(self, code: str, message: str, hint: str, line: int) -> None:
        self.findings.append(
            Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=self.file, line=line)
        )

    def _fit(self, line: str, number: int) -> str:
        """Return a line without characters that cannot be printed; they are reported."""
        refused = "" if line.isprintable() else unprintable(line)
        if refused:
            hint = "Delete it; it may be invisible in an editor: type the words around it anew."
            self.fault("unfit-character", f"the text holds {refused}, which cannot be printed", hint, number)
        return without_unprintable(line) if refused else line

    # Conditions

    @property
    def _current(self) -> list[Block]:
        return self._open[-1].current if self._open else self.blocks

    def _read_tag(self, line: str, number: int) -> None:
        match = _TAG_LINE.fullmatch(line)
        word = match["word"] if match else ""
        if match is None or word not in _TAGS:
            hint = (
                did_you_mean(word, _TAGS)
                if word
                else "A line holds one of {% if … %}, {% elif … %}, {% else %}, {% endif %}."
            )
            self.fault("unknown-tag", f"«{line.strip()[:80]}» is not known in a letter", hint, number)
            return
        if match["indent"]:
            hint = "Put it at the beginning of the line, around the whole list."
            self.fault("indented-condition", "a condition cannot stand inside a list item", hint, number)
        rest = match["rest"].strip().removesuffix("-").strip()
        if word in {"if", "elif"}:
            self._begin(word, rest, number)
        elif rest:
            self.fault("bad-condition", f"{{% {word} %}} takes nothing after it", f"Write {{% {word} %}}.", number)
        elif word == "else":
            self._turn(number)
        elif not self._open:
            self.fault("unopened-condition", "{% endif %} without its {% if %}", "Remove the line.", number)
        else:
            self._close()

    def _begin(self, word: str, source: str, number: int) -> None:
        if word == "elif" and not self._turn(number):
            return
        if len(self._open) >= MAX_CONDITIONS:
            self.fault(
                "too-deep", f"more than {MAX_CONDITIONS} conditions stand within each other", "Simplify.", number
            )
        try:
            condition = parse_expression(source)
            self.conditions.append((condition, number))
        except ExpressionError as error:
            hint = 'Write it like {% if recipient.category == "government" %}.'
            self.fault("bad-condition", error.message or "the condition is empty", hint, number)
            condition = parse_expression("false")
        self._open.append(_OpenCondition(condition, number, chained=word == "elif"))

    def _turn(self, number: int) -> bool:
        if self._open and not self._open[-1].has_else:
            self._open[-1].has_else = True
            return True
        self.fault("unopened-condition", "{% else %} or {% elif %} without its {% if %}", "Remove the line.", number)
        return False

    def _close(self) -> None:
        while self._open:
            done = self._open.pop()
            # Nesting beyond the limit has been reported; its blocks are dropped so that no later step goes too deep.
            if len(self._open) < MAX_CONDITIONS:
                self._current.append(done.closed())
            if not done.chained:
                break

    # Blocks

    def _read_chunk(self, chunk: _Chunk) -> None:
        reader = BlockReader("\n".join(chunk.text), chunk.line, self.words, self.note)
        if reader.deepest:
            hint = "Remove some of the > or - at the beginning of the lines."
            self.fault("too-deep", "lists or quotes stand too deep within each other", hint, reader.deepest)
        may_begin = not self.blocks and not self._open
        subject, blocks = reader.read(may_begin=may_begin)
        for line in reader.continued:
            hint = "Join it to the footnote's own, or begin its lines without spaces if it belongs to the text."
            self.fault(
                "footnote-too-long", "a footnote is one paragraph, and a second one is set in below it", hint, line
            )
        self.subject.extend(subject)
        self._current.extend(blocks)

    def words(self, source: str, line: int) -> tuple[Inline, ...]:
        """Return the words of a segment; its faults become findings."""
        if not source.strip():
            return ()
        if len(self.places) >= MAX_SEGMENTS:
            if not self._is_full:
                message = f"the text has more than {MAX_SEGMENTS} paragraphs"
                self.fault("text-too-long", message, "Move long parts into annexes, or restore the file.", line)
            self._is_full = True
            return ()
        if NOTE_TEXT.match(source):
            hint = "Leave an empty line before it."
            self.fault("footnote-misplaced", "the text of a footnote begins within a heading or table", hint, line)
        if "[^" in source:
            self.marks.update(dict.fromkeys(read_words(source).notes, line))
        place = Place(source=source, msgid=message_of(source), line=line)
        self.places.append(place)
        words = self.speak(place)
        for fault in words.faults:
            self.fault(fault.code, fault.message, fault.hint, line + fault.line)
        return words.children

    # Footnotes

    def note(self, label: str, source: str, line: int) -> None:
        """Take the text of a footnote."""
        if label in self.notes:
            message = f"the footnote [^{label}] has two texts, the first in line {self._note_lines[label]}"
            self.fault("footnote-twice", message, f"Give one of them another name: [^{label}-b].", line)
        elif not source:
            hint = f"Write [^{label}]: and its text."
            self.fault("empty-footnote", f"the footnote [^{label}] has no text", hint, line)
        elif nested := read_words(source).notes:
            hint = "Put it into brackets, or into a footnote of its own in the text."
            self.fault("footnote-in-footnote", f"the footnote [^{label}] has [^{nested[0]}] within it", hint, line)
        self._note_lines.setdefault(label, line)
        if label not in self.notes:
            self.notes[label] = tuple(without_notes(self.words(source, line)))

    def _match_notes(self) -> None:
        for label, line in self.marks.items():
            if label not in self.notes:
                hint = did_you_mean(label, self.notes) or f"Write below, on a line of its own: [^{label}]: its text"
                self.fault("unknown-footnote", f"the footnote [^{label}] has no text", hint, line)
        for label in [label for label in self.notes if label not in self.marks]:
            hint = f"Put [^{label}] into the text where it belongs, or remove the footnote."
            message = f"the footnote [^{label}] is not printed: no text has its mark"
            self.fault("footnote-not-used", message, hint, self._note_lines[label])
