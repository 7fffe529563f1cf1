"""Salutations and closes: fit for the addressees, and confirmed by somebody."""

from __future__ import annotations

from collections.abc import Iterator

from letters.model import Audience, Kind, Letter
from letters.places import letter_file
from locales.locale import Locale
from locales.missing import MissingWords
from office.findings import Finding, Level
from office.model import Office

HIGH_ROLES = ("minister", "ambassador")
PLAIN_CLOSINGS = frozenset({"distinguished"})


def check_protocol(letter: Letter, locales: dict[str, Locale]) -> Iterator[Finding]:
    """Yield audiences that are spoken to too plainly, and words that no authority has confirmed."""
    said: set[tuple[str, str, bool]] = set()
    for index, audience in enumerate(letter.audiences):
        if letter.kind is Kind.NOTE_VERBALE:
            continue
        yield from _plain(letter, index, audience)
        manner = (audience.salutation, audience.closing, audience.collective)
        if manner not in said:
            said.add(manner)
            yield from _unreviewed(letter, index, audience, locales)
    if letter.kind in {Kind.ADDENDUM, Kind.CORRIGENDUM} and not letter.relates:
        yield Finding(
            level=Level.WARNING,
            code="no-relation",
            message=f"the letter is called {letter.kind}, but does not say to which letter",
            hint='Add relates = [{ to = "…", as = "adds-to" }] (or "corrects").',
            file=letter_file(letter.slug),
            line=letter.lines.get("kind"),
        )


def check_office_name(letter: Letter, office: Office, locales: dict[str, Locale]) -> Iterator[Finding]:
    """Yield the languages in which the letterhead would print the office's name in another language."""
    lacking = [
        language
        for language, locale in locales.items()
        if language != office.default_language and not locale.has_phrase("office", office.name)
    ]
    if lacking:
        yield Finding(
            level=Level.NOTE,
            code="office-name-untranslated",
            message=f"the letterhead names the office «{office.name}» also in {', '.join(lacking)}",
            hint=f'Give its name in locales/{lacking[0]}/frame.po: msgctxt "office", msgid "{office.name}".',
            file=letter_file(letter.slug),
            line=letter.lines.get("languages"),
        )


def _plain(letter: Letter, index: int, audience: Audience) -> Iterator[Finding]:
    role = _high_role(audience)
    if role and audience.salutation not in HIGH_ROLES:
        yield Finding(
            level=Level.WARNING,
            code="plain-salutation",
            message=f"the audience «{audience.name}» is made of {role}s, but is addressed as «{audience.salutation}»",
            hint=f'Write salutation = "{role}".',
            file=letter_file(letter.slug),
            line=letter.lines.get(f"audience.{index}.salutation", audience.line),
        )
    if role and audience.closing in PLAIN_CLOSINGS:
        yield Finding(
            level=Level.WARNING,
            code="plain-closing",
            message=f"the letter to {role}s closes with «{audience.closing}», the plainest form",
            hint='Write closing = "highest", or "high".',
            file=letter_file(letter.slug),
            line=letter.lines.get(f"audience.{index}.closing", audience.line),
        )


def _high_role(audience: Audience) -> str:
    """Return the high role that the audience's list, class, addressee lines or filter speak of."""
    words = [audience.list_name, audience.name, *audience.lines, audience.where.source if audience.where else ""]
    for role in HIGH_ROLES:
        if any(role in word.lower().replace("!=", "≠").split("≠")[0] for word in words):
            return role
    return ""


def _unreviewed(letter: Letter, index: int, audience: Audience, locales: dict[str, Locale]) -> Iterator[Finding]:
    """Name the languages whose words nobody has confirmed, each with the first of them."""
    shown: list[str] = []
    for language, locale in locales.items():
        words = _unreviewed_words(audience, locale)
        if words:
            shown.append(f"{language} ({words[0]}{' …' if len(words) > 1 else ''})")
    if shown:
        yield Finding(
            level=Level.WARNING,
            code="unreviewed-protocol",
            message=f"no authority has confirmed how «{audience.name}» is addressed in {', '.join(shown)}",
            hint="Ask your protocol service; then write reviewed = true in locales/<language>/protocol.toml.",
            file=letter_file(letter.slug),
            line=letter.lines.get(f"audience.{index}.salutation", audience.line),
        )


def _unreviewed_words(audience: Audience, locale: Locale) -> list[str]:
    cells = [("", True)] if audience.collective else [("m", False), ("f", False), ("", False)]
    found: dict[str, None] = {}
    for gender, collective in cells:
        try:
            salutation = locale.salutation(audience.salutation, gender=gender, collective=collective)
            closing = locale.closing(audience.closing, salutation.vocative)
        except MissingWords:
            continue  # composing reports it
        found |= {wording.text: None for wording in (salutation, closing) if not wording.reviewed}
    return list(found)
