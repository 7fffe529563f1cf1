"""What fields may name: the facts of a letter as they see them, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from letters.model import Deadline, Event, Letter
from locales.dates import Moment
from locales.locale import Locale
from locales.missing import MissingWords
from office.expressions import Scope
from office.model import Contact, Office, Signatory

ROOTS = (
    "reference", "file_reference", "date", "place", "unit", "kind", "deadlines", "events", "links", "facts", "texts",
    "contacts", "signatory", "office", "recipient",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provisional:
    """A moment that is still to be confirmed, and says so when printed."""

    moment: Moment


class PlaceName(str):
    """The name of a place in a language; ``key`` is that of letter.toml, by which its other forms are found."""

    __slots__ = ("key",)
    key: str

    def __new__(cls, name: str, key: str) -> PlaceName:
        """Name the place of a key."""
        made = super().__new__(cls, name)
        made.key = key
        return made


@dataclass(frozen=True, slots=True)
class NoWords:
    """Something that the language has no words for: a fault only where a text prints it."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedDeadline:
    """A deadline as fields see it."""

    template_fields: ClassVar[frozenset[str]] = frozenset({"date", "provisional"})
    date: Moment | Provisional
    provisional: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEvent:
    """An event as fields see it: its place in the letter's language."""

    template_fields: ClassVar[frozenset[str]] = frozenset({"start", "end", "place", "room", "provisional"})
    event: Event
    place: str | NoWords

    @property
    def start(self) -> Moment | Provisional | None:
        """When it begins."""
        return _perhaps(self.event.start, provisional=self.event.provisional)

    @property
    def end(self) -> Moment | Provisional | None:
        """When it ends."""
        return _perhaps(self.event.end, provisional=self.event.provisional)

    @property
    def room(self) -> str:
        """The room, as it stands in letter.toml."""
        return self.event.room

    @property
    def provisional(self) -> bool:
        """Whether it is still to be confirmed."""
        return self.event.provisional


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A contact or signatory as fields see it."""

    template_fields: ClassVar[frozenset[str]] = frozenset({"name", "title", "gender", "tel", "fax", "email"})
    name: str
    gender: str = ""
    title: str | NoWords = ""
    tel: str = ""
    fax: str = ""
    email: str = ""


def _perhaps(moment: Moment | None, *, provisional: bool) -> Moment | Provisional | None:
    return Provisional(moment) if provisional and moment is not None else moment


def name_in(person: Contact | Signatory, language: str) -> str:
    """Return a person's name in the form that a language's script has for it."""
    return person.names.get(language, person.name)


def shown_reference(letter: Letter, office: Office) -> str:
    """Return the reference; while no number is reserved, the series' pattern with dots in its place."""
    if letter.reference or letter.series not in office.series:
        return letter.reference
    before, _, rest = office.series[letter.series].pattern.partition("{n")
    year = letter.date.year
    pattern = f"{before}…{rest.partition('}')[2]}"
    return pattern.replace("{yy}", f"{year % 100:02}").replace("{yyyy}", f"{year:04}")


def phrase_if_any(locale: Locale, kind: str, key: str, gender: str = "") -> str | NoWords:
    """Return the phrase of a key; of an empty key, nothing."""
    try:
        return locale.phrase(kind, key, gender) if key else ""
    except MissingWords as missing:
        return NoWords(f"{missing} {missing.hint}")


def _place(key: str, locale: Locale) -> str | NoWords:
    name = phrase_if_any(locale, "place", key)
    return PlaceName(name, key) if isinstance(name, str) and name else name


def build_scope(letter: Letter, office: Office, locale: Locale, texts: Mapping[str, str]) -> Scope:
    """Return what fields may name, except ``recipient``. ``texts`` are [texts] in the locale's language."""
    signatory = office.signatories.get(letter.signatory)
    return {
        "reference": shown_reference(letter, office),
        "file_reference": letter.file_reference,
        "date": letter.date,
        "place": _place(letter.place, locale),
        "unit": phrase_if_any(locale, "unit", letter.unit),
        "kind": str(letter.kind),
        "deadlines": {key: _deadline(deadline) for key, deadline in letter.deadlines.items()},
        "events": {
            key: PlacedEvent(event=event, place=_place(event.place, locale)) for key, event in letter.events.items()
        },
        "links": _links(letter, locale.tag),
        "facts": letter.facts,
        "texts": texts,
        "contacts": _contacts(office, locale),
        "signatory": _signatory(signatory, locale),
        "office": {
            "name": locale.phrase("office", office.name),
            "place": _place(office.place, locale),
        },
    }


def _links(letter: Letter, language: str) -> dict[str, str]:
    """Return the links of a language; of one that the letter does not go out in, those of the source."""
    tag = language if language in letter.languages else letter.source
    return {key: link[tag] for key, link in letter.links.items() if tag in link}


def _deadline(deadline: Deadline) -> DatedDeadline:
    moment = Provisional(deadline.date) if deadline.provisional else deadline.date
    return DatedDeadline(date=moment, provisional=deadline.provisional)


def _contacts(office: Office, locale: Locale) -> dict[str, Person]:
    """Return every contact of the office; a hyphen in its key is ``_`` in a field, where it would be a minus."""
    contacts: dict[str, Person] = {}
    for key, contact in office.contacts.items():
        contacts[key.replace("-", "_")] = Person(
            name=name_in(contact, locale.tag),
            gender=contact.gender,
            tel=contact.tel,
            fax=contact.fax,
            email=contact.email,
        )
    return contacts


def _signatory(signatory: Signatory | None, locale: Locale) -> Person:
    if signatory is None:
        return Person(name="")
    title = phrase_if_any(locale, "title", signatory.title, signatory.gender)
    return Person(name=name_in(signatory, locale.tag), gender=signatory.gender, title=title)
