"""Two languages in one letter, from the list or letter.toml to what was sent, shown and reminded of."""

from __future__ import annotations

import email
import email.policy
import io
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import docx
import pytest

from office.errors import NotFoundError
from pipeline.archiving import show
from pipeline.checking import check
from pipeline.drafting import preview
from pipeline.planning import plan
from pipeline.reminding import remind
from pipeline.sending import send
from pipeline.surveying import PlanOptions
from templates.text import DIVISION
from tests.pipeline.offices import FRENCH as WORDS
from tests.pipeline.offices import SLUG, Person, copy_office, desk_at, edit, issue_all, translate
from tests.pipeline.reminders import FIRST, at, write_reminding_office

ENGLISH, FRENCH = "Census of coastal lights", "Recensement des feux côtiers"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office with a letter that reminds: Kenya wants English and French in one letter."""
    folder = write_reminding_office(tmp_path_factory.mktemp("bilingual") / "office")
    edit(folder / "recipients" / "keepers.csv", "government,KE,fr,", "government,KE,en+fr,")
    return folder


@pytest.fixture
def folder(drafted: Path, tmp_path: Path) -> Path:
    return copy_office(drafted, tmp_path / "office")


@pytest.fixture
def desk(folder: Path) -> Iterator[Person]:
    with desk_at(folder, clock=at(3, 4)) as desk:
        yield desk


@pytest.fixture(scope="module")
def sent(drafted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = copy_office(drafted, tmp_path_factory.mktemp("sent") / "office")
    with desk_at(folder, clock=at(3, 4)) as desk:
        issue_all(desk)
        assert send(desk, SLUG).remaining == 0
    return folder


def bilingual_academia(folder: Path, both: str = '["fr", "en"]') -> None:
    edit(folder / "letters" / SLUG / "letter.toml", 'class = "academia"', f'class = "academia"\nbilingual = {both}')


def unrelease(folder: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Veuillez répondre", "Prière de répondre")


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(desk: Person, to: str, language: str = "") -> str:
    return preview(desk, SLUG, to=to, language=language).content.decode()


def test_an_addressee_gets_both_languages_every_fact_in_each(desk: Person) -> None:
    made = preview(desk, SLUG, to="ke-minister")
    assert (made.language, made.rule) == ("en+fr", "addressee")
    english, french = made.content.decode().split(DIVISION)
    assert f"Subject: {ENGLISH}" in english
    assert f"Objet: {FRENCH}" in french
    for words in ("Geneva, 3 March 2031", "1,240 lights", "30 April 2031", "those of Kenya"):
        assert words in english
        assert words not in french
    for words in ("Genève, le 3 mars 2031", "1\u00a0240 feux", "30 avril 2031", "ce pays: Kenya"):
        assert words in french
        assert words not in english


def test_the_two_parts_are_the_letters_of_those_who_get_one(desk: Person) -> None:
    parts = text_of(desk, "ke-minister").split(f"\n\n{DIVISION}\n\n\n")
    assert parts == [text_of(desk, "ke-minister", language) for language in ("en", "fr")]


def test_the_plan_counts_pairs_and_says_who_decided(desk: Person, folder: Path) -> None:
    bilingual_academia(folder)
    planned = plan(desk, SLUG)
    assert planned.by_language == {"en": 3, "fr": 1, "en+fr": 3, "fr+en": 1}
    assert planned.by_rule == {"country": 4, "addressee": 1, "audience": 3}
    assert plan(desk, SLUG).digest == planned.digest


def test_salutations_go_by_gender_in_each_part(desk: Person, folder: Path) -> None:
    bilingual_academia(folder)
    assert preview(desk, SLUG, to="lens").language == "en+fr"
    english, french = text_of(desk, "lens").split(DIVISION)
    assert "Dear Madam," in english
    assert "\nMadame,\n" in french
    french, english = text_of(desk, "optique").split(DIVISION)
    assert "\nMonsieur,\n" in french
    assert "Dear Sir," in english


def test_any_change_of_either_part_changes_the_digest(desk: Person, folder: Path) -> None:
    before = plan(desk, SLUG).digest
    translate(folder, words={**WORDS, ENGLISH: "Le recensement des feux"})
    after = plan(desk, SLUG)
    assert after.digest != before
    assert after.changed is not None
    assert "en+fr/governments" in after.changed.forms


def test_a_bilingual_letter_waits_for_both_languages(desk: Person, folder: Path) -> None:
    unrelease(folder)
    bilingual_academia(folder)
    planned = plan(desk, SLUG)
    assert planned.by_language == {"en": 3}
    waiting = {one.key: one.detail for one in planned.exclusions if one.reason == "language-not-released"}
    assert waiting == dict.fromkeys(("fr-minister", "ke-minister", "lens", "optique", "prism"), "fr")
    falling = plan(desk, SLUG, PlanOptions(fall_back=True))
    assert falling.by_language == {"en": 8}
    assert falling.by_rule == {"country": 4, "addressee": 1, "audience": 3}


@pytest.mark.parametrize(
    ("languages", "planned"),
    [
        (("en+fr",), {"en+fr": 1}),
        (("fr",), {"fr": 2}),
        (("en", "fr"), {"en": 5, "fr": 2, "en+fr": 1}),
    ],
)
def test_a_batch_of_some_languages(desk: Person, languages: tuple[str, ...], planned: dict[str, int]) -> None:
    assert plan(desk, SLUG, PlanOptions(languages=languages)).by_language == planned


@pytest.mark.parametrize("language", ["en+ar", "fr+fr", "en+fr+en", "+"])
def test_pairs_that_the_letter_does_not_have(desk: Person, language: str) -> None:
    with pytest.raises(NotFoundError):
        preview(desk, SLUG, language=language)
    with pytest.raises(NotFoundError):
        plan(desk, SLUG, PlanOptions(languages=(language,)))


def test_any_pair_can_be_looked_at(desk: Person) -> None:
    assert text_of(desk, "master", "fr+en").index(FRENCH) < text_of(desk, "master", "fr+en").index(ENGLISH)
    made = preview(desk, SLUG, to="no-minister", language="fr+en")
    assert (made.language, made.rule) == ("fr+en", "")
    assert "Norvège" in made.content.decode()
    assert "Norway" in made.content.decode()


def test_check_finds_nothing_new_in_a_bilingual_audience(desk: Person, folder: Path) -> None:
    before = check(desk, SLUG)
    bilingual_academia(folder)
    assert [(found.code, found.message) for found in check(desk, SLUG)] == [
        (found.code, found.message) for found in before
    ]


def test_what_was_sent_is_shown_and_was_previewed(drafted: Path, sent: Path) -> None:
    with desk_at(drafted, clock=at(3, 4)) as desk:
        looked_at = {kind: preview(desk, SLUG, to="ke-minister", kind=kind).content for kind in ("txt", "html", "docx")}
    with desk_at(sent, clock=at(3, 4)) as desk:
        assert show(desk, SLUG, "ke-minister", "txt").language == "en+fr"
        shown = {kind: show(desk, SLUG, "ke-minister", kind).content for kind in looked_at}
        mail = show(desk, SLUG, "ke-minister", "eml").content
    assert shown == looked_at
    (delivered,) = [path for path in (sent / "outgoing").rglob("*.eml") if path.read_bytes() == mail]
    message = read(delivered.read_bytes())
    assert message["Content-Language"] == "en, fr"
    assert message["Subject"] == f"LU-31/001 – {ENGLISH} / {FRENCH}"
    assert message["From"].addresses[0].display_name == "Example Lighthouse Union"
    (attached,) = message.iter_attachments()
    assert attached.get_filename() == "LU-31-001.en+fr.docx"
    assert attached.get_content() == shown["docx"]
    body = message.get_body(("html",))
    assert body is not None
    assert 'lang="en"' in body.get_content()
    assert '<div lang="fr" dir="ltr">' in body.get_content()


def test_the_document_opens_with_both_parts_in_order(sent: Path) -> None:
    with desk_at(sent, clock=at(3, 4)) as desk:
        document = docx.Document(io.BytesIO(show(desk, SLUG, "ke-minister", "docx").content))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert len(document.sections) == 2
    assert texts.index(f"Subject: {ENGLISH}") < texts.index("") < texts.index(f"Objet: {FRENCH}")
    assert document.core_properties.title == f"{ENGLISH} / {FRENCH}"


def test_the_reminder_is_bilingual_too_and_states_the_day_in_each(sent: Path, tmp_path: Path) -> None:
    folder = copy_office(sent, tmp_path / "office")
    with desk_at(folder, clock=at(*FIRST)) as desk:
        looked_at = preview(desk, SLUG, to="ke-minister", reminder=True).content.decode()
        remind(desk, SLUG)
        got = show(desk, SLUG, "ke-minister", "txt", reminder=1)
        shown, language = got.content, got.language
    assert language == "en+fr"
    assert shown.decode() == looked_at
    english, french = shown.decode().split(DIVISION)
    assert "8 April 2031" in english
    assert "30 April 2031" in english
    assert "le 8 avril 2031" in french
    assert "30 avril 2031" in french
    assert "April" not in french


def test_calendar_entries_are_in_the_first_language(desk: Person, folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", '["docx"]', '["ics"]')
    message = read(preview(desk, SLUG, to="ke-minister", kind="eml").content)
    (calendar,) = message.iter_attachments()
    content = calendar.get_content()
    assert calendar.get_filename() == "LU-31-001.en+fr.ics"
    assert f"DESCRIPTION:LU-31/001 – {ENGLISH}\r\n" in content
    assert "Recensement" not in content
    planned = plan(desk, SLUG)
    calendars = planned.terms["calendar"]
    assert isinstance(calendars, dict)
    assert calendars["en+fr"] != calendars["fr"]


def test_a_name_has_its_own_form_in_each_part(desk: Person, folder: Path) -> None:
    bilingual_academia(folder)
    edit(folder / "letters" / SLUG / "letter.toml", 'lines = ["academia"]\n', "")  # the own address is printed
    path = folder / "recipients" / "keepers.csv"
    heading, *rows = path.read_text("utf-8").splitlines()
    forms = ("Rose Lindqvist" if row.startswith("lens,") else "" for row in rows)
    path.write_text("\n".join([f"{heading},name (fr)", *map(",".join, zip(rows, forms, strict=True))]), "utf-8")
    english, french = text_of(desk, "lens").split(DIVISION)
    assert " Rosa Lindqvist\nInstitute of Lenses\nSweden\n" in english
    assert " Rose Lindqvist\nInstitute of Lenses\nSuède\n" in french
