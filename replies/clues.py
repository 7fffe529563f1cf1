"""What in a mail ties it to a letter of ours: tokens in addresses, our Message-IDs, what it returns or quotes.

Only a signature proves anything, so everything is searched, and nothing need be in its right place or form: gateways
upper-case, fold, wrap, percent-encode and move what they pass on.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from office.model import Mail
from office.tokens import LENGTH, Token, Tokens, is_stand_in
from replies.addresses import domain_of, domain_spellings, message_ids
from replies.charsets import decode
from replies.classifying import Classified
from replies.mail import InboundMail
from replies.mime import Headers, Part

# The ladder, from the surest rung to a mere likeness; empty: nothing was found.
Rung = Literal["token", "message-id", "copy", "thread", "reference", "mailbox", "domain", "name", ""]

_SHAPED = re.compile(rf"[a-z2-7]{{{LENGTH}}}", re.IGNORECASE)
_PLUS = re.compile(r"([^+@]*)\+([^@]*)@(.*)", re.DOTALL)
_ANSWERED = ("in-reply-to", "references")
# Fields that hold what people write, or what is looked at elsewhere; any other may hold the address it was sent to.
_NO_ADDRESS = frozenset({*_ANSWERED, "message-id", "subject", "thread-topic", "thread-index", "comments", "keywords"})
_MOST_FIELDS = 2_000
_LONGEST_FIELD = 50_000  # bytes
_MOST_SEARCHED = 1_000_000  # bytes of all contents
_MOST_OF_ONE = 200_000  # bytes of one part
_MOST_FORGED = 20
# What was encoded, and lost the field that said so: at least two full lines.
_BASE64_LINES = re.compile(r"(?:^[ \t>]{0,10}[A-Za-z0-9+/]{40,76}={0,2}[ \t]*\n?){2,}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Clue:
    """A valid token, on which rung, and where it stood.

    A weak one proves that the mail is about a letter, but not that it comes from the party that got it: letters are
    quoted, forwarded and attached by others too.
    """

    token: Token
    rung: Rung
    found: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Clues:
    """All clues, the best first.

    ``forged`` are texts at a token's place that this office did not sign. ``own`` tells that the mail itself bears a
    Message-ID of ours: it is a letter that came back.
    """

    valid: tuple[Clue, ...]
    forged: tuple[str, ...] = ()
    own: bool = False

    @property
    def strong(self) -> tuple[Clue, ...]:
        """The clues that are not weak."""
        return tuple(clue for clue in self.valid if not clue.weak)

    @property
    def weak(self) -> tuple[Clue, ...]:
        """The clues that others than the party may have passed on."""
        return tuple(clue for clue in self.valid if clue.weak)


class ClueReader:
    """Finds clues with the office's key and addresses."""

    def __init__(self, tokens: Tokens, mail: Mail) -> None:
        self._tokens = tokens
        ours = (mail.reply, mail.bounce)
        self._locals = {address.partition("@")[0].casefold() for address in ours}
        self._domains = {spelt for address in (mail.sender, *ours) for spelt in domain_spellings(domain_of(address))}

    def read(self, mail: InboundMail, classified: Classified) -> Clues:
        """Return the clues of a mail in the order of their weight."""
        reported = classified.report is not None
        found = [*self._addressed(mail), *self._answered(mail)]
        found += [Clue(clue.token, clue.rung, clue.found, weak=not reported) for clue in self._copied(mail)]
        thread = self._tokens.read_thread_index(mail.headers.first("thread-index"))
        if thread is not None:
            found.append(Clue(thread, "thread", "the Thread-Index of our letter", weak=True))
        best: dict[Token, Clue] = {}
        for clue in found:
            best.setdefault(clue.token, clue)
        return Clues(
            valid=tuple(best.values()),
            forged=tuple(dict.fromkeys(self._forged(mail)))[:_MOST_FORGED],
            own=bool(self._tokens.find(mail.message_id)),
        )

    def _addressed(self, mail: InboundMail) -> Iterator[Clue]:
        for name, token in self._in_fields(mail.headers):
            if name not in _NO_ADDRESS and not name.endswith("message-id"):
                yield Clue(token, "token", f"in the address it was sent to ({name.title()})")

    def _answered(self, mail: InboundMail) -> Iterator[Clue]:
        for wanted in _ANSWERED:
            found = [token for name, token in self._in_fields(mail.headers) if name == wanted]
            for token in reversed(found):  # the nearest stands last
                yield Clue(token, "message-id", f"our Message-ID in {wanted.title()}")

    def _copied(self, mail: InboundMail) -> Iterator[Clue]:
        """Yield what is sent on, returned, attached or quoted; fields of enclosed mails before running text."""
        for name, token in self._in_fields(mail.headers):
            if name.endswith("-message-id"):  # X-Forwarded-Message-ID: what is sent on
                yield Clue(token, "copy", f"our Message-ID in {name.title()}")
        for part in mail.root.walk():
            for name, token in self._in_fields(part.headers) if part is not mail.root else ():
                ours = name == "message-id"
                where = f"{'our Message-ID' if ours else name.title()} of the enclosed mail"
                yield Clue(token, "message-id" if ours else "copy", where)
        for text in _contents(mail):
            for token in self._tokens.find(text):
                yield Clue(token, "copy", "in the text that it quotes or returns")
        for token in self._tokens.find(mail.subject):
            yield Clue(token, "copy", "in the subject")

    def _in_fields(self, headers: Headers) -> Iterator[tuple[str, Token]]:
        """Yield the names of fields that hold a token of ours, with it."""
        for name, value in headers.fields[:_MOST_FIELDS]:
            text = headers.text(value[:_LONGEST_FIELD])
            for token in self._tokens.find(re.sub(r"[ \t]+", "\n", text)):  # where it was folded, it may be broken
                yield name, token

    def _forged(self, mail: InboundMail) -> Iterator[str]:
        """Yield what stands where only we put something, and was not made by us, or was damaged."""
        for address in mail.delivered_to:
            match = _PLUS.fullmatch(address)
            if match is None or match[1].casefold() not in self._locals or self._tokens.find(match[2]):
                continue
            if is_stand_in(match[2]):  # a test mail of our own, which answers nothing
                continue
            if _SHAPED.fullmatch(match[2]) or match[3].lower() in self._domains:
                yield match[2]
        for name in _ANSWERED:
            for value in mail.headers.all(name):
                for identifier in message_ids(value[:_LONGEST_FIELD]):
                    local, _, domain = identifier.rpartition("@")
                    ours = _SHAPED.fullmatch(local) and domain.lower() in self._domains
                    if ours and not self._tokens.find(local):
                        yield local


def _contents(mail: InboundMail) -> Iterator[str]:
    """Yield the contents of every part as text: undone once more where an encoding was left behind."""
    left = _MOST_SEARCHED
    for part in mail.root.walk():
        if part.children or left <= 0:
            continue
        content = part.beginning(min(left, _MOST_OF_ONE))
        left -= len(content)
        text = _as_text(part, content)
        yield text
        for match in _BASE64_LINES.finditer(text):
            yield _from_base64(match[0])


def _as_text(part: Part, content: bytes) -> str:
    if part.type.startswith(("text/", "message/")):
        return decode(content, part.parameters.get("charset", ""))
    return content.replace(b"\0", b"").decode("latin-1")  # also Outlook's own formats, whose text is UTF-16


def _from_base64(lines: str) -> str:
    packed = re.sub(r"[^A-Za-z0-9+/]", "", lines)
    try:
        return binascii.a2b_base64(packed[: len(packed) // 4 * 4]).decode("latin-1")
    except binascii.Error:
        return ""
