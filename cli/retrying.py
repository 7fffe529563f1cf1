"""retry."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import number_of, out, plain, print_json


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Send")(retry)


def retry(
    ref: Ref,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help="Only these addressees.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="What was refused, or given up after five days.")] = False,
    deferred: Annotated[
        bool, typer.Option("--deferred", help="What servers put off: due now, not at its time.")
    ] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Queue again what was refused or put off, when relay or mailbox is mended; `send` then sends it.

    Example: circulars retry forum-2022 --failed
    """
    from pipeline.retrying import retry as try_again

    if not failed and not deferred:
        raise typer.BadParameter("say what is tried again: --failed, --deferred, or both")
    with desk_for(office) as desk:
        retried = try_again(desk, ref, keys or (), refused=failed, deferred=deferred)
    if json:
        print_json(retried.as_json())
        return
    if failed:
        out.print(f"[green]{number_of(retried.refused, 'refused message')} queued again.[/]")
    if deferred:
        out.print(f"[green]{number_of(retried.deferred, 'deferred message')} due now.[/]")
    if retried.suppressed:
        out.print(
            f"[yellow]{number_of(retried.suppressed, 'message')} left out: the mailbox is suppressed.[/]"
            "  → circulars unsuppress ADDRESS"
        )
    if retried.refused + retried.deferred:
        out.print(f"→ circulars send {plain(ref)}")
