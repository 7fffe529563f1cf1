"""Checks of how persons are spoken to and speak, beside those of test_checking."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from letters.addressees import Spoken
from letters.checking import check_letter
from letters.model import Letter
from office.findings import Finding, Level


def found(desk: Any, letter: Letter, code: str) -> list[Finding]:
    """Return the findings of one code."""
    return [finding for finding in check_letter(letter, desk.office, columns={}) if finding.code == code]


def text_in(desk: Any, facts: str, language: str, text: str, *, kind: str = "invitation") -> Letter:
    """Return a letter whose only text is ``text``, in ``language``."""
    facts = facts.replace('["en", "fr"]', f'["{language}"]').replace('"invitation"', f'"{kind}"')
    letter: Letter = desk.letter(f'source = "{language}"\n{facts}', f"# Subject\n\n{text}\n", french={})
    return letter


# Notes verbales.


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en", "The Union invites you to its forum. We hope so.", "«you», «We»"),
        ("en", "I have the honour to write.", "«I have»"),
        ("fr", "L'Union vous saurait gré de votre réponse.", "«vous», «votre»"),
        ("fr", "J'ai l'honneur d'informer la Mission permanente.", "«J'»"),
        ("es", "La Unión ruega a ustedes que respondan.", "«ustedes»"),
        ("ru", "Союз просит Вас ответить нам.", "«Вас», «нам»"),
        ("zh", "本联盟谨请贵国于四月答复我们。", "«贵国», «我们»"),
        ("ar", "يسرني أن أدعوكم، ونرجو الرد. نرجو ذلك", "«يسرني», «نرجو»"),
    ],
)
def test_a_note_verbale_has_no_first_or_second_person(
    desk: Any, facts: str, language: str, text: str, words: str
) -> None:
    (finding,) = found(desk, text_in(desk, facts, language, text, kind="note-verbale"), "note-person")
    assert finding.message.endswith(words)
    assert (finding.level, finding.line) == (Level.WARNING, 3)
    assert found(desk, text_in(desk, facts, language, text), "note-person") == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The Union informs the Permanent Mission of phase I, in the US, of its forum."),
        ("fr", "L'Union prie la Mission permanente de bien vouloir lui faire connaître sa réponse."),
        ("es", "La Unión agradecería a la Misión Permanente que le comunicara su respuesta."),
        ("ru", "Союз просит Постоянное представительство сообщить о своем решении."),
        ("zh", "本联盟谨请常驻代表团开展自我评估。"),
        ("ar", "يرجو الاتحاد من البعثة الدائمة التكرم بالرد."),
    ],
)
def test_the_third_person_is_left_alone(desk: Any, facts: str, language: str, text: str) -> None:
    assert found(desk, text_in(desk, facts, language, text, kind="note-verbale"), "note-person") == []


# The signatory's gender: Ines Marlow is a woman.


@pytest.mark.parametrize(
    ("language", "text", "level"),
    [
        ("fr", "Je vous serais reconnaissant de bien vouloir répondre.", Level.WARNING),
        ("fr", "Je vous serais reconnaissante de bien vouloir répondre.", Level.NOTE),
        ("fr", "Je vous serais reconnaissant(e) de bien vouloir répondre.", Level.NOTE),
        ("fr", "Heureux de cette occasion, je vous invite.", Level.WARNING),
        ("es", "Le quedaría agradecido por su respuesta.", Level.WARNING),
        ("ru", "Буду признателен за ответ.", Level.WARNING),
        ("ru", "Я была бы благодарна за ответ.", Level.NOTE),
        ("ar", "وأكون ممتناً لو تفضلتم بالرد.", Level.WARNING),
    ],
)
def test_the_first_person_agrees_by_a_field(desk: Any, facts: str, language: str, text: str, level: Level) -> None:
    (finding,) = found(desk, text_in(desk, facts, language, text), "signatory-agreement")
    assert (finding.level, finding.line) == (level, 3)
    assert "{{ signatory | agree(" in finding.hint


def test_another_signatory_turns_the_finding(desk: Any, facts: str) -> None:
    letter = text_in(desk, facts, "fr", "Je vous serais reconnaissante de bien vouloir répondre.")
    head = replace(desk.office.signatories["head"], gender="m")
    desk.office = replace(desk.office, signatories=desk.office.signatories | {"head": head})
    (finding,) = found(desk, letter, "signatory-agreement")
    assert finding.level is Level.WARNING


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", 'Je vous serais {{ signatory | agree("reconnaissant", "reconnaissante") }} de répondre.'),
        ("fr", "Les lauréats sont heureux de participer. Le comité l'en a persuadé."),
        ("ru", "Оргкомитет признателен всем участникам."),
        ("en", "I would be grateful for a reply."),
    ],
)
def test_what_agrees_with_somebody_else_is_left_alone(desk: Any, facts: str, language: str, text: str) -> None:
    assert found(desk, text_in(desk, facts, language, text), "signatory-agreement") == []


def test_a_signatory_of_unknown_gender_gets_a_note(desk: Any, facts: str) -> None:
    unknown = facts.replace('signatory = "head"', 'signatory = "deputy"')
    letter = desk.letter(unknown)
    (finding,) = found(desk, letter, "signatory-gender")
    assert (finding.level, finding.line) == (Level.NOTE, letter.lines["signatory"])
    assert finding.message == "the gender of Kim Odera is not known: both forms are printed in fr"
    assert finding.hint == 'Give gender = "f" or "m" to [signatories.deputy] in office.toml.'
    assert found(desk, desk.letter(facts), "signatory-gender") == []
    english = unknown.replace('["en", "fr"]', '["en"]')
    assert found(desk, desk.letter(english, french={}), "signatory-gender") == []
    agreeing = "I am {{ signatory | agree('pleased', 'pleased') }}."
    assert found(desk, desk.letter(english, f"# Subject\n\n{agreeing}\n", french={}), "signatory-gender")


# Names, and words that nobody has confirmed.


def test_names_in_a_foreign_script(desk: Any, facts: str) -> None:
    letter = text_in(desk, facts, "ru", "Слова.")
    (contact,) = found(desk, letter, "name-script")  # the signatory has a Russian form
    assert contact.message == "the name «Ada Brook» is printed in Latin letters in ru"
    assert contact.hint == 'Add names = { ru = "…" } to [contacts.forum] in office.toml.'
    arabic = text_in(desk, facts, "ar", "كلمات.")
    assert [finding.line for finding in found(desk, arabic, "name-script")] == [
        arabic.lines["signatory"],
        arabic.lines["contacts"],
    ]


def test_unconfirmed_words_are_named_once_for_the_letter(desk: Any, facts: str) -> None:
    facts = facts.replace('["en", "fr"]', '["en", "fr", "ar"]').replace(
        'lines = ["ministers-of-member-states"]', 'address = "personal"'
    )
    more = (
        '\n[[audience]]\nlist = "envoys"\nlines = ["permanent-missions"]\nsalutation = "ambassador"\nclosing = "high"\n'
    )
    (finding,) = found(desk, desk.letter(facts + more), "unreviewed-protocol")
    english, _, arabic = finding.message.partition("words of protocol: ")[2].split("; ")
    assert english == (
        "en: salutation minister (m, f, unknown), address minister (m, f, unknown), close «high»,"
        " salutation ambassador (collective)"
    )
    assert arabic == (
        "ar: close «highest», salutation minister (m, f, unknown), address minister (m, f, unknown), close «high»,"
        " salutation ambassador (collective)"
    )
    assert "circulars protocol --unreviewed" in finding.hint


def spoken(role: str, gender: str = "", *, is_named: bool = True) -> Spoken:
    return Spoken(role=role, gender=gender, is_named=is_named)


def checked(desk: Any, facts: str, *addressees: Spoken, closing: str = "highest") -> dict[str, Finding]:
    """Check a personal letter in French, with «individual» for those without a role, to what stands on its list."""
    facts = facts.replace('lines = ["ministers-of-member-states"]', 'address = "personal"\nclass = "guests"')
    facts = facts.replace('list = "ministers"', 'list = "guests"').replace('"minister"', '"individual"')
    facts = facts.replace('["en", "fr"]', '["fr"]').replace('"highest"', f'"{closing}"')
    letter = desk.letter(f'source = "fr"\n{facts}', french={})
    findings = check_letter(letter, desk.office, columns={}, spoken_to={0: addressees})
    return {finding.code: finding for finding in findings}


def test_unconfirmed_words_are_those_of_the_roles_on_the_list(desk: Any, facts: str) -> None:
    addressees = spoken("permanent-representative", "f"), spoken("ambassador"), spoken("charge-d-affaires", "m")
    finding = checked(desk, facts, *addressees)["unreviewed-protocol"]
    assert finding.message.endswith(
        "fr: salutation ambassador (unknown), salutation charge-d-affaires (m),"
        " address ambassador (f, unknown), address charge-d-affaires (m)"
    )
    assert "circulars protocol --unreviewed" in finding.hint


def test_unconfirmed_words_for_the_office_held(desk: Any, facts: str) -> None:
    finding = checked(desk, facts, spoken("ambassador", "f", is_named=False), spoken("minister"))["unreviewed-protocol"]
    assert "position ambassador (f)" in finding.message
    assert "position minister" not in finding.message


@pytest.mark.parametrize(
    ("roles", "closing", "said"),
    [
        (["посол", "individual", "ministre"], "distinguished", "the letter to ministers, ambassadors closes with"),
        (["ambassador", "head-of-state"], "high", "the letter to heads of State closes with"),
        (["ambassador"], "high", ""),
        (["individual", "professor", ""], "distinguished", ""),
    ],
)
def test_a_close_that_is_too_plain_for_somebody_on_the_list(
    desk: Any, facts: str, roles: list[str], closing: str, said: str
) -> None:
    finding = checked(desk, facts, *map(spoken, roles), closing=closing).get("plain-closing")
    assert (said in finding.message) if said and finding else finding is None and not said


def test_languages_that_lack_the_same_are_named_together(desk: Any, facts: str) -> None:
    facts = facts.replace('["en", "fr"]', '["ru", "es"]')
    (finding,) = found(desk, desk.letter(f'source = "ru"\n{facts}', french={}), "unreviewed-protocol")
    assert finding.message.endswith("words of protocol: ru, es: close «highest»")


def test_courtesy_is_named_where_it_is_used(desk: Any, facts: str) -> None:
    letter = text_in(desk, facts, "fr", "L'Union invite {{ recipient | courtesy }}.")
    (finding,) = found(desk, letter, "unreviewed-protocol")
    assert "fr: reference minister (collective)" in finding.message


# Too plain for them.


@pytest.mark.parametrize(
    ("role", "closing", "list_name", "code"),
    [
        ("individual", "highest", "heads-of-state", "plain-salutation"),
        ("individual", "high", "vice-ministers", "plain-salutation"),
        ("individual", "high", "charges-d-affaires", "plain-salutation"),
        ("individual", "high", "permanent-representatives", "plain-salutation"),
        ("head-of-government", "high", "guests", "plain-closing"),
        ("prime-minister", "high-expression", "guests", "plain-closing"),
        ("charge-d-affaires", "distinguished", "guests", "plain-closing"),
    ],
)
def test_too_plain_for_them(desk: Any, facts: str, role: str, closing: str, list_name: str, code: str) -> None:
    facts = facts.replace('"ministers"', f'"{list_name}"').replace('lines = ["ministers-of-member-states"]', "")
    facts = facts.replace('"minister"', f'"{role}"').replace('"highest"', f'"{closing}"')
    letter = desk.letter(facts)
    assert len(found(desk, letter, code)) == 1
    other = {"plain-salutation": "plain-closing", "plain-closing": "plain-salutation"}[code]
    assert found(desk, letter, other) == []


@pytest.mark.parametrize(
    ("role", "closing"), [("head-of-state", "highest"), ("minister", "high"), ("judge", "distinguished")]
)
def test_fit_for_them(desk: Any, facts: str, role: str, closing: str) -> None:
    facts = facts.replace('"ministers"', '"guests"').replace('lines = ["ministers-of-member-states"]', "")
    letter = desk.letter(facts.replace('"minister"', f'"{role}"').replace('"highest"', f'"{closing}"'))
    assert found(desk, letter, "plain-closing") == []
