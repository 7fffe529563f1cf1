from __future__ import annotations

import random

import pytest

from replies.subtracting import compare
from tests.patience import within

LETTER = "\n".join(" ".join(f"word{line * 12 + word}" for word in range(12)) for line in range(10))
LINES = LETTER.split("\n")


def copied(lines: list[str], ours: str = LETTER) -> list[int]:
    """Return the lines, of those that are not blank, that are ours and nothing else."""
    return [number for number, found in compare(lines, (ours,)).items() if not found.others and lines[number]]


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        lambda text: text.replace(" ", "\xa0 "),
        lambda text: text.replace(" word5 ", " <mailto:word5> word5, "),
        lambda text: "> " + text.replace("\n", "\n>> "),
        lambda text: "• " + text.replace("\n", "\n\n• "),
        lambda text: text.replace("word7 ", "word7 [cid:image001.png@01D8] "),
    ],
)
def test_copy_is_known_whatever_became_of_it(change: object) -> None:
    assert callable(change)
    lines = change(LETTER).split("\n")
    assert copied(lines) == [number for number, line in enumerate(lines) if line]


def test_copy_is_known_when_wrapped_elsewhere() -> None:
    words = LETTER.split()
    lines = [" ".join(words[start : start + 7]) for start in range(0, len(words), 7)]
    assert copied(lines) == list(range(len(lines)))


def test_few_common_words_are_no_copy() -> None:
    assert compare(["I refer to", LINES[3], "and accept."], (LETTER,)) == {}


def test_short_passages_below_a_copy_are_of_it_but_each_once() -> None:
    lines = [*LINES[:6], "Mine.", LINES[8], "", LINES[8]]
    assert copied(lines) == [0, 1, 2, 3, 4, 5, 7]
    assert copied([LINES[8], "", "Mine.", *LINES[:6]]) == [3, 4, 5, 6, 7, 8]


def test_answers_between_all_lines() -> None:
    lines = [piece for line in LINES for piece in (line, "my own answer")]
    assert copied(lines) == list(range(0, 20, 2))


def test_answer_on_a_line_of_ours() -> None:
    found = compare([*LINES[:4], LINES[4] + " YES!", " ".join(LINES[5:7]) + ". No."], (LETTER,))
    assert found[4].rest == LINES[4] + " YES!"  # few words of ours stay, for the meaning
    assert (found[4].ours, found[4].others) == (12, 1)
    assert found[5].rest == "No."


def test_ticked_box_is_an_answer() -> None:
    ours = LETTER + "\n☐ accept\n☐ decline\n" + LETTER.replace("word", "other")
    reply = ours.replace("☐ accept", "☒ accept")
    found = compare(reply.split("\n"), (ours,))
    assert [number for number, line in found.items() if line.others] == [10]
    assert found[10].rest == "☒ accept"


def test_links_of_ours_are_of_the_copy_and_others_are_not() -> None:
    ours = LETTER + "\nhttps://www.example.int/forum"
    assert copied(ours.split("\n"), ours) == list(range(11))
    assert copied(ours.replace("forum", "other").split("\n"), ours) == list(range(10))


def test_ideographs_are_counted_one_by_one() -> None:
    ours = "".join(chr(0x4E00 + number) for number in range(120))
    assert copied([ours[:50], ours[50:], "同意"], ours) == [0, 1]
    assert copied([ours[:50]], ours) == []


def test_200_kb_against_20_kb_take_little_time() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcdefghij", k=6)) for _ in range(3_000)]
    ours = "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(240))
    other = "\n".join(" ".join(chance.choices(words, k=12)) for _ in range(2_200))
    lines = [*other.split("\n"), *ours.split("\n")]
    with within(0.5):  # a tenth of it as a rule
        found = compare(lines, (ours,))
    assert list(found) == list(range(2_200, 2_440))
