"""Body texts into blocks, with lines."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from letters.blocks import (
    Block,
    Conditional,
    Emphasis,
    Field,
    Heading,
    Inline,
    LineBreak,
    Link,
    List,
    PageBreak,
    Paragraph,
    Quote,
    Strong,
    Table,
    Text,
)
from letters.inline import message_of, read_words
from letters.markdown import Document, read_document


def shown(children: Sequence[Inline]) -> str:
    """Return inlines as Markdown, fields in braces."""
    pieces: list[str] = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(text)
            case Field(expression=expression):
                pieces.append("{" + expression.source + "}")
            case Strong(children=inner):
                pieces.append(f"<b>{shown(inner)}</b>")
            case Emphasis(children=inner):
                pieces.append(f"<i>{shown(inner)}</i>")
            case Link(target=target, children=inner):
                pieces.append(f"[{shown(inner)}]({shown(target)})")
            case LineBreak():
                pieces.append("|")
    return "".join(pieces)


def read(text: str) -> Document:
    return read_document("# Subject\n\n" + text, file="body.md")


def codes(document: Document) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.line) for finding in document.findings]


def outline(blocks: Sequence[Block]) -> list[object]:
    """Return blocks as nested lists of texts."""
    found: list[object] = []
    for block in blocks:
        match block:
            case Paragraph(children=children):
                found.append(shown(children))
            case Heading(level=level, children=children):
                found.append(f"{'#' * level} {shown(children)}")
            case List(ordered=ordered, start=start, items=items):
                found.append([start if ordered else "-", *(outline(item.blocks) for item in items)])
            case Table(rows=rows):
                found.append([[shown(cell) for cell in row] for row in rows])
            case Quote(blocks=inner):
                found.append([">", *outline(inner)])
            case PageBreak():
                found.append("---")
            case Conditional(condition=condition, then=then, otherwise=otherwise):
                source = condition if isinstance(condition, int) else condition.source
                found.append({source: outline(then), "else": outline(otherwise)})
    return found


@pytest.mark.parametrize(
    ("markdown", "wanted"),
    [
        ("One\ntwo  \nthree\\\nfour", ["One two|three|four"]),
        ("会议\n召开", ["会议召开"]),
        ("A **{{ a.b | date }}** and *c*", ["A <b>{a.b | date}</b> and <i>c</i>"]),
        ("**{{ a.b }}**: x", ["<b>{a.b}</b>: x"]),
        ("[web]({{ links.x }})", ["[web]({links.x})"]),
        ("[{{ links.x }}]({{ links.x }})", ["[{links.x}]({links.x})"]),
        ("See {{ links.x }} or <{{ links.y }}>.", ["See [{links.x}]({links.x}) or [{links.y}]({links.y})."]),
        ("{{ contacts.a.email }}", ["[{contacts.a.email}](mailto:{contacts.a.email})"]),
        ("[x](mailto:{{ contacts.a.email }})", ["[x](mailto:{contacts.a.email})"]),
        ("[x](https://example.org/{{ recipient.key }}/a)", ["[x](https://example.org/{recipient.key}/a)"]),
        ("<https://example.org/a>", ["[https://example.org/a](https://example.org/a)"]),
        ("- a\n- b\n  1. c\n  2. d", [["-", ["a"], ["b", [1, ["c"], ["d"]]]]]),
        ("3. a\n4. b", [[3, ["a"], ["b"]]]),
        ("| a | {{ x.y | date }} |\n|---|--:|\n| 1 \\| 2 | |", [[["a", "{x.y | date}"], ["1 | 2", ""]]]),
        ("> said\n\n---\n\nText\n---\nmore", [[">", "said"], "---", "Text", "---", "more"]),
        ("## Part\n\n# Other", ["## Part", "# Other"]),
        ("    not code\n\n`not code`", ["not code", "`not code`"]),
        ("<b>not html</b> &amp; 5 < 6", ["<b>not html</b> & 5 < 6"]),
        ("[a]: https://example.org/", ["[a]: https://example.org/"]),
    ],
)
def test_blocks(markdown: str, wanted: list[object]) -> None:
    document = read(markdown)
    assert codes(document) == []
    assert outline(document.blocks) == wanted


def test_table_alignments() -> None:
    table = read("|a|b|c|\n|:-|:-:|-:|\n|1|2|3|").blocks[0]
    assert isinstance(table, Table)
    assert table.alignments == ("start", "center", "end")


def test_subjects_of_several_lines() -> None:
    document = read_document("# One\n# Two {{ a }}\n\nText\n", file="body.md")
    assert [shown(line) for line in document.subject] == ["One", "Two {a}"]
    assert [(place.msgid, place.line) for place in document.places] == [("One", 1), ("Two {{ a }}", 2), ("Text", 4)]


def test_segments_are_verbatim_with_their_lines() -> None:
    document = read("A\n  {{ b | date( 'dm' ) }}\n\n- item\n\n  more\n\n|h|\n|-|\n|c|\n")
    assert [(place.msgid, place.line) for place in document.places] == [
        ("Subject", 1),
        ("A {{ b | date( 'dm' ) }}", 3),
        ("item", 6),
        ("more", 8),
        ("h", 10),
        ("c", 12),
    ]


def test_hard_breaks_stay_in_the_message() -> None:
    assert message_of("one  \ntwo\\\nthree\nfour") == "one\\\ntwo\\\nthree four"
    assert shown(read_words("one\\\ntwo").children) == "one|two"


def test_conditions_wrap_blocks() -> None:
    document = read("a\n\n{% if x %}\nb\n\n- c\n{% elif y == 1 %}\nd\n{% else %}\ne\n{%- endif -%}\nf\n")
    assert codes(document) == []
    assert outline(document.blocks) == [
        "a",
        {"x": ["b", ["-", ["c"]]], "else": [{"y == 1": ["d"], "else": ["e"]}]},
        "f",
    ]
    assert [(expression.source, line) for expression, line in document.conditions] == [("x", 5), ("y == 1", 9)]


@pytest.mark.parametrize(
    ("markdown", "code", "line"),
    [
        ("a\nb {{ c\n", "unclosed-field", 4),
        ("a }} b", "unclosed-field", 3),
        ("a {{ b\n}} c", "unclosed-field", 3),
        ("{{ }}", "bad-field", 3),
        ("{{ a.b() }}", "bad-field", 3),
        ("a {% if b %} c {% endif %}", "condition-inside-text", 3),
        ("a {# b #}", "comment-in-text", 3),
        ("{% if a %}\nb", "unclosed-condition", 3),
        ("b\n{% endif %}", "unopened-condition", 4),
        ("{% else %}", "unopened-condition", 3),
        ("{% if a %}\n{% else %}\n{% else %}\n{% endif %}", "unopened-condition", 5),
        ("{% if %}\nb\n{% endif %}", "bad-condition", 3),
        ("{% if a() %}\nb\n{% endif %}", "bad-condition", 3),
        ("{% if a %}\nb\n{% endif a %}\n{% endif %}", "bad-condition", 5),
        ("{% for a in b %}", "unknown-tag", 3),
        ("{% include 'x' %}", "unknown-tag", 3),
        ("{% iff a %}", "unknown-tag", 3),
        ("- a\n  {% if b %}\n  - c\n{% endif %}", "indented-condition", 4),
        ("![a](https://example.org/b.png)", "picture-in-text", 3),
        ("[a](javascript:b)", "bad-link", 3),
        ("[a](JavaScript:b)", "bad-link", 3),
        ("[a](data:text/html,b)", "bad-link", 3),
        ("[a](/path)", "bad-link", 3),
        ("[a]({{ recipient.site }})", "bad-link", 3),
        ("a\n\nb \x07", "unfit-character", 5),
        ("a \ue010", "unfit-character", 3),
        ("a &#xE010;", "unfit-character", 3),
        ("a \u202e", "unfit-character", 3),
        ("a \U000f0001", "unfit-character", 3),
    ],
)
def test_faults(markdown: str, code: str, line: int) -> None:
    document = read(markdown)
    assert (code, line) in codes(document)
    assert all(finding.hint for finding in document.findings)


@pytest.mark.parametrize("text", ["", "Text\n", "## Part\n", "{% if a %}\n# Subject\n{% endif %}\n"])
def test_a_text_begins_with_its_subject(text: str) -> None:
    assert codes(read_document(text, file="body.md")) == [("no-subject", 1)]


def test_an_unknown_tag_is_suggested() -> None:
    assert read("{% endfi %}").findings[0].hint == "Did you mean «endif»?"
