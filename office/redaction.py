"""Secrets and names taken out of what a server or a library says, in whatever way it repeats them."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

from office.folding import folded

_LEFT_OUT = "…"
_IN_BASE64 = re.compile("[A-Za-z0-9+/_=-]+")
_SHORTEST = 4  # characters of base64 that depend on nothing but the secret
_WORD = re.compile(r"[^\W_]+")
_LOST = "\ufffd?"  # what stands in the place of a letter that was not understood
_TATWEEL = "\u0640"  # stretches an Arabic word
_HEBREW, _CJK = "\u0590", "\u3400"  # scripts from here on write words together; from there on, one letter is a word
_APOSTROPHES = str.maketrans("’‘ʼ", "'''")
_BETWEEN = re.compile(r"[\s.,'’_-]{0,3}")  # words of one name


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` without the secrets: as they are, as in an address of the web, or anywhere within base64."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        content = secret.encode("utf-8", "surrogateescape")
        for written in (quote(content, safe=""), quote_plus(content), quote(content), secret):
            text = text.replace(written, _LEFT_OUT)
        for core in _cores(content):
            if core in text:
                text = _without_runs(text, core)
    return text


def _without_runs(text: str, core: str) -> str:
    """Leave out what is written in base64 where ``core`` stands in it; each sign is looked at once."""
    return _IN_BASE64.sub(lambda run: _LEFT_OUT if core in run[0] else run[0], text)


def _cores(secret: bytes) -> Iterator[str]:
    """Yield what the secret alone makes of a base64 text, wherever in a group of three bytes it begins."""
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + secret).decode("ascii")
        core = encoded[(shift * 8 + 5) // 6 : (shift + len(secret)) * 8 // 6]
        if len(core) >= _SHORTEST:
            yield core


def without_words(text: str, words: Iterable[str], left_out: str) -> str:
    """Return ``text`` with ``left_out`` for words of a name, whatever their order, case and accents.

    A word counts where it stands alone; in scripts that write words together, such as Chinese, or particles with them,
    such as Arabic, wherever it stands. Accents may be missing, or have been lost on the way.
    """
    letters, places = _spelled(text)
    lost = [mark for mark in _LOST if mark in text]
    forms = {form for word in words for form in _forms(word, lost)}
    spans = sorted(
        # A sign that does not show, such as an accent for itself, goes with the letter before it.
        (places[start], max(places[start + len(form) - 1] + 1, places[start + len(form)]))
        for form in forms
        for start in _occurrences(letters, form)
    )
    told: list[str] = []
    done = 0
    for begin, end in spans:
        if not told or not _BETWEEN.fullmatch(text[done:begin]):
            told += (text[done:begin], left_out)
        done = max(done, end)
    return "".join((*told, text[done:]))


def words_of(name: str) -> Iterator[str]:
    """Yield a name, its words, and what becomes of it where its signs and spaces are left out."""
    for piece in {name, *name.split(","), *name.split()}:
        yield piece
        parts = _WORD.findall(piece)
        if len(parts) > 1:
            yield from ("".join(parts), *parts)


def _forms(word: str, lost: Sequence[str]) -> Iterator[str]:
    """Yield a word as it is looked for, also with a sign for each letter that was lost; nothing for one letter."""
    word = word.strip()
    bare = _bare(word)
    if len(bare) > 1 or bare >= _CJK:
        yield bare
        if lost and not word.isascii():
            composed = unicodedata.normalize("NFC", word).casefold()
            yield from ("".join(c if c.isascii() else mark for c in composed) for mark in lost)


def _spelled(text: str) -> tuple[str, Sequence[int]]:
    """Return a text as it is looked through, and where each of its letters, and its end, came from."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    spelled = [(letter, place) for place, character in enumerate(text) for letter in _bare(character)]
    return "".join(letter for letter, _ in spelled), [*(place for _, place in spelled), len(text)]


def _bare(text: str) -> str:
    """Return a text folded, with one kind of apostrophes, and without signs that do not show."""
    if text.isascii():
        return text.lower()
    plain = folded(text.translate(_APOSTROPHES))
    return "".join(c for c in plain if c != _TATWEEL and unicodedata.category(c) != "Cf")


def _occurrences(letters: str, word: str) -> Iterator[int]:
    """Yield where a word begins."""
    is_joined = any(letter >= _HEBREW and letter.isalpha() for letter in word)
    start = letters.find(word)
    while start != -1:
        around = letters[max(start - 1, 0) : start] + letters[start + len(word) : start + len(word) + 1]
        if is_joined or not any(map(str.isalnum, around)):
            yield start
        start = letters.find(word, start + 1)
