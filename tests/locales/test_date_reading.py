"""What a language prints is what is read from it: every date, in every form that says a year."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from locales.date_reading import read_dates
from locales.dates import Month, MonthDay
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.languages import LANGUAGES
from locales.locale import Locale, load_locale
from locales.time_reading import read_times

DAYS = [date(1990, 1, 1) + timedelta(number) for number in range((date(2051, 1, 1) - date(1990, 1, 1)).days)]
MONTHS = [Month(year, month) for year in range(1990, 2051) for month in range(1, 13)]
YEARLY_FORMS = [form for form in DATE_FORMS if form != "dm"]
LENGTHS = (1, 2, 7, 30, 45, 200, 400)  # days between the ends of a range


def ends(text: str, locale: Locale) -> list[tuple[object, object]]:
    return [(found.first, found.last) for found in read_dates(text, locale)]


def one(text: str, tag: str) -> tuple[object, object]:
    (found,) = ends(text, load_locale(tag))
    return found


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_day_from_1990_to_2050_is_read_as_it_is_printed(tag: str) -> None:
    locale = load_locale(tag)
    text = "; ".join(locale.date(day) for day in DAYS)
    assert ends(text, locale) == [(day, day) for day in DAYS]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_form_that_has_a_year_is_read(tag: str) -> None:
    locale = load_locale(tag)
    for number, form in enumerate(YEARLY_FORMS):
        days = DAYS[number::5]  # each day of the month and of the week, in each form
        text = "; ".join(locale.date(day, form) for day in days)
        assert ends(text, locale) == [(day, day) for day in days], form
        text = "; ".join(locale.date(month, form) for month in MONTHS)
        assert ends(text, locale) == [(month, month) for month in MONTHS], form


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("profile", ["itu", "standard"])
def test_days_without_a_year_are_read(tag: str, profile: str) -> None:
    locale = load_locale(tag, profile=profile)
    for day in (date(2024, 1, 1) + timedelta(number) for number in range(366)):
        there = MonthDay(day.month, day.day)
        assert ends(locale.date(day, "dm"), locale) == [(there, there)]


def ranges() -> Iterator[tuple[date | Month, date | Month]]:
    chosen = random.Random(4)
    for length in LENGTHS:
        for start in chosen.sample(DAYS, 20):
            yield start, start + timedelta(length)
    for month in chosen.sample(MONTHS[:-40], 40):
        for months in (1, 2, 5, 13):
            number = month.year * 12 + month.month - 1 + months
            yield month, Month(number // 12, number % 12 + 1)
        yield month, date(month.year + 1, 3, 1)
        yield month.first, Month(month.year + 1, 4)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("profile", ["itu", "standard"])
def test_ranges_of_every_shape_are_read_in_every_form(tag: str, profile: str) -> None:
    locale = load_locale(tag, profile=profile)
    for start, end in ranges():
        for form in RANGE_FORMS:
            assert ends(locale.range(start, end, form), locale) == [(start, end)], (start, end, form)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_open_ranges_are_read(tag: str) -> None:
    locale = load_locale(tag)
    moments: list[date | Month] = [*DAYS[::400], *MONTHS[::30]]
    for moment in moments:
        for form in RANGE_FORMS:
            assert ends(locale.range(None, moment, form), locale) == [(None, moment)]
            last = None if form == "from" else moment
            assert ends(locale.range(moment, None, form), locale) == [(moment, last)]


@pytest.mark.parametrize(
    ("tag", "text", "first", "last"),
    [
        ("en", "before April 15, 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("en", "on 3rd May 2025", date(2025, 5, 3), date(2025, 5, 3)),
        ("en", "27-31 MAY 2024", date(2024, 5, 27), date(2024, 5, 31)),
        ("en", "27 - 31 May", MonthDay(5, 27), MonthDay(5, 31)),
        ("en", "by 2022-04-15.", date(2022, 4, 15), date(2022, 4, 15)),
        ("en", "15.04.2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("en", "Sept. 2019", Month(2019, 9), Month(2019, 9)),
        ("fr", "le 15 AVRIL 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("fr", "15 avr. 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("fr", "jusqu’au 1er\u00a0juin\u00a02022", None, date(2022, 6, 1)),
        ("es", "15 de abril del 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("ru", "15 апреля 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("ru", "15-го апреля 2022 года", date(2022, 4, 15), date(2022, 4, 15)),
        ("ru", "в Апреле 2022 года", Month(2022, 4), Month(2022, 4)),
        ("zh", "２０２２年４月１５日", date(2022, 4, 15), date(2022, 4, 15)),
        ("zh", "2022 年 4 月 15 号", date(2022, 4, 15), date(2022, 4, 15)),
        ("ar", "١٥ أبريل ٢٠٢٢", date(2022, 4, 15), date(2022, 4, 15)),
        ("ar", "۱۵ أبريل ۲۰۲۲", date(2022, 4, 15), date(2022, 4, 15)),
        ("ar", "15 نيسان/أبريل 2022", date(2022, 4, 15), date(2022, 4, 15)),
        ("ar", "و15 من أبريل", MonthDay(4, 15), MonthDay(4, 15)),
        ("en", "31 June 2022", None, None),
    ],
)
def test_what_people_type_is_read(tag: str, text: str, first: object, last: object) -> None:
    assert one(text, tag) == (first, last)


def test_two_days_that_do_not_follow_each_other_are_two_dates() -> None:
    english = load_locale("en")
    assert ends("on 20 and 25 March 2018", english) == [
        (date(2018, 3, 20), date(2018, 3, 20)),
        (date(2018, 3, 25), date(2018, 3, 25)),
    ]
    assert ends("on 20 and 21 March 2018", english) == [(date(2018, 3, 20), date(2018, 3, 21))]


@pytest.mark.parametrize(
    "text",
    ["you may 3 times", "we march 12 days", "version 1.2.3", "24/7", "CL-22/010", "1022-04-155", "the 2030 Agenda"],
)
def test_what_is_no_date_is_left(text: str) -> None:
    assert ends(text, load_locale("en")) == []


def test_places_are_those_of_the_text_as_it_was() -> None:
    text = "İİ ١٥ أبريل ٢٠٢٢!"
    (found,) = read_dates(text, load_locale("ar"))
    assert text[found.start : found.end] == found.text == "١٥ أبريل ٢٠٢٢"


def test_an_office_reads_its_own_forms(tmp_path: Path) -> None:
    folder = tmp_path / "fr"
    folder.mkdir()
    own = "[months]\nmonth = [" + ", ".join(f'"mois{number:02}"' for number in range(1, 13)) + "]\n"
    own += '[date]\nprose = { day = "jour {d} du {month}, an {year}", month = "{month} an {year}" }\n'
    (folder / "locale.toml").write_text(own, "utf-8")
    locale = load_locale("fr", folder.parent)
    printed = locale.date(date(2022, 4, 1))
    assert printed == "jour 1er du mois04, an 2022"
    assert ends(printed, locale) == [(date(2022, 4, 1), date(2022, 4, 1))]


PIECES = st.sampled_from(["{d}", "{month}", "{year}", "{of}", "{since}", "{m}", " ", "-", "(", ".", "\\"])
PATTERNS = st.lists(PIECES, max_size=8).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(PATTERNS, PATTERNS)
def test_no_form_of_an_office_is_too_odd(tmp_path: Path, read: str, printed: str) -> None:
    (tmp_path / "fr").mkdir(exist_ok=True)
    own = [
        "[reading]",
        f"dates = [{json.dumps(read)}]",
        'times = ["{mm}", "{h}{hh}", "{h1}{mm}"]',
        "[days]",
        'd = { "1" = "" }',
        "[date]",
        f"prose = {{ day = {json.dumps(printed + '{year}')} }}",
    ]
    (tmp_path / "fr" / "locale.toml").write_text("\n".join(own), "utf-8")
    locale = load_locale("fr", tmp_path)
    for text in ("le 1er mai 2024, 15 avril 2022 - (16 h 00)", locale.date(date(2024, 5, 1))):
        read_dates(text, locale)
        assert len(read_times(text, locale)) == text.count("h 00")


def test_a_form_may_say_the_year_twice(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    own = '[date]\nprose = { day = "{d} {month} {year} (année {year})" }\n'
    (tmp_path / "fr" / "locale.toml").write_text(own, "utf-8")
    locale = load_locale("fr", tmp_path)
    assert ends(locale.date(date(2024, 5, 1)), locale) == [(date(2024, 5, 1), date(2024, 5, 1))]


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        ("fr", "entre le 3 avril et le 7 mai 2025"),
        ("es", "entre el 3 de abril y el 7 de mayo de 2025"),
        ("ru", "с 3 апреля по 7 мая 2025 г."),
        ("ru", "с 3 апреля по 7 мая 2025 года"),
        ("zh", "2025年4月3日至5月7日"),
    ],
)
def test_two_ends_in_one_year_which_stands_at_the_end(tag: str, text: str) -> None:
    assert one(text, tag) == (date(2025, 4, 3), date(2025, 5, 7))


@pytest.mark.parametrize(("tag", "text"), [("es", "entre el 3 y el 7 de abril de 2025"), ("zh", "2025年4月3日-7日")])
def test_two_ends_in_one_month_which_stands_once(tag: str, text: str) -> None:
    assert one(text, tag) == (date(2025, 4, 3), date(2025, 4, 7))


def test_the_year_in_arabic_after_its_word() -> None:
    assert one("3 أبريل من عام 2025", "ar") == (date(2025, 4, 3), date(2025, 4, 3))
