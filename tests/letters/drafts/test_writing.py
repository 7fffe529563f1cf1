"""Drafts written as Markdown: every character printed as it was, nothing a mark by accident."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from letters.blocks import (
    Block,
    Emphasis,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    PageBreak,
    Paragraph,
    Strong,
    Table,
    Text,
)
from letters.drafts.addresses import Addresses
from letters.drafts.model import Draft
from letters.drafts.reading import read_draft
from letters.drafts.stating import Stater
from letters.drafts.writing import Writer
from letters.markdown import Document, read_document
from locales.locale import load_locale
from tests.letters.drafts.word_files import bold, italic, item, link, paragraph, run, table, word_file

SUBJECT = paragraph("Subject")


def written(*blocks: str, language: str = "en", **parts: object) -> tuple[str, Document]:
    """Return the Markdown of a draft, and the text as a letter reads it; it must have no fault."""
    draft: Draft = read_draft(word_file(SUBJECT, *blocks, **parts), name="d")  # type: ignore[arg-type]
    stater = Stater(load_locale(language), date(2031, 1, 6), ZoneInfo("Europe/Zurich"), Addresses(language, {}), [])
    first, *rest = draft.blocks
    text = Writer(stater, draft.notes).document([first], rest)  # type: ignore[list-item]
    document = read_document(text, file="body.md")
    assert document.findings == ()
    return text, document


def said(blocks: Iterable[Block]) -> list[str]:
    """Return the words of paragraphs and headings."""
    return [words(block.children) for block in blocks if isinstance(block, Paragraph | Heading)]


def words(children: Iterable[Inline]) -> str:
    pieces = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(text)
            case LineBreak():
                pieces.append("\n")
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                pieces.append(words(inner))
    return "".join(pieces)


@pytest.mark.parametrize(
    "text",
    [
        "{{ links.forum }} and {{ recipient.name }}", "{% if recipient.country %}", "{# remark #}", "{{", "}}", "{%}",
        "a{%b%}c",
        "# no heading", "## nor this", "1. no item", "12) nor this", "- no item", "+ nor this", "* nor this",
        "> no quote",
        "--- rule ---", "===", "***", "___", "a * b * c", "*a*", "_a_ __b__", "snake_case_name", "[words](address)",
        "[^1] and [^1]: text", "![picture](x)", "<b>bold</b>", "<x.example.int>", "&amp; &copy; &#42;",
        "a \\ b \\* c",
        "back\\", "`code`", "~~~", "| a | b |", "a | b", "[x] ticked", "[ ] box", "!", "5*5=25", "90 %", "R&D",
        "a\nb",
        "a\n# b\n1. c\n- d", "\u00a0indented", "x\u00a0: y", "#", "-", "1.", "http:// nothing", "\ttab", "a  b",
        "[a]: b",
    ],
)  # fmt: skip
def test_no_character_becomes_a_mark(text: str) -> None:
    _, document = written(paragraph(run(text)))
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    assert words(block.children).split() == text.split()
    assert not any(not isinstance(child, Text | LineBreak | Link) for child in block.children)


def test_whatever_is_typed_is_printed() -> None:
    chance = random.Random(5)
    signs = [*"*_{}%#[]()<>|\\`- aé文&!\n^", "1."]
    for _ in range(300):
        text = "x" + "".join(chance.choices(signs, k=12)) + "y"
        looks = "".join(chance.choice((run, bold, italic))(piece) for piece in (text[:5], text[5:9], text[9:]))
        _, document = written(paragraph(looks))
        assert " ".join(said(document.blocks)).split() == text.split()


def test_bold_italic_and_links() -> None:
    text, document = written(
        paragraph("A ", bold("bold "), bold("word"), " and ", italic("italics"), ", a ",
                  link("x", run("li"), bold("nk")), "."),
        links={"x": "https://www.example.int/en/page"},
    )  # fmt: skip
    assert "A **bold word** and *italics*, a [li**nk**]({{ links.page }})." in text
    assert said(document.blocks) == ["A bold word and italics, a link."]


def test_emphasis_that_markdown_cannot_mark_is_left_out() -> None:
    text, document = written(paragraph("甲", bold("“乙”"), "丙"), language="zh")
    assert said(document.blocks) == ["甲“乙”丙"]
    assert "*" not in text


def test_lists_keep_their_numbers_and_depth() -> None:
    _, document = written(
        item("one", 3), item("deep", 1, 1), item("two", 3), "Between.", item("three", 3),
        item("☐ to tick"), item("☒ ticked"),
    )  # fmt: skip
    first, between, second, third = document.blocks
    assert isinstance(first, List)
    assert isinstance(second, List)
    assert isinstance(third, List)
    assert (first.ordered, first.start, len(first.items)) == (True, 5, 2)
    assert isinstance(first.items[0].blocks[1], List)
    assert said([between]) == ["Between."]
    assert (second.start, [one.ticked for one in third.items]) == (7, [False, True])


def test_boxes_on_lines_of_one_paragraph_are_boxes_each() -> None:
    _, document = written(paragraph("☐ Yes\n☒ No"), "Words.")
    boxes, _ = document.blocks
    assert isinstance(boxes, List)
    assert [(one.ticked, said(one.blocks)) for one in boxes.items] == [(False, ["Yes"]), (True, ["No"])]


def test_typed_marks_make_a_list() -> None:
    _, document = written(paragraph("– Governments"), paragraph("– Civil society"), paragraph("– 5 degrees – cold"))
    (block,) = document.blocks
    assert isinstance(block, List)
    assert [said(one.blocks) for one in block.items] == [["Governments"], ["Civil society"], ["5 degrees – cold"]]


def test_tables_headings_pages_and_notes() -> None:
    text, document = written(
        paragraph(bold("Timetable")),
        table(("Day", "What | who"), ("Monday", paragraph("Opening") + paragraph("Session"))),
        paragraph("Text", '<w:r><w:footnoteReference w:id="2"/></w:r>', ".", properties="<w:pageBreakBefore/>"),
        table(("Only a frame",)),
        footnotes=f'<w:footnote w:id="2">{paragraph("See *the* rules.")}</w:footnote>',
    )
    heading, timetable, page, after, framed = document.blocks
    assert isinstance(heading, Heading)
    assert isinstance(timetable, Table)
    assert [[words(cell) for cell in row] for row in timetable.rows] == [
        ["Day", "What | who"], ["Monday", "Opening Session"],
    ]  # fmt: skip
    assert isinstance(page, PageBreak)
    assert "[^1]: See \\*the\\* rules." in text
    assert "Text[^1]." in text
    assert said([after, framed]) == ["Text.", "Only a frame"]


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///c:/x", "ftp://x.example.int/", "https://a b/", "x{{y}}"]
)
def test_links_that_lead_nowhere_good_lose_their_address(address: str) -> None:
    text, document = written(paragraph("See ", link("x", run("this")), "."), links={"x": address})
    assert "See this." in text
    assert said(document.blocks) == ["See this."]


def test_footnotes_named_twice_nowhere_or_within_each_other() -> None:
    def mark(number: int) -> str:
        return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'

    text, _ = written(
        paragraph("One", mark(2), " and again", mark(2), ", nothing", mark(404), "."),
        footnotes=f'<w:footnote w:id="2">{paragraph("The note", mark(2), ".")}</w:footnote>',
    )
    assert text.endswith("One[^1] and again[^2], nothing.\n\n[^1]: The note.\n\n[^2]: The note.\n")


def test_a_footnote_within_a_link_stands_beside_it() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    text, _ = written(
        paragraph("See ", link("x", run("this"), note, run(" page")), "."),
        links={"x": "https://www.example.int/page"},
        footnotes=f'<w:footnote w:id="2">{paragraph("The note.")}</w:footnote>',
    )
    assert "See [this]({{ links.page }})[^1] [page]({{ links.page }})." in text


def test_days_below_the_word_deadline_or_beside_it_are_deadlines() -> None:
    stater = Stater(load_locale("en"), date(2031, 1, 6), ZoneInfo("Europe/Zurich"), Addresses("en", {}), ())
    rows = (("Step", "Deadline"), ("Visa", "1 May 2031"), ("Papers to be submitted", "2 May 2031"))
    draft = read_draft(word_file(table(*rows), table(("Opening", "3 May 2031"), ("Deadline", "4 May 2031"))), name="d")
    Writer(stater, draft.notes).document((), draft.blocks)
    assert stater.facts.asks == {"reply": "information", "contribution": "contribution", "reply_2": "information"}
    assert [str(event.start) for event in stater.facts.events.values()] == ["2031-05-03"]
