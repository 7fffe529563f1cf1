"""Where sentences end, in the six languages.

Abbreviations are data: the table ``[sentences]`` of a language's locale.toml, to which an office's own adds.

``before-names``    a name or a word in capitals follows: the stop ends nothing («Mr. Smith», «г. Женева»)
``before-numbers``  a figure follows («art. 5», «No. 70»)
``last``            the next word decides: a capital begins a sentence («etc.», «a.m.», «2022 г.»)
``lettered``        words before a single letter, which is no initial then («Annex A.»)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from locales.languages import LANGUAGES
from locales.marks import FIELD, NOTE
from locales.sources import DATA, stamp
from locales.tables import as_table, read_table
from office.files import Stamp

LISTS = ("before-names", "before-numbers", "last", "lettered")

_CLOSING = rf"(?:{NOTE.pattern}|\]\((?:{FIELD.pattern}|[^()\s])*+\)|[\"'”’»)\]*_]|[\u00a0\u202f ]»)*+"
_END = re.compile(
    rf"(?<![.!?؟…])[.!?؟…]++{_CLOSING}(?=\s|$)"  # with a space behind it: «3.5» and «example.org» are no ends
    rf"|[。！？；]++[”’」』）】》]*+{_CLOSING}[。！？；]*+"
    r"|؛(?=\s|$)"
    r"|\\\n"  # a line that is broken on purpose
    r"|\n\s*\n\s*"
)
_STOP = re.compile(r"[.!?؟…؛](?![^\W_])|[。！？；\n]")  # whatever may be an end: quicker to look for
_CLAUSE = re.compile(r";(?=\s)")
_COLON = re.compile(r":\s")
_BLANKS = re.compile(r"\s*+")
_OPENING = re.compile(r"[\s\"'“‘«(\[*_¿¡„「『（–—-]*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S|[\w.+-]+@[\w-]+\.\w", re.ASCII)
_NUMBER = re.compile(r"\{\{|\d|[IVXLC]+\b|\(?[^\W\d_](?![^\W_])", re.ASCII)  # or one letter: «para. (a)»
_WORD = re.compile(r"[^\W\d_]{3}")
_FIGURE_BEFORE = re.compile(r"(?:\d|\}\})[*_]*\s*$")
_LABEL = re.compile(
    r"(?:\d{1,3}(?:\.\d{1,3})*|[ivx]{1,5}|[IVX]{1,5}|[^\W\d_])"
)  # of an item: «1.», «2.1.», «iv.», «a.»
_LAST_WORD = re.compile(r"[^\s(\[{«“‘\"'*_–—/\u3000-\u9fff\uff00-\uffef-]+$")  # not one of ideographs
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\s\u00a0]$")
_CLOSED = re.compile(r"[\"'”’»)\]]")  # by a quotation mark or a bracket
_LONGEST_WORD = 80  # characters that are looked at before a stop


@dataclass(frozen=True, slots=True)
class Rules:
    """The abbreviations of one language, or of all; ``spans`` finds those of several stops, such as «p. ex.»."""

    before_names: frozenset[str]
    before_numbers: frozenset[str]
    last: frozenset[str]
    lettered: frozenset[str]
    spans: re.Pattern[str]

    def knows(self, word: str) -> bool:
        """Tell whether a word, in small letters and without its last stop, is an abbreviation."""
        return word in self.before_names or word in self.before_numbers or word in self.last


def split_sentences(text: str, language: str, *, overlay: Path | None = None) -> tuple[str, ...]:
    """Cut a text into its sentences; joined, they are the text again: each keeps the blanks behind it.

    ``language`` is one of the six, ``overlay`` an office's ``locales`` folder. Fields ``{{ … }}`` and marks of
    Markdown count as parts of the words that they stand with.
    """
    first = _STOP.search(text)
    if first is None or first.end() == len(text):
        return (text,) if text else ()
    pieces = []
    start = 0
    for end in sentence_ends(text, language, overlay=overlay):
        while end < len(text) and text[end].isspace():
            end += 1  # noqa: PLW2901 - blanks stay with the sentence before them
        if start < end < len(text):
            pieces.append(text[start:end])
            start = end
    return (*pieces, text[start:])


def sentence_ends(text: str, language: str = "", *, loose: bool = False, overlay: Path | None = None) -> Iterator[int]:
    """Yield the places in ``text`` behind the last character of each sentence.

    Without a language the abbreviations of all six hold. ``loose`` reads texts as people write mails: a sentence may
    begin with a small letter, a semicolon ends one, and no abbreviation does.
    """
    rules = _rules(language, overlay)
    spans = {match.end() - 1: match for match in rules.spans.finditer(text)}
    inside = {place for last, match in spans.items() for place in range(match.start(), last)}
    inside |= {place for match in FIELD.finditer(text) for place in range(*match.span())}
    begin = 0
    for match in _candidates(text, loose):
        if match.start() in inside:
            continue
        if match[0][0] not in ".…!?؟" or _Stop(text, begin, match, rules, spans, loose).is_end:
            begin = match.end() - _opening_marks(text, begin, match)
            yield begin


def _opening_marks(text: str, begin: int, match: re.Match[str]) -> int:
    """Return how many asterisks behind an ideographic stop open emphasis, since none that is open was there before."""
    marks = len(match[0]) - len(match[0].rstrip("*_"))
    if not marks or match.end() == len(text) or text[match.end()].isspace():
        return 0
    return marks if text.count(match[0][-marks:], begin, match.start()) % 2 == 0 else 0


def _candidates(text: str, loose: bool) -> Iterable[re.Match[str]]:
    found = _END.finditer(text)
    return sorted((*found, *_CLAUSE.finditer(text)), key=lambda match: match.start()) if loose else found


@dataclass(frozen=True, slots=True)
class _Stop:
    """A full stop, a question or exclamation mark or an ellipsis, with a blank behind it."""

    text: str
    begin: int  # of the sentence
    match: re.Match[str]
    rules: Rules
    spans: dict[int, re.Match[str]]  # abbreviations of several stops, by the place of their last one
    loose: bool

    @property
    def is_end(self) -> bool:
        marks = self.match[0]
        if self._next == len(self.text):
            return True
        if marks.startswith((".", "…")) and self._is_bracketed:
            return False
        if (
            marks[0] == "."
            and not marks.startswith("..")
            and not self._ends_as_stop(closed=_CLOSED.search(marks) is not None)
        ):
            return False
        return not self._goes_on or (self.loose and not self._is_abbreviated)

    @property
    def _is_bracketed(self) -> bool:
        """«[…]»: something was left out."""
        return self.text[max(0, self.match.start() - 1) : self.match.start()] in {"[", "("}

    def _ends_as_stop(self, *, closed: bool) -> bool:
        """Tell whether a single full stop may be an end; ``closed`` if a quotation or bracket closes behind it."""
        before = self.text[max(self.begin, self.match.start() - _LONGEST_WORD) : self.match.start()]
        if self._is_label(before):
            return False
        word = _LAST_WORD.search(before)
        if word is None:
            return True
        return closed or self._ends_after(word[0], before[: word.start()])

    def _is_label(self, before: str) -> bool:
        """«1.» or «a.» where a sentence, or what follows a colon, begins."""
        *earlier, said = _COLON.split(before)
        whole = bool(earlier) or self.begin >= self.match.start() - _LONGEST_WORD
        return whole and _LABEL.fullmatch(_OPENING.sub("", said, count=1)) is not None

    def _ends_after(self, word: str, before: str) -> bool:
        span = self.spans.get(self.match.start())
        if span is None and len(word) == 1 and word.isupper():
            return self._is_lettered(before)
        small = _without_blanks(span[0].rstrip(".") if span else word).casefold()
        if small in self.rules.before_numbers and _NUMBER.match(self.text, self._next):
            return False
        if small in self.rules.last and (small not in self.rules.before_names or _FIGURE_BEFORE.search(before)):
            return self._has_said(before)
        if small in self.rules.before_names:
            return False
        return small in self.rules.before_numbers or not _is_letters(word)

    def _has_said(self, before: str) -> bool:
        """Tell whether a sentence has more than small words and figures before its abbreviation: not «В 2022 г.»."""
        return _WORD.search(before) is not None or self.begin < self.match.start() - _LONGEST_WORD

    @property
    def _is_abbreviated(self) -> bool:
        """Tell whether the word before the stop is an abbreviation or an initial."""
        word = _LAST_WORD.search(self.text, max(self.begin, self.match.start() - _LONGEST_WORD), self.match.start())
        if word is None or self.match[0][0] != ".":
            return False
        known = self.match.start() in self.spans or self.rules.knows(word[0].casefold())
        return known or _is_letters(word[0].upper())

    def _is_lettered(self, before: str) -> bool:
        """«Annex A.»: the letter is a name of its own, no initial."""
        word = _WORD_BEFORE.search(before)
        return word is not None and word[1].casefold() in self.rules.lettered

    @property
    def _goes_on(self) -> bool:
        """Tell whether the sentence goes on: with a comma or colon, or a small letter in scripts that have them."""
        if self.text[self._next] in ",:;،":
            return True
        opening = _OPENING.match(self.text, self.match.end())
        place = opening.end() if opening else self.match.end()
        letter = self.text[place : place + 1]
        if not letter.islower() or _ADDRESS.match(self.text, place):
            return False
        if self.text[place + 1 : place + 3] == ". " and not self.rules.knows(letter):
            return False  # «b.», of a list
        before = self.text[max(self.begin, self.match.start() - _LONGEST_WORD) : self.match.start()]
        letter = next(filter(str.isalpha, reversed(before)), "a")
        return letter.islower() or letter.isupper()

    @property
    def _next(self) -> int:
        """Return where the next word begins."""
        blanks = _BLANKS.match(self.text, self.match.end())
        return blanks.end() if blanks else len(self.text)


def _is_letters(word: str) -> bool:
    """Tell whether a word is an initial, or initials with stops between: «J», «А», «U.N», «т.е»."""
    parts = word.split(".")
    return all(len(part) == 1 and part.isalpha() and (len(parts) > 1 or not part.islower()) for part in parts)


def _without_blanks(text: str) -> str:
    return "".join(text.split())


@lru_cache(maxsize=2)
def _built_in() -> dict[str, dict[str, list[str]]]:
    return {tag: _lists(DATA / tag, tag) for tag in LANGUAGES}


def _rules(language: str, overlay: Path | None) -> Rules:
    folder = overlay / language if overlay is not None and language else None
    return _load(language, folder, stamp(folder) if folder is not None else ())


@lru_cache(maxsize=64)
def _load(language: str, folder: Path | None, _stamp: Stamp) -> Rules:
    """English abbreviations hold in every language: names and titles are quoted in it."""
    own = [said for tag, said in _built_in().items() if not language or tag in {"en", language}]
    if folder is not None:
        own.append(_lists(folder, language))
    words = {name: [word.strip().rstrip(".") for lists in own for word in lists[name]] for name in LISTS}
    sets = {name: frozenset(_without_blanks(word).casefold() for word in said) for name, said in words.items()}
    several = {word for said in words.values() for word in said if "." in word}
    spans = "|".join(_span_pattern(word) for word in sorted(several, key=len, reverse=True))
    return Rules(
        before_names=sets["before-names"],
        before_numbers=sets["before-numbers"],
        last=sets["last"],
        lettered=sets["lettered"],
        spans=re.compile(rf"(?<![^\W_])(?:{spans})" if spans else r"(?!)", re.IGNORECASE),
    )


def _span_pattern(word: str) -> str:
    parts = [re.escape(part.strip()) for part in word.split(".")]
    return r"\.\s?".join(parts) + r"\."


def _lists(folder: Path, tag: str) -> dict[str, list[str]]:
    table, _ = read_table(folder / "locale.toml", f"locales/{tag}/locale.toml")
    said = as_table(table.get("sentences"))
    found = {name: said.get(name, []) for name in LISTS}
    return {name: [str(word) for word in words] if isinstance(words, list) else [] for name, words in found.items()}
