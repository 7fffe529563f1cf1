"""A segment is suggested whole or put together from its sentences, and never half in another language."""

from __future__ import annotations

from locales.memory.index import Memory
from locales.memory.suggesting import Found, Suggestion, suggest
from locales.memory.units import Remembered


def unit(origin: str, **texts: str) -> Remembered:
    return Remembered(texts=texts, origin=origin, released=True)


MEMORY = Memory([
    unit("A", en="The Forum meets in Geneva in {{ facts.year }}.",
         fr="Le Forum se réunit à Genève en {{ facts.year }}.", zh="论坛将于{{ facts.year }}年在日内瓦举行。"),
    unit("B", en="I thank you in advance for your reply.", fr="Je vous remercie d'avance de votre réponse.",
         zh="我提前感谢您的答复。"),
    unit("C", en="Good morning. I thank you.", fr="Bonjour, et merci."),
])  # fmt: skip


def said(text: str, language: str = "fr") -> Suggestion | None:
    return suggest(MEMORY, text, "en", language)


def test_sentences_of_several_letters_make_a_paragraph() -> None:
    found = said("The Forum meets in Geneva in {{ facts.next }}. I thank you in advance for your reply.")
    assert found is not None
    assert found.found is Found.EXACT
    assert found.text == "Le Forum se réunit à Genève en {{ facts.next }}. Je vous remercie d'avance de votre réponse."
    assert found.origins == ("A, 100 %", "B, 100 %")


def test_chinese_sentences_follow_each_other_without_a_blank() -> None:
    found = said("The Forum meets in Geneva in {{ facts.next }}. I thank you in advance for your reply.", "zh")
    assert found is not None
    assert found.text == "论坛将于{{ facts.next }}年在日内瓦举行。我提前感谢您的答复。"


def test_lines_that_are_broken_on_purpose_stay() -> None:
    found = said("I thank you in advance for your reply.\\\nThe Forum meets in Geneva in 2024.")
    assert found is not None
    assert found.text.startswith("Je vous remercie d'avance de votre réponse.\\\nLe Forum se réunit")


def test_long_sentences_weigh_more() -> None:
    found = said("The Forum met in Geneva in {{ facts.year }}. I thank you in advance for your reply.")
    assert found is not None
    assert found.found is Found.SIMILAR
    assert 90 < found.score < 100


def test_a_whole_segment_comes_before_its_sentences() -> None:
    found = said("Good morning. I thank you.")
    assert found is not None
    assert (found.found, found.text) == (Found.EXACT, "Bonjour, et merci.")


def test_what_is_found_in_part_has_no_text() -> None:
    found = said("I thank you in advance for your reply. Quite another thing is said here.")
    assert found is not None
    assert (found.found, found.text) == (Found.IN_PART, "")
    assert [piece for piece, _ in found.sentences] == ["I thank you in advance for your reply."]


def test_what_is_not_known() -> None:
    assert said("Quite another thing is said here.") is None
