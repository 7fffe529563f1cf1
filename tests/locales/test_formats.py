"""The forms that letters of the house show, in all six languages."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.dates import Moment, Month
from locales.formats import DATE_FORMS, RANGE_FORMS
from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.time_reading import read_times

NBSP = "\u00a0"
WEEK = (date(2024, 5, 27), date(2024, 5, 31))
MONTHS = (date(2022, 5, 30), date(2022, 6, 3))
YEARS = (date(2019, 12, 30), date(2020, 1, 3))
TWO_DAYS = (date(2018, 3, 20), date(2018, 3, 21))
OVER_MONTH_END = (date(2018, 4, 30), date(2018, 5, 1))
PAIR = (Month(2020, 1), Month(2020, 2))
PAIR_OVER_YEAR_END = (Month(2019, 12), Month(2020, 1))
SPRING = (Month(2020, 4), Month(2020, 8))

UNTIL = {"fr": "jusqu'au 3 juin 2022", "en": "until 3 June 2022", "ru": "по 3 июня 2022 года"}

RANGES: list[tuple[str, str, tuple[Moment | None, Moment | None], str]] = [
    ("fr", "prose", WEEK, "du 27 au 31 mai 2024"),
    ("fr", "prose", MONTHS, "du 30 mai au 3 juin 2022"),
    ("fr", "prose", YEARS, "du 30 décembre 2019 au 3 janvier 2020"),
    ("fr", "prose", TWO_DAYS, "les 20 et 21 mars 2018"),
    ("fr", "on", TWO_DAYS, "les 20 et 21 mars 2018"),
    ("fr", "on", OVER_MONTH_END, "les 30 avril et 1er mai 2018"),
    ("fr", "on", WEEK, "du 27 au 31 mai 2024"),
    ("fr", "compact", (date(2018, 3, 19), date(2018, 3, 23)), "19-23 mars 2018"),
    ("fr", "compact", (date(2020, 3, 30), date(2020, 4, 3)), "30 mars – 3 avril 2020"),
    ("fr", "compact", (date(2016, 3, 1), date(2016, 3, 4)), "1er-4 mars 2016"),
    ("fr", "compact", PAIR, "janvier/février 2020"),
    ("fr", "prose", PAIR, "en janvier/février 2020"),
    ("fr", "on", PAIR, "en janvier et février 2020"),
    ("fr", "prose", SPRING, "d'avril à août 2020"),
    ("fr", "bare", WEEK, "27 au 31 mai 2024"),
    ("fr", "prose", (date(2016, 3, 1), None), "le 1er mars 2016"),
    ("fr", "prose", (None, date(2022, 6, 3)), "jusqu'au 3 juin 2022"),
    ("fr", "prose", (None, Month(2020, 1)), "jusqu'en janvier 2020"),
    ("fr", "prose", (date(2019, 6, 4), Month(2019, 11)), "du 4 juin 2019 à novembre 2019"),
    ("en", "prose", WEEK, "from 27 to 31 May 2024"),
    ("en", "prose", MONTHS, "from 30 May to 3 June 2022"),
    ("en", "on", TWO_DAYS, "on 20 and 21 March 2018"),
    ("en", "compact", WEEK, "27-31 May 2024"),
    ("en", "compact", MONTHS, "30 May – 3 June 2022"),
    ("en", "compact", PAIR, "January/February 2020"),
    ("en", "bare", YEARS, "30 December 2019 to 3 January 2020"),
    ("en", "prose", (None, date(2022, 6, 3)), "until 3 June 2022"),
    ("es", "prose", WEEK, "del 27 al 31 de mayo de 2024"),
    ("es", "prose", MONTHS, "del 30 de mayo al 3 de junio de 2022"),
    ("es", "on", TWO_DAYS, "los días 20 y 21 de marzo de 2018"),
    ("es", "compact", WEEK, "27-31 de mayo de 2024"),
    ("es", "compact", PAIR_OVER_YEAR_END, "diciembre de 2019/enero de 2020"),
    ("es", "prose", (None, date(2022, 6, 3)), "hasta el 3 de junio de 2022"),
    ("ru", "prose", WEEK, "с 27 по 31 мая 2024 года"),
    ("ru", "prose", MONTHS, "с 30 мая по 3 июня 2022 года"),
    ("ru", "prose", YEARS, "с 30 декабря 2019 года по 3 января 2020 года"),
    ("ru", "prose", (date(2016, 3, 2), date(2016, 3, 5)), "со 2 по 5 марта 2016 года"),
    ("ru", "on", TWO_DAYS, "20 и 21 марта 2018 года"),
    ("ru", "compact", (date(2018, 3, 19), date(2018, 3, 23)), "19–23 марта 2018 года"),
    ("ru", "compact", PAIR, "январь/февраль 2020 года"),
    ("ru", "on", PAIR, "в январе и феврале 2020 года"),
    ("ru", "prose", SPRING, "с апреля по август 2020 года"),
    ("ru", "prose", (Month(2020, 1), None), "в январе 2020 года"),
    ("ru", "prose", (None, date(2022, 6, 3)), "по 3 июня 2022 года"),
    ("zh", "prose", (date(2018, 3, 19), date(2018, 3, 23)), "2018年3月19日至23日"),
    ("zh", "compact", MONTHS, "2022年5月30日至6月3日"),
    ("zh", "bare", YEARS, "2019年12月30日至2020年1月3日"),
    ("zh", "on", TWO_DAYS, "2018年3月20日和21日"),
    ("zh", "prose", (None, date(2022, 6, 3)), "截至2022年6月3日"),
    ("ar", "prose", WEEK, "من 27 إلى 31 مايو 2024"),
    ("ar", "prose", MONTHS, "من 30 مايو إلى 3 يونيو 2022"),
    ("ar", "on", TWO_DAYS, "يومي 20 و21 مارس 2018"),
    ("ar", "compact", (date(2020, 3, 30), date(2020, 4, 3)), "30 مارس – 3 أبريل 2020"),
    ("ar", "prose", (None, date(2022, 6, 3)), "حتى 3 يونيو 2022"),
    *((tag, form, (None, date(2022, 6, 3)), words) for form in RANGE_FORMS for tag, words in UNTIL.items()),
    ("fr", "from", (date(2024, 5, 27), None), "à compter du 27 mai 2024"),
    ("fr", "from", (Month(2024, 4), None), "à compter d'avril 2024"),
    ("en", "from", (date(2024, 5, 27), None), "from 27 May 2024 on"),
    ("es", "from", (date(2024, 5, 27), None), "a partir del 27 de mayo de 2024"),
    ("ru", "from", (date(2024, 5, 2), None), "начиная со 2 мая 2024 года"),
    ("zh", "from", (date(2024, 5, 27), None), "自2024年5月27日起"),
    ("ar", "from", (date(2024, 5, 27), None), "اعتباراً من 27 مايو 2024"),
    ("fr", "from", WEEK, "du 27 au 31 mai 2024"),
]


@pytest.mark.parametrize(("tag", "form", "ends", "expected"), RANGES)
def test_range(tag: str, form: str, ends: tuple[Moment | None, Moment | None], expected: str) -> None:
    assert load_locale(tag).range(*ends, form) == expected


@pytest.mark.parametrize(
    ("tag", "form", "expected"),
    [
        ("fr", "prose", "1er mars 2016"),
        ("fr", "dm", "1er mars"),
        ("fr", "weekday", "mardi 1er mars 2016"),
        ("en", "prose", "1 March 2016"),
        ("en", "weekday", "Tuesday, 1 March 2016"),
        ("es", "block", "1 de marzo de 2016"),
        ("ru", "block", "1 марта 2016 года"),
        ("ru", "prose", "1 марта 2016 г."),
        ("zh", "prose", "2016年3月1日"),
        ("zh", "weekday", "2016年3月1日星期二"),
        ("ar", "prose", "1 مارس 2016"),
    ],
)
def test_date(tag: str, form: str, expected: str) -> None:
    assert load_locale(tag).date(date(2016, 3, 1), form) == expected


@pytest.mark.parametrize(
    ("tag", "prose", "complement"),
    [
        ("fr", "avril 2020", "d'avril 2020"),
        ("en", "April 2020", "of April 2020"),
        ("es", "abril de 2020", "de abril de 2020"),
        ("ru", "апрель 2020 г.", "апреля 2020 года"),
        ("zh", "2020年4月", "2020年4月"),
        ("ar", "أبريل 2020", "أبريل 2020"),
    ],
)
def test_a_month_alone_and_as_a_complement(tag: str, prose: str, complement: str) -> None:
    assert load_locale(tag).date(Month(2020, 4)) == prose
    assert load_locale(tag).date(Month(2020, 4), "of") == complement


@pytest.mark.parametrize(
    ("tag", "day", "month"),
    [
        ("fr", "le 1er avril 2020", "en avril 2020"),
        ("en", "on 1 April 2020", "in April 2020"),
        ("es", "el 1 de abril de 2020", "en abril de 2020"),
        ("ru", "1 апреля 2020 года", "в апреле 2020 года"),
        ("zh", "2020年4月1日", "2020年4月"),
        ("ar", "في 1 أبريل 2020", "في أبريل 2020"),
    ],
)
def test_a_date_with_the_preposition_of_a_time(tag: str, day: str, month: str) -> None:
    assert load_locale(tag).date(date(2020, 4, 1), "on") == day
    assert load_locale(tag).date(Month(2020, 4), "on") == month


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fr", "Genève, le 13 octobre 2015"),
        ("en", "Geneva, 13 October 2015"),
        ("es", "Ginebra, 13 de octubre de 2015"),
        ("ru", "Женева, 13 октября 2015 года"),
        ("zh", "2015年10月13日，日内瓦"),
        ("ar", "جنيف، 13 أكتوبر 2015"),
    ],
)
def test_date_line(tag: str, expected: str) -> None:
    assert load_locale(tag).date_line("geneva", date(2015, 10, 13)) == expected


def test_date_line_takes_the_name_of_a_place_that_is_no_key() -> None:
    assert load_locale("fr").date_line("Lausanne", date(2015, 10, 1)) == "Lausanne, le 1er octobre 2015"


@pytest.mark.parametrize(
    ("tag", "single", "span"),
    [
        ("fr", "9 h 30", "16 h 00-17 h 00"),
        ("en", "0930 hours", "1600-1700 hours"),
        ("es", "09.30 horas", "16.00-17.00 horas"),
        ("ru", "09 час. 30 мин.", "16 час. 00 мин. – 17 час. 00 мин."),
        ("zh", "9时30分", "16时00分至17时00分"),
        ("ar", "الساعة 09:30", "من الساعة 16:00 إلى الساعة 17:00"),
    ],
)
def test_time(tag: str, single: str, span: str) -> None:
    locale = load_locale(tag)
    assert locale.time(time(9, 30)) == single
    assert locale.time(datetime(2019, 6, 4, 16, tzinfo=UTC), datetime(2019, 6, 4, 17, tzinfo=UTC)) == span


@pytest.mark.parametrize(
    ("tag", "thousands", "expected"),
    [
        ("fr", f"7{NBSP}000", f"140{NBSP}000"),
        ("ru", f"7{NBSP}000", f"140{NBSP}000"),
        ("es", "7000", f"140{NBSP}000"),
        ("en", "7,000", "140,000"),
        ("zh", "7,000", "140,000"),
        ("ar", "7,000", "140,000"),
    ],
)
def test_number(tag: str, thousands: str, expected: str) -> None:
    assert load_locale(tag).number(7000) == thousands
    assert load_locale(tag).number(140_000) == expected


def test_numbers_keep_their_decimals_and_sign() -> None:
    locale = load_locale("fr")
    assert locale.number(Decimal("1234.50")) == f"1{NBSP}234,50"
    assert locale.number(-0.5) == "-0,5"
    assert locale.number(7.0) == "7"
    assert locale.number(0) == "0"


@pytest.mark.parametrize("value", [True, float("nan"), float("inf"), 1e300, Decimal("1e999999"), "7000", None])
def test_what_is_no_ordinary_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="number"):
        load_locale("fr").number(value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("fr", "A, B et C"),
        ("en", "A, B and C"),
        ("es", "A, B y C"),
        ("ru", "A, B и C"),
        ("zh", "A、B和C"),
        ("ar", "A وB وC"),
    ],
)
def test_join(tag: str, expected: str) -> None:
    locale = load_locale(tag)
    assert locale.join(["A", "B", "C"]) == expected
    assert locale.join(["A"]) == "A"
    assert locale.join([]) == ""


def test_spanish_y_becomes_e_before_the_sound_of_i() -> None:
    locale = load_locale("es")
    assert locale.join(["España", "Italia"]) == "España e Italia"
    assert locale.join(["padre", "hijo"]) == "padre e hijo"
    assert locale.join(["agua", "hielo"]) == "agua y hielo"


@pytest.mark.parametrize(
    ("tag", "man", "woman"),
    [
        ("fr", "M. Aba", "Mme Aba"),
        ("en", "Mr. Aba", "Ms. Aba"),
        ("es", "Sr. Aba", "Sra. Aba"),
        ("ru", "г-н Aba", "г-жа Aba"),
        ("zh", "Aba先生", "Aba女士"),
        ("ar", "السيد Aba", "السيدة Aba"),
    ],
)
def test_person(tag: str, man: str, woman: str) -> None:
    locale = load_locale(tag)
    assert (locale.person("Aba", "m"), locale.person("Aba", "f"), locale.person("Aba", "")) == (man, woman, "Aba")


def test_a_name_with_braces_is_printed_as_it_is() -> None:
    assert load_locale("fr").person("{name} {0}", "f") == "Mme {name} {0}"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_hours_never_change_the_days_of_a_range(tag: str) -> None:
    locale = load_locale(tag)
    start, end = datetime(2022, 5, 30, 9, tzinfo=UTC), datetime(2022, 6, 3, 18, tzinfo=UTC)
    for form in RANGE_FORMS:
        assert locale.range(start, end, form) == locale.range(*MONTHS, form)
        assert locale.range(start, start + timedelta(hours=2), form) == locale.range(start.date(), None, form)


@pytest.mark.parametrize(
    ("tag", "hours"),
    [
        ("ar", "من الساعة 23:00 إلى الساعة 24:00"),
        ("zh", "23时00分至24时00分"),
        ("en", "2300-2400 hours"),
        ("fr", "23 h 00-24 h 00"),
        ("ru", "23 час. 00 мин. – 24 час. 00 мин."),
        ("es", "23.00-24.00 horas"),
    ],
)
def test_what_lasts_until_midnight_ends_with_its_day(tag: str, hours: str) -> None:
    locale = load_locale(tag)
    start, end = datetime(2024, 12, 31, 23, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    assert locale.range(start, end) == locale.range(start.date(), None)
    assert locale.range(end, end) == locale.range(end.date(), None)
    assert locale.time(start, end) == hours
    assert locale.time(end, end + timedelta(minutes=30)).count("24") == 0
    (found,) = read_times(hours, locale)
    assert (found.first, found.last) == (time(23), time())


def test_equal_moments_of_two_zones_keep_their_own_days() -> None:
    locale = load_locale("en")
    utc = datetime(2022, 3, 31, 23, 30, tzinfo=UTC)
    geneva = utc.astimezone(timezone(timedelta(hours=2)))
    assert utc == geneva
    assert (locale.date(utc), locale.date(geneva)) == ("31 March 2022", "1 April 2022")
    assert locale.range(utc, None) != locale.range(geneva, None)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_unknown_forms_are_refused_with_a_suggestion(tag: str) -> None:
    with pytest.raises(ValueError, match="«prose»"):
        load_locale(tag).date(date(2022, 3, 21), "prosa")
    with pytest.raises(ValueError, match="«compact»"):
        load_locale(tag).range(*WEEK, "compakt")
    with pytest.raises(ValueError, match="start or an end"):
        load_locale(tag).range(None, None)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_day_of_three_years_has_a_text_of_its_own(tag: str) -> None:
    days = [date(2019, 1, 1) + timedelta(days=number) for number in range(3 * 365 + 1)]
    locale = load_locale(tag)
    for form in ("prose", "block", "weekday"):
        assert len({locale.date(day, form) for day in days}) == len(days)


def _every_text(tag: str) -> list[tuple[str, set[int]]]:
    """Every shape and form, for months that stand next to each other and for months that do not, with its months."""
    locale = load_locale(tag)
    texts = [(locale.date(Month(2024, month), form), {month}) for month in range(1, 13) for form in DATE_FORMS]
    texts += [(locale.date(date(2024, month, 9), form), {month}) for month in range(1, 13) for form in DATE_FORMS]
    for (first, last), form in itertools.product(itertools.combinations(range(1, 13), 2), RANGE_FORMS):
        for year in (2024, 2025):
            for start in (Month(2024, first), date(2024, first, 28)):
                for end in (Month(year, last), date(year, last, 2)):
                    texts.append((locale.range(start, end, form), {first, last}))
    return texts


# What all cases of a month have in common, and no abbreviation has.
FULL_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
    "es": "enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre",
    "ru": "январ[яье]|феврал[яье]|март[ае]?|апрел[яье]|ма[яйе]|июн[яье]|июл[яье]|август[ае]?|"
    "сентябр[яье]|октябр[яье]|ноябр[яье]|декабр[яье]",
    "zh": "(?<!\\d)1月|(?<!\\d)2月|3月|4月|5月|6月|7月|8月|9月|10月|11月|12月",
    "ar": "يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر",
}


@pytest.mark.parametrize("tag", LANGUAGES)
def test_no_month_is_ever_abbreviated_and_nothing_is_left_in_braces(tag: str) -> None:
    months = FULL_MONTHS[tag].split("|")
    whole_words = re.compile(rf"(?<![^\W\dو_])(?:{FULL_MONTHS[tag]})(?![^\W\d_])") if tag != "zh" else None
    for text, expected in _every_text(tag):
        assert "{" not in text, text
        assert all(re.search(months[month - 1], text) for month in expected), text
        if whole_words:
            assert len(whole_words.findall(text)) == len(expected), text


@given(st.dates(date(1993, 1, 1), date(2093, 1, 1)), st.integers(0, 800), st.sampled_from(LANGUAGES))
def test_two_ranges_that_differ_never_print_alike(start: date, length: int, tag: str) -> None:
    locale = load_locale(tag)
    end = start + timedelta(days=length)
    for form in RANGE_FORMS:
        text = locale.range(start, end, form)
        assert text != locale.range(start, end + timedelta(days=1), form)
        assert text != locale.range(start - timedelta(days=1), end, form)
