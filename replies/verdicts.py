"""What is decided of a mail: its kind, whom it is from, how sure that is, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from replies.automatic import Confidence
from replies.classifying import Classified, Kind
from replies.clues import Clue, Rung
from replies.reported import Reported
from store.owners import Owner

MOST_CANDIDATES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a mail is and whom it is from.

    ``triage`` tells that staff must look, and ``reason`` says why; otherwise ``reason`` says why it was filed so.
    ``via`` is the addressee as that of the corrigendum or addendum which was answered, where ``owner`` is that of the
    letter which it continues. ``rung`` is the best of the ladder that holds. ``colleague``: the token is the party's,
    the sender none of its mailboxes. ``candidates`` are whom it may be from, the likeliest first. ``outbox_id`` is the
    message that a delivery report is about.
    """

    kind: Kind
    confidence: Confidence
    triage: bool
    reason: str
    rung: Rung = ""
    evidence: tuple[str, ...] = ()
    owner: Owner | None = None
    via: Owner | None = None
    outbox_id: int | None = None
    colleague: bool = False
    candidates: tuple[Owner, ...] = ()
    recipients: tuple[Reported, ...] = ()

    @property
    def circular_id(self) -> int | None:
        """The circular, if it is known."""
        return self.owner.circular_id if self.owner else None

    @property
    def addressee_id(self) -> int | None:
        """The addressee, if known."""
        return self.owner.addressee_id if self.owner else None

    @property
    def party(self) -> str:
        """The party, if known, or an empty string."""
        return self.owner.party if self.owner else ""


@dataclass(frozen=True, slots=True)
class Proof:
    """A clue, and whom its token is of."""

    owner: Owner
    clue: Clue

    @property
    def sentence(self) -> str:
        """The evidence in words."""
        what = "a conversation that began with" if self.clue.rung == "thread" else "a valid token of"
        return f"{what} {self.owner.reference}, «{self.owner.key}»: {self.clue.found}"


def doubtful(
    classified: Classified,
    reason: str,
    *,
    proofs: Sequence[Proof] = (),
    owner: Owner | None = None,
    candidates: Sequence[Owner] = (),
    evidence: Sequence[str] = (),
    rung: Rung = "",
) -> Verdict:
    """Leave a mail to staff: ``owner`` is whom it is filed under all the same, ``candidates`` whom it may be from."""
    return Verdict(
        kind=classified.kind,
        confidence="unsure",
        triage=True,
        reason=reason,
        rung=rung or (proofs[0].clue.rung if proofs else ""),
        evidence=(*classified.evidence, *(proof.sentence for proof in proofs), *evidence),
        owner=owner,
        candidates=distinct([*(proof.owner for proof in proofs), *candidates]),
        recipients=classified.recipients,
    )


def distinct(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    """Return the first few, each addressee of a circular once."""
    found: dict[tuple[int, str], Owner] = {}
    for owner in owners:
        found.setdefault((owner.circular_id, owner.key), owner)
    return tuple(found.values())[:MOST_CANDIDATES]


def answers(owners: Iterable[Owner]) -> set[tuple[int, str]]:
    """Return whose answers to which circulars these would be: two are a contradiction."""
    return {(owner.circular_id, owner.party) for owner in owners}
