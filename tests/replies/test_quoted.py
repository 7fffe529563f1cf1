from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.quoted import new_text
from tests.patience import within

MAILS = sorted((Path(__file__).parent / "quoted_mails").glob("*.txt"))
QUOTED = "> Will you come?\n> Please answer."
ATTRIBUTION = "On Fri, 8 Apr 2022 at 09:00, Union <c@example.int> wrote:"
HEADER = "From: Union <c@example.int>\nSent: Friday, 8 April 2022 09:00\nTo: Minister\nSubject: Invitation"
FORWARDED = "---------- Forwarded message ---------\nFrom: A <a@example.org>\nDate: x\nSubject: y\nTo: z\n\n"
LETTER = """Excellency,

I have the honour to invite you to the Forum, which will be held in Geneva from 30 May to 3 June 2022, at the \
headquarters of the Union.

Please let us know before 15 April 2022:

- whether you will attend in person
- the name of the head of your delegation
- whether you accept or decline the invitation to speak

More information is available at https://www.example.int/forum/2022/en.

Please accept, Excellency, the assurances of my highest consideration.
"""
COPY = LETTER.replace("- ", "• ").replace("which will be held", "which\nwill be held").strip()
CLOSING = "Please accept, Excellency, the assurances of my highest consideration."


def even(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
def test_mails_of_many_programs(path: Path) -> None:
    ours = path.with_suffix(".ours")
    found = new_text(path.read_text("utf-8"), ours=(ours.read_text("utf-8"),) if ours.exists() else ())
    assert even(found) == even(path.with_suffix(".reply").read_text("utf-8"))


def test_answer_below_the_quotation_is_kept() -> None:
    text = f"On Fri, 8 Apr 2022 at 09:00, Union <c@example.int> wrote:\n{QUOTED}\n\nYes, with pleasure."
    assert new_text(text) == "Yes, with pleasure."


def test_answer_between_attribution_and_quotation_is_kept() -> None:
    assert new_text(f"{ATTRIBUTION}\nWe accept.\n{QUOTED}") == "We accept."


def test_answers_between_quoted_lines_are_kept() -> None:
    assert new_text("> Will you come?\nYes.\n> Will you speak?\nNo.") == "Yes.\nNo."


def test_end_of_a_quoted_line_that_grew_too_long_is_no_answer() -> None:
    quoted = "> The Forum will be held in Geneva, and all the Ministers of Member States are"
    assert new_text(f"{quoted}\ninvited to take part in it.\n> Please answer.\n\nYes.") == "Yes."
    assert new_text("> Will the Minister take part in the Forum\nyes, he will come\n> or not?") == "yes, he will come"


@pytest.mark.parametrize("word", ["oui", "OK", "да", "同意", "نعم", "décliner", "no"])
def test_one_word_is_an_answer(word: str) -> None:
    assert new_text(word) == word
    assert new_text(f"{word}\n\n{ATTRIBUTION}\n{QUOTED}") == word
    assert new_text(f"{word}\n{HEADER}\n\nExcellency,\nOK, oui, да, 同意, نعم, no: décliner?") == word
    assert new_text(f"{ATTRIBUTION}\n{QUOTED}\n{word}") == word


def test_nothing_is_dropped_where_nothing_else_would_be_left() -> None:
    text = "From: Union\nSent: x\nTo: y\nSubject: z\n\nWe accept, below the old header."
    assert new_text(text) == text
    assert new_text(f"Sent from my iPhone\n\n{ATTRIBUTION}\n{QUOTED}") == "Sent from my iPhone"
    assert new_text("-- \nThe Minister") == "--\nThe Minister"
    assert new_text(QUOTED) == ""


@pytest.mark.parametrize(
    "text",
    [
        "The minister wrote: we accept.",
        "The minister wrote:\n\nWe accept.",
        "As you wrote on 4 April 2022:\n\nWe accept.",
        "Please write by 15 April 2022 to wsis@example.int:\n\nMs Otieno",
        "From: here on we agree.",
        "On the whole, yes.",
        "To: The Secretary-General\nFrom: The Ministry\nDate: 8 April 2022\nSubject: Nomination\n\nWe nominate.",
        "| Name | Otieno |\n| Title | Minister |",
        "First\n--\nSecond\n--\nThird",
    ],
)
def test_ordinary_sentences_are_kept(text: str) -> None:
    assert new_text(text) == text


def test_mark_that_an_mbox_file_put_is_no_quotation() -> None:
    assert new_text("We come.\n>From 30 May on we stay.") == "We come.\nFrom 30 May on we stay."


@pytest.mark.parametrize(
    "note",
    [
        "Please see our answers below in red.", "Our replies are inline.",
        "Nos réponses figurent en rouge dans le texte.",
        "Véanse nuestras respuestas a continuación.", "Наши ответы выделены красным.",
        "答复见下文红字。", "ردودنا أدناه.",
    ],
)  # fmt: skip
def test_announced_answers_below_keep_the_copy(note: str) -> None:
    assert new_text(f"{note}\n\n{HEADER}\n\nWill you attend? YES") == f"{note}\n\nWill you attend? YES"


@pytest.mark.parametrize("note", ["Please see the invitation below.", "We invest in green growth."])
def test_no_answers_are_announced(note: str) -> None:
    assert new_text(f"{note}\n\n{HEADER}\n\nWill you attend?") == note


def test_forwarded_mail_is_dropped_below_words_and_kept_without() -> None:
    forwarded = (
        "---------- Forwarded message ---------\nFrom: A <a@example.org>\nDate: x\nSubject: y\nTo: z\n\nWe accept."
    )
    assert new_text(f"FYI\n\n{forwarded}") == "FYI"
    assert new_text(forwarded) == forwarded


def test_words_sent_on_are_new_where_our_letter_is_known_and_not_in_them() -> None:
    assert new_text(f"FYI\n\n{FORWARDED}We accept.", ours=(LETTER,)) == "FYI\n\nWe accept."
    assert new_text(f"FYI\n\n{FORWARDED}{COPY}", ours=(LETTER,)) == "FYI"
    apple = "FYI\n\nBegin forwarded message:\n\n> From: A <a@example.org>\n> Date: x\n> To: y\n> \n> We accept.\n"
    assert new_text(apple, ours=(LETTER,)) == "FYI\n\nWe accept."
    assert new_text(apple) == "FYI"
    assert new_text(f"{apple}\nSo do we.") == "FYI\n\nSo do we."


@pytest.mark.parametrize("above", ["", f"{HEADER}\n\n", f"{ATTRIBUTION}\n\n", "_______\n" + HEADER + "\n\n"])
@pytest.mark.parametrize(
    "answer", ["décliner", "We decline the invitation to speak.", f"Yes.\n\n{CLOSING}\n\nMinister"]
)
def test_our_letter_is_subtracted_from_under_an_answer(above: str, answer: str) -> None:
    assert new_text(f"{answer}\n\n{above}{COPY}", ours=(LETTER,)) == answer


@pytest.mark.parametrize("above", ["", f"{HEADER}\n\n"])
def test_answer_below_an_unmarked_copy_of_our_letter_is_kept(above: str) -> None:
    answer = f"We accept.\n\n{CLOSING}\n\nMinister"
    assert new_text(f"{above}{COPY}\n\n{answer}", ours=(LETTER,)) == answer
    assert new_text(f"Dear all,\n\n{above}{COPY}\n\n{answer}", ours=(LETTER,)) == f"Dear all,\n\n{answer}"


@pytest.mark.parametrize("mark", ["", "> "])
def test_answers_typed_into_our_letter_are_found(mark: str) -> None:
    typed = COPY.replace("in person", "in person: YES").replace("delegation", "delegation: Ms Otieno")
    opening = ATTRIBUTION if mark else HEADER + "\n"
    found = new_text("\n".join([opening, *(mark + line for line in typed.split("\n"))]), ours=(LETTER,))
    assert found.split("\n") == [
        "• whether you will attend in person: YES", "• the name of the head of your delegation: Ms Otieno",
    ]  # fmt: skip


def test_nothing_but_our_letter_says_nothing() -> None:
    assert new_text(f"{HEADER}\n\n{COPY}", ours=(LETTER,)) == ""


def test_words_of_ours_in_a_sentence_of_the_sender_are_kept() -> None:
    cited = "the Forum, which will be held in Geneva from 30 May to 3 June 2022, at the headquarters of the Union"
    text = f"Excellency,\n\nI refer to your invitation to {cited}, and accept.\n\n{CLOSING}"
    assert new_text(text, ours=(LETTER,)) == text
    assert new_text(f"{text}\n\n{HEADER}\n\n{COPY}", ours=(LETTER,)) == text


LINES = st.sampled_from(["We accept.", "> old", "", "Yes.", "oui", "| x", "-", "8 April"])


@given(st.lists(LINES, max_size=12))
def test_no_new_line_is_ever_lost_between_marked_quotations(lines: list[str]) -> None:
    kept = new_text("\n".join(lines)).split("\n")
    for line in ("We accept.", "Yes.", "oui", "8 April"):
        assert kept.count(line) == lines.count(line)


@given(st.lists(LINES, max_size=6).filter(lambda lines: "oui" in lines))
@settings(max_examples=50)
def test_no_line_above_a_copy_is_ever_lost(lines: list[str]) -> None:
    for below in (f"{HEADER}\n\nExcellency", f"{ATTRIBUTION}\n\nExcellency", COPY):
        kept = new_text("\n".join([*lines, "", below]), ours=(LETTER,)).split("\n")
        for line in ("We accept.", "Yes.", "oui", "8 April"):
            assert kept.count(line) == lines.count(line)


PIECES = [
    "On 8 April 2022 at 9:00 ", "a@b.example ", "<", ">", ":", " wrote:", "\n", "\n> ", "From:", "Sent: ", "To: x\n",
    "-----Original Message-----", "|", "--", "Subject:", "写道：", "\u200f", "x ", "Excellency, I have the honour ",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_any_text_can_be_read(text: str) -> None:
    assert len(new_text(text, ours=(LETTER,))) <= len(text) + 2


SLOW = {
    "headers": "From: a\nTo: b\n" * 30_000,
    "openings": "On 4 April 2022 at 9:00\n" * 20_000,
    "addresses": "x <a@b.example>\n" * 30_000,
    "attributions": "On 4 April 2022 at 9:00 bob wrote:\nx\n> q\n" * 12_000,
    "one line": "1 " * 500_000 + "wrote:",
    "verbs": ("wrote: " * 60 + "\n") * 2_400,
    "newlines": "\n" * 1_000_000,
    "ours": "Excellency, I have the honour " * 30_000,
}


@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW.keys())
def test_long_text_meant_to_be_slow_is_read_in_seconds(text: str) -> None:
    with within(10):
        new_text(text, ours=(LETTER,))
