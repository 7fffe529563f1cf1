"""The first and the last sentence of a note verbale, which stand in the place of salutation and close.

A note speaks in the third person: the office presents its compliments to a mission, and renews to it the assurances
of its consideration.
"""

from __future__ import annotations

from collections.abc import Mapping

from letters.blocks import Inline, Text, joined
from letters.composed import Line
from locales.locale import Locale
from locales.missing import MissingPhrase
from locales.patterns import fields_of, parts_of


def note_lines(locale: Locale, office_name: str, addressee: Inline) -> tuple[Line, Line]:
    """Return a note's opening and closing sentences; raises MissingWords.

    ``office_name`` is the name in office.toml, ``addressee`` whom the note greets, in the form that the sentences of
    the language need («à la Mission permanente du Brésil»).
    """
    sender, gender = sender_words(locale, office_name)
    opening, closing = (
        _line(locale.protocol.note(part, gender).text, {"sender": Text(sender), "addressee": addressee})
        for part in ("opening", "closing")
    )
    return opening, closing


def sender_words(locale: Locale, office_name: str) -> tuple[str, str]:
    """Return the office's name as it begins a sentence, and its grammatical gender, empty where nothing depends on it.

    It is the phrase ``sender`` of frame.po (``sender.m``, ``sender.f``), else what the tables of protocol make of the
    name. Raises MissingPhrase for a language in which only a person can tell the article.
    """
    for gender in ("f", "m", ""):
        kind = f"sender.{gender}" if gender else "sender"
        if locale.has_phrase(kind, office_name):
            return locale.phrase(kind, office_name), gender
    made = locale.protocol.sender(locale.phrase("office", office_name))
    if not made:
        raise MissingPhrase("sender", office_name, locale.tag)
    return made, ""


def why_not_greeted(pattern: str, particulars: Mapping[str, str]) -> str:
    """Say why ``particulars`` of an addressee do not fill the pattern of whom a note greets; empty if they do."""
    lacking = next((name for name in fields_of(pattern) if not particulars.get(name)), "")
    return f"no {lacking.removeprefix('of-')}, so the note cannot name the mission" if lacking else ""


def _line(pattern: str, values: dict[str, Inline]) -> Line:
    return joined(values[part] if is_name else Text(part) for part, is_name in parts_of(pattern))
