"""protocol."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LanguagesOption, OfficeOption, office_folder, split
from cli.output import number_of, out, plain, print_json, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from locales.protocol import Wording
    from pipeline.protocol import Row, Tables


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Translate")(protocol)


def protocol(
    role: Annotated[str, typer.Argument(metavar="ROLE", help="A role such as minister. All if left out.")] = "",
    lang: LanguagesOption = [],  # noqa: B006 - Typer reads it, nobody changes it
    unreviewed: Annotated[bool, typer.Option("--unreviewed", help="Only what no authority has confirmed.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show how addressees are spoken to: salutation, close, address and reference, by role, gender and language.

    Example: circulars protocol minister --lang fr,ar
    """
    from pipeline.protocol import protocol_tables

    found = protocol_tables(office_folder(office), role, split(lang))
    rows = [row for tables in found for row in tables.rows if not (unreviewed and row.reviewed)]
    if json:
        print_json([row.as_json() for row in rows])
        return
    for tables in found:
        _print_roles(tables.language, [row for row in rows if row.language == tables.language])
        if not role:
            _print_patterns(f"{tables.language}: closes", tables.closings, unreviewed=unreviewed)
            _print_patterns(f"{tables.language}: notes verbales", tables.notes, unreviewed=unreviewed)
    _print_sum(found, rows, with_patterns=not role)


def _print_roles(language: str, rows: list[Row]) -> None:
    if not rows:
        return
    shown = table(language, "Role", "For", "Salutation", "Address", "In the text", "Source")
    for role, of_role in groupby(rows, key=lambda row: row.role):
        for count, (words, cells) in enumerate(_merged(of_role)):
            texts = [_text(words.get(kind)) for kind in ("address", "reference")]
            shown.add_row("" if count else plain(role), cells, _salutation(words), *texts, _sources(words))
            if "position" in words:
                shown.add_row("", "[dim]no name[/]", "", _text(words["position"]), "", "")
            if "note-addressee" in words:
                shown.add_row("", "[dim]in a note[/]", _text(words["note-addressee"]), "", "", "")
        shown.add_section()
    out.print(shown)


def _merged(rows: Iterable[Row]) -> Iterable[tuple[Mapping[str, Wording], str]]:
    """Put together neighbouring cells that have the same words: «all», «m, f»."""
    from locales.tables import CELLS

    for _, same in groupby(rows, key=lambda row: str(sorted(row.words.items(), key=str))):
        group = list(same)
        cells = "all" if len(group) == len(CELLS) else ", ".join(row.cell for row in group)
        yield {str(kind): word for kind, word in group[0].words.items()}, cells


def _print_patterns(title: str, words: Mapping[str, Wording], *, unreviewed: bool) -> None:
    chosen = {name: word for name, word in words.items() if not (unreviewed and word.reviewed)}
    if not chosen:
        return
    shown = table(title, "Words", "Text", "Source")
    for name, word in chosen.items():
        shown.add_row(plain(name), _text(word), plain(word.source))
    out.print(shown)


def _salutation(words: Mapping[str, Wording]) -> str:
    """Return the salutation, with the vocative below it where the close repeats other words than these."""
    word = words.get("salutation")
    if word is None or word.vocative == word.text[:-1]:
        return _text(word)
    return f"{_text(word)}\n[dim]→ {plain(word.vocative)}[/]" if word.vocative else _text(word)


def _text(word: Wording | None) -> str:
    """Return words with a question mark where nobody has confirmed them."""
    if word is None or not word.text:
        return "[dim]-[/]"
    return f"[green]{plain(word.text)}[/]" if word.reviewed else f"[yellow]{plain(word.text)} ?[/]"


def _sources(words: Mapping[str, Wording]) -> str:
    return "\n".join(plain(source) for source in dict.fromkeys(word.source for word in words.values()) if source)


def _print_sum(found: tuple[Tables, ...], rows: list[Row], *, with_patterns: bool) -> None:
    words = [word for row in rows for word in row.words.values() if word.text]
    if with_patterns:
        words += [word for tables in found for part in (tables.closings, tables.notes) for word in part.values()]
    waiting = sum(not word.reviewed for word in words)
    out.print(f"{number_of(len(words), 'cell')}; {waiting:,} marked ? that no authority has confirmed.")
    if waiting:
        out.print("→ To confirm or change one, write it in locales/LANGUAGE/protocol.toml with reviewed = true.")
