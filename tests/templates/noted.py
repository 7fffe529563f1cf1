"""Composed letters with footnotes, boxes to tick, numbered paragraphs and annexes in a language of their own."""

from __future__ import annotations

from dataclasses import replace

from letters.blocks import Emphasis, Footnote, Heading, Link, List, ListItem, Table, Text, Value
from letters.composed import Annex, Composed
from tests.templates.samples import item, p

SITE = "https://www.example.int/site"
NUMBERED = (
    List(
        True,
        1,
        (
            item(
                "First paragraph",
                "Its second part",
                List(False, 1, (item("a point"),)),
                Table(("start", "end"), (((Text("Phase"),), (Text("Lights"),)), ((Text("I"),), (Text("12"),)))),
            ),
            item("Second paragraph", List(True, 1, (item("nested"), item("again")))),
        ),
    ),
    Heading(1, (Text("A heading"),)),
    List(True, 3, (item("Third paragraph"),)),
)
TICKED = List(
    False,
    1,
    (
        ListItem((p("to tick & <b>"), List(False, 1, (ListItem((p("inner"),), ticked=False),))), ticked=False),
        ListItem((p("ticked"),), ticked=True),
        item("no box"),
    ),
)
NUMBERED_BOXES = List(True, 1, (ListItem((p("numbered"),), ticked=False),))


def noted(composed: Composed) -> Composed:
    """Return a letter with footnotes in its subject, its text and its annexes; value 1 of it stands in one."""
    site = Link((Text(SITE),), (Text("the site"),))
    body = (
        p("One", Footnote(2, (Text("See "), site, Text(", "), Emphasis((Text("now"),)), Text(" <&>."))), "."),
        p("Two", Footnote(3, (Text("For "), Value(1), Text("."))), "."),
        *NUMBERED,
        TICKED,
        NUMBERED_BOXES,
    )
    subject = ((Text("A subject"), Footnote(1, (Text("English only."),))),)
    annexes = (
        Annex(title=((Text("Annex 1"),), (Text("List"),)), blocks=(p("Words", Footnote(4, (Text("In the annex."),))),)),
        Annex(
            title=((Text("Annex 2"),), (Text("Mandat"),)),
            blocks=(p("En français", Footnote(5, (Text("En bas."),))), TICKED),
            language="fr",
            direction="ltr",
        ),
        Annex(
            title=((Text("Annex 3"),), (Text("الاختصاصات"),)),
            blocks=(p("نص عربي", Footnote(6, (Text("حاشية"),))), List(True, 1, (item("بند"),))),
            language="ar",
            direction="rtl",
        ),
    )
    return replace(composed, subject=subject, body=body, annexes=annexes, copies_label="Copies:", copies=("A", "B & C"))
