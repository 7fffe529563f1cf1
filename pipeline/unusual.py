"""Letters that a person must look at before the plan is approved: what is out of the ordinary, a few of each kind.

Kept while addressees stream by: of each kind the number, and the most unusual letters. What no list of a million
changes is how much is kept.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeVar

from locales.languages import languages_of
from pipeline.appearance import Appearance, Greeting, UnusualLetter
from recipients.model import Channel, Recipient
from recipients.official import is_official
from store.suppressions import Suppressions
from templates.merging import Merged

SHOWN = 3  # letters of each kind
OFFICIAL = 200  # governments at whose mailboxes something is wrong: each of them is an incident
MEASURED = 2  # of each form: those with the longest values, whose pages are counted
LARGE = 10_000  # letters of a plan whose memory is watched
GROUPS = 2_000  # combinations of form, role and gender that are told apart
_POSTAL = ("address", "postal_address", "street", "city", "po_box")  # columns of a postal address, if a list has one

# The kinds, in the order in which they are told.
KINDS = (
    "suppressed-government", "suppressed", "overfull-page", "missing-gender", "fallback-language",
    "paper-without-address", "empty-value", "unreviewed-salutation", "several-mailboxes", "longest-name",
)  # fmt: skip

_Group = TypeVar("_Group", bound=Hashable)
_Detailed = tuple[Merged, str]  # a letter, and what is unusual with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """One of `KINDS`: how many letters are so, and the most unusual of them."""

    kind: str
    count: int
    letters: tuple[UnusualLetter, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints."""
        return asdict(self)


class _Top:
    """The letters that measure most, and how many there were; of equal ones those whose keys come last."""

    def __init__(self, size: int = SHOWN) -> None:
        self.count = 0
        self._size = size
        self._kept: list[tuple[int, str, Merged]] = []

    def add(self, measure: int, merged: Merged) -> None:
        self.count += 1
        entry = measure, merged.recipient.key, merged
        if len(self._kept) < self._size:
            heapq.heappush(self._kept, entry)
        elif entry[:2] > self._kept[0][:2]:
            heapq.heapreplace(self._kept, entry)

    @property
    def letters(self) -> list[Merged]:
        """The letters kept, the one that measures most first."""
        return [merged for _, _, merged in sorted(self._kept, key=lambda entry: entry[:2], reverse=True)]


class UnusualLetters:
    """Looks at each merged letter once; what it keeps does not grow with their number.

    ``suppressed`` are the mailboxes that get nothing more.
    """

    def __init__(self, suppressed: Suppressions | None = None) -> None:
        self._suppressed = suppressed or Suppressions(())
        self._governments = _Top(OFFICIAL)
        self._held_back = _Top()
        self._names = _Top()
        self._mailboxes = _Top()
        self._languages = _Top()
        self._paper = _Top()
        self._spoken: dict[tuple[str, str, str], _Top] = {}  # by form, role and gender
        self._long: dict[str, _Top] = {}  # by form
        self._blank: dict[tuple[str, tuple[int, ...]], _Top] = {}  # by form and the places of empty values

    def note(self, merged: Merged) -> None:
        """Look at a letter."""
        recipient = merged.recipient
        if self._suppressed and self._said(merged):
            kind = self._governments if is_official(recipient, merged.class_name) else self._held_back
            kind.add(0, merged)
        self._names.add(len(_called(recipient)), merged)
        if len(recipient.to) > 1:
            self._mailboxes.add(len(recipient.to), merged)
        if recipient.languages[:1] != (merged.language,) and _why(merged):
            self._languages.add(0, merged)
        if recipient.channel is not Channel.EMAIL and _missing(merged):
            self._paper.add(0, merged)
        name, texts = merged.form_name, [value for value in merged.values if isinstance(value, str)]
        if texts:
            _add(self._long, name, merged, measure=sum(map(len, texts)), size=MEASURED)
        if not all(texts):
            empty = tuple(place for place, value in enumerate(merged.values) if value == "")
            _add(self._blank, (name, empty), merged)
        _add(self._spoken, (name, recipient.role, recipient.gender), merged)

    def found(self, looks: Appearance) -> tuple[Unusual, ...]:
        """Return the kinds that occur, with their letters as they look."""
        greeted = [(top, looks.greeting(top.letters[0]), gender) for (_, _, gender), top in self._spoken.items()]
        blank = [top for top in self._blank.values() if looks.empty(top.letters[0])]
        longest = [one for top in sorted(self._long.values(), key=_rank) for one in top.letters]
        fuller = looks.fuller(longest, apart=self._names.count > LARGE)
        told: dict[str, tuple[int, Iterable[_Detailed]]] = {
            "suppressed-government": _each(self._governments, self._said),
            "suppressed": _each(self._held_back, self._said),
            "overfull-page": (len(fuller), fuller[: 2 * SHOWN]),
            "missing-gender": _ungendered([top for top, words, gender in greeted if not gender and words.by_gender]),
            "fallback-language": _each(self._languages, _why),
            "paper-without-address": _each(self._paper, _missing),
            "empty-value": (sum(top.count for top in blank), [(one, looks.empty(one)) for one in _first(blank)]),
            "unreviewed-salutation": _unreviewed(greeted),
            "several-mailboxes": _each(self._mailboxes, lambda one: ", ".join(one.recipient.to)),
            "longest-name": _each(self._names, lambda one: f"{len(_called(one.recipient))} characters"),
        }
        return tuple(
            Unusual(kind=kind, count=count, letters=tuple(looks.letter(one, detail) for one, detail in letters))
            for kind, (count, letters) in told.items()
            if count
        )

    def _said(self, merged: Merged) -> str:
        """Say which mailboxes of an addressee are suppressed, since when and why; empty if none is."""
        official = is_official(merged.recipient, merged.class_name)
        told = []
        for mailbox in dict.fromkeys((*merged.recipient.to, *merged.recipient.cc)):
            held = self._suppressed.holding(mailbox, "" if official else merged.list_name)
            known = [held] if held else self._suppressed.of(mailbox) if official else ()
            does = "gets nothing" if held else "is written to all the same"
            told += [
                f"{mailbox} {does}: {one.reason} ({one.kind}, {one.since:%Y-%m-%d}, {one.by})" for one in known[:1]
            ]
        return "; ".join(told)


