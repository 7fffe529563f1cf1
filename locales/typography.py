"""How a house sets a language: quotation marks, apostrophes, the space before a mark, marks of the script's own width.

`Typography` says what is printed around our own words, and finds in others' words what the house writes otherwise;
it never changes them. What it goes by is ``[typography]`` of a language's locale.toml, in the house profile.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from locales.tables import named_texts, texts_of

STAND_IN = "\ufffc"  # a field, or an address or reference whose inside follows other rules
_NO_BREAK, _NARROW = "\u00a0", "\u202f"
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s\ufffc<>«»\"“”，。；）]+|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+", re.IGNORECASE
)
_QUOTATION_MARKS = '"“”„‟«»‹›「」『』＂‘‚'
_APOSTROPHES = "'’ʼ´`"
_LETTER = r"[^\W\d_]"
_ENDS = r"(?=[\s)\]»”\"'’]|$)"  # what follows a mark that ends words; digits or letters follow one within a code
_SCRIPTS = {"ar": r"[\u0621-\u064a\u066e-\u06d3]", "zh": r"[\u3400-\u9fff]"}
_WIDE = "，。、：；？！（）《》“”"
_GAP = rf"[ \t{_NO_BREAK}{_NARROW}\u2009\u3000]"
_KASHIDA = re.compile(r"\u0640{2,}|\u0640(?=[\u0621-\u063a\u0641-\u064a])")  # a last one joins «بـ» to a foreign word


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that the house writes otherwise: where in the text, what stands there, and what the house writes."""

    at: int
    what: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typography:
    """One language in one house profile.

    ``quotes`` and ``inner_quotes`` bring their inner spaces. ``before`` maps a mark to what stands before it,
    ``instead`` a mark of Latin script to the script's own, ``opening`` a mark to the one that begins its sentence.
    ``between_scripts`` stands between an ideograph and a Latin word or figure. Where ``apostrophe`` is empty, none
    is looked for. ``number_space`` parts a printed number from the word after it.
    """

    language: str
    colon: str
    quotes: tuple[str, str]
    inner_quotes: tuple[str, str]
    apostrophe: str = ""
    before: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)
    opening: Mapping[str, str] = field(default_factory=dict)
    between_scripts: str = ""
    number_space: str = " "
    kashida: bool = True

    def label(self, words: str) -> str:
        """Return the words with the house's colon, in place of one that they bring."""
        return words.rstrip(f":： {_NO_BREAK}{_NARROW}") + self.colon if words else ""

    def dressed(self, words: str) -> str:
        """Return words that come with the product as the house sets them: its apostrophes, the spaces before marks."""
        if self.apostrophe and "'" in words:
            words = re.sub(rf"(?<={_LETTER})'(?={_LETTER})", self.apostrophe, words)
        for mark, space in self._spaced.items():
            if space and mark in words:
                words = re.sub(rf"(?<=[^\s?!;:…]){_GAP}*{re.escape(mark)}{_ENDS}", space + mark, words)
        return words

    @property
    def _spaced(self) -> dict[str, str]:
        return {":": self.colon[:-1], **self.before}

    def quote(self, text: str, *, inner: bool = False) -> str:
        """Put ``text`` between quotation marks; those of the same kind within it become the inner ones."""
        if inner:
            return self.inner_quotes[0] + text + self.inner_quotes[1]
        first, last = (re.escape(mark) for mark in self.quotes)
        head, mark, tail = text.rpartition(self.quotes[1])  # behind the last one, none need be sought
        quoted = re.compile(rf"{first}(.*?){last}", re.DOTALL)
        nested = quoted.sub(lambda found: self.quote(found[1], inner=True), head + mark) + tail
        return self.quotes[0] + nested + self.quotes[1]

    def slips(self, text: str) -> tuple[Slip, ...]:
        """Return what the house writes otherwise in a text whose fields are `STAND_IN`: the first of each kind."""
        words = _ADDRESS.sub(_hidden, text)
        found = [
            *self._spaces_before(words),
            *self._brackets(words),
            *self._quotation(words),
            *self._apostrophes(words),
            *self._marks(words),
            *self._ideographs(words),
            *self._letters(words),
        ]
        kinds: dict[tuple[str, str], Slip] = {}
        for slip in found:
            kinds.setdefault((slip.what, slip.wanted), slip)
        return tuple(kinds.values())

    def _spaces_before(self, text: str) -> Iterator[Slip]:
        for mark, wanted in self._spaced.items():
            for found in re.finditer(rf"(?<=\S)(?<![?!;:…])({_GAP}*){re.escape(mark)}{_ENDS}", text):
                if found[1] != wanted:
                    yield Slip(found.start(), f"{_named(found[1])} before «{mark}»", _named(wanted))
            together = re.search(rf"{_LETTER}{mark}{_LETTER}", text) if mark in ",;،؛" else None
            if together:
                yield Slip(together.start(), f"no space after «{mark}»", "a space")

    @staticmethod
    def _brackets(text: str) -> Iterator[Slip]:
        for pattern, where in (
            (rf"[(\[]({_GAP}+)", "after an opening bracket"),
            (rf"\S({_GAP}+)[)\]]", "before a closing bracket"),
        ):
            for found in re.finditer(pattern, text):
                yield Slip(found.start(), f"{_named(found[1])} {where}", "no space")

    def _quotation(self, text: str) -> Iterator[Slip]:
        pairs = (self.quotes, self.inner_quotes)
        outer, inner = ("".join(mark.strip(f" {_NO_BREAK}{_NARROW}") for mark in pair) for pair in pairs)
        inner_found = [mark for mark in text if mark in inner and mark not in outer + _APOSTROPHES]
        shown = f"{self.quotes[0]}…{self.quotes[1]}".replace(_NO_BREAK, " ")
        for at, mark in enumerate(text):
            if mark in _QUOTATION_MARKS and mark not in outer + inner:
                yield Slip(at, f"the quotation mark {mark}", f"{shown} around words")
                return
        if inner_found and not any(mark in text for mark in outer):
            mark = inner_found[0]
            yield Slip(text.index(mark), f"the inner quotation mark {mark} alone", f"{shown} around words")
        for pair in pairs:
            yield from _spaces_inside(text, pair)

    def _apostrophes(self, text: str) -> Iterator[Slip]:
        if not self.apostrophe:
            return
        for mark in _APOSTROPHES.replace(self.apostrophe, ""):
            found = re.search(rf"(?:{_LETTER}|{STAND_IN}){re.escape(mark)}(?:{_LETTER}|{STAND_IN})", text)
            if found:
                yield Slip(found.start(), f"the apostrophe {mark}", f"the apostrophe {self.apostrophe}")

    def _marks(self, text: str) -> Iterator[Slip]:
        """Find marks of Latin script in words of another, and sentences that lack the mark at their beginning."""
        script = _SCRIPTS.get(self.language)
        if script and re.search(script, text):
            near = re.compile(rf"{script}|[{_WIDE}،؛؟]")
            for mark, own in self.instead.items():
                places = (found.start() for found in re.finditer(re.escape(mark), text))
                at = next((place for place in places if _is_among(near, text, place)), None)
                if at is not None:
                    yield Slip(at, f"«{mark}»", f"«{own}»")
        for mark, first in self.opening.items():
            if len(re.findall(re.escape(mark) + _ENDS, text)) > text.count(first):
                what = f"«{mark}» without «{first}» before its sentence"
                yield Slip(text.index(mark), what, f"«{first}…{mark}»")

    def _ideographs(self, text: str) -> Iterator[Slip]:
        if self.language != "zh":
            return
        han, other = _SCRIPTS["zh"], rf"[A-Za-z0-9{STAND_IN}]"
        for pattern, where in (
            (rf"{han}{_GAP}+{han}", "between two characters"),
            (rf"[{_WIDE}]{_GAP}|{_GAP}[{_WIDE}]", "beside a full-width mark"),
        ):
            beside = re.search(pattern, text)
            if beside:
                yield Slip(beside.start(), f"a space {where}", "no space")
        for found in re.finditer(rf"(?<={han})({_GAP}*)(?={other})|(?<=[A-Za-z0-9{STAND_IN}])({_GAP}*)(?={han})", text):
            gap = found[1] or found[2] or ""
            if gap != self.between_scripts:
                where = "between a character and a Latin word or figure"
                yield Slip(found.start(), f"{_named(gap)} {where}", _named(self.between_scripts))

    def _letters(self, text: str) -> Iterator[Slip]:
        drawn = None if self.kashida else _KASHIDA.search(text)
        if drawn:
            yield Slip(drawn.start(), "a word drawn out by a kashida (U+0640)", "the word without it")
        at = next((at for at, digit in enumerate(text) if digit.isdecimal() and not digit.isascii()), None)
        if at is not None:
            yield Slip(at, f"the digit {text[at]}", "digits 0 to 9")


