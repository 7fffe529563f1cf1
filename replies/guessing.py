"""Whose answer a mail may be that bears no token: by reference and sender, by domain, by names.

Only a reference together with a mailbox that got that letter decides; all else are suggestions to staff.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from letters.calendars import read_uid
from letters.references import MAX_TEXT, find_references, normalise_reference, without_prefixes
from locales.states import State, find_state, states
from office.folding import folded
from replies.addresses import domain_of, domain_spellings, spellings
from replies.clues import Rung
from replies.continuing import without_continued
from replies.mail import InboundMail
from replies.public_providers import is_public
from replies.verdicts import answers, distinct
from store.owners import Issued, Owner, issued_circulars, messages_to_mailbox, owners_in_domain, recent_addressees

_FIRST_LINES = 12  # of the text, where a letter of answer names what it answers
_LAST_LINES = 8  # where it is signed
_LONGEST_LINE = 200
_SHORTEST_SUBJECT = 12  # characters, folded: shorter ones say nothing of a letter
_SHORTEST_NAME = 5
_GAPS = re.compile(r"[\s>]+")
_BETWEEN_NAMES = re.compile(r"[,;:،，：()/]| [-–—] ")
_WORDS = re.compile(r"\w{3,}")
_ALIKE = 86.0  # of 100 (rapidfuzz): below that, other people's names are as near


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Whom a mail may be from: ``owner`` where the reference and the sender agree on one, else the candidates only."""

    owner: Owner | None
    candidates: tuple[Owner, ...]
    rung: Rung
    reason: str
    evidence: tuple[str, ...]


def guess(connection: Connection, mail: InboundMail, *, said: str, uid: str = "", others: Sequence[str] = ()) -> Guess:
    """Guess from a mail's reference, sender and names.

    ``said`` is its new text, ``uid`` the calendar entry that it answers, ``others`` further addresses that it may
    come from, such as that of the person whose mail was sent on: they only suggest.
    """
    issued = issued_circulars(connection)
    named, evidence = _named(mail, said, uid, issued)
    named = without_continued(connection, named, issued)
    sender = mail.sender.address
    owners = messages_to_mailbox(connection, spellings(sender)) if sender else ()
    meant = tuple(owner for owner in owners if owner.reference in named)
    if owners:
        evidence.append(f"{sender} is a mailbox of «{owners[0].party}»")
    if len(answers(meant)) == 1 and len(named) == 1:
        return Guess(
            owner=meant[0], candidates=(), rung="reference", evidence=tuple(evidence),
            reason=f"a reply from «{meant[0].party}», by the reference and the sender",
        )  # fmt: skip
    rung: Rung = "mailbox" if owners else ""
    found = list(owners)
    for address in () if owners else filter(None, others):
        found += messages_to_mailbox(connection, spellings(address))
        if found and not rung:
            rung = "mailbox"
            evidence.append(f"it speaks for {address}, a mailbox of «{found[0].party}»")
    if not found:
        found, rung = list(_in_domain(connection, sender, evidence)), "domain"
    if not found:
        found, rung = _by_name(recent_addressees(connection), mail, said, evidence), "name"
    found.sort(key=lambda owner: owner.reference not in named)  # a steady sort: the likeliest stay first
    return Guess(
        owner=None,
        candidates=distinct(found),
        rung=rung if found else "",
        reason=_why_open(named, owners, found, meant, rung),
        evidence=tuple(evidence),
    )


def contradicting(mail: InboundMail, issued: Iterable[Issued], owner: Owner, subjects: Collection[str]) -> str:
    """Return the reference of another circular that the subject names, or an empty string.

    Letters speak of other letters: what stands in the ``subjects`` of the owner's own letter is no contradiction, if
    the mail repeats such a subject, or names its circular too.
    """
    issued = tuple(issued)
    named = find_references(mail.subject, _names(issued))
    here = _running(mail.subject)
    own = [text for text in (*subjects, *_subjects_of(issued, owner)) if text]
    repeated = [text for text in own if owner.reference in named or _running(text) in here]
    quoted = {reference for text in repeated for reference in find_references(text, _names(issued))}
    return next((reference for reference in named if reference not in {owner.reference, *quoted}), "")


def _named(mail: InboundMail, said: str, uid: str, issued: Sequence[Issued]) -> tuple[tuple[str, ...], list[str]]:
    """Return the references that a mail names, where it names them first, and the evidence."""
    entry = read_uid(uid)
    if entry is not None:
        found = tuple(one for one in _names(issued) if normalise_reference(one) == entry.reference)
        if found:
            return found, [f"the calendar entry is of {found[0]}"]
    opening = "\n".join([line[:_LONGEST_LINE] for line in said.splitlines() if line.strip()][:_FIRST_LINES])
    for where, text in (("the subject", mail.subject), ("the beginning of the text", opening), ("the text", mail.text)):
        found = _without_quoted(find_references(text, _names(issued)), text, issued)
        if found:
            return found, [f"{where} names {reference}" for reference in found]
    return (), []


