"""Drafts read from Word: what is accepted, followed, counted, left behind."""

from __future__ import annotations

import io
import zipfile

import pytest

from letters.drafts.languages import language_of
from letters.drafts.model import Draft, Paragraph, Table
from letters.drafts.reading import read_draft
from office.errors import InputError
from tests.letters.drafts.word_files import bold, item, link, paragraph, run, table, word_file

DELETED_MARK = "<w:rPr><w:del/></w:rPr>"
BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{inner}"
    "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{inner}"
    "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def read(*blocks: str, **parts: str) -> Draft:
    return read_draft(word_file(*blocks, **parts), name="draft.docx")  # type: ignore[arg-type]


def texts(draft: Draft) -> list[str]:
    return [block.text for block in draft.blocks if isinstance(block, Paragraph)]


def test_insertions_stay_and_deletions_go() -> None:
    draft = read(
        paragraph(
            "Reply by ", f"<w:ins>{run('15 ')}</w:ins>", "<w:del><w:r><w:delText>20 </w:delText></w:r></w:del>", "May."
        )
    )
    assert texts(draft) == ["Reply by 15 May."]
    assert draft.changes == 2


def test_moved_words_stand_where_they_went() -> None:
    draft = read(
        paragraph(f"<w:moveFrom>{run('Old place. ')}</w:moveFrom>", "Rest."),
        paragraph(f"<w:moveTo>{run('New.')}</w:moveTo>"),
    )
    assert texts(draft) == ["Rest.", "New."]


def test_a_deleted_paragraph_mark_joins_paragraphs() -> None:
    draft = read(
        paragraph("One ", properties=DELETED_MARK), paragraph("two ", properties=DELETED_MARK), "three", "four"
    )
    assert texts(draft) == ["One two three", "four"]


def test_a_paragraph_deleted_with_its_mark_leaves_nothing() -> None:
    gone = paragraph("<w:del><w:r><w:delText>Gone.</w:delText></w:r></w:del>", properties=DELETED_MARK)
    assert texts(read("Before.", gone, "After.")) == ["Before.", "After."]


def test_deleted_rows_of_a_table_are_dropped() -> None:
    rows = table(("a", "b")).replace("<w:tr>", "<w:tr><w:trPr><w:del/></w:trPr>") + table(("c", "d"))
    kept = [block for block in read(rows).blocks if isinstance(block, Table) and block.rows]
    assert [[cell[0].text for cell in row] for row in kept[0].rows] == [["c", "d"]]
    assert len(kept) == 1


def test_links_are_followed_as_elements_and_as_field_codes() -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> HYPERLINK "https://b.example.int/" \\o "tip"</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("second")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    simple = f'<w:fldSimple w:instr="HYPERLINK mailto:c@example.int">{run("third")}</w:fldSimple>'
    data = word_file(
        paragraph(link("x1", run("fi"), bold("rst")), " ", field, " ", simple, " end"),
        links={"x1": "https://a.example.int/"},
    )
    (block,) = read_draft(data, name="d").blocks
    assert isinstance(block, Paragraph)
    assert [(span.text, span.target) for span in block.spans] == [
        ("fi", "https://a.example.int/"), ("rst", "https://a.example.int/"), (" ", ""),
        ("second", "https://b.example.int/"), (" ", ""), ("third", "mailto:c@example.int"), (" end", ""),
    ]  # fmt: skip


def test_a_text_box_is_read_once() -> None:
    draft = read(paragraph("Beside the box.", BOX.format(inner=paragraph("In the box."))))
    assert texts(draft) == ["Beside the box.", "In the box."]


def test_numbers_of_lists_are_counted_as_word_does() -> None:
    draft = read(
        item("one", 2), item("two", 2), item("deeper", 2, 1), "Between.", item("three", 2), item("again deeper", 2, 1),
        item("five", 3), item("six", 3), item("bullet", 1), item("a", 4),
    )  # fmt: skip
    items = [block.item for block in draft.blocks if isinstance(block, Paragraph) and block.item]
    assert [(one.level, one.ordered, one.number) for one in items] == [
        (0, True, 1), (0, True, 2), (1, True, 1), (0, True, 3), (1, True, 1), (0, True, 5), (0, True, 6),
        (0, False, 1), (0, True, 1),
    ]  # fmt: skip
    assert items[-1].form == "lowerLetter"


def test_headings_pages_and_looks_come_from_styles_and_runs() -> None:
    draft = read(
        paragraph("Title", properties='<w:pStyle w:val="H2"/>'),
        paragraph("Loud", run("er", '<w:b w:val="0"/>'), properties='<w:pStyle w:val="Loud"/>'),
        paragraph("before", '<w:r><w:br w:type="page"/></w:r>', "after"),
        paragraph("new page", properties="<w:pageBreakBefore/>"),
    )
    title, loud, before, after, last = (block for block in draft.blocks if isinstance(block, Paragraph))
    assert title.level == 2
    assert [span.bold for span in loud.spans] == [True, False]
    assert [(one.text, one.new_page) for one in (before, after, last)] == [
        ("before", False), ("after", True), ("new page", True),
    ]  # fmt: skip


