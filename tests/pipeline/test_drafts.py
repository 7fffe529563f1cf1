"""`new --from DRAFT.docx`: letters from drafts, and the proof that no word was lost."""

from __future__ import annotations

import io
import shutil
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest

from office.errors import CircularsError, InputError, NotFoundError, RefusedError
from office.findings import Level
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.drafts import Imported, import_draft, is_draft
from pipeline.planning import plan
from templates.reading_back import folded_words, words_of_docx
from tests.letters.drafts.word_files import bold, paragraph, run, table, word_file
from tests.pipeline.offices import copy_office, desk_at
from tests.pipeline.zoo import ENGLISH, FRENCH, ZOO, Kept

SAMPLES = ("forum-2018", "forum-2020", "forum-2022", "stocktaking-2015", "summit-2024")


@pytest.fixture
def samples(sample_office: Path, tmp_path: Path) -> Iterator[Desk]:
    """The office that `init` makes, open."""
    with desk_at(copy_office(sample_office, tmp_path / "office")) as desk:
        yield desk


def imported(desk: Desk, data: bytes, slug: str = "new-letter", **options: str) -> Imported:
    path = desk.office.folder / "draft.docx"
    path.write_bytes(data)
    return import_draft(desk, slug, path, **options)


def facts_of(made: Imported) -> dict[str, object]:
    """Return letter.toml by dotted keys."""
    found: dict[str, object] = {}

    def walk(table: dict[str, object], before: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{before}{key}.")
            else:
                found[before + key] = value

    walk(tomllib.loads((made.folder / "letter.toml").read_text("utf-8")), "")
    return found


def body_of(made: Imported) -> str:
    return (made.folder / "body.md").read_text("utf-8")


def words(desk: Desk, made: Imported) -> list[str]:
    content = preview(desk, made.folder.name, language=made.language, kind="docx").content
    return folded_words(words_of_docx(content)).split()


@pytest.mark.parametrize("kept", ZOO, ids=lambda kept: kept.language)
def test_a_draft_becomes_a_letter_of_the_same_words(samples: Desk, kept: Kept) -> None:
    made = imported(samples, kept.file())
    facts = facts_of(made)
    assert made.findings == ()
    assert (made.language, str(facts["date"]), facts["place"], facts["signatory"]) == (
        kept.language, kept.date, "geneva", "secretary-general",
    )  # fmt: skip
    (audience,) = cast("list[dict[str, object]]", facts["audience"])
    assert (audience["lines"], audience["salutation"], audience["closing"], audience["address"]) == (
        list(kept.lines), kept.salutation, kept.closing, "collective",
    )  # fmt: skip
    said = {key: value.isoformat() if hasattr(value, "isoformat") else str(value) for key, value in facts.items()}
    assert kept.facts.items() <= said.items()
    body = body_of(made)
    for piece in kept.body:
        assert piece.removeprefix("# ") in body
    # A link is given in full by whoever reads the letter back; the draft's words stand before it.
    differing = [one for one in made.noted if "prints" in one.made or "does not print" in one.made]
    assert differing == []


@pytest.mark.parametrize("kept", ZOO, ids=lambda kept: kept.language)
def test_the_rendered_letter_has_every_word_of_the_draft(samples: Desk, kept: Kept) -> None:
    made = imported(samples, kept.file())
    letter = words(samples, made)
    missing = [word for word in folded_words(words_of_docx(kept.file())).split() if word not in letter]
    assert [word for word in missing if not word.startswith("(www.")] == []
    text = folded_words(preview(samples, made.folder.name, language=made.language).content.decode())
    assert [word for word in letter if word not in text and word not in {"1", "/"}] == []


@pytest.mark.parametrize("slug", SAMPLES)
def test_a_letter_rendered_and_read_as_a_draft_is_the_same_letter(samples: Desk, slug: str) -> None:
    for language in samples.office.languages:
        document = preview(samples, slug, language=language, kind="docx").content
        made = imported(samples, document, f"again-{language}")
        assert made.language == language
        assert words(samples, made) == folded_words(words_of_docx(document)).split(), language


def test_check_lists_what_is_to_be_confirmed(samples: Desk) -> None:
    comment = f'<w:comment w:id="1" w:author="A. Reviser">{paragraph("Which year?")}</w:comment>'
    anchor = '<w:commentRangeStart w:id="1"/>' + run("soon") + '<w:commentRangeEnd w:id="1"/>'
    blocks = (*ENGLISH.blocks[:9], paragraph("We meet ", anchor, "."), *ENGLISH.blocks[9:])
    made = imported(samples, word_file(*blocks, comments=comment))
    found = [one for one in check(samples, "new-letter") if one.code == "unconfirmed"]
    assert {one.level for one in found} == {Level.ERROR}
    said = " ".join(one.message for one in found)
    for name in ("deadlines.contribution", "events.event", "asks", "audience", "A. Reviser", "Which year?"):
        assert name in said
    assert all(one.line for one in found)
    assert [(one.author, one.words) for one in made.comments] == [("A. Reviser", "soon")]
    with pytest.raises(CircularsError):
        plan(samples, "new-letter")


def test_what_was_confirmed_is_no_longer_listed(samples: Desk) -> None:
    made = imported(samples, FRENCH.file())
    facts = made.folder / "letter.toml"
    before, _, rest = facts.read_text("utf-8").partition("to_confirm = [")
    facts.write_text(before + rest.partition("\n]")[2], "utf-8")
    assert "unconfirmed" not in {one.code for one in check(samples, "new-letter")}


def test_what_the_office_does_not_know_is_proposed_and_told(samples: Desk) -> None:
    made = imported(
        samples,
        word_file(
            paragraph("Atlantis, 3 March 2031"), paragraph("Contact: Mr. Nobody Known"),
            paragraph("Telephone: +99 1 2345678"),
            paragraph("To the keepers of lamps"), paragraph(bold("Lamps")), paragraph("Dear Keepers,"),
            paragraph("Some words of a letter."), paragraph("Yours ever sincerely,"), paragraph("(signed)"),
            paragraph("Somebody Else"), paragraph("Keeper-General"),
        ),
    )  # fmt: skip
    text = (made.folder / "letter.toml").read_text("utf-8")
    assert '# name = "Nobody Known"' in text
    assert "# signed: Somebody Else" in text
    told = {one.words: one.todo for one in made.noted if one.todo}
    for said in (
        "Atlantis, 3 March 2031",
        "Mr. Nobody Known",
        "To the keepers of lamps",
        "Dear Keepers,",
        "Somebody Else",
    ):
        assert told[said]
    assert any("the letter prints and the draft does not have" in one.made for one in made.noted)
    assert "Tomas Lindvar" in preview(samples, "new-letter").content.decode()


def test_a_form_that_the_house_does_not_have_stays_as_words(samples: Desk) -> None:
    blocks = [*ENGLISH.blocks]
    blocks[8] = paragraph("Please answer by May 15, 2031 and not on 31 June 2031; the day is 15.05.2031.")
    made = imported(samples, word_file(*blocks))
    assert "by May 15, 2031 and not on 31 June 2031; the day is 15.05.2031." in body_of(made)
    told = [(one.words, one.made) for one in made.noted]
    assert ("May 15, 2031", "left as words: no form of the house prints it so") in told
    assert ("on 31 June 2031", "no calendar has this day") in told
    assert str(facts_of(made)["deadlines.reply.date"]) == "2031-05-15"


def test_a_day_without_its_year_is_the_next_one_and_told(samples: Desk) -> None:
    blocks = [*ENGLISH.blocks]
    blocks[10] = paragraph("Please confirm before 15 January.")
    made = imported(samples, word_file(*blocks))
    assert 'before {{ deadlines.attendance | date("dm") }}.' in body_of(made)
    assert str(facts_of(made)["deadlines.attendance.date"]) == "2032-01-15"
    assert any(one.made == "taken for 2032-01-15" and one.todo for one in made.noted)


def test_annexes_become_texts_of_their_own(samples: Desk) -> None:
    made = imported(
        samples,
        word_file(
            *ENGLISH.blocks,
            paragraph("Annex 1", properties="<w:pageBreakBefore/>"), paragraph(bold("Programme")),
            paragraph("Day one."),
            paragraph(bold("Annex 2: Rules"), properties="<w:pageBreakBefore/>"), paragraph("Be on time."),
        ),
    )  # fmt: skip
    assert made.annexes == 2
    assert (made.folder / "annex-1.md").read_text("utf-8") == "# Programme\n\nDay one.\n"
    assert (made.folder / "annex-2.md").read_text("utf-8") == "# Rules\n\nBe on time.\n"
    letter = preview(samples, "new-letter").content.decode()
    assert "Annex 2\nRules" in letter
    assert not any("does not print" in one.made for one in made.noted)


def test_footnotes_are_printed_and_mail_merge_fields_told(samples: Desk) -> None:
    blocks = [*ENGLISH.blocks]
    blocks[8] = paragraph(
        "A note", '<w:r><w:footnoteReference w:id="2"/></w:r>', " for ",
        f'<w:fldSimple w:instr="MERGEFIELD Name">{run("«Name»")}</w:fldSimple>', ".",
    )  # fmt: skip
    made = imported(
        samples,
        word_file(*blocks, footnotes=f'<w:footnote w:id="2">{paragraph("English only, {{ x }}.")}</w:footnote>'),
    )
    assert "A note[^1] for «Name»." in body_of(made)
    assert "English only, {{ x }}." in preview(samples, "new-letter").content.decode()
    assert any("mail-merge field «Name»" in one.made and "recipient" in one.todo for one in made.noted)
    assert not any("does not print" in one.made for one in made.noted)


def test_what_word_makes_of_its_usual_styles(samples: Desk) -> None:
    from docx import Document
    from docx.enum.text import WD_BREAK

    draft = Document()
    draft.add_paragraph("Nairobi, 4 May 2031")
    draft.add_heading("Review of the rules on lamps", 1)
    draft.add_paragraph("Dear Sir/Madam,")
    draft.add_paragraph("Background", style="Heading 2")
    draft.add_paragraph("nominate an expert by 30 June 2031;", style="List Number")
    draft.add_paragraph("in ink", style="List Bullet 2")
    draft.add_paragraph("send two copies.", style="List Number")
    grid = draft.add_table(2, 2)
    for number, cell in enumerate(grid._cells):
        cell.text = f"cell {number}"
    draft.add_paragraph("Accept, Sir/Madam, the assurances of my high consideration.")
    draft.add_paragraph("(signed)\nTomas Lindvar\nSecretary-General")
    draft.add_paragraph("Copy: Governments")
    draft.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    draft.add_paragraph().add_run("Annex: The form").bold = True
    draft.add_paragraph("Words of the annex.")
    path = samples.office.folder / "made.docx"
    draft.save(str(path))
    made = import_draft(samples, "new-letter", path)
    assert body_of(made) == (
        "# Review of the rules on lamps\n\n## Background\n\n"
        "1. nominate an expert by {{ deadlines.nomination | date }};\n   - in ink\n2. send two copies.\n\n"
        "| cell 0 | cell 1 |\n| --- | --- |\n| cell 2 | cell 3 |\n"
    )
    assert (made.folder / "annex-1.md").read_text("utf-8") == "# The form\n\nWords of the annex.\n"
    facts = facts_of(made)
    assert (facts["place"], facts["copies"], facts["signature"]) == ("nairobi", ["governments"], "signed")


def test_one_minister_is_spoken_to_in_person(samples: Desk) -> None:
    blocks = [*FRENCH.blocks]
    blocks[3] = paragraph("Monsieur le Ministre,")
    (audience,) = cast("list[dict[str, object]]", facts_of(imported(samples, word_file(*blocks)))["audience"])
    assert (audience["salutation"], audience["address"]) == ("minister", "personal")


def test_a_reference_may_stand_in_a_header(samples: Desk) -> None:
    header = paragraph("Page 2, CL-31/044")
    made = imported(samples, word_file("Dear Sir/Madam,", "Some words of a letter.", headers=header))
    assert facts_of(made)["reference"] == "CL-31/044"
    assert any("found in a header" in one.made and one.todo for one in made.noted)


def test_a_reference_that_another_letter_has_is_told(samples: Desk) -> None:
    plan(samples, "forum-2022")
    blocks = [*ENGLISH.blocks]
    blocks[0] = paragraph("Ref.: CL-22/010")
    made = imported(samples, word_file(*blocks))
    assert any(one.made == "the reference of another letter" and one.todo for one in made.noted)


def test_a_draft_in_two_languages_loses_nothing_and_is_told(samples: Desk) -> None:
    made = imported(samples, word_file(*FRENCH.blocks, *ZOO[-1].blocks), language="fr")
    assert any("another language" in one.made and one.todo for one in made.noted)
    assert "ويرجى تأكيد المشاركة" in (made.folder / "annex-1.md").read_text("utf-8")


def test_a_note_verbale_is_told(samples: Desk) -> None:
    opening = "The Secretariat presents its compliments to the Permanent Missions and has the honour to inform them."
    made = imported(samples, word_file(paragraph(bold("Note")), opening))
    assert any("note verbale" in one.made for one in made.noted)


def test_macros_are_left_behind(samples: Desk) -> None:
    data = word_file("Dear Sir/Madam,", "Some words of a letter.", more={"word/vbaProject.bin": b"macro"})
    relation = b'<Relationship Id="m1" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/_rels/document.xml.rels":
                content = content.replace(b"</Rel", relation + b' Target="vbaProject.bin"/></Rel')
            new.writestr(name, content)
    assert any("macros" in one.made for one in imported(samples, made.getvalue()).noted)


def test_a_draft_without_a_frame_is_a_letter_too(samples: Desk) -> None:
    made = imported(samples, word_file(paragraph("We shall meet on 4 June 2031 to count the lights.")))
    assert made.findings == ()
    assert "to count the lights" in preview(samples, "new-letter").content.decode()
    assert {"no salutation was found", "no subject was found", "no date was found; today's stands there"} <= {
        one.made for one in made.noted
    }


def test_the_language_and_the_series_may_be_given(samples: Desk) -> None:
    made = imported(samples, word_file(paragraph(bold("OK")), paragraph("OK OK OK.")), language="es", series="CL")
    assert made.language == "es"
    facts = facts_of(made)
    assert (facts["source"], facts["series"]) == ("es", "CL")
    assert "reference" not in facts


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("draft.docx", b"", InputError),
        ("draft.docx", b"PK\x03\x04 rubbish", InputError),
        ("draft.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, InputError),
        ("draft.docx", word_file(), InputError),
        ("draft.docx", word_file(paragraph("Dear Sir/Madam,")), InputError),
        ("draft.docx", None, NotFoundError),
        ("big.docx", b"PK" + b"\0" * 20_000_001, InputError),
    ],
)
def test_nothing_is_left_of_what_cannot_be_read(
    samples: Desk, name: str, data: bytes | None, error: type[Exception]
) -> None:
    path = samples.office.folder / name
    if data is not None:
        path.write_bytes(data)
    before = sorted(one.name for one in (samples.office.folder / "letters").iterdir())
    with pytest.raises(error):
        import_draft(samples, "new-letter", path)
    assert sorted(one.name for one in (samples.office.folder / "letters").iterdir()) == before


