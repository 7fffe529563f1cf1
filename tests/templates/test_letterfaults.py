"""What is wrong with a letterhead is said with its place and text, all of it at once."""

from __future__ import annotations

import io
import zipfile

import pytest

from office.findings import Level
from office.ziplayout import read_zip
from templates.letterfaults import letterhead_findings
from tests.templates.letterhead_zoo import (
    BODY,
    changed,
    control,
    letterhead_of,
    paragraph,
    run,
    shattered,
    table,
    text_box,
    word_field,
)

FIELD = shattered("{{ office }}")


def faults(data: bytes) -> list[tuple[str, str]]:
    found = letterhead_findings("templates/letterhead.ltr.docx", data)
    assert all(fault.hint and fault.file == "templates/letterhead.ltr.docx" for fault in found)
    return [(fault.code, fault.message) for fault in found if fault.level is Level.ERROR]


def warned(data: bytes) -> list[str]:
    found = letterhead_findings("letterhead.ltr.docx", data)
    return [fault.code for fault in found if fault.level is Level.WARNING and fault.code != "letterhead-missing-field"]


LINK = '<w:hyperlink r:id="link">{}</w:hyperlink>'
COMMENT = '<w:commentRangeStart w:id="1"/>{}<w:commentRangeEnd w:id="1"/><w:r><w:commentReference w:id="1"/></w:r>'
MARK, INSTRUCTION = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>', "<w:r><w:instrText> {} </w:instrText></w:r>"
INSERTED_ROW = '<w:trPr><w:ins w:id="4" w:author="A. Quist"/></w:trPr>'

