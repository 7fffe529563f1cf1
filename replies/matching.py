"""Whose answer a mail is, to which circular, and why: the ladder from a signed token down to a guess.

Rungs: a token in an address or our Message-ID (one party, or nothing is decided); the circular's reference in the
subject together with a mailbox it was sent to; the sender's mailbox or domain (a suggestion only). Forged tokens
and evidence that disagrees are never resolved here: staff decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from letters.references import find_references
from office.model import Mail
from office.tokens import TokenKind, Tokens
from replies.addresses import domain_of, same_address
from replies.automatic import Confidence
from replies.classifying import MACHINE_KINDS, Classified, Kind, classify
from replies.clues import Clue, ClueReader
from replies.mail import InboundMail
from replies.public_providers import is_public
from replies.reported import Reported
from store import owners as lookup
from store.owners import Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a mail is and whom it is from.

    ``triage`` tells that staff must look, and ``reason`` says why; otherwise ``reason`` says why it was filed so.
    ``colleague``: the token is the party's, the sender none of its mailboxes. ``candidates`` are whom it may be
    from, the likeliest first. ``outbox_id`` is the message that a delivery report is about.
    """

    kind: Kind
    confidence: Confidence
    triage: bool
    reason: str
    evidence: tuple[str, ...] = ()
    owner: Owner | None = None
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


