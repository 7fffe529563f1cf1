"""How a segment ends: a translation ends as its source does, with the mark of its own language.

The codes are those of Weblate's checks (https://docs.weblate.org/en/latest/user/checks.html).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from letters.checks.versions import FIELD_MARK, Pair
from office.findings import Finding

# What each kind of ending is called, and its marks; a longer mark comes before one that it begins or ends with.
_ENDINGS = {
    "end_interrobang": ("?! or !?", ("?!", "!?", "؟!", "!؟", "？！", "！？", "⁉", "⁈", "‽")),
    "end_ellipsis": ("an ellipsis", ("…", "...", "⋯", "。。。")),
    "end_stop": ("a full stop", (".", "。", "．", "۔")),
    "end_colon": ("a colon", (":", "：", "︓")),
    "end_question": ("a question mark", ("?", "？", "؟")),
    "end_exclamation": ("an exclamation mark", ("!", "！")),
    "end_semicolon": ("a semicolon", (";", "；", "؛", "\u037e")),
}
_COMMAS = (",", "，", "、", "،")
_USUAL = {
    "end_stop": {"zh": "。"},
    "end_colon": {"zh": "："},
    "end_question": {"zh": "？", "ar": "؟"},
    "end_exclamation": {"zh": "！"},
    "end_semicolon": {"zh": "；", "ar": "؛"},
    "end_interrobang": {"zh": "？！", "ar": "؟!"},
    "end_ellipsis": {"zh": "……"},
}
_PLAIN = {code: marks[0] for code, (_, marks) in _ENDINGS.items()}
# Marks that look like those of a language and belong to another: the Greek question mark, the Urdu full stop.
_FOREIGN = {"\u037e": "the Greek question mark", "۔": "the full stop of Urdu"}
# Closing marks, and a note's number, which stands after the stop or before it.
_CLOSERS = " \t\n\u00a0\u202f\u200e\u200f\u2069\"'»”’›)]}）］】」』》〉*_¹²³⁰⁴⁵⁶⁷⁸⁹"
# «and» or «or» after the comma or semicolon of an item in a list
_AND_OR = re.compile(
    r"(?<=[;,；，、؛،])\s?(?:and|or|and/or|et|ou|et/ou|y|e|o|u|y/o|и|или|и/или|و|أو|و/أو|以及|和|及|或|或者|和/或)$"
)
# The full stop of an abbreviation, which may be the sentence's as well.
_ABBREVIATED = re.compile(
    r"(?:\b\w\.\s?\w\.|\b(?:etc|al|no|No|Nos|art|p|pp|г|гг|тыс|млн|стр|Inc|Ltd|Co|Corp|St|Ext)\.)$"
)


def check_endings(pairs: Iterable[Pair]) -> Iterator[Finding]:
    """Yield translations that do not end as their source does."""
    for pair in pairs:
        source, own = _bare(pair.source), _bare(pair.text)
        if not source or not own:
            continue
        for mark, name in _FOREIGN.items():
            if own.endswith(mark):
                yield pair.finding(
                    _kind(own), f"the translation ends with {name}, a mark of another language",
                    f"End it with {_mark(_kind(own), pair.language)}",
                )  # fmt: skip
        if not _may_differ(pair, source, own):
            yield from _compared(pair, _kind(source), _kind(own))


def _compared(pair: Pair, wanted: str, found: str) -> Iterator[Finding]:
    if wanted == found or {wanted, found} == {"end_semicolon", ","} or {wanted, found} == {"", ","}:
        return  # languages divide the items of a list in their own ways
    if wanted in _ENDINGS:
        yield pair.finding(
            wanted, f"the source ends with {_ENDINGS[wanted][0]}, the translation with {_said(found)}",
            f"End the translation with {_mark(wanted, pair.language)}",
        )  # fmt: skip
    elif found in _ENDINGS:
        yield pair.finding(
            found, f"the translation ends with {_said(found)}, the source with {_said(wanted)}",
            "End the translation as the source ends.",
        )  # fmt: skip


def _bare(text: str) -> str:
    """Return a text up to its last mark: without closing brackets and quotation marks, and without «and» after it."""
    return _AND_OR.sub("", text.rstrip(_CLOSERS)).rstrip(_CLOSERS)


def _kind(text: str) -> str:
    """Return the code of how a text ends; a comma for one; nothing where it ends with a word or a field."""
    for code, (_, marks) in _ENDINGS.items():
        if text.endswith(marks):
            return code
    return "," if text.endswith(_COMMAS) else ""


def _may_differ(pair: Pair, source: str, own: str) -> bool:
    """Tell whether the full stop of an abbreviation hides how one of them ends: «etc.», «15 апреля 2022 г.»."""
    if any(_ABBREVIATED.search(text) for text in (source, own)):
        return True
    fielded = {
        language for language, text in ((pair.source_language, source), (pair.language, own)) if text[-1] == FIELD_MARK
    }
    return "ru" in fielded


def _said(code: str) -> str:
    return _ENDINGS[code][0] if code in _ENDINGS else "a comma" if code else "none"


def _mark(code: str, language: str) -> str:
    mark = _USUAL[code].get(language, _PLAIN[code]) if code in _USUAL else _PLAIN[code]
    return f"«{mark}»."
