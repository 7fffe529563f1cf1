"""What replies seem to say, in six languages. The sentences stand in ``said/``."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from locales.languages import LANGUAGES
from replies.suggesting import QUESTION, suggest
from replies.wording import CLAIMS, FOLDER, KINDS, all_claims, all_wordings, bare, comparable
from store.register import STATES
from tests.patience import within

SAID = Path(__file__).parent / "said"
LETTERS = Path(__file__).parents[2] / "templates" / "office"


def cases(tag: str) -> list[tuple[str, str, str]]:
    lines = (SAID / f"{tag}.txt").read_text("utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            expected, asks, text = (piece.strip() for piece in line.split("|", 2))
            found.append((expected, asks, text.replace("\\n", "\n")))
    return found


@pytest.mark.parametrize("tag", LANGUAGES)
def test_sentences(tag: str) -> None:
    wrong = []
    for expected, asks, text in cases(tag):
        found = suggest(text, asks=asks.rstrip("+").split(","), has_attachments=asks.endswith("+"))
        state = "none" if found is None else found.state or "empty"
        if state not in expected.split("/"):
            wrong.append((expected, state, text, found and found.why))
    assert wrong == []


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_language_has_sentences_of_every_sort(tag: str) -> None:
    expected = [states for states, _, _ in cases(tag)]
    assert len(expected) >= 40
    assert {"accepted", "declined", "acknowledged", "nominated", "contributed", "answered", "registered"} <= {*expected}
    assert {QUESTION, "empty", "none"} <= {*expected}


def test_the_sentence_is_found_where_it_stands() -> None:
    text = "Dear colleagues,\n\nThank you for your letter.\nThe Minister will\nattend.\n\nBest regards"
    found = suggest(text, asks=["attendance"])
    assert found is not None
    assert (found.state, found.what, found.confidence) == ("accepted", "attendance", "likely")
    assert text[found.start : found.end] == found.sentence == "The Minister will\nattend."
    assert "will attend" in found.why


@pytest.mark.parametrize(
    ("text", "asks", "attached", "confidence"),
    [
        ("The Minister will attend.", "attendance", False, "likely"),
        ("The Minister plans to attend.", "attendance", False, "unsure"),
        ("The Minister cannot attend, but will be represented by his deputy.", "attendance", False, "unsure"),
        ("The Minister will attend. Will there be a cloakroom?", "attendance", False, "unsure"),
        ("Please find attached our contribution.", "contribution", True, "likely"),
        ("Please find attached our contribution.", "contribution", False, "unsure"),
        ("Yes.", "attendance", False, "likely"),
        ("Oui.", "attendance", False, "likely"),
        ("Да", "attendance", False, "likely"),
        ("同意", "attendance", False, "likely"),
        ("نعم", "attendance", False, "likely"),
        ("Sí.", "attendance", False, "likely"),
        ("Yes.", "attendance,statement", False, "unsure"),
        ("We accept your kind invitation.", "attendance,statement", False, "unsure"),
        ("Noted with thanks.", "attendance,statement", False, "likely"),
    ],
)
def test_confidence(text: str, asks: str, attached: bool, confidence: str) -> None:
    found = suggest(text, asks=asks.split(","), has_attachments=attached)
    assert found is not None
    assert found.state
    assert found.confidence == confidence


def test_of_two_asks_each_gets_its_own() -> None:
    text = "We are pleased to nominate Ms Ada Roe as focal point. The Minister will not be able to attend."
    first = suggest(text, asks=["attendance", "nomination"])
    second = suggest(text, asks=["nomination"])
    assert first is not None
    assert second is not None
    assert (first.state, first.what, second.state, second.what) == ("declined", "attendance", "nominated", "nomination")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Mr Ash will attend. Ms Birch will not attend.", "says"),
        ("The Minister will attend if he gets a visa.", "condition"),
        ("The Minister will attend. This is still to be confirmed.", "proviso"),
    ],
)
def test_it_says_why_it_suggests_nothing(text: str, why: str) -> None:
    found = suggest(text, asks=["attendance"])
    assert found is not None
    assert (found.state, found.confidence) == ("", "unsure")
    assert why in found.why
    assert found.sentence in text


@pytest.mark.parametrize(
    "text",
    [
        "Yes.\n\nBut only on Tuesday.",
        "Yes and no.",
        "No. 14 of your list is wrong.",
        "Yes, we received it.",
        "Ok?",
        "",
        "\n\n",
        "-- \nYes",
        "Regards",
        "???",
    ],
)
def test_few_words_are_an_answer_only_alone(text: str) -> None:
    found = suggest(text, asks=["attendance"])
    assert found is None or found.state == QUESTION


def test_a_signature_says_nothing() -> None:
    assert suggest("Thank you.\n-- \nWe will attend every fair in town.", asks=["attendance"]) is None


@pytest.mark.parametrize("tag", LANGUAGES)
def test_an_invitation_is_no_answer(tag: str) -> None:
    """What the sample letters say, in case a party sends them back with nothing that marks a quotation."""
    if tag == "en":
        paragraphs = [
            text for path in LETTERS.glob("letters/*/body*.md") for text in path.read_text("utf-8").split("\n\n")
        ]
    else:
        paragraphs = [
            entry.msgstr for path in LETTERS.glob(f"locales/{tag}/letters/*.po") for entry in polib.pofile(path)
        ]
    assert len(paragraphs) > 40
    asks = [kind for kind in KINDS if kind != "any"]
    found = {text: suggest(text, asks=asks) for text in paragraphs}
    assert {text: one.state for text, one in found.items() if one and one.state not in {"", QUESTION}} == {}


def test_nothing_is_asked() -> None:
    assert suggest("The Minister will attend.", asks=[]) is None
    found = suggest("We acknowledge receipt of your letter.", asks=[])
    assert found is not None
    assert found.state == "acknowledged"


@pytest.mark.parametrize("state", sorted({state for state, _, _ in CLAIMS.values()} - {"later", "represented"}))
def test_what_is_suggested_can_be_recorded(state: str) -> None:
    assert state in STATES


def test_the_files_hold_nothing_unknown() -> None:
    import tomllib

    parts = {"left", "right", "words", "short", "empty", "negations", "regrets", "hedges", "provisos", "questions"}
    parts |= {"greetings", "closings", "delegations", *KINDS}
    for tag in LANGUAGES:
        data = tomllib.loads((FOLDER / f"{tag}.toml").read_text("utf-8"))
        assert {*data} <= parts
        for kind in KINDS:
            assert {*data[kind]} <= {*CLAIMS}, (tag, kind)
            assert "declined" in data[kind]
        assert {*data["short"]} == {"accepted", "declined", "acknowledged"}


def test_no_pattern_matches_nothing() -> None:
    for wording in all_wordings():
        for name in (
            "empty",
            "negations",
            "regrets",
            "hedges",
            "provisos",
            "questions",
            "greetings",
            "closings",
            "delegations",
        ):
            assert getattr(wording, name).search("") is None, name
    assert [claim for claim in all_claims() if claim.pattern.search("")] == []


def test_marks_of_direction_accents_and_width_do_not_matter() -> None:
    assert comparable("  Le\u00a0Ministre\u200f  ASSISTERA ") == "le ministre assistera"
    assert comparable("نُؤَكِّدُ") == comparable("نؤكد")
    assert bare("D’accord !") == bare("d'accord")


@pytest.mark.parametrize(
    "text",
    [
        "will " * 4_000,
        "the minister will, " * 1_000 + "attend",
        "regrets that the " * 1_200,
        "не сможет, " * 2_000,
        "将" * 20_000,
        "يعتذر عن " * 2_000,
        "a\n" * 10_000,
        "no. " * 5_000,
        "\u202e" * 5_000 + "We will attend.",
    ],
    ids=["will", "asides", "regrets", "russian", "chinese", "arabic", "lines", "stops", "marks"],
)
def test_no_text_takes_long(text: str) -> None:
    with within(2):
        suggest(text, asks=["attendance", "statement", "contribution", "nomination", "registration", "information"])


@pytest.mark.parametrize("text", ["Oui, nous acceptons.", "Sí, aceptamos", "Да, согласны", "Yes, with pleasure"])
def test_two_short_answers_that_agree(text: str) -> None:
    found = suggest(text, asks=["attendance"])
    assert found is not None
    assert found.state == "accepted"


def test_contradiction_is_seen_whichever_ask_comes_first() -> None:
    for asks in (["attendance"], ["information", "attendance"], ["attendance", "information"]):
        found = suggest("We accept the invitation. On reflection we must decline it.", asks=asks)
        assert found is not None
        assert found.state == ""
