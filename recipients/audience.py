"""What letters may read of an addressee, whom an audience selects, and the language or two of each letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from locales.languages import languages_of, paired
from locales.states import State, office_states
from office.expressions import Expression
from recipients.columns import PER_LANGUAGE
from recipients.model import Recipient


def recipient_scope(recipient: Recipient, country_name: str, language: str = "") -> Mapping[str, object]:
    """Return what fields read as ``recipient.<name>``.

    ``country`` is the State's name in the letter's language, as given; ``country_code`` its ISO 3166 code.
    ``email`` is the first mailbox, ``language`` the first language, empty if there is none. Name, title and
    organisation are those that the list has for the letter's ``language``, as in a column «name (ar)», if any.
    """
    tag = _primary(language)
    own = {field: said for field in PER_LANGUAGE if (said := recipient.extra.get(f"{field}_{tag}", ""))}
    return _scope(recipient) | {"country": country_name} | own


def where_scope(recipient: Recipient) -> Mapping[str, object]:
    """Return what the ``where`` of an audience reads: the columns by their names, ``country`` as an ISO code."""
    return _scope(recipient)


def matches(recipient: Recipient, where: Expression | None) -> bool:
    """Tell whether an audience's condition holds; raises `ExpressionError` for a column that is not there."""
    return where is None or bool(where.evaluate(where_scope(recipient)))


def choose_language(
    recipient: Recipient,
    *,
    available: Sequence[str],
    source: str,
    default: str,
    bilingual: Sequence[str] = (),
    states: Mapping[str, State] | None = None,
) -> tuple[str, str]:
    """Return the language of the letter to an addressee, among those ``available``, and the rule that decided.

    The rules in their order: ``addressee`` (its own languages), ``country`` (those of correspondence with its State,
    as ``states`` has them), ``office`` (the office's ``default``), ``source`` (the language of the draft, or the first
    available one where a preview or a batch leaves the source out).

    The language is a pair such as ``fr+ar`` for an addressee who wishes two in one letter, and, by the rule
    ``audience``, where its audience is ``bilingual``: then the one that the other rules choose comes first. Of a pair
    that is available in part, only that part is left.
    """
    tag, rule = _chosen(recipient, available, source, default, states or office_states(None))
    both = [language for language in bilingual if language in available]
    if not both:
        return tag, rule
    first = languages_of(tag)[0]
    return paired(sorted(both, key=lambda language: language != first)), "audience"


def _chosen(
    recipient: Recipient, available: Sequence[str], source: str, default: str, states: Mapping[str, State]
) -> tuple[str, str]:
    country = states.get(recipient.country)  # None for a code from an archive, of a State that is no more
    by_primary = {_primary(tag): tag for tag in reversed(available)}

    def within(tag: str) -> str:
        return tag if tag in available else by_primary.get(_primary(tag), "")

    for rule, wanted in (
        ("addressee", recipient.languages),
        ("country", country.languages if country else ()),
        ("office", (default,)),
    ):
        for tag in wanted:
            found = dict.fromkeys(filter(None, map(within, languages_of(tag))))
            if found:
                return paired(found), rule
    return (source if source in available or not available else available[0]), "source"


def _primary(tag: str) -> str:
    """Return a language without its region."""
    return tag.partition("-")[0].lower()


def _scope(recipient: Recipient) -> dict[str, object]:
    languages = tuple(dict.fromkeys(language for tag in recipient.languages for language in languages_of(tag)))
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
        "language": languages[0] if languages else "",
        "languages": languages,
        "email": recipient.to[0] if recipient.to else "",
        "cc": recipient.cc,
        "channel": recipient.channel.value,
    }
