"""Corrigenda and addenda among the clues of a mail: which letter of a conversation is answered, and for which register.

An answer to a corrigendum names the first letter too: mail programs repeat the Message-IDs of the whole conversation,
and its Thread-Index is the first letter's. What is answered is the latest letter that is named. If that one asks
nothing itself, the answer is one to the letter that it continues.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from replies.classifying import HUMAN_KINDS
from replies.verdicts import Proof, Verdict
from store.circulars import asks_of
from store.continued import circulars_continued
from store.owners import Issued, Owner, conversation_of, owner_of_key


def of_latest(
    connection: Connection, strong: Sequence[Proof], weak: Sequence[Proof]
) -> tuple[tuple[Proof, ...], tuple[Proof, ...]]:
    """Return the proofs without those of earlier letters of a conversation of which a later one is proved too."""
    proofs = (*strong, *weak)
    if len({proof.owner.circular_id for proof in proofs}) < 2:
        return tuple(strong), tuple(weak)
    began = {proof.owner.addressee_id: conversation_of(connection, proof.owner.addressee_id) for proof in proofs}
    latest: dict[str, int] = {}
    for proof in strong or weak:
        conversation = began[proof.owner.addressee_id]
        latest[conversation] = max(latest.get(conversation, 0), proof.owner.addressee_id)

    def is_latest(proof: Proof) -> bool:
        return latest.get(began[proof.owner.addressee_id], 0) <= proof.owner.addressee_id

    return tuple(filter(is_latest, strong)), tuple(filter(is_latest, weak))


def without_continued(connection: Connection, named: Sequence[str], issued: Sequence[Issued]) -> tuple[str, ...]:
    """Return references without those of letters that others among them continue: a corrigendum names the first."""
    circulars = {one.circular_id: one.reference for one in issued if one.reference in named}
    if len(circulars) < 2:
        return tuple(named)
    earlier = {circulars.get(first) for later in circulars for first in circulars_continued(connection, later)}
    return tuple(reference for reference in named if reference not in earlier)


def for_its_register(connection: Connection, verdict: Verdict) -> Verdict:
    """Return the verdict with the letter whose register an answer belongs to: the nearest that expects one."""
    owner = verdict.owner
    if owner is None or verdict.outbox_id is not None or verdict.kind not in _ANSWERING:
        return verdict
    if _expects(connection, owner.circular_id):
        return verdict
    for circular_id in circulars_continued(connection, owner.circular_id):
        first = owner_of_key(connection, circular_id, owner.key)
        if first is not None and _expects(connection, circular_id):
            return _moved(verdict, owner, first)
    return verdict


_ANSWERING = HUMAN_KINDS | {"calendar", "auto-reply"}


def _expects(connection: Connection, circular_id: int) -> bool:
    return any(terms.expected for terms in asks_of(connection, circular_id))


def _moved(verdict: Verdict, owner: Owner, first: Owner) -> Verdict:
    told = f"{owner.reference} asks nothing itself: an answer to it counts for {first.reference}"
    reason = verdict.reason if verdict.triage else f"{verdict.reason}; {told}"
    return replace(verdict, owner=first, via=owner, reason=reason, evidence=(*verdict.evidence, told))
