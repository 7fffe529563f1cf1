"""remind, tick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import err, number_of, out, plain, print_json, progress_bar, table
from cli.sending import confirm_sending, end_with, print_summary
from office.errors import sentence

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from delivery.sending import SendProgress
    from pipeline.reminding import Reminding, ToRemind
    from pipeline.ticking import Step

SHOWN_PARTIES = 50

REASONS = {
    "answered": "have answered, or are excused",
    "received": "have replied; staff have not judged it yet: circulars triage",
    "never-asked": "never got the letter: it was withdrawn before it went",
    "unreachable": "cannot be reached: their letters were refused or have bounced",
    "provisional": "owe nothing yet: the deadline is provisional",
    "answers-on-the-web": "answer on a web form, and what they said there was not read in of late",
    "held-by-note": "are held by a note until its day",
    "held-by-mail": "may have answered: a mail waits for a decision: circulars triage",
    "no-working-day": "are due, but today is no working day",
    "letter-not-sent": "have not been sent the letter yet",
    "no-reminder-sealed": "got a letter that was issued without a reminder",
    "no-mailbox": "have no mailbox left: all are suppressed, or have bounced",
    "missed": "were to be reminded on a day that has passed",
    "reminded": "have just been reminded",
    "not-yet": "are not due yet",
}


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (remind, tick):
        app.command(rich_help_panel="Track")(command)


def remind(
    ref: Ref,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show who would be reminded, and stop.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Send for real without asking.")] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Also of what is answered on a web form whose answers were not read in.")
    ] = False,
    names: Annotated[bool, typer.Option("--names", help="Name those who are not reminded, too.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Remind those who owe an answer, by the rules of the letter; each once, and nobody who has answered.

    Example: circulars remind forum-2022 --dry-run
    """
    from pipeline.reminding import remind as remind_all
    from pipeline.reminding import reminding
    from pipeline.sending import outgoing

    with desk_for(office) as desk:
        way = outgoing(desk, ref)
        found = reminding(desk, ref, anyway=anyway)
        if not json:
            print_reminding(found, desk.office.zone, names=names)
        if dry_run:
            if json:
                print_json(found.as_json())
            return
        if found.messages and way.for_real and not yes:
            confirm_sending(way.reference, way.transport)
        with progress_bar(f"reminding of {plain(way.reference)}") as (bar, task):

            def show_progress(progress: SendProgress) -> None:
                bar.update(task, completed=progress.done, total=progress.total, rate=f"{progress.rate:,.0f}/s")

            found, summary = remind_all(desk, ref, anyway=anyway, progress=show_progress)
        if json:
            print_json({**found.as_json(), "sent": summary.as_json()})
        elif found.messages:
            print_summary(ref, summary, desk.office.zone)
    if found.refused and not found.parties:
        raise typer.Exit(1)
    end_with(summary)


def print_reminding(found: Reminding, zone: ZoneInfo, *, names: bool = False, shown: int = SHOWN_PARTIES) -> None:
    """Print who is reminded of what, ``shown`` parties at most, and why others are not."""
    out.print(f"[bold]{plain(found.reference)}[/]  {found.day}  reminders to {_parties(len(found.parties))}")
    if found.parties:
        _print_parties(found, zone, shown)
    if found.waiting:
        out.print(f"  {number_of(found.waiting, 'message')} queued before")
    for why, parties in found.others.items():
        out.print(f"  [dim]{len(parties):,} {REASONS[why]}[/]")
        if names:
            out.print(f"    {plain(', '.join(parties))}")
    _print_what_is_missing(found, names=names)
    if found.next_day is not None:
        out.print(f"→ The next reminders are due on {found.next_day}.")


def _print_parties(found: Reminding, zone: ZoneInfo, most: int) -> None:
    shown = table("", "Party", "Name", "Open, and until when", "Rule", "To")
    for party in found.parties[:most]:
        shown.add_row(
            plain(party.party), plain(party.names), plain(_asks(party, zone)), plain(", ".join(party.rules)),
            plain(", ".join(party.mailboxes)),
        )  # fmt: skip
    out.print(shown)
    if len(found.parties) > most:
        out.print(f"… and {len(found.parties) - most} more; --json shows them all.")


def _print_what_is_missing(found: Reminding, *, names: bool) -> None:
    for missed in found.missed[:SHOWN_PARTIES]:
        out.print(f"  [yellow]missed: {plain(missed.party)}, {plain(missed.ask)} {missed.rule} on {missed.day}[/]")
    if len(found.missed) > SHOWN_PARTIES:
        out.print(f"  … and {len(found.missed) - SHOWN_PARTIES} more missed; --json shows them all.")
    if found.expired:
        out.print(f"  [dim]{number_of(len(found.expired), 'reminder')} missed before[/]")
        if names:
            told = (f"{expired.party} ({expired.ask} {expired.rule}, {expired.day})" for expired in found.expired)
            out.print(f"    {plain(', '.join(told))}")
    if found.as_sealed:
        whom = f": {plain(', '.join(found.as_sealed))}" if names else ""
        out.print(
            f"  [yellow]{number_of(len(found.as_sealed), 'addressee')} written to as the letter was sealed, at the"
            f" mailboxes of then: the letter was changed since, or the list has them no more[/]{whom}"
        )
    for skipped in found.skipped:
        out.print(f"  [yellow]{plain(skipped.mailbox)} of {plain(skipped.party)} is passed over: {skipped.reason}[/]")
    if found.refused:
        err.print(f"[yellow]Nobody is reminded of {plain(', '.join(found.refused))}: it is answered on a web form.[/]")
        read_in = f"circulars answer {plain(found.reference)} --import FILE.xlsx"
        err.print(f"→ Read the answers in: {read_in} · or remind all the same: --anyway")


def _parties(count: int) -> str:
    return f"{count:,} part{'y' if count == 1 else 'ies'}"


def _asks(party: ToRemind, zone: ZoneInfo) -> str:
    from letters.rules import last_day

    told = (f"{ask} {last_day(due, zone)}" if due is not None else ask for ask, due in party.asks.items())
    return ", ".join(told)


def tick(json: JsonOption = False, office: OfficeOption = None) -> None:
    """Do all that is due now, for a timer: fetch mail, send what is scheduled, remind if the office wants it so.

    Ends with 0 if all was done, with 1 if somebody must do something, with 3 if a later run goes on by itself.

    Example: circulars tick
    """
    from pipeline.ticking import tick as do_what_is_due

    with desk_for(office) as desk:
        steps = do_what_is_due(desk, on_step=lambda step: None if json else print_step(step))
    if json:
        print_json([step.as_json() for step in steps])
    states = {step.state for step in steps}
    if "failed" in states:
        raise typer.Exit(1)
    if "stopped" in states:
        raise typer.Exit(3)


def print_step(step: Step) -> None:
    """Print what a step of `tick` did, on one line; what went wrong, to standard error."""
    counts = " · ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in step.counts.items())
    name = f"{step.what} {plain(step.slug)}".strip()
    if step.state == "done":
        out.print(f"{name}: {counts or 'nothing to do'}{f'. {plain(step.message)}' if step.message else ''}")
        return
    told = " ".join(plain(part) for part in (step.message and sentence(step.message), step.hint) if part)
    err.print(f"[bold red]{name}: {step.state}.[/] {told}{f' ({counts})' if counts else ''}")
