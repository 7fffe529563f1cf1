"""Every minute of the day is read as it is printed."""

from __future__ import annotations

from datetime import time

import pytest

from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.time_reading import read_times

MINUTES = [time(minute // 60, minute % 60) for minute in range(24 * 60)]


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("profile", ["itu", "standard"])
def test_every_minute_is_read_as_it_is_printed(tag: str, profile: str) -> None:
    locale = load_locale(tag, profile=profile)
    text = "; ".join(locale.time(minute) for minute in MINUTES)
    assert [(found.first, found.last) for found in read_times(text, locale)] == [(minute, None) for minute in MINUTES]
    later = [*MINUTES[90:], *MINUTES[:90]]
    spans = "; ".join(locale.time(first, last) for first, last in zip(MINUTES, later, strict=True))
    assert [(found.first, found.last) for found in read_times(spans, locale)] == list(zip(MINUTES, later, strict=True))


@pytest.mark.parametrize(
    ("tag", "text", "first", "last"),
    [
        ("en", "at 16:00 UTC", time(16), None),
        ("fr", "à 16h00", time(16), None),
        ("fr", "à 16 heures", time(16), None),
        ("fr", "de 16 h 00 à 17 h 30", time(16), time(17, 30)),
        ("es", "a las 9.30 horas", time(9, 30), None),
        ("ru", "с 16:00 до 17:30", time(16), time(17, 30)),
        ("zh", "１６时００分", time(16), None),
        ("ar", "الساعة ١٦:٠٠", time(16), None),
    ],
)
def test_what_people_type_is_read(tag: str, text: str, first: time, last: time | None) -> None:
    (found,) = read_times(text, load_locale(tag))
    assert (found.first, found.last) == (first, last)
    assert text[found.start : found.end] == found.text


@pytest.mark.parametrize(
    "text", ["25:00", "12:75", "ISO 27001:2022", "1:2:3", "version 1.16:00", "70/125", "1600 entries"]
)
def test_what_is_no_time_is_left(text: str) -> None:
    assert read_times(text, load_locale("en")) == ()


def test_a_colon_may_follow_the_hours() -> None:
    (found,) = read_times("4 juin 2019: 16 h 00-17 h 00: ouverture", load_locale("fr"))
    assert (found.first, found.last) == (time(16), time(17))
