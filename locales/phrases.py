"""A language's fixed words: the entries of data/<language>/frame.po and of an office's own frame.po above it.

msgctxt is the kind of phrase (``label``, ``place``, ``title.f`` …), msgid its key, msgstr the words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from locales.catalogue import Entry
from locales.missing import MissingPhrase

# Whole sentences, their beginnings, lines that introduce a list, inflected names, and what has keys of the lists: an
# entry without a context never stands for these.
_SENTENCES = frozenset(
    {
        "reminder",
        "continuing",
        "copy",
        "reply-form",
        "spoken",
        "lead",
        "history",
        "sender",
        "sender.m",
        "sender.f",
        "place.in",
        "column",
    }
)


class Phrases:
    """Look-up by kind and key. An office's own entry wins, even a general one over a built-in particular one."""

    def __init__(self, language: str, built_in: Iterable[Entry], overlay: Iterable[Entry] = ()) -> None:
        self._language = language
        self._layers = tuple(_by_context(entries) for entries in (overlay, built_in))

    def phrase(self, kind: str, key: str, gender: str = "") -> str:
        """Return the words; for a gendered kind, those of the gender, else the general ones.

        An office's name (kind ``office``) stands for itself where it has no translation. Raises MissingPhrase.
        """
        words = self._find(kind, key, gender)
        if words is not None:
            return words
        if kind == "office":
            return key
        raise MissingPhrase(kind, key, self._language)

    def has_phrase(self, kind: str, key: str) -> bool:
        """Tell whether there are words under this key, whatever the gender."""
        return any(self._find(kind, key, gender) is not None for gender in ("", "f", "m"))

    def keys(self, kind: str) -> frozenset[str]:
        """Return every key of a kind, including an office's entries without a kind."""
        contexts = {kind, f"{kind}.m", f"{kind}.f"} | (set() if kind in _SENTENCES else {""})
        return frozenset(key for layer in self._layers for context in contexts for key in layer.get(context, ()))

    def _find(self, kind: str, key: str, gender: str) -> str | None:
        contexts = [f"{kind}.{gender}"] if gender else []
        contexts.append(kind)
        if kind not in _SENTENCES:
            contexts.append("")
        for layer in self._layers:
            for context in contexts:
                words = layer.get(context, {}).get(key)
                if words:
                    return words
        return None


def _by_context(entries: Iterable[Entry]) -> Mapping[str, Mapping[str, str]]:
    layer: dict[str, dict[str, str]] = {}
    for entry in entries:
        if entry.is_done:
            layer.setdefault(entry.context, {})[entry.msgid] = entry.msgstr
    return layer
