"""track, explain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, desk_for, named_office
from cli.output import err, out, plain, print_json, progress_bar

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.following import Interruption
    from replies.fetching import TrackSummary
    from replies.sources import Unreadable
    from store.inbound import InboundRow


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (track, explain):
        app.command(rich_help_panel="Track")(command)


def track(
    inbox: Annotated[
        str, typer.Option("--inbox", metavar="SRC", help="A Maildir, mbox, folder of .eml, .eml, or imaps://… folder.")
    ] = "",
    follow: Annotated[bool, typer.Option("--follow", help="Go on until stopped, filing mail as it comes.")] = False,
    every: Annotated[
        int,
        typer.Option("--every", metavar="SECONDS", min=5, max=86_400, help="With --follow: look at least so often."),
    ] = 60,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Fetch mail and file each once: replies to the register, reports to the outbox, the unclear to triage.

    Example: circulars track
    """
    from pipeline.tracking import track as fetch

    if follow:
        if json:
            raise typer.BadParameter("--follow prints a line for each mail; it has no --json.")
        _follow(inbox, every, office)
        return
    with desk_for(office) as desk, progress_bar("fetching mail") as (bar, task):
        summary = fetch(desk, source=inbox, progress=lambda _: bar.advance(task))
    if json:
        print_json({name: getattr(summary, name) for name in summary.__slots__})
    else:
        print_tracked(summary)


def _follow(inbox: str, every: int, office: Path | None) -> None:
    from cli.stopping import stop_on_signals
    from pipeline.following import follow

    with desk_for(office) as desk, stop_on_signals() as stopped:
        out.print(f"Following {plain(inbox or desk.office.inbox.source)}. Ctrl-C stops.")
        follow(desk, source=inbox, every=every, stopped=stopped, told=lambda event: _print_event(desk, event))
    out.print("Stopped.")


def _print_event(desk: Desk, event: InboundRow | Unreadable | Interruption) -> None:
    """Print one line for what happened, and when."""
    from replies.sources import Unreadable
    from store.inbound import InboundRow

    moment = f"{desk.clock().astimezone(desk.office.zone):%Y-%m-%d %H:%M:%S}"
    if isinstance(event, InboundRow):
        whose = " ".join(plain(part) for part in (event.reference, event.party) if part)
        state = "[yellow]triage[/]" if event.state == "triage" else plain(event.state)
        words = f"{plain(event.kind)} {state} {whose or 'whose?'} from {plain(event.sender)}: {plain(event.subject)}"
        out.print(f"{moment} mail {event.id} {words}", soft_wrap=True)
    elif isinstance(event, Unreadable):
        err.print(f"[yellow]{moment} {plain(event.name)}: {plain(event.reason)}[/]", soft_wrap=True)
    else:
        again = f"again in {event.seconds:.0f} seconds"
        err.print(f"[yellow]{moment} {plain(event.error.message)} – {again}[/]", soft_wrap=True)


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


_EXPLAINED = (
    ("letter", "reference"),
    ("addressee", "addressee"),
    ("why", "reason"),
    ("first from", "forwarded_from"),
    ("back on", "returns_on"),
)


def explain(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.eml", help="Mails.")],
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
        for label, name in _EXPLAINED:
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
