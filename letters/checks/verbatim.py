"""What is typed and must be the same in every language: figures, dates, addresses, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from letters.checks.figures import read_figures
from letters.checks.versions import Pair
from letters.days import days_in, is_among
from locales.addresses import MAILBOX, WEB_ADDRESS
from locales.date_reading import Stated, read_dates
from locales.dates import MonthDay
from locales.locale import Locale
from locales.time_reading import StatedTime, read_times
from office.findings import Finding
from office.folding import with_ascii_digits

_REFERENCE = re.compile(r"(?<![\w/-])[A-Z][A-Z0-9.]*(?:[/-][A-Z0-9.]+)*[/-]\d[\w/.-]*\w|(?<![\w/])[A-Z]/\d+\b")
_OF_A_LANGUAGE = re.compile(
    r"(?<=[/.=_-])(?:ar|zh|en|fr|ru|es)(?=[/.&_#-]|$)|\b(?:ar|zh|en|fr|ru|es)(?=\.)", re.IGNORECASE
)
_CLOCK = re.compile(r"\b[ap]\.?\s?m\b", re.IGNORECASE)  # languages without a.m. and p.m. write other figures
_POINTED_TIME = re.compile(r"(?<![\d.,])(\d{1,2})\.([0-5]\d)(?![\d.,]*\d)")
_LEAST_ALONE = 100  # smaller figures may be words in one of the two languages: «fifteen days», «XXI век»


def check_verbatim(pairs: Iterable[Pair], locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield typed dates, figures, addresses and references that a translation does not have as its source has them."""
    for pair in pairs:
        source, own = with_ascii_digits(pair.source), with_ascii_digits(pair.text)
        yield from _addresses(pair, source, own)
        source, own = (MAILBOX.sub(" ", WEB_ADDRESS.sub(" ", text)) for text in (source, own))
        yield from _references(pair, source, own)
        source, own = (_REFERENCE.sub(" ", text) for text in (source, own))
        if not any(character.isdigit() for character in source + own):
            continue
        dates = list(_dates(pair, source, own, locales))
        yield from dates
        if not dates:
            source, own = _undated(source, locales[pair.source_language]), _undated(own, locales[pair.language])
            yield from _figures(pair, source, own, locales)


def _addresses(pair: Pair, source: str, own: str) -> Iterator[Finding]:
    for code, pattern, what in (("url", WEB_ADDRESS, "the address"), ("email-differs", MAILBOX, "the mailbox")):
        wanted, found = _found(pattern, source), _found(pattern, own)
        for key in wanted.keys() - found.keys():
            instead = next((found[other] for other in found.keys() - wanted.keys()), "")
            yield pair.finding(
                code, f"the source has {what} {wanted[key][:100]}, the translation {instead[:100] or 'has not'}",
                "Type it as the source has it; better, print it with a field.",
            )  # fmt: skip


def _found(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    """Return what a pattern finds, by what is the same in every language."""
    typed = [match.rstrip(".,;:!?。，；：") for match in pattern.findall(text)]
    return {_OF_A_LANGUAGE.sub("*", address).lower().rstrip("/"): address for address in typed}


def _references(pair: Pair, source: str, own: str) -> Iterator[Finding]:
    wanted, found = set(_REFERENCE.findall(source)), set(_REFERENCE.findall(own))
    for reference in sorted(wanted - found):
        digits = Counter(re.findall(r"\d+", reference))
        if not digits - Counter(re.findall(r"\d+", own)) and not found - wanted:
            continue  # the language has letters of its own for it
        instead = ", ".join(sorted(found - wanted))
        yield pair.finding(
            "reference-differs", f"the source has the reference «{reference}», the translation {instead or 'has not'}",
            "Type it as the source has it; better, print it with a field.",
        )  # fmt: skip


def _dates(pair: Pair, source: str, own: str, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    wanted = days_in(source, locales[pair.source_language])
    found = days_in(own, locales[pair.language])
    lost = [day for day in wanted if not is_among(day, found)]
    added = [day for day in found if not is_among(day, wanted)]
    if lost or added:
        said = ", ".join(sorted(map(_day, lost))) or "none"
        instead = ", ".join(sorted(map(_day, added))) or "none"
        yield pair.finding(
            "date-differs", f"the source states the date {said}, which the translation does not; it states {instead}"
            if lost else f"the translation states the date {instead}, which its source does not",
            "Correct it; better, give the date a name in letter.toml and print it with a field.",
        )  # fmt: skip


def _undated(text: str, locale: Locale) -> str:
    """Return a text without the dates that it states."""
    for stated in reversed(read_dates(text, locale)):
        text = f"{text[: stated.start]} ; {text[stated.end :]}"
    return text


def _day(day: Stated) -> str:
    return f"{day.day}.{day.month}." if isinstance(day, MonthDay) else str(day)


def _figures(pair: Pair, source: str, own: str, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    if _CLOCK.search(source) or _CLOCK.search(own):
        return
    times = [read_times(source, locales[pair.source_language]), read_times(own, locales[pair.language])]
    source, own = _plain_times(source, times[0]), _plain_times(own, times[1])
    if any(times):  # «16.30» is a time where the other writes «16:30»
        source, own = (_POINTED_TIME.sub(r"\1 : \2", text) for text in (source, own))
    wanted, found = (Counter(figure.value for figure in read_figures(text)) for text in (source, own))
    lost, added = wanted - found, found - wanted
    if lost and added:
        told = sorted(lost), sorted(added)
    else:
        told = (
            [value for value in sorted(lost) if value >= _LEAST_ALONE],
            [value for value in sorted(added) if value >= _LEAST_ALONE],
        )
    if not any(told):
        return
    parts = []
    if told[0]:
        parts.append(f"the source has {_listed(told[0])}, which the translation has not")
    if told[1]:
        parts.append(f"the translation has {_listed(told[1])}, which the source has not")
    yield pair.finding("number-differs", "; ".join(parts), "Compare the figures; better, print them with a field.")


def _plain_times(text: str, times: Iterable[StatedTime]) -> str:
    """Return a text with its times as figures: «16 h 30», «1630 hours» and «16:30» alike."""
    for stated in reversed(tuple(times)):
        moments = [moment for moment in (stated.first, stated.last) if moment is not None]
        figures = " ; ".join(f"{moment.hour} : {moment.minute}" for moment in moments)
        text = f"{text[: stated.start]} {figures} {text[stated.end :]}"
    return text


def _listed(values: Iterable[Decimal]) -> str:
    return ", ".join(f"{value:f}" for value in values)
