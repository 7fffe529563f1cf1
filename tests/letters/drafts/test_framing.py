"""Which lines of a draft are the letter's frame."""

from __future__ import annotations

import pytest

from letters.drafts.framing import Framed, divide
from letters.drafts.model import Paragraph
from letters.drafts.reading import read_draft
from locales.locale import load_locale
from tests.letters.drafts.word_files import bold, item, paragraph, table, word_file


def framed(*blocks: str, language: str = "en") -> Framed:
    return divide(read_draft(word_file(*blocks), name="d").blocks, load_locale(language))


def kinds(found: Framed) -> list[tuple[str, str]]:
    return [(part.kind, part.text) for part in (*found.head, *found.tail)]


def body(found: Framed) -> list[str]:
    return [block.text for block in found.body if isinstance(block, Paragraph)]


@pytest.mark.parametrize(
    ("language", "reference", "salutation", "closing"),
    [
        ("en", "Our ref.: X/1", "Dear colleagues,", "Yours sincerely,"),
        ("fr", "N/Réf.: X/1", "Chers collègues,", "Je vous prie d'agréer, chers collègues, mes salutations."),
        ("es", "Nuestra referencia: X/1", "Estimados colegas:", "Atentamente,"),
        ("ru", "Исх.: X/1", "Уважаемые коллеги!", "С уважением,"),
        ("zh", "编号：X/1", "尊敬的各位同事：", "此致"),
        ("ar", "مرجع: X/1", "السيدات والسادة،", "وتفضلوا بقبول تحياتنا."),
    ],
)
def test_parts_are_known_by_their_words_in_each_language(
    language: str, reference: str, salutation: str, closing: str
) -> None:
    found = framed(reference, paragraph(bold("LAMPS")), salutation, "Words.", closing, "A. Name", language=language)
    assert found.salutation is not None
    assert found.closing is not None
    assert (found.salutation.text, found.closing.text) == (salutation, closing)
    assert kinds(found) == [("reference", "X/1"), ("name", "A. Name")]
    assert [line.text for line in found.subject] == ["LAMPS"]
    assert body(found) == ["Words."]


def test_labels_and_values_may_stand_in_cells_of_their_own_or_share_a_line() -> None:
    found = framed(
        table(("Ref.:", "CL-31/001"), ("Contact:", "Ms. A. Name\nTel.: +41 22 555 01 02 Fax: +41 22 555 01 03")),
        "Dear Sir/Madam,", "Words.",
    )  # fmt: skip
    assert kinds(found) == [
        ("reference", "CL-31/001"), ("contact", "Ms. A. Name"), ("phone", "+41 22 555 01 02"),
        ("fax", "+41 22 555 01 03"),
    ]  # fmt: skip


def test_a_reference_needs_no_colon_but_a_number() -> None:
    found = framed("Ref. LA/12/2031", "File Reference guide", paragraph(bold("Lamps")), "Dear Sir/Madam,", "Words.")
    assert kinds(found) == [("reference", "LA/12/2031"), ("unknown", "File Reference guide")]


def test_a_subject_has_a_label_or_is_the_last_title_before_the_salutation() -> None:
    labelled = framed(paragraph("Subject: ", bold("Lamps\nand lights")), "To all", "Dear Sir/Madam,", "Words.")
    assert [line.text for line in labelled.subject] == ["Lamps", "and lights"]
    assert (labelled.subject_label, kinds(labelled)) == ("Subject:", [("unknown", "To all")])
    titled = framed(
        paragraph(bold("OFFICE")), "Geneva, 3 March 2031", paragraph(bold("Lamps")), "Dear Sir/Madam,", "Words."
    )
    assert [line.text for line in titled.subject] == ["Lamps"]
    assert kinds(titled) == [("unknown", "OFFICE"), ("date-line", "Geneva, 3 March 2031")]


