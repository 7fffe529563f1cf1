"""Facts found in the words of a draft, and the fields that print them as they stood."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from letters.drafts.addresses import Addresses
from letters.drafts.model import Paragraph, Span
from letters.drafts.stating import Stater
from locales.dates import Month
from locales.locale import load_locale
from office.model import Contact

ZURICH = ZoneInfo("Europe/Zurich")
OURS = (re.compile(r"LU-\d+/\d+"),)
CONTACTS = {
    "lamps-2031": Contact(key="lamps-2031", name="B. Montero", tel="+41 22 555 01 02", email="lamps@example.int")
}


def stater(language: str = "en") -> Stater:
    return Stater(load_locale(language), date(2031, 1, 6), ZURICH, Addresses(language, CONTACTS), OURS)


def stated(text: str, language: str = "en", by: Stater | None = None) -> str:
    """Return a text with the fields that are put into it."""
    by = by or stater(language)
    made, at = [], 0
    for put in by.puts(Paragraph(place="paragraph 1", spans=(Span(text),))):
        made += [text[at : put.start], put.markdown or put.printed]
        assert put.printed.split() == text[put.start : put.end].replace("\u202f", " ").split() or put.printed
        at = put.end
    return "".join([*made, text[at:]])


@pytest.mark.parametrize(
    ("language", "text", "wanted", "day", "rule"),
    [
        ("en", "Reply by 15 May 2031.", "Reply by {{ deadlines.reply | date }}.", "2031-05-15", "by"),
        ("en", "Reply before 15 May.", 'Reply before {{ deadlines.reply | date("dm") }}.', "2031-05-15", "before"),
        ("en", "Reply no later than Thursday, 15 May 2031.",
         'Reply no later than {{ deadlines.reply | date("weekday") }}.', "2031-05-15", "by"),
        ("fr", "Répondez avant le 1er mai 2031.",
         'Répondez avant {{ deadlines.reply | date("on") }}.', "2031-05-01", "before"),
        ("fr", "Répondez d'ici au 15 mai 2031.", "Répondez d'ici au {{ deadlines.reply | date }}.", "2031-05-15", "by"),
        ("es", "Responda antes del 15 de mayo de 2031.", 'Responda antes {{ deadlines.reply | date("of") }}.',
         "2031-05-15", "before"),
        ("ru", "Ответьте не позднее 15 мая 2031 года.", 'Ответьте не позднее {{ deadlines.reply | date("block") }}.',
         "2031-05-15", "by"),
        ("zh", "请于2031年5月15日前答复。", "请于{{ deadlines.reply | date }}前答复。", "2031-05-15", "before"),
        ("zh", "不迟于2031年5月15日答复。", "不迟于{{ deadlines.reply | date }}答复。", "2031-05-15", "by"),
        ("ar", "يرجى الرد في موعد أقصاه 15 مايو 2031.", "يرجى الرد في موعد أقصاه {{ deadlines.reply | date }}.",
         "2031-05-15", "by"),
    ],
)  # fmt: skip
def test_a_day_by_which_something_is_asked_is_a_deadline(
    language: str, text: str, wanted: str, day: str, rule: str
) -> None:
    by = stater(language)
    assert stated(text, by=by) == wanted
    ((key, deadline),) = by.facts.deadlines.items()
    assert (key, str(deadline.date), deadline.rule, by.facts.asks) == ("reply", day, rule, {"reply": "information"})


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "held from 27 to 31 May 2031", "held {{ events.event | range }}"),
        ("en", "Forum, 27-31 May 2031", 'Forum, {{ events.event | range("compact") }}'),
        ("en", "From 27 to 31 May 2031, all", 'From {{ events.event | range("bare") }}, all'),
        ("fr", "les 20 et 21 mars 2031", "{{ events.event | range }}"),
        ("fr", "30 mars – 3 avril 2031", '{{ events.event | range("compact") }}'),
        ("fr", "en janvier/février 2032", "{{ events.event | range }}"),
        ("es", "del 27 al 31 de mayo de 2031", "{{ events.event | range }}"),
        ("ru", "с 27 по 31 мая 2031 года", None),
        ("zh", "2031年3月19日至23日", "{{ events.event | range }}"),
        ("ar", "من 27 إلى 31 مايو 2031", None),
    ],
)  # fmt: skip
def test_ranges_are_events_in_the_form_that_prints_them(language: str, text: str, wanted: str | None) -> None:
    by = stater(language)
    made = stated(text, by=by)
    assert len(by.facts.events) == 1
    assert made == wanted if wanted is not None else "{{ events.event" in made or by.noted


def test_the_same_days_are_one_event_everywhere() -> None:
    by = stater("fr")
    assert stated("19-23 mai 2031", by=by) == '{{ events.event | range("compact") }}'
    assert stated("du 19 au 23 mai 2031", by=by) == "{{ events.event | range }}"
    assert len(by.facts.events) == 1


def test_hours_beside_a_day_belong_to_it() -> None:
    by = stater("fr")
    made = stated("4 juin 2031, 16 h 00-17 h 00 (UTC), puis le 5 juin 2031 à 9 h 30", by=by)
    assert made == (
        '{{ events.event.start | date }}, {{ events.event | time("zone") }}, puis'
        ' {{ events.event_2.start | date("on") }} à {{ events.event_2 | time }}'
    )
    first, second = by.facts.events.values()
    assert first.start == datetime.fromisoformat("2031-06-04T16:00:00+00:00")
    assert second.start == datetime(2031, 6, 5, 9, 30, tzinfo=ZURICH)


def test_days_of_the_past_and_months_are_facts() -> None:
    by = stater()
    assert stated("since 13 October 2015 and in May 2031", by=by) == (
        'since {{ facts.day | date }} and {{ events.event.start | date("on") }}'
    )
    assert by.facts.figures == {"day": date(2015, 10, 13)}
    assert by.facts.events["event"].start == Month(2031, 5)


@pytest.mark.parametrize(
    ("language", "text", "wanted"),
    [
        ("en", "some 140,000 in 193 States", "some {{ facts.figure | number }} in {{ facts.figure_2 }} States"),
        ("fr", "quelque 140\u202f000 personnes", "quelque {{ facts.figure | number }} personnes"),
        ("en", "in 2031, 12 States, 5 million, 120 million", "in 2031, 12 States, 5 million, 120 million"),
        (
            "en",
            "resolution 70/125 and A/RES/70/1",
            "resolution {{ facts.resolution_70_125 }} and {{ facts.a_res_70_1 }}",
        ),
        ("en", "our letter LU-30/004", "our letter {{ facts.lu_30_004 }}"),
        ("fr", "140,000 personnes", "140,000 personnes"),
    ],
)
def test_figures_and_references(language: str, text: str, wanted: str) -> None:
    assert stated(text, language) == wanted


def test_an_earlier_letter_of_the_office_is_related() -> None:
    by = stater()
    stated("as LU-30/004 and XY-30/004 said", by=by)
    assert by.facts.relates == ["LU-30/004"]


def test_addresses_become_links_and_contacts() -> None:
    by = stater("fr")
    made = stated(
        "Voir https://a.example.int/fr/phares, www.b.example.int ou lamps@example.int, +41 22 555 01 02.", by=by
    )
    assert made == (
        "Voir {{ links.phares }}, [www.b.example.int]({{ links.b }}) ou {{ contacts.lamps_2031.email }},"
        " {{ contacts.lamps_2031.tel }}."
    )
    assert by.addresses.links == {"phares": "https://a.example.int/{lang}/phares", "b": "https://www.b.example.int"}


def test_what_cannot_be_printed_so_is_told() -> None:
    by = stater()
    assert stated("by 15.05.2031 or on 20 and 25 May 2031 at 9 o'clock", by=by) == (
        "by 15.05.2031 or on 20 and 25 May 2031 at 9 o'clock"
    )
    assert {one.words for one in by.noted} >= {"15.05.2031"}
    assert all(one.todo for one in by.noted)


@pytest.mark.parametrize(
    ("language", "text", "day", "rule", "what"),
    [
        ("en", "Contributions no later than 5 p.m. (Geneva time) on Friday, 2 May 2031.", "2031-05-02 17:00", "by",
         "contribution"),
        ("en", "Nominations close at 11:59 p.m. on 2 May 2031.", "2031-05-02 23:59", "by", "nomination"),
        ("en", "The deadline for photographs is Friday, 2 May 2031, 5:00 p.m. (CEST).", "2031-05-02 17:00", "by",
         "information"),
        ("fr", "Le délai est prolongé jusqu’au vendredi 2 mai à 17 heures, heure de Genève.", "2031-05-02 17:00", "by",
         "information"),
        ("fr", "Phase V: 3 mai 2031 – date limite de soumission des textes", "2031-05-03 00:00", "by", "contribution"),
        ("fr", "La date limite pour l'envoi des textes est fixée au 3 mai 2031.", "2031-05-03 00:00", "by",
         "information"),
        ("es", "Responda antes de las 23.59 horas UTC del 1 de mayo de 2031.", "2031-05-01 23:59", "before",
         "information"),
        ("es", "El plazo de inscripción vence el 1 de mayo de 2031.", "2031-05-01 00:00", "by", "registration"),
        ("ru", "Срок представления материалов: 20 мая 2031 года.", "2031-05-20 00:00", "by", "contribution"),
        ("zh", "请于2031年5月1日（星期四）下午5时（日内瓦时间）前登记。", "2031-05-01 17:00", "before", "registration"),
        ("ar", "الموعد النهائي للتسجيل: 15 مايو 2031 الساعة 5:00 مساءً", "2031-05-15 17:00", "by", "registration"),
    ],
)  # fmt: skip
def test_a_deadline_is_known_with_its_hours_however_it_is_said(
    language: str, text: str, day: str, rule: str, what: str
) -> None:
    by = stater(language)
    stated(text, by=by)
    ((key, deadline),) = by.facts.deadlines.items()
    moment = deadline.date
    said = f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime | date) else ""
    assert (said, deadline.rule, by.facts.asks[key]) == (day, rule, what)


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("ar", "أرجو تأكيد حضوركم قبل 15 مايو، وتقديم الترشيحات في موعد أقصاه 22 مايو 2031.",
         ["attendance", "nomination"]),
        ("zh", "请于2031年4月15日之前确认出席。提交文稿的截止日期为2031年4月29日。", ["attendance", "contribution"]),
        ("fr", "Répondez d'ici le 1er mai 2031, et désignez un point focal d'ici au 15 mai.",
         ["information", "nomination"]),
        ("en", "Confirm attendance by 15 May 2031 by letter, and submit papers by 22 May 2031.",
         ["attendance", "contribution"]),
    ],
)  # fmt: skip
def test_each_of_several_deadlines_asks_what_its_own_words_say(language: str, text: str, asked: list[str]) -> None:
    by = stater(language)
    stated(text, by=by)
    assert list(by.facts.asks.values()) == asked


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Les dossiers sont rendus avant le 31 décembre de chaque année."),
        ("en", "The office is closed until 26 May 2031."),
        ("en", "Badges are sent 48 hours before 4 June 2031."),
        ("en", "I had asked for an answer before 20 December."),
        ("zh", "截至2030年3月1日，已收到87份答复。"),
    ],
)
def test_a_day_by_which_nothing_is_asked_is_no_deadline(language: str, text: str) -> None:
    by = stater(language)
    stated(text, by=by)
    assert by.facts.deadlines == {}


def test_a_range_in_a_form_of_no_house_is_one_event_and_hours_too() -> None:
    by = stater("ru")
    stated("Форум (30 мая – 3 июня 2031 г.)", by=by)
    french = stater("fr")
    stated("le vendredi 2 mai 2031, de 14 h à 17 h 30", by=french)
    (forum,), (meeting,) = by.facts.events.values(), french.facts.events.values()
    assert (forum.start, forum.end) == (date(2031, 5, 30), date(2031, 6, 3))
    assert (meeting.start, meeting.end) == (
        datetime(2031, 5, 2, 14, 0, tzinfo=ZURICH),
        datetime(2031, 5, 2, 17, 30, tzinfo=ZURICH),
    )


def test_the_figures_of_a_telephone_number_are_no_facts() -> None:
    by = stater()
    assert stated("Call +41 22 555 9912.", by=by) == "Call +41 22 555 9912."
    assert by.facts.figures == {}


def test_a_range_without_its_year_is_one_event_and_names_of_persons_ask_no_papers() -> None:
    by = stater()
    stated("Segment (31 August-1 September), names of representatives by 24 June 2031.", by=by)
    (segment,) = by.facts.events.values()
    assert (segment.start, segment.end) == (date(2031, 8, 31), date(2031, 9, 1))
    assert by.facts.asks == {"reply": "information"}
