"""track, triage, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, desk_for, named_office
from cli.output import err, out, plain, print_json, progress_bar, table

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.tracking import ToDecide
    from replies.fetching import TrackSummary


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (track, triage, explain):
        app.command(rich_help_panel="Track")(command)


def track(
    inbox: Annotated[
        str, typer.Option("--inbox", metavar="SRC", help="A Maildir, mbox, folder of .eml, or .eml.")
    ] = "",
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Fetch mail and file each once: replies to the register, reports to the outbox, the unclear to triage.

    Example: circulars track
    """
    from pipeline.tracking import track as fetch

    with desk_for(office) as desk, progress_bar("fetching mail") as (bar, task):
        summary = fetch(desk, source=inbox, progress=lambda _: bar.advance(task))
    if json:
        print_json({name: getattr(summary, name) for name in summary.__slots__})
    else:
        print_tracked(summary)


def print_tracked(summary: TrackSummary) -> None:
    """Print what a run of `track` found."""
    kinds = " · ".join(f"{plain(kind)} [bold]{count:,}[/]" for kind, count in sorted(summary.kinds.items()))
    out.print(
        f"new mail: {kinds or 'none'}"
        + (f" · known already {summary.already_known:,}" if summary.already_known else "")
    )
    for problem in summary.problems:
        err.print(f"[yellow]{plain(problem)}[/]")
    if summary.triage:
        out.print(f"[yellow]{summary.triage:,} for staff to decide[/]  → circulars triage")


def triage(
    number: Annotated[int | None, typer.Argument(metavar="[N]", help="One mail; the list if left out.")] = None,
    ref: Annotated[str, typer.Option("--ref", metavar="REF", help="The letter that it answers.")] = "",
    party: Annotated[str, typer.Option("--party", metavar="PARTY", help="Who answers.")] = "",
    ask: Annotated[str, typer.Option("--ask", metavar="ASK", help="Which ask; all expected ones if left out.")] = "",
    state: Annotated[str, typer.Option("--state", metavar="STATE", help="What it says: accepted, declined …")] = "",
    aside: Annotated[bool, typer.Option("--aside", help="It is no answer; keep it filed.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """List what staff must decide, show one mail, or decide it.

    Example: circulars triage 12 --ask attendance --state accepted
    """
    from pipeline.tracking import decide, set_aside, to_decide

    with desk_for(office) as desk:
        if number is None:
            print_triage(to_decide(desk), as_json=json)
        elif aside:
            set_aside(desk, number, note)
            out.print(f"[green]Mail {number} is set aside.[/]")
        elif state:
            chosen = decide(desk, number, state=state, ref=ref, party=party, ask=ask)
            out.print(f"[green]Mail {number}: {plain(chosen)} {plain(ask or 'all asks')} {plain(state)}.[/]")
        else:
            _print_mail(desk, number)


def print_triage(waiting: ToDecide, *, as_json: bool) -> None:
    """Print the mails that wait for a decision."""
    if as_json:
        names = (
            "id",
            "kind",
            "confidence",
            "sender",
            "subject",
            "received_at",
            "reason",
            "reference",
            "party",
            "details",
        )
        unclear = [{name: getattr(row, name) for name in names} for row in waiting.unclear]
        replies = [{name: getattr(reply, name) for name in reply.__slots__} for reply in waiting.replies]
        print_json({"unclear": unclear, "replies": replies})
        return
    if waiting.replies:
        shown = table("Replies: what do they say?", "N", "From", "Party", "Letter", "Asks", right=["N"])
        for reply in waiting.replies:
            sender = f"{plain(reply.sender)}{' [yellow](a colleague)[/]' if reply.colleague else ''}"
            asks = plain(", ".join(reply.asks))
            shown.add_row(str(reply.inbound_id), sender, plain(reply.party), plain(reply.reference), asks)
        out.print(shown)
        out.print("→ Read one: circulars triage N · decide: circulars triage N --ask ASK --state accepted")
    if waiting.unclear:
        shown = table("Unclear: whose are they?", "N", "From", "Subject", "Perhaps", "Why staff must look", right=["N"])
        for row in waiting.unclear:
            candidates = row.details.get("candidates", [])
            perhaps = f"{candidates[0]['party']} ({candidates[0]['reference']})" if candidates else ""
            shown.add_row(str(row.id), plain(row.sender), plain(row.subject), plain(perhaps), plain(row.reason))
        out.print(shown)
        out.print("→ circulars triage N --ref REF --party PARTY --state STATE, or --aside")
    if not waiting.replies and not waiting.unclear:
        out.print("[green]Nothing waits for a decision.[/]")


def _print_mail(desk: Desk, number: int) -> None:
    from pipeline.tracking import open_mail

    mail = open_mail(desk, number)
    row = mail.row
    out.print(f"[bold]{plain(row.subject)}[/]")
    out.print(
        f"from {plain(row.sender)} · {row.received_at.astimezone(desk.office.zone):%Y-%m-%d %H:%M} · {plain(row.kind)}"
    )
    out.print(f"[yellow]{plain(row.reason)}[/]")
    for sentence in row.evidence:
        out.print(f"  [dim]{plain(sentence)}[/]")
    out.print()
    out.print(plain(mail.text))
    for attachment in row.details.get("attachments", []):
        out.print(
            f"  attached: {plain(attachment['name'])} ({plain(attachment['type'])}, {attachment['size']:,} bytes)"
        )
    for candidate in row.details.get("candidates", []):
        out.print(f"  perhaps: --ref {plain(candidate['reference'])} --party {plain(candidate['party'])}")


def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.eml…", help="Mails.")],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Say what a mail is and why, inside an office or without one; nothing is stored.

    Example: circulars explain reply.eml
    """
    from office.errors import NotFoundError
    from pipeline.tracking import explain as judge

    try:
        nearest = desk_for(office)
    except NotFoundError:
        if named_office(office) is not None:
            raise
        found = judge(None, files)
    else:
        with nearest as desk:
            found = judge(desk, files)
    if json:
        print_json(found)
        return
    for mail in found:
        out.print(f"[bold]{plain(mail['file'])}[/]  {plain(mail['kind'])}, {plain(mail['confidence'])}")
        for label, name in (("letter", "reference"), ("addressee", "addressee"), ("why", "reason")):
            if mail[name]:
                out.print(f"  {label}: {plain(mail[name])}")
        for sentence in mail["evidence"] if isinstance(mail["evidence"], list) else ():
            out.print(f"  [dim]{plain(sentence)}[/]")
        for reported in mail["recipients"] if isinstance(mail["recipients"], list) else ():
            fate = "failed for good" if reported["permanent"] else "failed for now"
            fate = fate if reported["action"] == "failed" else reported["action"]
            out.print(
                f"  {plain(fate)}: {plain(reported['address'])} {plain(reported['status'])} {plain(reported['reason'])}"
            )
