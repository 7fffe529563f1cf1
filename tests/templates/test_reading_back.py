"""Reading the words of rendered letters back, as another program would."""

from __future__ import annotations

from pathlib import Path

from docx import Document

from templates.reading_back import folded_words, words_of_docx, words_of_html


def test_a_page() -> None:
    page = (
        "<html><head><title>No</title><style>p { color: red }</style></head><body><h1>One</h1>"
        '<p>Two &amp; <b>thr</b>ee<br>four <a href="https://example.org/?a=1&amp;b=2">here</a></p>'
        '<p><a href="mailto:a@example.org">a@example.org</a> <a href="tel:+41">\u200e+41</a></p>'
        "<script>no()</script><table><tr><td>A</td><td>B</td></tr></table></body></html>"
    )
    words = folded_words(words_of_html(page))
    assert words == "One Two & three four here <https://example.org/?a=1&b=2> a@example.org \u200e+41 A B".replace(
        "\u200e", ""
    )


def test_a_word_document(tmp_path: Path) -> None:
    """One that another program wrote: runs cut anywhere, a table, a header, hidden words."""
    document = Document()
    paragraph = document.add_paragraph("15 Ap")
    paragraph.add_run("ril\u00a02022").bold = True
    paragraph.add_run("\ttab").add_break()
    paragraph.add_run("unseen").font.hidden = True
    document.add_table(1, 2).cell(0, 1).text = "in a cell"
    document.sections[0].header.paragraphs[0].text = "above"
    document.save(str(tmp_path / "a.docx"))
    words = folded_words(words_of_docx((tmp_path / "a.docx").read_bytes()))
    assert words == "15 April 2022 tab in a cell above"


def test_what_nobody_sees_does_not_matter() -> None:
    assert folded_words("\u2067قبل\u2069 15\u00a0\n\u200f أبريل e\u0301") == "قبل 15 أبريل é"
