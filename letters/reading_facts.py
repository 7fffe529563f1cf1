"""The facts of letter.toml: events, deadlines, asks, links, figures and short texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from letters.model import Ask, Deadline, Event
from locales.dates import Moment, day_of, parse_month
from office.characters import unfit_character
from office.findings import Level
from office.suggestions import did_you_mean
from office.tables import TableReader

WHAT = ("attendance", "statement", "contribution", "nomination", "registration", "information")
YEARS = range(1900, 2200)
MAX_NUMBER = 10**15
MAX_LINK = 2000  # characters; longer addresses are cut by mail programs
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_REMIND = re.compile(r"[+-]\d{1,3}d( cc)?")
_NOT_IN_LINKS = re.compile(r"[\s<>\"\\^`|{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the letter states, by key."""

    events: Mapping[str, Event] = field(default_factory=dict)
    deadlines: Mapping[str, Deadline] = field(default_factory=dict)
    links: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    undated: frozenset[str] = frozenset()  # dotted names of events and deadlines whose date is missing or wrong


def read_facts(table: TableReader, *, zone: ZoneInfo, languages: tuple[str, ...]) -> Facts:
    """Read all facts. Date-times without a zone are in ``zone``; links are expanded for ``languages``."""
    events_table, deadlines_table = table.table("events"), table.table("deadlines")
    events = {key: _event(key, entry, zone) for key, entry in events_table.tables() if _usable(events_table, key)}
    deadlines = {
        key: _deadline(key, entry, zone) for key, entry in deadlines_table.tables() if _usable(deadlines_table, key)
    }
    undated = [f"events.{key}" for key, event in events.items() if event.start is None and event.end is None]
    undated += [f"deadlines.{key}" for key, deadline in deadlines.items() if deadline is None]
    return Facts(
        undated=frozenset(undated),
        events=events,
        deadlines={key: deadline for key, deadline in deadlines.items() if deadline is not None},
        links=_links(table.table("links"), languages),
        facts=_figures(table.table("facts"), zone),
        texts=_texts(table.table("texts")),
    )


def _usable(table: TableReader, name: str) -> bool:
    """Tell whether a field such as {{ links.name }} can name it."""
    if _NAME.fullmatch(name):
        return True
    hint = "Use letters without accents, digits and _ only, beginning with a letter: fields must be able to name it."
    table.fault(name, "unusable-name", f"«{name}» cannot be used as a name in [{table.path}]", hint)
    return False


def read_moment(table: TableReader, key: str, zone: ZoneInfo | None = None) -> Moment | None:
    """Take a date, a date-time (without a zone of its own: in ``zone``) or a month such as "2020-01"."""
    value = table.raw(key)
    moment: Moment
    if value is None:
        return None
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=zone)
    elif isinstance(value, date):
        moment = value
    else:
        try:
            moment = parse_month(value if isinstance(value, str) else "")
        except ValueError:
            hint = f'Write {key} = 2022-03-21, {key} = 2022-03-21T16:00:00, or {key} = "2022-03" for a month.'
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", value):
                hint = f"Remove the quotation marks: {key} = {value}"
            table.fault(key, "not-a-date", f"«{key}» is not a date", hint)
            return None
    if moment.year not in YEARS:
        table.fault(key, "implausible-date", f"the year {moment.year} cannot be meant", "Correct the year.")
        return None
    return moment


def _is_before(one: Moment, other: Moment) -> bool:
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    return day_of(one) < day_of(other)


def _event(key: str, entry: TableReader, zone: ZoneInfo) -> Event:
    start, end = read_moment(entry, "start", zone), read_moment(entry, "end", zone)
    if start is None and end is None and not (entry.has("start") or entry.has("end")):
        entry.fault("start", "missing-key", f"the event «{key}» has no date", "Add start = 2022-05-30.")
    if start is not None and end is not None:
        if type(start) is not type(end):
            hint = "Use dates for both, times for both, or months for both."
            entry.fault("end", "mixed-dates", f"the event «{key}» begins and ends with different kinds of dates", hint)
            end = None
        elif _is_before(end, start):
            entry.fault(
                "end", "ends-before-start", f"the event «{key}» ends before it begins", "Correct one of the two."
            )
    event = Event(
        key=key,
        start=start,
        end=end,
        place=entry.text("place", ""),
        room=entry.text("room", ""),
        provisional=entry.flag("provisional", default=False),
        line=entry.line(),
    )
    entry.finish()
    return event


def _deadline(key: str, entry: TableReader, zone: ZoneInfo) -> Deadline | None:
    if not entry.has("date"):
        entry.fault("date", "missing-key", f"the deadline «{key}» has no date", "Add date = 2022-04-15.")
    moment = read_moment(entry, "date", zone)
    rule = entry.choice("rule", ("before", "by"), "by")
    provisional = entry.flag("provisional", default=False)
    entry.finish()
    if moment is None:
        return None
    return Deadline(
        key=key,
        date=moment,
        rule="before" if rule == "before" else "by",
        provisional=provisional,
        line=entry.line("date"),
    )


def read_asks(table: TableReader, facts: Facts) -> tuple[Ask, ...]:
    """Take what is asked; deadlines and links that it names must be there."""
    asks: list[Ask] = []
    for entry in table.array("asks"):
        ask = _ask(entry, facts)
        if ask.id and ask.id in {known.id for known in asks}:
            entry.fault("id", "given-twice", f"two asks are called «{ask.id}»", "Give each ask an id of its own.")
        elif ask.id:
            asks.append(ask)
    return tuple(asks)


