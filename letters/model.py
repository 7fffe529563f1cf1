"""A letter's facts as typed values (letter.toml, docs/secretariat.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from locales.dates import Moment, Month, day_of
from office.expressions import Expression


class Kind(StrEnum):
    """What sort of document the letter is."""

    CIRCULAR = "circular"
    CALL = "call"
    INVITATION = "invitation"
    CONSULTATION = "consultation"
    COLLECTIVE = "collective"
    NOTE_VERBALE = "note-verbale"
    ADDENDUM = "addendum"
    CORRIGENDUM = "corrigendum"


class Signature(StrEnum):
    """How the signature is shown."""

    ORIGINAL_SIGNED = "original-signed"
    SIGNED = "signed"
    FACSIMILE = "facsimile"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom the letter is for: a list, perhaps a part of it, and how these addressees are spoken to.

    ``name`` is the class (default: the list's name). ``collective`` addresses use the plural or mixed
    salutation for all; personal ones go by the addressee's role and gender. ``bilingual`` are the two languages in
    which each of them gets the letter, both in one; empty for one language each.
    """

    list_name: str
    where: Expression | None = None
    name: str
    lines: tuple[str, ...] = ()
    collective: bool = True
    salutation: str
    closing: str
    bilingual: tuple[str, ...] = ()
    line: int | None = None  # of letter.toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A meeting, a phase, a conference. ``end`` is None for a single moment; ``start`` for an open one."""

    template_fields: ClassVar[frozenset[str]] = frozenset({"start", "end", "place", "room", "provisional"})
    key: str
    start: Moment | None = None
    end: Moment | None = None
    place: str = ""
    room: str = ""
    provisional: bool = False
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The moment until which an answer is in time.

    ``before`` cuts off at 00:00 of its day (of its first, for a month), ``by`` at 24:00 of its last, both in the
    office's zone; a date-time cuts off at that moment. Nobody is late for a provisional one.
    """

    template_fields: ClassVar[frozenset[str]] = frozenset({"date", "provisional"})
    key: str
    date: Moment
    rule: Literal["before", "by"] = "by"
    provisional: bool = False
    line: int | None = None

    def cut_off(self, zone: ZoneInfo) -> datetime:
        """Return the first moment, aware, at which an answer is late."""
        if isinstance(self.date, datetime):
            return self.date if self.date.tzinfo else self.date.replace(tzinfo=zone)
        if self.rule == "by":
            day = day_of(self.date) + timedelta(days=1)
        else:
            day = self.date.first if isinstance(self.date, Month) else self.date
        return datetime.combine(day, time(0), tzinfo=zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is asked of each party; the register has one state per party and ask.

    ``event`` is the key of the event that is asked about: with a calendar attached, it becomes an invitation.
    """

    id: str
    what: str
    deadline: str = ""
    event: str = ""
    reply: tuple[str, ...] = ("mail",)
    expected: bool = True
    remind: tuple[str, ...] = ()
    line: int | None = None


CONTINUING = ("corrects", "adds-to")  # relations to a letter whose conversation goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """How the letter relates to an earlier one."""

    to: str
    relation: Literal["renews", "adds-to", "corrects", "refers-to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Everything that letter.toml says, checked for shape; ``slug`` is the folder's name.

    ``reference`` is empty until a number of ``series`` is reserved. ``links`` map a key to one address per
    language (a single address with ``{lang}`` is expanded); ``undated`` names events and deadlines (``events.forum``)
    that still have no date; ``addressees`` are all on the ``lists``, or of these the ``same`` to whom the letter went
    that this one continues; and ``to_confirm`` names what was taken over from an earlier
    letter and nobody has confirmed yet; ``copies`` are the keys of the lines of those who get a copy; with
    ``reply_form``, a form made of the asks is the last annex; ``lines`` map dotted keys of letter.toml to lines.
    """

    slug: str
    reference: str = ""
    series: str = ""
    file_reference: str = ""
    kind: Kind = Kind.CIRCULAR
    date: date
    place: str = ""
    unit: str = ""
    source: str = "en"
    languages: tuple[str, ...] = ("en",)
    signatory: str
    signature: Signature = Signature.ORIGINAL_SIGNED
    contacts: tuple[str, ...] = ()
    relates: tuple[Relation, ...] = ()
    attach: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    reply_form: bool = False
    audiences: tuple[Audience, ...] = ()
    addressees: Literal["same", "lists"] = "lists"
    events: Mapping[str, Event] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    undated: frozenset[str] = frozenset()
    to_confirm: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def list_names(self) -> tuple[str, ...]:
        """The lists that the audiences name, once each, in their order."""
        return tuple(dict.fromkeys(audience.list_name for audience in self.audiences))

    @property
    def continues(self) -> Relation | None:
        """The letter that this one, a corrigendum or an addendum, continues: the first that it names as such."""
        return next((relation for relation in self.relates if relation.relation in CONTINUING), None)

    @property
    def reminds(self) -> bool:
        """Whether anybody is ever reminded of an ask."""
        return any(ask.expected and ask.remind for ask in self.asks)
