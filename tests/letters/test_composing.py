"""A letter in one language for one class; the values of its slots."""

from __future__ import annotations

from typing import Any

import pytest

from letters.blocks import Conditional, Link, Paragraph, Text, Value
from letters.composed import Composed
from letters.printing import agree
from letters.values import master_values, slot_values
from locales.locale import load_locale
from office.errors import InputError, NotFoundError
from office.expressions import ExpressionError

MINISTER = {"name": "Ora Lind", "title": "Minister", "role": "minister", "gender": "f", "country": "Kenya", "key": "k"}


def text_of(composed: Composed) -> str:
    """Return the body as one text; values as ⟨n⟩."""
    return "\n".join(_text(block) for block in composed.body)


def _text(node: object) -> str:
    if isinstance(node, Text):
        return node.text
    if isinstance(node, Value):
        return f"⟨{node.index}⟩"
    if isinstance(node, Link):
        return f"[{_all(node.children)}]({_all(node.target)})"
    return _all(getattr(node, "children", ()))


def _all(nodes: tuple[object, ...]) -> str:
    return "".join(_text(node) for node in nodes)


def faults(desk: Any, letter: Any, language: str = "en") -> list[tuple[str, str, int | None]]:
    with pytest.raises(InputError) as caught:
        desk.compose(letter, language)
    assert all(finding.hint for finding in caught.value.findings), caught.value.findings
    return [(finding.code, finding.file, finding.line) for finding in caught.value.findings]


def test_the_source(desk: Any) -> None:
    composed = desk.compose(desk.letter())
    assert [_all(line) for line in composed.subject] == ["Meeting of example networks", "27-31 May 2024"]
    assert "7,000 entries" in text_of(composed)
    assert "[web site](https://www.example.int/en/meeting)" in text_of(composed)
    assert composed.references == ((composed.references[0][0], "CL-24/007"),)
    assert composed.contacts[0].lines[-1][1:] == ("forum@example.int", "mailto")
    assert composed.signatory_name == "Ines Marlow"
    assert composed.slots == ()
    assert composed.address is None


def test_a_translation(desk: Any) -> None:
    composed = desk.compose(desk.letter(), "fr")
    text = text_of(composed)
    assert "du 27 au 31 mai 2024" in text
    assert "Des ponts entre les réseaux" in text
    assert "7\u00a0000 entrées" in text
    assert "avant le 17 avril 2024" in text
    assert "https://www.example.int/fr/meeting" in text
    assert composed.date_line == (Text("Genève, le 4 mars 2024"),)
    assert _all(composed.salutation) == "Madame la Ministre, Monsieur le Ministre,"
    assert "Madame la Ministre, Monsieur le Ministre" in _all(composed.closing)
    assert composed.signatory_title == "Secrétaire générale"


def test_missing_and_doubtful_translations(desk: Any, french: dict[tuple[str, str], str]) -> None:
    letter = desk.letter()
    del french["body", "Meeting of example networks"]
    path = desk.translate(french, fuzzy="Please")
    line = path.read_text(encoding="utf-8").splitlines().index("#, fuzzy") + 1
    found = faults(desk, letter, "fr")
    assert ("segment-missing", "letters/meeting/body.md", 1) in found
    assert [entry[0] for entry in found].count("segment-to-revise") == 1
    revise = next(entry for entry in found if entry[0] == "segment-to-revise")
    assert revise[1] == "locales/fr/letters/meeting.po"
    assert revise[2] is not None
    assert abs(revise[2] - line) <= 2
    desk.compose(letter, "en")


def test_a_fault_in_a_translation_is_placed_there(desk: Any, french: dict[tuple[str, str], str]) -> None:
    letter = desk.letter()
    french["body", "Meeting of example networks"] = "Réunion {{ events.meting | range }}"
    desk.translate(french)
    assert ("unknown-field", "locales/fr/letters/meeting.po") in [entry[:2] for entry in faults(desk, letter, "fr")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{{ deadlines.confrm | date }}", "unknown-field"),
        ("{{ nothing }}", "unknown-field"),
        ("{{ facts.entries | dat }}", "unknown-field"),
        ("{{ facts.entries | date }}", "bad-field"),
        ('{{ deadlines.confirm | date("long") }}', "bad-field"),
        ("{{ deadlines.confirm | range }}", "bad-field"),
        ("{{ events.meeting | date }}", "bad-field"),
        ("{{ events.meeting | time }}", "bad-field"),
        ("{{ facts }}", "bad-field"),
        ("{{ facts.host }}", "bad-field"),
        ("{{ facts.review | number }}", "bad-field"),
        ("{{ facts.review | join }}", "bad-field"),
        ("{{ facts.entries > 'a' }}", "bad-field"),
        ("{{ recipient }}", "bad-field"),
        ("{{ recipient.a.b }}", "bad-field"),
        ("{{ recipient.name == facts.review }}", "bad-field"),
        ("{{ recipient.name == 'a' }}", "bad-field"),
        ("{{ recipient.name | upper }}", "unknown-field"),
        ('{{ recipient | agree("a", "b") }}', "bad-field"),
        ('{{ recipient.name | agree("a", "b", "c") }}', "bad-field"),
        ("[a]({{ facts.review }})", "bad-link"),
        ("{% if facts.nothing %}\na\n{% endif %}", "unknown-field"),
        ("{% if recipient.a == facts.review %}\na\n{% endif %}", "bad-field"),
    ],
)
def test_fields_that_cannot_be_printed(desk: Any, text: str, code: str) -> None:
    letter = desk.letter()
    desk.write("body.md", f"# Subject\n\nText\n\n{text}\n")
    assert faults(desk, letter) == [(code, "letters/meeting/body.md", 5)]


