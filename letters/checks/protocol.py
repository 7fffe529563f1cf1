"""Salutations and closes: fit for the addressees, and confirmed by somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

from letters.addressees import SpokenTo
from letters.model import Audience, Kind, Letter
from letters.places import letter_file
from locales.locale import Locale
from locales.roles import ALIASES
from office.findings import Finding, Level
from office.model import Office

# Who is owed a salutation of their own, as lists, classes and filters speak of them; the first that fits counts.
_HIGH_ROLES = {
    "head-of-state": r"heads?[-_ ]of[-_ ]state",
    "head-of-government": r"heads?[-_ ]of[-_ ]government|prime[-_ ]minister",
    "vice-minister": r"(?:vice|deputy)[-_ ]?minister",
    "minister": r"minister(?!ial)",
    "charge-d-affaires": r"charg[eé]s?[-_ ']d",
    "ambassador": r"ambassador|permanent[-_ ]representative",
}
_RANKS = {"distinguished": 0, "high": 1, "high-expression": 1, "highest": 2, "highest-expression": 2}
_HIGHEST, _HIGH = 2, 1
_OWED = {"head-of-state": _HIGHEST, "head-of-government": _HIGHEST}  # to the others, _HIGH


def check_protocol(letter: Letter, spoken_to: SpokenTo) -> Iterator[Finding]:
    """Yield audiences that are spoken to too plainly, and a letter that lacks the one that it adds to."""
    for index, audience in enumerate(letter.audiences):
        if letter.kind is not Kind.NOTE_VERBALE:
            yield from _plain(letter, index, audience, {spoken.role for spoken in spoken_to.get(index, ())})
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


def _plain(letter: Letter, index: int, audience: Audience, on_list: set[str]) -> Iterator[Finding]:
    given = ALIASES.get(audience.salutation, audience.salutation)
    role = _high_role(audience)
    if role and given not in _HIGH_ROLES:
        yield Finding(
            level=Level.WARNING,
            code="plain-salutation",
            message=f"the audience «{audience.name}» is made of {_plural(role)}, but is addressed as «{given}»",
            hint=f'Write salutation = "{role}".',
            file=letter_file(letter.slug),
            line=letter.lines.get(f"audience.{index}.salutation", audience.line),
        )
    present = {role or given, *(ALIASES.get(name, name) for name in on_list)}
    rank = _RANKS.get(audience.closing, _HIGHEST)
    slighted = [name for name in _HIGH_ROLES if name in present and rank < _OWED.get(name, _HIGH)]
    if slighted:
        shown = ", ".join(map(_plural, slighted))
        highest = any(name in _OWED for name in slighted)
        yield Finding(
            level=Level.WARNING,
            code="plain-closing",
            message=f"the letter to {shown} closes with «{audience.closing}», which is too plain for them",
            hint='Write closing = "highest".' if highest else 'Write closing = "highest", or "high".',
            file=letter_file(letter.slug),
            line=letter.lines.get(f"audience.{index}.closing", audience.line),
        )


def _high_role(audience: Audience) -> str:
    """Return the high role that the audience's list, class, addressee lines or filter speak of."""
    words = [audience.list_name, audience.name, *audience.lines, audience.where.source if audience.where else ""]
    said = "\n".join(word.lower().replace("!=", "≠").split("≠")[0] for word in words)
    return next((role for role, pattern in _HIGH_ROLES.items() if re.search(pattern, said)), "")


def _plural(role: str) -> str:
    """Return what several of a role are called: «heads of State», «ministers»."""
    first, *rest = role.replace("state", "State").split("-of-")
    return (
        " of ".join((f"{first}s", *rest)) if rest else {"charge-d-affaires": "chargés d'affaires"}.get(role, f"{role}s")
    )
