"""Automatic mail that no header proves: what its subject and its words say.

People too write that they are away, or that a letter was received. What they write is never swallowed: words alone
give at most «likely», and «unsure», which goes to staff, where the mail also answers, quotes or attaches something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from office.folding import folded
from replies.absence import return_date
from replies.forwards import without_tags
from replies.machine_words import Topic, machine_words
from replies.mail import InboundMail
from replies.quoted import new_text
from replies.sentences import sentences

_NO_REPLY = re.compile(
    r"(?:no|not|donot|do-not|dont|ne-?pas|non)[._-]?(?:reply|replies|answer|repondre|responder|contestar|rispondere)"
)
_LINK = re.compile(r"https?://", re.IGNORECASE)
_LIST_ADMINISTRATOR = re.compile(
    r"(?:^|[.+-])(?:request|bounces|owner|mailman|sympa|listserv|majordomo|confirm\w*)(?:$|[.+-])"
)
_PICTURES = ("image/", "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature")
_ANSWERS_NOTHING = frozenset({"acknowledged", "question"})
_ASKS = ("attendance", "statement", "nomination")  # of registering and informing, receipts speak too
_LONGEST_NOTICE = 1_500  # characters: longer mails are letters, whatever they mention
_LONGEST_MACHINE_TEXT = 4_000
_MOST_TEXT = 20_000  # characters that are looked at
_MOST_SENTENCES = 30
_LATEST_ABSENCE = 3  # sentences before the one that tells it
_SHORTEST_SAID = 30  # characters of a sentence that says something: shorter ones are names
_SHORTEST_SAID_CJK = 10
_CJK = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
_LONGEST_ECHO = 20  # characters beside a subject that says everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """How sure the words make it that a machine sent a mail, and which words."""

    confidence: Literal["likely", "unsure"]
    evidence: tuple[str, ...]


def read_wording(mail: InboundMail) -> Wording | None:
    """Return what the words of a mail say of its being automatic; None for those of a person."""
    new = new_text(mail.text[:_MOST_TEXT])
    text = folded(new[: 2 * _LONGEST_MACHINE_TEXT])
    sign = _in_subject(mail, text)
    if sign:
        return _weighed(mail, new, sign)
    return _voice(mail) or _challenge(mail, text) or _registered(mail, new, text) or _absent(mail, new, text)


def has_automatic_subject(subject: str) -> bool:
    """Tell whether a subject begins as those of automatic replies do; «Re: Automatic reply» does not."""
    whole = folded(subject.lstrip("[ "))
    plain = folded(without_tags(subject))
    pattern = machine_words("automatic_subject")
    return bool(pattern.match(whole) or pattern.match(plain) or machine_words("absent_subject").search(whole))


def is_no_reply(mail: InboundMail) -> bool:
    """Tell whether the sender's address says that nobody reads what is sent to it."""
    return bool(_NO_REPLY.match(mail.sender.address.partition("@")[0]))


def _in_subject(mail: InboundMail, text: str) -> str:
    if has_automatic_subject(mail.subject):
        return "the subject begins like an automatic reply"
    subject = folded(without_tags(mail.subject))
    read = machine_words("read_subject").match(subject)
    if read and (len(text) <= _LONGEST_ECHO or machine_words("read_text").search(text)):
        return "a note in plain words that the mail was displayed or deleted"
    return ""


def _weighed(mail: InboundMail, new: str, sign: str, *further: str) -> Wording:
    """Return a sign as likely, or as unsure where the mail also does what an answer does."""
    doubts = (*further, *_doubts(mail, new))
    return Wording(confidence="unsure" if doubts else "likely", evidence=(sign, *doubts))


def doubts(mail: InboundMail) -> tuple[str, ...]:
    """Return why a mail that a program made may be an answer all the same: a registry's or a web form's.

    A notice of absence is none, whatever it says or bears.
    """
    new = new_text(mail.text[:_MOST_TEXT])
    if has_automatic_subject(mail.subject) or machine_words("absence").search(folded(new[:_LONGEST_NOTICE])):
        return ()
    return _doubts(mail, new)


def _doubts(mail: InboundMail, new: str) -> tuple[str, ...]:
    found = []
    if _answers(new):
        found.append("but it may also hold an answer")
    if any(not attachment.type.startswith(_PICTURES) for attachment in mail.attachments):
        found.append("but something is attached")
    return tuple(found)


