"""Facts masked: fields, numbers and typed dates become placeholders, so that last year's sentence is found again.

The mark of a footnote is masked like a field. When a translation is used again, the facts of the new sentence are put
where those of the old one stood.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from locales.date_reading import read_dates
from locales.dates import Month
from locales.locale import load_locale
from locales.marks import FIELD, NOTE
from office.folding import with_ascii_digits

PLACES = {"field": "\ue000", "number": "\ue001", "date": "\ue002"}  # private use: no text may hold them
_MARK = re.compile(f"{FIELD.pattern}|{NOTE.pattern}")  # what the masks of fields stand for
_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)|\d+(?:[.,]\d+)*")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|[١٢۱۲]\d{3}|月")  # without one, a text is not searched for dates
_DIGIT = re.compile(r"\d")
_SEPARATORS = re.compile(r"[., \u00a0\u202f]")
_MOST_FACTS = 300  # of a text whose facts are put into another
_DATE_FORMS = ("prose", "block", "weekday", "dm", "of")
_RANGE_FORMS = ("prose", "on", "compact", "bare")
_ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class Fact:
    """A field, a number or a date that stands in a text. ``what`` tells which: two facts with the same are one fact."""

    kind: Literal["field", "number", "date"]
    text: str
    what: object
    start: int

    @property
    def end(self) -> int:
        """Return the place behind it."""
        return self.start + len(self.text)

    @property
    def form(self) -> str:
        """Return what stands behind the name of a field: its filters."""
        return FIELD.sub(r"\1", self.text).partition("|")[2].strip() if self.kind == "field" else ""


@dataclass(frozen=True)
class Masked:
    """A text with its facts. ``key`` is the text without them, white space made even."""

    text: str
    language: str
    facts: tuple[Fact, ...]

    @cached_property
    def key(self) -> str:
        """Return what two texts share that differ in their facts alone."""
        pieces, end = [], 0
        for fact in self.facts:
            pieces += [self.text[end : fact.start], PLACES[fact.kind]]
            end = fact.end
        return " ".join("".join([*pieces, self.text[end:]]).split())


@dataclass(frozen=True, slots=True)
class Refilled:
    """A translation with the facts of a new sentence. ``certain``: each that has changed was found and put in."""

    text: str
    certain: bool


def mask(text: str, language: str) -> Masked:
    """Find the facts of a text."""
    facts = [Fact("field", match[0], _name(match[0]), match.start()) for match in _MARK.finditer(text)]
    rest = _MARK.sub(lambda match: "\x00" * len(match[0]), text) if facts else text
    if _YEAR.search(rest) and _month_names(language).search(rest):
        dates = _dates(rest, language)
        for fact in dates:
            rest = rest[: fact.start] + "\x00" * len(fact.text) + rest[fact.end :]
        facts += dates
    facts += [Fact("number", match[0], _digits(match[0]), match.start()) for match in _NUMBER.finditer(rest)]
    return Masked(text, language, tuple(sorted(facts, key=lambda fact: fact.start)))


def key_of(text: str, language: str) -> str:
    """Return the key of a text, at less cost than `mask` where no date stands in it."""
    plain = _MARK.sub(PLACES["field"], text) if "{{" in text or "[^" in text else text
    if _DIGIT.search(plain):
        if _YEAR.search(plain) and _month_names(language).search(plain):
            return mask(text, language).key
        plain = _NUMBER.sub(PLACES["number"], plain)
    return " ".join(plain.split())


def refill(target: Masked, old: Masked, new: Masked) -> Refilled:
    """Put the facts of ``new`` into ``target``, the translation of ``old``."""
    if max(len(target.facts), len(old.facts), len(new.facts)) > _MOST_FACTS:
        return Refilled(target.text, old.text == new.text)
    places = _counterparts(old.facts, new.facts, same_key=old.key == new.key)
    pieces, end = [], 0
    certain = True
    used: set[int] = set()
    for fact in target.facts:
        sources = [
            place for place, source in enumerate(old.facts) if (source.kind, source.what) == (fact.kind, fact.what)
        ]
        counterparts = [places[place] for place in sources if place in places]
        pieces.append(target.text[end : fact.start])
        end = fact.end
        if not counterparts:
            pieces.append(fact.text)
            continue
        used.update(sources)
        said, fits = _replaced(fact, old.facts[sources[0]], new.facts[counterparts[0]], target.language)
        pieces.append(said)
        certain = certain and fits and len({new.facts[place].text for place in counterparts}) == 1
    changed = {
        place
        for place, fact in enumerate(old.facts)
        if place not in places or new.facts[places[place]].text != fact.text
    }
    missed = changed - used or len(places) < len(new.facts)
    return Refilled("".join([*pieces, target.text[end:]]), certain and not missed)


def _counterparts(old: Sequence[Fact], new: Sequence[Fact], *, same_key: bool) -> Mapping[int, int]:
    """Return which new fact stands for which old one, by their places.

    In sentences that differ in their facts alone the order tells; else the same fact, and what is left of a kind if
    as much is left on both sides.
    """
    if same_key:
        return {place: place for place in range(len(old))}
    pairs: dict[int, int] = {}
    for is_same in (_are_one, _are_alike):
        for place, fact in enumerate(old):
            if place in pairs:
                continue
            taken = set(pairs.values())
            open_places = [at for at, other in enumerate(new) if at not in taken and is_same(fact, other)]
            rivals = [at for at, other in enumerate(old) if at not in pairs and is_same(other, fact)]
            if open_places and (is_same is _are_one or len(rivals) == len(open_places)):
                pairs[place] = open_places[0]
    return pairs


def _are_one(one: Fact, other: Fact) -> bool:
    return (one.kind, one.what) == (other.kind, other.what)


def _are_alike(one: Fact, other: Fact) -> bool:
    return (one.kind, one.form) == (other.kind, other.form) and (one.kind != "field" or _root(one) == _root(other))


def _replaced(target: Fact, old: Fact, new: Fact, language: str) -> tuple[str, bool]:
    """Return what stands in the translation for a fact, and whether that is sure to be right."""
    if new.text == old.text:
        return target.text, True
    if target.kind == "field":
        if new.form != old.form:
            return new.text, False
        return target.text.replace(str(target.what), str(new.what), 1), _root(new) == _root(old)
    if new.what == old.what:
        return target.text, True
    if target.kind == "number":
        return _number_like(target.text, old.text, new.text)
    return _date_like(target, new, language)


def _number_like(target: str, old: str, new: str) -> tuple[str, bool]:
    """Write a number as the translation wrote the old one: digits of its script, separators of its language."""
    ours, theirs = _SEPARATORS.findall(new), _SEPARATORS.findall(target)
    said = new
    if ours:
        marks = iter(theirs)
        said = _SEPARATORS.sub(lambda match: next(marks, match[0]), new)
    fits = len(ours) == len(theirs) == len(_SEPARATORS.findall(old))
    if with_ascii_digits(target) != target:
        said = with_ascii_digits(said).translate(_ARABIC_DIGITS)
    return said, fits


def _date_like(target: Fact, new: Fact, language: str) -> tuple[str, bool]:
    """Write a date in the form in which the translation wrote the old one; in running text's if that is not known."""
    fresh = _printed(new, language)
    before = {form: _even(said) for form, said in _printed(target, language).items()}
    form = next((form for form, said in before.items() if form in fresh and said == _even(target.text)), "")
    return fresh.get(form) or next(iter(fresh.values()), new.text), bool(form)


