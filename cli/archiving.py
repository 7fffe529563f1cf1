"""show, print, erase, archive verify, archive export: what is kept, and what is not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, OptionalRef, Ref, desk_for
from cli.output import err, number_of, out, plain, print_json, progress_bar, table
from office.errors import RefusedError

if TYPE_CHECKING:
    from pipeline.verifying import Verified

SHOWN_FAULTS = 25
BINARY = frozenset({"docx", "pdf"})

archive = typer.Typer(no_args_is_help=True, help="Check what was sent, and hand it over to records management.")


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command(rich_help_panel="Send")(show)
    app.add_typer(archive, name="archive", rich_help_panel="Archive")


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
    office: OfficeOption = None,
) -> None:
    """Show exactly what an addressee got, out of the archive, checked against its SHA-256.

    Example: circulars show forum-2022 --to Kenya --as eml --out kenya.eml
    """
    from delivery.verifying import Standing
    from pipeline.archiving import show as retrieve

    with desk_for(office) as desk:
        shown = retrieve(desk, ref, to, kind, reminder=reminder, mailbox=mailbox, unverified=unverified)
    if target is None and kind in BINARY:
        raise RefusedError(f"A .{kind} cannot be shown on the screen.", hint=f"Add --out FILE.{kind}.")
    if target is not None:
        target.write_bytes(shown.content)
    else:
        sys.stdout.buffer.write(shown.content)
        sys.stdout.buffer.flush()
    style = {Standing.VERIFIED: "green", Standing.CHANGED: "bold red"}.get(shown.standing, "yellow")
    if target is not None:
        err.print(f"[{style}]{plain(target)}[/]")
    first, *more = shown.notes
    err.print(f"[{style}]{plain(first)}[/]")
    for note in more:
        err.print(plain(note))
    if shown.standing is Standing.CHANGED:
        raise typer.Exit(1)


@archive.command()
def verify(ref: OptionalRef = "", json: JsonOption = False, office: OfficeOption = None) -> None:
    """Check that everything sealed and sent is still what it was: forms, values, and each message's SHA-256.

    Example: circulars archive verify forum-2022
    """
    from pipeline.verifying import verify as check_all

    with desk_for(office) as desk, progress_bar("checking") as (bar, task):

        def show_progress(reference: str, done: int, total: int) -> None:
            bar.update(task, description=f"checking {plain(reference)}", completed=done, total=total)

        found = check_all(desk, ref, progress=show_progress)
    if json:
        print_json([one.as_json() for one in found])
    else:
        _print_verified(found)
    if any(one.faults for one in found):
        raise typer.Exit(1)


def _print_verified(found: tuple[Verified, ...]) -> None:
    from delivery.verifying import Standing

    if not found:
        out.print("Nothing was issued yet: there is nothing to check.")
        return
    columns = {
        Standing.VERIFIED: "Verified",
        Standing.SEALED: "No SHA-256",
        Standing.NOT_SENT: "Not sent",
        Standing.ERASED: "Erased",
        Standing.CHANGED: "Changed",
    }
    numbers = ("Forms", "Addressees", *columns.values(), "Faults")
    shown = table("", "Letter", *numbers, right=numbers)
    for one in found:
        counts = (one.forms, one.addressees, *(one.standings[standing] for standing in columns), one.faults)
        style = "bold red" if one.faults else "green"
        shown.add_row(f"[{style}]{plain(one.reference)}[/]", *(f"{count:,}" for count in counts))
    out.print(shown)
    if any(one.standings[Standing.SEALED] for one in found):
        out.print(
            "No SHA-256: form and values are as sealed; of the whole none was recorded (paper printed by an older"
            " version, or sending that ended before it could be)."
        )
    for one in found:
        for wrong in one.wrong[:SHOWN_FAULTS]:
            who = " · ".join(filter(None, (one.reference, wrong.key, wrong.mailbox)))
            out.print(f"[bold red]{plain(who)}[/]  {plain(wrong.message)} [dim]{wrong.code}[/]")
        if one.faults > SHOWN_FAULTS:
            more = number_of(one.faults - min(SHOWN_FAULTS, len(one.wrong)), "more fault")
            out.print(f"… and {more} of {plain(one.reference)}; --json shows the first thousand.")
    if any(one.faults for one in found):
        out.print("→ Put back circulars.db and archive/ from a backup of the day when they were still right.")
    else:
        out.print("[green]Everything is as it was sealed and sent.[/]")
