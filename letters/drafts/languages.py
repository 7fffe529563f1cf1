"""The language of a draft: by its letters where they tell, by its small words where they do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from letters.drafts.model import Draft

_ENOUGH = 0.3  # of all letters: Latin names stand in every language
_SCRIPTS = (
    ("zh", re.compile(r"[\u3400-\u9fff]")),
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
)
_SMALL_WORDS = {
    "en": "a an the of and to in is for that with by on be are this will which from your our at as it",
    "fr": "le la les des et du de un une est que pour dans en au aux par sur vous nous qui votre à",
    "es": "el la los las de del y en que un una es para por con se su al como más a o",
}
_WORD = re.compile(r"[^\W\d_]+")


def other_script(draft: Draft, tag: str) -> str:
    """Return a language of another script that a large part of a draft is written in; empty if none is."""
    text = draft.text
    letters = sum(1 for character in text if character.isalpha()) or 1
    shares = {other: len(script.findall(text)) / letters for other, script in _SCRIPTS}
    shares["Latin"] = len(re.findall(r"[A-Za-zÀ-ÿ]", text)) / letters
    own = tag if tag in shares else "Latin"
    return next((other for other, share in shares.items() if other != own and share > _ENOUGH), "")


def language_of(draft: Draft, known: Sequence[str]) -> str:
    """Return the language that a draft is written in, one of ``known``; empty where nothing tells it.

    What Word claims (w:lang) counts last: most drafts are typed with another language's proofing switched on.
    """
    text = draft.text
    letters = sum(1 for character in text if character.isalpha()) or 1
    for tag, script in _SCRIPTS:
        weight = 2 if tag == "zh" else 1  # a Chinese character is a word
        if weight * len(script.findall(text)) / letters > _ENOUGH:
            return tag if tag in known else ""
    words = [word.lower() for word in _WORD.findall(text)]
    small = {tag: frozenset(said.split()) for tag, said in _SMALL_WORDS.items() if tag in known}
    counts = {tag: sum(word in of_tag for word in words) for tag, of_tag in small.items()}
    claimed = max((tag for tag in draft.languages if tag in known), key=lambda tag: draft.languages[tag], default="")
    if not counts or max(counts.values()) == 0:
        return claimed
    return max(counts, key=lambda tag: (counts[tag], tag == claimed))
