"""Our own letter taken out of a reply: the words of it that came back, marked as quoted or not.

A copy is told by runs of words, whatever became of white space, line breaks, bullets, links and quoting marks. Words
that the sender has in common with us stay: only a long run shows that there is a copy, and shorter ones count as
part of it only below its beginning, as whole lines, and each place of our letter once.

Cost: words are cut and looked up once each, in a table of our runs of six words; `_MOST_TEXT` and `_MOST_OURS`
characters at most are looked at. 200 KB against 20 KB take about 50 ms.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_IDEOGRAPHS = "\u0e01-\u0e5b\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"  # scripts without spaces: each letter is a word
_LINKS = r"<(?:https?:|mailto:|tel:|www\.)[^<>]{0,2000}>|https?://\S{1,2000}|\[(?:cid|image|https?):[^\[\]]{0,2000}\]"
_TICKS = "[☑☒✓✔✗✘🗹]"  # a box that was ticked is an answer; an empty one says nothing
_WORD = re.compile(rf"{_LINKS}|({_TICKS}|[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+)")
_LINK = re.compile(r"https?://[^\s<>()]{1,2000}")
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_AFTER_OURS = " \t.,;:!?)»”。，；：！？؟،"
_GRAM = 6  # words
_SHORT_RUN = 6  # words
_LONG_RUN = 30
_LONG_STRETCH = 15  # words of ours on a line with others
_LONGEST_GAP = 12  # words of our letter
_MOST_TEXT = 250_000  # characters
_MOST_OURS = 150_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A line of a reply that holds words of our letter: how many, how many others, and what is left.

    ``rest`` is the line without long stretches of ours; with few words of ours it stays whole, for its meaning.
    """

    ours: int
    others: int
    rest: str


@dataclass(frozen=True, slots=True)
class _Reply:
    """The words of a reply; those of line ``n`` begin at ``starts[n]``."""

    words: list[str]
    starts: list[int]

    def begins_line(self, number: int) -> bool:
        """Tell whether a word is the first of its line."""
        return self.line_of(number) != self.line_of(number - 1)

    def line_of(self, number: int) -> int:
        """Return the line on which a word stands; for no word, a line far away."""
        return bisect_right(self.starts, number) - 1 if 0 <= number < len(self.words) else -10


@dataclass(frozen=True, slots=True)
class _Run:
    """Words ``first`` to before ``last`` of the reply, found at ``places`` of our letter."""

    first: int
    last: int
    places: frozenset[int]
    weight: float


def compare(lines: Sequence[str], ours: Sequence[str]) -> dict[int, Compared]:
    """Return the lines, by their numbers, that hold copied words of the letter whose plain texts are ``ours``."""
    our_words = _words("\n".join(ours)[:_MOST_OURS])
    places = {gram: place for place, gram in enumerate(_grams(our_words))}
    if not places:
        return {}
    reply = _read(lines)
    copied = bytearray(len(reply.words))
    for run in _copied(reply, _runs(reply, places), threshold=min(_LONG_RUN, max(2 * _SHORT_RUN, len(our_words) / 2))):
        copied[run.first : run.last] = b"\1" * (run.last - run.first)
    ends = [*reply.starts, len(copied)][1:]
    compared: dict[int, Compared] = {}
    linked = set(_LINK.findall("\n".join(ours)[:_MOST_OURS]))
    for number, (start, end) in enumerate(zip(reply.starts, ends, strict=True)):
        if 1 in copied[start:end]:
            compared[number] = _line(lines[number], copied[start:end])
        elif (
            start == end and 1 in copied[max(0, start - 1) : start] and linked.issuperset(_LINK.findall(lines[number]))
        ):
            compared[number] = Compared(ours=0, others=0, rest="")  # a link or a rule of ours
    return compared


def count_words(line: str) -> int:
    """Return how many words a line has, counted as in `compare`."""
    return len(_words(line))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word]


def _grams(words: list[str]) -> zip[tuple[str, ...]]:
    return zip(*(words[offset:] for offset in range(_GRAM)), strict=False)


def _read(lines: Sequence[str]) -> _Reply:
    words: list[str] = []
    starts: list[int] = []
    length = 0
    for line in lines:
        length += len(line)
        if length > _MOST_TEXT:
            break
        starts.append(len(words))
        words += _words(line)
    return _Reply(words, starts)


def _runs(reply: _Reply, places: dict[tuple[str, ...], int]) -> list[_Run]:
    """Return the longest stretches of words in which every six in a row are ours."""
    runs: list[_Run] = []
    first, last = 0, 0
    found: list[int] = []
    for number, place in enumerate(map(places.get, _grams(reply.words))):
        if place is None:
            continue
        if number >= last and found:
            runs.append(_run(reply, first, last, found))
            found = []
        if not found:
            first = number
        found.append(place)
        last = number + _GRAM
    return [*runs, _run(reply, first, last, found)] if found else runs


def _run(reply: _Reply, first: int, last: int, found: list[int]) -> _Run:
    ideographs = sum(bool(_IDEOGRAPH.match(word)) for word in reply.words[first:last])
    return _Run(first, last, frozenset(found), last - first - ideographs / 2)


def _copied(reply: _Reply, runs: list[_Run], *, threshold: float) -> list[_Run]:
    """Return the runs that are a copy: long ones, perhaps broken by answers, and short ones below the first."""
    chains: list[list[_Run]] = []
    for run in runs:
        if chains and _goes_on(chains[-1][-1], run):
            chains[-1].append(run)
        else:
            chains.append([run])
    long = [chain for chain in chains if _weight(reply, chain) >= threshold]
    used = {place for chain in long for run in chain for place in run.places}
    chosen = [run for chain in long for run in chain]
    for run in runs if chosen else ():
        whole = reply.begins_line(run.first) and reply.begins_line(run.last)
        if whole and run.first > chosen[0].first and run.weight >= _SHORT_RUN and not run.places & used:
            used |= run.places
            chosen.append(run)
    return chosen


def _weight(reply: _Reply, chain: list[_Run]) -> float:
    """Return how much runs that go on one another say for a copy; one inside a paragraph may be cited by the sender."""
    weight = sum(run.weight for run in chain)
    return weight / 2 if len(chain) == 1 and _is_embedded(reply, chain[0]) else weight


def _goes_on(above: _Run, run: _Run) -> bool:
    """Tell whether a run goes on where the one above it broke off in our letter: something was written in between."""
    return 0 < min(run.places) - max(above.places) <= _GRAM + _LONGEST_GAP


def _is_embedded(reply: _Reply, run: _Run) -> bool:
    """Tell whether other words of the same paragraph stand before and after a run: it may be cited in a sentence."""
    before = reply.line_of(run.first) - reply.line_of(run.first - 1)
    after = reply.line_of(run.last) - reply.line_of(run.last - 1)
    return 0 <= before <= 1 and 0 <= after <= 1


def _line(line: str, copied: bytearray) -> Compared:
    ours, others = sum(copied), len(copied) - sum(copied)
    if not others:
        return Compared(ours=ours, others=0, rest="")
    kept, begun = "", 0
    found = (match for match in _WORD.finditer(line) if match[1])
    for is_ours, group in groupby(zip(found, copied, strict=False), key=lambda pair: pair[1]):
        stretch = [match for match, _ in group]
        if is_ours and len(stretch) >= _LONG_STRETCH:
            kept += line[begun : stretch[0].start()]
            begun = stretch[-1].end()
    return Compared(ours=ours, others=others, rest=(kept + line[begun:]).lstrip(_AFTER_OURS))
