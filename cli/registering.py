"""status, report."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, OptionalRef, Ref, desk_for
from cli.output import err, number_of, out, plain, print_json, table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.desk import Desk
    from pipeline.registering import Status
    from store.standings import AskCounts

STATE_STYLES = {"draft": "dim", "planned": "cyan", "issued": "green", "withdrawn": "red"}
DELIVERY_STYLES = {"refused": "bold red", "bounced": "bold red", "in_doubt": "bold red", "deferred": "yellow"}


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (status, report):
        app.command(rich_help_panel="Track")(command)


def status(ref: OptionalRef = "", json: JsonOption = False, office: OfficeOption = None) -> None:
    """Show the register: what was sent, and who has answered what.

    Example: circulars status forum-2022
    """
    from pipeline.registering import all_statuses, unclaimed
    from pipeline.registering import status as one_status

    with desk_for(office) as desk:
        if ref:
            found = one_status(desk, ref)
            if json:
                print_json(found.as_json())
            else:
                print_status(desk, found)
            return
        statuses = all_statuses(desk)
        waiting = unclaimed(desk)
    if json:
        print_json([found.as_json() for found in statuses])
        return
    shown = table(
        "",
        "Letter",
        "Folder",
        "State",
        "Addressees",
        "Messages",
        "Answered",
        "Open",
        right=["Addressees", "Messages", "Answered", "Open"],
    )
    for found in statuses:
        sent = found.delivery["sent"] + found.delivery["delivered"] + found.delivery["printed"]
        answered = sum(ask.answered for ask in found.asks)
        still = sum(ask.silent + ask.received + ask.acknowledged for ask in found.asks)
        state = "held" if found.held else found.state
        style = STATE_STYLES.get(state, "yellow")
        shown.add_row(
            plain(found.reference or "—"), plain(found.slug), f"[{style}]{state}[/]",
            f"{found.addressees:,}", f"{sent:,}", f"{answered:,}", f"{still:,}",
        )  # fmt: skip
    out.print(shown)
    if waiting:
        out.print(f"[yellow]{number_of(waiting, 'mail')} for staff to decide[/]  → circulars triage")


def print_status(desk: Desk, found: Status) -> None:
    """Print one circular's delivery and asks."""
    held = " · [yellow]held[/]" if found.held else ""
    out.print(f"[bold]{plain(found.reference or found.slug)}[/]  {plain(found.subject)}")
    out.print(f"{found.state}{held} · {found.addressees:,} addressees")
    parts = [
        f"[{DELIVERY_STYLES.get(state, 'default')}]{state.replace('_', ' ')} {count:,}[/]"
        for state, count in found.delivery.items()
        if count
    ]
    out.print(f"letters: {' · '.join(parts) or 'none'}")
    for ask in found.asks:
        _print_ask(desk, ask)
    if found.delivery["in_doubt"]:
        out.print(f"→ {found.delivery['in_doubt']:,} in doubt: circulars doubt {plain(found.slug)}")
    if any(ask.received for ask in found.asks):
        out.print("\n→ What was received waits to be judged: circulars triage")
    if found.triage:
        out.print(f"→ {number_of(found.triage, 'mail')} to decide: circulars triage")


def due_shown(due: datetime, zone: ZoneInfo) -> str:
    """Write the cut-off as people say it: midnight is the end of the day before."""
    local = due.astimezone(zone)
    if (local.hour, local.minute) == (0, 0):
        return f"by the end of {local - timedelta(days=1):%Y-%m-%d}"
    return f"{local:%Y-%m-%d %H:%M}"


def _print_ask(desk: Desk, ask: AskCounts) -> None:
    due = f"due {due_shown(ask.due, desk.office.zone)}" if ask.due else "no deadline"
    if ask.due and ask.provisional:
        due += " (provisional: nobody is late)"
    offer = "" if ask.expected else " · an offer: silence is no arrears"
    out.print(f"\n[bold]{plain(ask.id)}[/]  {due} · {ask.parties:,} parties{offer}")
    parts = [f"{count:,} {name}" for name, count in (("accepted", ask.accepted), ("declined", ask.declined)) if count]
    parts += [f"[yellow]{ask.late:,} late[/]"] if ask.late else []
    told = f" ({', '.join(parts)})" if parts else ""
    out.print(f"  [green]answered {ask.answered:,}[/]{told}")
    states = (
        ("received, to be judged", ask.received, "yellow"),
        ("acknowledged", ask.acknowledged, "cyan"),
        ("silent", ask.silent, "default"),
        ("unreachable", ask.unreachable, "bold red"),
        ("excused", ask.excused, "dim"),
    )
    open_ones = [f"[{style}]{name} {count:,}[/]" for name, count, style in states if count]
    if open_ones:
        out.print(f"  {' · '.join(open_ones)}")


def report(
    ref: Ref,
    kind: Annotated[str, typer.Option("--as", metavar="KIND", help="csv or json.")] = "csv",
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.")] = None,
    office: OfficeOption = None,
) -> None:
    """Write the register, one line per party and ask.

    Example: circulars report forum-2022 --as csv --out forum-2022.csv
    """
    from pipeline.registering import report as make_report

    with desk_for(office) as desk:
        text = make_report(desk, ref, kind)
    if target is None:
        sys.stdout.write(text)
        return
    # With a byte order mark, for spreadsheets otherwise take UTF-8 for something else.
    target.write_text(text, encoding="utf-8-sig" if kind == "csv" else "utf-8", newline="")
    err.print(f"[green]{plain(target)}[/]")
