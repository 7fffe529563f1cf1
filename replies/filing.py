"""From a fetched mail to the register: filed once, with whatever it changes, in one transaction each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import Connection

from office.clock import Clock
from office.errors import CircularsError
from office.model import Office
from office.tokens import Tokens, thread_header
from replies.absence import returns_on
from replies.arrivals import answered_messages, record_arrival
from replies.attachments import keep_attachments
from replies.classifying import HUMAN_KINDS
from replies.mail import InboundMail, fingerprint, parse_mail
from replies.matching import Matcher, SentLetters, no_letters
from replies.report_matching import reported_on
from replies.reported import Reported
from replies.sources import SourceMail
from replies.suppressing import suppress_bounced, suppress_complaining, take_off_list
from replies.verdicts import Verdict
from store import inbound, register
from store.database import Store
from store.inbound import InboundFile
from store.owners import Owner

ARCHIVE = "archive"  # the office's folder that keeps what was sent and what came
RECORDED_BY = "track"  # in the register's history: no person has decided anything yet
_LONGEST_TEXT = 20_000  # characters of the new text that are kept beside the mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What became of one mail. ``state`` is ``known`` for one that had been filed before."""

    inbound_id: int
    state: Literal["filed", "triage", "known"]
    kind: str
    reason: str


def file_source_mail(
    store: Store,
    office: Office,
    tokens: Tokens,
    item: SourceMail,
    clock: Clock,
    *,
    letters: SentLetters = no_letters,
) -> Filed:
    """Read, judge and file one fetched mail; one that is known already takes no lock on the store.

    ``letters`` returns what an addressee was sent, to be taken out of what an answer quotes. Raises `InputError` if
    attachments cannot be kept; the mail is not filed then.
    """
    mail = parse_mail(item.raw, clock=clock, received_at=item.received_at)
    with store.read() as connection:
        known = inbound.find_filed(connection, fingerprint(mail))
    if known is not None:
        return Filed(inbound_id=known, state="known", kind="", reason="")
    verdict, said = _judged(store, office, tokens, mail, letters)  # may search long: not while holding the lock
    if item.problem:
        verdict = replace(verdict, triage=True, confidence="unsure", reason=item.problem)
    files = keep_attachments(office.folder / ARCHIVE, mail)
    with store.write() as connection:
        answered = answered_messages(mail, tokens)
        return file_mail(connection, verdict, mail, item.raw, clock, said=said, files=files, answered=answered)


def _judged(
    store: Store, office: Office, tokens: Tokens, mail: InboundMail, letters: SentLetters
) -> tuple[Verdict, str]:
    """Return the verdict and the new text; a mail at which this program fails is one for staff.

    Without that, it would come first again in every run, and no mail behind it would ever be filed.
    """
    try:
        with store.read() as connection:
            matcher = Matcher(connection, tokens, office.mail, letters=letters)
            verdict = matcher.match(mail)
            return verdict, matcher.said(mail, verdict)
    except CircularsError:
        raise  # the store's trouble, not the mail's
    except Exception as error:
        reason = f"this program failed to understand it ({type(error).__name__}): read it, and report the fault"
        return Verdict(kind="unknown", confidence="unsure", triage=True, reason=reason), mail.text


