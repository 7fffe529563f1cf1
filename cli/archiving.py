"""erase, archive verify, archive export, archive wipe: what is kept, and what is not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, OptionalRef, Ref, desk_for
from cli.output import err, number_of, out, plain, print_json, progress_bar, table
from office.errors import BusyError, RefusedError

if TYPE_CHECKING:
    from pipeline.erasing import Erased, ToErase
    from pipeline.verifying import Verified

SHOWN_FAULTS = 25

archive = typer.Typer(no_args_is_help=True, help="Check what was sent, and hand it over to records management.")


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command(rich_help_panel="Archive")(erase)
    app.add_typer(archive, name="archive", rich_help_panel="Archive")


def erase(
    key: Annotated[str, typer.Argument(metavar="KEY", help="The addressee: its key, mailbox, or name as listed.")],
    note: Annotated[str, typer.Option("--note", metavar="WHY", help="Why; without naming the person, for it stays.")],
    ref: Annotated[
        str, typer.Option("--circular", metavar="REF", help="Of this letter only; of all letters if left out.")
    ] = "",
    replies: Annotated[
        bool, typer.Option("--replies", help="Also the mails that the person wrote, and what was noted of them.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Remove a person's values on request; that a letter went, when, and its SHA-256 stay. It cannot be undone.

    Example: circulars erase rosa@lens.example.org --note "request of 4 March, file 2031/17"
    """
    from pipeline.erasing import erase as remove
    from pipeline.erasing import to_erase

    with desk_for(office) as desk:
        wanted = to_erase(desk, key, ref=ref)
        if not yes:
            _confirm_erasing(wanted, replies=replies)
        with progress_bar("erasing"):
            erased = remove(desk, key, note=note, ref=ref, replies=replies)
    if json:
        print_json(erased.as_json())
    else:
        _print_erased(erased)
    if not erased.is_wiped:
        raise typer.Exit(3)


def _confirm_erasing(wanted: ToErase, *, replies: bool) -> None:
    shown = table("To be erased", "Letter", "Key", "Name", "Organisation", "Mailboxes")
    for person in wanted.persons:
        boxes = ", ".join(person.mailboxes)
        shown.add_row(*map(plain, (person.reference, person.key, person.name, person.organisation, boxes)))
    err.print(shown)
    mails = len(wanted.machine_mails) + (len(wanted.replies) if replies else 0)
    if mails:
        err.print(f"With {number_of(mails, 'mail')} that came in.")
    if not sys.stdin.isatty():
        raise RefusedError("This cannot be undone; nothing was erased.", hint="Add --yes to erase without being asked.")
    if typer.prompt(f"This cannot be undone. Type the key {wanted.key} to go on").strip() != wanted.key:
        raise RefusedError("That is not the key; nothing was erased.")


def _print_erased(erased: Erased) -> None:
    for reference, stand_in in erased.stand_ins.items():
        out.print(f"[green]{plain(reference)}: erased.[/] It is {plain(stand_in)} from now on; the proof stays.")
    if erased.mails or erased.files:
        out.print(f"{number_of(erased.mails, 'mail')} emptied, {number_of(erased.files, 'file')} deleted.")
    if erased.replies_left:
        numbers = ", ".join(str(mail.id) for mail in erased.replies_left[:SHOWN_FAULTS])
        out.print(
            f"[yellow]{number_of(len(erased.replies_left), 'mail')} that the person wrote stay, as correspondence:"
            f" {numbers}.[/] To read one: circulars triage N"
        )
    for mailbox in erased.suppressed:
        out.print(f"{plain(mailbox)} stays suppressed, so that nothing is sent there: circulars unsuppress undoes it.")
    out.print(
        "→ Take the person off the lists in recipients/ too. The same data may stand in backups of this office, in"
        " what print, report, show and archive export wrote, and in the mailbox that circulars reads."
    )
    if not erased.is_wiped:
        out.print(
            "[bold red]Traces may still stand in circulars.db-wal, for another command has the store open.[/]"
            " When it has ended: circulars archive wipe"
        )


@archive.command()
def export(
    ref: Ref,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Write everything of a letter into a folder for records management, to be read and checked without circulars.

    Example: circulars archive export forum-2022 /srv/records/CL-22-010
    """
    from pipeline.bundling import export_bundle

    with desk_for(office) as desk, progress_bar(f"exporting {plain(ref)}") as (bar, task):
        bundle = export_bundle(
            desk, ref, folder, progress=lambda done, total: bar.update(task, completed=done, total=total)
        )
    if json:
        print_json(bundle.as_json())
    else:
        letters = number_of(bundle.letters, "letter")
        out.print(
            f"[green]{plain(bundle.reference)}: {letters}, {number_of(bundle.files, 'file')} in {plain(folder)}.[/]"
        )
        for what, why in bundle.left_out[:SHOWN_FAULTS]:
            out.print(f"[bold red]left out: {plain(what)}[/]  {plain(why)}")
        if bundle.faults > SHOWN_FAULTS:
            out.print(f"… {number_of(bundle.faults, 'fault')} in all; LEFT-OUT.txt names them.")
        out.print("→ To check it, now or in ten years, in that folder: sha256sum --check --quiet manifest.sha256")
    if bundle.faults:
        raise typer.Exit(1)


@archive.command()
def wipe(office: OfficeOption = None) -> None:
    """Write the store anew, so that nothing that was erased stands in its free pages; `erase` does so by itself.

    Example: circulars archive wipe
    """
    from pipeline.erasing import wipe_traces

    with desk_for(office) as desk:
        done = wipe_traces(desk)
    if not done:
        raise BusyError("Another command has the store open.", hint="Try again when it has ended.")
    out.print("[green]No trace of what was erased is left in the store's file.[/]")


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