@pytest.mark.parametrize(
    ("field", "wanted"),
    [
        ("deadlines.confirm", "17 April 2024"),
        ('deadlines.confirm | date("dm")', "17 April"),
        ("deadlines.confirm.date | date", "17 April 2024"),
        ("events.meeting", "27 to 31 May 2024"),
        ("events.meeting.start | date", "27 May 2024"),
        ("events.meeting.place", "Geneva"),
        ("events.session | date", "27 May 2024"),
        ('events.session | date("weekday")', "Monday, 27 May 2024"),
        ("events.later | range('compact')", "September 2024 (to be confirmed)"),
        ("events.later.start | date", "September 2024 (to be confirmed)"),
        ("facts.entries", "7000"),
        ("facts.entries | number", "7,000"),
        ("facts.names | join", "A, B and C"),
        ("date", "4 March 2024"),
        ("reference", "CL-24/007"),
        ("kind", "invitation"),
        ("signatory.name", "Ines Marlow"),
        ('signatory | agree("he", "she", "they")', "she"),
        ("contacts.press_desk.name", "Press desk"),
        ("office.place", "Geneva"),
    ],
)
def test_printing(desk: Any, facts: str, field: str, wanted: str) -> None:
    letter = desk.letter(facts.replace("host = true", 'host = true\nnames = ["A", "B", "C"]'))
    desk.write("body.md", f"# Subject\n\n<{{{{ {field} }}}}>.\n")
    printed = text_of(desk.compose(letter))
    assert wanted in printed
    assert printed.count("to be confirmed") == wanted.count("to be confirmed")


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("С {{ events.meeting.start | date }}.", "27 мая 2024 г."),
        ("С {{ events.meeting.start | date }}. До", "27 мая 2024 г. До"),
        ("С {{ events.meeting.start | date }}...", "27 мая 2024 г...."),
        ("**{{ events.meeting.start | date }}**.", "27 мая 2024 г."),
        ("**{{ events.meeting.start | date }}** *г*.", "г."),
        ("**До {{ events.meeting.start | date }}.**", "27 мая 2024 г."),
        ("*До **{{ events.meeting.start | date }}***.", "27 мая 2024 г."),
        ("[До {{ events.meeting.start | date }}]({{ links.site }}).", "г.](https://www.example.int/ru/meeting)"),
        ("(С {{ events.meeting.start | date }}).", "27 мая 2024 г.)."),
        ("С {{ events.later.start | date }}.", "сентябрь 2024 г. (подлежит подтверждению)."),
    ],
)
def test_the_full_stop_of_an_abbreviation_ends_the_sentence(desk: Any, facts: str, words: str, wanted: str) -> None:
    letter = desk.letter(facts.replace('["en", "fr"]', '["en", "ru"]'), "# S\n\nFrom\n", french={})
    desk.translate({("body", "S"): "Т", ("body", "From"): words, ("letter", "Bridges between networks"): "М"}, "ru")
    printed = text_of(desk.compose(letter, "ru"))
    assert printed.endswith(wanted)


def test_conditions_on_facts_are_decided(desk: Any) -> None:
    letter = desk.letter()
    desk.write(
        "body.md",
        "# S\n\n{% if facts.host %}\nyes\n{% else %}\nno\n{% endif %}\n{% if facts.entries < 5 %}\nfew\n{% endif %}\n",
    )
    assert text_of(desk.compose(letter)) == "yes"


