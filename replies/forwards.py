"""Mail that somebody else wrote and a person sent on to us: is it one, and from whom was it first?

The original is enclosed as a message, or printed below a note, under a header that the mail program prints. A reply
quotes in the same way: what tells them apart is the subject, the line above the header, and whom the mail that is
quoted came from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from office.folding import folded
from replies.addresses import Mailbox, domain_of, find_addresses, mailboxes, same_address
from replies.dividers import says_forwarded, says_original
from replies.header_blocks import HeaderBlock, header_block
from replies.mail import InboundMail, readable_text
from replies.mime import Part

# What programs put before the subject of a forwarded mail. The second group are words, replies or initials elsewhere
# («VS» forwards in Danish and answers in Finnish): they count only above a mail that was sent on.
_PREFIX = re.compile(
    folded(
        r"(?:fwd?|fw|tr|rv|wg|vb|redir\.?|doorst|videresend|ilt|tov|пересл|пересылка|пересланное|prosl|posr|πρθ|trs"
        r"|reenv|inoltro|weiterleitung|转发|转寄|轉寄|轉發|転送|전달|اعاد[هة] توجيه|تحويل|هدايت|הועבר|chuyen tiep)"
        r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:"
    )
)
_AROUND = re.compile(r"^\[fwd: |\(fwd\)$")  # «[Fwd: Invitation]», «Invitation (fwd)»
_DOUBTFUL_PREFIX = re.compile(r"(?:i|vs|vl|pd|enc|fs|ct|per|пер|yml)\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*:")
_REPLY_PREFIX = re.compile(
    folded(
        r"(?:re|r|ref|aw|antw|antwort|sv|svar|odp|res|rif|ynt|yan|va|vs|atb|bls|απ|отв|ответ|на|ha|答复|答覆|回复|回覆|返信|회신"
        r"|رد|الرد|پاسخ|השב|תשובה|tra loi)\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\^\d{1,3})?\s*:"
    )
)
_SUBJECT_TAG = re.compile(r"^(?:\s*\[[^\]]{1,40}\])+\s*")
_DIVIDER = re.compile(r"[-_=~*]{2,}\s*([^-_=~*].{2,100}?)\s*[-_=~*]{2,}:?")
_ANNOUNCEMENT = re.compile(r".{6,80}:")
_MARGIN = re.compile(r"(?:[\s>|\ufeff]|[\u200b-\u200f\u202a-\u202e\u2066-\u2069])*")
_UNSEEN = re.compile(r"[\ufeff\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_ATTRIBUTED = re.compile(
    r"(.{0,200}?)[<\[(]+(?:mailto:)?([^\s<>()\[\],;:\"]{1,64}@[^\s<>()\[\],;:\"]{1,255})[^\w\s]{1,3}(.{0,100}?)\s?[:：]"
)
_FROM_ALONE = re.compile(r"[\s>*_]*[^\W\d_][^:：<>@]{1,24}[\s*_]*[:：]\s*(.*@.*)")
# «----- Forwarded Message ----- From: A <a@b>To: C <c@d>Sent: Friday, April 8, 2022Subject: x»
_RUN_ON = re.compile(r"^.{0,200}:.{0,200}@[^\s<>@]{1,255}>[^\W\d_]{1,20}\s?:\s")
_AFTER_DIVIDER = re.compile(r"^(\s*-{3,} ?[^-]{3,80} ?-{3,})\s+(?=\S)")
_GLUED = re.compile(r"(?<=[>\d])(?=[^\W\d_]{1,20}\s?:\s)")
_QUOTED_NAME = re.compile(r"[\"«„“”'‘]\s*([^\"«»„“”]{1,100}?)\s*[\"»“”'’]\s*\(?$")
_MOMENT = re.compile(r"\d[\d.:/-]*(?:\s*[ap]\.?m\.?\b)?(?:\s*(?:gmt|utc)\S*)?", re.IGNORECASE)
_BEFORE_NAME = re.compile(
    r"\A(?:[\s,.;)–-]|(?:wrote|schrieb|skrev|skrifaði|heeft|пользователь|používateľ|uživatel|időpontban|tarihinde|kl|г|r|год"
    r"|a las|à|at|um|uur|écrit)\b)+",
    re.IGNORECASE,
)
_EDGES = " \t*_\"'«»„“”‘’<>,;:|"
_LONGEST_NOTE = 1_500  # characters above the line that says «forwarded»
_LONGEST_BARE_NOTE = 120  # characters above a header that a reply might have printed too
_LINES_TO_HEADER = 6  # from the line that says «forwarded» to the header
_WIDEST_ATTRIBUTION = 400  # characters
_MOST_LINES = 2_000

Sure = Literal["likely", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The mail that was sent on, as far as the forwarding program tells; what it does not tell is empty.

    ``date`` and ``to`` are in the program's own words; ``text`` is what the original said.
    """

    sender: Mailbox
    subject: str = ""
    date: str = ""
    to: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """A mail printed in another's text: where its head begins, and what the line above says of it, if anything.

    ``announced``: that it was forwarded; ``answered``: «original message», as above what is answered.
    """

    start: int
    announced: bool
    answered: bool = False
    quoted_before: bool
    original: Original