def _add(tops: dict[_Group, _Top], group: _Group, merged: Merged, *, measure: int = 0, size: int = SHOWN) -> None:
    """Add a letter to its group's; groups beyond `GROUPS` are left aside."""
    top = tops.get(group)
    if top is None:
        if len(tops) >= GROUPS:
            return
        top = tops[group] = _Top(size)
    top.add(measure, merged)


def _each(top: _Top, detail: Callable[[Merged], str]) -> tuple[int, list[_Detailed]]:
    return top.count, [(one, detail(one)) for one in top.letters]


def _first(tops: Iterable[_Top]) -> list[Merged]:
    """Return some letters of groups, those of the largest first."""
    return [one for top in sorted(tops, key=_rank) for one in top.letters][:SHOWN]


def _rank(top: _Top) -> tuple[int, str]:
    return -top.count, top.letters[0].recipient.key  # whatever the order of the rows


def _ungendered(tops: Sequence[_Top]) -> tuple[int, list[_Detailed]]:
    return sum(top.count for top in tops), [(one, "no gender on the list") for one in _first(tops)]


def _unreviewed(greeted: Iterable[tuple[_Top, Greeting, str]]) -> tuple[int, list[_Detailed]]:
    """Return one letter for each of the salutations most used that no authority has confirmed."""
    letters: dict[str, Merged] = {}
    counts: Counter[str] = Counter()
    for top, words, _ in sorted(greeted, key=lambda one: _rank(one[0])):
        for text in words.unreviewed:
            letters.setdefault(text, top.letters[0])
            counts[text] += top.count
    first = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]
    return counts.total(), [(letters[text], f"«{text}», {count:,} times") for text, count in first]


def _called(recipient: Recipient) -> str:
    return recipient.name or recipient.organisation


def _why(merged: Merged) -> str:
    """Say why a letter is not in the language that comes first for its addressee; empty if it is."""
    wished = merged.recipient.languages
    if wished and merged.rule not in {"audience", "first-letter"}:
        got = {_primary(language) for language in languages_of(merged.language)}
        missed = [language for language in languages_of(wished[0]) if _primary(language) not in got]
        return f"{', '.join(missed)} was wished, {merged.language} it is" if missed else ""
    return f"{merged.language} for want of any other" if merged.rule in {"office", "source"} else ""


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _missing(merged: Merged) -> str:
    """Say what an envelope would lack; empty if the list has a postal address, or whom and where to send it."""
    recipient = merged.recipient
    if any(recipient.extra.get(column) for column in _POSTAL):
        return ""
    named = recipient.name or recipient.title or recipient.organisation
    lacks = [*([] if named else ["name and organisation"]), *([] if recipient.country else ["country"])]
    return f"on paper, without {', '.join(lacks)}" if lacks else ""
