"""The values of a composed letter's slots: one addressee's, and those of the copy for the file."""

from __future__ import annotations

from collections.abc import Mapping

from letters.composed import Composed, SlotSpec
from letters.daily import is_daily
from letters.fields import Printing
from locales.locale import Locale, Wording
from locales.missing import MissingWording
from office.characters import unfit_character


def slot_values(composed: Composed, recipient: Mapping[str, object], locale: Locale) -> tuple[str | bool, ...]:
    """Return the value of each slot for one addressee, in the order of ``composed.slots``.

    ``recipient`` is what fields see of the addressee (`recipients.audience.recipient_scope`), ``locale`` the one of
    the letter's language. Raises ExpressionError for a column that the addressee's list does not have or a value that
    cannot be printed as asked, and LookupError (MissingWording) where the tables of protocol have no words.
    """
    printing = Printing(locale)
    return tuple(_value(spec, recipient, locale, printing) for spec in composed.slots)


def master_values(composed: Composed) -> tuple[str | bool, ...]:
    """Return the values of the copy for the file and the web site: forms that fit everybody, columns in brackets."""
    return tuple(spec.master for spec in composed.slots)


def _value(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale, printing: Printing) -> str | bool:
    if spec.name == "@salutation":
        return _salutation(spec, recipient, locale).text
    if spec.name == "@closing":
        return locale.closing(spec.rank, _salutation(spec, recipient, locale).vocative).text
    if spec.name == "@address":
        return _address(recipient, locale)
    if is_daily(spec.name):
        return spec.master
    assert spec.expression is not None  # noqa: S101 - only the frame's own slots have none
    value = spec.expression.evaluate({"recipient": recipient}, printing.filters)
    return bool(value) if spec.kind == "truth" else _one_line(printing.text(value))


def _salutation(spec: SlotSpec, recipient: Mapping[str, object], locale: Locale) -> Wording:
    """Return the salutation by the addressee's role and gender; by the class's role where theirs has no words."""
    role, gender = str(recipient.get("role", "")), str(recipient.get("gender", ""))
    try:
        return locale.salutation(role, gender=gender, collective=False)
    except MissingWording:
        return locale.salutation(spec.role, gender=gender, collective=False)


def _address(recipient: Mapping[str, object], locale: Locale) -> str:
    name = _one_line(str(recipient.get("name", "")))
    lines = [locale.person(name, str(recipient.get("gender", ""))) if name else ""]
    lines += [_one_line(str(recipient.get(key, ""))) for key in ("title", "organisation", "country")]
    return "\n".join(line for line in lines if line)


def _one_line(text: str) -> str:
    """Return a cell's text on one line, without characters that cannot be printed."""
    if text.isprintable():
        return text.strip()
    return " ".join("".join(" " if unfit_character(character) else character for character in text).split())