def _printed(fact: Fact, language: str) -> Mapping[str, str]:
    """Return a date in each of its forms in a language; nothing for one that has no year, or an open end."""
    locale = load_locale(language)
    match fact.what:
        case (date() | Month() as first, date() | Month() as last):
            dates = {form: locale.date(first, form) for form in _DATE_FORMS} if first == last else {}
            return dates | {f"range {form}": locale.range(first, last, form) for form in _RANGE_FORMS}
    return {}


@lru_cache(maxsize=8)
def _month_names(language: str) -> re.Pattern[str]:
    """Return what finds the beginning of a month's name, or a date in figures: without one there is no date."""
    formats = load_locale(language).formats
    names = {name[:3] for said in (*formats.months.values(), formats.reading_months) for name in said}
    return re.compile("|".join([*map(re.escape, sorted(names)), r"\d[./-]\d", "月"]), re.IGNORECASE)


def _dates(text: str, language: str) -> list[Fact]:
    found: list[Fact] = []
    for stated in read_dates(text, load_locale(language)):
        if (stated.first or stated.last) and (not found or stated.start >= found[-1].end):
            found.append(Fact("date", stated.text, (stated.first, stated.last), stated.start))
    return found


def _name(field: str) -> str:
    return FIELD.sub(r"\1", field).partition("|")[0].strip()


def _root(fact: Fact) -> str:
    return str(fact.what).partition(".")[0]


def _digits(number: str) -> str:
    return _SEPARATORS.sub("", with_ascii_digits(number))


def _even(text: str) -> str:
    return " ".join(with_ascii_digits(text).split()).casefold()
