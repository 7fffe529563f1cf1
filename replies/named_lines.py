"""The lines of a report on which a recipient is named, from the surest way of naming him to the vaguest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from replies.addresses import EAST_ASIAN

Place = tuple[int, str]  # number of the line, address

_CHARACTERS = rf"[^\s<>()\[\]\",;:|={EAST_ASIAN}]"
_ADDRESS = re.compile(rf"{_CHARACTERS}{{1,64}}@{_CHARACTERS}{{1,255}}")
_QUOTED = re.compile(r'"[^"\\\n]{1,64}"@[^\s<>()\[\]",;:]{1,255}')  # RFC 5321 section 4.1.2
_NAME_AND_ADDRESS = re.compile(rf"{_CHARACTERS}{{1,64}}@{_CHARACTERS}{{1,255}}\"?[ \t]{{1,5}}<(?=[^\s<>]{{1,64}}@)")
_BULLET = re.compile(r"[\s>*•·\-+=#.<'\"«(\[]{0,80}(?:\d{1,3}[.)]\s{0,10})?[\s<'\"«(\[]{0,20}", re.ASCII)
_RECIPIENT = (
    r"(?:recipient|addressee)s?(?: ?\(?s\)?)?(?:[ -](?:e-?mail )?address)?|addressed to|error-for|dda|mailbox|user"
    r"|e-?mail address|destinataires?|empfänger|destinat[aá]rios?|destinatari[oi]?|получател[ьи]|收件人|宛先|المستلم"
)
_LABEL = re.compile(
    rf"(?:{_RECIPIENT})[ \t]{{0,20}}[:：=][ \t]{{0,20}}(?:rfc822[ \t]?;[ \t]{{0,20}}|[<'\"\[]|smtp[:=]){{0,3}}",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：=][ \t]{0,20}[<'\"\[]{0,2}(?=[^\s<>:]{1,64}@[^\s<>:]{1,255}[>'\"\]. \t]{0,10}$)")
_MAIL = r"deliver(?:y|ed|ing|able)?|undeliverable|message|mail|nachricht|mensaje|mensagem|messaggio|сообщение|письмо"
_SENTENCE = re.compile(
    rf"(?:{_MAIL})[^.@]{{0,60}} (?:to|for|à|an|a|para|для|на)\b[^@.]{{0,40}}"
    r"|(?:unknown|invalid|no such|bad|rejected) (?:user|recipient|address|mailbox)[^@.]{0,20}"
    r"|(?:user|mailbox|recipient|address)\b[^@.]{0,60}|rcpt to:\s{0,5}|attempts:\s{0,5}|送信先.{0,20}|发送到.{0,20}",
    re.IGNORECASE,
)
_RECIPIENTS = re.compile(r"\b(?:recipients?|addressees?|users?|mailbox(?:es)?)\b", re.IGNORECASE)
_LOCAL_NAME = re.compile(r"[a-z0-9][\w.+-]{1,63}", re.IGNORECASE | re.ASCII)
_LONGEST_SENTENCE = 500
_OF_THE_SENDER = re.compile(
    r"\b(?:(?<!generated )(?<!expanded )from|sender|reply-to|return-path|sent by|contact|cc)\b[^@]{0,20}$",
    re.IGNORECASE,
)
_NO_ADDRESS = re.compile(r"message-?id|://|mailto:", re.IGNORECASE)
_PROGRAM = re.compile(r"mailer-?daemon|double-bounce|no-?reply|do-?not-?reply", re.IGNORECASE)
_OFFICE = re.compile(
    r"(?:post_?master|support|help|helpdesk|abuse|info|service|hostmaster|webmaster|admin|administrator|contact)@",
    re.IGNORECASE,
)


def leading(lines: list[str]) -> Iterator[Place]:
    """Yield the lines that begin with an address, after bullets and brackets."""
    for number, line in enumerate(lines):
        start = _BULLET.match(line)
        begin = start.end() if start else 0
        address = address_at(line, begin)
        real = _NAME_AND_ADDRESS.match(line, begin)  # «ana@example.org <ben@example.org>»: the first is a mere name
        if address:
            yield number, (address_at(line, real.end()) if real else "") or address


def labelled(lines: list[str]) -> Iterator[Place]:
    """Yield the lines that name an address after a label such as «Recipient:», or after «User unknown:»."""
    for number, line in enumerate(lines):
        label = _LABEL.search(line) or _COLON.search(line)
        if label is None or _OF_THE_SENDER.search(line[: label.start()]):
            continue
        address = address_at(line, label.end())
        if address and (label.re is _LABEL or _SENTENCE.search(line[: label.start()])):
            yield number, address


def in_sentences(lines: list[str]) -> Iterator[Place]:
    """Yield the lines that name an address in a sentence such as «your message to … »."""
    for number, address, before in _anywhere(lines):
        if _SENTENCE.search(before[-120:]):
            yield number, address


def anywhere(lines: list[str]) -> Iterator[Place]:
    """Yield the lines that hold any address but those of senders and of people to write to for help."""
    for number, address, before in _anywhere(lines):
        if not _OFFICE.match(address) and not _NO_ADDRESS.search(before):
            yield number, address


def local_names(lines: list[str]) -> Iterator[str]:
    """Yield the names that stand alone below a sentence on recipients: mailboxes at the server that reports."""
    said = ""
    for line in map(str.strip, lines):
        if said.endswith(":") and _LOCAL_NAME.fullmatch(line) and _RECIPIENTS.search(said):
            yield line
        elif line or not said.endswith(":"):
            said = f"{said} {line}".strip()[-_LONGEST_SENTENCE:] if line else ""


def address_at(line: str, position: int) -> str:
    """Return the address that stands at a position, or an empty string."""
    match = _QUOTED.match(line, position) or _ADDRESS.match(line, position)
    return _recipient(match.group()) if match else ""


def trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    return address.strip("'`*").rstrip(".!?>/")


def _anywhere(lines: list[str]) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            before = line[: match.start()]
            address = _recipient(match.group())
            if address and not _OF_THE_SENDER.search(before[-60:]):
                yield number, address, before


def _recipient(text: str) -> str:
    """Return the address, unless it is masked («***@example.org») or that of a program that takes no mail."""
    local, _, domain = text.partition("@")
    masked = "*" in text.strip("*") or not local.strip("'`*")
    return "" if masked or not domain.strip(".") or _PROGRAM.match(local) else trimmed(text)