def _ask(entry: TableReader, facts: Facts) -> Ask:
    name = entry.text("id")
    if entry.has("id") and not _ID.fullmatch(name):
        entry.fault("id", "unusable-name", f"«{name}» cannot be the id of an ask", "Use letters, digits, - and _.")
    deadline = entry.text("deadline", "")
    if deadline and deadline not in facts.deadlines and f"deadlines.{deadline}" not in facts.undated:
        hint = did_you_mean(deadline, facts.deadlines) or f"Add [deadlines.{deadline}] with its date."
        entry.fault("deadline", "unknown-deadline", f"the letter has no deadline «{deadline}»", hint)
    event = entry.text("event", "")
    if event and event not in facts.events:
        hint = did_you_mean(event, facts.events) or f"Add [events.{event}] with its start."
        entry.fault("event", "unknown-event", f"the letter has no event «{event}»", hint)
    ask = Ask(
        id=name,
        what=entry.choice("what", WHAT, "information") if entry.has("what") else entry.text("what"),
        deadline=deadline,
        event=event,
        reply=_replies(entry, facts),
        expected=entry.flag("expected", default=True),
        remind=_reminders(entry, deadline),
        line=entry.line(),
    )
    entry.finish()
    return ask


def _replies(entry: TableReader, facts: Facts) -> tuple[str, ...]:
    replies = entry.texts("reply", ("mail",))
    for number, reply in enumerate(replies):
        way, colon, link = reply.partition(":")
        if way == "link" and colon:
            if link not in facts.links:
                hint = did_you_mean(link, facts.links) or f'Add {link} = "https://…" under [links].'
                entry.fault(f"reply.{number}", "unknown-link", f"the letter has no link «{link}»", hint)
        elif reply not in {"mail", "post"}:
            hint = 'Choose "mail", "post" or "link:" with the name of a link.'
            entry.fault(f"reply.{number}", "unknown-value", f"one cannot reply by «{reply}»", hint)
    return replies


def _reminders(entry: TableReader, deadline: str) -> tuple[str, ...]:
    reminders = entry.texts("remind")
    for number, reminder in enumerate(reminders):
        if not _REMIND.fullmatch(reminder):
            hint = (
                'Write "-14d" for fourteen working days before the deadline, "+2d" for two after it, "+2d cc" to'
                " remind the Cc mailboxes too."
            )
            entry.fault(f"remind.{number}", "bad-reminder", f"«{reminder}» is not a day to remind on", hint)
    if reminders and not deadline:
        hint = "Give the ask a deadline, or remove remind."
        entry.fault("remind", "no-deadline", "reminders are set, but there is no deadline to count from", hint)
    return tuple(reminder for reminder in reminders if _REMIND.fullmatch(reminder))


def _links(table: TableReader, languages: tuple[str, ...]) -> dict[str, Mapping[str, str]]:
    links: dict[str, Mapping[str, str]] = {}
    for key in list(table.keys()):
        if not _usable(table, key):
            table.raw(key)
            continue
        if table.holds_table(key):
            links[key] = _link_per_language(table.table(key), languages)
            continue
        address = table.text(key)
        if _is_address(table, key, address.replace("{lang}", languages[0])):
            links[key] = {language: address.replace("{lang}", language) for language in languages}
    return links


def _link_per_language(table: TableReader, languages: tuple[str, ...]) -> dict[str, str]:
    addresses: dict[str, str] = {}
    for language in languages:
        if not table.has(language):
            hint = f'Add {language} = "https://…", or remove the language from the letter.'
            table.fault("", "link-without-language", f"«{table.path}» has no address for «{language}»", hint)
            continue
        address = table.text(language).replace("{lang}", language)
        if _is_address(table, language, address):
            addresses[language] = address
    table.finish()
    return addresses


def _is_address(table: TableReader, key: str, address: str) -> bool:
    reason = _refusal(address)
    if reason:
        table.fault(key, "bad-link", f"the link «{address[:80]}» {reason}", 'Write it like "https://www.example.int/".')
    return not reason


def _refusal(address: str) -> str:
    """Say why an address is no link for a letter; web addresses only (RFC 3986; RFC 9110, section 4.2)."""
    if len(address) > MAX_LINK:
        return f"is longer than {MAX_LINK} characters"
    if _NOT_IN_LINKS.search(address) or unfit_character(address):
        return "holds a space, a bracket or another character that an address cannot have ({lang} is allowed)"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"http", "https"}:
        return "does not begin with https:// or http://"
    return "" if host else "names no web site"


def _figures(table: TableReader, zone: ZoneInfo) -> dict[str, object]:
    figures: dict[str, object] = {}
    for key in list(table.keys()):
        value = table.raw(key)
        if not _usable(table, key):
            continue
        items = value if isinstance(value, list) else [value]
        if all(_is_figure(item) for item in items):
            aware = [
                item.replace(tzinfo=zone) if isinstance(item, datetime) and not item.tzinfo else item for item in items
            ]
            figures[key] = aware if isinstance(value, list) else aware[0]
        else:
            hint = "A fact is a number, a date, a text on one line, true or false, or a list of these."
            table.fault(key, "bad-fact", f"«{key}» cannot be printed as a fact", hint)
    return figures


def _is_figure(value: object) -> bool:
    match value:
        case bool() | time():
            return True
        case int() | float():
            return -MAX_NUMBER < value < MAX_NUMBER  # neither infinite nor NaN
        case date():  # and datetime
            return value.year in YEARS
        case str():
            return len(value) <= MAX_LINK and not unfit_character(value)
    return False


def _texts(table: TableReader) -> dict[str, str]:
    texts: dict[str, str] = {}
    for key in list(table.keys()):
        value = table.text(key)
        if not _usable(table, key):
            continue
        if not value.strip():
            table.fault(key, "empty-text", f"the text «{key}» is empty", "Write it, or remove the line.", Level.WARNING)
        texts[key] = value
    return texts
