from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from letters.blocks import Text, Value
from letters.composed import Line
from letters.composing import compose, try_to_compose
from letters.model import Signature
from letters.reminding import compose_reminder
from letters.values import master_values, slot_values
from locales.languages import LANGUAGES
from locales.locale import office_locale

SENDERS = {
    "fr": ("sender.f", "L'Union Exemple"),
    "es": ("sender.f", "La Unión de Ejemplo"),
    "ar": ("sender.m", "الاتحاد المثالي"),
}
MISSION = {"role": "permanent-mission", "gender": "", "country": "Kenya", "country_code": "KE", "name": ""}


def sender(folder: Path, language: str) -> None:
    """Give the office's name in the form that begins a sentence."""
    kind, words = SENDERS[language]
    path = folder / "locales" / language / "frame.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        f'msgctxt "{kind}"\nmsgid "Example Union"\nmsgstr "{words}"\n',
        encoding="utf-8",
    )


@pytest.fixture
def note(desk: Any, facts: str) -> str:
    """The letter.toml of a note verbale to all missions."""
    for language in SENDERS:
        sender(desk.office.folder, language)
    text = facts.replace('"invitation"', '"note-verbale"').replace('"minister"', '"permanent-mission"')
    text = text.replace('"ministers-of-member-states"', '"permanent-missions"')
    return text.replace('["en", "fr"]', '["en", "fr", "es", "ru", "zh", "ar"]')


def said(line: Line, values: tuple[str | bool, ...] = ()) -> str:
    """Return a line of the frame as it is printed."""
    return "".join(str(values[part.index]) if isinstance(part, Value) else part.text for part in line)  # type: ignore[union-attr]


COLLECTIVE = {
    "en": (
        (
            "The Example Union presents its compliments to the Permanent Missions and has the honour to communicate"
            " the following."
        ),
        (
            "The Example Union avails itself of this opportunity to renew to the Permanent Missions the"
            " assurances of its"
            " highest consideration."
        ),
    ),
    "fr": (
        "L'Union Exemple présente ses compliments aux Missions permanentes et a l'honneur de communiquer ce qui suit.",
        (
            "L'Union Exemple saisit cette occasion pour renouveler aux Missions permanentes les assurances de"
            " sa très haute"
            " considération."
        ),
    ),
    "es": (
        "La Unión de Ejemplo saluda atentamente a las Misiones Permanentes y tiene el honor de comunicar lo siguiente.",
        (
            "La Unión de Ejemplo aprovecha esta oportunidad para reiterar a las Misiones Permanentes las"
            " seguridades de su"
            " más alta consideración."
        ),
    ),
    "ru": (
        "Example Union свидетельствует свое уважение Постоянным представительствам и имеет честь сообщить следующее.",
        (
            "Example Union пользуется этим случаем, чтобы возобновить Постоянным представительствам уверения"
            " в своем весьма"
            " высоком уважении."
        ),
    ),
    "zh": (
        "Example Union向各常驻代表团致意，并谨通知如下。",
        "Example Union借此机会再次向各常驻代表团致以最崇高的敬意。",
    ),
    "ar": (
        "يهدي الاتحاد المثالي تحياته إلى البعثات الدائمة، ويتشرف بالإبلاغ بما يلي.",
        "ويغتنم الاتحاد المثالي هذه المناسبة ليجدد إلى البعثات الدائمة الإعراب عن فائق تقديره.",
    ),
}
GREETED = {
    "en": "to the Permanent Mission of Kenya",
    "fr": "à la Mission permanente du Kenya",
    "es": "a la Misión Permanente de Kenya",
    "ru": "Постоянному представительству Кении",
    "zh": "向肯尼亚常驻代表团致意",
    "ar": "إلى البعثة الدائمة لكينيا",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_to_all_missions(desk: Any, note: str, language: str) -> None:
    composed, _ = try_to_compose(desk.letter(note), desk.office, language=language, class_name="ministers")
    assert (said(composed.salutation), said(composed.closing)) == COLLECTIVE[language]
    assert (composed.signature, composed.signature_note, composed.signatory_name) == (Signature.NONE, "", "")
    assert composed.slots == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_note_to_each_mission(desk: Any, note: str, language: str) -> None:
    letter = desk.letter(note.replace('lines = ["permanent-missions"]', 'address = "personal"'))
    composed, _ = try_to_compose(letter, desk.office, language=language, class_name="ministers")
    locale = office_locale(desk.office, language)
    values = slot_values(composed, MISSION | {"country": locale.country("KE")}, locale)
    assert GREETED[language] in said(composed.salutation, values)
    assert said(composed.closing, values).count(str(values[1])) == 1
    assert [slot.name for slot in composed.slots] == ["@address", "@addressee"]
    assert said(composed.salutation, master_values(composed)) == COLLECTIVE[language][0]


def test_the_article_of_arabic_names_grows_together_with_what_precedes_it(desk: Any, note: str) -> None:
    letter = desk.letter(note.replace('lines = ["permanent-missions"]', 'address = "personal"'))
    composed, _ = try_to_compose(letter, desk.office, language="ar", class_name="ministers")
    brazil = MISSION | {"country": "البرازيل", "country_code": "BR"}
    address, addressee = slot_values(composed, brazil, office_locale(desk.office, "ar"))
    assert address == addressee == "البعثة الدائمة للبرازيل"


def test_a_mission_without_a_country_cannot_be_greeted(desk: Any, note: str) -> None:
    letter = desk.letter(note.replace('lines = ["permanent-missions"]', 'address = "personal"'))
    composed = desk.compose(letter, "fr")
    with pytest.raises(LookupError, match=r"^no country, so the note cannot name the mission$"):
        slot_values(composed, MISSION | {"country": "", "country_code": ""}, office_locale(desk.office, "fr"))


def test_an_office_whose_name_has_no_article_yet(desk: Any, note: str) -> None:
    (desk.office.folder / "locales" / "fr" / "frame.po").unlink()
    _, findings = try_to_compose(desk.letter(note), desk.office, language="fr", class_name="ministers")
    (finding,) = [finding for finding in findings if finding.code == "missing-note-words"]
    assert "sender «Example Union»" in finding.message
    assert finding.hint == "Add it to locales/fr/frame.po."


def test_where_words_agree_with_the_office_its_gender_must_be_known(desk: Any, note: str) -> None:
    path = desk.office.folder / "locales" / "ar" / "frame.po"
    path.write_text(path.read_text(encoding="utf-8").replace('"sender.m"', '"sender"'), encoding="utf-8")
    _, findings = try_to_compose(desk.letter(note), desk.office, language="ar", class_name="ministers")
    assert "note «opening.unknown»" in next(f.message for f in findings if f.code == "missing-note-words")
    own = desk.office.folder / "locales" / "ar" / "protocol.toml"
    own.write_text(
        '[note.opening]\nany = { text = "من {sender} إلى {addressee}." }\n'
        '[note.closing]\nany = { text = "مع التحية إلى {addressee}." }\n',
        encoding="utf-8",
    )
    composed, _ = try_to_compose(desk.letter(note), desk.office, language="ar", class_name="ministers")
    assert said(composed.salutation) == "من الاتحاد المثالي إلى البعثات الدائمة."


def test_a_role_that_no_note_greets(desk: Any, note: str) -> None:
    letter = desk.letter(note.replace('salutation = "permanent-mission"', 'salutation = "professor"'))
    _, findings = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    (finding,) = [finding for finding in findings if finding.code == "missing-note-addressee"]
    assert "professor.collective" in finding.message
    assert finding.line == letter.lines["audience.0.salutation"]


def test_a_note_greets_permanent_missions_unless_it_says_otherwise(desk: Any, note: str) -> None:
    letter = desk.letter(note.replace('salutation = "permanent-mission"', ""))
    assert said(desk.compose(letter).salutation) == COLLECTIVE["en"][0]


def test_the_reminder_of_a_note_is_a_note(desk: Any, note: str) -> None:
    reminder = compose_reminder(desk.letter(note), desk.office, language="en", class_name="ministers")
    assert (said(reminder.salutation), said(reminder.closing)) == COLLECTIVE["en"]


COURTESY = (
    'We invite {{ recipient | courtesy }}; the reply {{ recipient | courtesy("of") }} is awaited.'
    ' {{ recipient | courtesy("begin") }} may know.\n'
)


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("minister", "We invite Your Excellencies; the reply Your Excellencies"),
        ("individual", "We invite you; the reply"),
    ],
)
def test_how_the_text_speaks_to_all_of_a_class(desk: Any, facts: str, role: str, expected: str) -> None:
    letter = desk.letter(facts.replace('"minister"', f'"{role}"'), f"# Subject\n\n{COURTESY}")
    composed = desk.compose(letter)
    assert composed.slots == ()
    assert str(composed.body[0]).find(expected) > 0