FAULTS = {
    "over a link's beginning": (run("{{ off") + LINK.format(run("ice }}")), "letterhead-crossing-field"),
    "over a link's end": (LINK.format(run("a {{ off")) + run("ice }}"), "letterhead-crossing-field"),
    "from link to link": (LINK.format(run("{{ off")) + LINK.format(run("ice }}")), "letterhead-crossing-field"),
    "over the edge of Word's link": (
        run("{{ of") + word_field('HYPERLINK "https://www.example.int/"', run("fice }} b")),
        "letterhead-crossing-field",
    ),
    "inserted": (changed("ins", FIELD), "letterhead-tracked-field"),
    "deleted": (changed("del", FIELD), "letterhead-tracked-field"),
    "moved away": (changed("moveFrom", FIELD), "letterhead-tracked-field"),
    "moved here": (changed("moveTo", FIELD), "letterhead-tracked-field"),
    "inserted in part": (run("{{ off") + changed("ins", run("ic")) + run("e }}"), "letterhead-tracked-field"),
    "deleted in part": (run("{{ off") + changed("del", run("l")) + run("ice }}"), "letterhead-tracked-field"),
    "corrected": (
        run("{{ ") + changed("del", run("offcie")) + changed("ins", run("office")) + run(" }}"),
        "letterhead-tracked-field",
    ),
    "in an inserted text box": (changed("ins", text_box(paragraph(FIELD))), "letterhead-tracked-field"),
    "with a comment": (COMMENT.format(FIELD), "letterhead-commented-field"),
    "half with a comment": (run("{{ off") + COMMENT.format(run("ice }}")), "letterhead-commented-field"),
    "instruction": (word_field("IF 1 = 1 {{ office }}", run("x")), "letterhead-field-in-instruction"),
    "instruction in pieces": (
        MARK.format("begin") + INSTRUCTION.format("REF {") + INSTRUCTION.format("{ x") + MARK.format("end"),
        "letterhead-field-in-instruction",
    ),
    "text of an instruction": (
        MARK.format("begin")
        + INSTRUCTION.format("IF")
        + FIELD
        + MARK.format("separate")
        + run("x")
        + MARK.format("end"),
        "letterhead-field-in-instruction",
    ),
    "simple instruction": (
        '<w:fldSimple w:instr=" AUTHOR {{ office }} ">' + run("x") + "</w:fldSimple>",
        "letterhead-field-in-instruction",
    ),
    "unknown": (shattered("{{ offcie }}"), "letterhead-unknown-field"),
    "unknown filter": (run("{{ office | upper }}"), "letterhead-unknown-field"),
    "filter without its text": (run("{{ office | default }}"), "letterhead-unknown-field"),
    "nothing to join": (run("{{ office | join(', ') }}"), "letterhead-unknown-field"),
    "empty": (run("{{ }}"), "letterhead-unknown-field"),
    "unfinished": (run("{{ office }"), "letterhead-unfinished-field"),
    "not begun": (run("office }}"), "letterhead-unfinished-field"),
    "parted braces": (run("{ { office } }"), "letterhead-unfinished-field"),
    "field within a field": (run("{{ office {{ unit }}"), "letterhead-unfinished-field"),
    "condition": (run("{% if office %}"), "letterhead-unfinished-field"),
    "description of a picture": (
        text_box(paragraph("x")).replace('name="Text box 9"', 'name="9" descr="{{ office }}"'),
        "letterhead-field-place",
    ),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_each_fault_has_its_place_and_text(fault: str) -> None:
    content, code = FAULTS[fault]
    found = faults(letterhead_of(paragraph("One"), table(paragraph("Two")), control(paragraph(content)), BODY))
    assert [name for name, _ in found] == [code]
    assert ("page (" if code == "letterhead-field-place" else "page, paragraph ") in found[0][1]
    if code not in ("letterhead-field-place", "letterhead-field-in-instruction"):
        assert "paragraph 3" in found[0][1] or "paragraph 4, in a text box" in found[0][1]
        assert "«" in found[0][1]


@pytest.mark.parametrize("where", ["first", "default", "even", "footer"])
def test_all_faults_of_all_parts_at_once(where: str) -> None:
    story = "".join(paragraph(content) for content, _ in FAULTS.values())
    found = faults(letterhead_of(story, BODY, **{where: story}))
    assert [code for code, message in found if message.startswith("page")] == [code for _, code in FAULTS.values()]
    kind = "footer (footer1.xml)" if where == "footer" else "header (header"
    assert [code for code, message in found if message.startswith(kind)] == [code for _, code in FAULTS.values()]


def test_an_inserted_row() -> None:
    row = table(paragraph("{{ office }}")).replace("<w:tr>", f"<w:tr>{INSERTED_ROW}")
    assert [code for code, _ in faults(letterhead_of(row, BODY))] == ["letterhead-tracked-field"]


def test_a_field_over_two_paragraphs_is_said_to_be_one() -> None:
    found = faults(letterhead_of(paragraph("Ref. {{ refer"), paragraph("ence }}, date"), BODY))
    assert [code for code, _ in found] == ["letterhead-unfinished-field"] * 2
    assert found[0][1] == "page, paragraph 1 («Ref. {{ refer»): a field that begins here and ends in the next paragraph"


def test_the_fallback_of_a_text_box_is_no_second_fault_and_no_second_paragraph() -> None:
    box = paragraph(text_box(paragraph("{{ offcie }}")))
    found = faults(letterhead_of(box, paragraph("{{ untt }}"), BODY))
    assert [message.partition(":")[0] for _, message in found] == [
        "page, paragraph 2, in a text box («{{ offcie }}»)",
        "page, paragraph 3 («{{ untt }}»)",
    ]


@pytest.mark.parametrize("field", ["body", "annexes"])
def test_what_fills_pages_needs_a_paragraph_of_the_page(field: str) -> None:
    here = paragraph(f"{{{{ {field} }}}}")
    other = "" if field == "body" else BODY
    for data in (
        letterhead_of(paragraph(text_box(here)), other),
        letterhead_of(other, default=here),
        letterhead_of(paragraph(f"See {{{{ {field} }}}}"), other),
    ):
        assert [code for code, _ in faults(data)] == ["letterhead-body-place"]


def test_what_was_meant_for_who_made_it_is_no_part_of_a_letter() -> None:
    assert warned(letterhead_of(paragraph(changed("ins", run("draft"))), BODY)) == ["letterhead-changes"]
    assert warned(letterhead_of(BODY, default=paragraph(COMMENT.format(run("ugly"))))) == ["letterhead-comments"]
    assert warned(letterhead_of(paragraph("plain"), BODY)) == []


def test_a_field_in_a_footnote_is_not_overlooked() -> None:
    notes = '<w:footnote w:id="2">' + paragraph("{{ office }}") + "</w:footnote>"
    data = letterhead_of(BODY, footnotes=notes)
    assert [code for code, _ in faults(data)] == ["letterhead-field-place"]


@pytest.mark.parametrize(("turned", "expected"), [("<w:bidi/>", ["letterhead-direction"]), ('<w:bidi w:val="0"/>', [])])
def test_a_letterhead_for_left_to_right_does_not_turn_the_text(turned: str, expected: list[str]) -> None:
    data = letterhead_of(paragraph("{{ body }}", properties=turned))
    assert warned(data) == expected
    assert "letterhead-direction" not in {fault.code for fault in letterhead_findings("letterhead.rtl.docx", data)}


def test_what_a_letterhead_names_and_does_not_hold() -> None:
    found = faults(letterhead_of(paragraph('<w:r><w:pict><v:imagedata r:id="rId8"/></w:pict></w:r>'), BODY))
    assert found == [("letterhead-damaged", "page: a picture that the document does not hold (rId8)")]
    whole = letterhead_of(BODY, default=paragraph("{{ office }}"))
    parts = read_zip(whole)
    del parts["word/header2.xml"]
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    message = "word/_rels/document.xml.rels: the document has no part header2.xml (header), which it names"
    assert faults(target.getvalue()) == [("letterhead-damaged", message)]
