"""Compose the reminder of a letter in its language or two for one class: what is sealed with the letter.

The words are those of reminder.md, or the built-in ones of the language. Below them stands what is open, by when,
and how to answer; what of it changes from day to day is left to `letters.daily`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Inline,
    Link,
    List,
    ListItem,
    Paragraph,
    Strong,
    Text,
    Value,
    without_notes,
)
from letters.composed import Composed, Line, SlotSpec
from letters.composing import class_audience, composed_or_faults, frame_parts, require_language, stacked
from letters.daily import date_slot, due_slot, due_words, open_slot
from letters.fields import shown_reference
from letters.frame import Frame
from letters.model import Ask, Audience, Letter, Signature
from letters.phrasing import ask_name, filled
from letters.segments import REMINDER, body_stem, text_stems
from letters.slots import Slots
from letters.wording import Voice
from office.findings import Finding, Level, has_errors
from office.model import Office


def compose_reminder(letter: Letter, office: Office, *, language: str, class_name: str) -> Composed:
    """Return the reminder of a letter in ``language``, such as ``fr`` or ``fr+ar``, for the class ``class_name``.

    Raises InputError with every finding if something is missing, NotFoundError for a language or class that the
    letter does not have.
    """
    composed, findings = try_to_compose_reminder(letter, office, language=language, class_name=class_name)
    return composed_or_faults(composed, findings, f"The reminder of «{letter.slug}»", language, class_name)


def try_to_compose_reminder(
    letter: Letter, office: Office, *, language: str, class_name: str
) -> tuple[Composed, tuple[Finding, ...]]:
    """Compose as far as possible, and say what is wrong."""
    audience = class_audience(letter, class_name)
    require_language(letter, language)
    return stacked(language, lambda tag, first_slot: _part(letter, office, audience, tag, first_slot))


def _part(
    letter: Letter, office: Office, audience: Audience, language: str, first_slot: int
) -> tuple[Composed, tuple[Finding, ...]]:
    voice = Voice(letter, office, language, audience=audience, deadlines_move=True, first_slot=first_slot)
    frame = Frame(letter, office, voice.locale)
    parts = frame_parts(frame, voice, audience)
    writer = _Writer(voice, frame)
    date_line: Line = (Value(voice.slots.number(date_slot(office.place))),)
    after: tuple[Block, ...] = ()
    if REMINDER in text_stems(letter, office):
        document = voice.document(REMINDER)
        subject, words = document.subject, document.blocks
        if not words and not has_errors(voice.findings):
            voice.findings.append(_empty(document.file))
    else:
        subject = ((Text(writer.reminder_of()),), *_subject_of_letter(voice, audience))
        words, after = writer.opening(), (writer.paragraph("closing-note"),)
    composed = replace(
        parts,
        date_line=date_line,
        subject_label="",
        subject=subject,
        body=(*words, *writer.asks(), *writer.ways(), *after),
        signature=Signature.NONE,
        signature_note="",
        slots=tuple(voice.slots.specs),
    )
    return composed, (*voice.findings, *frame.findings)


def _subject_of_letter(voice: Voice, audience: Audience) -> Iterator[Line]:
    """Yield the lines of the letter's subject, with no more of its slots than they need."""
    reader = Voice(voice.letter, voice.office, voice.language, audience=audience, deadlines_move=True)
    subject = reader.document(body_stem(voice.letter, voice.office, audience.name)).subject
    voice.findings.extend(reader.findings)
    for line in subject:
        yield _renumbered(tuple(without_notes(line)), reader.slots.specs, voice.slots)


def _renumbered(line: Line, specs: Sequence[SlotSpec], slots: Slots) -> Line:
    found: list[Inline] = []
    for inline in line:
        match inline:
            case Value(index=index):
                found.append(Value(slots.number(specs[index])))
            case Strong(children=children) | Emphasis(children=children):
                found.append(type(inline)(_renumbered(children, specs, slots)))
            case Link(children=children):  # a subject shows the words of a link only
                found.extend(_renumbered(children, specs, slots))
            case _:
                found.append(inline)
    return tuple(found)


class _Writer:
    """Writes the blocks of a reminder that are not in a file."""

    def __init__(self, voice: Voice, frame: Frame) -> None:
        self.voice = voice
        self.frame = frame
        self.letter = voice.letter
        self.locale = voice.locale
        self.reference = shown_reference(self.letter, voice.office)

    def reminder_of(self) -> str:
        """Return «Reminder: CL-22/010»."""
        return self._phrase("subject").replace("{reference}", self.reference)

    def opening(self) -> tuple[Block, ...]:
        """Return what the built-in reminder says before it lists the asks."""
        return self.paragraph("opening"), self.paragraph("request")

    def paragraph(self, key: str) -> Paragraph:
        """Return a phrase as a paragraph."""
        date = self.locale.date(self.letter.date)
        return Paragraph(self._filled(key, {"reference": Text(self.reference), "date": Text(date)}))

    def asks(self) -> Iterator[Block]:
        """Yield a line for each ask that an answer is expected to, there while it is open."""
        for ask in self._expected():
            what = Text(ask_name(ask, self.voice, self.frame))
            deadline = self.letter.deadlines.get(ask.deadline)
            line: tuple[Inline, ...] = (what,)
            if deadline is not None:
                zone, place = self.voice.office.zone, self.voice.office.place
                said = due_words(deadline.cut_off(zone), zone, place, self.locale)
                value = Value(self.voice.slots.number(due_slot(ask.id, said)))
                line = self._filled("ask", {"what": what, "deadline": value})
            yield self._while_open((ask.id,), line)

    def ways(self) -> Iterator[Block]:
        """Yield how to answer, each way while an ask is open that takes it."""
        asks: dict[str, list[Ask]] = {}
        for ask in self._expected():
            for way in ask.reply:
                asks.setdefault(way, []).append(ask)
        if asks:
            yield self.paragraph("ways")
        for way, taking in asks.items():
            yield self._while_open(tuple(ask.id for ask in taking), self._way(way, taking))

    def _expected(self) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.letter.asks if ask.expected)

    def _way(self, way: str, asks: Sequence[Ask]) -> tuple[Inline, ...]:
        reference = Text(self.reference)
        if way == "mail":
            address = self.voice.office.mail.reply
            link = Link((Text(f"mailto:{address}"),), (Text(address),))
            return self._filled("by-mail", {"address": link, "reference": reference})
        if way == "post":
            return self._filled("by-post", {"reference": reference})
        address = self.letter.links[way.removeprefix("link:")][self.locale.tag]
        what = Text(self.locale.join([ask_name(ask, self.voice, self.frame) for ask in asks]))
        return self._filled("by-link", {"what": what, "link": Link((Text(address),), (Text(address),))})

    def _while_open(self, asks: tuple[str, ...], line: tuple[Inline, ...]) -> Conditional:
        item = List(ordered=False, start=1, items=(ListItem((Paragraph(line),)),))
        return Conditional(self.voice.slots.number(open_slot(asks)), (item,), ())

    def _filled(self, key: str, values: Mapping[str, Inline]) -> tuple[Inline, ...]:
        return filled(self._phrase(key), values)

    def _phrase(self, key: str) -> str:
        return self.frame.phrase("reminder", key, at="asks")


def _empty(file: str) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="empty-text",
        message="the reminder has a subject and nothing below it",
        hint="Write the reminder below its subject, or remove the file: there is a built-in one.",
        file=file,
        line=1,
    )
