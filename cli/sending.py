"""send."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import number_of, out, plain, print_json, progress_bar, table
from cli.scheduling import choose_days, set_schedule
from office.errors import RefusedError, sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from delivery.sending import SendProgress, SendSummary
    from pipeline.desk import Desk

SHOWN_PROBLEMS = 25


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command(rich_help_panel="Send")(send)


def send(
    ref: Ref,
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many messages.")] = None,
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="MOMENT", help='Not now: `tick` sends from "2026-12-01 09:00" on; never: by hand.'
        ),
    ] = "",
    until: Annotated[
        str,
        typer.Option("--until", metavar="MOMENT", help="With --at: it must have begun by then; left out: in 4 hours."),
    ] = "",
    working_days: Annotated[
        bool | None,
        typer.Option(
            "--working-days/--any-day", help="Only on working days of the addressee's country; any day again."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Send for real without asking.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Deliver what is queued. Safe to stop (Ctrl-C) and to start again: nothing goes twice.

    Ends with 0 if all went, with 1 if somebody must look at something, with 3 if work is left for a later run.

    Example: circulars send forum-2022 --at "2026-12-01 09:00"
    """
    from pipeline.scheduling import NEVER
    from pipeline.sending import send as deliver

    with desk_for(office) as desk:
        # To take a schedule back sends nothing: there is nothing to agree to, and a hold is no hindrance.
        reference = ref if at.strip() == NEVER else _agreed(desk, ref, yes=yes)
        if working_days is not None:
            choose_days(desk, ref, local=working_days, as_json=json)
        if at or until:
            set_schedule(desk, ref, at, until, as_json=json)
            return
        with progress_bar(f"sending {plain(reference)}") as (bar, task):

            def show_progress(progress: SendProgress) -> None:
                bar.update(task, completed=progress.done, total=progress.total, rate=f"{progress.rate:,.0f}/s")

            summary = deliver(desk, ref, limit=limit, progress=show_progress)
        if json:
            print_json(summary.as_json())
        else:
            print_summary(ref, summary, desk.office.zone)
    end_with(summary)


def end_with(summary: SendSummary) -> None:
    """End a command by what a run did: what wants somebody outranks work that is left, and goes on by itself."""
    if summary.has_failed:
        raise typer.Exit(1)
    if summary.remaining or summary.stopped:
        raise typer.Exit(3)


def _agreed(desk: Desk, ref: str, *, yes: bool) -> str:
    """Return the reference of a letter that may go, and does so for real only if somebody agrees."""
    from pipeline.sending import outgoing

    way = outgoing(desk, ref)
    if way.for_real and not yes:
        confirm_sending(way.reference, way.transport)
    return way.reference


def confirm_sending(reference: str, transport: str) -> None:
    """A letter goes out for real only if its reference is typed, or --yes is given."""
    if not sys.stdin.isatty():
        raise RefusedError(
            f"{reference} would be sent for real through {transport}.", hint="Add --yes to send without being asked."
        )
    typed = typer.prompt(f"This sends for real through {transport}. Type the reference {reference} to go on")
    if typed.strip() != reference:
        raise RefusedError("That is not the reference; nothing was sent.")


def print_summary(ref: str, summary: SendSummary, zone: ZoneInfo | None = None) -> None:
    """Print what went, what did not, why, and what to do; times in ``zone``, or in the machine's."""
    counted = (
        (summary.sent, "sent", "green"),
        (summary.printed, "for the print run", "green"),
        (summary.refused, "refused", "bold red"),
        (summary.deferred, "deferred", "yellow"),
        (summary.in_doubt, "in doubt", "bold red"),
        (summary.suppressed, "suppressed", "yellow"),
    )
    parts = [f"[{style}]{count:,} {word}[/]" for count, word, style in counted if count]
    nothing = "Nothing was waiting to be sent."
    if summary.remaining:
        nothing = "Nothing was sent." if summary.stopped else "Nothing is due yet."
    out.print(" · ".join(parts) or nothing)
    if summary.problems:
        shown = table("", "Mailbox", "Code", "What the server said", "What to do")
        for problem in summary.problems[:SHOWN_PROBLEMS]:
            shown.add_row(plain(problem.mailbox), str(problem.code or ""), plain(problem.text), plain(problem.hint))
        out.print(shown)
        if len(summary.problems) > SHOWN_PROBLEMS:
            out.print(f"… and {len(summary.problems) - SHOWN_PROBLEMS} more; --json shows them all.")
    if summary.refused:
        out.print(
            "→ A new address for a refused mailbox: add it to the list as a row with its own key and the same party,"
            f" then: circulars plan {plain(ref)}"
        )
    if summary.stopped:
        out.print(f"[bold red]{plain(sentence(summary.stopped))}[/] {plain(summary.hint)}")
    for slowed in summary.slowed:
        out.print(f"[yellow]{plain(slowed)}[/]")
    if summary.doubtful:
        out.print(
            f"→ {number_of(summary.doubtful, 'message')} of which nobody knows whether they went; they are never sent "
            f"again by themselves: circulars doubt {plain(ref)}"
        )
    _print_left(ref, summary, zone)


def _print_left(ref: str, summary: SendSummary, zone: ZoneInfo | None) -> None:
    if summary.postponed and summary.next_day is not None:
        out.print(
            f"→ {number_of(summary.postponed, 'message')} for a working day of the addressee's country; the first at "
            f"{summary.next_day.astimezone(zone):%Y-%m-%d %H:%M}: circulars send {plain(ref)}"
        )
    left = summary.remaining - summary.postponed
    if summary.next_try is not None and left:
        moment = f"{summary.next_try.astimezone(zone):%Y-%m-%d %H:%M}"
        waiting = number_of(left, "message")
        out.print(f"→ {waiting} put off by their servers; the next try is due at {moment}: circulars send {plain(ref)}")
    elif left:
        # What a hint names comes first: a letter that is held, or whose cap is used up, does not go by `send` alone.
        on = "" if "circulars " in summary.hint else f" To go on: circulars send {plain(ref)}"
        out.print(f"→ {number_of(left, 'message')} left.{on}")
    elif not summary.doubtful and not summary.remaining:
        out.print(f"→ circulars track · circulars status {plain(ref)}")
