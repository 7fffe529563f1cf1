"""`init`, `new`, `check`, `preview`."""

from __future__ import annotations

import os
import stat
import tomllib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from locales.languages import LANGUAGES
from office.errors import InputError, NotFoundError, RefusedError
from office.findings import Level
from pipeline.archiving import show
from pipeline.checking import check
from pipeline.desk import Desk, open_desk
from pipeline.drafting import init_office, new_letter, preview
from pipeline.letter_folders import letter_slugs
from pipeline.translating import translation_status
from tests.pipeline.offices import MORNING, SLUG, copy_office, desk_at, dump, edit, fixed_clock, write_letter

SAMPLES = ("forum-2018", "forum-2020", "forum-2022", "stocktaking-2015", "summit-2024")


def text_of(desk: Desk, to: str = "master", language: str = "", ref: str = SLUG) -> str:
    return preview(desk, ref, to=to, language=language).content.decode()


# init


def test_a_new_office_works_at_once(sample_office: Path) -> None:
    with open_desk(sample_office, fixed_clock()) as desk:
        assert letter_slugs(desk) == SAMPLES
        assert desk.office.languages == LANGUAGES
        findings = check(desk)
        assert not [finding for finding in findings if finding.level is Level.ERROR]
        versions = translation_status(desk)
        assert {(version.slug, version.language) for version in versions if version.released} == {
            (slug, language) for slug in SAMPLES for language in LANGUAGES if language != "en"
        }
        assert dump(desk.store)["circulars"] == []


def test_the_sample_letters_were_released_for_the_facts_they_state(sample_office: Path, tmp_path: Path) -> None:
    folder = copy_office(sample_office, tmp_path / "office")
    edit(folder / "letters/forum-2022/letter.toml", "date = 2022-04-15", "date = 2022-04-22")
    with open_desk(folder, fixed_clock()) as desk:
        assert all(version.changed == ("deadlines.confirm",) for version in translation_status(desk, "forum-2022"))


def test_what_an_office_consists_of(sample_office: Path) -> None:
    for name in (
        "letters",
        "recipients",
        "templates",
        "locales",
        "journal",
        "archive",
        "outgoing",
        "inbox/new",
        "inbox/cur",
    ):
        assert (sample_office / name).is_dir(), name
    key = sample_office / "office.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert len(bytes.fromhex(key.read_text())) == 32
    assert not list(sample_office.rglob("*.py"))
    assert not list(sample_office.rglob("__pycache__"))


def test_faulty_rows_on_purpose_are_found(sample_office: Path) -> None:
    with open_desk(sample_office, fixed_clock()) as desk:
        codes = {finding.code for finding in check(desk) if finding.file.startswith("recipients/")}
    assert {"country-unknown", "address-invalid", "key-twice", "address-missing", "mailbox-twice"} <= codes


def test_keys_differ_between_offices(tmp_path: Path, sample_office: Path) -> None:
    other = init_office(tmp_path / "a" / "b" / "office")
    assert (other / "office.key").read_text() != (sample_office / "office.key").read_text()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "office"
    folder.mkdir()
    init_office(folder)  # an empty folder will do
    before = (folder / "office.key").read_text()
    with pytest.raises(RefusedError, match="is an office already"):
        init_office(folder)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for taken in (tmp_path / "full", tmp_path / "file"):
        with pytest.raises(RefusedError, match="not empty"):
            init_office(taken)
    assert (folder / "office.key").read_text() == before
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]


# new


def test_a_new_letter_can_be_read_and_says_what_is_left(sample_office: Path, tmp_path: Path) -> None:
    from tests.pipeline.offices import copy_office

    folder = copy_office(sample_office, tmp_path / "office")
    with desk_at(folder, clock=fixed_clock(MORNING)) as desk:
        made = new_letter(desk, "forum-2031", series="CL")
        assert made == folder / "letters" / "forum-2031"
        facts = tomllib.loads((made / "letter.toml").read_text("utf-8"))
        assert (facts["series"], facts["date"].isoformat()) == ("CL", "2031-03-04")
        errors = [finding for finding in check(desk, "forum-2031") if finding.level is Level.ERROR]
        assert {finding.code for finding in errors} == {"language-missing"}
        assert "Geneva, 4 March 2031" in text_of(desk, ref="forum-2031", language="en")
        assert "CL-31/001" in text_of(desk, ref="forum-2031", language="en")


