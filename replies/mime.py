"""The parts of a mail (RFC 2045, 2046, 2183, 2231), read from any bytes at all.

Written for hostile and broken mail: nothing raises, every step is linear in the size of the mail, and nesting
and the number of parts have limits beyond which the rest is kept as one plain part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from replies.charsets import (
    declared_charset,
    decode,
    decode_words,
    from_base64,
    from_quoted_printable,
    header_charset,
    is_weak,
)
from replies.markup import html_to_text

DEEPEST = 100  # levels of nesting that are followed
MOST_PARTS = 1_000
LONGEST_TEXT = 1_000_000  # characters of one part that are turned into text
MOST_FIELDS = 10_000  # of one header
_LONGEST_PARAMETERS = 4_000

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")  # RFC 5322 section 3.6.8: a field name and its colon
# The last alternative but one: a file name with spaces but without the quotation marks that it needs.
_PARAMETER = re.compile(
    r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|(?<=name=)([^;"]*[^;"\s])|([^;\s]*))', re.IGNORECASE
)
_MEDIA_TYPE = re.compile(r"\s*([\w.+-]+)\s*/\s*([\w.+-]+)")
_CONTINUED = re.compile(r"(.+?)\*(\d{1,3})?(\*?)")


@dataclass(frozen=True, slots=True, eq=False)
class Headers:
    """Header fields in their order: name in lower case, raw value with folding undone."""

    fields: tuple[tuple[str, bytes], ...] = ()
    charset: str = ""  # of the body: raw 8-bit headers tend to use the same

    def all(self, name: str) -> tuple[str, ...]:
        """Return the decoded values of every field of that name (lower case), in order."""
        return tuple(self.text(value) for field, value in self.fields if field == name)

    def raw(self, name: str) -> tuple[str, ...]:
        """Return the values of every field of that name with their encoded words left alone."""
        return tuple(decode(value, self.charset) for field, value in self.fields if field == name)

    def first(self, name: str) -> str:
        """Return the first value of that name, decoded, or an empty string."""
        return next((self.text(value) for field, value in self.fields if field == name), "")

    def __contains__(self, name: str) -> bool:
        return any(field == name for field, _ in self.fields)

    def text(self, value: bytes) -> str:
        """Return a raw value as readable text."""
        return decode_words(decode(value, self.charset)).strip()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """One part: ``type`` such as ``text/plain``; its body is ``source[start:end]``, shared so as not to copy it.

    ``children`` are the parts of a multipart, or the one message of a ``message/rfc822``.
    """

    headers: Headers
    type: str
    parameters: Mapping[str, str]
    source: bytes
    start: int
    end: int
    children: tuple[Part, ...] = ()

    @property
    def body(self) -> bytes:
        """The part's bytes as they stood in the mail, still in their transfer encoding."""
        return self.source[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The part's bytes with the transfer encoding undone."""
        return _undo_transfer_encoding(self.headers, self.body)

    def beginning(self, limit: int) -> bytes:
        """Return at most ``limit`` bytes of the content, without undoing the encoding of a long rest."""
        body = self.source[self.start : min(self.end, self.start + 3 * limit)]  # quoted-printable takes three for one
        return _undo_transfer_encoding(self.headers, body)[:limit]

    @property
    def text(self) -> str:
        """The part's words; HTML as plain text; at most `LONGEST_TEXT` characters."""
        content, label = self.content, self.parameters.get("charset", "")
        if self.type == "text/html" and is_weak(label):
            label = declared_charset(content) or label
        text = decode(content, label)[:LONGEST_TEXT]
        return html_to_text(text) if self.type == "text/html" else text

    @property
    def file_name(self) -> str:
        """The name that the sender gave the part, or an empty string; never to be used as a path."""
        _, disposition = _parameters(next(iter(self.headers.raw("content-disposition")), ""))
        return disposition.get("filename", "") or self.parameters.get("name", "")

    @property
    def is_attachment(self) -> bool:
        """Whether the part is something to save rather than to read."""
        disposition = self.headers.first("content-disposition").partition(";")[0].strip().lower()
        return disposition == "attachment" or bool(self.file_name) or not self.type.startswith(("text/", "multipart/"))

    def walk(self) -> Iterator[Part]:
        """Yield this part and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Part]:
        """Yield the parts that are no multiparts, without looking into enclosed messages."""
        if self.type.startswith("multipart/") and self.children:
            for child in self.children:
                yield from child.leaves()
        else:
            yield self


def normalise_newlines(raw: bytes) -> bytes:
    """Return ``raw`` with LF at the end of every line, whether it had CR, LF, CRLF or (qmail's) CR CR LF."""
    if b"\r" not in raw:
        return raw
    return raw.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def parse_part(raw: bytes) -> Part:
    """Read a mail whose newlines are LF; an mbox «From » line before it is passed over."""
    start = 0
    if raw.startswith((b"From ", b">From ")):
        start = raw.find(b"\n") + 1 or len(raw)
    while raw.startswith(b"\n", start):
        start += 1
    return _Reader(raw).part(start, len(raw), 0, "text/plain")


class _Reader:
    """Reads parts out of one buffer by positions, so that nesting does not copy it again and again."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._parts = 0

    def part(self, start: int, end: int, depth: int, default_type: str) -> Part:
        self._parts += 1
        fields, body = self._header(start, end)
        span = (body, end)
        media, parameters = _media_type(Headers(tuple(fields)), default_type)
        headers = Headers(tuple(fields), header_charset(parameters.get("charset", "")))
        children: tuple[Part, ...] = ()
        if depth < DEEPEST and self._parts < MOST_PARTS:
            children = self._children(headers, media, parameters, span, depth)
        return Part(
            headers=headers, type=media, parameters=parameters, source=self._raw, start=body, end=end, children=children
        )

    def _children(
        self, headers: Headers, media: str, parameters: Mapping[str, str], span: tuple[int, int], depth: int
    ) -> tuple[Part, ...]:
        start, end = span
        if media.startswith("multipart/"):
            inner = "message/rfc822" if media == "multipart/digest" else "text/plain"
            spans = self._spans(parameters.get("boundary", ""), start, end)
            return tuple(self.part(a, b, depth + 1, inner) for a, b in spans if self._parts < MOST_PARTS)
        if media in {"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"}:
            if headers.first("content-transfer-encoding").lower() in {"base64", "quoted-printable"}:
                decoded = normalise_newlines(_undo_transfer_encoding(headers, self._raw[start:end]))
                return (_Reader(decoded).part(0, len(decoded), depth + 1, "text/plain"),)
            while self._raw.startswith(b"\n", start, end):
                start += 1
            return (self.part(start, end, depth + 1, "text/plain"),)
        return ()

    def _header(self, start: int, end: int) -> tuple[list[tuple[str, bytes]], int]:
        """Return the fields and where the body begins; a line that is no field begins the body, unless more follow."""
        fields: list[tuple[str, list[bytes]]] = []
        position = start
        while position < end:
            line_end = self._raw.find(b"\n", position, end)
            line_end = end if line_end < 0 else line_end
            if line_end == position:
                position += 1
                break
            match = _FIELD.match(self._raw, position, line_end)
            if len(fields) >= MOST_FIELDS:
                pass
            elif match is not None:
                fields.append((match[1].decode("ascii").lower(), [self._raw[match.end() : line_end]]))
            elif fields and (self._raw[position] in b" \t" or _FIELD.match(self._raw, line_end + 1, end)):
                fields[-1][1].append(self._raw[position:line_end])  # folded, or folded wrongly by a gateway
            else:
                break
            position = line_end + 1
        return [(name, b"".join(lines).strip()) for name, lines in fields], min(position, end)

    def _spans(self, boundary: str, start: int, end: int) -> list[tuple[int, int]]:
        """Return where each part between the boundary lines lies (RFC 2046 section 5.1.1)."""
        if not boundary:
            return []
        mark = b"--" + boundary.encode("utf-8", "replace")
        spans: list[tuple[int, int]] = []
        opened = -1
        position = start
        while (found := self._raw.find(mark, position, end)) >= 0 and len(spans) < MOST_PARTS:
            position = found + len(mark)
            line_end = self._raw.find(b"\n", position, end)
            line_end = end if line_end < 0 else line_end
            rest = self._raw[position : min(line_end, position + 100)].strip()
            if (found > start and self._raw[found - 1] != 0x0A) or rest not in {b"", b"--"}:
                continue
            if opened >= 0:
                spans.append((opened, max(opened, found - 1)))
            opened = -1 if rest else min(line_end + 1, end)
            position = max(position, min(line_end, end))
            if rest:
                break
        if opened >= 0:
            spans.append((opened, end))  # the closing line was cut off
        return spans


def _media_type(headers: Headers, default: str) -> tuple[str, Mapping[str, str]]:
    value, parameters = _parameters(next(iter(headers.raw("content-type")), ""))
    match = _MEDIA_TYPE.match(value)
    return (f"{match[1]}/{match[2]}".lower() if match else default), parameters


def _undo_transfer_encoding(headers: Headers, body: bytes) -> bytes:
    match headers.first("content-transfer-encoding").split(";")[0].strip().lower():
        case "base64":
            return from_base64(body)
        case "quoted-printable":
            return from_quoted_printable(body)
        case _:
            return body


@lru_cache(maxsize=512)
def _parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """Split a structured value into what stands before «;» and its parameters, RFC 2231 continuations joined."""
    value = value[:_LONGEST_PARAMETERS]
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bytes]]] = {}
    charsets: dict[str, str] = {}
    for match in _PARAMETER.finditer(value):
        name = match[1].lower()
        content = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3] or match[4]
        continued = _CONTINUED.fullmatch(name)
        if continued is None:
            plain.setdefault(name, decode_words(content) if name in {"filename", "name"} else content)
            continue
        raw = content.encode("utf-8", "replace")
        number = int(continued[2] or 0)
        if continued[3] or continued[2] is None:  # name*= or name*0*=: charset'language'percent-encoded
            if number == 0 and content.count("'") >= 2:
                charsets[continued[1]], _, content = content.split("'", 2)
            raw = unquote_to_bytes(content)
        pieces.setdefault(continued[1], []).append((number, raw))
    for name, parts in pieces.items():
        joined = b"".join(raw for _, raw in sorted(parts, key=lambda part: part[0]))
        text = decode(joined, charsets.get(name, "utf-8"))
        plain[name] = decode_words(text) if name in {"filename", "name"} else text
    return value.partition(";")[0].strip().lower(), plain
