"""Whose answer a mail is, to which circular, and why: the ladder from a signed token down to a likeness of names.

1. a token in any field that holds an address, 2. our Message-ID among those that it answers, 3. either of them in
what it quotes, attaches or returns, 4. a conversation that began with our letter (Thread-Index), or with a mail filed
before, 5. a circular's reference together with a mailbox that got it, 6. the sender's mailbox, domain or name alone.

The first two decide, also for a colleague at another address. The next three decide only for a sender who is known.
The last only suggests. A forged token, and evidence that disagrees, are never resolved here: staff decide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Connection

from office.model import Mail
from office.tokens import TokenKind, Tokens, thread_header
from replies.addresses import same_address, spellings
from replies.automatic import Confidence
from replies.classifying import MACHINE_KINDS, Classified, classify
from replies.clues import Clue, ClueReader, Clues, Rung
from replies.continuing import for_its_register, of_latest
from replies.forwards import original
from replies.guessing import contradicting, guess
from replies.invitations import CalendarAnswer, read_calendar_answer
from replies.mail import InboundMail
from replies.quoted import new_text
from replies.report_matching import match_report
from replies.suppressing import wish_to_leave
from replies.verdicts import Proof, Verdict, answers, doubtful
from store.circulars import asks_of
from store.owners import (
    Earlier,
    Owner,
    earlier_mails,
    issued_circulars,
    mailboxes_of_party,
    messages_to_mailbox,
    owner_of_addressee,
    owner_of_message,
)


@dataclass(frozen=True, slots=True)
class SentLetter:
    """What an addressee was sent, as plain text: the letter, or a reminder of it."""

    subject: str
    text: str


SentLetters = Callable[[Connection, Owner], Sequence[SentLetter]]


def no_letters(_connection: Connection, _owner: Owner) -> Sequence[SentLetter]:
    """Return nothing: where what was sent cannot be looked up."""
    return ()


class Matcher:
    """Matches mails against one office's register, within one transaction.

    ``letters`` returns what an addressee was sent: it is taken out of what an answer quotes.
    """

    def __init__(
        self, connection: Connection, tokens: Tokens, mail: Mail, *, letters: SentLetters = no_letters
    ) -> None:
        self._connection = connection
        self._clues = ClueReader(tokens, mail)
        self._letters = letters
        self._own = (mail.sender, mail.reply, mail.bounce)

    def match(self, mail: InboundMail) -> Verdict:
        """Return the verdict on a mail; never raises for anything a mail may contain."""
        return for_its_register(self._connection, self._judged(mail))

    def _judged(self, mail: InboundMail) -> Verdict:
        classified = classify(mail)
        clues = self._clues.read(mail, classified)
        strong, weak = of_latest(self._connection, self._proofs(clues.strong), self._proofs(clues.weak))
        doubt = _doubt(clues, strong)
        if doubt:
            return doubtful(classified, doubt, proofs=(*strong, *weak))
        wish = wish_to_leave(mail, classified, clues)
        if wish is not None:
            return self._leaving(classified, self._proofs([wish]))
        if classified.kind in MACHINE_KINDS:
            return self._machine(mail, classified, (*strong, *weak))
        if clues.own or any(same_address(mail.sender.address, own) for own in self._own):
            return doubtful(classified, "it was sent by this office itself", proofs=(*strong, *weak))
        if strong:
            return self._proved(mail, classified, strong, weak)
        return self._quoted(mail, classified, weak) if weak else self._without_proof(mail, classified)

    def said(self, mail: InboundMail, verdict: Verdict) -> str:
        """Return the mail's new text: without what it quotes, above all our own letter; with what it sends on."""
        owners = filter(None, (verdict.owner, verdict.via))
        letters = [letter for owner in owners for letter in self._letters(self._connection, owner)]
        ours = tuple(letter.text for letter in letters)
        text = _new_text(mail.text, ours)
        first = original(mail) if verdict.kind == "forward" else None
        passed_on = new_text(first.text, ours=ours) if first else ""
        if first is None or passed_on in text:
            return text
        return f"{text}\n\n{first.sender}:\n{passed_on}".strip()

    def asks(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the kinds of what the circular expects; nothing if it is not known."""
        if verdict.owner is None:
            return ()
        return tuple(terms.what for terms in asks_of(self._connection, verdict.owner.circular_id) if terms.expected)

    def _proofs(self, clues: Iterable[Clue]) -> tuple[Proof, ...]:
        found = []
        for clue in clues:
            look_up = owner_of_addressee if clue.token.kind is TokenKind.ADDRESSEE else owner_of_message
            owner = look_up(self._connection, clue.token.circular, clue.token.number)
            if owner is not None:
                found.append(Proof(owner, clue))
        return tuple(found)

    def _leaving(self, classified: Classified, proofs: Sequence[Proof]) -> Verdict:
        """Judge a mail that List-Unsubscribe of a letter brought about: whoever has that may leave for the mailbox."""
        classified = replace(classified, kind="unsubscribe")
        if not proofs:
            return doubtful(classified, "it leaves a list, but its token is of a letter that is not in the register")
        owner = proofs[0].owner
        return Verdict(
            kind="unsubscribe",
            confidence="certain",
            triage=False,
            reason=f"{owner.mailbox} leaves the list (RFC 8058)",
            rung=proofs[0].clue.rung,
            evidence=tuple(proof.sentence for proof in proofs),
            owner=owner,
        )

    def _machine(self, mail: InboundMail, classified: Classified, proofs: Sequence[Proof]) -> Verdict:
        """Judge reports and complaints by what they are about; an automatic reply is filed, whosever it is."""
        if classified.kind != "auto-reply" or classified.recipients:
            return match_report(self._connection, mail, classified, proofs)
        found = None if proofs else guess(self._connection, mail, said="")
        owner = proofs[0].owner if proofs else (found.owner if found else None)
        unsure = classified.confidence == "unsure"
        rung: Rung = proofs[0].clue.rung if proofs else (found.rung if found and found.owner else "")
        return Verdict(
            kind="auto-reply",
            confidence=classified.confidence,
            triage=unsure,
            reason="perhaps an automatic reply, perhaps a mail system's report"
            if unsure
            else "an automatic reply: it never counts as an answer",
            rung=rung,
            evidence=(*classified.evidence, *(proof.sentence for proof in proofs), *(found.evidence if found else ())),
            owner=owner,
        )

    def _proved(
        self, mail: InboundMail, classified: Classified, strong: Sequence[Proof], weak: Sequence[Proof]
    ) -> Verdict:
        """Judge a mail that was sent to an address of ours made for one party, or answers a message of ours."""
        owner = strong[0].owner
        known = self._is_known(mail, owner)
        others = () if known else self._others(mail, owner)
        if others:
            doubt = f"the token is of «{owner.party}», the sender a mailbox of «{others[0].party}»"
            return doubtful(classified, doubt, proofs=strong, candidates=others)
        elsewhere = [proof for proof in weak if answers([proof.owner]) != answers([owner])]
        if elsewhere:
            other = elsewhere[0].owner
            doubt = f"it answers {owner.reference}, but quotes {other.reference} as «{other.party}» got it"
            return doubtful(classified, doubt, proofs=(*strong, *elsewhere), owner=owner)
        if classified.kind == "forward" and not known and strong[0].clue.rung != "token":
            doubt = f"it sends on a mail that was for «{owner.party}», but its sender is not known"
            return doubtful(classified, doubt, proofs=strong, owner=owner)
        return self._decided(mail, _with(classified, strong), owner, rung=strong[0].clue.rung, known=known)

    def _quoted(self, mail: InboundMail, classified: Classified, weak: Sequence[Proof]) -> Verdict:
        """Judge a mail that only quotes, attaches or continues what a party got: anybody may do so."""
        owner = weak[0].owner
        if len(answers(proof.owner for proof in weak)) > 1:
            return doubtful(classified, "it quotes letters to different parties or of different circulars", proofs=weak)
        if self._is_known(mail, owner):
            return self._decided(mail, _with(classified, weak), owner, rung=weak[0].clue.rung, known=True)
        others = self._others(mail, owner)
        doubt = "it quotes a letter of ours, but its sender is not known"
        if others:
            doubt = f"it quotes the letter to «{owner.party}», but its sender is a mailbox of «{others[0].party}»"
        return doubtful(classified, doubt, proofs=weak, candidates=others)

    def _without_proof(self, mail: InboundMail, classified: Classified) -> Verdict:
        """Judge by an earlier mail of the same conversation, else by reference, sender, domain and names."""
        earlier = earlier_mails(
            self._connection,
            thread=thread_header(mail.headers.first("thread-index")).hex(),
            message_ids=(*mail.in_reply_to, *mail.references),
        )
        if earlier:
            return self._continued(mail, classified, earlier)
        calendar = _calendar(mail, classified)
        others = (calendar.attendee.address if calendar else "", _sent_on_from(mail, classified))
        found = guess(
            self._connection, mail, said=_new_text(mail.text, ()), uid=calendar.uid if calendar else "", others=others
        )
        classified = replace(classified, evidence=(*classified.evidence, *found.evidence))
        if found.owner is not None:
            return self._decided(mail, classified, found.owner, rung=found.rung, known=True)
        undecided = _for_staff(mail, classified)
        return doubtful(classified, undecided or found.reason, candidates=found.candidates, rung=found.rung)

    def _continued(self, mail: InboundMail, classified: Classified, earlier: Sequence[Earlier]) -> Verdict:
        """Judge a mail of a conversation in which others have been filed."""
        owner = earlier[0].owner
        told = f"it continues a conversation with {earlier[0].sender}, filed under {owner.reference}, «{owner.key}»"
        classified = replace(classified, evidence=(*classified.evidence, told))
        same = any(same_address(mail.sender.address, one.sender) for one in earlier)
        known = self._is_known(mail, owner)
        if len(answers(one.owner for one in earlier)) > 1 or not (same or known):
            doubt = "it continues a conversation, but whose it is, is not certain"
            return doubtful(classified, doubt, candidates=[one.owner for one in earlier], rung="thread")
        return self._decided(mail, classified, owner, rung="thread", known=known)

    def _decided(self, mail: InboundMail, classified: Classified, owner: Owner, *, rung: Rung, known: bool) -> Verdict:
        """File under a party, unless the subject speaks against it, or staff must look at such a mail anyway."""
        subjects = [letter.subject for letter in self._letters(self._connection, owner)]
        other = contradicting(mail, issued_circulars(self._connection), owner, subjects)
        undecided = f"it answers {owner.reference}, but its subject names {other}" if other else ""
        undecided = undecided or _for_staff(mail, classified)
        who = f"«{owner.party}»" if known else f"a colleague at «{owner.party}»"
        sure: Confidence = "certain" if known and rung in _PROVEN else "likely"
        sender = f"{mail.sender.address} is {'a mailbox' if known else 'no mailbox'} of «{owner.party}»"
        return Verdict(
            kind="reply" if classified.kind == "unknown" else classified.kind,
            confidence="unsure" if other else sure,
            triage=bool(undecided),
            reason=undecided or f"a reply from {who}, by {_BY[rung]}",
            rung=rung,
            evidence=(*classified.evidence, sender),
            owner=owner,
            colleague=not known,
        )

    def _is_known(self, mail: InboundMail, owner: Owner) -> bool:
        known = mailboxes_of_party(self._connection, owner.circular_id, owner.party)
        return any(same_address(mail.sender.address, mailbox) for mailbox in known)

    def _others(self, mail: InboundMail, owner: Owner) -> tuple[Owner, ...]:
        """Return the other parties of that circular whose mailbox the sender is."""
        return messages_to_mailbox(self._connection, spellings(mail.sender.address), owner.circular_id)


@lru_cache(maxsize=1)
def _new_text(text: str, ours: tuple[str, ...]) -> str:
    """Remember the last: a mail that nobody is known to have sent is read first to guess, then to be filed."""
    return new_text(text, ours=ours)


def _doubt(clues: Clues, strong: Sequence[Proof]) -> str:
    """Return why the tokens of a mail cannot be believed, or an empty string."""
    if clues.forged:
        return "a token in it was not made by this office: forged or damaged"
    if len(answers(proof.owner for proof in strong)) > 1:
        return "it bears the tokens of different parties or circulars"
    if clues.strong and not strong:
        return "its token is of a letter that is not in the register (restored backup?)"
    return ""


_PROVEN: frozenset[Rung] = frozenset({"token", "message-id"})
_BY: dict[Rung, str] = {
    "token": "the token in its address",
    "message-id": "the Message-ID that it answers",
    "copy": "what it quotes and the sender",
    "thread": "its conversation and the sender",
    "reference": "the reference and the sender",
}


def _with(classified: Classified, proofs: Sequence[Proof]) -> Classified:
    return replace(classified, evidence=(*classified.evidence, *(proof.sentence for proof in proofs)))


def _for_staff(mail: InboundMail, classified: Classified) -> str:
    """Return why staff must look at mail of this kind whosever it is, or an empty string."""
    if classified.kind == "calendar":
        calendar = read_calendar_answer(mail)
        return calendar.sentence if calendar else "a calendar message: does it answer?"
    return "it asks to be taken off the list" if classified.kind == "unsubscribe" else ""


def _calendar(mail: InboundMail, classified: Classified) -> CalendarAnswer | None:
    return read_calendar_answer(mail) if classified.kind == "calendar" else None


def _sent_on_from(mail: InboundMail, classified: Classified) -> str:
    return original(mail).sender.address if classified.kind == "forward" else ""
