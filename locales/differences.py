"""What has changed between two versions of a text, word by word; in Chinese, character by character."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Change = Literal["same", "removed", "added"]

# A field is one thing; so are a word with the marks inside it (l'eau, 19.4.2022, Ре́), an ideograph, a space, a mark.
_WHOLE = re.compile(
    r"\{\{[^{}]*\}\}"
    r"|[\u2e80-\u2fff\u3005-\u30ff\u31c0-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
    r"|[^\W_](?:[^\W_\u2e80-\u9fff]|[\u0300-\u036f\u064b-\u065f\u0670\u200c\u200d]|['’.,/@:-](?=[^\W_]))*"
    r"|\s+|.",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of text that both versions have, or only the old one, or only the new one."""

    change: Change
    text: str

    def as_json(self) -> dict[str, object]:
        """Return the piece for a machine."""
        return {"change": self.change, "text": self.text}


def differences(old: str, new: str) -> tuple[Piece, ...]:
    """Return both versions as one sequence of pieces; what is removed stands before what is added in its place.

    The pieces that are not «added» make up ``old``, those that are not «removed» make up ``new``.

    >>> marked_differences("Please answer soon.", "Please answer all soon.")
    'Please answer {+all +}soon.'
    """
    from rapidfuzz.distance import Indel

    before, after = _WHOLE.findall(old), _WHOLE.findall(new)
    found: list[Piece] = []
    for step in Indel.opcodes(before, after):
        removed, added = before[step.src_start : step.src_end], after[step.dest_start : step.dest_end]
        if step.tag == "equal":
            found.append(Piece(change="same", text="".join(removed)))
            continue
        found.extend(Piece(change="removed", text=text) for text in removed)
        found.extend(Piece(change="added", text=text) for text in added)
    return tuple(_joined(_without_islands(found)))


def marked_differences(old: str, new: str) -> str:
    """Return the differences as plain text: ``[-removed-]`` and ``{+added+}``, as wdiff writes them."""
    signs = {"same": "{}", "removed": "[-{}-]", "added": "{{+{}+}}"}
    return "".join(signs[piece.change].format(piece.text) for piece in differences(old, new))


def _without_islands(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """A space between two changed words belongs to the change: two words in a row read better as one change."""
    for place, piece in enumerate(pieces):
        is_inside = 0 < place < len(pieces) - 1 and "same" not in {pieces[place - 1].change, pieces[place + 1].change}
        if piece.change == "same" and not piece.text.strip() and is_inside:
            yield Piece(change="removed", text=piece.text)
            yield Piece(change="added", text=piece.text)
        else:
            yield piece


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Join equal pieces; within a change, all that is removed comes first."""
    for is_same, group in groupby(pieces, key=lambda piece: piece.change == "same"):
        run = list(group)
        changes: tuple[Change, ...] = ("same",) if is_same else ("removed", "added")
        for change in changes:
            text = "".join(piece.text for piece in run if piece.change == change)
            if text:
                yield Piece(change=change, text=text)
