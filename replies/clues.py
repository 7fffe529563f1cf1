"""What in a mail ties it to a letter of ours: tokens in addresses, our Message-IDs, what is returned or quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from office.model import Mail
from office.tokens import LENGTH, Token, Tokens
from replies.addresses import domain_of, find_addresses
from replies.classifying import Classified
from replies.mail import InboundMail
from replies.reports import enclosed, returned_text

TOKEN_FIELD = "x-circulars-token"  # noqa: S105 - the name of a field
_PLUS = re.compile(r"[^+@]*\+([a-z2-7]{31})@", re.IGNORECASE)
_SHAPED = re.compile(rf"[a-z2-7]{{{LENGTH}}}", re.IGNORECASE)
_MOST_TEXT = 200_000  # characters of the text that are searched for tokens


@dataclass(frozen=True, slots=True)
class Clue:
    """A valid token, and where it stood. A weak one stood in running text, where letters get quoted and forwarded."""

    token: Token
    found: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Clues:
    """All clues, the best first; ``forged`` are texts at a token's place that this office did not sign."""

    valid: tuple[Clue, ...]
    forged: tuple[str, ...]

    @property
    def strong(self) -> tuple[Clue, ...]:
        """The clues that are not weak."""
        return tuple(clue for clue in self.valid if not clue.weak)


class ClueReader:
    """Finds clues with the office's key and addresses."""

    def __init__(self, tokens: Tokens, mail: Mail) -> None:
        self._tokens = tokens
        self._locals = {address.partition("@")[0].casefold() for address in (mail.reply, mail.bounce)}
        self._domains = {domain_of(address) for address in (mail.sender, mail.reply, mail.bounce)}

    def read(self, mail: InboundMail, classified: Classified) -> Clues:
        """Return the clues of a mail in the order of their weight."""
        texts = [*self._address_texts(mail), *self._id_texts(mail), *self._returned_texts(mail, classified)]
        valid = [Clue(token, found) for text, found in texts if (token := self._tokens.read(text))]
        forged = [text for text, _ in texts if self._tokens.read(text) is None]
        if classified.report is not None:
            valid += [Clue(token, "in the returned mail") for token in self._tokens.find(returned_text(mail))]
        quoted = self._tokens.find(mail.text[:_MOST_TEXT])
        valid += [Clue(token, "in the text", weak=classified.report is None) for token in quoted]
        return Clues(tuple({clue.token: clue for clue in reversed(valid)}.values())[::-1], tuple(dict.fromkeys(forged)))

    def _address_texts(self, mail: InboundMail) -> Iterator[tuple[str, str]]:
        for address in mail.delivered_to:
            local = address.partition("@")[0]
            match = _PLUS.match(address)
            if match is not None and (
                self._tokens.read(match[1]) or local.partition("+")[0].casefold() in self._locals
            ):
                yield match[1], "in the address it was sent to"

    def _id_texts(self, mail: InboundMail) -> Iterator[tuple[str, str]]:
        for identifiers, found in ((mail.in_reply_to, "In-Reply-To"), (reversed(mail.references), "References")):
            for identifier in identifiers:
                local, _, domain = identifier.rpartition("@")
                if self._is_ours(local, domain):
                    yield local, f"our Message-ID in {found}"

    def _returned_texts(self, mail: InboundMail, classified: Classified) -> Iterator[tuple[str, str]]:
        envelope = classified.report.envelope_id if classified.report else ""
        if _SHAPED.fullmatch(envelope.strip()):
            yield envelope.strip(), "the envelope identifier (ENVID)"
        for headers in enclosed(mail):
            for value in headers.all(TOKEN_FIELD):
                yield value.strip()[:100], "the X-Circulars-Token of the enclosed mail"
            for address in find_addresses(" ".join(headers.all("message-id"))):
                local, _, domain = address.rpartition("@")
                if self._is_ours(local, domain):
                    yield local, "our Message-ID in the enclosed mail"

    def _is_ours(self, local: str, domain: str) -> bool:
        """Tell whether a Message-ID claims to be ours: other systems have identifiers of 31 such letters too."""
        if not _SHAPED.fullmatch(local):
            return False
        return self._tokens.read(local) is not None or domain.lower() in self._domains