def build_typography(language: str, said: Mapping[str, object]) -> Typography:
    """Return what a [typography] table says, checked for shape by `locales.tables`."""
    return Typography(
        language=language,
        colon=str(said["colon"]),
        quotes=_pair(said["quotes"]),
        inner_quotes=_pair(said["inner-quotes"]),
        apostrophe=str(said.get("apostrophe", "")),
        before=named_texts(said.get("before")),
        instead=named_texts(said.get("instead")),
        opening=named_texts(said.get("opening")),
        between_scripts=str(said.get("between-scripts", "")),
        number_space=str(said.get("number-space", " ")),
        kashida=bool(said.get("kashida", True)),
    )


def _pair(said: object) -> tuple[str, str]:
    first, last = texts_of(said) or ("", "")
    return first, last


def _hidden(found: re.Match[str]) -> str:
    shown = found[0].rstrip(".,;:!?)؟،")
    return STAND_IN * len(shown) + found[0][len(shown) :]


def _named(gap: str) -> str:
    if not gap:
        return "no space"
    names = {_NO_BREAK: "a no-break space (U+00A0)", _NARROW: "a narrow no-break space (U+202F)", " ": "a space"}
    return names.get(gap, "a space")


def _spaces_inside(text: str, pair: tuple[str, str]) -> Iterator[Slip]:
    """Find other spaces inside quotation marks than the house's; straight ones do not tell which side is in."""
    first, last = (mark.strip(f" {_NO_BREAK}{_NARROW}") for mark in pair)
    if first == last or "’" in last:
        return
    for found in re.finditer(rf"{re.escape(first)}({_GAP}*)\S", text):
        if found[1] != pair[0][len(first) :]:
            yield Slip(found.start(), f"{_named(found[1])} after {first}", _named(pair[0][len(first) :]))
    for found in re.finditer(rf"\S({_GAP}*){re.escape(last)}", text):
        if found[1] != pair[1][: -len(last)]:
            yield Slip(found.start(), f"{_named(found[1])} before {last}", _named(pair[1][: -len(last)]))


def _is_among(near: re.Pattern[str], text: str, at: int) -> bool:
    """Tell whether the mark at ``at`` stands among words of the script: beside one, or between a field and the end."""
    before, after = text[:at].rstrip(" \"'»”)"), text[at + 1 :].lstrip(" \"'«“(")
    left, right = before[-1:], after[:1]
    if near.match(left) or (text[at] != "." and near.match(right)):  # «1. 导言» is numbered, no sentence ends there
        return not (left.isascii() and left.isdigit() and text[at + 1 : at + 2].isdigit())
    return left == STAND_IN and not right
