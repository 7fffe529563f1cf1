from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from letters.composed import SlotSpec
from letters.daily import Day, daily_values, date_slot, deadline_slot, due_slot, due_words, is_daily, open_slot
from letters.model import Deadline
from locales.locale import load_locale
from office.expressions import ExpressionError, parse_expression

ZURICH = ZoneInfo("Europe/Zurich")
DEADLINES = {
    "confirm": Deadline(key="confirm", date=date(2024, 4, 17), rule="before"),
    "papers": Deadline(key="papers", date=date(2024, 4, 17), rule="by"),
}
LATER = datetime(2024, 5, 1, tzinfo=ZURICH)


def day(**change: object) -> Day:
    values: dict[str, object] = {
        "today": date(2024, 4, 22), "zone": ZURICH, "place": "geneva", "due": {"attendance": LATER}, "moved": {},
    }  # fmt: skip
    return Day(**{**values, **change})  # type: ignore[arg-type]


def value(slot: SlotSpec, sealed: str | bool, on: Day, language: str = "en") -> str | bool:
    assert is_daily(slot.name)
    (found,) = daily_values([slot], [sealed], on, lambda _: load_locale(language))
    return found


def test_values_of_the_addressee_stay() -> None:
    slot = SlotSpec(name="recipient.country")
    assert not is_daily(slot.name)
    assert daily_values([slot], ["Kenya"], day(), lambda _: load_locale("en")) == ("Kenya",)


def test_the_date_line_is_of_today() -> None:
    assert value(date_slot("geneva"), "", day(), "fr") == "Genève, le 22 avril 2024"


def test_what_is_open() -> None:
    assert value(open_slot(["attendance"]), True, day()) is True
    assert value(open_slot(["statement", "attendance"]), True, day()) is True
    assert value(open_slot(["statement"]), True, day()) is False


@pytest.mark.parametrize(
    ("due", "language", "words"),
    [
        (LATER, "en", "30 April 2024"),
        (LATER, "ar", "30 أبريل 2024"),
        (datetime(2024, 4, 30, 16, tzinfo=UTC), "en", "30 April 2024, 1800 hours (Geneva time)"),
        (datetime(2024, 4, 30, 16, tzinfo=UTC), "fr", "30 avril 2024, 18 h 00 (heure de Genève)"),
        (datetime(2024, 4, 30, 16, tzinfo=UTC), "zh", "2024年4月30日18时00分（日内瓦时间）"),
    ],
)
def test_a_deadline_in_words(due: datetime, language: str, words: str) -> None:
    assert due_words(due, ZURICH, "geneva", load_locale(language)) == words
    assert value(due_slot("attendance", "17 April"), "17 April", day(due={"attendance": due}), language) == words


def test_a_place_without_words_for_its_clock() -> None:
    noon = datetime(2024, 4, 30, 10, tzinfo=UTC)
    assert due_words(noon, ZURICH, "bern", load_locale("en")) == "30 April 2024, 1200 hours (Europe/Zurich)"


def test_an_ask_without_a_deadline_keeps_what_was_sealed() -> None:
    assert value(due_slot("attendance", "sealed"), "sealed", day(due={"attendance": None})) == "sealed"


@pytest.mark.parametrize(
    ("source", "moved"),
    [
        ("deadlines.confirm | date", "1 May 2024"),  # «before 1 May»: until the end of 30 April
        ("deadlines.papers | date", "30 April 2024"),
        ("deadlines.papers.date | date", "30 April 2024"),
        ('deadlines.papers | date("dm")', "30 April"),
        ("deadlines.papers", "30 April 2024"),
    ],
)
def test_a_field_prints_the_deadline_that_moved_by_its_own_rule(source: str, moved: str) -> None:
    slot = deadline_slot(parse_expression(source), DEADLINES, "sealed")
    assert value(slot, "sealed", day()) == "sealed"
    assert value(slot, "sealed", day(moved={"confirm": LATER, "papers": LATER})) == moved


def test_a_field_prints_a_moment_within_a_day_as_that_day() -> None:
    slot = deadline_slot(parse_expression("deadlines.confirm | date"), DEADLINES, "sealed")
    afternoon = datetime(2024, 4, 30, 14, tzinfo=UTC)
    assert value(slot, "sealed", day(moved={"confirm": afternoon}), "fr") == "30 avril 2024"


@pytest.mark.parametrize("source", ["deadlines.confirm == facts.day", "deadlines.confirm or deadlines.papers"])
def test_a_field_prints_one_deadline_and_nothing_else(source: str) -> None:
    with pytest.raises(ExpressionError, match="one deadline"):
        deadline_slot(parse_expression(source), DEADLINES, "sealed")
