"""show, print: what an addressee got, out of the archive; letters on paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import err, number_of, out, plain, print_json
from office.errors import RefusedError

if TYPE_CHECKING:
    from pipeline.archiving import Shown

BINARY = frozenset({"docx", "pdf"})


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command(rich_help_panel="Send")(show)
    app.command("print", rich_help_panel="Send")(print_letters)


def show(
    ref: Ref,
    to: Annotated[str, typer.Option("--to", metavar="KEY", help="The addressee.")],
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="eml, docx, pdf, html or txt.")] = "txt",
    reminder: Annotated[
        int, typer.Option("--reminder", min=0, metavar="N", help="The N-th reminder instead of the letter.")
    ] = 0,
    mailbox: Annotated[
        str, typer.Option("--mailbox", metavar="ADDRESS", help="The message to this mailbox; paper: the printed one.")
    ] = "",
    unverified: Annotated[
        bool, typer.Option("--unverified", help="Show it even if it is proven not to be what was sent.")
    ] = False,
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.")] = None,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show exactly what an addressee got, out of the archive, checked against its SHA-256.

    --json tells how far that is proven, and shows nothing of the letter itself.

    Example: circulars show forum-2022 --to Kenya --as eml --out kenya.eml
    """
    from delivery.verifying import Standing
    from pipeline.archiving import show as retrieve

    with desk_for(office) as desk:
        shown = retrieve(desk, ref, to, kind, reminder=reminder, mailbox=mailbox, unverified=unverified)
    if target is None and kind in BINARY and not json:
        raise RefusedError(f"A .{kind} cannot be shown on the screen.", hint=f"Add --out FILE.{kind}.")
    if target is not None:
        target.write_bytes(shown.content)
    if json:
        _print_proof(shown, target)
    else:
        _print_shown(shown, target)
    if shown.standing is Standing.CHANGED:
        raise typer.Exit(1)


def _print_proof(shown: Shown, target: Path | None) -> None:
    from hashlib import sha256

    shape = {name: getattr(shown, name) for name in ("key", "mailbox", "language", "standing", "notes")}
    print_json({**shape, "sha256": sha256(shown.content).hexdigest(), "file": str(target) if target else None})


def _print_shown(shown: Shown, target: Path | None) -> None:
    from delivery.verifying import Standing

    if target is None:
        sys.stdout.buffer.write(shown.content)
        sys.stdout.buffer.flush()
    style = {Standing.VERIFIED: "green", Standing.CHANGED: "bold red"}.get(shown.standing, "yellow")
    if target is not None:
        err.print(f"[{style}]{plain(target)}[/]")
    first, *more = shown.notes
    err.print(f"[{style}]{plain(first)}[/]")
    for note in more:
        err.print(plain(note))


def print_letters(
    ref: Ref,
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="Where to write it.")] = None,
    left: Annotated[bool, typer.Option("--left", help="Only the letters that are not marked as printed.")] = False,
    reminders: Annotated[bool, typer.Option("--reminders", help="The reminders on paper, not the letters.")] = False,
    duplex: Annotated[bool, typer.Option("--duplex", help="Begin every letter on the front of a sheet.")] = False,
    done: Annotated[
        Path | None, typer.Option("--done", metavar="LIST.csv", help="Mark what a run's list names as printed.")
    ] = None,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Write all letters on paper into one PDF, by country and name, with a list (.csv) for the mail room.

    Example: circulars print forum-2022 --out forum.pdf --duplex
    """
    from delivery.mail_form import file_stem
    from pipeline.print_run import mark_as_printed
    from pipeline.print_run import print_letters as write_run

    if done is not None and (left or target is not None):
        raise typer.BadParameter("--done marks a run that is printed: leave out --left and --out")
    marked, run = 0, None
    with desk_for(office) as desk:
        if done is None:
            wanted = target or Path(f"{file_stem(ref)}.print.pdf")
            run = write_run(desk, ref, wanted, left=left, reminders=reminders, duplex=duplex)
        waits = run is not None and any(letter.is_left for letter in run.letters)
        asks = waits and not json and sys.stdin.isatty()
        if run is not None and asks and typer.confirm("Printed well? Mark them as printed"):
            done = run.listing
        if done is not None:
            marked = mark_as_printed(desk, ref, done)
    if json:
        print_json({**(run.as_json() if run is not None else {}), "marked": marked})
        return
    if run is not None:
        letters, pages = number_of(len(run.letters), "letter"), number_of(run.total, "page")
        out.print(
            f"[green]{plain(run.reference)}: {letters}, {pages} in {plain(run.target)}[/]; list: {plain(run.listing)}"
        )
    if done is not None:
        out.print(f"[green]{number_of(marked, 'letter')} marked as printed.[/]")
    elif waits and run is not None:
        out.print(f"→ When they are printed: circulars print {plain(ref)} --done {plain(run.listing)}")
