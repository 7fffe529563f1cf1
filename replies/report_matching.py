"""Which of our messages a mail system's report is about: by its token, else by the mailboxes that it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from letters.references import find_references
from replies.addresses import same_address, spellings
from replies.classifying import Classified
from replies.mail import InboundMail
from replies.reported import Reported
from replies.returned import returned_text
from replies.verdicts import Proof, Verdict, answers, doubtful
from store.owners import Owner, issued_circulars, messages_of_addressee, messages_to_mailbox

_MOST_LOOKED_UP = 20  # mailboxes of one report
_MOST_TEXT = 50_000


def match_report(connection: Connection, mail: InboundMail, classified: Classified, proofs: Sequence[Proof]) -> Verdict:
    """Return the verdict on a report or a complaint: what it is about, not who sent it."""
    message = _message(connection, proofs, classified.recipients)
    named = () if message else _named(connection, classified.recipients)
    if message is None and not proofs:
        meant = _by_mailbox(connection, mail, named)
        if meant is not None:
            return _about(meant, classified, proofs, evidence=[f"it names {meant.mailbox}, to which one letter went"])
    if message is None:
        return doubtful(
            classified,
            _COMPLAINT if classified.kind == "complaint" else "a report on a mail that is not known to be one of ours",
            proofs=proofs,
            owner=proofs[0].owner if classified.kind == "complaint" and proofs else None,
            candidates=named,
            rung="mailbox" if named and not proofs else "",
        )
    others = answers(_named(connection, classified.recipients, message.circular_id)) - answers([message])
    if others and reported_on(message.mailbox, classified.recipients) is None:
        return doubtful(
            classified,
            f"its token is of the letter to {message.mailbox}, but it names a mailbox of «{min(others)[1]}»",
            proofs=proofs,
        )
    return _about(message, classified, proofs)


def reported_on(mailbox: str, recipients: Iterable[Reported]) -> Reported | None:
    """Return what a report says of a mailbox, if it names it."""
    return next((r for r in recipients if same_address(mailbox, r.address) or same_address(mailbox, r.final)), None)


_COMPLAINT = "a complaint: stop writing to this mailbox?"


def _about(message: Owner, classified: Classified, proofs: Sequence[Proof], *, evidence: Sequence[str] = ()) -> Verdict:
    """Report on one message of ours, under the mailbox it was sent to."""
    recipients, forwarded = _under(message.mailbox, classified.recipients)
    verdict = Verdict(
        kind=classified.kind,
        confidence=classified.confidence if proofs or classified.confidence == "unsure" else "likely",
        triage=False,
        reason=f"a report on the letter to {message.mailbox}",
        rung=proofs[0].clue.rung if proofs else "mailbox",
        evidence=(*classified.evidence, *(proof.sentence for proof in proofs), *evidence, *forwarded),
        owner=message,
        outbox_id=message.outbox_id,
        recipients=recipients,
    )
    if classified.kind == "complaint":
        return replace(verdict, triage=True, reason=_COMPLAINT)
    if classified.report is not None and not classified.report.standard:
        general = classified.report.general
        if general is None:
            doubt = f"a mail system's report on the letter to {message.mailbox} that gives no code: did it fail?"
            return replace(verdict, triage=True, reason=doubt, outbox_id=None)
        return replace(verdict, recipients=recipients or (replace(general, address=message.mailbox),))
    return verdict


def _under(mailbox: str, recipients: tuple[Reported, ...]) -> tuple[tuple[Reported, ...], tuple[str, ...]]:
    """Name our mailbox as the one the mail was for, where the report names only those to which it was passed on."""
    if not recipients or reported_on(mailbox, recipients) is not None:
        return recipients, ()
    passed_on = tuple(replace(one, address=mailbox, final=one.final or one.address) for one in recipients)
    told = ", ".join(dict.fromkeys(one.final for one in passed_on[:_MOST_LOOKED_UP]))
    return passed_on, (f"the letter to {mailbox} was passed on to {told}",)


def _message(connection: Connection, proofs: Sequence[Proof], recipients: Sequence[Reported]) -> Owner | None:
    """Return the one message that a report is about: a message's own token says so, else the mailbox it names."""
    for proof in proofs:
        if proof.owner.outbox_id is not None:
            return proof.owner
    for proof in proofs:
        messages = messages_of_addressee(connection, proof.owner.addressee_id)
        named = [message for message in messages if reported_on(message.mailbox, recipients)] or messages
        if len({message.mailbox for message in named}) == 1:
            return named[-1]  # the letter, or its latest reminder
    return None


def _named(connection: Connection, recipients: Sequence[Reported], circular_id: int | None = None) -> tuple[Owner, ...]:
    """Return our messages to the mailboxes that a report names."""
    boxes = {box for one in recipients[:_MOST_LOOKED_UP] for box in (one.address, one.final) if box}
    spelt = frozenset(spelling for box in boxes for spelling in spellings(box))
    return messages_to_mailbox(connection, spelt, circular_id) if spelt else ()


def _by_mailbox(connection: Connection, mail: InboundMail, messages: Sequence[Owner]) -> Owner | None:
    """Return the message to that mailbox if it got one letter only, or one that the report names."""
    if len(answers(messages)) > 1:
        known = [issued.reference for issued in issued_circulars(connection)]
        references = find_references(f"{mail.subject}\n{mail.text[:_MOST_TEXT]}\n{returned_text(mail)}", known)
        messages = [message for message in messages if message.reference in references]
    return messages[-1] if len(answers(messages)) == 1 else None