def file_mail(
    connection: Connection,
    verdict: Verdict,
    mail: InboundMail,
    raw: bytes,
    clock: Clock,
    *,
    said: str,
    files: Sequence[InboundFile],
    answered: tuple[str, ...] = (),
) -> Filed:
    """Store a mail and do what its verdict says; a mail that is already there changes nothing.

    ``said`` is the mail's new text, ``files`` what came with it, kept in the archive already; ``answered`` are
    the messages that it proves to have arrived, which settles those in doubt.
    A delivery report brings its message up to date; one of a mailbox that is gone suppresses it, as a complaint does,
    and whoever leaves a list gets nothing more of it. A reply makes every expected ask that is still open for its party
    «received». Where staff must look, only the mail is stored, except that a reply after a decision, or after another
    reply, still counts for the asks that were open.
    """
    mark = fingerprint(mail)
    known = inbound.find_filed(connection, mark)
    if known is not None:
        return Filed(inbound_id=known, state="known", kind=verdict.kind, reason="")
    now = clock()
    inbound_id = inbound.add_mail(
        connection,
        fingerprint=mark,
        message_id=mail.message_id,
        filed_at=now,
        received_at=mail.received_at,
        sender=mail.sender.address or mail.sender.name,
        subject=mail.subject,
        kind=verdict.kind,
        confidence=verdict.confidence,
        state="triage" if verdict.triage else "filed",
        reason=verdict.reason,
        details=_details(verdict, mail, said),
        circular_id=verdict.circular_id,
        addressee_id=verdict.addressee_id,
        thread=thread_header(mail.headers.first("thread-index")).hex(),
        raw=raw,
    )
    inbound.add_files(connection, inbound_id, files)
    record_arrival(connection, verdict, answered, inbound_id=inbound_id, now=now)
    reason = ""
    if not verdict.triage and verdict.outbox_id is not None:
        _record_report(connection, verdict, inbound_id, clock)
    elif not verdict.triage and verdict.kind in HUMAN_KINDS and verdict.owner is not None:
        reason = _receive(connection, verdict, mail, inbound_id, clock)
    elif verdict.kind == "calendar" and verdict.owner is not None:
        reason = _contradicted(connection, verdict, verdict.owner)
    elif verdict.kind == "unsubscribe" and not verdict.triage and verdict.owner is not None:
        reason = take_off_list(connection, verdict.owner, inbound_id, now)
    elif verdict.kind == "complaint":
        reason = suppress_complaining(connection, verdict, inbound_id, now)
    if reason:
        inbound.send_to_triage(connection, inbound_id, reason)
    return Filed(
        inbound_id=inbound_id,
        state="triage" if verdict.triage or reason else "filed",
        kind=verdict.kind,
        reason=reason or verdict.reason,
    )


def _receive(connection: Connection, verdict: Verdict, mail: InboundMail, inbound_id: int, clock: Clock) -> str:
    """Enter a reply in the register; return why staff must look at it all the same, or an empty string."""
    if verdict.owner is None:
        return ""
    earlier = register.receive_reply(
        connection,
        circular_id=verdict.owner.circular_id,
        party=verdict.owner.party,
        addressee_id=verdict.owner.addressee_id,
        inbound_id=inbound_id,
        answered_at=mail.received_at,
        recorded_at=clock(),
        recorded_by=RECORDED_BY,
    )
    decided = _told({ask: state for ask, state in earlier.items() if state != "received"})
    if decided:
        return decided
    return "a further reply, before the first was judged: read both" if earlier else ""


def _contradicted(connection: Connection, verdict: Verdict, owner: Owner) -> str:
    """Return the reason of a calendar's answer with what was decided before it, or an empty string."""
    latest = register.latest_answers(connection, owner.circular_id, owner.party)
    decided = _told({ask: row.state for ask, row in latest.items() if row.state in register.ANSWERED})
    return f"{verdict.reason}; {decided}" if decided else ""


def _told(decided: Mapping[str, str]) -> str:
    answers = ", ".join(f"{ask} {state}" for ask, state in decided.items())
    return f"answered already ({answers}): does this change it?" if answers else ""


def _record_report(connection: Connection, verdict: Verdict, inbound_id: int, clock: Clock) -> None:
    """Write what the report says of the one message it is about."""
    if verdict.owner is None or verdict.outbox_id is None or not verdict.recipients:
        return
    reported = _about(verdict.owner.mailbox, verdict.recipients)
    inbound.add_delivery_event(
        connection,
        verdict.outbox_id,
        inbound_id=inbound_id,
        action=reported.action,
        status=reported.status,
        diagnostic=reported.diagnostic,
        reason_group=reported.group,
        permanent=reported.permanent,
        at=clock(),
    )
    suppress_bounced(connection, verdict, reported, inbound_id, clock())


def _about(mailbox: str, recipients: tuple[Reported, ...]) -> Reported:
    """Return what concerns our mailbox; a report may name another to which it was forwarded, under our token."""
    named = reported_on(mailbox, recipients)
    if named is not None:
        return named
    order = ("failed", "delayed", "relayed", "expanded", "delivered")
    return min(recipients, key=lambda reported: order.index(reported.action))


def _details(verdict: Verdict, mail: InboundMail, said: str) -> dict[str, object]:
    """What triage and overviews show without reading the mail again."""
    back = returns_on(mail) if verdict.kind == "auto-reply" else None
    return {
        "rung": verdict.rung,
        "evidence": list(verdict.evidence),
        "colleague": verdict.colleague,
        "name": mail.sender.name,
        "party": verdict.party,
        "text": said[:_LONGEST_TEXT],
        "returns_on": back.isoformat() if back else None,
        "candidates": [
            {"reference": owner.reference, "circular_id": owner.circular_id, "party": owner.party, "key": owner.key,
             "addressee_id": owner.addressee_id}
            for owner in verdict.candidates
        ],
    }  # fmt: skip
