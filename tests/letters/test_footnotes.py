"""Footnotes: from their marks to numbered notes, and everything that can be wrong with them."""

from __future__ import annotations

from typing import Any

import pytest

from letters.blocks import Block, Conditional, Footnote, Heading, Inline, List, Paragraph, Quote, Table, Text, Value
from letters.checking import check_letter
from letters.composed import Composed
from letters.composing import try_to_compose
from letters.inline import read_words
from letters.markdown import read_document
from letters.reminding import compose_reminder
from letters.segment_notes import segment_notes
from letters.segments import segments
from letters.stating import Assumed, Stating
from tests.patience import within

NOTED = """# A meeting[^s]

The first[^b] and **the second**[^a] note.

1. A paragraph.

   | Phase[^t] | Lights |
   |---|---|
   | I | 12 |

> Quoted[^q]

[^a]: It has *emphasis*, {{ facts.entries | number }} entries and [a link]({{ links.site }}).
[^b]: For {{ recipient.country }}.
[^s]: English only.
[^t]: In a table.

[^q]: On two
lines.
"""


def notes(composed: Composed) -> list[Footnote]:
    """Return the footnotes in the order in which they stand."""
    blocks: list[Block] = [Paragraph(tuple(i for line in composed.subject for i in line)), *composed.body]
    blocks += [block for annex in composed.annexes for block in annex.blocks]
    return [found for block in blocks for found in _in_block(block)]


def _in_block(block: Block) -> list[Footnote]:
    match block:
        case Paragraph(children=children) | Heading(children=children):
            return _in_line(children)
        case List(items=items):
            return [found for item in items for inner in item.blocks for found in _in_block(inner)]
        case Table(rows=rows):
            return [found for row in rows for cell in row for found in _in_line(cell)]
        case Quote(blocks=inner):
            return [found for block in inner for found in _in_block(block)]
        case Conditional(then=then, otherwise=otherwise):
            return [found for block in (*then, *otherwise) for found in _in_block(block)]
    return []


def _in_line(children: tuple[Inline, ...]) -> list[Footnote]:
    found: list[Footnote] = []
    for child in children:
        if isinstance(child, Footnote):
            found.append(child)
        elif not isinstance(child, Text | Value):
            found.extend(_in_line(getattr(child, "children", ())))
    return found


def faults(text: str) -> dict[str, int | None]:
    found = read_document(f"# Subject\n\n{text}", file="body.md").findings
    assert all(finding.hint for finding in found)
    return {finding.code: finding.line for finding in found}


def test_notes_are_numbered_in_the_order_of_their_marks(desk: Any) -> None:
    composed = desk.compose(desk.letter(body=NOTED, french={}))
    found = notes(composed)
    assert [note.number for note in found] == [1, 2, 3, 4, 5]
    assert [note.children[0] for note in found] == [
        Text("English only."), Text("For "), Text("It has "), Text("In a table."), Text("On two lines."),
    ]  # fmt: skip
    assert found[1].children[1] == Value(0)
    assert composed.slots[0].name == "recipient.country"
    assert Text(", 7,000 entries and ") in found[2].children


def test_notes_count_on_through_annexes_and_the_second_language(desk: Any, facts: str) -> None:
    bilingual = facts.replace('list = "ministers"', 'list = "ministers"\nbilingual = ["en", "fr"]')
    desk.write("annex-1.md", "# List\n\nWords[^1].\n\n[^1]: In the annex.")
    french = {("body", "T[^1]"): "T[^1]", ("body", "Body"): "Corps", ("annex-1", "List"): "Liste"}
    french |= {("annex-1", "Words[^1]."): "Mots[^1].", ("annex-1", "In the annex."): "Dans l'annexe."}
    french |= {("letter", "Bridges between networks"): "Ponts", ("body", "T"): "T"}
    letter = desk.letter(
        bilingual, "# T\n\nBody[^1].\n\n[^1]: T", french=french | {("body", "Body[^1]."): "Corps[^1]."}
    )
    composed = desk.compose(letter, "en+fr")
    assert [note.number for part in composed.parts for note in notes(part)] == [1, 2, 3, 4]


def test_a_note_is_a_segment_of_its_own_and_its_mark_stays_in_the_paragraph(desk: Any) -> None:
    letter = desk.letter(body=NOTED, french={})
    found = {segment.msgid: segment.line for segment in segments(letter, desk.office) if segment.context == "body"}
    assert found["The first[^b] and **the second**[^a] note."] == 3
    assert found["English only."] == 15
    assert found["On two lines."] == 18
    kinds = segment_notes(letter, desk.office)
    assert kinds["body", "English only."] == "Footnote"
    assert kinds["body", "The first[^b] and **the second**[^a] note."] == "Paragraph"


def test_marks_alone_are_no_words() -> None:
    from letters.inline import has_words
    from letters.segments import word_count

    assert not has_words("{{ facts.entries }}[^entries]")
    assert word_count("See the list[^the-long-name].") == 3


def test_a_translation_states_the_facts_of_its_notes(desk: Any) -> None:
    letter = desk.letter(body=NOTED, french={})
    stated = Stating(letter, desk.office, "en").letter_statements("ministers", Assumed())
    assert ("facts.entries", "7,000") in {(item.fact, item.printed) for item in stated}
    assert any(item.fact == "links.site" for item in stated)


def test_a_reminder_shows_the_subject_without_its_notes(desk: Any) -> None:
    letter = desk.letter(body=NOTED, french={})
    reminder = compose_reminder(letter, desk.office, language="en", class_name="ministers")
    assert reminder.subject[1] == (Text("A meeting"),)


