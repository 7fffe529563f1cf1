"""answer, excuse, extend, note, history, corrections: what staff enter by hand, and what is known of a party."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, Members, OfficeOption, Ref, Speakers, desk_for, parse_day
from cli.output import err, number_of, out, plain, print_findings, print_json, table
from cli.registering import due_shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.importing import Imported
    from pipeline.party_history import Event, PartyHistory

Who = Annotated[str, typer.Argument(metavar="PARTY", help="The party: a key, mailbox, country or name.")]
Until = typer.Option("--until", metavar="DATE", parser=parse_day, help="Through that day: 2022-04-29.")
Note = Annotated[str, typer.Option("--note", metavar="TEXT", help="Who said what.")]


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (answer, excuse, extend, note, history, corrections):
        app.command(rich_help_panel="Track")(command)


def answer(
    ref: Ref,
    party: Annotated[str, typer.Argument(metavar="PARTY", help="Who answers: a party, key, country or name.")] = "",
    ask: Annotated[str, typer.Argument(metavar="ASK", help="What is answered: the id of an ask.")] = "",
    state: Annotated[str, typer.Option("--state", metavar="STATE", help="accepted, declined, contributed …")] = "",
    by: Annotated[str, typer.Option("--by", metavar="WAY", help="letter, phone, fax, mail or web.")] = "",
    on: Annotated[
        date | None, typer.Option("--on", metavar="DATE", parser=parse_day, help="The day it came; today.")
    ] = None,
    note: Note = "",
    file: Annotated[Path | None, typer.Option("--file", metavar="SCAN", help="The scanned letter.")] = None,
    delegate: Members = [],  # noqa: B006 - Typer reads it, nobody changes it
    speaker: Speakers = [],  # noqa: B006 - as above
    until: Annotated[date | None, Until] = None,
    sheet: Annotated[
        Path | None, typer.Option("--import", metavar="FILE", help="Read an edited report back instead.")
    ] = None,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Record an answer, whatever way it came; nothing recorded before is lost.

    Example: circulars answer forum-2022 Kenya attendance --state accepted --by letter --on 2022-04-04
    """
    if sheet is not None:
        if party or ask or state or by:
            raise typer.BadParameter("a file brings its own parties, asks and states", param_hint="--import")
        _import(ref, sheet, office, as_json=json)
        return
    for value, name in ((party, "PARTY"), (ask, "ASK"), (state, "--state"), (by, "--by")):
        if not value:
            raise typer.BadParameter(f"{name} is missing (or read a file with --import FILE)")
    from pipeline.answering import Given, delegation
    from pipeline.answering import answer as record

    given = Given(
        state=state,
        by=by,
        on=on,
        note=note,
        file=file,
        delegates=delegation(delegate, speaker),
        until=until,
    )
    with desk_for(office) as desk:
        chosen = record(desk, ref, party, ask, given)
    if json:
        print_json({"party": chosen, "ask": ask, "state": state})
        return
    out.print(f"[green]{plain(chosen)}: {plain(ask)} {plain(state)}.[/]  → circulars status {plain(ref)}")


def _import(ref: str, sheet: Path, office: Path | None, *, as_json: bool) -> None:
    from pipeline.importing import import_answers

    with desk_for(office) as desk:
        imported = import_answers(desk, ref, sheet)
        zone = desk.office.zone
    if as_json:
        print_json(imported.as_json())
    else:
        print_imported(imported, ref, zone)
    if imported.conflicts:
        raise typer.Exit(1)


def print_imported(imported: Imported, ref: str, zone: ZoneInfo) -> None:
    """Print what reading back a report did, the conflicts first."""
    print_findings(imported.findings, err)
    if imported.earlier is not None:
        out.print(f"This very file was read before, on {imported.earlier.astimezone(zone):%Y-%m-%d}.")
    out.print(f"[green]{number_of(len(imported.recorded), 'answer')} recorded[/], {imported.unchanged:,} unchanged")
    if imported.conflicts:
        out.print(f"[yellow]{number_of(imported.conflicts, 'conflict')}, left as the register has it[/]")
    out.print(f"→ circulars status {plain(ref)}")


def excuse(
    ref: Ref,
    party: Who,
    ask: Annotated[str, typer.Argument(metavar="ASK", help="One ask; all that are unanswered if left out.")] = "",
    note: Note = "",
    office: OfficeOption = None,
) -> None:
    """Record that a party owes nothing: it is reminded no more, and counts no longer among those who owe an answer.

    Example: circulars excuse forum-2022 Kenya --note "has no lights on its coast"
    """
    from pipeline.answering import excuse as record

    with desk_for(office) as desk:
        excused = record(desk, ref, party, ask, note=note)
    out.print(f"[green]{plain(excused.party)}: excused from {plain(', '.join(excused.asks))}.[/]")


