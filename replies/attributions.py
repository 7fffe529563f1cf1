"""The line that mail programs put before a quotation: «On Friday, Kim wrote:».

Programs word them in every language. Common to all attributions: they are short, end with a colon or with the word
for «wrote», and tell when the quoted mail was sent or from which address. So a few words of each language do: what
«wrote» is called, and how an attribution opens. A weak attribution tells too little to be sure («The minister
wrote:» may be a sentence): it counts only above text that is marked as quoted.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from replies.dividers import Opening

# «wrote», in the forms that programs use.
_WROTE = re.compile(
    r"(?<!\w)(?:wrote|writes|a écrit|écrit|escribió|va escriure|ha escrit|escreveu|schrieb|geschrieben"
    r"|ha scritto|schreef|geschreven|skrev|skrifaði|kirjoitti|napisał|napisała|napisał/a|pisze|napsala?"
    r"|napísala?|napisao|napisala|je pisal|(?:ezt )?írta|a scris|έγραψε|написал[аи]?|пишет|писал[аи]?|написав"
    r"|написала|пише|написа|напиша|(?:şunu )?yazdı|rašė|parašė|rakstīja|kirjutas|menulis|đã viết|aliandika"
    r"|idatzi zuen|shkroi|כתבה?|كتبت?|نوشت|ने लिखा)(?:\((?:а|a|ла)\)|/(?:а|a|ла))?(?!\w)|写道|寫道|のメッセージ"
    r"|書きました|님이 작성|쓴 글|เขียน(?:ว่า)?",
    re.IGNORECASE,
)
_AND_MORE = re.compile(r"\s?[:：]\s{0,9}\S")
# How an attribution opens: a preposition, weekday or month and then a number; or a name with its address.
_OPENING = re.compile(
    r"['\"(]?(?:\S{1,15}\s{1,2}){0,4}?\S{0,4}?\d{1,4}\s?(?:[-./:,،;年년thsndr]|[^\W\d_]|$)"
    r"|[^<>()@]{0,100}[<(\[](?:mailto:)?[^\s<>()@]{1,64}@[^\s<>()@]{1,255}",
    re.IGNORECASE,
)
_DATED_START = re.compile(r"['\"(]?(?:\S{1,15}\s{1,2}){0,3}?\S{0,4}?\d")  # without a verb: nearly at once a date
_QUOTING = re.compile(r"(?:quoting|zitat von|citando an?|citando|citant|quoto|citerar|цитирую)\s", re.IGNORECASE)
_TIME = re.compile(r"\d{1,2}\s?[:.h时時点點시]\s?\d{2}|\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE)
_DATE = re.compile(r"(?<!\d)(?:[12]\d{3}(?!\d)|\d{1,2}[./-]\d{1,2}[./-]\d{2})|(?:[٠-٩۰-۹]{4})")
_ADDRESS = re.compile(r"[^\s<>()\[\]@]@[^\s<>()\[\]@]")
_ENDS_WITH_ADDRESS = re.compile(r"[<(\[]\s?(?:mailto:)?[^\s<>()\[\]@]{1,64}@[^\s<>()\[\]@]{1,255}\s?[>)\]]{1,2}\s?$")
_ENDED = re.compile(r"(?:[!?;。！？]|[^\W\d_]{4}\.)$")  # a sentence ends there: the next line is none of its own
_DIRECTIONS = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_NO_START = ("<", "(")  # the name stands on the line before
_NO_LATER_START = (*_NO_START, "于", "於")
_COLONS = (":", "：")
_MOST_LINES = 5
_WIDEST = 500  # characters
_WIDEST_WEAK = 120  # characters
_LONGEST_NAME = 60  # characters


def attribution(lines: Sequence[str], number: int) -> Opening | None:
    """Return the attribution, perhaps wrapped over several lines, that begins at line ``number``; None if none does."""
    near = lines[number : number + _MOST_LINES]
    if not any(":" in line or "：" in line or "@" in line for line in near):  # so it is nearly everywhere
        return None
    pieces = [_plain(line) for line in near]
    if pieces[0].startswith(_NO_START):
        return None
    if not any(piece.endswith(_COLONS) for piece in pieces) and not _WROTE.search(" ".join(pieces)):
        return None
    for count in range(1, len(pieces) + 1):
        sure = _sureness(pieces[:count])
        if sure is not None:
            lone_colon = count < len(pieces) and pieces[count] in _COLONS
            return Opening(end=number + count + lone_colon, sure=sure)
        if count < len(pieces) and not _goes_on(pieces[count - 1], pieces[count], first=pieces[0]):
            break
    return None


def _sureness(pieces: list[str]) -> bool | None:
    """Return whether lines are surely an attribution (True), may be one (False), or are none (None)."""
    piece = " ".join(pieces)
    if _runs_on(piece):
        return True
    sure = _grade(piece, alone=len(pieces) == 1) if len(piece) <= _WIDEST else None
    return None if sure is None or _later_start(pieces) else sure


def _goes_on(line: str, following: str, *, first: str) -> bool:
    """Tell whether an attribution that may have begun can go on in the following line."""
    return bool(following and not _ENDED.search(line) and (_OPENING.match(first) or following.startswith("<")))


def _runs_on(piece: str) -> bool:
    """Tell whether quoted words follow a complete attribution on its line, as Yahoo's programs write."""
    for verb in _WROTE.finditer(piece[:_WIDEST]):
        if more := _AND_MORE.match(piece, verb.end()):
            begun = piece[: more.end() - 1].rstrip()
            return bool(_ADDRESS.search(begun) and _grade(begun, alone=False))
    return False


def _plain(line: str) -> str:
    return _DIRECTIONS.sub("", line[: _WIDEST + 1]).strip(" \t\u00a0*_-")


def _later_start(pieces: list[str]) -> bool:
    """Tell whether a complete attribution begins further down: what stands above it is somebody's own words."""
    for start in range(1, len(pieces)):
        piece = " ".join(pieces[start:])
        if not piece.startswith(_NO_LATER_START) and _DATE.search(piece) and _grade(piece, alone=False) is not None:
            return True
    return False


def _grade(piece: str, *, alone: bool) -> bool | None:
    """Return whether ``piece`` is surely an attribution (True), may be one (False), or is none (None)."""
    colon = piece.endswith(_COLONS)
    words = piece.rstrip(":：").rstrip()
    verb = deque(_WROTE.finditer(words), maxlen=1)
    addressed = bool(_ADDRESS.search(words))
    if not (verb or (colon and addressed)) or words.count(">") > words.count("<"):
        return None
    after = words[verb[0].end() :] if verb else None
    if _OPENING.match(words) and _is_complete(words, after, addressed=addressed, colon=colon):
        return True
    if not colon or (verb and not verb[0].start()):
        return None
    short = alone and not after and len(words) <= _WIDEST_WEAK
    dated = bool(verb) and bool(_DATE.search(words))
    return False if short or dated or (addressed and _QUOTING.match(words)) else None


def _is_complete(words: str, after: str | None, *, addressed: bool, colon: bool) -> bool:
    """Tell whether all is there that an attribution has; ``after`` is what stands behind the word for «wrote»."""
    timed = bool(_TIME.search(words))
    ends_with_address = bool(_ENDS_WITH_ADDRESS.search(words))
    if after is None:
        return timed and ends_with_address and bool(_DATE.search(words) and _DATED_START.match(words))
    if not after:
        return (timed and colon) or (addressed and (timed or colon))
    named = addressed or len(after) <= _LONGEST_NAME
    return colon and (ends_with_address or (timed and named))