def original(mail: InboundMail) -> Original:
    """Return the mail that ``mail`` sends on: the message enclosed, else the first one printed in its text."""
    copy = _first_copy(mail.text)
    if copy is not None and copy.announced:
        return copy.original
    enclosed = _enclosed(mail)
    if enclosed is not None:
        return enclosed
    lines = _lines(mail.text)
    attributed = (_attributed(lines, number) for number in range(len(lines) if copy is None else copy.start))
    first = next((found for found in attributed if found is not None), copy.original if copy else None)
    return first or Original(sender=Mailbox())


def forward_evidence(mail: InboundMail) -> tuple[Sure, str] | None:
    """Return how sure it is that a mail was sent on by somebody, and why; None for any other mail."""
    subject = folded(without_tags(mail.subject))
    if _PREFIX.match(subject) or _AROUND.search(folded(mail.subject)):
        return "likely", "the subject begins like that of a forwarded mail"
    copy = _first_copy(mail.text)
    found = copy.original if copy else _enclosed(mail)
    if found is not None and _DOUBTFUL_PREFIX.match(subject) and not _is_to(mail, found.sender):
        return "likely", "the subject begins like that of a forwarded mail, and it holds one"
    if found is None or _REPLY_PREFIX.match(subject) or (copy is not None and copy.quoted_before):
        return None
    note = _note_length(mail.text, copy)
    if copy is not None and copy.announced and note <= _LONGEST_NOTE:
        return "likely", "a line in the text says that what follows was forwarded"
    longest = 0 if copy is not None and copy.answered else _LONGEST_BARE_NOTE
    if note > longest or not found.sender.address or _is_reply(mail, found.sender):
        return None
    return "unsure", "it holds or encloses another person's mail, and answers none"


def without_tags(subject: str) -> str:
    """Return a subject without what gateways and lists put before it: «[EXTERNAL] »."""
    return _SUBJECT_TAG.sub("", subject)


def _is_reply(mail: InboundMail, quoted: Mailbox) -> bool:
    return bool(mail.in_reply_to or mail.references) or _is_to(mail, quoted)


def _is_to(mail: InboundMail, sender: Mailbox) -> bool:
    """Tell whether a mail goes to the one whom it quotes, or to their organisation: then it is a reply."""
    theirs = domain_of(sender.address)
    domains = {domain_of(address) for address in mail.delivered_to}
    return bool(theirs) and (
        any(same_address(sender.address, address) for address in mail.delivered_to)
        or any(f".{theirs}".endswith(f".{ours}") or f".{ours}".endswith(f".{theirs}") for ours in domains if ours)
    )


def _enclosed(mail: InboundMail) -> Original | None:
    part = next((part for part in mail.root.walk() if part.type in {"message/rfc822", "message/global"}), None)
    return _read_enclosed(part.children[0]) if part is not None and part.children else None


def _read_enclosed(part: Part) -> Original:
    headers = part.headers
    senders = (mailbox for name in ("from", "sender") for value in headers.raw(name) for mailbox in mailboxes(value))
    return Original(
        sender=next(senders, Mailbox()),
        subject=" ".join(headers.first("subject").split()),
        date=headers.first("date"),
        to=headers.first("to"),
        text=readable_text(part),
    )


def _lines(text: str) -> list[str]:
    """Return the lines of a text without marks of direction; fields that came back on one line stand apart again."""
    lines: list[str] = []
    for line in text.split("\n")[:_MOST_LINES]:
        plain = _UNSEEN.sub("", line).replace("\xa0", " ")
        lines += _GLUED.sub("\n", _AFTER_DIVIDER.sub(r"\1\n", plain)).split("\n") if _RUN_ON.search(plain) else [plain]
    return lines


