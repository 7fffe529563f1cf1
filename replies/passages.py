"""Which of a mail system's own words are about whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from office.domains import comparable_address
from replies.addresses import same_address
from replies.diagnostics import is_telling
from replies.named_lines import Place, address_at, anywhere, in_sentences, labelled, leading, local_names, trimmed

_MOST_LINES = 5_000
_MOST_PLACES = 2_000
_LONGEST_LINE = 1_000  # characters of a line that are searched
_LONGEST_PASSAGE = 2_000
_FIRST_MEANT = re.compile(
    r"\((?:expanded|(?:ultimately )?generated) from[:\s]{1,20}<?([^\s<>()]{1,64}@[^\s<>()]{1,255})>?\)"
)
_RCPT = re.compile(r"rcpt to:\s{0,5}<?", re.IGNORECASE)
_TALKING = re.compile(r"[. ]{0,5}while talking to", re.IGNORECASE)
_ANSWER = re.compile(r"\s{0,9}(?:<<<|out:|received|s:)?\W{0,5}[45]\d\d[ -]", re.IGNORECASE)
_CLOSING = re.compile(r"[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})? {1,4}[<\"|(]{0,2}")  # sendmail: «550 <address>... why»


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is said of one recipient; ``first_meant`` is the address it was expanded from, or empty."""

    address: str
    words: str
    first_meant: str = ""


def read_passages(own: str, others: Iterable[str] = ()) -> tuple[Passage, ...]:
    """Return what the server's own words say, recipient by recipient, as surely as they tell.

    In order: lines that begin with an address, labelled ones, the lines of an SMTP session, sentences, any
    address at all. ``others`` are addresses that are rather the reporter's and the sender's: they count only where
    a line that names them leaves no doubt.
    """
    lines = _lines(own)
    known = tuple(others)
    for reader in (leading, labelled):
        found = _between(lines, reader(lines))
        strangers = _without(found, known)
        if strangers or any(is_telling(passage.words) for passage in found):
            return tuple(_merged(strangers or found))
    session = list(_session(lines))
    if session:
        return tuple(_merged(session))
    found = _between(lines, in_sentences(lines)) or _between(lines, anywhere(lines))
    return tuple(_merged(_without(found, known)))


def read_local_names(own: str) -> Iterator[str]:
    """Yield the names of mailboxes that the server's own words list without its domain."""
    return local_names(_lines(own))


def words_about(own: str, address: str) -> str:
    """Return what the server's own words say of an address; empty if they do not name it."""
    return _words_by_address(own).get(comparable_address(address), "")


@lru_cache(maxsize=1)
def _words_by_address(own: str) -> dict[str, str]:
    """Cut a text once for all the recipients of its report: the surest passage on each."""
    lines = _lines(own)
    found: dict[str, str] = {}
    for reader in (leading, labelled, in_sentences):
        for passage in _between(lines, reader(lines)):
            found.setdefault(comparable_address(passage.address), passage.words)
    for passage in _session(lines):
        found.setdefault(comparable_address(passage.address), passage.words)
    return found


def _session(lines: list[str]) -> Iterator[Passage]:
    """Yield what the transcript of an SMTP session says: its last line on a recipient ends what concerns him."""
    begun = asked_at = 0
    asked = ""
    for number, line in enumerate(lines):
        command = _RCPT.search(line)
        if command:
            asked, asked_at = address_at(line, command.end()) or asked, number
        if _TALKING.match(line):
            begun = number
        closing = _CLOSING.match(line)
        address = address_at(line, closing.end()) if closing else ""
        if address:
            yield Passage(address=address, words=_joined(lines[begun : number + 1]))
            begun, asked = number + 1, ""
        elif asked and _ANSWER.match(line):
            yield Passage(address=asked, words=_joined(lines[asked_at : number + 1]))


def _between(lines: list[str], named: Iterable[Place]) -> list[Passage]:
    """Cut the lines into passages, each from its address to the next, or to the first empty line that ends a reason."""
    places = list(islice(named, _MOST_PLACES))
    ends = [*(number for number, _ in places[1:]), len(lines)][: len(places)]
    return [
        _passage(lines[number : max(end, number + 1)], address)
        for (number, address), end in zip(places, ends, strict=True)
    ]


def _passage(lines: list[str], address: str) -> Passage:
    words = lines[0]
    grown = True  # since it was last looked at: a run of empty lines adds nothing
    for line in lines[1:]:
        blank = not line.strip()
        if len(words) > _LONGEST_PASSAGE or (blank and grown and is_telling(words[len(address) :])):
            break
        grown = not blank
        words = f"{words}\n{line}"
    first = _FIRST_MEANT.search(" ".join(words.split()))
    meant = trimmed(first[1]) if first else ""
    meant = "" if same_address(meant, address) else meant  # «an undisclosed address (generated from …)»
    return Passage(address=address, words=words[:_LONGEST_PASSAGE], first_meant=meant)


def _merged(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield one passage for each address: the first that says something, for lists come before reasons."""
    found: dict[str, Passage] = {}
    for passage in passages:
        key = passage.address.casefold()
        earlier = found.setdefault(key, passage)
        if earlier is not passage and not is_telling(earlier.words) and is_telling(passage.words):
            found[key] = replace(passage, first_meant=passage.first_meant or earlier.first_meant)
    aliases = {passage.first_meant.casefold() for passage in found.values()}
    yield from (passage for key, passage in found.items() if key not in aliases)


def _without(passages: Iterable[Passage], known: tuple[str, ...]) -> list[Passage]:
    return [passage for passage in passages if not any(same_address(passage.address, one) for one in known)]


def _lines(own: str) -> list[str]:
    return [line[:_LONGEST_LINE] for line in own.splitlines()[:_MOST_LINES]]


def _joined(lines: list[str]) -> str:
    return "\n".join(lines)[:_LONGEST_PASSAGE]
