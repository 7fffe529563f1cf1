"""Facts in the words of a draft: days, hours, figures, references, links and contacts become fields.

A field is put in only where it prints what the draft says, in one of the language's forms; where only marks or case
differ, it is put in and a person is told; where the house has no such form, the words stay as they are, the fact is
proposed all the same, and a person is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo

from letters.checks.figures import scale_after
from letters.drafts.addresses import Addresses
from letters.drafts.around import YEARS, around, asked_by, asked_in, beside, days_in, due_by, hours_in
from letters.drafts.framing import plain
from letters.drafts.model import Noted, Paragraph
from letters.drafts.words import YEARLY
from letters.model import Deadline, Event
from locales.addresses import WEB_ADDRESS
from locales.date_reading import Stated, StatedDate
from locales.dates import Moment, Month, MonthDay, last_day
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.locale import Locale
from locales.time_reading import StatedTime

_LONG = timedelta(days=330)  # so far ahead, a day without a year may have been this year's
LEAST_FIGURE = 100  # smaller numbers are words of the language rather than facts
_FIGURE = re.compile(r"(?<![\w.,/+-])(?:\d{1,3}(?:[ .,'’]\d{3})+|\d{3,9})(?![\w/]|[.,-]\d)")
_REFERENCE = re.compile(
    r"(?<![\w/])(?:[A-Z]{1,4}(?:/[A-Z]{2,6})*/\d{1,3}(?:/\d{1,4})?|[A-Z]{2,6}-\d{2}/\d{1,4})(?![\w/])"
)
_NAMED = re.compile(
    r"(?:r[eé]solu[ct]i[oó]ns?|резолюци\w+|决议|القرار|第(?=\d{1,3}/\d{1,4}号决议))\s*(?:n[°º]\s*|№\s*)?(?P<label>\d{1,3}/\d{1,4})(?![\w/])",
    re.IGNORECASE,
)
_UTC = re.compile(r"\s*\(?(?:UTC|GMT|TUC|ВСВ)\b")


@dataclass(frozen=True, slots=True)
class Put:
    """Markdown, mostly a field, that takes the place of characters of a paragraph."""

    start: int
    end: int
    markdown: str
    printed: str  # what it will print


@dataclass(slots=True, kw_only=True)
class Facts:
    """The facts proposed, by key; ``where`` says for each dotted name where the draft states it, in which words."""

    events: dict[str, Event] = field(default_factory=dict)
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    asks: dict[str, str] = field(default_factory=dict)  # deadline -> what is asked
    figures: dict[str, int | str | date] = field(default_factory=dict)
    relates: list[str] = field(default_factory=list)  # references of earlier letters of this office
    where: dict[str, tuple[str, str]] = field(default_factory=dict)

    def new_key(self, group: Mapping[str, object], name: str) -> str:
        """Return a key that the group does not have yet."""
        number = 1
        while (key := name if number == 1 else f"{name}_{number}") in group:
            number += 1
        return key


class Stater:
    """Finds the facts of a draft's paragraphs, one after another; what they have in common is one fact."""

    def __init__(
        self, locale: Locale, written: date, zone: tzinfo, addresses: Addresses, ours: Iterable[re.Pattern[str]]
    ) -> None:
        self.locale = locale
        self.written = written
        self.zone = zone
        self.addresses = addresses
        self.ours = tuple(ours)
        self.facts = Facts()
        self.noted: list[Noted] = []
        self.due_in = ""  # the words of a table's row whose days are deadlines; empty elsewhere
        self._stated: tuple[StatedDate, ...] = ()  # the days of the paragraph that is read

    def puts(self, paragraph: Paragraph) -> tuple[Put, ...]:
        """Return what is to be put into a paragraph, in order; places do not overlap."""
        text = re.sub(r"[\u00a0\u202f\u2009]", " ", paragraph.text)  # places stay
        found: list[Put] = []
        for finder in (self._addresses, self._references, self._days, self._figures):
            taken = [(put.start, put.end) for put in found] + self._linked(paragraph)
            free = text if finder == self._addresses else _blanked(text, taken)
            found += [put for put in finder(paragraph, free) if _is_free(put, taken)]
        return tuple(sorted(found, key=lambda put: put.start))

    def note(self, paragraph: Paragraph, words: str, made: str, todo: str = "") -> None:
        """Tell a person."""
        self.noted.append(Noted(paragraph.place, words, made, todo))

    @staticmethod
    def _linked(paragraph: Paragraph) -> list[tuple[int, int]]:
        """Return where links stand whose words are addresses: they are made as a whole."""
        found: list[tuple[int, int]] = []
        at = 0
        for span in paragraph.spans:
            if span.target and (WEB_ADDRESS.search(span.text) or "@" in span.text):
                found.append((at, at + len(span.text)))
            at += len(span.text)
        return found

    # Addresses and references

    def _addresses(self, paragraph: Paragraph, text: str) -> Iterator[Put]:
        for start, end, markdown, printed in self.addresses.puts(paragraph, text, self._linked(paragraph)):
            yield Put(start, end, markdown, printed)

    def _references(self, paragraph: Paragraph, text: str) -> Iterator[Put]:
        spots = [(match.start(), match.end()) for match in _REFERENCE.finditer(text)]
        spots += [match.span("label") for match in _NAMED.finditer(text)]
        for start, end in spots:
            label = text[start:end]
            name = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
            key = self._figure(label, name if name[:1].isalpha() else f"resolution_{name}", paragraph, label)
            if any(made.fullmatch(label) for made in self.ours) and label not in self.facts.relates:
                self.facts.relates.append(label)
            yield Put(start, end, f"{{{{ facts.{key} }}}}", label)

    def _figure(self, value: int | str | date, name: str, paragraph: Paragraph, words: str) -> str:
        """Return the key of a fact of this value; a new one is noted where it stands."""
        for key, known in self.facts.figures.items():
            if known == value and type(known) is type(value):
                return key
        key = self.facts.new_key(self.facts.figures, name)
        self.facts.figures[key] = value
        self.facts.where[f"facts.{key}"] = paragraph.place, words
        self.note(paragraph, words, f"facts.{key} = {value}")
        return key

    # Days and hours

    def _days(self, paragraph: Paragraph, text: str) -> Iterator[Put]:
        dates = self._stated = days_in(text, self.locale)
        times = [found for found in hours_in(text, self.locale) if not any(_overlap(found, day) for day in dates)]
        at_once = [(day.start, day.end) for day in dates]
        for stated in dates:
            if at_once.count((stated.start, stated.end)) > 1:  # two days in one place: «20 and 25 March»
                self.note(paragraph, stated.text, "two days, left as words", "Name each in letter.toml, and print it.")
                continue
            hours = beside(stated, times, text)
            if hours is not None:
                times.remove(hours)
            yield from self._day(paragraph, text, stated, hours)
        for left in times:
            todo = "Give an event its start with hours, and print it: {{ events.… | time }}."
            self.note(paragraph, left.text, "hours without a day, left as words", todo)

    def _day(self, paragraph: Paragraph, text: str, stated: StatedDate, hours: StatedTime | None) -> Iterator[Put]:
        if YEARLY.match(text, stated.end):
            self.note(paragraph, stated.text, "a day of every year, left as words")
            return
        first, last = self._with_year(stated.first, paragraph, stated), self._with_year(stated.last, paragraph, stated)
        if first is None and last is None:
            if not (self.noted and self.noted[-1].words == stated.text):
                self.note(paragraph, stated.text, "no calendar has this day", "Correct it in body.md.")
            return
        single = first is None or last is None or first == last
        due = due_by(text, stated, self.locale.tag) or ("by" if self.due_in else "")
        latest = last or first
        assert latest is not None  # noqa: S101 - one of the two is there
        moment = self._moment(latest, hours, text) if single else None
        if single and due and _first_day(latest) >= self.written:
            name = self._deadline(paragraph, text, stated, moment or latest, early=due == "before")
        elif single and moment is None and _first_day(latest) < self.written:
            if latest.year not in YEARS:
                self.note(paragraph, stated.text, "left as words", "The year cannot be meant: correct it in body.md.")
                return
            value = str(latest) if isinstance(latest, Month) else latest
            name = f"facts.{self._figure(value, 'day', paragraph, stated.text)}"
        else:
            name = self._event(paragraph, stated, first, last, moment, hours)
        if self._is_provisional(text, (hours or stated).end):
            todo = f"Set provisional = true for {name} in letter.toml, and take «(…)» out of body.md."
            self.note(paragraph, stated.text, "is still to be confirmed", todo)
        yield from self._printed(paragraph, text, stated, name)
        if hours is not None:
            yield from self._printed_hours(paragraph, text, hours, name)

    def _is_provisional(self, text: str, end: int) -> bool:
        """Tell whether «(to be confirmed)» stands behind a date."""
        if not self.locale.has_phrase("label", "to-be-confirmed"):
            return False
        return text[end:].lstrip().startswith(self.locale.phrase("label", "to-be-confirmed"))

    def _with_year(self, day: Stated | None, paragraph: Paragraph, stated: StatedDate) -> date | Month | None:
        """Return a day with its year: that of the same day elsewhere in the draft, else the next one after its date."""
        if not isinstance(day, MonthDay):
            return day
        known = [
            moment.date() if isinstance(moment, datetime) else moment
            for moment in (*_moments(self.facts.events.values()), *(one.date for one in self.facts.deadlines.values()))
        ]
        same = [one for one in known if isinstance(one, date) and (one.month, one.day) == (day.month, day.day)]
        if same:
            return same[0]
        for year in range(self.written.year, self.written.year + 9):
            try:
                found = date(year, day.month, day.day)
            except ValueError:
                continue  # 29 February
            if found >= self.written + _LONG:
                todo = "This year or the next? Name it in letter.toml, and print it."
                self.note(paragraph, stated.text, "a day without a year that is just over, left as words", todo)
                return None
            if found >= self.written:
                self.note(paragraph, stated.text, f"taken for {found}", "The draft says no year: correct letter.toml.")
                return found
        return None

    def _moment(self, day: date | Month, hours: StatedTime | None, text: str) -> datetime | None:
        if hours is None or isinstance(day, Month):
            return None
        return datetime.combine(day, hours.first, self._zone(hours, text))

    def _zone(self, hours: StatedTime, text: str) -> tzinfo:
        return UTC if _UTC.match(text, hours.end) else self.zone

    def _deadline(self, paragraph: Paragraph, text: str, stated: StatedDate, moment: Moment, *, early: bool) -> str:
        for key, known in self.facts.deadlines.items():
            if known.date == moment or (isinstance(known.date, datetime) and known.date.date() == moment):
                return f"deadlines.{key}"
        what = asked_in(self.due_in, 0) if self.due_in else asked_by(text, stated, self._stated)
        what = what or "information"
        key = self.facts.new_key(self.facts.deadlines, what if what != "information" else "reply")
        self.facts.deadlines[key] = Deadline(key=key, date=moment, rule="before" if early else "by")
        self.facts.asks[key] = what
        self.facts.where[f"deadlines.{key}"] = paragraph.place, around(text, stated)
        rule = "before" if early else "by"
        self.note(paragraph, around(text, stated), f"deadlines.{key} = {rule} {moment}, asks: {what}", "Confirm both.")
        return f"deadlines.{key}"

    def _event(  # noqa: PLR0917 - what is stated, in its parts
        self, paragraph: Paragraph, stated: StatedDate, first: date | Month | None, last: date | Month | None,
        moment: datetime | None, hours: StatedTime | None,
    ) -> str:  # fmt: skip
        start: Moment | None = first
        end: Moment | None = None if first == last else last
        if moment is not None:
            start, end = moment, None
            if hours is not None and hours.last is not None and hours.last > hours.first:
                end = datetime.combine(moment.date(), hours.last, moment.tzinfo)
        for key, known in self.facts.events.items():
            if (known.start, known.end) == (start, end) or (end is None and moment is None and _is_on(known, start)):
                return f"events.{key}"
        if moment is None and end is None:
            for key, due in self.facts.deadlines.items():
                if due.date == start:
                    return f"deadlines.{key}"
        key = self.facts.new_key(self.facts.events, "event")
        self.facts.events[key] = Event(key=key, start=start, end=end)
        self.facts.where[f"events.{key}"] = paragraph.place, stated.text
        until = f" to {end}" if end is not None else ""
        self.note(
            paragraph, stated.text, f"events.{key} = {start or ''}{until}", "Confirm it, and give it a better name."
        )
        return f"events.{key}"

    # Choosing the form

    def _printed(self, paragraph: Paragraph, text: str, stated: StatedDate, name: str) -> Iterator[Put]:
        said = text[stated.start : stated.end]
        forms = list(self._forms(name))
        # The dot of «15 mars.» may end the sentence; that of «2022 г.» belongs to the date.
        ends = [len(said), len(said) - 1] if said.endswith(".") else [len(said)]
        for end in ends:
            for cut in _beginnings(said):
                for printed, source in forms:
                    if _same(printed, said[cut:end]):
                        yield Put(stated.start + cut, stated.start + end, f"{{{{ {source} }}}}", printed)
                        return
        for cut in _beginnings(said):
            for printed, source in forms:
                if plain(printed) == plain(said[cut : ends[-1]]):
                    self.note(
                        paragraph, said[cut:], f"is printed as «{printed}»", "Nothing, if the house's form will do."
                    )
                    yield Put(stated.start + cut, stated.start + ends[-1], f"{{{{ {source} }}}}", printed)
                    return
        house = next(iter(forms), ("", name))
        todo = f"The house writes «{house[0]}»: put {{{{ {house[1]} }}}} there."
        self.note(paragraph, said, "left as words: no form of the house prints it so", todo)

    def _forms(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield what the fields of a fact print, and the fields, the plainest first."""
        group, _, key = name.partition(".")
        if group == "events":
            event = self.facts.events[key]
            one_day = event.end is None or (isinstance(event.end, datetime) and isinstance(event.start, datetime))
            if event.start is not None and one_day:
                yield from self._dates(event.start, f"{name}.start")
            for form in RANGE_FORMS if not (event.end is None and isinstance(event.start, datetime)) else ():
                yield self.locale.range(event.start, event.end, form), _filtered(name, "range", form)
        elif group == "deadlines":
            yield from self._dates(self.facts.deadlines[key].date, name)
        else:
            value = self.facts.figures[key]
            if isinstance(value, date):
                yield from self._dates(value, name)
            elif isinstance(value, str):
                year, _, month = value.partition("-")
                yield from self._dates(Month(int(year), int(month)), name)

    def _dates(self, moment: Moment, source: str) -> Iterator[tuple[str, str]]:
        for form in DATE_FORMS:
            yield self.locale.date(moment, form), _filtered(source, "date", form)

    def _printed_hours(self, paragraph: Paragraph, text: str, hours: StatedTime, name: str) -> Iterator[Put]:
        group, _, key = name.partition(".")
        if group == "events":
            event = self.facts.events[key]
            start, end = event.start, event.end if hours.last is not None else None
            source = name if hours.last is not None or event.end is None else f"{name}.start"
        else:
            start, end = self.facts.deadlines[key].date if group == "deadlines" else None, None
            source = name
        if isinstance(start, datetime) and (end is None or isinstance(end, datetime)):
            for form in ("zone", "plain"):
                printed = self.locale.time(start, end, form).replace("\u00a0", " ")
                if text.startswith(printed, hours.start):
                    shown = f'{source} | time("zone")' if form == "zone" else f"{source} | time"
                    yield Put(hours.start, hours.start + len(printed), f"{{{{ {shown} }}}}", printed)
                    return
        todo = f"The house writes hours otherwise: {{{{ {source} | time }}}}."
        self.note(paragraph, hours.text, "left as words: no form of the house prints it so", todo)

    # Figures

    def _figures(self, paragraph: Paragraph, text: str) -> Iterator[Put]:
        for match in _FIGURE.finditer(text):
            digits = re.sub(r"\D", "", match[0])
            value = int(digits) if len(digits) <= 15 else 0
            is_year = match[0].isdigit() and value in YEARS
            if value < LEAST_FIGURE or is_year or scale_after(text, match.end()):
                continue
            grouped = self.locale.number(value)
            if _same(grouped, match[0]):
                suffix = " | number" if grouped != str(value) else ""
            elif match[0] == str(value):
                suffix = ""
            else:
                self.note(paragraph, match[0], "left as words", f"The house writes «{grouped}»: make it a fact.")
                continue
            key = self._figure(value, "figure", paragraph, match[0])
            yield Put(match.start(), match.end(), f"{{{{ facts.{key}{suffix} }}}}", match[0])


def _filtered(source: str, name: str, form: str) -> str:
    return f"{source} | {name}" if form == "prose" else f'{source} | {name}("{form}")'


def _same(printed: str, said: str) -> bool:
    return " ".join(printed.split()) == " ".join(said.split())


def _is_free(put: Put, taken: Iterable[tuple[int, int]]) -> bool:
    return all(put.end <= start or put.start >= end for start, end in taken)


def _blanked(text: str, taken: Iterable[tuple[int, int]]) -> str:
    """Return a text in which nothing is found where something stands already."""
    for start, end in taken:
        text = text[:start] + "_" * (end - start) + text[end:]
    return text


def _overlap(one: StatedTime, other: StatedDate) -> bool:
    return one.start < other.end and other.start < one.end


def _beginnings(said: str) -> Iterator[int]:
    """Yield where the words of a date may begin: leaving out «from» or «Le» that no form of it has."""
    yield from dict.fromkeys((0, *(match.end() for match in re.finditer(r"\s+|^\D+(?=\d)", said))))


def _first_day(moment: date | Month) -> date:
    return moment.last if isinstance(moment, Month) else moment


def _is_on(event: Event, day: Moment | None) -> bool:
    """Tell whether an event is some hours of a day."""
    return isinstance(event.start, datetime) and event.start.date() == day


def _moments(events: Iterable[Event]) -> Iterator[Moment]:
    for event in events:
        if event.start is not None:
            yield event.start
        if event.end is not None:
            yield last_day(event.start, event.end)
