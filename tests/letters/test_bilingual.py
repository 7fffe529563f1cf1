"""Letters in two languages: each part whole and in one language, its slots numbered after those of the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import pytest

from letters.blocks import Conditional, Text, Value
from letters.composed import Composed
from letters.composing import compose, try_to_compose
from letters.daily import Day, daily_values
from letters.reminding import compose_reminder
from letters.values import master_values, slot_values
from locales.locale import load_locale
from office.errors import InputError, NotFoundError
from tests.letters.conftest import Desk, FaultsOf

COUNTRY = "Your country, {{ recipient.country }}, is asked {{ recipient.country }}."
PAYS = "Votre pays, {{ recipient.country }}, est prié."
PERSONAL = ('lines = ["ministers-of-member-states"]', 'address = "personal"')


def text_of(value: object) -> Iterator[str]:
    """Yield every text below a block or a line."""
    if isinstance(value, Text):
        yield value.text
    elif isinstance(value, tuple):
        for child in value:
            yield from text_of(child)
    else:
        for name in ("children", "blocks", "items", "rows", "then", "otherwise"):
            yield from text_of(getattr(value, name, ()))


def body_of(part: Composed) -> str:
    return "".join(text_of(part.body))


def values_below(value: object) -> Iterator[int]:
    if isinstance(value, Conditional) and isinstance(value.condition, int):
        yield value.condition
    if isinstance(value, Value):
        yield value.index
    elif isinstance(value, tuple):
        for child in value:
            yield from values_below(child)
    else:
        for name in ("children", "blocks", "items", "rows", "then", "otherwise"):
            yield from values_below(getattr(value, name, ()))


def test_each_fact_is_printed_in_the_language_of_its_part(desk: Desk) -> None:
    composed = desk.compose(desk.letter(), "fr+en")
    french, english = composed.parts
    assert (composed.tag, french.language, english.language) == ("fr+en", "fr", "en")
    for words in ("du 27 au 31 mai 2024", "7\u00a0000 entrées", "17 avril 2024", "Des ponts entre les réseaux"):
        assert words in body_of(french)
    for words in ("from 27 to 31 May 2024", "7,000 entries", "17 April 2024", "Bridges between networks"):
        assert words in body_of(english)
    subjects = ["".join(text_of(part.subject)) for part in composed.parts]
    assert subjects == ["Réunion des réseaux d'exemple27-31 mai 2024", "Meeting of example networks27-31 May 2024"]


@pytest.mark.parametrize("tag", ["fr+en", "en+fr"])
def test_the_parts_are_the_letters_in_one_language(desk: Desk, tag: str) -> None:
    letter = desk.letter()
    composed = desk.compose(letter, tag)
    for part in composed.parts:
        alone = desk.compose(letter, part.language)
        assert (part.body, part.subject, part.date_line) == (alone.body, alone.subject, alone.date_line)
        assert (part.salutation, part.closing, part.contacts) == (alone.salutation, alone.closing, alone.contacts)


def test_slots_of_the_second_part_count_on(
    desk: Desk, facts: str, body: str, french: dict[tuple[str, str], str]
) -> None:
    letter = desk.letter(facts.replace(*PERSONAL), f"{body}\n{COUNTRY}\n", french={**french, ("body", COUNTRY): PAYS})
    composed = desk.compose(letter, "fr+en")
    first, second = composed.parts
    assert [(slot.name, slot.language) for slot in composed.all_slots] == [
        *((name, "fr") for name in ("@address", "@salutation", "@closing", "recipient.country")),
        *((name, "en") for name in ("@address", "@salutation", "@closing", "recipient.country")),
    ]
    assert sorted(values_below(first.body)) == [3]
    assert sorted(values_below(second.body)) == [7, 7]
    assert (first.address, second.address) == (Value(0), Value(4))
    assert (second.salutation, second.closing) == ((Value(5),), (Value(6),))
    minister: Mapping[str, object] = {"name": "A. Brook", "gender": "f", "role": "minister", "country": "Kenya"}
    values = [slot_values(part, minister, load_locale(part.language)) for part in composed.parts]
    assert values[0][1] == "Madame la Ministre,"
    assert values[1][1] == "Excellency,"
    assert len(master_values(composed)) == 8


def test_the_reminder_too(desk: Desk) -> None:
    letter = desk.letter()
    composed = compose_reminder(letter, desk.office, language="en+fr", class_name="ministers")
    english, french = composed.parts
    assert "Reminder: CL-24/007" in "".join(text_of(english.subject))
    assert "Rappel: CL-24/007" in "".join(text_of(french.subject))
    assert {slot.language for slot in english.slots} == {"en"}
    assert {slot.name for slot in french.slots} == {slot.name for slot in english.slots}
    below = {*values_below(french.body), *values_below(french.date_line)}
    assert below == set(range(len(english.slots), len(composed.all_slots)))


def test_what_changes_from_day_to_day_is_printed_in_the_language_of_its_part(desk: Desk) -> None:
    composed = compose_reminder(desk.letter(), desk.office, language="fr+en", class_name="ministers")
    zone = desk.office.zone
    later = datetime(2024, 6, 1, tzinfo=zone)
    day = Day(today=date(2024, 5, 2), zone=zone, place="geneva", due={"attendance": later}, moved={})
    values = daily_values(composed.all_slots, master_values(composed), day, load_locale)
    assert [value for value in values if isinstance(value, str)] == [
        "Genève, le 2 mai 2024", "31 mai 2024", "Geneva, 2 May 2024", "31 May 2024",
    ]  # fmt: skip


def test_what_one_language_lacks_is_said_once(desk: Desk, french: dict[tuple[str, str], str]) -> None:
    key = next(key for key in french if key[1].startswith("Please reply"))
    letter = desk.letter(french={other: words for other, words in french.items() if other != key})
    _, alone = try_to_compose(letter, desk.office, language="fr", class_name="ministers")
    _, both = try_to_compose(letter, desk.office, language="en+fr", class_name="ministers")
    assert both == alone
    with pytest.raises(InputError, match="«en\\+fr»"):
        compose(letter, desk.office, language="en+fr", class_name="ministers")


@pytest.mark.parametrize("tag", ["fr+fr", "en+fr+ar", "en+ar", "en+", "+fr", "en-fr"])
def test_pairs_that_a_letter_does_not_have(desk: Desk, tag: str) -> None:
    with pytest.raises(NotFoundError):
        desk.compose(desk.letter(), tag)


def test_an_audience_names_its_languages(desk: Desk, facts: str) -> None:
    letter = desk.letter(facts.replace('list = "ministers"', 'list = "ministers"\nbilingual = ["fr", "en"]'))
    assert letter.audiences[0].bilingual == ("fr", "en")


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ('["fr"]', "not-two-languages"),
        ("[]", "not-two-languages"),
        ('["fr", "fr"]', "not-two-languages"),
        ('["fr", "ar"]', "unknown-language"),
        ('["fr", "en", "fr"]', "given-twice"),
        ('"fr+en"', "wrong-kind"),
    ],
)
def test_languages_of_an_audience_that_are_not_two(faults_of: FaultsOf, facts: str, written: str, code: str) -> None:
    assert code in faults_of(facts.replace('list = "ministers"', f'list = "ministers"\nbilingual = {written}'))
