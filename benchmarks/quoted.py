"""How well the new text of replies is separated from what they quote.

    python -m benchmarks.quoted FOLDER [--json]

FOLDER holds replies as plain text: NAME.txt the whole text, NAME.reply the new text alone, NAME.ours (optional)
the letter that was sent. White space is made even before comparing: each run of it, newlines too, counts as one
space, none at either end; nothing else is. «exact» counts replies whose words are all there, in order, and no
others; «lost» those that miss words of the new text, «leaked» those that keep other words.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from replies.quoted import new_text


def main(arguments: list[str] | None = None) -> int:
    """Score a folder and print the figures."""
    parser = argparse.ArgumentParser(prog="benchmarks.quoted", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args(arguments)
    names = sorted(chosen.folder.glob("*.txt"))
    if not names:
        print(f"{chosen.folder}: no NAME.txt there", file=sys.stderr)
        return 1
    figures = score(names)
    if chosen.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        print(f"exact {figures['exact']} of {figures['replies']}; {figures['milliseconds']} ms a reply")
        print(f"lost words: {_listed(figures['lost'])}\nkept others: {_listed(figures['leaked'])}")
    return 0


def score(paths: list[Path]) -> dict[str, object]:
    """Return the figures over replies: how many are exact, and which lost or leaked which words."""
    exact = 0
    lost: dict[str, str] = {}
    leaked: dict[str, str] = {}
    begun = time.process_time()
    answers = {path: new_text(_read(path), ours=_ours(path)).split() for path in paths}
    spent = time.process_time() - begun
    for path, words in answers.items():
        wanted = _read(path.with_suffix(".reply")).split()
        exact += words == wanted
        if missing := Counter(wanted) - Counter(words):
            lost[path.stem] = " ".join(missing.elements())
        if more := Counter(words) - Counter(wanted):
            leaked[path.stem] = " ".join(more.elements())
    milliseconds = round(1_000 * spent / len(paths), 2)
    return {"replies": len(paths), "exact": exact, "lost": lost, "leaked": leaked, "milliseconds": milliseconds}


def _read(path: Path) -> str:
    return path.read_text("utf-8", errors="replace")


def _ours(path: Path) -> tuple[str, ...]:
    ours = path.with_suffix(".ours")
    return (_read(ours),) if ours.exists() else ()


def _listed(found: object) -> str:
    assert isinstance(found, dict)
    return f"{len(found)}" + "".join(f"\n  {name}: {words[:100]}" for name, words in found.items())


if __name__ == "__main__":
    sys.exit(main())
