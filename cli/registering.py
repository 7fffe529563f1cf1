"""status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.continuing import print_relations
from cli.options import JsonOption, OfficeOption, OptionalRef, desk_for
from cli.output import number_of, out, plain, print_json, table
from cli.scheduling import print_schedule

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.desk import Desk
    from pipeline.registering import Status
    from store.standings import AskCounts

STATE_STYLES = {"draft": "dim", "planned": "cyan", "issued": "green", "withdrawn": "red"}
# What a bar is made of: told apart without colour too.
BAR = (
    ("answered", "green", "█"), ("received", "yellow", "▓"), ("acknowledged", "cyan", "▒"),
    ("silent", "dim", "░"), ("unreachable", "bold red", "×"),
)  # fmt: skip
SHOWN_PARTS = 12  # of a division; the JSON has all
DELIVERY_STYLES = {
    "refused": "bold red", "bounced": "bold red", "in_doubt": "bold red", "deferred": "yellow", "expired": "yellow",
}  # fmt: skip


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Track")(status)


def status(
    ref: OptionalRef = "",
    missing: Annotated[bool, typer.Option("--missing", help="List who has not replied yet.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show the register: what was sent, who has answered what, by region, class and language, and who is missing.

    Example: circulars status forum-2022 --missing
    """
    from pipeline.registering import all_statuses, unclaimed
    from pipeline.registering import status as one_status

    if missing and not ref:
        raise typer.BadParameter("name the letter of which you want to know who is missing")
    with desk_for(office) as desk:
        if missing:
            _print_missing(desk, ref, as_json=json)
            return
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
        "Replies",
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
            f"{found.addressees:,}", f"{sent:,}", f"{answered:,}", f"{still:,}", _bar(_total(found), 12),
        )  # fmt: skip
    out.print(shown)
    if waiting:
        out.print(f"[yellow]{number_of(waiting, 'mail')} for staff to decide[/]  → circulars triage")


def _by_state(counts: dict[str, int]) -> str:
    return " · ".join(
        f"[{DELIVERY_STYLES.get(state, 'default')}]{state.replace('_', ' ')} {count:,}[/]"
        for state, count in counts.items()
        if count
    )


def print_status(desk: Desk, found: Status) -> None:
    """Print one circular's delivery and asks."""
    held = " · [yellow]held[/]" if found.held else ""
    out.print(f"[bold]{plain(found.reference or found.slug)}[/]  {plain(found.subject)}")
    out.print(f"{found.state}{held} · {found.addressees:,} addressees")
    print_relations(found)
    print_schedule(found.schedule, found.slug, desk.office.zone)
    out.print(f"letters: {_by_state(found.delivery) or 'none'}")
    if any(found.reminders.values()):
        out.print(f"reminders: {_by_state(found.reminders)}")
    for ask in found.asks:
        _print_ask(desk, ask)
        _print_parts(found.divided.get(ask.id, {}))
    for line in found.history:
        out.print(f"\n[italic]{plain(line)}[/]")
    if any(ask.expected and ask.silent + ask.acknowledged + ask.unreachable for ask in found.asks):
        out.print(f"\n→ Who is missing: circulars status {plain(found.slug)} --missing")
    if doubtful := found.delivery["in_doubt"] + found.reminders["in_doubt"]:
        out.print(f"→ {doubtful:,} in doubt: circulars doubt {plain(found.slug)}")
    if any(ask.received for ask in found.asks):
        out.print("\n→ What was received waits to be judged: circulars triage")
    if found.triage:
        out.print(f"→ {number_of(found.triage, 'mail')} to decide: circulars triage")


def due_shown(due: datetime, zone: ZoneInfo) -> str:
    """Write the cut-off as people say it: midnight is the end of the day before."""
    from letters.rules import ends_a_day, last_day

    if ends_a_day(due, zone):
        return f"by the end of {last_day(due, zone)}"
    return f"{due.astimezone(zone):%Y-%m-%d %H:%M}"


def _print_ask(desk: Desk, ask: AskCounts) -> None:
    due = f"due {due_shown(ask.due, desk.office.zone)}" if ask.due else "no deadline"
    if ask.due and ask.provisional:
        due += " (provisional: nobody is late)"
    offer = "" if ask.expected else " · an offer: silence is no arrears"
    out.print(f"\n[bold]{plain(ask.id)}[/]  {due} · {ask.parties:,} parties{offer}")
    parts = [f"{count:,} {name}" for name, count in (("accepted", ask.accepted), ("declined", ask.declined)) if count]
    parts += [f"[yellow]{ask.late:,} late[/]"] if ask.late else []
    told = f" ({', '.join(parts)})" if parts else ""
    counts = {name: int(getattr(ask, name)) for name in ("parties", *(name for name, _, _ in BAR))}
    out.print(f"  {_bar(counts, 40)}  [green]answered {ask.answered:,}[/]{told}")
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


def _bar(counts: Mapping[str, int], width: int) -> str:
    """Draw the shares of the parties; whatever is there at all gets one place at least."""
    parties = counts["parties"]
    if not parties:
        return ""
    places = {name: -(-counts[name] * width // parties) for name, _, _ in BAR if counts[name]}
    while sum(places.values()) > width:
        places[max(places, key=lambda name: places[name])] -= 1
    return "".join(f"[{style}]{sign * places[name]}[/]" for name, style, sign in BAR if name in places)


def _total(found: Status) -> dict[str, int]:
    """All expected asks of a circular together."""
    names = ("parties", *(name for name, _, _ in BAR))
    return {name: sum(getattr(ask, name) for ask in found.asks if ask.expected) for name in names}


def _print_parts(divided: Mapping[str, Mapping[str, Mapping[str, int]]]) -> None:
    """Print how one ask stands in each region, class and language, where there is more than one."""
    told = {division: parts for division, parts in divided.items() if len(parts) > 1}
    if not told:
        return
    shown = table("", "by", "", "Replied", "of", "", "Open", right=["Replied", "of", "Open"])
    for division, parts in told.items():
        largest = sorted(parts.items(), key=lambda item: -item[1]["parties"])[:SHOWN_PARTS]
        for name, counts in sorted(largest):
            replied = counts["answered"] + counts["received"]
            still = counts["silent"] + counts["acknowledged"] + counts["unreachable"]
            shown.add_row(
                division, plain(name), f"{replied:,}", f"{counts['parties']:,}", _bar(counts, 20), f"{still:,}"
            )
        if len(parts) > len(largest):
            shown.add_row(division, f"… and {len(parts) - len(largest):,} more", "", "", "", "")
    out.print(shown)


def _print_missing(desk: Desk, ref: str, *, as_json: bool) -> None:
    from pipeline.registering import missing

    found = list(missing(desk, ref))
    if as_json:
        print_json([{name: getattr(row, name) for name in row.__slots__} for row in found])
        return
    if not found:
        out.print("[green]Nobody is missing.[/]")
        return
    shown = table("Missing", "Party", "Addressees", "Country", "Ask", "State", "Due")
    for row in found:
        style = "bold red" if row.state == "unreachable" else "default"
        due = due_shown(row.due, desk.office.zone) if row.due else ""
        state = f"[{style}]{row.state}[/]"
        shown.add_row(plain(row.party), plain(row.names), row.country, plain(row.ask), state, due)
    out.print(shown)
    out.print(f"→ To remind them: circulars remind {plain(ref)} --dry-run")