def _without_quoted(named: Sequence[str], text: str, issued: Sequence[Issued]) -> tuple[str, ...]:
    """Leave out references that only stand in the subject of another letter, which this text repeats."""
    if not named:
        return ()
    here = _running(text)
    repeated = [one for one in issued if len(one.subject) >= _SHORTEST_SUBJECT and _running(one.subject) in here]
    quoted = {
        reference
        for one in repeated
        for reference in find_references(one.subject, _names(issued))
        if reference != one.reference
    }
    return tuple(reference for reference in named if reference not in quoted)


def _running(text: str) -> str:
    """Return text as it is compared, over broken and quoted lines."""
    return " ".join(_GAPS.split(folded(text[:MAX_TEXT])))


def _names(issued: Iterable[Issued]) -> list[str]:
    return [one.reference for one in issued]


def _subjects_of(issued: Iterable[Issued], owner: Owner) -> list[str]:
    return [one.subject for one in issued if one.circular_id == owner.circular_id]


def _in_domain(connection: Connection, sender: str, evidence: list[str]) -> tuple[Owner, ...]:
    """Return the addressees in the sender's domain if they are of one party only."""
    domain = domain_of(sender)
    if not domain or is_public(domain):
        return ()
    owners = owners_in_domain(connection, domain_spellings(domain))
    if len({owner.party for owner in owners}) != 1:
        return ()
    evidence.append(f"the domain {domain} belongs to «{owners[0].party}» alone")
    return owners


def _by_name(owners: Sequence[Owner], mail: InboundMail, said: str, evidence: list[str]) -> list[Owner]:
    """Return addressees whose name, organisation or State is like the sender's, the likeliest first."""
    lines = [folded(line) for line in _signing(mail, said)]
    words = frozenset(word for line in lines for word in _WORDS.findall(line))
    alike = [(score, owner) for owner in owners if (score := _likeness(owner, lines, words)) > 0]
    if alike:
        alike.sort(key=lambda pair: -pair[0])
        evidence.append(f"the name is like that of «{alike[0][1].key}»")
        return [owner for _, owner in alike]
    country = _country(mail, lines)
    theirs = [owner for owner in owners if country is not None and owner.country == country.iso2]
    if theirs and country is not None:
        evidence.append(f"it seems to come from {country.names['en']}")
    return theirs


def _signing(mail: InboundMail, said: str) -> list[str]:
    """Return the sender's display name, and the last lines of the text."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    return [line[:_LONGEST_LINE] for line in (mail.sender.name, *lines[-_LAST_LINES:]) if line]


def _likeness(owner: Owner, lines: Sequence[str], words: frozenset[str]) -> float:
    """Return how like a line is to the name or organisation, of 100; 0 below `_ALIKE`, or without a word in common."""
    from rapidfuzz import fuzz

    names = [name for name in (folded(owner.name), folded(owner.organisation)) if len(name) >= _SHORTEST_NAME]
    near = [name for name in names if not words.isdisjoint(_WORDS.findall(name))]
    return max((fuzz.token_sort_ratio(name, line, score_cutoff=_ALIKE) for name in near for line in lines), default=0.0)


def _country(mail: InboundMail, lines: Sequence[str]) -> State | None:
    """Return the State that the sender's domain ends in, or that the subject or a line of the signature names."""
    ending = domain_of(mail.sender.address).rpartition(".")[2].upper()
    code = {"UK": "GB"}.get(ending, ending)
    if len(code) == 2 and not is_public(domain_of(mail.sender.address)):
        found = next((one for one in states() if one.iso2 == code), None)
        if found is not None:
            return found
    words = (word for word in without_prefixes(mail.subject).split() if not any(c.isdigit() for c in word))
    lines = (" ".join(words), *lines)  # what a subject says besides the reference
    pieces = [piece.strip() for line in lines for piece in (line, *_BETWEEN_NAMES.split(line))]
    pieces = [piece for piece in pieces if len(piece) > 3 or not piece.isascii()]
    return next((state for piece in pieces if (state := find_state(piece)) is not None), None)


def _why_open(
    named: Sequence[str], owners: Sequence[Owner], found: Sequence[Owner], meant: Sequence[Owner], rung: Rung
) -> str:
    if meant:
        return "it may be about more than one circular or party"
    if named and not owners:
        return f"it names {', '.join(named)}, but its sender is none of the mailboxes that got it"
    if owners:
        return "its sender is known, but it does not say which circular it answers"
    return _BY[rung] if found else "neither the sender nor the circular is known"


_BY: dict[Rung, str] = {
    "mailbox": "its sender is not known, but it speaks for somebody who is",
    "domain": "only the sender's domain is known",
    "name": "its sender is not known; perhaps by the name",
}
