"""Persons: who speaks in a note verbale, with whom the first person agrees, and in which script a name is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from letters.checks.versions import Version, Versions
from letters.fields import name_in
from letters.model import Kind, Letter
from letters.places import letter_file
from locales.locale import Locale
from locales.missing import MissingWords
from locales.sentences import split_sentences
from office.findings import Finding, Level
from office.model import Contact, Office, Signatory

_SCRIPTS = {"ar": "\u0600-\u06ff", "zh": "\u3400-\u9fff", "ru": "\u0400-\u04ff"}
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")


def check_persons(
    letter: Letter, office: Office, versions: Versions, locales: Mapping[str, Locale]
) -> Iterator[Finding]:
    """Yield «I» and «you» in a note verbale, first persons of another gender than the signatory's, foreign scripts."""
    signatory = office.signatories.get(letter.signatory)
    for version in versions.all:
        if letter.kind is Kind.NOTE_VERBALE:
            yield from _first_and_second(version, locales[version.language])
        elif signatory is not None:
            yield from _agreement(version, locales[version.language], signatory, office)
    yield from _scripts(letter, office, signatory)
    if signatory is not None and letter.kind is not Kind.NOTE_VERBALE and signatory.gender not in {"m", "f"}:
        yield from _without_gender(letter, signatory, versions, locales)


def _first_and_second(version: Version, locale: Locale) -> Iterator[Finding]:
    pattern = _any_of(locale.protocol.persons, whole=locale.tag != "zh")
    said = dict.fromkeys(match[0] for match in pattern.finditer(version.plain))
    if said:
        yield Finding(
            level=Level.WARNING,
            code="note-person",
            message=f"a note verbale speaks in the third person, but this text says {_quoted(said)}",
            hint="Name both sides: the office, and the Permanent Mission (or {{ recipient | courtesy }}).",
            file=version.file,
            line=version.line,
        )


def _agreement(version: Version, locale: Locale, signatory: Signatory, office: Office) -> Iterator[Finding]:
    """Yield words that agree with the signatory by themselves: the next one may be of another gender."""
    forms = locale.protocol.agreement.forms
    if not forms:
        return
    near = _any_of(locale.protocol.agreement.near)
    typed = _any_of((*forms, *forms.values()))
    for sentence in split_sentences(version.plain, version.language, overlay=office.folder / "locales"):
        for match in typed.finditer(sentence):
            if near.search(sentence) or not sentence[: match.start()].strip():  # «Heureux de …, »: no word for «I»
                yield _agreeing(version, match[0], forms, signatory, both=sentence[match.end() :][:1] in {"(", "/"})


def _agreeing(version: Version, word: str, forms: Mapping[str, str], signatory: Signatory, *, both: bool) -> Finding:
    plain = word if word in forms or word in forms.values() else word[0].lower() + word[1:]
    masculine = plain if plain in forms else next(m for m, feminine in forms.items() if feminine == plain)
    gender = "m" if plain in forms else "f"
    is_wrong = not both and signatory.gender in {"m", "f"} and signatory.gender != gender
    whose = {"m": "a man", "f": "a woman"}
    if is_wrong:
        message = f"«{word}» is said by {whose[gender]}, but {signatory.name} is {whose[signatory.gender]}"
    else:
        message = f"«{word}» agrees with whoever signs, and is typed"
    return Finding(
        level=Level.WARNING if is_wrong else Level.NOTE,
        code="signatory-agreement",
        message=message,
        hint=f'Write {{{{ signatory | agree("{masculine}", "{forms[masculine]}") }}}}, which goes by the gender.',
        file=version.file,
        line=version.line,
    )


def _scripts(letter: Letter, office: Office, signatory: Signatory | None) -> Iterator[Finding]:
    """Yield those whose name stands in Latin letters in a language that has its own."""
    printed: list[tuple[str, Signatory | Contact]] = []
    if signatory is not None and letter.kind is not Kind.NOTE_VERBALE:
        printed.append(("signatories", signatory))
    printed += [("contacts", office.contacts[key]) for key in letter.contacts if key in office.contacts]
    for group, person in printed:
        foreign = [tag for tag in letter.languages if tag in _SCRIPTS and _is_foreign(name_in(person, tag), tag)]
        if foreign:
            names = ", ".join(f'{tag} = "…"' for tag in foreign)
            yield Finding(
                level=Level.NOTE,
                code="name-script",
                message=f"the name «{person.name}» is printed in Latin letters in {', '.join(foreign)}",
                hint=f"Add names = {{ {names} }} to [{group}.{person.key}] in office.toml.",
                file=letter_file(letter.slug),
                line=letter.lines.get("signatory" if group == "signatories" else "contacts"),
            )


def _without_gender(
    letter: Letter, signatory: Signatory, versions: Versions, locales: Mapping[str, Locale]
) -> Iterator[Finding]:
    """Yield a signatory for whom both forms are printed: «Secrétaire général(e)», «heureux/heureuse»."""
    both = [tag for tag, locale in locales.items() if _has_two_forms(locale, signatory.title)]
    both += [use.language for use in versions.uses if "agree" in use.expression.filters]
    if both:
        where = ", ".join(dict.fromkeys(both))
        yield Finding(
            level=Level.NOTE,
            code="signatory-gender",
            message=f"the gender of {signatory.name} is not known: both forms are printed in {where}",
            hint=f'Give gender = "f" or "m" to [signatories.{signatory.key}] in office.toml.',
            file=letter_file(letter.slug),
            line=letter.lines.get("signatory"),
        )


def _has_two_forms(locale: Locale, title: str) -> bool:
    try:
        return locale.phrase("title", title, "m") != locale.phrase("title", title, "f")
    except MissingWords:
        return False  # composing reports it


def _is_foreign(name: str, tag: str) -> bool:
    return bool(_LATIN.search(name)) and not re.search(f"[{_SCRIPTS[tag]}]", name)


@lru_cache(maxsize=64)
def _any_of(words: tuple[str, ...], *, whole: bool = True) -> re.Pattern[str]:
    """Return what finds any of the words, in small letters or with a capital, as whole words unless told otherwise."""
    found = []
    for word in sorted(words, key=len, reverse=True):
        first = f"[{word[0]}{word[0].upper()}]" if word[0].upper() != word[0] else re.escape(word[0])
        rest = re.escape(word[1:]).replace("'", "['’]").replace(r"\ ", r"\s")
        found.append(first + rest + ("" if not whole or word.endswith("'") else r"(?!\w)"))
    return re.compile((r"(?<!\w)" if whole else "") + f"(?:{'|'.join(found) or '(?!)'})")


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"«{word}»" for word in list(words)[:6])
