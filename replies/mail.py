"""A fetched mail as typed facts. Any bytes whatever can be read; none raises."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from office.clock import Clock
from replies.addresses import Mailbox, mailboxes, message_ids
from replies.file_names import safe_file_name
from replies.mime import Headers, Part, normalise_newlines, parse_part

# Every field in which a server or a forwarder may have kept the address a mail was sent to.
_DELIVERY_FIELDS = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to",
    "x-rcpt-to", "apparently-to", "original-recipient", "to", "cc", "bcc", "resent-to", "resent-cc",
)  # fmt: skip
_RECEIVED_FOR = re.compile(r"\bfor\s+<?([^\s<>;]+@[^\s<>;]+)>?", re.IGNORECASE)
_STEADY_FIELDS = ("message-id", "date", "from", "to", "cc", "subject", "in-reply-to", "references")
_FROM_QUOTED = re.compile(rb"^>+(?=From )", re.MULTILINE)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LONGEST_LINE = 998  # bytes without its end (RFC 5322, section 2.1.1); more is in no index of PostgreSQL
_LONGEST_SUBJECT = 2_000
_MOST_TEXT = 2_000_000
_SHORT_TEXT = 500  # characters
_POORER = 4  # times as long is another alternative that says more
_MOST_ATTACHMENTS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What came with a mail: the sender's name for it, made safe; media type, size in bytes."""

    name: str
    type: str
    size: int
    part: Part = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class InboundMail:
    """A mail as read.

    Message-IDs are without angle brackets. ``return_path`` is None where the field is missing and empty for
    ``<>``. ``delivered_to`` holds every address the mail may have been sent to. ``date`` is what the mail
    states, or the clock's moment if it states none that can be; ``received_at`` is when our own server (the
    topmost Received field) took it, else ``date``, never later than the clock. ``text`` is what a person wrote, with
    HTML turned into text; ``root`` is the tree of parts.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    sender: Mailbox
    return_path: str | None
    delivered_to: tuple[str, ...]
    subject: str
    date: datetime
    received_at: datetime
    text: str
    attachments: tuple[Attachment, ...]
    root: Part
    size: int

    @property
    def headers(self) -> Headers:
        """The mail's own header fields."""
        return self.root.headers

    def part(self, *types: str) -> Part | None:
        """Return the first part of one of the media types, looking into enclosed messages too."""
        return next((part for part in self.root.walk() if part.type in types), None)


def parse_mail(raw: bytes, *, clock: Clock, received_at: datetime | None = None) -> InboundMail:
    """Read a mail; ``received_at`` is when the source says it arrived, used if the mail itself does not tell."""
    root = parse_part(normalise_newlines(raw))
    headers = root.headers
    now = clock()
    stated = _date(headers.first("date"))
    arrived = _date(headers.first("received").rpartition(";")[2]) or stated or received_at or now
    return_path = headers.first("return-path") if "return-path" in headers else None
    return InboundMail(
        message_id=_cut(next(iter(message_ids(headers.first("message-id"))), "")),
        in_reply_to=_ids(headers.all("in-reply-to")),
        references=_ids(headers.all("references")),
        sender=_sender(headers),
        return_path=None if return_path is None else next(iter(_addresses([return_path])), ""),
        delivered_to=_delivery_addresses(headers),
        subject=" ".join(headers.first("subject").split())[:_LONGEST_SUBJECT],
        date=stated or arrived,
        received_at=min(arrived, now),
        text=readable_text(root),
        attachments=_attachments(root),
        root=root,
        size=len(raw),
    )


def fingerprint(mail: InboundMail) -> str:
    """Return SHA-256, in hexadecimal, over what two deliveries of the same mail have in common.

    That is: the fields its author set and the decoded contents. Trace fields, newlines, transfer encodings,
    mbox quoting and blank lines at the end do not count.
    """
    digest = hashlib.sha256()
    for name in _STEADY_FIELDS:
        values = "\0".join(" ".join(value.split()) for value in mail.headers.all(name))
        digest.update(f"{name}:{values}\n".encode("utf-8", "replace"))
    for part in mail.root.leaves():
        digest.update(f"{part.type}\n".encode("utf-8", "replace"))
        content = normalise_newlines(part.content) if part.type.startswith(("text/", "message/")) else part.content
        digest.update(hashlib.sha256(_FROM_QUOTED.sub(b"", content).rstrip()).digest())
    return digest.hexdigest()


def _sender(headers: Headers) -> Mailbox:
    for name in ("from", "sender", "return-path"):
        for value in headers.raw(name):
            for mailbox in mailboxes(value):
                return mailbox
    return Mailbox()


def _addresses(values: Iterable[str]) -> tuple[str, ...]:
    found = (mailbox.address for value in values for mailbox in mailboxes(value))
    return tuple(dict.fromkeys(address for address in found if address))


def _delivery_addresses(headers: Headers) -> tuple[str, ...]:
    named = _addresses(value for name in _DELIVERY_FIELDS for value in headers.raw(name))
    traced = (address for value in headers.all("received") for address in _RECEIVED_FOR.findall(value))
    return tuple(dict.fromkeys((*named, *traced)))


def _ids(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(identifier for value in values for identifier in message_ids(value)))


def _cut(message_id: str) -> str:
    """Return no more of a Message-ID than fits into a line."""
    return message_id.encode("utf-8", "replace")[:_LONGEST_LINE].decode("utf-8", "ignore")


def _date(value: str) -> datetime | None:
    """Read an RFC 5322 date; None for what is no date, or one that no mail can have."""
    try:
        moment = parsedate_to_datetime(" ".join(value[:200].split()))
        if moment.tzinfo is None:  # «-0000»: UTC, without a word on the local zone
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if _EARLIEST <= moment <= datetime.max.replace(tzinfo=UTC) - timedelta(days=2) else None


def readable_text(root: Part) -> str:
    """Return what a person would read of a part and those below it: at most two million characters."""
    texts: list[str] = []
    length = 0
    for text in _texts(root):
        texts.append(text)
        length += len(text)
        if length > _MOST_TEXT:
            break
    return "\n".join(texts)[:_MOST_TEXT].strip("\n")


def _texts(part: Part) -> Iterable[str]:
    """Yield what is to be read, in order; of alternatives the plain one, unless another says much more."""
    if part.type == "multipart/alternative" and part.children:
        choices = sorted(part.children, key=lambda child: child.type != "text/plain")
        chosen = ""
        for choice in choices:
            text = "\n".join(_texts(choice))
            if len(text.strip()) > _POORER * len(chosen.strip()):
                chosen = text
            if len(chosen) > _SHORT_TEXT:  # no stub such as «Your program cannot show this mail»
                break
        yield chosen
    elif part.type.startswith("multipart/") and part.children:
        for child in part.children:
            yield from _texts(child)
    elif not part.is_attachment and part.type != "text/calendar":  # for programs: `replies.invitations`
        yield part.text


def _attachments(root: Part) -> tuple[Attachment, ...]:
    attached = [part for part in root.leaves() if part.is_attachment]
    return tuple(
        Attachment(
            name=safe_file_name(_stated_name(part), media_type=part.type, number=number),
            type=part.type,
            size=len(part.content),
            part=part,
        )
        for number, part in enumerate(attached[:_MOST_ATTACHMENTS], start=1)
    )


def _stated_name(part: Part) -> str:
    """Return the name that the sender gave a part; an enclosed mail is called after its subject."""
    if part.file_name or not part.children:
        return part.file_name
    subject = " ".join(part.children[0].headers.first("subject").split()).replace("/", "-").replace("\\", "-")
    return f"{subject[:100]}.eml" if subject else ""