def test_a_letter_that_is_there_stays(samples: Desk) -> None:
    body = (samples.office.folder / "letters" / "forum-2022" / "body.md").read_bytes()
    with pytest.raises(RefusedError):
        imported(samples, FRENCH.file(), "forum-2022")
    assert (samples.office.folder / "letters" / "forum-2022" / "body.md").read_bytes() == body
    with pytest.raises(NotFoundError):
        imported(samples, FRENCH.file(), language="de")


def test_spoilt_drafts_never_end_in_a_traceback(samples: Desk) -> None:
    """A byte changed here and there: either a letter, or a message."""
    whole = bytearray(ENGLISH.file())
    for place in range(0, len(whole), 97):
        spoilt = bytearray(whole)
        spoilt[place] ^= 0x41
        shutil.rmtree(samples.office.folder / "letters" / "new-letter", ignore_errors=True)
        with suppress(CircularsError):
            imported(samples, bytes(spoilt))


def test_hostile_words_stay_words(samples: Desk) -> None:
    hostile = '"]\nsignatory = "x" # {{ office.name }} {% if recipient.x %} <script>'
    blocks = [*ENGLISH.blocks]
    blocks[5] = paragraph(run(hostile))
    blocks[6] = paragraph(bold(hostile))
    blocks[8] = paragraph(run(hostile))
    made = imported(samples, word_file(*blocks, table((hostile, "x"), ("a", "b"))))
    assert made.findings == ()
    assert facts_of(made)["signatory"] == "secretary-general"
    assert "{{ office.name }} {% if recipient.x %} <script>" in preview(samples, "new-letter").content.decode()


def test_a_file_is_a_draft_and_a_reference_is_a_letter() -> None:
    assert is_draft("drafts/letter.docx")
    assert is_draft("LETTER.DOC")
    assert not is_draft("CL-22/010")
    assert not is_draft("forum-2022")


def test_a_file_of_another_kind_is_refused_as_a_file(samples: Desk) -> None:
    path = samples.office.folder / "draft.txt"
    path.write_text("Dear Sir,", "utf-8")
    assert is_draft(str(path))
    with pytest.raises(InputError, match=r"draft\.txt"):
        import_draft(samples, "new-letter", path)


def test_nothing_is_left_of_an_import_that_was_stopped(samples: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    folder = samples.office.folder / "letters"
    before = sorted(folder.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.drafts.read_letter", stop)
        with pytest.raises(KeyboardInterrupt):
            imported(samples, FRENCH.file())
    assert sorted(folder.iterdir()) == before
