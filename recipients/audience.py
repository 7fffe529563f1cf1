"""What letters may read of an addressee, whom an audience selects, and the language of each letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from locales.states import UnknownStateError, state
from office.expressions import Expression
from recipients.model import Recipient


def recipient_scope(recipient: Recipient, country_name: str) -> Mapping[str, object]:
    """Return what fields read as ``recipient.<name>``.

    ``country`` is the State's name in the letter's language, as given; ``country_code`` its ISO 3166 code.
    ``email`` is the first mailbox, ``language`` the first language, empty if there is none.
    """
    return _scope(recipient) | {"country": country_name}


def where_scope(recipient: Recipient) -> Mapping[str, object]:
    """Return what the ``where`` of an audience reads: the columns by their names, ``country`` as an ISO code."""
    return _scope(recipient)


def matches(recipient: Recipient, where: Expression | None) -> bool:
    """Tell whether an audience's condition holds; raises `ExpressionError` for a column that is not there."""
    return where is None or bool(where.evaluate(where_scope(recipient)))


def choose_language(recipient: Recipient, *, available: Sequence[str], source: str, default: str) -> tuple[str, str]:
    """Return the language of the letter to an addressee, among those ``available``, and the rule that decided.

    The rules in their order: ``addressee`` (its own languages), ``country`` (those in which the United Nations
    usually writes to its State), ``office`` (the office's ``default``), ``source`` (the language of the draft, or the
    first available one where a preview or a batch leaves the source out).
    """
    by_primary = {tag.split("-")[0].lower(): tag for tag in reversed(available)}
    for rule, wanted in (
        ("addressee", recipient.languages),
        ("country", _usual_languages(recipient.country)),
        ("office", (default,)),
    ):
        for tag in wanted:
            if tag in available:
                return tag, rule
            primary = tag.split("-")[0].lower()
            if primary in by_primary:
                return by_primary[primary], rule
    return (source if source in available or not available else available[0]), "source"


def _usual_languages(country: str) -> tuple[str, ...]:
    try:
        return state(country).languages if country else ()
    except UnknownStateError:  # a code from an archive, of a State that is no more
        return ()


def _scope(recipient: Recipient) -> dict[str, object]:
    return {
        **recipient.extra,
        "key": recipient.key,
        "party": recipient.party,
        "name": recipient.name,
        "title": recipient.title,
        "role": recipient.role,
        "gender": recipient.gender,
        "organisation": recipient.organisation,
        "category": recipient.category,
        "country": recipient.country,
        "country_code": recipient.country,
        "language": recipient.languages[0] if recipient.languages else "",
        "languages": recipient.languages,
        "email": recipient.to[0] if recipient.to else "",
        "cc": recipient.cc,
        "channel": recipient.channel.value,
    }
