"""One language, with everything that a letter needs to be printed in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from locales.building import build_formats, dressed, dressed_entry
from locales.dates import Moment, Month, last_day
from locales.formats import TIME_FORMS, Formats, require_form
from locales.languages import LANGUAGES, direction
from locales.missing import MissingPhrase, UnknownLanguage
from locales.patterns import fill
from locales.phrases import Phrases
from locales.protocol import Protocol, Wording, build_protocol
from locales.sources import Source, built_in, overlay_findings, read_overlay, stamp
from locales.state_tables import states_stamp
from locales.tables import Table, as_table, lay_over
from locales.typography import Typography, build_typography
from office.files import Stamp
from office.model import Office

if TYPE_CHECKING:
    from locales.states import State

__all__ = ["Locale", "Wording", "load_locale", "office_locale", "overlay_findings"]

HOUSE_PROFILE = "itu"  # the built-in data are this house's; other profiles are laid over them
UTC = ZoneInfo("UTC")
Home = tuple[ZoneInfo, str]
MEMORY = 10_000  # printed dates remembered per language: a letter has a few dozen


class Locale:
    """Dates, numbers, phrases and protocol of one language, in the house's typographic profile.

    ``home`` is where the office's clocks stand: the zone and the key of the place by which its time is called.
    ``overlay`` is the office's folder ``locales``, where its own names of States are.
    """

    def __init__(
        self,
        tag: str,
        *,
        formats: Formats,
        phrases: Phrases,
        protocol: Protocol,
        typography: Typography,
        home: Home,
        overlay: Path | None = None,
    ) -> None:
        self.tag = tag
        self.direction: Literal["ltr", "rtl"] = direction(tag)
        self.typography = typography
        self.home = home
        self.formats = formats
        self._phrases = phrases
        self.protocol = protocol
        self._overlay = overlay
        self._states: dict[str, State] = {}  # by code and by the name that is printed; read when first asked for
        self._memory: dict[tuple[object, ...], str] = {}

    @property
    def colon(self) -> str:
        """What stands between a label and its value."""
        return self.typography.colon

    @property
    def quotes(self) -> tuple[str, str]:
        """What stands around a title, with its inner spaces."""
        return self.typography.quotes

    def __repr__(self) -> str:
        return f"Locale({self.tag!r})"

    def date(self, moment: Moment, form: str = "prose") -> str:
        """Print a day or a month. Of a date-time, the day alone: `time` prints its hours.

        Forms: ``prose`` (running text), ``dm`` (without year), ``block`` (letterhead), ``weekday``, ``of`` (as a
        complement: «d'avril 2020», «января 2020 года»), and ``on`` (with the preposition of a time: «le 15 avril
        2022», «в январе 2020 года»). Raises ValueError for another.
        """
        plain = _without_hours(moment)
        key = ("date", plain, form)
        if key not in self._memory:
            self._remember(key, self.formats.date(plain, form))
        return self._memory[key]

    def range(self, start: Moment | None, end: Moment | None, form: str = "prose") -> str:
        """Print a range of days or months, both ends included; what lasts until midnight ends with the day before.

        Without an end it is a single moment; without a start it is open («jusqu'au 3 juin 2022»), in every form.
        Forms:
        ``prose`` with its preposition («du 27 au 31 mai 2024»; two adjacent days are named singly: «les 20 et
        21 mars 2018»), ``on`` (the same; two months are named singly too), ``compact`` («27-31 mai 2024»),
        ``bare`` («27 au 31 mai 2024»), ``from`` (as prose, but what has no end is open: «à compter du 27 mai 2024»).
        Raises ValueError for another form, or if both ends are None.
        """
        first = None if start is None else _without_hours(start)
        last = None if end is None else last_day(start, end)
        key = ("range", first, last, form)
        if key not in self._memory:
            self._remember(key, self.formats.range(first, last, form))
        return self._memory[key]

    def time(self, start: dt.datetime | dt.time, end: dt.datetime | dt.time | None = None, form: str = "plain") -> str:
        """Print a time of day or a span of hours, on the clock that the values carry: «16 h 00-17 h 00».

        The form ``zone`` says which clock that is: «16 h 00 (heure de Genève)». Raises ValueError for another form.
        """
        require_form(form, TIME_FORMS)
        return self.formats.time(start, end, zone=self.clock_of(start) if form == "zone" else "")

    def clock_of(self, moment: dt.datetime | dt.time) -> str:
        """Return what a clock is called: the office's «heure de Genève», «UTC», or the distance from it, «UTC-04:00».

        A moment without a zone, and one whose offset is the office's at that moment, is on the office's clock.
        """
        zone, place = self.home
        offset = moment.utcoffset()
        here = zone.utcoffset(moment) if isinstance(moment, dt.datetime) else None
        if offset is None or offset == here:
            return self.phrase("zone", place) if self.has_phrase("zone", place) else str(zone)
        if not offset:
            return self.phrase("zone", "utc")
        hours, minutes = divmod(abs(round(offset.total_seconds() / 60)), 60)
        return f"UTC{'-' if offset.days < 0 else '+'}{hours:02}:{minutes:02}"

    def number(self, value: float | Decimal) -> str:
        """Print a number with its digits grouped; raises ValueError for what is no ordinary number."""
        return self.formats.number(value)

    def percent(self, value: float | Decimal) -> str:
        """Print so many hundredths: 42 is «42 %»; raises ValueError as `number` does."""
        return self.formats.percent(value)

    def ordinal(self, value: int, form: str = "m") -> str:
        """Print a place in a row, «1er», «2nd»; raises ValueError (see `Formats.ordinal`)."""
        return self.formats.ordinal(value, form)

    def quote(self, text: str, *, inner: bool = False) -> str:
        """Put a title between the house's quotation marks."""
        return self.typography.quote(text, inner=inner)

    def join(self, items: Sequence[str]) -> str:
        """Join a list for running text: «A, B et C»."""
        return self.formats.join(items)

    def date_line(self, place: str, day: dt.date) -> str:
        """Print the letterhead's date line: «Genève, le 21 mars 2022». ``place`` is a key of places, or a name."""
        name = self.phrase("place", place) if self.has_phrase("place", place) else place
        return self.formats.date_line(name, day)

    def person(self, name: str, gender: str) -> str:
        """Put the courtesy title to a name; the name alone where the gender is not known."""
        return self.formats.person(name, gender)

    def phrase(self, kind: str, key: str, gender: str = "") -> str:
        """Return a fixed phrase. ``gender`` is ``m``, ``f`` or empty; raises MissingPhrase."""
        return self._phrases.phrase(kind, key, gender)

    def filled(self, kind: str, key: str, values: Mapping[str, str]) -> str:
        """Return a phrase with values put in where it has names in braces, such as ``{reference}``.

        A name that is not among the values stays as it stands. Raises MissingPhrase.
        """
        return fill(self.phrase(kind, key), lambda name: values.get(name, f"{{{name}}}"))

    def counted(self, kind: str, key: str, number: int, values: Mapping[str, str]) -> str:
        """Return a phrase that speaks of ``number`` things, in the form that CLDR's plural rules ask for.

        Its keys are ``key.one``, ``key.few`` and so on; where a form is missing, ``key.other`` stands for it.
        ``{count}`` is the number, printed; further names in braces come from ``values``. Raises MissingPhrase.
        """
        from babel.core import Locale as Cldr

        wanted = f"{key}.{Cldr.parse(self.tag).plural_form(number)}"
        chosen = wanted if self.has_phrase(kind, wanted) else f"{key}.other"
        return self.filled(kind, chosen, {"count": self.number(number), **values})

    def has_phrase(self, kind: str, key: str) -> bool:
        """Tell whether `phrase` has words for this key."""
        return self._phrases.has_phrase(kind, key)

    def keys(self, kind: str) -> frozenset[str]:
        """Return every key of a kind of phrase."""
        return self._phrases.keys(kind)

    def country(self, named: str, form: str = "short") -> str:
        """Return a State's name, as the United Nations has it, in one of `locales.state_tables.FORMS`.

        ``named`` is an ISO 3166 alpha-2 code, or a name by which `find_state` knows it, such as the short name that
        this language prints. Raises MissingPhrase for what is no State, ValueError for another form.
        """
        key = ("country", named, form)
        if key not in self._memory:
            self._remember(key, self.typography.dressed(self._state(named).name(self.tag, form)))
        return self._memory[key]

    def _state(self, named: str) -> State:
        from locales.states import find_state, office_states

        if not self._states:
            states = office_states(self._overlay)
            self._states = {one.name(self.tag): one for one in states.values()} | dict(states)
        found = self._states.get(named) or find_state(named)
        if found is None:
            raise MissingPhrase("country", named, self.tag)
        return self._states[found.iso2]

    def salutation(self, role: str, *, gender: str, collective: bool) -> Wording:
        """Return how to open a letter to this role; raises MissingWording.

        ``collective`` asks for the plural or mixed form; else ``gender`` decides, and where it is not known,
        the form that fits both.
        """
        return self.protocol.word("salutation", role, gender=gender, collective=collective)

    def closing(self, rank: str, salutation: Wording) -> Wording:
        """Return the complimentary close of a rank, repeating a salutation's vocative; raises MissingWording."""
        return self.protocol.closing(rank, salutation)

    def roles(self) -> frozenset[str]:
        """Return the roles that have a salutation."""
        return frozenset(self.protocol.roles())

    def ranks(self) -> frozenset[str]:
        """Return the ranks that have a complimentary close."""
        return frozenset(self.protocol.closings)

    def _remember(self, key: tuple[object, ...], text: str) -> None:
        if len(self._memory) >= MEMORY:
            self._memory.clear()
        self._memory[key] = text


def load_locale(
    tag: str, overlay: Path | None = None, *, profile: str = HOUSE_PROFILE, home: Home = (UTC, "utc")
) -> Locale:
    """Return a language, from memory where nothing has changed.

    ``overlay`` is an office's ``locales`` folder; what is faulty there is left out (`locales.sources.overlay_findings`
    says what). ``profile`` is the typographic house profile of office.toml, ``home`` the office's time zone and the
    key of its place. Raises UnknownLanguage.
    """
    if tag not in LANGUAGES:
        raise UnknownLanguage(tag)
    if overlay is None:
        return _load(tag, None, (), profile, home)
    return _load(tag, overlay / tag, (*stamp(overlay / tag), *states_stamp(overlay)), profile, home)


def office_locale(office: Office, tag: str) -> Locale:
    """Return a language as an office writes it: with its own data laid over, in its house profile."""
    home = (office.zone, office.place)
    return load_locale(tag, office.folder / "locales", profile=office.profile, home=home)


@lru_cache(maxsize=64)
def _load(tag: str, folder: Path | None, _stamp: Stamp, profile: str, home: Home) -> Locale:
    base = built_in(tag)
    own = Source(locale={}, protocol={}, phrases=())
    if folder is not None:
        own = read_overlay(folder, tag)
    typography = build_typography(tag, as_table(_laid(base.locale, own.locale, profile)["typography"]))
    return Locale(
        tag,
        formats=build_formats(_laid(dressed(base.locale, typography), own.locale, profile)),
        phrases=Phrases(tag, [dressed_entry(entry, typography) for entry in base.phrases], own.phrases),
        protocol=build_protocol(tag, dressed(base.protocol, typography), own.protocol),
        typography=typography,
        home=home,
        overlay=folder.parent if folder is not None else None,
    )


def _laid(base: Table, own: Table, profile: str) -> Table:
    data = lay_over(base, own)
    return lay_over(data, as_table(as_table(data.get("profiles")).get(profile)))


def _without_hours(moment: Moment) -> dt.date | Month:
    """The day as its own clock has it: equal date-times of two zones may fall on different days."""
    return moment.date() if isinstance(moment, dt.datetime) else moment
