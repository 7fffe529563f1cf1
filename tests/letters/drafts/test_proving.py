"""The proof tells every word that a letter lost, and every one that it added."""

from __future__ import annotations

from letters.blocks import Block, Paragraph, Text
from letters.composed import Composed
from letters.drafts.framing import divide
from letters.drafts.model import Noted
from letters.drafts.proving import differences
from letters.drafts.reading import read_draft
from letters.model import Signature
from locales.locale import load_locale
from tests.letters.drafts.word_files import bold, paragraph, word_file

DRAFT = (
    "Ref.: X/1",
    paragraph(bold("Lamps")),
    "Dear Sir/Madam,",
    "One two three.",
    "Four five.",
    "Yours faithfully,",
    "A. Name",
)


def proof(*body: str, name: str = "A. Name", draft_body: str = "Four five.") -> tuple[Noted, ...]:
    """Return the differences between the draft and a letter with other words."""
    lines = [draft_body if line == "Four five." else line for line in DRAFT]
    draft = read_draft(word_file(*lines), name="d")
    blocks: tuple[Block, ...] = tuple(Paragraph((Text(text),)) for text in body)
    composed = Composed(
        slug="x", language="en", direction="ltr", class_name="all", office_name="Office", unit="", date_line=(),
        references=(("Ref.:", "X/1"),), contact_label="", contacts=(), addressees=(), address=None, subject_label="",
        subject=((Text("Lamps"),),), salutation=(Text("Dear Sir/Madam,"),), body=blocks,
        closing=(Text("Yours faithfully,"),), signature=Signature.NONE, signature_note="", signatory_name=name,
        signatory_title="", annexes=(), slots=(),
    )  # fmt: skip
    return differences(draft, divide(draft.blocks, load_locale("en")), composed)


def test_the_same_words_differ_in_nothing() -> None:
    assert proof("One two three.", "Four\u00a0five.") == ()


def test_a_word_lost_added_or_changed_is_told_with_its_place() -> None:
    assert [(one.place, one.words) for one in proof("One three.", "Four five.")] == [("paragraph 4", "two")]
    assert [one.made for one in proof("One two three.", "Four and five.")] == ["the letter prints «and»"]
    assert [(one.words, one.made) for one in proof("One two three.", "Four six.")] == [
        ("five.", "the letter prints «six.»")
    ]


def test_words_of_the_frame_are_told_in_whatever_order_they_stand() -> None:
    told = proof("One two three.", "Four five.", name="B. Other")
    assert [(one.place, one.words) for one in told] == [("the end", "A. Name"), ("the end", "B. Other")]


def test_a_text_that_is_another_one_is_told_once() -> None:
    (told,) = proof(*["word " * 50] * 300)
    assert told.todo


def test_few_words_that_are_repeated_without_end_are_not_compared_for_minutes() -> None:
    (told,) = proof("One two three.", "x " + "n/a " * 9_000, draft_body="y " + "n/a " * 9_000)
    assert (told.place, told.todo) == ("paragraph 5", "Compare both.")
