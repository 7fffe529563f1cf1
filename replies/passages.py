"""Who a mail system's own words are about, and which of the words are about whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from replies.addresses import same_address
from replies.diagnostics import is_telling

_MOST_LINES = 5_000
_LONGEST_LINE = 1_000  # characters of a line that are searched
_LONGEST_PASSAGE = 2_000
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:|=]{1,64}@[^\s<>()\[\]\",;:|=/]{1,255}")
_QUOTED = re.compile(r'"[^"\\\n]{1,64}"@[^\s<>()\[\]",;:]{1,255}')
_BULLET = re.compile(r"[\s>*•·\-+=#.<'\"«(\[]{0,80}(?:\d{1,3}[.)]\s{0,10})?[\s<'\"«(\[]{0,20}", re.ASCII)
# What may stand before an address on the line that reports on it, in the order: name of a field, sentence.
_LABEL = re.compile(
    r"(?:(?:final|original|failed|intended|undelivered|the following|remote|bad)?[ -]?(?:recipient|addressee)s?"
    r"(?: ?\(?s\)?)?(?:[ -](?:e-?mail )?address)?|addressed to|error-for|dda|mailbox|user|e-?mail address"
    r"|destinataires?|empfänger|destinatarios?|destinat[aá]rios?|destinatari[oi]?|получател[ьи]|收件人|宛先|المستلم)"
    r"[ \t]{0,20}[:：=][ \t]{0,20}(?:rfc822[ \t]?;[ \t]{0,20}|[<'\"\[]|smtp[:=]){0,3}",
    re.IGNORECASE,
)
_COLON = re.compile(r"[:：=][ \t]{0,20}[<'\"\[]{0,2}(?=[^\s<>:]{1,64}@[^\s<>:]{1,255}[>'\"\]. \t]{0,10}$)")
_SENTENCE = re.compile(
    r"(?:deliver(?:y|ed|ing|able)?|undeliverable|message|mail|e-mail|nachricht|mensaje|mensagem|messaggio"
    r"|сообщение|письмо)"
    r"[^.@]{0,60} (?:to|for|à|an|a|para|для|на)\b[^@.]{0,40}|(?:unknown|invalid|no such|bad|rejected) (?:user"
    r"|recipient|address|mailbox)"
    r"[^@.]{0,20}|(?:user|mailbox|recipient|address)\b[^@.]{0,60}|rcpt to:\s{0,5}|attempts:\s{0,5}|送信先.{0,20}"
    r"|发送到.{0,20}",
    re.IGNORECASE,
)
_NAME_AND_ADDRESS = re.compile(
    r"[^\s<>()\[\]\",;:|=]{1,64}@[^\s<>()\[\]\",;:"
    r"|=/]{1,255}\"?[ \t]{1,5}<(?=[^\s<>]{1,64}@)"
)
_TRANSCRIPT = re.compile(r"[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})? {1,4}[<\"|(]{0,2}")
_TALKING = re.compile(r"[. ]{0,5}while talking to", re.IGNORECASE)
_ABOUT_SENDER = re.compile(
    r"\b(?:from|sender|reply-to|return-path|mail from|sent by|contact"
    r"|cc)\b[^@]{0,20}$",
    re.IGNORECASE,
)
_FIRST_MEANT = re.compile(
    r"\((?:expanded from|ultimately generated from|generated from"
    r"|was addressed to)[:\s]{1,20}<?([^\s<>()]{1,320})>?\)"
)
_DAEMON_LOCAL = re.compile(r"mailer-?daemon|double-bounce|no-?reply|do-?not-?reply", re.IGNORECASE)
_OFFICE_LOCAL = re.compile(
    r"(?:post_?master|support|help|helpdesk|abuse|info|service|hostmaster|webmaster"
    r"|admin|administrator|contact)@",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """What is said of one recipient; ``first_meant`` is the address it was expanded from, or empty."""

    address: str
    words: str
    first_meant: str = ""


def read_passages(own: str, others: Iterable[str] = ()) -> tuple[Passage, ...]:
    """Return what the server's own words say, recipient by recipient, as surely as they tell.

    In order: lines that begin with an address, labelled ones, the lines of an SMTP session, sentences, any
    address at all. ``others`` are addresses that are rather the reporter's and the sender's: they count only where
    a line that names them leaves no doubt.
    """
    lines = [line[:_LONGEST_LINE] for line in own.splitlines()[:_MOST_LINES]]
    known = tuple(others)
    for reader in (_leading, _labelled):
        found = _between(lines, list(reader(lines)))
        sure = [passage for passage in found if not _is_one_of(passage.address, known)]
        if sure or any(is_telling(passage.words) for passage in found):
            return tuple(_merged(sure or found))
    session = list(_session(lines))
    if session:
        return tuple(_merged(session))
    anywhere = list(_sentences(lines)) or list(_anywhere(lines))
    return tuple(_merged(p for p in _between(lines, anywhere) if not _is_one_of(p.address, known)))


def words_about(own: str, address: str) -> str:
    """Return what the server's own words say of an address; empty if they do not name it."""
    lines = [line[:_LONGEST_LINE] for line in own.splitlines()[:_MOST_LINES]]
    for reader in (_leading, _labelled, _sentences):
        for passage in _between(lines, list(reader(lines))):
            if same_address(passage.address, address) and passage.words:
                return passage.words
    return next((passage.words for passage in _session(lines) if same_address(passage.address, address)), "")


