"""A letter rendered in one language, and whether each fact that it states is found in what was rendered."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from letters.composed import Composed
from letters.daily import is_daily
from letters.days import days_in, days_of, is_among, strange_dates
from letters.segments import REMINDER, text_stems
from letters.stating import FRAME, Assumed, Statement, Stating
from locales.date_reading import Stated
from locales.languages import paired
from templates.forms import Value
from templates.merging import Merger
from templates.pdf.words import words_of_data
from templates.reading_back import folded_words, words_of_docx, words_of_html
from templates.rendering import Forms

OUTPUTS = {"docx": "Word document", "pdf": "PDF", "html": "HTML mail", "text": "plain text"}
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_YEAR_AFTER = re.compile(r",?\s(?:del?\s|عام\s|سنة\s)?\d{4}(?!\d)")
MAX_BRANCHES = 12  # conditions about the addressee whose sides are each rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A fact in one language. ``missing`` are the outputs that do not show it; all of them if no text states it."""

    printed: tuple[str, ...]
    missing: tuple[str, ...] = ()
    stated: bool = True

    @property
    def agrees(self) -> bool:
        """Whether the language states the fact, and every output shows it."""
        return self.stated and not self.missing


class Rendered:
    """A letter in one language, every class and the reminder rendered, and what it states.

    Where an audience gets this language and another in one letter, that letter is rendered as well.
    """

    def __init__(self, merger: Merger, language: str) -> None:
        self._merger = merger
        self._letter = merger.letter
        self._locale = merger.locale(language)
        self._stating = Stating(merger.letter, merger.office, language)
        self._copies: list[Copy] = []
        for name in dict.fromkeys(audience.name for audience in merger.letter.audiences):
            self._render(name, language, ())
        for audience in merger.letter.audiences:
            if language in audience.bilingual:
                others = [Stating(merger.letter, merger.office, tag) for tag in audience.bilingual if tag != language]
                self._render(audience.name, paired(audience.bilingual), others)

    def _render(self, name: str, tag: str, others: Sequence[Stating]) -> None:
        """Render the letter to a class, and its reminder; ``others`` state what stands beside this language."""
        letter = self._letter
        for assumed, words in _copies(*self._merger.compiled(tag, name)):
            beside = [item for other in others for item in other.letter_statements(name, assumed)]
            self._copies.append(Copy(self._stating.letter_statements(name, assumed), words, beside))
        if letter.reminds or REMINDER in text_stems(letter, self._merger.office):
            for assumed, words in _copies(*self._merger.reminder(tag, name)):
                beside = [item for other in others for item in other.reminder_statements(name, assumed)]
                self._copies.append(Copy(self._stating.reminder_statements(name, assumed), words, beside))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Everything that is stated, each part and fact once, in reading order."""
        found = dict.fromkeys((item.part, item.fact) for copy in self._copies for item in copy.statements)
        return tuple(sorted(found, key=lambda item: item[0] != FRAME))

    @cached_property
    def days(self) -> frozenset[Stated]:
        """Every day or month that the letter states beside its fields."""
        return frozenset().union(*(days_in(copy.left, self._locale) for copy in self._copies))

    def strange_dates(self, known: frozenset[Stated]) -> tuple[str, ...]:
        """Return the dates, as they are printed, that are not ``known``."""
        found = (strange for copy in self._copies for strange in strange_dates(copy.left, self._locale, known))
        return tuple(dict.fromkeys(found))

    def cell(self, part: str, fact: str) -> Cell:
        """Look a fact of the source up."""
        printed: dict[str, None] = {}
        missing: dict[str, None] = {}
        for copy in self._copies:
            for item in copy.statements:
                if (item.part, item.fact) == (part, fact):
                    printed[item.printed] = None
                    missing |= dict.fromkeys(copy.missing(item))
        if not printed:
            return self._typed(fact)
        return Cell(printed=tuple(printed), missing=tuple(name for name in OUTPUTS if name in missing))

    def _typed(self, fact: str) -> Cell:
        """Look a fact up that no field of this language states: its words may be typed, and right."""
        forms = self._stating.forms(fact)
        days = days_of(self._letter, fact)
        if days and all(any(is_among(typed, (day,)) for typed in self.days) for day in days):
            return Cell(printed=forms[:1])
        shown = () if days else (form for form in forms if any(copy.shows(form) for copy in self._copies))
        for form in shown:
            return Cell(printed=(form,))
        return Cell(printed=forms[:1], missing=tuple(OUTPUTS), stated=False)


def _copies(composed: Composed, forms: Forms) -> Iterator[tuple[Assumed, dict[str, str]]]:
    """Yield the master copy, and where the text has conditions about the addressee, copies for their other sides."""
    slots = composed.all_slots
    conditions = list(dict.fromkeys(spec.name for spec in slots if spec.kind == "truth" and not is_daily(spec.name)))
    assumptions = [Assumed()]
    if conditions:
        alone = conditions[:MAX_BRANCHES] if len(conditions) > 1 else []
        assumptions += [Assumed(frozenset()), *(Assumed(frozenset({name})) for name in alone)]
    for assumed in assumptions:
        values = tuple(
            assumed.holding is None or spec.name in assumed.holding if spec.name in conditions else spec.master
            for spec in slots
        )
        yield assumed, _words(forms, values)


def _words(forms: Forms, values: Sequence[Value]) -> dict[str, str]:
    return {
        "docx": folded_words(words_of_docx(forms.docx_for(values))),
        "pdf": folded_words(words_of_data(forms.pdf.data_for(values))) if forms.pdf is not None else "",
        "html": folded_words(words_of_html(forms.html_for(values))),
        "text": folded_words(forms.text_for(values)),
    }


class Copy:
    """One rendered copy with what it is to state: each form is looked for as often as it is stated.

    ``beside`` is what the other language of a bilingual letter states in it.
    """

    def __init__(self, statements: Sequence[Statement], words: Mapping[str, str], beside: Sequence[Statement]) -> None:
        self.statements = statements
        everything = [*statements, *beside]
        self._forms = {printed: folded_words(printed) for printed in {item.printed for item in everything}}
        wanted = Counter(form for item in everything if (form := self._forms[item.printed]))
        self._lacking: dict[str, set[str]] = {}
        self._left: dict[str, str] = {}
        for output, text in words.items():
            self._lacking[output], self._left[output] = _not_found(wanted, text)

    @property
    def left(self) -> str:
        """What the plain text says beside the forms found."""
        return self._left["text"]

    def missing(self, statement: Statement) -> list[str]:
        """Return the outputs that do not show what is stated, or not as often as it is stated."""
        form = self._forms[statement.printed]
        return [output for output, lacking in self._lacking.items() if form in lacking]

    def shows(self, form: str) -> bool:
        """Tell whether every output shows a form somewhere beside what fields have printed."""
        pattern = _alone(folded_words(form))
        return all(pattern.search(text) for text in self._left.values())


def _not_found(wanted: Counter[str], text: str) -> tuple[set[str], str]:
    """Return the forms that a text has too seldom, and the text without those found.

    The longest come first, so that «15 April» is not found within «15 April 2022»; but where the longer one stands more
    often than it is stated, the shorter one may be within it: «第{{ facts.n }}阶段» beside «{{ facts.n | ordinal }}».
    """
    lacking: set[str] = set()
    spare = text  # without as many of each form as are stated
    for form in sorted(wanted, key=len, reverse=True):
        pattern = _alone(form)
        found = _places(form, pattern, spare)
        if len(found) < wanted[form]:
            pattern = _whole(form)
            found = _places(form, pattern, spare)
        if len(found) < wanted[form]:
            lacking.add(form)
        spare = _without(found[: wanted[form]], spare)
        text = _without(_places(form, pattern, text), text)
    return lacking, text


def _places(form: str, pattern: re.Pattern[str], text: str) -> list[re.Match[str]]:
    """Return where a form stands in a text by its pattern; looking for the plain form first is what makes it quick."""
    found: list[re.Match[str]] = []
    at = text.find(form)
    while at >= 0:
        match = pattern.match(text, at)
        if match is not None:
            found.append(match)
        at = text.find(form, at + 1 if match is None else match.end())
    return found


def _without(found: Sequence[re.Match[str]], text: str) -> str:
    pieces: list[str] = []
    end = 0
    for match in found:
        pieces += [text[end : match.start()], _blank(match)]
        end = match.end()
    return "".join([*pieces, text[end:]])


def _blank(match: re.Match[str]) -> str:
    return match[0] if _gets_a_year(match) else "\ufffc"


def _gets_a_year(match: re.Match[str]) -> bool:
    """Tell whether a year is typed beside a day that is printed without one: together they are another date."""
    if _YEAR.search(match[0]):
        return False
    return _YEAR_AFTER.match(match.string, match.end()) is not None or match.string[: match.start()].endswith("年")


@lru_cache(maxsize=1000)
def _alone(form: str) -> re.Pattern[str]:
    """Return a pattern for a form that is no part of a typed decimal, date, time or ratio either: «25.12.2026»."""
    before = r"(?<!\d[.,:/])" if form[:1].isdecimal() else ""
    after = r"(?![.,:/]\d)" if form[-1:].isdecimal() else ""
    return re.compile(before + _whole(form).pattern + after)


@lru_cache(maxsize=1000)
def _whole(form: str) -> re.Pattern[str]:
    """Return a pattern for a form that is not a part of a longer number, word of Latin letters or address.

    A bare number may touch letters and a stroke: «G{{ facts.members }}», «{{ facts.bands }}GHz», «{{ facts.n }}/12».
    """
    beside, stroke = ("0-9", "") if form.isdecimal() else ("0-9A-Za-z", "/?")
    before = f"(?<![{beside}])" if form[:1].isascii() and form[:1].isalnum() else ""
    after = f"(?!{stroke}[{beside}])" if form[-1:].isascii() and form[-1:].isalnum() else ""
    return re.compile(before + re.escape(form) + after)