def test_an_office_without_series(folder: Path) -> None:
    edit(folder / "office.toml", '[series.LU]\npattern = "LU-{yy}/{n:03}"\n', "")
    with desk_at(folder) as desk:
        new_letter(desk, "survey")
    assert 'reference = "survey"' in (folder / "letters" / "survey" / "letter.toml").read_text("utf-8")


@pytest.mark.parametrize("slug", ["", "Forum", "../forum", "a/b", ".hidden", "été", "a b", "x" * 101, "-a"])
def test_names_that_are_no_folders(desk: Desk, slug: str) -> None:
    with pytest.raises(InputError, match="cannot be the name"):
        new_letter(desk, slug)
    assert letter_slugs(desk) == (SLUG,)


def test_new_overwrites_nothing(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="there already"):
        new_letter(desk, SLUG)
    with pytest.raises(NotFoundError, match="XY") as caught:
        new_letter(desk, "survey", series="XY")
    assert caught.value.hint


# check


def test_a_clean_office_has_no_errors_and_a_spoilt_one_has_all_of_them(folder: Path) -> None:
    with desk_at(folder) as desk:
        assert not [finding for finding in check(desk) if finding.level is Level.ERROR]
        edit(folder / "letters" / SLUG / "body.md", "facts.lights", "facts.lihgts")
        edit(
            folder / "letters" / SLUG / "letter.toml",
            "where = \"category == 'academia'\"",
            "where = \"category == 'x'\"",
        )
        edit(folder / "letters" / SLUG / "letter.toml", 'attach = ["docx"]', 'attach = ["pdf"]')
        write_letter(folder, "broken", letter="date = 'never'\n")
        findings = check(desk)
        errors = {(finding.code, finding.file) for finding in findings if finding.level is Level.ERROR}
    assert ("unknown-field", f"letters/{SLUG}/body.md") in errors
    assert ("audience-empty", f"letters/{SLUG}/letter.toml") in errors
    (empty,) = [finding for finding in findings if finding.code == "audience-empty"]
    assert "category holds" in empty.hint
    assert "academia" in empty.hint
    assert ("field-in-pdf", f"letters/{SLUG}/letter.toml") in errors
    assert any(file == "letters/broken/letter.toml" for _, file in errors)
    assert all(finding.hint and finding.message for finding in findings if finding.level is Level.ERROR)


def test_one_letter_only(folder: Path) -> None:
    write_letter(folder, "broken", letter="date = 'never'\n")
    with desk_at(folder) as desk:
        assert not any("broken" in finding.file for finding in check(desk, SLUG))
        assert any("broken" in finding.file for finding in check(desk, "broken"))
        with pytest.raises(NotFoundError):
            check(desk, "nothing")


def test_a_list_that_is_missing_or_twice(folder: Path) -> None:
    path = folder / "recipients" / "keepers.csv"
    (folder / "recipients" / "keepers.xlsx").write_bytes(b"x")
    with desk_at(folder) as desk:
        assert "list-twice" in {finding.code for finding in check(desk, SLUG)}
        (folder / "recipients" / "keepers.xlsx").unlink()
        path.unlink()
        missing = next(finding for finding in check(desk, SLUG) if finding.code == "list-unusable")
    assert missing.line
    assert "keepers" in missing.message