def test_a_reminder_has_notes_of_its_own(desk: Any) -> None:
    desk.write("reminder.md", "# Reminder[^1]\n\nPlease[^2] reply.\n\n[^1]: One.\n[^2]: Two.\n")
    reminder = compose_reminder(desk.letter(), desk.office, language="en", class_name="ministers")
    assert [note.number for note in notes(reminder)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("One[^1].", "unknown-footnote", 3),
        ("One.\n\n[^1]: Note.", "footnote-not-used", 5),
        ("One[^1].\n\n[^1]: Note.\n\n[^1]: Again.", "footnote-twice", 7),
        ("One[^1].\n\n[^1]: Note.\n[^1]: Again.", "footnote-twice", 6),
        ("One[^1].\n\n[^1]:", "empty-footnote", 5),
        ("One[^1].\n\n[^1]: Two[^2].\n\n[^2]: Three[^1].", "footnote-in-footnote", 7),
        ("One[^1].\n\n[^1]: *Itself[^1]*.", "footnote-in-footnote", 5),
        ("See [the site[^1]](https://www.example.int/).\n\n[^1]: Note.", "footnote-in-link", 3),
        ("One[^1].\n\n[^1]: Note.\n\n    More of it.", "footnote-too-long", 7),
        ("| A[^1] | B |\n|---|---|\n| 1 | 2 |\n[^1]: Note.", "footnote-misplaced", 6),
    ],
)
def test_faults_of_a_text(text: str, code: str, line: int) -> None:
    assert faults(text).get(code) == line


def test_what_is_no_footnote() -> None:
    assert faults("One[^1].\n\n[^1]: Note.\n\nText.\n\n    Set in.") == {}
    assert faults(r"An escaped \[^1], a caret ^ and [^ 1].") == {}
    assert read_words("[site](https://www.example.int/[^1])").notes == ()
    assert read_words("[^1](https://www.example.int/)").notes == ("1",)
    assert read_words("**Note.**[^1]").notes == ("1",)


def test_notes_may_stand_anywhere_below(desk: Any) -> None:
    text = "One[^1]\n[^1]: Note of one.\n\n- two[^2]\n\n  [^2]: Note of two.\n- three\n"
    document = read_document(f"# S\n\n{text}", file="body.md")
    assert document.findings == ()
    assert document.notes == {"1": (Text("Note of one."),), "2": (Text("Note of two."),)}
    assert document.blocks[0].children[0] == Text("One")  # type: ignore[union-attr]


def composing_faults(desk: Any, body: str) -> dict[str, tuple[str, int | None]]:
    letter = desk.letter(body=body, french={})
    _, found = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    return {finding.code: (finding.file, finding.line) for finding in found}


def test_a_number_is_the_same_for_every_addressee(desk: Any) -> None:
    body = '# S\n\nOne.\n\n{% if recipient.country == "CH" %}\nTwo[^1].\n{% endif %}\n\n[^1]: Note.\n'
    assert composing_faults(desk, body) == {"footnote-in-condition": ("letters/meeting/body.md", 6)}
    decided = body.replace('recipient.country == "CH"', "facts.host")
    assert [note.number for note in notes(desk.compose(desk.letter(body=decided, french={})))] == [1]


def test_a_note_has_one_mark_but_one_in_either_branch(desk: Any) -> None:
    assert composing_faults(desk, "# S\n\nOne[^1], two[^1].\n\n[^1]: Note.\n") == {
        "footnote-repeated": ("letters/meeting/body.md", 3)
    }
    either = "# S\n\n{% if facts.host %}\nOne[^1].\n{% else %}\nTwo[^1].\n{% endif %}\n\n[^1]: Note.\n"
    assert composing_faults(desk, either) == {}


@pytest.mark.parametrize(
    ("french", "said"),
    [
        ("Un.", "has lost the footnote [^1]"),
        ("Un[^1][^2].", "has the footnote [^2] which its source has not"),
        ("Un[^1], deux[^1].", "has the footnote [^1] twice"),
    ],
)
def test_a_translation_keeps_the_marks(desk: Any, french: str, said: str) -> None:
    desk.letter(
        body="# S\n\nOne[^1].\n\n[^1]: Note.\n",
        french={("body", "One[^1]."): french, ("body", "Note."): "Note à part.", ("body", "S"): "Sujet"},
    )
    letter, _ = desk.read()
    found = check_letter(letter, desk.office, columns={})
    told = [item for item in found if item.code == "placeholders"]
    assert [said in item.message for item in told] == [True]
    assert told[0].file == "locales/fr/letters/meeting.po"


def test_marks_in_values_and_facts_print_as_they_stand(desk: Any, facts: str) -> None:
    body = "# S\n\n{{ texts.theme }}, {{ facts.review }}.\n"
    marked = facts.replace("Bridges between networks", "Bridges[^1]").replace("A/RES/70/125", "A[^2]")
    composed = desk.compose(desk.letter(marked, body, french={}))
    assert composed.body == (Paragraph((Text("Bridges[^1], A[^2]."),)),)


def test_ten_thousand_footnotes_are_refused_in_a_moment() -> None:
    marks = "\n\n".join(f"Words[^{number}]." for number in range(10_000))
    texts = "\n".join(f"[^{number}]: Note {number}." for number in range(10_000))
    with within(20):
        document = read_document(f"# S\n\n{marks}\n\n{texts}", file="body.md")
    assert "text-too-long" in {finding.code for finding in document.findings}


def test_a_thousand_footnotes_are_numbered(desk: Any) -> None:
    marks = "\n\n".join(f"Words[^{number}]." for number in range(1000))
    texts = "\n".join(f"[^{number}]: Note {number}." for number in range(1000))
    composed = desk.compose(desk.letter(body=f"# S\n\n{marks}\n\n{texts}", french={}))
    assert [note.number for note in notes(composed)] == list(range(1, 1001))
