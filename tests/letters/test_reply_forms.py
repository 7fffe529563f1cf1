"""The reply form: an annex made of the asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from letters.blocks import Heading, Inline, Link, List, Paragraph, Text
from letters.checking import check_letter
from letters.composed import Annex
from letters.composing import try_to_compose
from letters.reading_facts import WHAT
from letters.reply_forms import BLANK
from letters.segments import segments
from letters.stating import Assumed, Stating

MORE = """
[[asks]]
id = "speaker"
what = "nomination"
deadline = "confirm"
reply = ["post"]

[[asks]]
id = "survey"
what = "information"
reply = ["link:site"]
"""


@pytest.fixture
def asking(facts: str) -> str:
    """The letter.toml of the sample letter, with a reply form and two more asks."""
    return "reply_form = true\n" + facts + MORE


def said(children: Iterable[Inline]) -> str:
    return "".join(
        child.text if isinstance(child, Text) else said(getattr(child, "children", ())) for child in children
    )


def lines(annex: Annex) -> list[str]:
    found = [said(line) for line in annex.title]
    for block in annex.blocks:
        match block:
            case Paragraph(children=children) | Heading(children=children):
                found.append(said(children))
            case List(items=items):
                for item in items:
                    assert item.ticked is False
                    found.append(f"[ ] {said(item.blocks[0].children)}")  # type: ignore[union-attr]
    return found


def test_the_built_in_form(desk: Any, asking: str) -> None:
    (annex,) = desk.compose(desk.letter(asking)).annexes
    assert lines(annex) == [
        "Annex",
        "Reply form",
        "In reply to CL-24/007 of 4 March 2024",
        "Please complete this form and return it to forum@example.int.",
        "Confirmation of attendance (deadline: 16 April 2024)",
        "[ ] We will attend",
        "[ ] We will not attend",
        "Nomination (deadline: 16 April 2024)",
        "[ ] We nominate the following person",
        "[ ] We will not nominate anybody",
        f"Name: {BLANK}",
        f"Function: {BLANK}",
        f"E-mail: {BLANK}",
        f"State, organization or entity: {BLANK}",
        f"Name: {BLANK}",
        f"Function: {BLANK}",
        f"Date: {BLANK}",
        f"Signature: {BLANK}",
    ]
    assert Link((Text("mailto:forum@example.int"),), (Text("forum@example.int"),)) in annex.blocks[1].children


@pytest.mark.parametrize("language", ["ar", "zh", "en", "fr", "ru", "es"])
def test_every_kind_of_ask_has_words_in_every_language(desk: Any, asking: str, language: str) -> None:
    asks = "".join(f'\n[[asks]]\nid = "more-{what}"\nwhat = "{what}"\n' for what in WHAT)
    facts = (asking + asks).replace('"en", "fr"', f'"en", "{language}"' if language != "en" else '"en"')
    desk.write("body.md", "# {{ events.meeting | range }}\n\n{{ date | date }}\n")
    desk.write("letter.toml", facts.split("[texts]")[0] + "[[asks]]" + facts.split("[[asks]]", 2)[2])
    desk.translate({}, language)
    letter, _ = desk.read()
    composed, found = try_to_compose(letter, desk.office, language=language, class_name="ministers")
    assert found == ()
    assert not any("{" in line for line in lines(composed.annexes[0]))
    assert composed.slots == ()


def test_it_is_the_last_annex(desk: Any, asking: str) -> None:
    desk.write("annex-1.md", "# List\n\n{{ date | date }}\n")
    first, form = desk.compose(desk.letter(asking)).annexes
    assert [said(line) for line in (*first.title, *form.title)] == ["Annex 1", "List", "Annex 2", "Reply form"]


def test_several_contacts_and_none(desk: Any, asking: str) -> None:
    both = asking.replace('contacts = ["forum"]', 'contacts = ["forum", "press-desk"]')
    (annex,) = desk.compose(desk.letter(both)).annexes
    assert "return it to forum@example.int and press@example.int." in lines(annex)[3]
    none = asking.replace('contacts = ["forum"]', "contacts = []")
    (annex,) = desk.compose(desk.letter(none)).annexes
    assert "return it to b@example.int." in lines(annex)[3]


def test_a_provisional_deadline_says_so(desk: Any, asking: str) -> None:
    facts = asking.replace('rule = "before"', 'rule = "before"\nprovisional = true')
    (annex,) = desk.compose(desk.letter(facts)).annexes
    assert "Confirmation of attendance (deadline: 16 April 2024 (to be confirmed))" in lines(annex)


def test_words_of_its_own_are_translated_like_any_text(desk: Any, asking: str, french: dict[Any, str]) -> None:
    desk.write("reply-form.md", "# Your answer\n\n- [ ] Yes, before {{ deadlines.confirm | date }}\n- [x] No\n")
    words = {"Your answer": "Votre réponse", "No": "Non"}
    words["Yes, before {{ deadlines.confirm | date }}"] = "Oui, avant le {{ deadlines.confirm | date }}"
    letter = desk.letter(asking, french=french | {("reply-form", key): text for key, text in words.items()})
    assert {s.msgid for s in segments(letter, desk.office) if s.context == "reply-form"} == set(words)
    (annex,) = desk.compose(letter, "fr").annexes
    assert [said(line) for line in annex.title] == ["Annexe", "Votre réponse"]
    (choices,) = annex.blocks
    assert isinstance(choices, List)
    assert [item.ticked for item in choices.items] == [False, True]


def test_what_it_states_is_known(desk: Any, asking: str) -> None:
    stated = Stating(desk.letter(asking), desk.office, "en").letter_statements("ministers", Assumed())
    form = {(item.fact, item.printed) for item in stated if item.part == "reply-form"}
    assert form == {
        ("reference", "CL-24/007"),
        ("date", "4 March 2024"),
        ("deadlines.confirm", "16 April 2024"),
        ("contacts.forum.email", "forum@example.int"),
    }


def codes(desk: Any) -> dict[str, int | None]:
    letter, _ = desk.read()
    return {item.code: item.line for item in check_letter(letter, desk.office, columns={})}


def test_check_knows_it(desk: Any, asking: str, facts: str) -> None:
    desk.letter(asking)
    assert codes(desk)["reply-form-leaves-out"] == asking[: asking.index('reply = ["link:site"]')].count("\n") + 1
    on_the_web = "reply_form = true\n" + facts.replace('["mail", "link:site"]', '["link:site"]')
    desk.letter(on_the_web)
    assert codes(desk)["reply-form-empty"] == 1


def test_check_knows_its_text(desk: Any, asking: str, facts: str) -> None:
    desk.letter(facts)
    desk.write("reply-form.md", "# Answer\n\n{{ date | date }}\n")
    assert "text-not-used" in codes(desk)
    desk.letter(asking)
    assert not {"text-not-used", "reply-form-personal"} & codes(desk).keys()
    desk.write("reply-form.md", "# Answer\n\n{{ recipient.country }}\n")
    assert codes(desk)["reply-form-personal"] == 3


def test_an_ask_that_does_not_say_what_it_asks(desk: Any, asking: str) -> None:
    desk.letter(asking)
    desk.write("letter.toml", asking.replace('what = "nomination"\n', ""))
    assert codes(desk).get("reply-form-empty") is None
