"""Mails spoilt in the ways in which gateways, archives and attackers spoil them; the same seed gives the same mails."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Mutation = Callable[[bytes, Random], bytes]
_CHARSETS = (b"utf-7", b"utf-16", b"iso-2022-jp", b"gb18030", b"klingon", b"hz", b"cp1256", b"us-ascii", b"idna", b"")
_ENCODINGS = (b"base64", b"quoted-printable", b"8bit", b"x-uuencode", b"binary", b"=?utf-8?q?base64?=")
_TYPES = (
    b"multipart/mixed", b"multipart/report; report-type=delivery-status", b"message/rfc822", b"text/html",
    b"text/calendar; method=REPLY", b"message/delivery-status", b"message/feedback-report", b"application/ms-tnef",
    b"multipart/alternative; boundary=", b"text/plain; charset*0*=utf-8''%FF; charset*9=x",
)  # fmt: skip
_POISON = (
    b"\0", b"\x1b[2J\x1b]0;x\x07", "\u202e\u2066".encode(), b"\xff\xfe", b"=?utf-8?B?", b"=?utf-8?Q?=1B=5B2J?=",
    b"<!--", b"<script>", b"%00", b"From ", b"\r", b"\r\r\n", b"\xe2\x80", b"; " * 40, b"<" * 60, b"((((" * 20,
    b'"' * 5, b"> " * 50, b"&#x110000000;", b"=HYPERLINK(1)", b"\xed\xa0\x80", b"+ADw-",
)  # fmt: skip
_SWELLING = (
    b"x", b"a@b.example, ", b"> ", b"<div>", b" ", b"=\n", b"(", b"<a@b> ", b"On x wrote:\n", b"\t\n", b"ce", b"5.1.1 ",
)  # fmt: skip


def mutate(raw: bytes, random: Random) -> bytes:
    """Return ``raw`` spoilt by one to four mutations."""
    for _ in range(random.randint(1, 4)):
        raw = random.choice(MUTATIONS)(raw, random)
    return raw[:2_000_000]


def as_mail(text: bytes) -> bytes:
    """Return a text as the plain mail of a person."""
    return b"From: a@example.org\nTo: b@example.int\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n" + text


def _flip(raw: bytes, random: Random) -> bytes:
    content = bytearray(raw or b"x")
    for _ in range(random.randint(1, 30)):
        content[random.randrange(len(content))] = random.randrange(256)
    return bytes(content)


def _truncate(raw: bytes, random: Random) -> bytes:
    start = random.choice((0, 0, random.randint(0, len(raw))))
    return raw[start : random.randint(start, len(raw))]


def _lines(change: Callable[[list[bytes], Random], object]) -> Mutation:
    def mutation(raw: bytes, random: Random) -> bytes:
        lines = raw.split(b"\n")
        for _ in range(random.randint(1, 8)):
            change(lines, random)
        return b"\n".join(lines)

    return mutation


def _delete(lines: list[bytes], random: Random) -> None:
    at = random.randrange(len(lines))
    lines[at : at + random.randint(1, 4)] = [b""] if len(lines) < 5 else []


def _duplicate(lines: list[bytes], random: Random) -> None:
    at = random.randrange(len(lines))
    lines[at:at] = [lines[at]] * random.choice((1, 2, 500))


def _swap(lines: list[bytes], random: Random) -> None:
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _swap_fields(raw: bytes, random: Random) -> bytes:
    head, blank, body = raw.partition(b"\n\n")
    fields = head.split(b"\n")
    random.shuffle(fields)
    return b"\n".join(fields) + random.choice((blank, b"\n", b"\r\n\r\n", b"")) + body


def _swap_values(raw: bytes, random: Random) -> bytes:
    fields = re.findall(rb"(?m)^([A-Za-z-]{2,40}): ?(.*)$", raw[:20_000])
    if len(fields) < 2:
        return raw
    (name, _), (_, value) = random.sample(fields, 2)
    return b"%s: %s\n%s" % (name, value, raw)


def _break_boundary(raw: bytes, random: Random) -> bytes:
    found = re.findall(rb'boundary="?([^"\s;]+)', raw)
    if not found:
        return raw
    boundary = random.choice(found)
    other = random.choice((boundary[:-1], boundary + b"--", b"", boundary.upper(), b"x" * 300))
    return raw.replace(boundary, other, random.randint(1, 3))


def _nest(raw: bytes, random: Random) -> bytes:
    for level in range(random.choice((1, 3, 40, 150))):
        if random.random() < 0.5:
            raw = b"Content-Type: message/rfc822\n\n" + raw
        else:
            raw = b"Content-Type: multipart/mixed; boundary=n%d\n\n--n%d\n%s\n--n%d--\n" % (level, level, raw, level)
    return raw


def _relabel(pattern: bytes, labels: tuple[bytes, ...]) -> Mutation:
    expression = re.compile(pattern, re.IGNORECASE)

    def mutation(raw: bytes, random: Random) -> bytes:
        return expression.sub(lambda match: match[1] + random.choice(labels), raw)

    return mutation


def _newlines(raw: bytes, random: Random) -> bytes:
    endings = random.choice(((b"\r",), (b"\r\n",), (b"\n", b"\r\n", b"\r"), (b"\r\r\n", b"\n"), (b"\x85", b"\n")))
    return b"".join(line + random.choice(endings) for line in raw.replace(b"\r\n", b"\n").split(b"\n"))


def _poison(raw: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 10)):
        at = random.randint(0, len(raw))
        raw = raw[:at] + random.choice(_POISON) + raw[at:]
    return raw


def _swell(raw: bytes, random: Random) -> bytes:
    at = raw.find(b"\n", random.randint(0, len(raw))) + 1
    piece = random.choice(
        (b"x", b"a@b.example, ", b"> ", b"<div>", b" ", b"=\n", b"(", b"<a@b> ", b"On x wrote:\n", b"\t\n")
    )
    return raw[:at] + piece * random.choice((200, 1_000, 10_000)) + raw[at:]


MUTATIONS: tuple[Mutation, ...] = (
    _flip, _truncate, _lines(_delete), _lines(_duplicate), _lines(_swap), _swap_fields, _swap_values, _break_boundary,
    _nest, _relabel(rb'(charset="?)[\w.-]+', _CHARSETS), _relabel(rb"(transfer-encoding: ?)[\w-]+", _ENCODINGS),
    _relabel(rb"(content-type: ?)[\w/-]+", _TYPES), _newlines, _poison, _swell,
)  # fmt: skip
