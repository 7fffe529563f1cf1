"""What is typed and must be the same in every language: figures, dates, addresses, references."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from letters.checks.versions import Pair
from letters.days import days_in, is_among
from locales.date_reading import Stated, read_dates
from locales.dates import MonthDay
from locales.locale import Locale
from office.findings import Finding
from office.folding import with_ascii_digits

_URL = re.compile(r"(?:https?://|www\.)[^\s\ufffc<>()\[\]«»\"]+", re.IGNORECASE)
_MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_REFERENCE = re.compile(r"(?<![\w/-])[A-Z][A-Z0-9.]*(?:[/-][A-Z0-9.]+)*[/-]\d[\w/.-]*\w|(?<![\w/])[A-Z]/\d+\b")
_OF_A_LANGUAGE = re.compile(
    r"(?<=[/.=_-])(?:ar|zh|en|fr|ru|es)(?=[/.&_#-]|$)|\b(?:ar|zh|en|fr|ru|es)(?=\.)", re.IGNORECASE
)
_FIGURE = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’٬]\d{3})+(?!\d)(?:[.,٫]\d{1,2})?(?!\d)|\d+(?:[.,٫]\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’٬]\d{3})+(?!\d)")
_CLOCK = re.compile(r"\b[ap]\.?\s?m\b", re.IGNORECASE)  # languages without a.m. and p.m. write other figures
_TIME = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?!\d)")
_POINTED_TIME = re.compile(r"(?<![\d.,])(\d{1,2})\.([0-5]\d)(?![\d.,]*\d)")
_SCALES = {
    **dict.fromkeys(("hundred", "cent", "cents", "cientos", "مائة", "مئة"), 2),
    **dict.fromkeys(("thousand", "mille", "mil", "тыс", "тысяч", "тысячи", "тысяча", "ألف", "آلاف", "千"), 3),
    **dict.fromkeys(("万",), 4),
    **dict.fromkeys(
        ("million", "millions", "millón", "millones", "млн", "миллион", "миллиона", "миллионов", "مليون", "ملايين"), 6
    ),
    **dict.fromkeys(("亿",), 8),
    **dict.fromkeys(
        ("billion", "milliard", "milliards", "mil millones", "млрд", "миллиард", "миллиарда", "миллиардов", "مليار"), 9
    ),
}  # fmt: skip
_SCALE = re.compile(
    r"\s?(?:de\s)?(" + "|".join(sorted(map(re.escape, _SCALES), key=len, reverse=True)) + r")(?![a-zа-я])",
    re.IGNORECASE,
)
_LEAST_ALONE = 100  # smaller figures may be words in one of the two languages: «fifteen days», «XXI век»


def check_verbatim(pairs: Iterable[Pair], locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield typed dates, figures, addresses and references that a translation does not have as its source has them."""
    for pair in pairs:
        source, own = with_ascii_digits(pair.source), with_ascii_digits(pair.text)
        yield from _addresses(pair, source, own)
        source, own = (_MAILBOX.sub(" ", _URL.sub(" ", text)) for text in (source, own))
        yield from _references(pair, source, own)
        source, own = (_REFERENCE.sub(" ", text) for text in (source, own))
        if not any(character.isdigit() for character in source + own):
            continue
        dates = list(_dates(pair, source, own, locales))
        yield from dates
        if not dates:
            yield from _figures(
                pair, _undated(source, locales[pair.source_language]), _undated(own, locales[pair.language])
            )


def _addresses(pair: Pair, source: str, own: str) -> Iterator[Finding]:
    for code, pattern, what in (("url", _URL, "the address"), ("email-differs", _MAILBOX, "the mailbox")):
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


def _figures(pair: Pair, source: str, own: str) -> Iterator[Finding]:
    if _CLOCK.search(source) or _CLOCK.search(own):
        return
    if _TIME.search(source) or _TIME.search(own):  # «16.30» is a time where the other writes «16:30»
        source, own = (_POINTED_TIME.sub(r"\1 : \2", text) for text in (source, own))
    wanted, found = Counter(_values(source)), Counter(_values(own))
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


def _values(text: str) -> Iterator[Decimal]:
    """Yield the numbers of a text, however their digits are grouped; «1.2 million» and «120万» are 1200000."""
    for match in _FIGURE.finditer(text):
        value = _value(match[0])
        scale = _SCALE.match(text, match.end())
        while scale is not None:
            value *= 10 ** _SCALES[scale[1].lower()]
            scale = _SCALE.match(text, scale.end())
        if value:
            yield value.normalize()


def _value(typed: str) -> Decimal:
    grouped = _GROUPED.match(typed)
    if grouped is None:
        return Decimal(re.sub(r"[,٫]", ".", typed)[:40])
    whole, rest = re.sub(r"\D", "", grouped[0]), typed[grouped.end() :]
    return Decimal((f"{whole}.{rest[1:]}" if rest else whole)[:40])


def _listed(values: Iterable[Decimal]) -> str:
    return ", ".join(f"{value:f}" for value in values)
