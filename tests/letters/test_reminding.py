from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from letters.blocks import Conditional, Link, List, Paragraph, Text, Value
from letters.composed import Composed
from letters.daily import Day, daily_values
from letters.reminding import compose_reminder, try_to_compose_reminder
from letters.values import master_values, slot_values
from locales.locale import office_locale
from office.errors import InputError, NotFoundError
from office.findings import has_errors

ZURICH = ZoneInfo("Europe/Zurich")
DUE = datetime(2024, 4, 17, tzinfo=ZURICH)
STATEMENT = """
[[asks]]
id = "statement"
what = "statement"
reply = ["post"]
"""


def reminder(desk: Any, letter: Any, language: str = "en") -> Composed:
    return compose_reminder(letter, desk.office, language=language, class_name="ministers")


def said(desk: Any, composed: Composed, **change: Any) -> str:
    """Return the words of a reminder as they would be on a day."""
    on: dict[str, Any] = {
        "today": date(2024, 4, 12), "zone": ZURICH, "place": "geneva", "due": {"attendance": DUE},
        "moved": {},
    }  # fmt: skip
    locale = office_locale(desk.office, composed.language)
    sealed = slot_values(composed, {"country": "Kenya"}, locale)
    values = daily_values(composed.slots, sealed, Day(**{**on, **change}), lambda _: locale)
    return "\n".join(_words(block, values) for block in (*map(Paragraph, composed.subject), *composed.body))


def _words(part: Any, values: tuple[str | bool, ...]) -> str:
    match part:
        case Text(text=text):
            return text
        case Value(index=index):
            return str(values[index])
        case Conditional(condition=int(index), then=then, otherwise=otherwise):
            return "".join(_words(block, values) for block in (then if values[index] else otherwise))
        case List(items=items):
            return "".join(f"- {_words(block, values)}" for item in items for block in item.blocks)
        case Link(target=target, children=children):
            address = "".join(_words(piece, values) for piece in target)
            return "".join(_words(child, values) for child in children) + f" <{address}>"
        case _:
            return "".join(_words(child, values) for child in part.children)


def test_the_built_in_reminder(desk: Any) -> None:
    text = said(desk, reminder(desk, desk.letter()))
    assert text.splitlines()[:3] == ["Reminder: CL-24/007", "Meeting of example networks", "27-31 May 2024"]
    assert "We refer to our circular letter CL-24/007 of 4 March 2024." in text
    assert "- Confirmation of attendance (deadline: 16 April 2024)" in text
    assert "write to b@example.int <mailto:b@example.int> quoting the reference CL-24/007" in text
    site = "https://www.example.int/en/meeting"
    assert f"- on the web (Confirmation of attendance): {site} <{site}>" in text
    assert text.endswith("please disregard this reminder.")


def test_it_stands_in_the_letters_frame_under_its_own_date(desk: Any) -> None:
    letter = desk.letter()
    composed, original = reminder(desk, letter, "fr"), desk.compose(letter, "fr")
    assert composed.salutation == original.salutation
    assert composed.closing == original.closing
    assert composed.references == original.references
    assert composed.date_line != original.date_line
    assert composed.signature_note == ""
    assert composed.annexes == ()


def test_only_what_is_open_is_listed(desk: Any, facts: str) -> None:
    composed = reminder(desk, desk.letter(facts + STATEMENT))
    both = said(desk, composed, due={"attendance": DUE, "statement": None})
    one = said(desk, composed, due={"statement": None})
    assert "- Confirmation of attendance (deadline: 16 April 2024)" in both
    assert "- Statement" in both
    assert "Confirmation of attendance" not in one
    assert "- Statement" in one
    assert "mailto:" not in one
    assert "- by post" in one


def test_an_offer_is_never_listed(desk: Any, facts: str) -> None:
    composed = reminder(desk, desk.letter(facts + STATEMENT.replace("reply", "expected = false\nreply")))
    assert "Statement" not in said(desk, composed, due={"attendance": DUE, "statement": None})


def test_a_deadline_that_moved(desk: Any) -> None:
    text = said(desk, reminder(desk, desk.letter(), "fr"), due={"attendance": datetime(2024, 5, 1, tzinfo=ZURICH)})
    assert "(date limite: 30 avril 2024)" in text


def test_the_letters_own_words_for_an_ask(desk: Any, facts: str, french: dict[tuple[str, str], str]) -> None:
    letter = desk.letter(
        facts.replace("[texts]", '[texts]\nattendance = "The name of your minister"'),
        french=french | {("letter", "The name of your minister"): "Le nom de votre ministre"},
    )
    assert "- The name of your minister (deadline" in said(desk, reminder(desk, letter))
    assert "- Le nom de votre ministre (date limite" in said(desk, reminder(desk, letter, "fr"))


OWN = """# Second request

Minister, we still hope to hear from {{ recipient.country }} before {{ deadlines.confirm | date }}.

{% if recipient.country == "Kenya" %}
Nairobi is near.
{% endif %}
"""


