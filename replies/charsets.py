"""Bytes of a mail into text, whatever their label says.

Mail lies about its character set: a label may be missing, unknown, or wrong. Nothing here raises; what cannot
be decoded becomes U+FFFD.
"""

from __future__ import annotations

import binascii
import codecs
import re

from replies.unlabelled import guess, likelier

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)[ \t\r\n]+(?==\?[^?\s]{1,60}\?[bBqQ]\?)")
# Names seen in mail that Python does not know, or whose real contents are a larger set (RFC 1345 and vendors).
_REAL_NAMES = {
    "ansi_x3.4-1968": "ascii",
    "iso-ir-6": "ascii",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "windows-31j": "cp932",
    "x-ms-cp932": "cp932",
    "x-euc-jp": "euc_jp",
    "gb2312": "gb18030",
    "x-gbk": "gb18030",
    "gbk": "gb18030",
    "big5": "cp950",
    "x-x-big5": "cp950",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-6-i": "iso-8859-6",
    "iso-8859-8-i": "iso-8859-8",
    "visual": "iso-8859-8",
    "logical": "iso-8859-8",
    "tis-620": "cp874",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-roman": "mac-roman",
    "utf8mb4": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
}
_CODE_PAGE = re.compile(r"(?:x-)?(?:windows|win|cp|ibm|ms|ansi)[-_]?(?:cp)?[-_]?(\d{3,4})")  # «windows1251», «x-cp1250»
_WEAK_LABELS = frozenset({"", "ascii", "us-ascii", "iso8859-1", "cp1252", "latin-1"})  # often put there by default
_SEVEN_BIT = ("utf-7", "hz", "iso2022", "utf-16", "utf-32")  # ASCII bytes may stand for something else
_TWO_BYTES = frozenset({"gb18030", "cp950", "big5", "big5hkscs", "cp932", "euc_jp", "cp949", "johab"})
_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
_LONGEST_ENCODED = 200_000  # characters of a field that are searched for encoded words
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META = re.compile(rb"<meta\b[^>]{0,200}?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_HEAD = 5_000  # bytes of a page in which it names its character set
_NO_BASE64 = re.compile(rb"^(?![ \t]*[A-Za-z0-9+/]+={0,2}[ \t]*$)(?=[^\n]*\S)", re.MULTILINE)
_UNDECODABLE = "\ufffd"
_MANY_FAULTS = 0.5
_FEW_FAULTS = 0.05  # share of a text's non-ASCII characters that may be damaged before its label is doubted


def decode(raw: bytes, charset: str = "") -> str:
    """Return ``raw`` as text: by its label where that holds, else by what the bytes look like.

    The text is fit for any store and screen: no NUL, no half of a surrogate pair.
    """
    return _clean(_decode(raw, charset))


def _decode(raw: bytes, charset: str) -> str:
    label = codec_name(charset)
    if raw.isascii() and not label.startswith(_SEVEN_BIT):
        return raw.decode(_escaped(raw) or "ascii", "replace")
    for mark, codec in _MARKS:
        believed = codec == "utf-8-sig" or label in _WEAK_LABELS or label.startswith("utf")
        if raw.startswith(mark) and believed:  # FE FF may be «юя» in windows-1251
            return raw.decode(codec, "replace")
    if label in _WEAK_LABELS:
        return _utf8_or_guess(raw)
    text = _strictly(raw, label)
    if text is not None:
        return text if label.startswith(_SEVEN_BIT) else _checked(raw, label, text)
    text = raw.decode(label, "replace")
    damaged = text.count(_UNDECODABLE)
    bearable = _MANY_FAULTS if label == "utf-8" else _FEW_FAULTS  # what is UTF-8 for the most part, is UTF-8
    if damaged <= 1 or damaged <= bearable * sum(1 for character in text if character > "\x7f"):
        return text
    return _utf8_or_guess(raw)


def _escaped(raw: bytes) -> str:
    """Return the character set that escape sequences announce in ASCII bytes (RFC 1468, RFC 1557)."""
    if b"\x1b$)C" in raw:
        return "iso2022_kr"
    return "iso2022_jp" if any(mark in raw for mark in (b"\x1b$B", b"\x1b$@")) else ""


def _checked(raw: bytes, label: str, text: str) -> str:
    """Return a text decoded by its label, unless its bytes can hardly be in that character set."""
    if label == "utf-8":
        return text
    if label not in _TWO_BYTES and (utf8 := _strictly(raw, "utf-8")) is not None:
        return utf8  # text in a set of single bytes never is valid UTF-8 by chance, beyond a few letters
    other = likelier(raw, label)
    return raw.decode(other, "replace") if other else text


def _clean(text: str) -> str:
    text = text.replace("\0", "")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def is_weak(charset: str) -> bool:
    """Tell whether a label says next to nothing: it is missing, unknown, or put there by default."""
    return codec_name(charset) in _WEAK_LABELS


def declared_charset(page: bytes) -> str:
    """Return the character set that an HTML page names itself, in a ``meta`` element, or an empty string."""
    match = _META.search(page[:_HEAD])
    return match[1].decode("ascii") if match else ""


def codec_name(charset: str) -> str:
    """Return Python's name of a character set, or an empty string for one that is unknown."""
    name = charset.strip().strip("\"'").lower()
    page = _CODE_PAGE.fullmatch(name)
    try:
        found = codecs.lookup(f"cp{page[1]}" if page else _REAL_NAMES.get(name, name)).name
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
    """Return what base64 stands for, and as it is the plain text that list servers append to it.

    Other characters that are not of its alphabet are passed over (RFC 2045 section 6.8).
    """
    end = _NO_BASE64.search(raw)
    tail = raw[end.start() :] if end else b""
    if 20 * len(re.findall(rb"[^A-Za-z0-9+/=\r\n]", tail)) < len(tail):
        tail = b""  # damaged, but base64
    head = raw[: len(raw) - len(tail)]
    clean = re.sub(rb"[^A-Za-z0-9+/]", b"", head)
    if len(clean) % 4 == 1:
        clean = clean[:-1]  # six bits alone are no byte
    try:
        content = binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return raw
    return content + b"\n" + tail if content and tail else content or tail


def from_quoted_printable(raw: bytes) -> bytes:
    """Return what quoted-printable stands for; broken escapes stay as they are."""
    return binascii.a2b_qp(re.sub(rb"=[ \t]+\n", b"=\n", raw))


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
    return raw.decode(guess(raw), "replace") if text is None else text
