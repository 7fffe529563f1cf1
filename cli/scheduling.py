"""What `send --at` and `send --working-days` do, and what is told of a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import number_of, out, plain, print_json

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.desk import Desk
    from store.schedule import Schedule


def choose_days(desk: Desk, ref: str, *, local: bool, as_json: bool) -> None:
    """Set on whose working days a letter goes, and say so."""
    from pipeline.scheduling import choose_days as choose

    freed = choose(desk, ref, local=local)
    if as_json:
        return
    if local:
        out.print(f"{plain(ref)} goes on working days of the addressee's country only.")
    else:
        out.print(f"{plain(ref)} goes on any day. {number_of(freed, 'message')} no longer put off.")


def set_schedule(desk: Desk, ref: str, at: str, until: str, *, as_json: bool) -> None:
    """Set from when on a letter goes by itself, and say so."""
    from pipeline.scheduling import schedule

    found = schedule(desk, ref, at, until)
    if as_json:
        print_json({"send_at": found.send_at, "send_until": found.send_until, "local_days": found.local_days})
    elif found.send_at is None:
        out.print(f"[green]{plain(ref)} is sent by hand only.[/]  → circulars send {plain(ref)}")
    else:
        print_schedule(found, ref, desk.office.zone)


def print_schedule(schedule: Schedule, ref: str, zone: ZoneInfo) -> None:
    """Print when a letter goes by itself, if it does."""
    if schedule.send_at is not None:
        here = schedule.send_at.astimezone(zone)
        last = schedule.send_until.astimezone(zone) if schedule.send_until is not None else None
        if schedule.expired:
            out.print(
                f"[bold red]{plain(ref)} was to go from {here:%Y-%m-%d %H:%M} on, and did not begin by"
                f" {last:%Y-%m-%d %H:%M}.[/]  → circulars send {plain(ref)}"
            )
        else:
            until = f" It does not begin after {last:%Y-%m-%d %H:%M}." if last is not None else ""
            out.print(
                f"[green]{plain(ref)} is sent from {here:%Y-%m-%d %H:%M} on[/], whenever `circulars tick` runs.{until}"
            )
    if schedule.local_days:
        out.print("Only on working days of the addressee's country.")