def test_how_the_text_speaks_to_one(desk: Any, facts: str) -> None:
    personal = facts.replace('lines = ["ministers-of-member-states"]', 'address = "personal"')
    russian = personal.replace('["en", "fr"]', '["en", "fr", "ru"]').replace("languages", 'source = "ru"\nlanguages')
    letter = desk.letter(russian, f"# Subject\n\n{COURTESY}")
    composed = compose(letter, desk.office, language="ru", class_name="ministers")
    locale = office_locale(desk.office, "ru")

    high = "Ваше Превосходительство"

    def spoken(role: str) -> list[object]:
        values = slot_values(composed, {"role": role, "gender": "f"}, locale)
        return [value for value, slot in zip(values, composed.slots, strict=True) if "courtesy" in slot.name]

    assert spoken("ambassador") == [high, "Вашего Превосходительства", high]
    assert spoken("individual") == ["Вы", "Вас", "Вы"]
    assert spoken("permanent-mission")[2:] == ["Постоянное представительство"]
    assert spoken("wizard") == [high, "Вашего Превосходительства", high]  # as the class
    masters = [slot.master for slot in composed.slots if "courtesy" in slot.name]
    assert masters == [high, "Вашего Превосходительства", high]


@pytest.mark.parametrize(
    "field", ["recipient.name | courtesy", 'recipient | courtesy("genitive")', "signatory | courtesy", "recipient"]
)
def test_courtesy_that_cannot_be_printed(desk: Any, facts: str, field: str) -> None:
    letter = desk.letter(facts, f"# Subject\n\nWe invite {{{{ {field} }}}}.\n")
    _, findings = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    assert {finding.code for finding in findings} == {"bad-field"}


def test_an_addressee_line_without_words_is_reported(desk: Any, facts: str) -> None:
    overlay = desk.office.folder / "locales" / "en" / "protocol.toml"
    overlay.parent.mkdir(parents=True, exist_ok=True)
    overlay.write_text('[salutation.judge]\nany = { text = "Dear Judge," }\n', encoding="utf-8")
    personal = facts.replace('lines = ["ministers-of-member-states"]', 'address = "personal"')
    letter = desk.letter(personal.replace('salutation = "minister"', 'salutation = "judge"'))
    composed, findings = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    assert {finding.code for finding in findings} == {"missing-address"}
    assert composed.address == Value(0)
    assert Text("") not in composed.salutation