def _answers(new: str) -> bool:
    """Tell whether a text accepts, declines, names or sends something, be it in one word."""
    from replies.suggesting import suggest

    suggestion = suggest(new[:_LONGEST_MACHINE_TEXT], asks=_ASKS)
    if suggestion is not None and suggestion.state not in _ANSWERS_NOTHING:
        return True
    word = machine_words("one_word")
    return any(
        word.fullmatch(folded(piece).strip(" .,;!。،"))
        for sentence in islice(sentences(new), _MOST_SENTENCES)
        for piece in re.split(r"[,;:\n،，]", sentence.text)
    )


def _voice(mail: InboundMail) -> Wording | None:
    """A voice message (RFC 3458): a machine recorded it, but a person may answer in it."""
    context = f"{mail.headers.first('message-context')} {mail.headers.first('content-class')}".lower()
    if "voice" in context or machine_words("voice").match(folded(without_tags(mail.subject))):
        return Wording(confidence="unsure", evidence=("a voice message: listen to it",))
    return None


def _challenge(mail: InboundMail, text: str) -> Wording | None:
    """A request to prove that a person sent the mail; until somebody does, nobody gets it."""
    pattern = machine_words("challenge")
    marked = any(name.startswith(("x-boxtrapper", "x-tmda", "x-spamarrest")) for name, _ in mail.headers.fields)
    asked = pattern.search(folded(mail.subject)) or (
        len(text) <= _LONGEST_MACHINE_TEXT and _LINK.search(text) and pattern.search(text)
    )
    if not marked and not asked:
        return None
    return Wording(
        confidence="unsure", evidence=("it asks to confirm that a person wrote: until then the letter is held back",)
    )


def _registered(mail: InboundMail, new: str, text: str) -> Wording | None:
    """What ticket systems, registries and list servers print."""
    if len(text) > _LONGEST_MACHINE_TEXT:
        return None
    both = f"{folded(mail.subject)}\n{text}"
    if machine_words("list_server").search(both):
        local = mail.sender.address.partition("@")[0].lower()
        sure = "list-id" in mail.headers or _LIST_ADMINISTRATOR.search(local)
        return Wording(confidence="likely" if sure else "unsure", evidence=("a list server's notice",))
    if machine_words("stated").search(text):
        return _weighed(mail, new, "it says that it was made automatically, or is not to be answered")
    if machine_words("receipt").search(both) and (machine_words("ticket_number").search(both) or is_no_reply(mail)):
        return _weighed(mail, new, "a receipt of a ticket system or registry")
    return None


def _absent(mail: InboundMail, new: str, text: str) -> Wording | None:
    """A notice that the writer is away, known by its words alone."""
    absence = machine_words("absence").search(text)
    if len(text) > _LONGEST_NOTICE or absence is None:
        return None
    sign = "it says that the writer is away"
    begins = _only_greets(text[: absence.start()])
    more = _says_more(text[absence.start() :])
    if begins and (machine_words("absence_companion").search(text) or return_date(new, sent=mail.date.date())):
        further = []
        if len(mail.text.strip()) > len(new) + _LONGEST_ECHO:
            further.append("but it quotes, as people do")
        if more:
            further.append("but it says other things too")
        return _weighed(mail, new, f"{sign}, as automatic replies do", *further)
    asks = any(sentence.is_question for sentence in sentences(new))
    if begins and not (more or asks or _answers(new)):
        return Wording(confidence="unsure", evidence=(sign,))
    return None  # a person who answers, asks or tells something, and is away besides


def _only_greets(before: str) -> bool:
    """Tell whether nothing but greetings and thanks stands before the sentence in which a text breaks off."""
    said = [sentence.text for sentence in islice(sentences(before), _LATEST_ABSENCE + 1)]
    if said and not before.rstrip(" ").endswith((".", "!", "。", "！", "\n")):
        said.pop()
    return len(said) <= _LATEST_ABSENCE and all(map(machine_words("opening").match, said))


def _says_more(notice: str) -> bool:
    """Tell whether something stands in a notice, above its closing, that such notices do not say."""
    topics: tuple[Topic, ...] = ("absence", "absence_companion", "stated", "back", "opening")
    for sentence in islice(sentences(notice), _MOST_SENTENCES):
        if machine_words("closing").match(sentence.text):
            return False
        shortest = _SHORTEST_SAID_CJK if _CJK.search(sentence.text) else _SHORTEST_SAID
        if len(sentence.text) >= shortest and not any(machine_words(topic).search(sentence.text) for topic in topics):
            return True
    return False
