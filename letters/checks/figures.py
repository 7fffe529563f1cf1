"""Read the figures that a text states, however a language groups and scales them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_FIGURE = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’٬]\d{3})+(?!\d)(?:[.,٫]\d{1,2})?(?!\d)|\d+(?:[.,٫]\d+)?")
_GROUPED = re.compile(r"\d{1,3}(?:[ \u00a0\u202f.,'’٬]\d{3})+(?!\d)")
_DECADE = re.compile(r"(\d{1,2})世纪(\d)0(?=年代)")  # the nineties of the 20th century are the 1990s
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number other than zero; ``text`` is what stands there, without the word that scales it."""

    value: Decimal
    text: str


def read_figures(text: str) -> Iterator[Figure]:
    """Yield the figures of a text in ASCII digits; «1.2 million» and «120万» are 1200000."""
    text = _DECADE.sub(lambda match: f"{int(match[1]) - 1}{match[2]}0", text)
    for match in _FIGURE.finditer(text):
        value = _value(match[0]) * 10 ** scale_after(text, match.end())
        if value:
            yield Figure(value=value.normalize(), text=match[0])


def scale_after(text: str, place: int) -> int:
    """Return the power of ten by which the words at ``place`` multiply the figure before them: 6 for «million»."""
    power = 0
    while (scale := _SCALE.match(text, place)) is not None:
        power += _SCALES[scale[1].lower()]
        place = scale.end()
    return power


def _value(typed: str) -> Decimal:
    grouped = _GROUPED.match(typed)
    if grouped is None:
        return Decimal(re.sub(r"[,٫]", ".", typed)[:40])
    whole, rest = re.sub(r"\D", "", grouped[0]), typed[grouped.end() :]
    return Decimal((f"{whole}.{rest[1:]}" if rest else whole)[:40])
