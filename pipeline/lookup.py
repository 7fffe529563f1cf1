"""Finding what people mean: an issued letter, its addressees and parties, and addressees on the lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from locales.states import find_state
from office.errors import NotFoundError, RefusedError
from office.folding import folded
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug
from recipients.model import Recipient
from store.batches import keys_by_mailbox
from store.circulars import Circular, circular_of
from store.database import Connection
from store.parties import find_parties
from templates.merging import Excluded, Merged, Merger

AMBIGUOUS = 6  # candidates that an error names


def issued_circular(desk: Desk, ref: str) -> Circular:
    """Return the circular called ``ref``; raises RefusedError if it is not issued."""
    slug = find_slug(desk, ref)
    with desk.store.read() as connection:
        return require_issued(connection, slug, ref)


def require_issued(connection: Connection, slug: str, ref: str) -> Circular:
    """Return a circular that has at least one batch; raises RefusedError."""
    circular = circular_of(connection, slug)
    if circular is None or circular.state == "planned":
        raise RefusedError(f"{ref} has not been issued.", hint=f"See where it stands: circulars plan {ref}")
    return circular


def one_addressee(connection: Connection, circular: Circular, text: str) -> str:
    """Return the key of the addressee that ``text`` means: a key, mailbox, party, country or name.

    Raises NotFoundError where there is none, or more than one.
    """
    keys = keys_by_mailbox(connection, circular.id, text)
    if not keys:
        keys = tuple(key for party in find_parties(connection, circular.id, text) for key in party.keys)
    if len(keys) == 1:
        return keys[0]
    if not keys:
        raise NotFoundError(
            f"No addressee of {circular.reference} is called «{text}».", hint="Give a key, a mailbox or a country."
        )
    raise NotFoundError(f"«{text}» could be {', '.join(keys[:AMBIGUOUS])}.", hint="Give the key of one of them.")


def one_party(connection: Connection, circular: Circular, text: str) -> str:
    """Return the one party that ``text`` means; raises NotFoundError where there is none, or more than one."""
    found = find_parties(connection, circular.id, text)
    if not found:  # perhaps one of its mailboxes
        keys = keys_by_mailbox(connection, circular.id, text)
        found = tuple(
            {party.party: party for key in keys for party in find_parties(connection, circular.id, key)}.values()
        )
    if len(found) == 1:
        return found[0].party
    if not found:
        raise NotFoundError(
            f"No party of {circular.reference} is called «{text}».", hint="Give a party, a key, a country or a name."
        )
    raise NotFoundError(
        f"«{text}» could be {', '.join(party.party for party in found[:AMBIGUOUS])}.", hint="Give one of these."
    )


def find_addressee(merger: Merger, text: str) -> Merged:
    """Find one addressee on the letter's lists by key, party, mailbox, country or name; raises NotFoundError."""
    return find_addressees(merger, [text])[text]


def find_addressees(merger: Merger, texts: Iterable[str]) -> Mapping[str, Merged]:
    """Find several addressees in one reading of the lists; raises NotFoundError if one is not there, or not alone."""
    wanted = {text: _Wanted(text) for text in texts}

    def is_wanted(recipient: Recipient) -> bool:
        return any(search.rank(recipient) is not None for search in wanted.values())

    for outcome in merger.merge_lists(is_wanted):
        for search in wanted.values():
            search.look_at(outcome)
    return {text: search.only_one(merger.letter.slug) for text, search in wanted.items()}


class _Wanted:
    """What one text may mean; the closest kind of match decides."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = folded(text.strip())
        state = find_state(text)
        self._country = state.iso2 if state else ""
        self._best = 99
        self._found: list[Merged] = []
        self._left_out: Excluded | None = None

    def look_at(self, outcome: Merged | Excluded) -> None:
        recipient = outcome.recipient if isinstance(outcome, Merged) else outcome.row.recipient
        rank = self.rank(recipient) if recipient is not None else None
        if rank is None:
            return
        if isinstance(outcome, Excluded):
            self._left_out = self._left_out or outcome
            return
        if rank < self._best:
            self._best, self._found = rank, []
        if rank == self._best and len(self._found) < AMBIGUOUS:
            self._found.append(outcome)

    def only_one(self, slug: str) -> Merged:
        if len(self._found) == 1:
            return self._found[0]
        if not self._found and self._left_out is not None:
            detail = f" ({self._left_out.detail})" if self._left_out.detail else ""
            raise NotFoundError(
                f"«{self._text}» is on the list «{self._left_out.list_name}», but gets no letter:"
                f" {self._left_out.reason.value}{detail}.",
                hint=f"See: circulars check {slug}",
            )
        if not self._found:
            raise NotFoundError(
                f"No addressee of {slug} is called «{self._text}».", hint="Give a key, a mailbox or a country."
            )
        keys = ", ".join(merged.recipient.key for merged in self._found[:AMBIGUOUS])
        raise NotFoundError(f"«{self._text}» could be {keys}.", hint="Give the key of one of them.")

    def rank(self, recipient: Recipient) -> int | None:
        if not self._folded:
            return None
        names = (folded(recipient.name), folded(recipient.organisation))
        tests = (
            folded(recipient.key) == self._folded,
            self._folded in {folded(recipient.party), *map(folded, recipient.to)},
            bool(self._country) and recipient.country == self._country,
            self._folded in names,
            any(self._folded in name for name in names),
        )
        return next((rank for rank, holds in enumerate(tests) if holds), None)
