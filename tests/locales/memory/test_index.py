"""What was translated before is found again: the same first, then the like."""

from __future__ import annotations

import random
from datetime import date

import pytest
from rapidfuzz import fuzz, process

from locales.memory.index import LEAST, Memory
from locales.memory.units import Remembered
from tests.patience import within

LETTER = Remembered(
    texts={
        "en": "I have the honour to invite you to the Forum. Please reply before {{ deadlines.reply | date }}.",
        "fr": "J'ai l'honneur de vous inviter au Forum. Veuillez répondre avant le {{ deadlines.reply | date }}.",
        "ru": "Имею честь пригласить Вас на Форум. Просьба ответить до {{ deadlines.reply | date }}.",
        "zh": "我荣幸地邀请阁下出席论坛。请在{{ deadlines.reply | date }}之前答复。",
    },
    origin="CL-18/001",
    day=date(2018, 1, 15),
    released=True,
)


def test_a_sentence_of_a_paragraph_is_found_with_the_new_facts() -> None:
    (match,) = Memory([LETTER]).find("Please reply before {{ deadlines.confirm | date }}.", "en", "fr")
    assert match.text == "Veuillez répondre avant le {{ deadlines.confirm | date }}."
    assert (match.exact, match.score, match.origin, match.released) == (True, 100, "CL-18/001", True)


def test_any_two_of_its_languages_serve() -> None:
    (match,) = Memory([LETTER]).find("Просьба ответить до {{ deadlines.reply | date }}.", "ru", "zh")
    assert match.text == "请在{{ deadlines.reply | date }}之前答复。"
    assert not Memory([LETTER]).find("Просьба ответить до {{ deadlines.reply | date }}.", "ru", "es")


def test_whole_paragraphs_are_found_too() -> None:
    match = Memory([LETTER]).find(LETTER.texts["en"], "en", "ru")[0]
    assert match.text == LETTER.texts["ru"]


def test_lines_are_joined_unless_they_are_broken_on_purpose() -> None:
    unit = Remembered(texts={"en": "One\n two\\\nthree", "fr": "Un \n  deux\\\ntrois"}, origin="x")
    assert Memory([unit]).find("One two\\\nthree", "en", "fr")[0].text == "Un deux\\\ntrois"


def test_a_like_sentence_is_never_exact() -> None:
    (match,) = Memory([LETTER]).find("I have the great honour to invite you to our Forum.", "en", "fr")
    assert match.text == "J'ai l'honneur de vous inviter au Forum."
    assert match.source == "I have the honour to invite you to the Forum."
    assert LEAST <= match.score < 100
    assert not match.exact
    upper = Memory([LETTER]).find("I HAVE THE HONOUR TO INVITE YOU TO THE FORUM.", "en", "fr")[0]
    assert (upper.exact, upper.score) == (False, 99)
    assert not Memory([LETTER]).find("The weather was fine throughout the week.", "en", "fr")


def test_the_released_and_the_later_come_first() -> None:
    def unit(said: str, year: int, *, released: bool) -> Remembered:
        return Remembered(texts={"en": "Thank you.", "fr": said}, origin=said, day=date(year, 1, 1), released=released)

    said = [("Merci.", 2019, True), ("Je vous remercie.", 2020, True), ("Merci!", 2024, False)]
    memory = Memory(unit(text, year, released=released) for text, year, released in said)
    assert [match.text for match in memory.find("Thank you.", "en", "fr")] == ["Je vous remercie.", "Merci.", "Merci!"]


@pytest.mark.parametrize(
    ("fr", "cut"),
    [
        ("Un. Deux.", True),
        ("Un et deux.", False),  # another number of sentences
        ("Ce qui est dit ici est bien plus long que ce que dit l'autre langue, n'est-ce pas. Un.", False),
    ],
)
def test_sentences_are_paired_where_the_languages_agree(fr: str, cut: bool) -> None:
    memory = Memory([Remembered(texts={"en": "One. Two.", "fr": fr}, origin="x")])
    assert bool(memory.find("Two.", "en", "fr")) is cut
    assert memory.find("One. Two.", "en", "fr")[0].text == fr


def test_a_chinese_semicolon_needs_no_end_in_another_language() -> None:
    unit = Remembered(
        texts={"en": "Come and see; stay too. Write to us.", "zh": "请来参观；请留下。请写信。"}, origin="x"
    )
    assert Memory([unit]).find("Write to us.", "en", "zh")[0].text == "请写信。"
    assert Memory([unit]).find("请写信。", "zh", "en")[0].text == "Write to us."


WORDS = [
    f"{a}{b}{c}"
    for a in ("de", "ko", "ra", "mi", "su")
    for b in ("lam", "tor", "ves", "nin")
    for c in ("", "a", "os", "ent")
]


def said(chance: random.Random, *, words: int) -> str:
    return " ".join(chance.choices(WORDS, k=words)).capitalize() + "."


def test_nothing_like_it_is_overlooked() -> None:
    chance = random.Random(5)
    texts = [said(chance, words=chance.randint(4, 24)) for _ in range(1_500)]
    memory = Memory([Remembered(texts={"en": text, "fr": text}, origin="x") for text in texts])
    keys = [text.casefold() for text in texts]
    for text in texts[:60]:
        words = text.rstrip(".").split()
        words[chance.randrange(len(words))] = "quickly"
        wanted = " ".join(words) + "."
        best = process.extractOne(wanted.casefold(), keys, scorer=fuzz.ratio, score_cutoff=LEAST)
        found = memory.find(wanted, "en", "fr")
        assert (found[0].score if found else 0) == (min(int(best[1]), 99) if best else 0)


def test_a_look_up_is_quick() -> None:
    chance = random.Random(6)
    texts = [said(chance, words=chance.randint(8, 30)) for _ in range(10_000)]
    memory = Memory([Remembered(texts={"en": text, "fr": text}, origin="x") for text in texts])
    memory.find("Start.", "en", "fr")
    with within(1):
        for text in texts[:20]:
            memory.find(text.replace("a", "o", 3), "en", "fr")
