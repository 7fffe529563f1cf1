"""PO files that come back from Poedit, Weblate, OmegaT, Lokalize or Virtaal, whatever they have made of them."""

from __future__ import annotations

import codecs
import re

from locales.exchange.model import Exchange, Unit, refused
from locales.po import MAX_BYTES, RawEntry, one_line_end, parse

_CHARSET = re.compile(rb"charset=([A-Za-z0-9_.:-]+)", re.IGNORECASE)
_MSGID = re.compile(r'^[^\S\n]*(?:#~ ?)?msgid\s+"', re.MULTILINE)
_PLACE = re.compile(r"(?:^|/)letters/([^/]+)/")
_NO_PROJECT = frozenset({"", "PACKAGE VERSION", "PROJECT VERSION"})  # what tools put there themselves


def looks_like_po(data: bytes) -> bool:
    """Tell whether a file is a PO file by what it holds: a keyword of gettext's and a string."""
    beginning = data[:100_000].decode("utf-16" if _is_wide(data) else "utf-8", "replace")  # may end within a character
    return _MSGID.search(beginning) is not None


def read_po(data: bytes, *, name: str) -> Exchange:
    """Read a PO file, also in another encoding if it names it; obsolete entries are units too. Nothing is raised."""
    text = _decode(data) if len(data) <= MAX_BYTES else None
    if text is None:
        hint = "Save it again as UTF-8, with charset=UTF-8 in its header."
        why = "is not in the encoding that its header names, or is too large"
        return refused(name, "catalogue-encoding", why, hint)
    po, findings = parse(one_line_end(text), name)
    entries = sorted(po, key=lambda entry: bool(entry.obsolete))
    project = po.metadata.get("Project-Id-Version", "").strip()
    slugs = {match[1] for entry in entries for place, _ in entry.occurrences if (match := _PLACE.search(place))}
    return Exchange(
        slug=slugs.pop() if len(slugs) == 1 else "",
        reference="" if project in _NO_PROJECT else project,
        source_language=po.metadata.get("X-Source-Language", "").strip(),
        language=po.metadata.get("Language", "").strip(),
        units=tuple(map(_unit, entries)),
        findings=findings,
    )


def _unit(entry: RawEntry) -> Unit:
    is_fuzzy = "fuzzy" in entry.flags
    return Unit(
        context=entry.msgctxt or "",
        msgid=entry.msgid,
        msgstr=entry.msgstr or str(entry.msgstr_plural.get(0, "")),
        to_revise=is_fuzzy,
        previous=(entry.previous_msgid or "") if is_fuzzy else "",
        note=entry.comment,
        remark=entry.tcomment,
    )


def _is_wide(data: bytes) -> bool:
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _decode(data: bytes) -> str | None:
    declared = _CHARSET.search(data[:4000])
    for encoding in ("utf-16" if _is_wide(data) else "utf-8-sig", declared[1].decode() if declared else "utf-8"):
        try:
            return data.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return None
