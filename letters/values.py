"""The values of a composed letter's slots: one addressee's, and those of the copy for the file."""

from __future__ import annotations

from collections.abc import Mapping

from letters.composed import Composed, SlotSpec
from letters.daily import is_daily
from letters.notes import why_not_greeted
from letters.printing import ANYBODY, Printing
from locales.locale import Locale, Wording
from locales.patterns import fields_of
from locales.protocol import fill_words
from locales.tables import PARTICULARS
from office.characters import unfit_character


def slot_values(composed: Composed, recipient: Mapping[str, object], locale: Locale) -> tuple[str | bool, ...]:
    """Return the value of each slot of one part of a letter for one addressee, in the order of ``composed.slots``.

    ``recipient`` is what fields see of the addressee (`recipients.audience.recipient_scope`), ``locale`` the one of
    the part's language. Raises ExpressionError for a column that the addressee's list does not have or a value that
    cannot be printed as asked, and LookupError (MissingWording) where the tables of protocol have no words.
    """
    printing = Printing(locale)
    return tuple(_value(spec, recipient, locale, printing) for spec in composed.slots)


def master_values(composed: Composed) -> tuple[str | bool, ...]:
    """Return the values of the copy for the file and the web site: forms that fit everybody, columns in brackets."""
    return tuple(spec.master for spec in composed.all_slots)


def _value(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale, printing: Printing) -> str | bool:
    if spec.name == "@salutation":
        return _salutation(spec, recipient, locale).text
    if spec.name == "@closing":
        return locale.closing(spec.rank, _salutation(spec, recipient, locale)).text
    if spec.name == "@address":
        return _address(spec, recipient, locale)
    if spec.name == "@addressee":
        return _addressee(spec, recipient, locale)
    if is_daily(spec.name):
        return spec.master
    assert spec.expression is not None  # noqa: S101 - only the frame's own slots have none
    value = spec.expression.evaluate({"recipient": {**recipient, ANYBODY: spec.role}}, printing.filters)
    return bool(value) if spec.kind == "truth" else _one_line(printing.text(value))


def _salutation(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale) -> Wording:
    """Return the salutation by the addressee's role and gender; by the class's role where theirs has no words."""
    return locale.protocol.word_for("salutation", _roles(spec, recipient), gender=_text(recipient, "gender"))


def _address(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale) -> str:
    gender, name = _text(recipient, "gender"), _text(recipient, "name")
    role = locale.protocol.role_for("address", _roles(spec, recipient))
    pattern = locale.protocol.word("address", role, gender=gender).text
    particulars = _particulars(recipient, locale)
    if not name and not particulars["title"] and "name" in fields_of(pattern):
        particulars = _with_position(particulars, role, gender, locale)
    person = locale.person(name, gender) if name else ""
    return "\n".join(locale.protocol.address_lines(pattern, particulars, person))


def _with_position(particulars: Mapping[str, str], role: str, gender: str, locale: Locale) -> Mapping[str, str]:
    """Put the office held in the place of the title; the State that it names does not follow once more."""
    role = locale.protocol.role_for("position", (role,))  # an office may have words of its own for the address only
    if not locale.protocol.has_words("position", role):
        return particulars
    pattern = locale.protocol.word("position", role, gender=gender).text
    fields = fields_of(pattern)
    if not all(particulars[name] for name in fields):
        return particulars
    said = {**particulars, "title": fill_words(pattern, particulars)}
    return {**said, "country": ""} if fields else said


def _addressee(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale) -> str:
    """Return whom a note verbale greets; raises LookupError where the list does not say what that needs."""
    gender, particulars = _text(recipient, "gender"), _particulars(recipient, locale)
    pattern = locale.protocol.word_for("note-addressee", _roles(spec, recipient), gender=gender).text
    why = why_not_greeted(pattern, particulars)
    if why:
        raise LookupError(why)
    return fill_words(pattern, particulars)


def _roles(spec: SlotSpec, recipient: Mapping[str, object]) -> tuple[str, str]:
    return _text(recipient, "role"), spec.role


def _particulars(recipient: Mapping[str, object], locale: Locale) -> Mapping[str, str]:
    code = _text(recipient, "country_code")
    said = {name: _text(recipient, name) for name in PARTICULARS}
    return {**said, "of-country": locale.country(code, "of") if code else ""}


def _text(recipient: Mapping[str, object], name: str) -> str:
    return _one_line(str(recipient.get(name, "")))


def _one_line(text: str) -> str:
    """Return a cell's text on one line, without characters that cannot be printed."""
    if text.isprintable():
        return text.strip()
    return " ".join("".join(" " if unfit_character(character) else character for character in text).split())