def test_a_subject_below_the_salutation_is_found_too() -> None:
    found = framed("Dear Sir/Madam,", paragraph(bold("Subject: Lamps")), "Words of the letter.")
    assert ([line.text for line in found.subject], found.subject_below) == (["Lamps"], True)
    assert body(found) == ["Words of the letter."]


def test_a_word_of_a_close_within_the_text_ends_nothing() -> None:
    text = ["Dear Sir/Madam,", "Sincerely meant thanks go to all. Please accept, then, what follows."]
    text += [f"Paragraph {number}." for number in range(20)]
    found = framed(*text, "Yours faithfully,", "(signed)", "A. Name", "Director", "Copy: Permanent Missions")
    assert len(found.body) == 21
    assert kinds(found) == [
        ("signature", "(signed)"), ("name", "A. Name"), ("title", "Director"), ("copy", "Permanent Missions"),
    ]  # fmt: skip


def test_annexes_begin_where_they_are_called_so_and_nowhere_else() -> None:
    found = framed(
        "Dear Sir/Madam,", "Annex 1 is enclosed.", item("Annex 2"), "Yours faithfully,", "A. Name",
        paragraph(bold("ANNEX A")), paragraph(bold("The form")), "Fill it in.",
        paragraph(bold("Annex B – The rules")), "Be kind.",
    )  # fmt: skip
    assert len(found.body) == 2
    assert [(one.label.text, [line.text for line in one.title]) for one in found.annexes] == [
        ("ANNEX A", ["The form"]), ("Annex B –", ["The rules"]),
    ]  # fmt: skip


def test_text_below_the_signature_is_an_annex() -> None:
    after = "Postscript: the meeting of the keepers will be held in Geneva."
    found = framed("Dear Sir/Madam,", "Words.", "Yours faithfully,", "(signed)", "A. Name", after, "More.")
    assert kinds(found) == [("signature", "(signed)"), ("name", "A. Name")]
    (annex,) = found.annexes
    assert [block.text for block in annex.blocks if isinstance(block, Paragraph)] == [after, "More."]


def test_a_salutation_after_a_sentence_is_none() -> None:
    found = framed("We wrote to you last year about the rules on lamps.", "Dear colleagues,", "Words.")
    assert found.salutation is None
    assert body(found)[0].startswith("We wrote")


def test_a_line_that_counts_annexes_is_none_of_them() -> None:
    found = framed("Dear Sir/Madam,", "One.", "Yours faithfully,", "A. Name", paragraph(bold("Annexes: 2")), "Copy: B")
    assert found.annexes == ()
    assert kinds(found)[-2:] == [("unknown", "Annexes: 2"), ("copy", "B")]


def test_the_note_of_a_signature_may_stand_below_the_title() -> None:
    found = framed("Dear Sir/Madam,", "One.", "Yours faithfully,", "The Secretary-General,", "(signed)", "A. Name")
    assert kinds(found)[-3:] == [
        ("name", "The Secretary-General,"), ("signature", "(signed)"), ("title", "A. Name"),
    ]  # fmt: skip


def test_no_line_is_lost() -> None:
    lines = [
        "One",
        "Two: three",
        "4 March 2031",
        "",
        "Tel. 5",
        "Dear Sir/Madam,",
        "Six.",
        "Yours faithfully,",
        "Seven",
        "Eight",
    ]
    found = framed(*lines)
    assert found.salutation is not None
    assert found.closing is not None
    said = [part.whole.strip() for part in (*found.head, *found.tail)]
    said += [*body(found), *(line.text for line in found.subject), found.salutation.text, found.closing.text]
    assert sorted(said) == sorted(filter(None, lines))


def test_the_day_of_a_note_verbale_may_stand_below_it() -> None:
    found = framed(
        "The Union presents its compliments to the Missions and invites them to the session.", "Geneva, 3 June 2031"
    )
    assert kinds(found) == [("date-line", "Geneva, 3 June 2031")]
    assert len(found.body) == 1
