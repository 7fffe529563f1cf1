"""Which clock a time is on; percentages and ordinals."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from locales.languages import LANGUAGES
from locales.locale import load_locale

NBSP = "\u00a0"
GENEVA = (ZoneInfo("Europe/Zurich"), "geneva")
SUMMER = datetime(2019, 6, 4, 16, tzinfo=ZoneInfo("Europe/Zurich"))


@pytest.mark.parametrize(
    ("tag", "single", "span"),
    [
        ("fr", "16 h 00 (heure de Genève)", "16 h 00-17 h 30 (heure de Genève)"),
        ("en", "1600 hours (Geneva time)", "1600-1730 hours (Geneva time)"),
        ("es", "16.00 horas (hora de Ginebra)", "16.00-17.30 horas (hora de Ginebra)"),
        (
            "ru",
            "16 час. 00 мин. по женевскому времени",
            "16 час. 00 мин. – 17 час. 30 мин. по женевскому времени",
        ),
        ("zh", "16时00分（日内瓦时间）", "16时00分至17时30分（日内瓦时间）"),
        ("ar", "الساعة 16:00 بتوقيت جنيف", "من الساعة 16:00 إلى الساعة 17:30 بتوقيت جنيف"),
    ],
)
def test_the_offices_clock(tag: str, single: str, span: str) -> None:
    locale = load_locale(tag, home=GENEVA)
    assert locale.time(SUMMER, None, "zone") == single
    assert locale.time(SUMMER, SUMMER + timedelta(hours=1, minutes=30), "zone") == span


@pytest.mark.parametrize(
    ("moment", "clock"),
    [
        (SUMMER.replace(tzinfo=timezone(timedelta(hours=2))), "heure de Genève"),  # as TOML gives it
        (SUMMER.replace(month=1, tzinfo=timezone(timedelta(hours=1))), "heure de Genève"),
        (time(16), "heure de Genève"),
        (datetime(2019, 6, 4, 14, tzinfo=UTC), "UTC"),
        (SUMMER.astimezone(ZoneInfo("America/New_York")), "UTC-04:00"),
        (SUMMER.astimezone(ZoneInfo("Asia/Kathmandu")), "UTC+05:45"),
        (SUMMER.astimezone(ZoneInfo("America/St_Johns")), "UTC-02:30"),
    ],
)
def test_a_clock_is_the_offices_or_utc_or_says_how_far_it_is_from_it(moment: datetime | time, clock: str) -> None:
    assert load_locale("fr", home=GENEVA).clock_of(moment) == clock


def test_a_place_without_words_is_called_by_its_zone() -> None:
    assert load_locale("en", home=(ZoneInfo("Asia/Tokyo"), "tokyo")).clock_of(time(9)) == "Asia/Tokyo"


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_place_whose_time_has_a_name_has_one_in_every_language(tag: str) -> None:
    locale = load_locale(tag)
    assert locale.keys("zone") == load_locale("en").keys("zone") >= {"geneva", "utc", "new-york", "nairobi"}


def test_an_unknown_form_is_refused_with_a_suggestion() -> None:
    with pytest.raises(ValueError, match="«zone»"):
        load_locale("fr").time(SUMMER, None, "zones")


@pytest.mark.parametrize(
    ("tag", "profile", "expected"),
    [
        ("fr", "itu", f"42,5{NBSP}%"),
        ("es", "itu", f"42,5{NBSP}%"),
        ("ru", "itu", "42,5%"),
        ("en", "itu", "42.5%"),
        ("en", "standard", "42.5 per cent"),
        ("zh", "itu", "42.5%"),
        ("ar", "itu", "42.5%"),
    ],
)
def test_percent(tag: str, profile: str, expected: str) -> None:
    assert load_locale(tag, profile=profile).percent(42.5) == expected


@pytest.mark.parametrize(
    ("tag", "form", "expected"),
    [
        ("fr", "m", {1: "1er", 2: "2e", 21: "21e", 1000: f"1{NBSP}000e"}),
        ("fr", "f", {1: "1re", 2: "2e"}),
        ("en", "m", {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 21: "21st", 113: "113th"}),
        ("es", "f", {3: "3.ª"}),
        ("ru", "m", {3: "3-й"}),
        ("ru", "f", {3: "3-я"}),
        ("ru", "f-pre", {3: "3-й"}),
        ("ru", "m-gen", {3: "3-го"}),
        ("zh", "m", {3: "第3"}),
        ("ar", "m", {1: "الأول", 12: "الثاني عشر", 25: "رقم 25"}),
        ("ar", "f", {1: "الأولى", 12: "الثانية عشرة"}),
    ],
)
def test_ordinal(tag: str, form: str, expected: dict[int, str]) -> None:
    locale = load_locale(tag)
    assert {number: locale.ordinal(number, form) for number in expected} == expected


@pytest.mark.parametrize("tag", LANGUAGES)
def test_ordinals_of_two_numbers_never_print_alike(tag: str) -> None:
    locale = load_locale(tag)
    for form in ("m", "f"):
        assert len({locale.ordinal(number, form) for number in range(1, 300)}) == 299


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3"])
def test_what_has_no_place_in_a_row(value: object) -> None:
    with pytest.raises(ValueError, match="whole number"):
        load_locale("en").ordinal(value)  # type: ignore[arg-type]


def test_an_unknown_form_of_an_ordinal_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no form"):
        load_locale("fr").ordinal(3, "m-gen")