def test_signs_that_are_no_letters() -> None:
    draft = read(
        paragraph(
            "a", "<w:r><w:tab/><w:t>b</w:t><w:noBreakHyphen/><w:t>c</w:t><w:softHyphen/><w:t>d</w:t></w:r>"
        ),
        paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>', " yes"),
        paragraph(f"<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent>{run('☐')}</w:sdtContent></w:sdt>", " no"),
        paragraph(
            '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="1"/></w:checkBox></w:ffData>'
            "</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>"
            '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            " ticked",
        ),
    )  # fmt: skip
    assert texts(draft) == ["a\tb\u2011cd", "☒ yes", "☐ no", "☒ ticked"]


def test_footnotes_and_comments_are_found_where_they_stand() -> None:
    draft = read(
        paragraph(
            "Text", '<w:r><w:footnoteReference w:id="2"/></w:r>', " and ",
            '<w:commentRangeStart w:id="7"/>', bold("these "), run("words"), '<w:commentRangeEnd w:id="7"/>',
            '<w:r><w:commentReference w:id="7"/></w:r>', ".",
        ),
        footnotes='<w:footnote w:type="separator" w:id="0"/>'
        f'<w:footnote w:id="2">{paragraph("The note.")}</w:footnote>',
        comments=f'<w:comment w:id="7" w:author="A. Reviser">{paragraph("Is this right?")}</w:comment>',
    )  # fmt: skip
    assert [note[0].text for note in draft.notes.values()] == ["The note."]
    (comment,) = draft.comments
    assert (comment.author, comment.text, comment.words, comment.place) == (
        "A. Reviser", "Is this right?", "these words", "paragraph 1",
    )  # fmt: skip


def test_what_a_letter_cannot_hold_is_told() -> None:
    draft = read(
        paragraph("Picture: ", "<w:r><w:drawing><pic:pic/></w:drawing></w:r>"),
        paragraph("Sum: ", "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath>"),
        paragraph("Shown.", run(" Hidden.", "<w:vanish/>")),
    )
    assert [(one.place, one.what) for one in draft.left] == [
        ("paragraph 1", "a picture"), ("paragraph 2", "an equation"), ("paragraph 3", "hidden words"),
    ]  # fmt: skip
    assert texts(draft)[-1] == "Shown."


def test_margins_are_no_text_but_known() -> None:
    draft = read("Text.", headers=paragraph("Ref. CL-27/004"))
    assert texts(draft) == ["Text."]
    assert draft.margins == ("Ref. CL-27/004",)


def test_the_strict_form_of_the_format_is_read() -> None:
    data = word_file("A text.")
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = content.replace(
                    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
                )
            new.writestr(name, content)
    assert texts(read_draft(made.getvalue(), name="d")) == ["A text."]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("We have the honour to invite you to the meeting of the Council.", "en"),
        ("Nous avons l'honneur de vous inviter à la réunion du Conseil.", "fr"),
        ("Tenemos el honor de invitarles a la reunión del Consejo.", "es"),
        ("Имеем честь пригласить вас на собрание Совета (Geneva, ITU).", "ru"),
        ("我谨邀请贵方出席理事会会议（Geneva）。", "zh"),
        ("يسرني أن أدعوكم إلى اجتماع المجلس في جنيف.", "ar"),
    ],
)
def test_the_language_is_told_by_the_text(text: str, language: str) -> None:
    claimed = run(text, '<w:lang w:val="en-US"/>')
    assert language_of(read(paragraph(claimed)), ("ar", "zh", "en", "fr", "ru", "es")) == language


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"{\\rtf1 text}", ".rtf"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".doc"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"just words", "not a .zip"),
        (word_file("x")[:-40], "damaged"),
        (word_file("x", more={"word/comments.xml": b""})[:200], "not a .zip"),
    ],
)
def test_other_files_are_refused_in_plain_words(data: bytes, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_draft(data, name="draft.docx")
    assert said in caught.value.message
    assert caught.value.hint


def test_what_is_dangerous_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word_file("x"))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + content
            new.writestr(name, content)
    with pytest.raises(InputError, match="DOCTYPE"):
        read_draft(made.getvalue(), name="d")
    with pytest.raises(InputError, match="longer than any letter"):
        read("word " * 100_000)


def test_spoilt_numbers_and_references_do_not_stop_it() -> None:
    draft = read(
        paragraph("a", properties=f'<w:numPr><w:ilvl w:val="{"9" * 6000}"/><w:numId w:val="2"/></w:numPr>'),
        paragraph("b", properties='<w:numPr><w:ilvl w:val="-1"/><w:numId w:val="77"/></w:numPr>'),
        paragraph('<w:r><w:footnoteReference w:id="404"/></w:r>', "c", '<w:r><w:fldChar w:fldCharType="end"/></w:r>'),
        '<w:p><w:hyperlink r:id="none"><w:r><w:t>d</w:t></w:r></w:hyperlink></w:p>',
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{"9" * 6000}"/></w:tcPr>{paragraph("e")}</w:tc></w:tr></w:tbl>',
    )
    assert texts(draft) == ["a", "b", "c", "d"]