def _leading(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        start = _BULLET.match(line)
        begin = start.end() if start else 0
        address = _address_at(line, begin)
        real = _NAME_AND_ADDRESS.match(line, begin)  # «ana@example.org <ben@example.org>»: the first is a mere name
        if address:
            yield number, _address_at(line, real.end()) or address if real else address


def _labelled(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        label = _LABEL.search(line) or _COLON.search(line)
        if label is None or _ABOUT_SENDER.search(line[: label.start()]):
            continue
        address = _address_at(line, label.end())
        if address and (label.re is _LABEL or _SENTENCE.search(line[: label.start()])):
            yield number, address


def _sentences(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            before = line[max(0, match.start() - 120) : match.start()]
            if _SENTENCE.search(before) and not _ABOUT_SENDER.search(before) and _is_recipient(match.group()):
                yield number, _trimmed(match.group())


def _anywhere(lines: list[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines):
        for match in _ADDRESS.finditer(line):
            before = line[: match.start()]
            named = _is_recipient(match.group()) and not _OFFICE_LOCAL.match(match.group())
            if (
                named
                and not _ABOUT_SENDER.search(before[-60:])
                and not re.search(
                    r"message-?id|://"
                    r"|mailto:",
                    before,
                    re.IGNORECASE,
                )
            ):
                yield number, _trimmed(match.group())


def _session(lines: list[str]) -> Iterator[Passage]:
    """Yield what the transcript of an SMTP session says: its last line on a recipient ends what concerns him."""
    begun = asked_at = 0
    asked = ""
    for number, line in enumerate(lines):
        command = re.search(r"rcpt to:\s{0,5}<?", line, re.IGNORECASE)
        if command:
            asked, asked_at = _address_at(line, command.end()) or asked, number
        if _TALKING.match(line):
            begun = number
        closing = _TRANSCRIPT.match(line)
        address = _address_at(line, closing.end()) if closing else ""
        if address and _is_recipient(address):
            yield Passage(address=address, words=_joined(lines[begun : number + 1]))
            begun, asked = number + 1, ""
        elif re.match(r"\s*(?:<<<|out:|received|s:)?\W{0,5}[45]\d\d[ -]", line, re.IGNORECASE) and asked:
            yield Passage(address=asked, words=_joined(lines[asked_at : number + 1]))


def _between(lines: list[str], places: list[tuple[int, str]]) -> list[Passage]:
    """Cut the lines into passages, each from its address to the next, or to the first empty line that ends a reason."""
    ends = [*(number for number, _ in places[1:]), len(lines)][: len(places)]
    passages = []
    for (number, address), end in zip(places, ends, strict=True):
        said: list[str] = []
        for line in lines[number : max(end, number + 1)]:
            if not line.strip() and is_telling(_joined(said)[len(address) :]):
                break
            said.append(line)
        words = _joined(said)
        first = _FIRST_MEANT.search(" ".join(words.split()))
        meant = _trimmed(first[1]) if first and "@" in first[1] else ""
        passages.append(Passage(address=address, words=words, first_meant=meant))
    return passages


def _merged(passages: Iterable[Passage]) -> Iterator[Passage]:
    """Yield one passage for each address: the first that says something, for lists come before reasons."""
    found: dict[str, Passage] = {}
    for passage in passages:
        key = passage.address.casefold()
        earlier = found.get(key)
        if earlier is None:
            found[key] = passage
        elif not is_telling(earlier.words) and is_telling(passage.words):
            found[key] = replace(passage, first_meant=passage.first_meant or earlier.first_meant)
    aliases = {passage.first_meant.casefold() for passage in found.values()}
    yield from (passage for passage in found.values() if passage.address.casefold() not in aliases)


def _address_at(line: str, position: int) -> str:
    match = _QUOTED.match(line, position) or _ADDRESS.match(line, position)
    return _trimmed(match.group()) if match and _is_recipient(match.group()) else ""


def _trimmed(address: str) -> str:
    return address.strip("'`*").rstrip(".!?>")


def _is_recipient(address: str) -> bool:
    local, _, domain = address.partition("@")
    return (
        "*" not in address and domain.strip(".") != "" and not _DAEMON_LOCAL.match(local)
    )  # «***@example.org»: masked


def _is_one_of(address: str, known: tuple[str, ...]) -> bool:
    return any(same_address(address, one) for one in known)


def _joined(lines: list[str]) -> str:
    return "\n".join(lines)[:_LONGEST_PASSAGE]