def extend(
    ref: Ref,
    ask: Annotated[str, typer.Argument(metavar="ASK", help="Whose deadline moves: the id of an ask.")],
    until: Annotated[date, Until],
    party: Annotated[
        list[str], typer.Option("--party", metavar="PARTY", help="Who gets more time; may be repeated.")
    ] = [],  # noqa: B006 - Typer reads it, nobody changes it
    for_all: Annotated[bool, typer.Option("--all", help="All parties get more time.")] = False,
    note: Note = "",
    office: OfficeOption = None,
) -> None:
    """Give parties, or all, more time for an ask: through the day given.

    Example: circulars extend forum-2022 attendance --until 2022-04-29 --party Kenya
    """
    from pipeline.deadlines import extend as prolong

    with desk_for(office) as desk:
        extended = prolong(desk, ref, ask, until, parties=party, for_all=for_all, note=note)
        due = due_shown(extended.due_at, desk.office.zone)
    whom = ", ".join(extended.parties) or "all"
    out.print(f"[green]{plain(ask)}: {plain(whom)} may answer {due}.[/]")
    if not extended.parties:
        out.print("→ Nobody is told by this. To tell all, issue a corrigendum.")


def note(
    ref: Ref,
    party: Who,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be remembered.")],
    until: Annotated[date | None, Until] = None,
    office: OfficeOption = None,
) -> None:
    """Keep a remark on a party; with a day, it gets no reminders through that day.

    Example: circulars note forum-2022 Kenya "the mission will answer after the holidays" --until 2022-04-19
    """
    from pipeline.answering import note as record

    with desk_for(office) as desk:
        chosen = record(desk, ref, party, text, until=until)
    held = f"; no reminders through {until:%Y-%m-%d}" if until else ""
    out.print(f"[green]{plain(chosen)}: noted{held}.[/]")


def history(ref: Ref, party: Who, json: JsonOption = False, office: OfficeOption = None) -> None:
    """Show all that is recorded of a party: letters, mails, answers, delegates, notes, extensions, reminders.

    Example: circulars history forum-2022 Kenya
    """
    from pipeline.party_history import history as gather

    with desk_for(office) as desk:
        found = gather(desk, ref, party)
        zone = desk.office.zone
    if json:
        print_json(found.as_json())
    else:
        print_history(found, zone)


def print_history(found: PartyHistory, zone: ZoneInfo) -> None:
    """Print where a party stands, and what happened, the oldest first."""
    out.print(f"[bold]{plain(found.party)}[/]  {plain('; '.join(found.names))}  ·  {plain(found.reference)}")
    for ask in found.asks:
        due = f"due {due_shown(ask.due, zone)}" if ask.due else "no deadline"
        more = (
            " (extended)" if ask.extended else " (provisional: nobody is late)" if ask.due and ask.provisional else ""
        )
        out.print(f"  {plain(ask.ask)}: {plain(ask.state or 'nothing yet')} · {due}{more}")
    shown = table("", "When", "What", "How", "Who", "More")
    for event in found.events:
        what = " ".join(part for part in (event.kind, event.ask, event.state) if part)
        when = event.at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
        shown.add_row(when, plain(what), plain(event.by), plain(event.who), plain(_details(event, zone)))
    out.print(shown)


def _details(event: Event, zone: ZoneInfo) -> str:
    parts = [event.text, event.file, f"mail {event.mail}" if event.mail else ""]
    if event.recorded_at is not None:
        entered = event.recorded_at.astimezone(zone).date()
        parts.append(f"entered {entered}" if entered != event.at.astimezone(zone).date() else "")
    if event.until is not None:
        last = event.until.astimezone(zone) - timedelta(microseconds=1)
        held = f"no reminders through {last:%Y-%m-%d}"
        parts.append(held if event.kind == "note" else f"due {due_shown(event.until, zone)}")
    parts.extend(
        f"{one.name}{f', {one.function}' if one.function else ''}{' (speaker)' if one.speaker else ''}"
        for one in event.delegates
    )
    return " · ".join(filter(None, parts))


def corrections(
    ref: Ref,
    write: Annotated[bool, typer.Option("--write", help="Add lines to recipients/corrections.csv.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """List mailboxes that failed for good or have moved, with the new address where a mail states one.

    Example: circulars corrections forum-2022 --write
    """
    from pipeline.correcting import corrections as look
    from pipeline.correcting import write_corrections

    with desk_for(office) as desk:
        found = look(desk, ref)
        written = write_corrections(desk, ref) if write else 0
    if json:
        print_json([one.as_json() for one in found])
        return
    if not found:
        out.print("[green]No mailbox failed for good, and none is known to have moved.[/]")
        return
    shown = table("", "Key", "Mailbox", "Why", "New address", "")
    for one in found:
        stated = f"{one.new} (mail {one.mail})" if one.new else ""
        state = {"open": "", "proposed": "in the file", "corrected": "corrected"}[one.state]
        shown.add_row(plain(one.key), plain(one.mailbox), plain(f"{one.group}: {one.said}"), plain(stated), state)
    out.print(shown)
    if write:
        out.print(
            f"[green]{number_of(written, 'line')} added to recipients/corrections.csv[/]: fill in and look at them."
        )
    elif any(one.state == "open" for one in found):
        out.print(f"→ To add lines for them: circulars corrections {plain(ref)} --write")
