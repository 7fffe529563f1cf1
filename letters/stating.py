"""What a letter states in one language: each fact in each place, as it is printed there.

This is read from the texts and their translations before anything is composed, so that it can be held against what
comes out of the renderers (`pipeline.proving`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Field,
    Heading,
    Inline,
    Link,
    List,
    NoteMark,
    Paragraph,
    Quote,
    Strong,
    Table,
)
from letters.daily import due_words
from letters.fields import name_in, shown_reference
from letters.inline import Words, read_words
from letters.markdown import Document, Place
from letters.model import Kind, Letter
from letters.places import letter_folder
from letters.reply_forms import asks_on_form, deadline_said, return_addresses
from letters.segments import REMINDER, REPLY_FORM, annex_stems, body_stem, own_language, read_text, text_stems
from letters.wording import KEPT_IN_ADDRESSES, Voice
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.state_tables import FORMS as COUNTRY_FORMS
from office.expressions import Expression, ExpressionError, parse_expression
from office.model import Office

FRAME = "frame"  # the part of a letter that no text brings: references, date, contacts, signatory
HOURS = " (hours)"  # the time of day of an event or a deadline is a fact beside its day
_STATING = ("reference", "file_reference", "date", "deadlines", "events", "facts", "links", "texts", "contacts")
_FILTERS = (
    *(f' | date("{form}")' for form in DATE_FORMS),
    *(f' | range("{form}")' for form in RANGE_FORMS),
    " | number", " | join", "",
    *(f' | country("{form}")' for form in COUNTRY_FORMS),
)  # fmt: skip


_parsed = lru_cache(maxsize=256)(parse_expression)


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A fact stated once. ``part`` is `FRAME` or the stem of a text; ``printed`` what stands there for the reader."""

    part: str
    fact: str  # deadlines.confirm, contacts.wsis.tel, reference …
    printed: str


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed of an addressee: which conditions hold, by their source; None for all of them."""

    holding: frozenset[str] | None = None

    def holds(self, condition: Expression) -> bool:
        """Tell whether a condition about the addressee is taken to be true."""
        return self.holding is None or condition.source in self.holding


class Stating:
    """Lists what one letter states in one language."""

    def __init__(self, letter: Letter, office: Office, language: str) -> None:
        self.letter = letter
        self.office = office
        self._voice = Voice(letter, office, language)
        self._voices: dict[str, Voice] = {}
        self._documents: dict[str, Document] = {}

    def letter_statements(self, class_name: str, assumed: Assumed) -> tuple[Statement, ...]:
        """Return what the letter to a class states: its frame, its text, its annexes."""
        stems = [body_stem(self.letter, self.office, class_name)]
        stems += annex_stems(letter_folder(self.letter.slug, self.office))
        has_own_form = self.letter.reply_form and REPLY_FORM in text_stems(self.letter, self.office)
        stems += [REPLY_FORM] if has_own_form else []
        texts = [statement for stem in stems for statement in self._text(stem, assumed)]
        texts += self._form() if self.letter.reply_form and not has_own_form else ()
        return (*self._references(), *self._dated(), *self._contacts(), *self._signed(), *texts)

    def reminder_statements(self, class_name: str, assumed: Assumed) -> tuple[Statement, ...]:
        """Return what the reminder to a class states, all asks being open: its frame, its text, what it lists."""
        own = REMINDER in text_stems(self.letter, self.office)
        if own:
            texts = tuple(self._text(REMINDER, assumed))
        else:
            subject = self._document(body_stem(self.letter, self.office, class_name)).subject
            texts = (*self._of_lines(REMINDER, subject), *self._opening())
        return (*self._references(), *self._contacts(), *texts, *self._asked())

    def forms(self, fact: str) -> tuple[str, ...]:
        """Return every form in which the language can print a fact."""
        source = fact.removesuffix(HOURS)
        printed: dict[str, None] = {}
        for chosen in (" | time",) if source != fact else _FILTERS:
            try:
                printed[self._print(_parsed(source + chosen), self._voice)] = None
            except ExpressionError:
                continue  # a form that this kind of fact does not have
        return tuple(filter(None, printed))

    # The frame

    def _references(self) -> Iterator[Statement]:
        for fact, value in (
            ("reference", shown_reference(self.letter, self.office)),
            ("file_reference", self.letter.file_reference),
        ):
            if value:
                yield Statement(part=FRAME, fact=fact, printed=value)

    def _dated(self) -> Iterator[Statement]:
        yield Statement(part=FRAME, fact="date", printed=self._voice.locale.date(self.letter.date, "block"))

    def _contacts(self) -> Iterator[Statement]:
        for key in self.letter.contacts:
            contact = self.office.contacts.get(key)
            if contact is None:
                continue
            name = name_in(contact, self._voice.language)
            values = (("name", name), ("tel", contact.tel), ("fax", contact.fax), ("email", contact.email))
            for what, value in values:
                if value:
                    yield Statement(part=FRAME, fact=f"contacts.{key.replace('-', '_')}.{what}", printed=value)

    def _signed(self) -> Iterator[Statement]:
        signatory = self.office.signatories.get(self.letter.signatory)
        if signatory is not None and self.letter.kind is not Kind.NOTE_VERBALE:
            name = name_in(signatory, self._voice.language)
            yield Statement(part=FRAME, fact="signatory.name", printed=name)

    def _opening(self) -> Iterator[Statement]:
        """Yield what the built-in reminder says of the letter itself, beside its reference."""
        locale = self._voice.locale
        if locale.has_phrase("reminder", "opening") and "{date}" in locale.phrase("reminder", "opening"):
            yield Statement(part=REMINDER, fact="date", printed=locale.date(self.letter.date))

    def _asked(self) -> Iterator[Statement]:
        """Yield what a reminder lists by itself: the last day for each ask that is expected, and where to answer."""
        links: dict[str, None] = {}
        for ask in self.letter.asks:
            if not ask.expected:
                continue
            deadline = self.letter.deadlines.get(ask.deadline)
            if deadline is not None:
                zone = self.office.zone
                said = due_words(deadline.cut_off(zone), zone, self.office.place, self._voice.locale)
                yield Statement(part=REMINDER, fact=f"deadlines.{deadline.key}", printed=said)
            links |= {way.removeprefix("link:"): None for way in ask.reply if way.startswith("link:")}
        for key in links:
            address = self.letter.links.get(key, {}).get(self._voice.language)
            if address:
                yield Statement(part=REMINDER, fact=f"links.{key}", printed=address)

    def _form(self) -> Iterator[Statement]:
        """Yield what the built-in reply form says: the letter, the last day for each ask, where to send it."""
        voice = self._voice
        yield Statement(part=REPLY_FORM, fact="reference", printed=shown_reference(self.letter, self.office))
        yield Statement(part=REPLY_FORM, fact="date", printed=voice.locale.date(self.letter.date))
        for ask in asks_on_form(self.letter):
            said = deadline_said(ask, voice)
            if said:
                yield Statement(part=REPLY_FORM, fact=f"deadlines.{ask.deadline}", printed=said)
        for key in self.letter.contacts:
            contact = self.office.contacts.get(key)
            if contact is not None and contact.email in return_addresses(self.letter, self.office):
                fact = f"contacts.{key.replace('-', '_')}.email"
                yield Statement(part=REPLY_FORM, fact=fact, printed=contact.email)

    # The texts

    def _voice_of(self, part: str) -> Voice:
        """Return the voice of a text: the language's, or that of an annex in a language of its own."""
        language = own_language(part)
        if language and part not in self._voices:
            self._voices[part] = Voice(self.letter, self.office, language, is_verbatim=True)
        return self._voices.get(part, self._voice)

    def _document(self, stem: str) -> Document:
        """Read a text in the language's own words, its fields not yet printed."""
        if stem not in self._documents:

            def speak(place: Place) -> Words:
                is_read = self._voice.is_source or own_language(stem)
                entry = None if is_read else self._voice.catalogue.find(stem, place.msgid)
                return read_words(entry.msgstr if entry is not None and entry.msgstr.strip() else place.source)

            self._documents[stem] = read_text(self.letter, self.office, stem, speak)
        return self._documents[stem]

    def _text(self, stem: str, assumed: Assumed) -> Iterator[Statement]:
        document = self._document(stem)
        yield from self._of_lines(stem, document.subject)
        yield from self._of_blocks(stem, document.blocks, assumed)

    def _of_blocks(self, part: str, blocks: Iterable[Block], assumed: Assumed) -> Iterator[Statement]:
        for block in blocks:
            match block:
                case Paragraph(children=children) | Heading(children=children):
                    yield from self._of_inlines(part, children)
                case List(items=items):
                    for item in items:
                        yield from self._of_blocks(part, item.blocks, assumed)
                case Table(rows=rows):
                    for row in rows:
                        yield from self._of_lines(part, row)
                case Quote(blocks=inner):
                    yield from self._of_blocks(part, inner, assumed)
                case Conditional():
                    yield from self._of_blocks(part, self._chosen(block, assumed, self._voice_of(part)), assumed)

    def _chosen(self, block: Conditional, assumed: Assumed, voice: Voice) -> tuple[Block, ...]:
        condition = block.condition
        if isinstance(condition, int):
            return ()
        try:
            holds = (
                assumed.holds(condition)
                if condition.reads("recipient")
                else bool(condition.evaluate(voice.scope, voice.printing.filters))
            )
        except ExpressionError:
            return ()  # composing reports it
        return block.then if holds else block.otherwise

    def _of_lines(self, part: str, lines: Iterable[Sequence[Inline]]) -> Iterator[Statement]:
        for line in lines:
            yield from self._of_inlines(part, line)

    def _of_inlines(self, part: str, inlines: Iterable[Inline]) -> Iterator[Statement]:
        for inline in inlines:
            match inline:
                case Field(expression=expression):
                    yield from self._of_field(part, expression)
                case Strong(children=children) | Emphasis(children=children):
                    yield from self._of_inlines(part, children)
                case Link():
                    yield from self._of_link(part, inline)
                case NoteMark(label=label) if part in self._documents:
                    yield from self._of_inlines(part, self._documents[part].notes.get(label, ()))

    def _of_link(self, part: str, link: Link) -> Iterator[Statement]:
        """An address that is shown as it stands is stated once, though it is target and words."""
        words = list(self._of_inlines(part, link.children))
        yield from words
        shown = {statement.fact for statement in words}
        for place, piece in enumerate(link.target):
            if not isinstance(piece, Field):
                continue
            for statement in self._of_field(part, piece.expression):
                if statement.fact not in shown:
                    printed = statement.printed if place == 0 else quote(statement.printed, safe=KEPT_IN_ADDRESSES)
                    yield Statement(part=part, fact=statement.fact, printed=printed)

    def _of_field(self, part: str, expression: Expression) -> Iterator[Statement]:
        facts = facts_of(expression)
        if not facts:
            return
        try:
            printed = self._print(expression, self._voice_of(part))
        except ExpressionError:
            return  # composing reports it
        for fact in facts:
            yield Statement(part=part, fact=fact, printed=printed)

    @staticmethod
    def _print(expression: Expression, voice: Voice) -> str:
        return voice.printing.text(expression.evaluate(voice.scope, voice.printing.filters))


def facts_of(expression: Expression) -> tuple[str, ...]:
    """Return the facts that a field states, whatever its form. A choice between genders states nothing.

    Names of places are words of the language, which may inflect them; what stands in an addressee's row is no fact of
    the letter.
    """
    if "agree" in expression.filters:
        return ()
    hours = HOURS if "time" in expression.filters else ""
    return tuple(_fact(path) + hours for path in sorted(expression.paths) if _states(path))


def _states(path: tuple[str, ...]) -> bool:
    return (path[0] in _STATING and path[2:3] != ("place",)) or path == ("signatory", "name")


def _fact(path: tuple[str, ...]) -> str:
    match path:
        case ("contacts", key):
            return f"contacts.{key}.name"
        case ("contacts", _, _, *_) | ("events", _, "room", *_):
            return ".".join(path[:3])
    return ".".join(path[:2])
