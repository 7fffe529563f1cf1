"""A letter as data: JSON whatever the addressee is called, and nothing of it markup."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Conditional, Footnote, Link, List, ListItem, Paragraph, Strong, Table, Text, Value
from letters.composed import Composed
from templates.escapes import json_text
from templates.pdf.data import letter_data
from templates.pdf.form import PdfForm
from tests.templates.noted import noted
from tests.templates.samples import ENGLISH, ENGLISH_VALUES, LETTERS, p

Compile = Callable[[Composed], PdfForm]
HOSTILE = '"}],#eval("1")\n\\u0022 \x00\ud800 </script> $ @label #link("x") \ue010json\ue0110\ue011ltr\ue012'


def data_of(form: PdfForm, values: tuple[str | bool, ...]) -> Any:
    return json.loads(form.data_for(values))


def words_of(node: Any) -> str:
    """Return all strings of a part of the data, one after the other."""
    if isinstance(node, str):
        return node
    if isinstance(node, dict):
        return "".join(words_of(child) for key, child in node.items() if key not in {"kind", "manner", "link"})
    return "".join(map(words_of, node)) if isinstance(node, list) else ""


def test_every_sample_is_json_whichever_branch_is_taken(pdf_form: Compile) -> None:
    for composed, values in LETTERS.values():
        for truth in (True, False):
            chosen = tuple(truth if isinstance(value, bool) else value for value in values)
            data = data_of(pdf_form(composed), chosen)
            assert data["language"] == composed.language
            assert values[1] in words_of(data["parts"][0]["body"]).replace("\u200e", "")


def test_hostile_values_are_strings(pdf_form: Compile) -> None:
    data = data_of(pdf_form(ENGLISH), (HOSTILE, HOSTILE, True, HOSTILE, ""))
    (part,) = data["parts"]
    assert words_of(part["salutation"]).startswith('"}],#eval("1")')
    assert "\x00" not in words_of(part)
    assert part["closing"] is None
    link = part["body"][-2]["words"][-4]
    assert link["link"].startswith("https://www.example.int/s/%22%7D%5D,%23eval")


def test_conditions_within_conditions_and_empty_ones(pdf_form: Compile) -> None:
    inner = Conditional(2, (), (Paragraph((Text("neither"),)),))
    letter = noted(ENGLISH)
    body = (Conditional(2, (inner, p("first"), inner), (inner,)), Conditional(2, (), ()))
    form = pdf_form(type(letter)(**{name: getattr(letter, name) for name in letter.__slots__} | {"body": body}))
    true, false = (
        words_of(data_of(form, (*ENGLISH_VALUES[:2], truth, *ENGLISH_VALUES[3:]))["parts"][0]["body"])
        for truth in (True, False)
    )
    assert (true, false) == ("first", "neither")


def test_links_lead_where_letters_may(pdf_form: Compile) -> None:
    body = tuple(
        p(Link((Text(target),), (Text("words"),))) for target in ("javascript:alert(1)", "https://a.example/?q=«x»")
    )
    part = data_of(PdfForm(data=_data(body), template="", files={}), ())["parts"][0]
    assert [block["words"][0]["link"] for block in part["body"][:-1]] == ["", "https://a.example/?q=«x»"]


def _data(body: tuple[Paragraph | List | Table, ...]) -> Any:
    fields = {name: getattr(ENGLISH, name) for name in ENGLISH.__slots__}
    plain = {"body": body, "salutation": (), "closing": (), "annexes": (), "slots": ()}
    return letter_data(Composed(**fields | plain), colour="#000000", typeface="sans")


def test_an_address_of_ones_own_stands_where_no_lines_do(pdf_form: Compile) -> None:
    personal = replace(ENGLISH, addressees=(), address=Value(1))

    def address(letter: Composed, value: str) -> Any:
        return data_of(pdf_form(letter), (ENGLISH_VALUES[0], value, *ENGLISH_VALUES[2:]))["parts"][0]["address"]

    assert address(personal, "Ms. A\nPort Louis") == ["Ms. A", {"br": True}, "Port Louis"]
    assert address(personal, "") is None
    assert address(replace(personal, addressees=("Governments",)), "Ms. A") is None


def test_a_column_has_room_for_what_is_in_it() -> None:
    cells = ((Strong((Text("部" * 9),)),), (Value(1),), (Footnote(1, (Text("below " * 9),)),))
    form = PdfForm(data=_data((Table((), (cells,)),)), template="", files={})
    table, _ = data_of(form, ("", "Ms. A"))["parts"][0]["body"]
    assert table["widths"] == [18, 20, 6]


def test_boxes_footnotes_and_tables() -> None:
    rows = (((Text("Head"),),), ((Text("wide " * 30),), (Text("x"),)))
    blocks = (
        List(False, 1, (ListItem((p("a"),), ticked=True), ListItem((p("b"),)))),
        p("See", Footnote(7, (Text("below"),))),
        Table(("end",), rows),
    )
    body = data_of(PdfForm(data=_data(blocks), template="", files={}), ())["parts"][0]["body"]
    assert [item["ticked"] for item in body[0]["items"]] == [True, None]
    assert body[0]["items"][0]["spoken"] == "Ticked box"
    assert body[1]["words"][1] == {"footnote": ["below"], "number": 7}
    assert (body[2]["widths"], body[2]["alignments"]) == ([40, 6], ["end", "start"])
    assert [len(row) for row in body[2]["rows"]] == [2, 2]
    assert body[-1] is None


def test_right_to_left_keeps_references_numbers_and_telephones_in_order() -> None:
    pieces = json.loads(json_text("المرجع CL-31/004\nالهاتف: +41 22 555 01 02.", "rtl"))
    assert pieces == ["المرجع ", {"ltr": "CL-31/004"}, {"br": True}, "الهاتف: ", {"unbroken": "+41 22 555 01 02"}, "."]
    assert json.loads(json_text("Tel. +41 22 555 01 02", "ltr")) == ["Tel. ", {"unbroken": "+41 22 555 01 02"}]
    assert json.loads(json_text("", "rtl")) == ""


def test_addresses_are_told_from_words() -> None:
    """A line may break within a web address, but the hyphen at its end is not repeated, as Spanish does with words."""
    pieces = json.loads(json_text("See https://a-b.example.int/c-d, or wsis-info@example.int.", "ltr"))
    assert pieces == [
        "See ",
        {"web": "https://a-b.example.int/c-d,"},
        " or ",
        {"unbroken": "wsis-info@example.int"},
        ".",
    ]
    assert json.loads(json_text("and/or @ 1 + 2", "ltr")) == "and/or @ 1 + 2"


@given(st.text(), st.sampled_from(["ltr", "rtl"]))
def test_any_text_is_one_element(text: str, direction: str) -> None:
    element = json.loads(f"[{json_text(text, direction)}]")
    assert len(element) == 1
    kept = "".join(character for character in text if character.isalnum() and not "\ud800" <= character <= "\udfff")
    assert [char for char in words_of(element) if char.isalnum()] == list(kept)


def test_values_used_are_known(pdf_form: Compile) -> None:
    assert pdf_form(ENGLISH).used == {0, 1, 2, 3, 4}
    assert not pdf_form(ENGLISH).is_constant
    form = PdfForm(data=_data((p("All"),)), template="", files={})
    assert form.is_constant
    assert form.used == frozenset()
    assert PdfForm(data=_data((p(Value(1)),)), template="", files={}).used == {1}
