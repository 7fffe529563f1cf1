"""Who stands on the lists of a letter that speaks to each addressee, and whom it cannot address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.addressees import Spoken, SpokenTo
from letters.model import Audience, Kind, Letter
from letters.notes import why_not_greeted
from locales.locale import Locale, office_locale
from locales.missing import MissingWords
from locales.patterns import fields_of
from locales.protocol import Kind as WordKind
from office.expressions import ExpressionError
from office.findings import Finding, Level
from office.model import Office
from recipients.audience import matches, recipient_scope
from recipients.model import Recipient, Row


class Addressing:
    """Looks at the rows of a letter's lists, as far as its audiences are personal."""

    def __init__(self, letter: Letter, office: Office) -> None:
        self._letter = letter
        self._locales = [office_locale(office, language) for language in letter.languages]
        personal = {audience.list_name for audience in letter.audiences if not audience.collective}
        self._by_list = {
            name: [(at, audience) for at, audience in enumerate(letter.audiences) if audience.list_name == name]
            for name in personal
        }
        self._spoken: dict[int, dict[Spoken, None]] = {}

    @property
    def spoken_to(self) -> SpokenTo:
        """Whom each personal audience speaks to, in the order of the list."""
        return self._spoken

    def note(self, row: Row, list_name: str, file: str) -> Iterator[Finding]:
        """Remember how a row is spoken to; yield what its letter lacks. ``file`` is the list's name for findings."""
        index = self._audience_of(row.recipient, list_name) if row.recipient is not None else None
        if row.recipient is None or index is None:
            return
        audience, recipient = self._letter.audiences[index], row.recipient
        is_named = bool(recipient.name or recipient.title) or all(_is_named(recipient, one) for one in self._locales)
        spoken = Spoken(role=recipient.role, gender=recipient.gender, is_named=is_named)
        self._spoken.setdefault(index, {})[spoken] = None
        if self._letter.kind is Kind.NOTE_VERBALE:
            yield from self._not_greeted(row.number, recipient, audience, file)
        elif not audience.lines and not spoken.is_named:
            yield from self._nobody(row.number, recipient, audience, file)

    def _audience_of(self, recipient: Recipient, list_name: str) -> int | None:
        """Return the place of the first audience that selects somebody, if it is personal."""
        audiences = self._by_list.get(list_name, [])
        try:
            found = next((at for at, audience in audiences if matches(recipient, audience.where)), None)
        except ExpressionError:
            return None  # said by `check_letter`
        return None if found is None or self._letter.audiences[found].collective else found

    def _not_greeted(self, line: int, recipient: Recipient, audience: Audience, file: str) -> Iterator[Finding]:
        said = _said(recipient)
        patterns = [_words(locale, "note-addressee", recipient, audience) for locale in self._locales]
        why = next((why for pattern in patterns if (why := why_not_greeted(pattern, said))), "")
        if why:
            yield Finding(
                level=Level.WARNING,
                code="note-addressee-unknown",
                message=f"{why} (this row is left out)",
                hint="Fill it in on the list.",
                file=file,
                line=line,
                column="country" if "country" in why else "organisation",
            )

    def _nobody(self, line: int, recipient: Recipient, audience: Audience, file: str) -> Iterator[Finding]:
        said = _said(recipient)

        def says(patterns: Sequence[str]) -> bool:
            return any(pattern and all(said.get(name) for name in fields_of(pattern)) for pattern in patterns)

        kinds: tuple[WordKind, ...] = ("address", "position")
        words = [[_words(locale, kind, recipient, audience) for kind in kinds] for locale in self._locales]
        if not recipient.organisation and not all(says(patterns) for patterns in words):
            yield Finding(
                level=Level.WARNING,
                code="nobody-addressed",
                message="neither name, title nor organisation: in the address stands at most the country",
                hint="Fill in one of them on the list.",
                file=file,
                line=line,
                column="name",
            )


def _words(locale: Locale, kind: WordKind, recipient: Recipient, audience: Audience) -> str:
    """Return the words for an addressee; empty where there are none."""
    protocol = locale.protocol
    role = protocol.role_for("address" if kind == "position" else kind, (recipient.role, audience.salutation))
    try:
        return protocol.word(kind, role, gender=recipient.gender).text
    except MissingWords:
        return ""  # composing reports it, where there must be words


def _said(recipient: Recipient) -> dict[str, str]:
    return {"organisation": recipient.organisation, "country": recipient.country, "of-country": recipient.country}


def _is_named(recipient: Recipient, locale: Locale) -> bool:
    scope = recipient_scope(recipient, recipient.country, locale.tag)
    return bool(scope["name"] or scope["title"])
