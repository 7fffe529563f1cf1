"""Whether a language version may go out: released by its reviser, and since then unchanged in words and facts.

A release is given for what the reviser has seen: the words, by the digest of the catalogue, and the facts that these
words state. A deadline that moves leaves no segment to revise, but a sentence written around the old one may no longer
be right, and a text in the first person may agree with another signatory: so the reviser is asked to look again.

A fact is here what has an entry of its own in letter.toml or office.toml, whatever of it is printed and in what form;
what stands printed where is the business of `letters.stating`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time

from letters.checks.versions import Versions
from letters.fields import name_in
from letters.model import Letter
from letters.segments import Segment, segments
from locales.dates import Month
from office.model import Office

SIGNATORY_GENDER = "signatory.gender"
# The reference is no fact that words are written around, and a number of a series changes when it is reserved; texts
# are segments, and addressees are no facts.
_NO_FACTS = frozenset({"reference", "file_reference", "texts", "recipient"})
_MARK_LENGTH = 8  # hexadecimal digits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseState:
    """How a language version stands. ``changed`` names the facts that are no longer those of the release.

    ``is_complete``: every segment has a translation that is not to revise. ``is_outdated``: there was a release, and
    it no longer holds.
    """

    is_complete: bool
    is_released: bool
    is_outdated: bool
    changed: tuple[str, ...] = ()


def release_states(versions: Versions) -> dict[str, ReleaseState]:
    """Return the state of each language that a letter is translated into."""
    wanted = segments(versions.letter, versions.office)
    return {language: _state(versions, language, wanted) for language in versions.catalogues}


def fact_marks(versions: Versions, language: str) -> Mapping[str, str]:
    """Return a short mark of the value of each fact that a language's words state, by the fact's name.

    The signatory's gender is always among them: a text in the first person agrees with it.
    """
    marks = {}
    for name in sorted({SIGNATORY_GENDER, *_names_stated(versions, language)}):
        value = _value(versions.letter, versions.office, language, name)
        packed = json.dumps(value, ensure_ascii=False, default=_written)
        marks[name] = hashlib.sha256(packed.encode()).hexdigest()[:_MARK_LENGTH]
    return marks


def _state(versions: Versions, language: str, wanted: Iterable[Segment]) -> ReleaseState:
    catalogue = versions.catalogues[language]
    entries = [catalogue.find(segment.context, segment.msgid) for segment in wanted]
    is_complete = all(entry is not None and entry.is_done for entry in entries)
    now = fact_marks(versions, language) if catalogue.released_facts else {}
    changed = tuple(name for name, mark in catalogue.released_facts.items() if now.get(name, mark) != mark)
    is_released = is_complete and catalogue.is_released and not changed
    return ReleaseState(
        is_complete=is_complete,
        is_released=is_released,
        is_outdated=bool(catalogue.released_digest) and not is_released,
        changed=changed,
    )


def _names_stated(versions: Versions, language: str) -> Iterator[str]:
    for use in versions.uses:
        if use.language in {language, ""}:
            yield from (_fact(path) for path in use.expression.paths if path[0] not in _NO_FACTS)


def _fact(path: tuple[str, ...]) -> str:
    """Return the name of the fact that a path reads: ``deadlines.confirm`` of ``deadlines.confirm.date``."""
    return path[0] if path[0] in {"signatory", "office"} else ".".join(path[:2])


def _value(letter: Letter, office: Office, language: str, name: str) -> object:
    """Return what a fact says, as plain values; None for one that is not there, which `check` reports."""
    group, _, key = name.partition(".")
    contacts = {own.replace("-", "_"): contact for own, contact in office.contacts.items()}
    signatory = office.signatories.get(letter.signatory)
    match group:
        case "contacts" if key in contacts:
            person = contacts[key]
            value: object = [name_in(person, language), person.gender, person.tel, person.fax, person.email]
        case "signatory" if signatory is not None and name == SIGNATORY_GENDER:
            value = signatory.gender
        case "signatory" if signatory is not None:
            value = [name_in(signatory, language), signatory.gender, signatory.title]
        case "office":
            value = [office.name, office.place]
        case "date" | "place" | "unit" | "kind":
            value = str(getattr(letter, group))
        case _:
            value = _of_letter(letter, language, group, key)
    return value


def _of_letter(letter: Letter, language: str, group: str, key: str) -> object:
    match group:
        case "deadlines" if key in letter.deadlines:
            deadline = letter.deadlines[key]
            return [deadline.date, deadline.rule, deadline.provisional]
        case "events" if key in letter.events:
            event = letter.events[key]
            return [event.start, event.end, event.place, event.room, event.provisional]
        case "links":
            return letter.links.get(key, {}).get(language)
        case "facts":
            return letter.facts.get(key)
    return None


def _written(value: object) -> str:
    if isinstance(value, date | time | Month):  # a date-time is a date too
        return str(value)
    raise TypeError(f"no fact is made of {type(value).__name__}")
