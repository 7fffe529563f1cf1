"""translate export, import: files for translators, and what comes back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, LanguagesOption, OfficeOption, Ref, desk_for, split
from cli.output import err, marked, number_of, out, plain, print_findings, print_json, table

if TYPE_CHECKING:
    from locales.exchange.comparing import Change
    from pipeline.desk import Desk
    from pipeline.exchanging import Incoming

KINDS = {  # what the table says of each kind of change, and how it looks
    "new": ("new", "green"),
    "revised": ("revised", "green"),
    "changed": ("changed", "green"),
    "moved-on": ("source has changed since: to revise", "yellow"),
    "conflict": ("changed here too: to revise, both are kept", "bold red"),
    "older": ("older than ours: left as it is", "yellow"),
    "unmatched": ("no longer in the letter: kept at the end", "yellow"),
    "twice": ("twice in the file: kept as a comment", "yellow"),
}


def export_files(
    ref: Ref,
    lang: LanguagesOption = [],  # noqa: B006 - Typer reads it, nobody changes it
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="po, xliff, docx or pack.")] = "po",
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE|DIR", help="Where to write it.")] = None,
    office: OfficeOption = None,
) -> None:
    """Make files for translators; the PO files are brought up to date, translations already there are kept.

    Example: circulars translate export forum-2022 --lang ru --as docx
    """
    from pipeline.exchanging import SUFFIXES

    if kind not in SUFFIXES:
        raise typer.BadParameter(f"«{kind}» is none of {', '.join(SUFFIXES)}", param_hint="--as")
    with desk_for(office) as desk:
        if kind == "po" and target is None:
            _bring_up_to_date(desk, ref, split(lang))
            return
        _write_files(desk, ref, split(lang), kind, target)
    out.print("→ What comes back: circulars translate import FILE")


def _bring_up_to_date(desk: Desk, ref: str, languages: tuple[str, ...]) -> None:
    from pipeline.catalogues import export_catalogues

    for path in export_catalogues(desk, ref, languages):
        out.print(f"[green]{plain(path.relative_to(desk.office.folder))}[/]")
    out.print(f"→ Translate them in any PO editor, then: circulars translate release {plain(ref)} --lang L --by NAME")


def _write_files(desk: Desk, ref: str, languages: tuple[str, ...], kind: str, target: Path | None) -> None:
    from office.files import write_aside
    from pipeline.catalogues import translated_into
    from pipeline.exchanging import export
    from pipeline.letter_folders import open_draft

    chosen = translated_into(open_draft(desk, ref), languages)
    if target is not None and len(chosen) > 1:
        if target.is_file():
            raise typer.BadParameter("several languages need a folder", param_hint="--out")
        target.mkdir(parents=True, exist_ok=True)
    for language in chosen:
        made = export(desk, ref, language, kind)
        path = Path(made.name) if target is None else target / made.name if target.is_dir() else target
        write_aside(path, made.content)
        out.print(f"[green]{plain(path)}[/]")


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What came back: PO, XLIFF, Word table or pack.")],
    ref: Annotated[str, typer.Option("--ref", metavar="REF", help="The letter, if the file does not say it.")] = "",
    lang: Annotated[str, typer.Option("--lang", metavar="L", help="The language, if the file does not say it.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write it without asking.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show what a translator's file changes, and write it when you agree. No translation is ever lost.

    Example: circulars translate import forum-2022.ru.docx --dry-run
    """
    from office.findings import has_errors
    from pipeline.exchanging import apply_import, preview_import

    with desk_for(office) as desk:
        incoming = preview_import(desk, file, ref=ref, language=lang)
        if not json:
            _print_incoming(incoming)
        if not dry_run and not incoming.changes_nothing:
            if not yes:
                _ask(incoming)
            path = apply_import(desk, incoming)
            if not json:
                _print_written(incoming, plain(path.relative_to(desk.office.folder)))
    if json:
        print_json({**incoming.as_json(), "written": not dry_run and not incoming.changes_nothing})
    raise typer.Exit(1 if has_errors(incoming.findings) else 0)


def _ask(incoming: Incoming) -> None:
    from office.errors import RefusedError

    if not sys.stdin.isatty():
        raise RefusedError("Nothing was written: nobody is there to be asked.", hint="Add --yes to write it.")
    if not typer.confirm(f"Write this to {incoming.reference or incoming.slug}, {incoming.language}?"):
        raise RefusedError("Nothing was written.")


def _print_incoming(incoming: Incoming) -> None:
    out.print(f"[bold]{plain(incoming.reference or incoming.slug)}[/]  {incoming.language}")
    print_findings(incoming.findings, err)
    shown = table("", "No.", "What", "Translation")
    for change in incoming.changes:
        if change.kind.value in KINDS:
            what, style = KINDS[change.kind.value]
            number = incoming.number(change)
            shown.add_row(str(number or "–"), f"[{style}]{what}[/]", _told(change))
    if shown.row_count:
        out.print(shown)
    counts = {kind.value: count for kind, count in incoming.counts.items()}
    told = [
        f"{number_of(count, 'segment')} {words}"
        for count, words in (
            (counts.get("same", 0), "as they are"),
            (counts.get("empty", 0), "not translated"),
            (incoming.left_out, "not in the file"),
        )
        if count
    ]
    if told:
        out.print(f"[dim]{' · '.join(told)}[/]")
    if incoming.changes_nothing:
        out.print("Nothing is to be written.")


def _told(change: Change) -> str:
    """Return the source, dimmed, the translation with its differences, and what is wrong with it."""
    words = marked(change.old, change.new) if change.old else plain(change.new)
    lines = [f"[dim]{plain(change.msgid)}[/]", words]
    lines += [f"[yellow]{plain(fault)}[/]" for fault in change.faults]
    lines += [f"[cyan]# {plain(change.remark)}[/]"] if change.remark else []
    return "\n".join(lines)


def _print_written(incoming: Incoming, path: str) -> None:
    out.print(f"[green]{path}[/]")
    if incoming.released_by:
        out.print(f"[yellow]It was released by {plain(incoming.released_by)}: any change takes the release back.[/]")
    ref, language = plain(incoming.slug), incoming.language
    out.print(f"→ circulars check {ref}, then: circulars translate release {ref} --lang {language} --by NAME")