# preview


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("kind", ["txt", "html", "docx", "eml"])
def test_the_master_in_every_form(desk: Desk, language: str, kind: str) -> None:
    made = preview(desk, SLUG, language=language, kind=kind)
    assert (made.language, made.suffix, made.addressee, made.rule) == (language, kind, "master", "")
    subject = {"en": "Census of coastal lights", "fr": "Recensement des feux côtiers"}[language]
    if kind == "docx":
        found = "\n".join(paragraph.text for paragraph in Document(BytesIO(made.content)).paragraphs)
    elif kind == "eml":
        mail = message_from_bytes(made.content, policy=default)
        assert isinstance(mail, EmailMessage)
        found = str(mail["Subject"])
    else:
        found = made.content.decode()
    assert subject in found


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ke-minister", "ke-minister"), ("KE-MINISTER", "ke-minister"), ("KE", "ke-minister"), ("ke", "ke-minister"),
        ("Kenya", "ke-minister"), ("肯尼亚", "ke-minister"), ("minister@KE.example.org", "ke-minister"),
        ("Juma Odhiambo", "ke-minister"), ("odhia", "ke-minister"), ("second@no.example.org", "no-mission"),
        ("Prism College", "prism"), ("BT", "bt-minister"),
    ],
)  # fmt: skip
def test_an_addressee_by_any_name(desk: Desk, name: str, key: str) -> None:
    assert preview(desk, SLUG, to=name).addressee == key


def test_the_language_is_the_addressees_unless_another_is_asked_for(desk: Desk) -> None:
    own = preview(desk, SLUG, to="ke-minister")
    assert (own.language, own.rule) == ("fr", "addressee")
    other = preview(desk, SLUG, to="ke-minister", language="en")
    assert (other.language, "Kenya" in other.content.decode()) == ("en", True)


def test_names_that_do_not_say_whom(desk: Desk) -> None:
    for name, message in (
        ("nobody", "No addressee"), ("Norway", "no-minister, no-mission"), ("club", "no-audience"),
        ("Ministry", "could be"), ("", "No addressee"),
    ):  # fmt: skip
        with pytest.raises(NotFoundError, match=message) as caught:
            preview(desk, SLUG, to=name)
        assert caught.value.hint
    with pytest.raises(NotFoundError, match="«ru»"):
        preview(desk, SLUG, language="ru")
    with pytest.raises(NotFoundError, match="«odt»"):
        preview(desk, SLUG, kind="odt")
    with pytest.raises(NotFoundError):
        preview(desk, "nothing")


def test_a_draft_in_one_language_can_be_looked_at_while_another_is_begun(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "Please answer", "We count anew.\n\nPlease answer")
    with desk_at(folder) as desk:
        assert "We count anew." in text_of(desk)
        assert "Norway" in text_of(desk, to="no-minister")
        with pytest.raises(InputError) as caught:
            text_of(desk, language="fr")
        assert {finding.code for finding in caught.value.findings} == {"segment-missing"}


def test_preview_is_what_is_sent(sent_desk: Desk) -> None:
    """Byte for byte, but for what only issuing makes: the date, the Message-ID, tokens."""
    for key in ("ke-minister", "lens", "no-mission"):
        for kind in ("txt", "html", "docx"):
            assert preview(sent_desk, SLUG, to=key, kind=kind).content == show(sent_desk, SLUG, key, kind).content
        before, after = preview(sent_desk, SLUG, to=key, kind="eml").content, show(sent_desk, SLUG, key, "eml").content
        made = (b"Reply-To:", b"Date:", b"Message-ID:", b"X-Circulars-Token:", b"Thread-Index:")
        kept = [[line for line in mail.split(b"\r\n") if not line.startswith(made)] for mail in (before, after)]
        assert kept[0] == kept[1]


def test_preview_changes_nothing(desk: Desk) -> None:
    before = dump(desk.store)
    for kind in ("txt", "eml"):
        preview(desk, SLUG, to="lens", kind=kind)
    assert dump(desk.store) == before


@pytest.mark.sqlite("the rights on its file")
def test_an_office_can_be_shared_by_a_group(tmp_path: Path) -> None:
    """The umask decides, for the store too; the key is for its owner whatever the umask."""
    before = os.umask(0o002)
    try:
        folder = init_office(tmp_path / "office")
    finally:
        os.umask(before)
    modes = {name: stat.S_IMODE((folder / name).stat().st_mode) for name in ("circulars.db", "office.toml", "letters")}
    assert modes == {"circulars.db": 0o664, "office.toml": 0o664, "letters": 0o775}
    assert stat.S_IMODE((folder / "office.key").stat().st_mode) == 0o600