def test_conditions_and_fields_of_the_addressee_stay_open(desk: Any) -> None:
    letter = desk.letter()
    desk.write(
        "body.md",
        "# S\n\n{% if recipient.role == 'minister' %}\n{{ recipient.country }}, {{ recipient.country }}\n{% endif %}\n"
        'You are {{ recipient | agree("invited", "invitee", "guest") }}.\n',
    )
    composed = desk.compose(letter)
    branch = composed.body[0]
    assert isinstance(branch, Conditional)
    assert isinstance(branch.then[0], Paragraph)
    names = [(slot.name, slot.kind) for slot in composed.slots]
    assert names == [
        ("recipient.country", "text"),
        ('recipient | agree("invited", "invitee", "guest")', "text"),
        ("recipient.role == 'minister'", "truth"),
    ]
    locale = load_locale("en")
    assert slot_values(composed, MINISTER, locale) == ("Kenya", "invitee", True)
    assert slot_values(composed, MINISTER | {"gender": "", "role": ""}, locale) == ("Kenya", "guest", False)
    assert master_values(composed) == ("[country]", "guest", True)


def test_values_stand_on_one_line_and_are_never_markdown(desk: Any) -> None:
    letter = desk.letter()
    desk.write("body.md", "# S {{ recipient.name }}\n\nText\n")
    composed = desk.compose(letter)
    values = slot_values(composed, {"name": "A\r\nBcc: x\ue010 **b** {{ c }}"}, load_locale("en"))
    assert values == ("A Bcc: x **b** {{ c }}",)


def test_an_unknown_column_is_an_expression_error(desk: Any) -> None:
    letter = desk.letter()
    desk.write("body.md", "# S\n\n{{ recipient.seats }}\n")
    with pytest.raises(ExpressionError):
        slot_values(desk.compose(letter), MINISTER, load_locale("en"))


def test_personal_letters(desk: Any, facts: str) -> None:
    personal = facts.replace('lines = ["ministers-of-member-states"]', 'address = "personal"')
    composed = desk.compose(desk.letter(personal), "fr")
    assert composed.addressees == ()
    assert composed.address == Value(0)
    assert [slot.name for slot in composed.slots] == ["@address", "@salutation", "@closing"]
    locale = load_locale("fr")
    address, salutation, closing = slot_values(composed, MINISTER, locale)
    assert address == "Son Excellence Madame Ora Lind\nMinister\nKenya"
    assert salutation == "Madame la Ministre,"
    assert "Madame la Ministre, l'" in str(closing)
    _, mixed, _ = slot_values(composed, MINISTER | {"gender": ""}, locale)
    assert mixed == "Madame la Ministre, Monsieur le Ministre,"
    _, fallback, _ = slot_values(composed, MINISTER | {"role": "wizard"}, locale)
    assert fallback == "Madame la Ministre,"
    assert master_values(composed)[:2] == (
        "À Leurs Excellences Mesdames et Messieurs les Ministres",
        "Madame la Ministre, Monsieur le Ministre,",
    )


def test_texts_of_a_class_and_annexes(desk: Any) -> None:
    letter = desk.letter()
    desk.write("body.ministers.md", "# For ministers\n\nOwn words\n")
    desk.write("annex-1.md", "# Form\n\nFill in\n")
    desk.write("annex-2.md", "# Rules\n\n- one\n")
    composed = desk.compose(letter)
    assert text_of(composed) == "Own words"
    assert [[_all(line) for line in annex.title] for annex in composed.annexes] == [
        ["Annex 1", "Form"],
        ["Annex 2", "Rules"],
    ]


def test_missing_words_of_the_frame(desk: Any, facts: str) -> None:
    letter = desk.letter(
        facts.replace('"ministers-of-member-states"', '"martians"').replace(
            '"minister"\nclosing = "highest"', '"wizard"'
        )
    )
    found = faults(desk, letter)
    line = facts.splitlines().index("[[audience]]") + 1
    assert found == [
        ("missing-phrase", "letters/meeting/letter.toml", line + 2),
        ("missing-salutation", "letters/meeting/letter.toml", line + 3),
    ]


def test_a_place_without_words_is_a_fault_where_it_is_printed(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace('end = 2024-05-31\nplace = "geneva"', 'end = 2024-05-31\nplace = "atlantis"'))
    desk.compose(letter)
    desk.write("body.md", "# S\n\nIn {{ events.meeting.place }}\n")
    assert faults(desk, letter) == [("bad-field", "letters/meeting/body.md", 3)]


def test_languages_and_classes_that_are_not_there(desk: Any) -> None:
    letter = desk.letter()
    with pytest.raises(NotFoundError):
        desk.compose(letter, "es")
    with pytest.raises(NotFoundError, match="martians"):
        desk.compose(letter, "en", "martians")


def test_values_in_addresses_are_encoded(desk: Any) -> None:
    letter = desk.letter()
    desk.write("body.md", "# S\n\n[a](https://example.org/{{ texts.theme }}/{{ recipient.key }})\n")
    assert text_of(desk.compose(letter)) == "[a](https://example.org/Bridges%20between%20networks/⟨0⟩)"


def test_agreement_with_nobody() -> None:
    with pytest.raises(ExpressionError):
        agree("x", "a", "b", "c")
    with pytest.raises(ExpressionError):
        agree({"gender": ""}, "a", "b")
