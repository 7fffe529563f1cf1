"""Facts that are typed in a text although a field would state them in every language alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from letters.blocks import Field, Link, Text
from letters.checks.figures import scale_after
from letters.checks.versions import Version, Versions, every_inline
from letters.model import Letter
from locales.addresses import MAILBOX, WEB_ADDRESS
from locales.date_reading import read_dates
from locales.dates import Moment, Month
from locales.locale import Locale
from locales.time_reading import read_times
from office.findings import Finding, Level
from office.folding import with_ascii_digits
from office.model import Office

_RESOLUTION = re.compile(r"(?<![\w/])(?:[A-Z]{1,2}(?:/[A-Z]{2,5})*/)\d{1,3}(?:/\d{1,4})?(?![\w/])")
_FIGURE = re.compile(r"(?<![\w.,/-])\d{1,3}(?:[\s.,'’\u00a0\u202f]\d{3})+(?![\w/-])|(?<![\w.,/-])\d{2,}(?![\w/-])")
_LEAST_FIGURE = 10  # smaller numbers are words of the language rather than facts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """The letter's own facts as they may be typed: what is printed -> the field that prints it."""

    dates: Mapping[str, str]
    times: Mapping[tuple[time, time | None], str]
    figures: Mapping[int, str]
    labels: Mapping[str, str]


