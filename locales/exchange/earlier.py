"""What earlier letters said in the place of each segment, for translators: a page to read, and TMX for their tools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from html import escape

from locales.differences import differences
from locales.exchange.model import Exchange
from locales.languages import direction
from locales.memory.index import Match, Memory
from locales.memory.tmx import write_tmx
from locales.memory.units import Remembered, with_sentences
from locales.sentences import split_sentences

_FIRST_DAY = date(1980, 1, 1)  # as in .zip files: for passages without a date
_TAGS = {"same": "{}", "removed": "<del>{}</del>", "added": "<ins>{}</ins>"}
_STYLE = """
body { font: 15px/1.45 sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; color: #1d2733; }
table { border-collapse: collapse; inline-size: 100%; margin: 0 0 2rem; }
td { vertical-align: top; padding: .4rem .8rem; border-block-start: 1px solid #d5dbe1; inline-size: 50%; }
h2 { font-size: 1rem; margin: 0 0 .3rem; } p { margin: 0; }
.from { color: #6b7785; font-size: .85em; }
ins { background: #e0f2e5; text-decoration: none; } del { background: #fbe3e1; }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A segment, or one of its sentences, for which something was found. ``number`` is the unit's."""

    number: int
    text: str
    matches: tuple[Match, ...]


def find_earlier(exchange: Exchange, memory: Memory) -> tuple[Passage, ...]:
    """Look every segment up in the memory, and the sentences of those that are not there as a whole."""
    found: list[Passage] = []
    for number, unit in enumerate(exchange.units, start=1):
        texts: Sequence[str] = [unit.msgid]
        while texts:
            text, *texts = texts
            matches = memory.find(text, exchange.source_language, exchange.language)
            sentences = split_sentences(text, exchange.source_language) if not matches else ()
            if matches:
                found.append(Passage(number=number, text=text, matches=matches))
            elif len(sentences) > 1:
                texts = [*(sentence.strip() for sentence in sentences), *texts]
    return tuple(found)


def earlier_page(exchange: Exchange, passages: Sequence[Passage]) -> bytes:
    """Return the page: under each segment's number its words, and what was found, differences marked."""
    title = escape(
        f"{exchange.reference or exchange.slug}: earlier passages, {exchange.source_language} – {exchange.language}"
    )
    legend = (
        "<p>What is <ins>marked so</ins> is new in this letter, what is <del>marked so</del> stood in the earlier one. "
        "Translations have this letter's dates and figures already where that was sure; read them all the same.</p>"
    )
    tables = "".join(_table(passage, exchange) for passage in passages)
    page = (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
        f"</head><body><h1>{title}</h1>{legend}{tables}</body></html>\n"
    )
    return page.encode()


def _table(passage: Passage, exchange: Exchange) -> str:
    rows = "".join(_row(match, passage.text, exchange) for match in passage.matches)
    words = _cell("p", passage.text, exchange.source_language)
    return f"<h2>{passage.number}</h2>{words}<table>{rows}</table>\n"


def _row(match: Match, text: str, exchange: Exchange) -> str:
    said = "".join(_TAGS[piece.change].format(escape(piece.text)) for piece in differences(match.source, text))
    day = f", {match.day.isoformat()}" if match.day else ""
    whence = escape(f"{match.origin}{day}, {match.score} %" + (", released" if match.released else ""))
    left = f'<td lang="{escape(exchange.source_language)}">{said}<p class="from" lang="en">{whence}</p></td>'
    return f"<tr>{left}{_cell('td', match.text, exchange.language)}</tr>"


def _cell(tag: str, text: str, language: str) -> str:
    return f'<{tag} lang="{escape(language)}" dir="{direction(language)}">{escape(text)}</{tag}>'


def earlier_tmx(exchange: Exchange, passages: Sequence[Passage], memory: Memory) -> bytes:
    """Return what was found as TMX, in the words of the earlier letters; the same passages give the same bytes."""
    source, target = exchange.source_language, exchange.language
    wanted = {(match.source, match.origin) for passage in passages for match in passage.matches}
    units = [
        Remembered(
            texts={source: unit.texts[source], target: unit.texts[target]},
            origin=unit.origin,
            day=unit.day,
            released=unit.released,
        )
        for unit in with_sentences(memory.units)
        if target in unit.texts and (unit.texts.get(source), unit.origin) in wanted
    ]
    newest = max((unit.day or _FIRST_DAY for unit in units), default=_FIRST_DAY)
    return write_tmx(units, made=datetime.combine(newest, time(), UTC), source=source)
