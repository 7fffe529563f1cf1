"""Typography of texts that people typed: found where the house sets it otherwise, never changed.

Fields are left out, for what they print is set by the house already. Links stand by their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from letters.checks.versions import FIELD_MARK, Versions, plain_text
from letters.inline import read_words
from locales.locale import Locale
from office.findings import Finding, Level

_AROUND = 16  # characters shown on either side


def check_typography(versions: Versions, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield what each segment and each short text writes otherwise than the house does in that language."""
    for version in versions.all:
        yield from _slips(version.plain, locales[version.language], version.file, version.line)
    for language, text, file, line in versions.short_texts():
        yield from _slips(plain_text(read_words(text).children), locales[language], file, line)


def _slips(text: str, locale: Locale, file: str, line: int | None) -> Iterator[Finding]:
    for slip in locale.typography.slips(text):
        yield Finding(
            level=Level.WARNING,
            code="typography",
            message=f"«{_excerpt(text, slip.at)}» has {slip.what}; the house writes {slip.wanted}",
            hint=f"Correct it; what the house writes stands under [typography] in locales/{locale.tag}/locale.toml.",
            file=file,
            line=line,
        )


def _excerpt(text: str, at: int) -> str:
    """Return the words around a place, cut at spaces."""
    start, end = max(at - _AROUND, 0), min(at + _AROUND + 1, len(text))
    before, after = text[start:at], text[at:end]
    before = "…" + before.partition(" ")[2] if start and " " in before else before
    after = after.rpartition(" ")[0] + "…" if end < len(text) and " " in after.strip() else after
    return (before + after).replace(FIELD_MARK, "{{ }}").replace("\n", " ")
