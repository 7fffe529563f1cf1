"""What a language takes over from the source as it is typed: the marks between fields, figures in a table's cells.

Segments without words need no translation. Their fields print in each language's own way; what is typed around them
does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from letters.blocks import Emphasis, Field, Inline, Link, Strong, Text
from letters.checks.versions import FIELD_MARK, Versions
from letters.fields import build_scope
from letters.inline import has_order, read_words
from letters.printing import Printing
from locales.formats import MAX_DIGITS
from locales.locale import Locale
from office.expressions import ExpressionError, Scope
from office.findings import Finding, Level

_SPACES = " \u00a0\u202f"
_FIGURE = re.compile(
    rf"(?<![\w./,-])\d+(?:[.,{_SPACES}]\d+)*[{_SPACES}]?%|(?<![\w./,-])\d{{1,3}}(?:[.,]\d{{3}})+(?![\w.,/-])"
)


def check_carried(versions: Versions, locales: Mapping[str, Locale]) -> Iterator[Finding]:
    """Yield what stands in a language as the source has it, and would be written otherwise there."""
    letter, office, source = versions.letter, versions.office, locales[versions.letter.source]
    scopes = {language: build_scope(letter, office, locale, letter.texts) for language, locale in locales.items()}
    for language, stem, place in versions.carried():
        locale, file = locales[language], versions.documents[stem].file
        pieces = tuple(_pieces(read_words(place.source).children, Printing(locale), scopes[language]))
        for what, wanted, hint in (*_marks(pieces, locale, has_order(place.msgid)), *_figures(pieces, source, locale)):
            yield Finding(
                level=Level.WARNING,
                code="typography",
                message=f"«{place.msgid}» stands in «{language}» as it is typed here, with {what};"
                f" the house writes {wanted}",
                hint=hint,
                file=file,
                line=place.line,
            )


def _marks(pieces: Iterable[tuple[str, bool]], locale: Locale, is_exported: bool) -> Iterator[tuple[str, str, str]]:
    text = "".join(piece for piece, _ in pieces)
    typed = "".join(("x" if is_typed else " ") * len(piece) for piece, is_typed in pieces)
    for slip in locale.typography.slips(text):
        if "x" in typed[slip.at : slip.at + 2]:  # what a field prints is the house's own matter
            hint = (
                f"Translate it, with the marks of «{locale.tag}»: circulars translate export lists it too."
                if is_exported
                else "Write words around it, or let a field print it."
            )
            yield slip.what, slip.wanted, hint


def _figures(pieces: Iterable[tuple[str, bool]], source: Locale, locale: Locale) -> Iterator[tuple[str, str, str]]:
    for text in (piece for piece, is_typed in pieces if is_typed):
        for found in _FIGURE.finditer(text):
            is_share = found[0].endswith("%")
            value = _value(found[0].rstrip("%"), source)
            if value is None:
                continue
            printed = locale.percent(value) if is_share else locale.number(value)
            if _plain(printed) != _plain(found[0]):
                field = f"{{{{ facts.… | {'percent' if is_share else 'number'} }}}}"
                hint = f"Give the figure a name under [facts] in letter.toml and print it: {field}."
                yield f"«{found[0]}»", f"«{printed}»", hint


def _value(typed: str, source: Locale) -> Decimal | None:
    """Return the number that is typed as the source's language writes it; None for what is none."""
    digits = re.sub(rf"[{_SPACES}]", "", typed).replace(source.formats.group, "").replace(source.formats.decimal, ".")
    return Decimal(digits) if len(digits) < MAX_DIGITS and re.fullmatch(r"\d+(?:\.\d+)?", digits) else None


def _plain(figure: str) -> str:
    return re.sub(rf"[{_SPACES}]", " ", figure)


def _pieces(children: Iterable[Inline], printing: Printing, scope: Scope) -> Iterator[tuple[str, bool]]:
    """Yield what is printed, piece by piece, and whether it is typed."""
    for child in children:
        match child:
            case Text(text=text):
                yield text, True
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                yield from _pieces(inner, printing, scope)
            case Field(expression=expression):
                try:
                    yield printing.text(expression.evaluate(scope, printing.filters)), False
                except ExpressionError:  # an addressee's, or what composing reports
                    yield FIELD_MARK, False
