"""suppress, unsuppress, suppressions, unsubscribe."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import JsonOption, OfficeOption, desk_for
from cli.output import number_of, out, plain, print_findings, print_json, table

SHOWN = 200  # rows of a table; --json shows them all
_EVERY = ("every list", "")  # in words, and as an option

ListOption = Annotated[str, typer.Option("--list", metavar="L", help="Only letters to this list; all if left out.")]


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (suppress, unsuppress, suppressions, unsubscribe):
        app.command(rich_help_panel="Send")(command)


def suppress(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mailbox.")] = "",
    list_name: ListOption = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = "by hand",
    source: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Read many: address or token, list, kind, reason, since."),
    ] = None,
    target: Annotated[
        Path | None, typer.Option("--export", metavar="FILE.csv", help="Write all into a table that can be read back.")
    ] = None,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Never write to a mailbox again, until `unsuppress`; or read many mailboxes from a table, or write all into one.

    With --list, letters to governments still go.

    Example: circulars suppress old@ke.example.org --list stakeholders --reason "left the institute"
    """
    from pipeline.suppressing import export_suppressions, import_suppressions, suppress_address

    if sum((bool(address), source is not None, target is not None)) != 1:
        raise typer.BadParameter("name one mailbox, or a file with --import or --export")
    with desk_for(office) as desk:
        if target is not None:
            count = export_suppressions(desk, target)
            out.print(f"{number_of(count, 'suppression')} written to {plain(target)}.")
            return
        if source is not None:
            done = import_suppressions(desk, source)
            if json:
                print_json(done.as_json())
                return
            print_findings(done.findings)
            known = f"; {done.known:,} known before" if done.known else ""
            out.print(f"{number_of(done.added, 'suppression')} recorded{known}.")
            return
        changed = suppress_address(desk, address, reason, list_name=list_name)
    if json:
        print_json({"address": address.strip(), "list": list_name, "changed": changed})
        return
    out.print(f"{plain(address)} is suppressed{_on(list_name)}{'.' if changed else ' already.'}")
    if list_name:
        out.print("Letters to governments still go to it; without --list none does.")


def unsuppress(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="The mailbox.")],
    list_name: Annotated[
        str | None, typer.Option("--list", metavar="L", help="Only what was said of this list; all if left out.")
    ] = None,
    office: OfficeOption = None,
) -> None:
    """Allow writing to a mailbox again.

    Example: circulars unsuppress old@ke.example.org
    """
    from pipeline.suppressing import unsuppress_address

    with desk_for(office) as desk:
        done, zone = unsuppress_address(desk, address, list_name=list_name), desk.office.zone
    out.print(f"{plain(address)} {'was not suppressed.' if done is None else 'may be written to again.'}")
    if done is None:
        return
    for one in done.opt_outs:
        where, option = (f"«{plain(one.list_name)}»", f" --list {plain(one.list_name)}") if one.list_name else _EVERY
        is_own = one.kind.value == "opt-out"
        told = f"on {one.since.astimezone(zone):%Y-%m-%d}" if is_own else f"too ({plain(one.reason)})"
        out.print(f"Its owner had left {where} {told}: write again only if they wish it.")
        out.print(f"→ else: circulars suppress {plain(one.address)}{option}")
    if done.queued:
        out.print(f"→ What it did not get waits to be sent, {number_of(done.queued, 'message')}: circulars send REF")


def suppressions(
    list_name: Annotated[
        str | None, typer.Option("--list", metavar="L", help="Those of this list, and those of every list.")
    ] = None,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """List the mailboxes that get nothing more: since when, from which list, and why.

    Example: circulars suppressions --list stakeholders
    """
    from pipeline.suppressing import of_addresses
    from pipeline.suppressing import suppressions as find

    with desk_for(office) as desk:
        found, zone = find(desk, list_name=list_name), desk.office.zone
    if json:
        print_json(of_addresses(found))
        return
    if not found:
        out.print("No mailbox is suppressed.")
        return
    shown = table("Suppressed", "Mailbox", "List", "Kind", "Since", "Why", "Recorded by")
    for one in found[:SHOWN]:
        since = f"{one.since.astimezone(zone):%Y-%m-%d}"
        shown.add_row(
            plain(one.address), plain(one.list_name) or "every list", one.kind.value, since, plain(one.reason),
            plain(one.by),
        )  # fmt: skip
    out.print(shown)
    if len(found) > SHOWN:
        out.print(f"… and {len(found) - SHOWN:,} more; --json shows them all.")


def unsubscribe(
    tokens: Annotated[list[str], typer.Argument(metavar="TOKEN", help="From the link, or the link itself.")],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Record that somebody left a list, by the token of the letter's List-Unsubscribe field.

    For the program behind the office's web form, which calls this for each POST and for no GET.

    Example: circulars unsubscribe ciaaaaiaaaaaaaadjrlqkb7xpplmqlk
    """
    from pipeline.suppressing import unsubscribe as leave

    with desk_for(office) as desk:
        left = [leave(desk, token) for token in tokens]
    if json:
        print_json([{"address": address, "list": name, "changed": new} for address, name, new in left])
        return
    for address, name, new in left:
        out.print(f"{plain(address)} has left «{plain(name)}»{'.' if new else ' already.'}")


def _on(list_name: str) -> str:
    return f" on the list «{plain(list_name)}»" if list_name else ""
