"""Header fields of a message, safe whatever the values contain (RFC 5322, 2047, 2231, 6532).

Nothing that reaches a field can end it: text is put on one line before anything else, and an address that is
not one raises `AddressError`.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import quote

from office.domains import a_labels

LINE = 76  # characters of a folded line (RFC 2047 section 2)
_WORD = 52  # encoded characters within one encoded-word: 64 with its frame, so that the field's name fits before it
_LATEST = 64  # names and mailboxes kept: those of an addressee follow each other, and a larger cache is a slower one
_LONGEST_PART = 900  # characters without a space; a line may have 998 (RFC 5322 section 2.1.1)
_ATEXT = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~\-"
_PHRASE = re.compile(rf"[{_ATEXT} ]*")
_ASCII_LOCAL = re.compile(rf'[{_ATEXT}]+(\.[{_ATEXT}]+)*|"([ !#-\[\]-~]|\\["\\])*"')
_LOCAL = re.compile(rf"([{_ATEXT}]|[^\x00-\x7f])+(\.([{_ATEXT}]|[^\x00-\x7f])+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")
_MESSAGE_ID = re.compile(rf"[{_ATEXT}.]+@[{_ATEXT}.]+")
_URI = re.compile(r"<[!-;=?-~]{1,900}>")  # printable ASCII, without angle brackets
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")  # RFC 2047 section 5 (3)


class AddressError(ValueError):
    """Something that ought to be a mail address is not one."""


def one_line(text: str) -> str:
    """Return ``text`` on one line: control characters and separators become single spaces."""
    if not text.isprintable():  # printable text has none of these, and no white space but spaces
        text = "".join(" " if _ends_line(c) else c for c in text)
    elif "  " not in text and text.strip() == text:
        return text
    return " ".join(text.split())


def _ends_line(character: str) -> bool:
    return character < " " or unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}


@lru_cache(_LATEST)
def mailbox(address: str) -> str:
    """Return ``local@domain`` with the domain as A-labels (RFC 5891); the local part keeps its script.

    Raises `AddressError` for anything that is not an address (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
    """
    local, _, domain = address.rpartition("@")
    domain = _a_labels(domain)
    if local.isascii():
        fits = _ASCII_LOCAL.fullmatch(local) is not None and len(local) <= 64
    else:
        fits = _LOCAL.fullmatch(local) is not None and _is_visible(local) and len(local.encode()) <= 64
    if not fits:
        raise AddressError(f"«{one_line(address)}» is not a mail address")
    return f"{local}@{domain}"


def _is_visible(local: str) -> bool:
    return not any(_ends_line(c) or c.isspace() for c in local if c > "\x7f")


@lru_cache(maxsize=4096)
def _a_labels(domain: str) -> str:
    ascii_domain = a_labels(domain)
    if not _DOMAIN.fullmatch(ascii_domain):
        raise AddressError(f"«{one_line(domain)}» is not the domain of a mail address")
    return ascii_domain.lower()


def is_international(address: str) -> bool:
    """Tell whether an address needs SMTPUTF8 (RFC 6531): its local part is not ASCII."""
    return not address.rpartition("@")[0].isascii()


def with_token(address: str, token: str) -> str:
    """Return ``local+token@domain`` (subaddressing, RFC 5233)."""
    if not (token.isascii() and token.isalnum()):
        raise AddressError(f"«{one_line(token)}» is not a token")
    local, domain = _parts(address)
    return f"{local}+{token}@{domain}"


@lru_cache(maxsize=64)
def _parts(address: str) -> tuple[str, str]:
    local, _, domain = mailbox(address).rpartition("@")
    return local, domain


def text_field(name: str, text: str) -> bytes:
    """Return a field of unstructured text, such as Subject, folded, ending in CRLF."""
    text = one_line(text)
    if _is_plain(text):
        return _fold(name, text.split(" "))
    return _fold(name, _encoded_words(text))


def address_field(name: str, display: str, address: str) -> bytes:
    """Return a field of one mailbox, ``display <address>``, ending in CRLF."""
    words, address = _display_words(one_line(display)), mailbox(address)
    return _fold(name, (*words, f"<{address}>") if words else (address,))


def group_field(name: str, display: str) -> bytes:
    """Return a field that names somebody without an address (an empty group, RFC 6854)."""
    *first, last = _display_words(one_line(display)) or ['"-"']
    return _fold(name, [*first, f"{last}:;"])


def message_id(text: str) -> str:
    """Return a message identifier, without angle brackets, as it is; raises ValueError for other text."""
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError(f"«{one_line(text)}» is not a Message-ID")
    return text


def id_field(name: str, *message_ids: str) -> bytes:
    """Return a field of message identifiers, given without angle brackets; raises ValueError for other text."""
    return _fold(name, [f"<{message_id(one)}>" for one in message_ids])


def list_id_field(name: str, list_id: str) -> bytes:
    """Return List-Id (RFC 2919 section 3): what the list is called, and its identifier, which looks like a domain."""
    if not _DOMAIN.fullmatch(list_id):
        raise ValueError(f"«{one_line(list_id)}» is not a List-Id")
    return _fold("List-Id", [*_display_words(one_line(name)), f"<{list_id}>"])


def uri_field(name: str, uris: Sequence[str]) -> bytes:
    """Return a field of addresses in angle brackets, the best first (RFC 2369 section 2); raises ValueError."""
    for uri in uris:
        if not _URI.fullmatch(uri):
            raise ValueError(f"«{one_line(uri)}» is not an address in angle brackets")
    return _fold(name, [f"{uri}," for uri in uris[:-1]] + list(uris[-1:]))


def file_name_parameter(name: str) -> str:
    """Return ``filename=…`` for Content-Disposition (RFC 2231 section 4 where the name is not ASCII)."""
    name = one_line(name).replace("/", "-").replace("\\", "-").replace('"', "'")
    return f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name, safe='')}"


def _is_plain(text: str) -> bool:
    if not text.isascii() or "=?" in text:
        return False
    return len(text) <= _LONGEST_PART or all(len(part) <= _LONGEST_PART for part in text.split(" "))


@lru_cache(_LATEST)
def _display_words(display: str) -> tuple[str, ...]:
    if not _is_plain(display):
        return tuple(_encoded_words(display))
    if _PHRASE.fullmatch(display):
        return tuple(display.split())
    quoted = display.replace("\\", "\\\\").replace('"', '\\"')
    return (f'"{quoted}"',) if len(quoted) < LINE - 2 else tuple(_encoded_words(display))


def _fold(name: str, parts: Sequence[str]) -> bytes:
    line = f"{name}: {' '.join(parts)}"
    if len(line) <= LINE:  # as most do
        return f"{line}\r\n".encode()
    first, *others = parts
    lines, line = [], f"{name}: {first}"
    for part in others:
        if len(line) + 1 + len(part) <= LINE:
            line += " " + part
        else:
            lines.append(line)
            line = " " + part
    return ("\r\n".join((*lines, line)) + "\r\n").encode()


def _encoded_words(text: str) -> list[str]:
    """Encode the whole text as encoded-words of UTF-8, no character cut in two (RFC 2047 section 5)."""
    size = len(text.encode("utf-8"))
    in_q = text.translate(_Q)
    if len(in_q) <= (size + 2) // 3 * 4:
        if len(in_q) <= _WORD:
            return [f"=?utf-8?q?{in_q}?="]
        return [f"=?utf-8?q?{chunk.translate(_Q)}?=" for chunk in _chunks(text, _WORD, by_q=True)]
    limit = _WORD // 4 * 3
    return [
        f"=?utf-8?b?{base64.b64encode(chunk.encode('utf-8')).decode('ascii')}?="
        for chunk in ([text] if size <= limit else _chunks(text, limit, by_q=False))
    ]


def _chunks(text: str, limit: int, *, by_q: bool) -> list[str]:
    chunks: list[str] = []
    start = weight = 0
    for place, character in enumerate(text):
        cost = len(_Q[ord(character)] if by_q else character.encode("utf-8"))
        if weight + cost > limit:
            chunks.append(text[start:place])
            start, weight = place, 0
        weight += cost
    return [*chunks, text[start:]]


class _QTable(dict[int, str]):
    """How each character is written in «Q» (RFC 2047 section 4.2), worked out when it first comes."""

    def __missing__(self, code: int) -> str:
        encoded = chr(code).encode("utf-8")
        self[code] = written = "".join(chr(byte) if byte in _Q_SAFE else f"={byte:02X}" for byte in encoded)
        return written


_Q = _QTable({ord(" "): "_"})
