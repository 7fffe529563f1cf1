"""How quickly the memory answers: `python -m benchmarks.memory [--sentences 50000] [--json]`.

Sentences are made up from words of letters by a fixed seed, so that every run sees the same ones. Times are processor
time, in milliseconds for one look-up.

read_tmx    seconds to read the memory from a TMX file
index       seconds for the first look-up, which indexes a language and loads how both languages write dates
exact       the same sentence with other facts
similar     two words changed
unlike      a sentence that nothing is like
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from locales.memory.index import Memory
from locales.memory.tmx import read_tmx, write_tmx
from locales.memory.units import Remembered

SEED = 50_000
LOOK_UPS = 200
_STEMS = (
    *("honour", "invite", "forum", "minister", "government", "session", "participant", "deadline", "resolution"),
    *("statement", "programme", "union", "member", "technology", "information", "society", "development", "assembly"),
    *("delegation", "speaker", "contribution", "consultation", "register", "theme", "summit", "secretariat", "website"),
    *("address", "partner", "package", "region", "country", "report", "action", "goal", "network", "digital", "access"),
)
_ENDINGS = (
    "",
    "s",
    "al",
    "ed",
    "ing",
    "ment",
    "ary",
    "able",
    "ive",
    "ion",
    "less",
    "ward",
    "ship",
    "hood",
    "ful",
    "ness",
)
_SMALL = (
    *("the", "of", "to", "in", "and", "for", "a", "on", "by", "with", "at", "from", "will", "be", "is", "that", "your"),
    *("our", "this", "which"),
)
_FACTS = ("{{ deadlines.reply | date }}", "{{ events.forum | range }}", "{{ links.forum }}", "2022", "7 000")


def sentences(count: int) -> list[str]:
    """Return sentences of 6 to 32 words, the same at each call."""
    chance = random.Random(SEED)
    words = [stem + ending for stem in _STEMS for ending in _ENDINGS]
    chance.shuffle(words)
    weights = [1 / (rank + 1) ** 0.7 for rank in range(len(words))]
    made = []
    for _ in range(count):
        length = chance.randint(3, 16)
        pairs = zip(chance.choices(_SMALL, k=length), chance.choices(words, weights, k=length), strict=True)
        made.append(" ".join(word for pair in pairs for word in pair).capitalize() + f" {chance.choice(_FACTS)}.")
    return made


def measure(count: int) -> dict[str, float]:
    """Return the figures named above."""
    texts = sentences(count)
    units = [Remembered(texts={"en": text, "fr": text.upper()}, origin="made up") for text in texts]
    packed = write_tmx(units, made=datetime(2026, 1, 1, tzinfo=UTC))
    started = time.process_time()
    memory = Memory(read_tmx(packed, "made-up.tmx").units)
    figures = {"sentences": float(count), "read_tmx": time.process_time() - started}
    started = time.process_time()
    memory.find(_two_words(next(text for text in texts if "2022" in text)), "en", "fr")
    figures["index"] = time.process_time() - started
    chance = random.Random(SEED + 1)
    chosen = chance.sample(texts, min(LOOK_UPS, count))
    for name, change in (("exact", _other_facts), ("similar", _two_words), ("unlike", _backwards)):
        figures |= _times(memory, name, [change(text) for text in chosen])
    return {name: round(figure, 3) for name, figure in figures.items()}


def _times(memory: Memory, name: str, texts: Sequence[str]) -> dict[str, float]:
    spent = []
    for text in texts:
        started = time.process_time()
        memory.find(text, "en", "fr")
        spent.append((time.process_time() - started) * 1000)
    return {f"{name}_mean": sum(spent) / len(spent), f"{name}_worst": max(spent)}


def _other_facts(text: str) -> str:
    return text.replace("2022", "2031").replace("deadlines.reply", "deadlines.confirm")


def _two_words(text: str) -> str:
    words = text.split(" ")
    words[1], words[len(words) // 2] = "quickly", "slowly"
    return " ".join(words)


def _backwards(text: str) -> str:
    return " ".join(word[::-1] for word in text.split(" ")[::-1])


def _print(figures: dict[str, float]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", "unit", title=f"{figures['sentences']:,.0f} sentences")
    for name, figure in figures.items():
        if name != "sentences":
            table.add_row(name, f"{figure:.2f}", "s" if name in {"read_tmx", "index"} else "ms")
    Console().print(table)


def main() -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--sentences", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    figures = measure(chosen.sentences)
    show: Callable[[dict[str, float]], None] = _as_json if chosen.json else _print
    show(figures)


def _as_json(figures: dict[str, float]) -> None:
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
