"""The plain text twin, compared whole."""

from __future__ import annotations

from dataclasses import replace

from letters.blocks import Conditional, Link, List, ListItem, Paragraph, Text, Value
from letters.composed import Composed
from templates.escapes import TEXT_ESCAPES
from templates.text import compile_subject, compile_text
from tests.templates.samples import ARABIC, ARABIC_VALUES, CHINESE, CHINESE_VALUES, ENGLISH, ENGLISH_VALUES, item, p

EXPECTED = """\
Example Lighthouse Union
General Secretariat

Geneva, 3 March 2031

Ref.: CL-31/004
File: LH 2031/7

Contact: Ms. Adela Quist
Tel.: +41 22 555 01 02
E-mail: lamps@example.int

- Governments
- Private sector
- Academia

Subject: Survey of coastal lights 2031
(Geneva, 5-9 May 2031)

Excellency,

The Union keeps count of the lights of Côte d’Ivoire. Please answer before 1 May 2031.

What we ask

1. Fill in the form

   It has two pages.

2. Send the pictures, if any:
   - by mail
   - by post

Numbered lists begin anew:

1. first
2. second

Governments may also name an expert.

Phase | Lights
I | 1,200
II | 340

    Let there be light.

See the page <https://www.example.int/lights?a=1&b=2>, https://www.example.int/lights, lamps@example.int or \
your own page <https://www.example.int/s/k7>.
Thank you.

Accept, Excellency, the assurances of my highest consideration.

(Original signed)
Bela Montero
Secretary-General

* * *

Annex 1
Reply form

Name of the light:

* * *

Signature:
"""


def text_of(composed: Composed, values: tuple[str | bool, ...]) -> str:
    return compile_text(composed).splice(values, TEXT_ESCAPES)


def test_the_whole_letter() -> None:
    assert text_of(ENGLISH, ENGLISH_VALUES) == EXPECTED


def test_the_other_branch() -> None:
    values = (*ENGLISH_VALUES[:2], False, *ENGLISH_VALUES[3:])
    expected = EXPECTED.replace("Governments may also name an expert.", "Others may send observers.")
    assert text_of(ENGLISH, values) == expected


def test_labels_with_and_without_colons() -> None:
    text = text_of(CHINESE, CHINESE_VALUES)
    assert "文号：CL-31/004\n" in text
    assert "电话：+41 22 555 01 02\n" in text
    assert "事由：2031年海岸灯光调查\n" in text


def test_phone_numbers_keep_their_plus_sign_in_arabic() -> None:
    text = text_of(ARABIC, ARABIC_VALUES)
    assert text.count("\u200e+41 22 555 01 02") == 2
    assert "<mailto" not in text


def test_what_is_empty_leaves_no_gap() -> None:
    bare = replace(
        ENGLISH, unit="", references=(), contacts=(), addressees=(), subject_label="", signature_note="", annexes=(),
        body=(Conditional(2, (), ()), p("Text.")),
    )  # fmt: skip
    text = text_of(bare, ("", "", True, "", ""))
    assert text == (
        "Example Lighthouse Union\n\nGeneva, 3 March 2031\n\nSurvey of coastal lights 2031\n(Geneva, 5-9 May 2031)\n\n"
        "Text.\n\nBela Montero\nSecretary-General\n"
    )


def test_the_address_of_a_personal_letter() -> None:
    personal = replace(ENGLISH, addressees=(), address=Value(1))
    text = text_of(personal, ("Sir,", "Ms. Ana Dos\nMinistry\nOslo", True, "", "Yours"))
    assert "\n\nMs. Ana Dos\nMinistry\nOslo\n\nSubject:" in text


def test_values_within_lists_keep_the_indent() -> None:
    letter = replace(ENGLISH, body=(List(True, 9, (item("a"), ListItem((Paragraph((Value(1),)),)))),))
    assert "\n\n9. a\n10. one\n    two\n\n" in text_of(letter, ("", "one\ntwo", True, "", ""))


def test_a_link_whose_words_are_its_address() -> None:
    letter = replace(ENGLISH, body=(Paragraph((Link((Text("mailto:"), Value(1)), (Value(1),)),)),))
    assert "\n\na@example.org\n" in text_of(letter, ("", "a@example.org", True, "", ""))


def test_subject_is_one_line_with_the_reference() -> None:
    letter = replace(ENGLISH, subject=((Text("Survey\nof "), Value(1)),))
    subject = compile_subject(letter).splice(("", "a\r\nBcc: x@example.org", True, "", ""), TEXT_ESCAPES)
    assert subject == "CL-31/004 – Survey of a Bcc: x@example.org"


def test_a_reference_that_the_subject_states_is_not_repeated() -> None:
    letter = replace(ENGLISH, subject=((Text("Reminder of CL-31/004"),),))
    assert compile_subject(letter).splice((), TEXT_ESCAPES) == "Reminder of CL-31/004"