class Matcher:
    """Matches mails against one office's register, within one transaction."""

    def __init__(self, connection: Connection, tokens: Tokens, mail: Mail) -> None:
        self._connection = connection
        self._clues = ClueReader(tokens, mail)

    def match(self, mail: InboundMail) -> Verdict:
        """Return the verdict on a mail; never raises for anything a mail may contain."""
        classified = classify(mail)
        clues = self._clues.read(mail, classified)
        owners = self._owners(clues.strong) or self._owners(clues.valid)
        quoted_only = not self._owners(clues.strong)
        if clues.forged:
            return self._doubtful(classified, owners, "a token in it was not made by this office: forged or damaged")
        if len({(owner.circular_id, owner.party) for owner, _ in owners}) > 1:
            return self._doubtful(classified, owners, "it bears the tokens of different parties or circulars")
        if clues.strong and not owners:
            return self._doubtful(
                classified, (), "its token is of a letter that is not in the register (restored backup?)"
            )
        if classified.kind in MACHINE_KINDS:
            return self._machine(classified, owners)
        if owners:
            return self._token_reply(mail, classified, owners, quoted_only=quoted_only)
        return self._without_token(mail, classified)

    def _owners(self, clues: Iterable[Clue]) -> tuple[tuple[Owner, Clue], ...]:
        found = []
        for clue in clues:
            look_up = lookup.owner_of_addressee if clue.token.kind is TokenKind.ADDRESSEE else lookup.owner_of_message
            owner = look_up(self._connection, clue.token.circular, clue.token.number)
            if owner is not None:
                found.append((owner, clue))
        return tuple(found)

    def _doubtful(self, classified: Classified, owners: Sequence[tuple[Owner, Clue]], reason: str) -> Verdict:
        return Verdict(
            kind=classified.kind,
            confidence="unsure",
            triage=True,
            reason=reason,
            evidence=(*classified.evidence, *map(_sentence, owners)),
            candidates=_distinct(owner for owner, _ in owners),
            recipients=classified.recipients,
        )

    def _machine(self, classified: Classified, owners: tuple[tuple[Owner, Clue], ...]) -> Verdict:
        """Judge reports, complaints and automatic replies: what they are about, not who sent them."""
        verdict = Verdict(
            kind=classified.kind,
            confidence=classified.confidence,
            triage=classified.kind == "complaint",
            reason="a complaint: stop writing to this mailbox?" if classified.kind == "complaint" else "",
            evidence=(*classified.evidence, *map(_sentence, owners)),
            owner=owners[0][0] if owners else None,
            recipients=classified.recipients,
        )
        if classified.kind == "auto-reply" and classified.confidence == "unsure":
            return replace(verdict, triage=True, reason="perhaps an automatic reply, perhaps a mail system's report")
        if classified.kind == "auto-reply" and not classified.recipients:
            return replace(verdict, reason="an automatic reply: it never counts as an answer")
        message = self._message(owners, classified.recipients)
        if message is not None and classified.report is not None and not classified.report.standard:
            general = classified.report.general
            if general is None:
                doubt = f"a mail system's report on the letter to {message.mailbox} that gives no code: did it fail?"
                return replace(verdict, owner=message, triage=True, reason=doubt)
            verdict = replace(verdict, recipients=verdict.recipients or (replace(general, address=message.mailbox),))
        if message is not None:
            reason = verdict.reason or f"a report on the letter to {message.mailbox}"
            return replace(verdict, owner=message, outbox_id=message.outbox_id, reason=reason)
        if verdict.triage or classified.kind == "auto-reply":
            return verdict
        candidates = self._reported_mailboxes(classified.recipients)
        return replace(
            verdict, triage=True, candidates=candidates, reason="a report on a mail that is not known to be one of ours"
        )

    def _message(self, owners: Sequence[tuple[Owner, Clue]], recipients: Sequence[Reported]) -> Owner | None:
        """Return the one message that a report is about: a message's own token says so, else the mailbox it names."""
        for owner, _ in owners:
            if owner.outbox_id is not None:
                return owner
        for owner, _ in owners:
            messages = lookup.messages_of_addressee(self._connection, owner.addressee_id)
            named = [message for message in messages if reported_on(message.mailbox, recipients)]
            if len(named) == 1 or len(messages) == 1:
                return (named or messages)[0]
        return None

    def _reported_mailboxes(self, recipients: Sequence[Reported]) -> tuple[Owner, ...]:
        found = (
            lookup.messages_to_mailbox(self._connection, {reported.address, reported.address.lower()})
            for reported in recipients[:10]
        )
        return _distinct(owner for owners in found for owner in owners)

    def _token_reply(
        self, mail: InboundMail, classified: Classified, owners: tuple[tuple[Owner, Clue], ...], *, quoted_only: bool
    ) -> Verdict:
        owner = owners[0][0]
        known = lookup.mailboxes_of_party(self._connection, owner.circular_id, owner.party)
        is_known = any(same_address(mail.sender.address, mailbox) for mailbox in known)
        if not is_known:
            others = lookup.messages_to_mailbox(self._connection, {mail.sender.address}, owner.circular_id)
            if others:
                doubt = f"the token is of «{owner.party}», the sender a mailbox of «{others[0].party}»"
                verdict = self._doubtful(classified, owners, doubt)
                return replace(verdict, candidates=_distinct((owner, *others)))
            if quoted_only:
                return self._doubtful(classified, owners, "it quotes a letter of ours, but its sender is not known")
        sender = f"{mail.sender.address} is {'a mailbox' if is_known else 'no mailbox'} of «{owner.party}»"
        human = classified.kind in {"reply", "unknown", "forward"}
        kind: Kind = "reply" if classified.kind == "unknown" else classified.kind
        verdict = Verdict(
            kind=kind,
            confidence="certain" if is_known and not quoted_only else "likely",
            triage=not human,
            reason=f"a reply from «{owner.party}»" if is_known else f"a reply from a colleague at «{owner.party}»",
            evidence=(*classified.evidence, *map(_sentence, owners), sender),
            owner=owner,
            colleague=not is_known,
        )
        return verdict if human else replace(verdict, reason=_UNDECIDED.get(kind, "staff must look at it"))

    def _without_token(self, mail: InboundMail, classified: Classified) -> Verdict:
        """Try the reference in the subject with a known sender, then suggest by mailbox and domain."""
        issued = [issued.reference for issued in lookup.issued_circulars(self._connection)]
        named = find_references(mail.subject, issued)
        sender = mail.sender.address
        owners: tuple[Owner, ...] = ()
        if sender:
            owners = lookup.messages_to_mailbox(self._connection, {sender, sender.lower()})
        meant = [owner for owner in owners if owner.reference in named]
        evidence = [*classified.evidence, *(f"the subject names {reference}" for reference in named)]
        if owners:
            evidence.append(f"{sender} is a mailbox of «{owners[0].party}»")
        if len({(owner.circular_id, owner.party) for owner in meant}) == 1 and len(named) == 1:
            return self._reference_reply(classified, meant[0], tuple(evidence))
        near = () if owners else self._domain_owners(domain_of(sender))
        if near:
            evidence.append(f"the domain {domain_of(sender)} belongs to «{near[0].party}» alone")
        candidates = _distinct((*meant, *(owner for owner in (*owners, *near) if owner not in meant)))
        return Verdict(
            kind=classified.kind,
            confidence="unsure",
            triage=True,
            reason=_UNDECIDED.get(classified.kind) or _why_open(named, owners, near, meant),
            evidence=tuple(evidence),
            candidates=candidates,
            recipients=classified.recipients,
        )

    def _reference_reply(self, classified: Classified, owner: Owner, evidence: tuple[str, ...]) -> Verdict:
        kind: Kind = "reply" if classified.kind == "unknown" else classified.kind
        undecided = _UNDECIDED.get(kind, "")
        return Verdict(
            kind=kind,
            confidence="likely",
            triage=bool(undecided),
            reason=undecided or f"a reply from «{owner.party}», by the reference and the sender",
            evidence=evidence,
            owner=owner,
        )

    def _domain_owners(self, domain: str) -> tuple[Owner, ...]:
        """Return the addressees in a domain if they are of one party only."""
        if not domain or is_public(domain):
            return ()
        owners = lookup.owners_in_domain(self._connection, {domain})
        return owners if len({owner.party for owner in owners}) == 1 else ()


_UNDECIDED = {
    "calendar": "a calendar message: does it answer?",
    "unsubscribe": "it asks to be taken off the list",
}


def reported_on(mailbox: str, recipients: Iterable[Reported]) -> Reported | None:
    """Return what a report says of a mailbox, if it names it."""
    return next((r for r in recipients if same_address(mailbox, r.address) or same_address(mailbox, r.final)), None)


def _sentence(found: tuple[Owner, Clue]) -> str:
    owner, clue = found
    return f"a valid token of {owner.reference}, «{owner.key}»: {clue.found}"


def _distinct(owners: Iterable[Owner]) -> tuple[Owner, ...]:
    return tuple({(owner.circular_id, owner.key): owner for owner in reversed(tuple(owners))}.values())[::-1]


def _why_open(named: Sequence[str], owners: Sequence[Owner], near: Sequence[Owner], meant: Sequence[Owner]) -> str:
    if meant:
        return "it may be about more than one circular or party"
    if named and not owners:
        return f"it names {', '.join(named)}, but its sender is none of the mailboxes that got it"
    if owners:
        return "its sender is known, but it does not say which circular it answers"
    if near:
        return "only the sender's domain is known"
    return "neither the sender nor the circular is known"