def test_reminder_md_takes_the_place_of_the_built_in_words(desk: Any) -> None:
    letter = desk.letter()
    desk.write("reminder.md", OWN)
    text = said(desk, reminder(desk, letter))
    assert text.splitlines()[0] == "Second request"
    assert "hear from Kenya before 17 April 2024." in text
    assert "Nairobi is near." in text
    assert "We refer to" not in text
    assert "- Confirmation of attendance (deadline: 16 April 2024)" in text  # what is open is always told


def test_reminder_md_states_the_deadline_that_moved(desk: Any) -> None:
    letter = desk.letter()
    desk.write("reminder.md", OWN)
    later = datetime(2024, 5, 1, tzinfo=ZURICH)
    text = said(desk, reminder(desk, letter), due={"attendance": later}, moved={"confirm": later})
    assert "before 1 May 2024." in text
    assert "17 April" not in text


def test_a_deadline_that_may_move_ends_a_sentence_with_one_stop(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace('["en", "fr"]', '["en", "ru"]'), "# S\n\nCome\n", french={})
    source = "Please reply before **{{ deadlines.confirm | date }}**."
    russian = {
        ("letter", "Bridges between networks"): "М", ("body", "S"): "Т", ("body", "Come"): "Приходите",
        ("reminder", "Second"): "Второе", ("reminder", source): "Ответьте до **{{ deadlines.confirm | date }}**.",
    }  # fmt: skip
    desk.translate(russian, "ru")
    desk.write("reminder.md", f"# Second\n\n{source}\n")
    later = datetime(2024, 5, 1, tzinfo=ZURICH)
    text = said(desk, reminder(desk, letter, "ru"), due={"attendance": later}, moved={"confirm": later})
    assert "до 1 мая 2024 г." in text
    assert ".." not in text


def test_reminder_md_is_translated(desk: Any, french: dict[tuple[str, str], str]) -> None:
    source = "Please reply before {{ deadlines.confirm | date }}."
    own = {
        ("reminder", "Second request"): "Deuxième demande",
        ("reminder", source): "Veuillez répondre avant le {{ deadlines.confirm | date }}.",
    }
    letter = desk.letter(french=french | own)
    desk.write("reminder.md", f"# Second request\n\n{source}\n")
    assert "Deuxième demande" in said(desk, reminder(desk, letter, "fr"))
    desk.translate(french)
    with pytest.raises(InputError) as caught:
        reminder(desk, letter, "fr")
    assert {finding.code for finding in caught.value.findings} == {"segment-missing"}


def test_a_reminder_without_a_text_is_an_error(desk: Any) -> None:
    letter = desk.letter()
    desk.write("reminder.md", "# Second request\n")
    with pytest.raises(InputError) as caught:
        reminder(desk, letter)
    assert [finding.code for finding in caught.value.findings] == ["empty-text"]


@pytest.mark.parametrize(
    "text",
    [
        "# S\n\n{{ deadlines.confirm }} {{ ''.__class__ }}\n",
        "# S\n\n{{ deadlines['confirm'] }}\n",
        "# S\n\n{{ deadlines.confirm.date.year }}\n",
        "# S\n\n{{ deadlines | date }}\n",
        "# S\n\n{{ deadlines.nothing | date }}\n",
        "# S\n\n{{ deadlines.confirm | date(recipient.country) }}\n",
        "# S\n\n[x](javascript:alert(1))\n",
        "# S\n\n{% if deadlines.confirm %}\nopen\n",
        "no subject\n",
        "",
        "# S\n\n" + "{{ deadlines.confirm | date }} " * 3 + "\ue010if\ue0110\ue011\ue012\n",
    ],
)
def test_a_hostile_reminder_ends_in_findings(desk: Any, text: str) -> None:
    letter = desk.letter()
    desk.write("reminder.md", text)
    _, findings = try_to_compose_reminder(letter, desk.office, language="en", class_name="ministers")
    assert has_errors(findings)
    assert all(finding.file.startswith("letters/meeting/") for finding in findings)


def test_the_master_copy_has_no_values_of_the_day(desk: Any) -> None:
    composed = reminder(desk, desk.letter())
    assert "16 April 2024" in master_values(composed)


def test_a_language_or_class_that_is_not_there(desk: Any) -> None:
    letter = desk.letter()
    with pytest.raises(NotFoundError):
        compose_reminder(letter, desk.office, language="ru", class_name="ministers")
    with pytest.raises(NotFoundError):
        compose_reminder(letter, desk.office, language="en", class_name="nobody")


def test_it_needs_no_values_that_only_the_letter_prints(desk: Any, body: str) -> None:
    own = "# The **{{ recipient.country }}** meeting before {{ deadlines.confirm | date }}\n"
    letter = desk.letter(body=own + body + "\n{{ recipient.city }}\n")
    composed = reminder(desk, letter)
    names = {slot.name for slot in composed.slots}
    assert "recipient.country" in names
    assert "recipient.city" not in names
    assert "The Kenya meeting before 17 April 2024" in said(desk, composed)