def _first_copy(text: str) -> _Copy | None:
    """Find the first mail that is printed in a text with a header of its own."""
    lines = _lines(text)
    quoted_before = False
    announced = -1
    above = ""  # the line before, blank ones passed over
    for number, line in enumerate(lines):
        if _says_forwarded(line):
            announced = number
        is_near = announced >= 0 and number - announced <= _LINES_TO_HEADER
        block = header_block(lines, number)
        if block is not None:
            return _Copy(
                start=announced if is_near else number,
                announced=is_near,
                answered=says_original(above),
                quoted_before=quoted_before,
                original=_from_block(lines, block),
            )
        lone = _FROM_ALONE.match(line) if is_near else None
        if lone is not None and (sender := read_printed(lone[1])).address:
            copied = Original(sender=sender, text=_plain(lines[number + 1 :]))
            return _Copy(start=announced, announced=True, quoted_before=quoted_before, original=copied)
        above = line if line.strip() else above
        attributed = _attributed(lines, number)
        if attributed is not None and is_near:
            return _Copy(start=announced, announced=True, quoted_before=quoted_before, original=attributed)
        quoted_before = quoted_before or (line.startswith(">") and not is_near) or attributed is not None
    return None


def _attributed(lines: Sequence[str], number: int) -> Original | None:
    """Read a line like «On Friday, Name <address> wrote:», perhaps broken in up to three, as the head of a mail."""
    if not lines[number].strip(" \t>"):
        return None
    for count in (1, 2, 3):
        line = " ".join(piece.strip(" \t>") for piece in lines[number : number + count])
        match = _ATTRIBUTED.fullmatch(line) if len(line) < _WIDEST_ATTRIBUTION else None
        if match is not None and re.search(r"\d", match[1] + match[3]):
            sender = _mailbox(match[2], _attributed_name(match[1]))
            return Original(sender=sender, text=_plain(lines[number + count :]))
    return None


def _attributed_name(before: str) -> str:
    quoted = _QUOTED_NAME.search(before)
    if quoted is not None:
        return quoted[1]
    return _BEFORE_NAME.sub("", _MOMENT.split(before)[-1])


def _from_block(lines: Sequence[str], block: HeaderBlock) -> Original:
    fields = block.fields
    return Original(
        sender=read_printed(fields.get("from", "")),
        subject=fields.get("subject", "").strip(" *_"),
        date=(fields.get("sent") or fields.get("date") or "").strip(" *_"),
        to=fields.get("to", "").strip(" *_"),
        text=_plain(lines[block.end :]),
    )


def read_printed(value: str) -> Mailbox:
    """Return the mailbox that a program printed: «Name <a@b>», «Name [mailto:a@b]», «Name (a@b)», «a@b», «Name»."""
    value = " ".join(value[:1_000].split())
    found = find_addresses(value.replace("mailto:", " "))
    if not found:
        return Mailbox("", re.sub(r"[<\[](?:/[^>\]]*|mailto:)?[>\]]", "", value).strip(_EDGES))
    address = found[0]
    at = value.find(address)
    before = re.sub(r"[<\[(]?(?:mailto:)?$", "", value[:at].rstrip())
    if not before.strip(_EDGES) and len(found) > 1:  # «real@bank.example <evil@x.example>»: the one in brackets sent it
        bracketed = re.search(r"<(?:mailto:)?([^<>\s]+@[^<>\s]+)>", value[at + len(address) :])
        address = next((other for other in found if bracketed and other == bracketed[1]), address)
    behind = re.match(r"\s*\(([^()@]{1,200})\)", value[at + len(address) :])  # «ana@example.org (Ana Prieto)»
    return _mailbox(address, before if behind is None or before.strip(_EDGES) else behind[1])


def _mailbox(address: str, name: str) -> Mailbox:
    local, _, domain = address.rpartition("@")
    name = " ".join(name.split()).strip(_EDGES).rstrip("([-– ").lstrip("[")
    name = name if "[" in name else name.removesuffix("]")
    return Mailbox(f"{local}@{domain.lower()}", "" if "@" in name else name)


def _says_forwarded(line: str) -> bool:
    line = _MARGIN.sub("", line[:200], count=1).strip(" \t*")
    divider = _DIVIDER.fullmatch(line)
    words = divider[1] if divider else (line if _ANNOUNCEMENT.fullmatch(line) and "@" not in line else "")
    return bool(words) and says_forwarded(words)


def _plain(lines: Sequence[str]) -> str:
    """Return lines without the quoting that all of them bear."""
    text = [line.rstrip() for line in lines]
    if all(line.lstrip().startswith(">") for line in text if line.strip()):
        text = [re.sub(r"^\s*> ?", "", line) for line in text]
    return "\n".join(text).strip("\n")


def _note_length(text: str, copy: _Copy | None) -> int:
    """Return how many characters stand above the mail sent on, a divider of «original message» not counted."""
    lines = text.split("\n")[: copy.start if copy else None]
    return sum(len(line.strip()) for line in lines if not says_original(line))
