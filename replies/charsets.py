"""Bytes of a mail into text, whatever their label says.

Mail lies about its character set: a label may be missing, unknown, or wrong. Nothing here raises; what cannot
be decoded becomes U+FFFD.
"""

from __future__ import annotations

import binascii
import codecs
import re

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
# Names seen in mail that Python does not know, or whose real contents are a larger set (RFC 1345 and vendors).
_REAL_NAMES = {
    "ansi_x3.4-1968": "ascii",
    "iso-ir-6": "ascii",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-8-i": "iso-8859-8",
    "x-mac-cyrillic": "mac-cyrillic",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
_WEAK_LABELS = frozenset({"", "ascii", "us-ascii", "iso8859-1", "cp1252", "latin-1"})  # often put there by default
_SEVEN_BIT = ("utf-7", "hz", "iso2022", "utf-16", "utf-32")  # ASCII bytes may stand for something else
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_LONGEST_ENCODED = 200_000  # characters of a field that are searched for encoded words
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNDECODABLE = "\ufffd"
_FEW_FAULTS = 0.05  # share of a text's non-ASCII characters that may be damaged before its label is doubted


def decode(raw: bytes, charset: str = "") -> str:
    """Return ``raw`` as text: by its label where that holds, else by what the bytes look like.

    The text is fit for any store and screen: no NUL, no half of a surrogate pair.
    """
    return _clean(_decode(raw, charset))


def _decode(raw: bytes, charset: str) -> str:
    label = codec_name(charset)
    if raw.isascii() and not label.startswith(_SEVEN_BIT):
        return raw.decode("ascii")
    for mark, codec in _MARKS:
        if raw.startswith(mark):
            return raw.decode(codec, "replace")
    if label in _WEAK_LABELS:
        return _utf8_or_guess(raw)
    text = _strictly(raw, label)
    if text is not None:
        return text
    text = raw.decode(label, "replace")
    damaged = text.count(_UNDECODABLE)
    if damaged <= 1 or damaged <= _FEW_FAULTS * sum(1 for character in text if character > "\x7f"):
        return text
    return _utf8_or_guess(raw)


def _clean(text: str) -> str:
    text = text.replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def codec_name(charset: str) -> str:
    """Return Python's name of a character set, or an empty string for one that is unknown."""
    name = charset.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_REAL_NAMES.get(name, name)).name
        b"x".decode(found, "ignore")  # codecs such as zlib and hex are no character sets
    except (LookupError, ValueError):
        return ""
    return "" if found in _NOT_FOR_MAIL else found


def header_charset(charset: str) -> str:
    """Return the body's character set if raw header fields may be in it too: one in which ASCII stands for itself."""
    return "" if codec_name(charset).startswith(_SEVEN_BIT[:2] + _SEVEN_BIT[3:]) else charset


def decode_words(text: str) -> str:
    """Return a header's text with its encoded words (RFC 2047) decoded, also those that break its rules."""
    if "=?" not in text:
        return text
    text, rest = text[:_LONGEST_ENCODED], text[_LONGEST_ENCODED:]
    pieces: list[tuple[str, bytes | str]] = []  # (charset, bytes) for encoded words, ("", text) between them
    end = 0
    text = _BETWEEN_WORDS.sub(r"\1", text)
    for match in _ENCODED_WORD.finditer(text):
        if match.start() > end:
            pieces.append(("", text[end : match.start()]))
        charset = match[1].partition("*")[0].lower()  # RFC 2231 section 5: a language may follow
        content = _word_bytes(match[2], match[3])
        previous = pieces[-1] if pieces else ("", "")
        if isinstance(previous[1], bytes) and previous[0] == charset:
            pieces[-1] = (charset, previous[1] + content)  # a character may be cut between two words
        else:
            pieces.append((charset, content))
        end = match.end()
    pieces.append(("", text[end:] + rest))
    return "".join(decode(piece, charset) if isinstance(piece, bytes) else piece for charset, piece in pieces)


def from_base64(raw: bytes) -> bytes:
    """Return what base64 stands for, passing over anything that is not of its alphabet."""
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    if len(clean) % 4 == 1:
        clean = clean[:-1]  # six bits alone are no byte
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return raw


def from_quoted_printable(raw: bytes) -> bytes:
    """Return what quoted-printable stands for; broken escapes stay as they are."""
    return binascii.a2b_qp(raw)


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8")
    return from_base64(raw) if encoding in "bB" else binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _utf8_or_guess(raw: bytes) -> str:
    text = _strictly(raw, "utf-8")
    return _guess(raw) if text is None else text


def _guess(raw: bytes) -> str:
    """Decode bytes without a usable label: the character set whose letters look most like running text."""
    sample = bytes(byte for byte in raw[:20_000] if byte > 0x7F)
    scores = {codec: _likeness(sample, codec) for codec in ("cp1252", "cp1251", "koi8-r", "cp1256", "gb18030")}
    best = max(scores, key=lambda codec: scores[codec])
    return raw.decode(best if scores[best] > scores["cp1252"] else "cp1252", "replace")


def _likeness(sample: bytes, codec: str) -> float:
    """Return the share, 0 to 1, of the non-ASCII characters that are usual in texts of that character set."""
    text = sample.decode(codec, "replace")
    return sum(1 for character in text if _is_usual(character, codec)) / max(len(text), 1)


def _is_usual(character: str, codec: str) -> bool:
    match codec:
        case "cp1251" | "koi8-r":  # read by the other one's table, small letters turn into capitals
            return "а" <= character <= "я" or character == "ё"
        case "cp1256":
            return "\u0621" <= character <= "\u0652" or character in "،؛؟"
        case "gb18030":
            return "\u4e00" <= character <= "\u9fff" or character in "，。：；！？、（）《》“”"
        case _:
            return character in "àâäáãåçéèêëíìîïñóòôöõúùûüÿßœæøÀÉÈÊÇÑÖÜ«»‘’“”–—…°§€¿¡\u00a0"