def check_typed(letter: Letter, office: Office, versions: Versions, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield dates, numbers, references, links and addresses that are typed, in the source and in every translation."""
    facts = {language: _facts(letter, locale) for language, locale in locales.items()}
    mailboxes = {
        contact.email.lower(): f"contacts.{key.replace('-', '_')}.email" for key, contact in office.contacts.items()
    }
    for version in versions.all:
        text = with_ascii_digits(version.plain)
        found = [
            *_dates(text, facts[version.language], locales[version.language]),
            *_times(text, facts[version.language], locales[version.language]),
            *_figures(text, facts[version.language]),
            *_labels(text, facts[version.language]),
            *_addresses(version, mailboxes, letter),
        ]
        for code, message, hint in found:
            yield _finding(code, message, hint, version.file, version.line)
    for language, text, file, line in versions.short_texts():
        for code, message, hint in _dates(with_ascii_digits(text), facts[language], locales[language]):
            yield _finding(code, message, hint, file, line)


def _dates(text: str, facts: _Facts, locale: Locale) -> Iterator[tuple[str, str, str]]:
    rest = text
    for printed in sorted(facts.dates, key=len, reverse=True):
        if _stands_in(printed, rest):
            field = facts.dates[printed]
            yield "date-typed", f"«{printed}» is typed; the letter states it as {field}", f"Write {{{{ {field} }}}}."
            rest = rest.replace(printed, " ")
    for stated in dict.fromkeys(found.text.strip() for found in read_dates(rest, locale)):
        hint = "Give it a name in letter.toml and print it with a field, so that every language states the same day."
        yield "date-typed", f"the date «{stated}» is typed", hint


def _times(text: str, facts: _Facts, locale: Locale) -> Iterator[tuple[str, str, str]]:
    for stated in read_times(text, locale):
        field = facts.times.get((stated.first, stated.last))
        if field:
            message = f"the time «{stated.text}» is typed; the letter states it as {field}"
            yield "time-typed", message, f"Write {{{{ {field} | time }}}}."


def _figures(text: str, facts: _Facts) -> Iterator[tuple[str, str, str]]:
    for match in _FIGURE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        is_scaled = scale_after(text, match.end()) > 0  # «12 million» is not 12
        field = facts.figures.get(int(digits)) if len(digits) <= 15 and not is_scaled else None
        if field:
            message = f"the number «{match[0]}» is typed; the letter states it as {field}"
            yield "number-typed", message, f"Write {{{{ {field} | number }}}}."


def _labels(text: str, facts: _Facts) -> Iterator[tuple[str, str, str]]:
    rest = text
    for label in sorted(facts.labels, key=len, reverse=True):
        if _stands_in(label, rest):
            field = facts.labels[label]
            yield "reference-typed", f"«{label}» is typed; the letter states it as {field}", f"Write {{{{ {field} }}}}."
            rest = rest.replace(label, " ")
    for match in _RESOLUTION.finditer(WEB_ADDRESS.sub(" ", rest)):
        hint = 'Give it a name under [facts] in letter.toml, as in review = "A/RES/70/125", and print it with a field.'
        yield "reference-typed", f"the reference «{match[0]}» is typed", hint


def _addresses(version: Version, mailboxes: Mapping[str, str], letter: Letter) -> Iterator[tuple[str, str, str]]:
    typed = version.plain + " " + " ".join(_typed_targets(version))
    known = {address.rstrip("/"): key for key, link in letter.links.items() for address in link.values()}
    for address in dict.fromkeys(match.rstrip(".,;:!?") for match in WEB_ADDRESS.findall(typed)):
        key = known.get(address.rstrip("/"))
        hint = f"Write {{{{ links.{key} }}}}." if key else "Give it a name under [links] in letter.toml: {{ links.… }}."
        yield "link-typed", f"the address {address[:100]} is typed", hint
    for mailbox in dict.fromkeys(MAILBOX.findall(WEB_ADDRESS.sub(" ", typed))):
        field = mailboxes.get(mailbox.lower())
        hint = f"Write {{{{ {field} }}}}." if field else "Give it to a contact in office.toml: {{ contacts.….email }}."
        yield "address-typed", f"the mail address {mailbox[:100]} is typed", hint


def _typed_targets(version: Version) -> Iterator[str]:
    for inline in every_inline(version.words.children):
        if isinstance(inline, Link) and not any(isinstance(part, Field) for part in inline.target):
            yield "".join(part.text for part in inline.target if isinstance(part, Text)).removeprefix("mailto:")


def _facts(letter: Letter, locale: Locale) -> _Facts:
    figures: dict[int, str] = {}
    labels: dict[str, str] = {}
    for key, value in letter.facts.items():
        if isinstance(value, int) and not isinstance(value, bool) and value >= _LEAST_FIGURE:
            figures.setdefault(value, f"facts.{key}")
        elif isinstance(value, str) and any(character.isdigit() for character in value):
            labels.setdefault(value, f"facts.{key}")
    for name, label in (("reference", letter.reference), ("file_reference", letter.file_reference)):
        if any(character.isdigit() for character in label):
            labels.setdefault(label, name)
    return _Facts(dates=_printed_dates(letter, locale), times=_stated_times(letter), figures=figures, labels=labels)


def _stated_times(letter: Letter) -> dict[tuple[time, time | None], str]:
    times: dict[tuple[time, time | None], str] = {}
    for key, event in letter.events.items():
        if isinstance(event.start, datetime) and isinstance(event.end, datetime):
            times.setdefault((event.start.time(), event.end.time()), f"events.{key}")
        for name, moment in (("start", event.start), ("end", event.end)):
            if isinstance(moment, datetime):
                times.setdefault((moment.time(), None), f"events.{key}.{name}")
    for key, deadline in letter.deadlines.items():
        if isinstance(deadline.date, datetime):
            times.setdefault((deadline.date.time(), None), f"deadlines.{key}")
    return times


def _printed_dates(letter: Letter, locale: Locale) -> dict[str, str]:
    dates: dict[str, str] = {}
    for key, event in letter.events.items():
        if event.start is not None and event.end is not None:
            for form in ("prose", "on", "compact", "bare"):
                printed = with_ascii_digits(locale.range(event.start, event.end, form))
                dates.setdefault(printed, f'events.{key} | range("{form}")')
    for key, deadline in letter.deadlines.items():
        _add_dates(dates, deadline.date, f"deadlines.{key} | date", locale)
    for key, event in letter.events.items():
        for name, moment in (("start", event.start), ("end", event.end)):
            if moment is not None:
                _add_dates(dates, moment, f"events.{key}.{name} | date", locale)
    for key, value in letter.facts.items():
        if isinstance(value, date):
            _add_dates(dates, value, f"facts.{key} | date", locale)
    return dates


def _add_dates(dates: dict[str, str], moment: Moment, field: str, locale: Locale) -> None:
    forms = ("prose",) if isinstance(moment, Month) else ("prose", "dm", "block", "weekday")
    for form in forms:
        shown = field if form == "prose" else f'{field}("{form}")'
        dates.setdefault(with_ascii_digits(locale.date(moment, form)), shown)
    day = moment.date() if isinstance(moment, datetime) else moment
    dates.setdefault(str(day), field)


def _stands_in(label: str, text: str) -> bool:
    """Tell whether ``label`` stands in ``text`` and is not part of a longer word or number."""
    if label not in text:
        return False
    before = r"(?<![\d/])" if label[0].isdigit() else r"(?<!\w)" if label[0].isascii() else ""
    after = r"(?![\d/])" if label[-1].isdigit() else r"(?!\w)" if label[-1].isascii() else ""
    return re.search(before + re.escape(label) + after, text) is not None


def _finding(code: str, message: str, hint: str, file: str, line: int | None) -> Finding:
    return Finding(level=Level.WARNING, code=code, message=message, hint=hint, file=file, line=line)
