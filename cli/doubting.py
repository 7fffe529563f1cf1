"""doubt."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, Ref, desk_for
from cli.output import number_of, out, plain, print_json, table

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.doubting import LogReport

SHOWN = 200  # messages on a screen; --json has them all
_STYLES = {"accepted": "green", "bounced": "bold red", "refused": "bold red", "missing": "yellow", "unknown": "dim"}
_FOUND = {
    "accepted": "taken: sent",
    "bounced": "taken, then returned: bounced",
    "refused": "refused",
    "missing": "not in the log",
    "unknown": "still in doubt",
}


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Send")(doubt)


def doubt(
    ref: Ref,
    key: Annotated[str, typer.Argument(metavar="KEY", help="One addressee; all in doubt if left out.")] = "",
    sent: Annotated[bool, typer.Option("--sent", help="Count it as sent: it arrived.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="Queue it again, under the same Message-ID.")] = False,
    relay_log: Annotated[
        list[str] | None,
        typer.Option(
            "--relay-log", metavar="FILE",
            help="Look it up in the mail server's log (Postfix, Exchange; .gz; -: standard input). May be repeated.",
        ),
    ] = None,
    resend_missing: Annotated[
        bool, typer.Option("--resend-missing", help="With --relay-log: queue again what it does not have.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Settle all, or queue again, without asking.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:  # fmt: skip
    """List the messages of which nobody knows whether they went, or settle them.

    Example: circulars doubt forum-2022 --relay-log /var/log/mail.log --relay-log /var/log/mail.log.1
    """
    from pipeline.doubting import settle_doubt

    if sum((sent, resend, bool(relay_log))) > 1:
        raise typer.BadParameter("choose one of --sent, --resend and --relay-log")
    if resend_missing and not relay_log:
        raise typer.BadParameter("--resend-missing needs --relay-log FILE")
    with desk_for(office) as desk:
        if relay_log:
            _consult(desk, ref, key, relay_log, resend_missing=resend_missing, yes=yes, as_json=json)
        elif sent or resend:
            if not key and not yes:
                _confirm_all(desk, ref, sent=sent)
            settled = settle_doubt(desk, ref, key, sent=sent)
            if json:
                print_json({"settled": settled})
                return
            what = "counted as sent" if sent else "queued again"
            out.print(f"[green]{number_of(settled, 'message')} {what}.[/]")
            if resend:
                out.print(f"→ circulars send {plain(ref)}")
        else:
            _list(desk, ref, as_json=json)


def _confirm_all(desk: Desk, ref: str, *, sent: bool) -> None:
    """All that is in doubt is settled at once only if somebody says so: a key is quickly forgotten."""
    from office.errors import RefusedError
    from pipeline.doubting import doubtful

    count = len(doubtful(desk, ref))
    if not count:
        return
    those = f"{'all ' if count > 1 else ''}{number_of(count, 'message')} in doubt"
    if not sys.stdin.isatty():
        option, done = ("--sent", "counted as sent") if sent else ("--resend", "queued again")
        raise RefusedError(
            f"No addressee is named: {those} would be {done}.",
            hint=f"For one: circulars doubt {ref} KEY {option} · for all, without being asked, add --yes.",
        )
    asked = f"Count {those} as sent?" if sent else f"Most messages in doubt have arrived. Send {those} again?"
    typer.confirm(asked, abort=True)


def _list(desk: Desk, ref: str, *, as_json: bool) -> None:
    from pipeline.doubting import doubtful

    rows = doubtful(desk, ref)
    if as_json:
        print_json(
            [{"key": r.key, "mailbox": r.mailbox, "message_id": r.message_id, "text": r.reply_text} for r in rows]
        )
        return
    if not rows:
        out.print("[green]Nothing is in doubt.[/]")
        return
    shown = table("In doubt", "Addressee", "Mailbox", "Message-ID", "Why")
    for row in rows[:SHOWN]:
        shown.add_row(plain(row.key), plain(row.mailbox), plain(row.message_id), plain(row.reply_text))
    out.print(shown)
    if len(rows) > SHOWN:
        out.print(f"… and {len(rows) - SHOWN:,} more; --json shows them all.")
    out.print(f"→ By the relay's log: circulars doubt {plain(ref)} --relay-log FILE")
    out.print(f"→ By hand: circulars doubt {plain(ref)} KEY --sent | --resend")


def _consult(
    desk: Desk, ref: str, key: str, paths: list[str], *, resend_missing: bool, yes: bool, as_json: bool
) -> None:
    from pipeline.doubting import consult_log
    from pipeline.doubting import resend_missing as queue_missing

    report = consult_log(desk, ref, key, paths)
    if not as_json:
        _print_report(desk, report)
    again = 0
    if resend_missing and report.missing and (yes or _confirmed(len(report.missing), "-" in paths)):
        again = queue_missing(desk, report)
    left = len(report.judged) - report.settled - again
    if as_json:
        print_json(report.as_json() | {"queued_again": again})
    else:
        _print_ending(ref, key, report, paths, again=again, left=left)
    if any(file.problem for file in report.files) or left:
        raise typer.Exit(1)


def _confirmed(count: int, input_taken: bool) -> bool:
    from office.errors import RefusedError

    if input_taken or not sys.stdin.isatty():
        raise RefusedError(
            f"{number_of(count, 'message')} would be queued again.", hint="Add --yes to do so without being asked."
        )
    return typer.confirm(f"Queue {number_of(count, 'message')} again, which the relay's log does not have?")


def _print_report(desk: Desk, report: LogReport) -> None:
    for file in report.files:
        span = ""
        if file.begin is not None and file.end is not None:
            zone = desk.office.zone
            span = f", {file.begin.astimezone(zone):%Y-%m-%d %H:%M} to {file.end.astimezone(zone):%Y-%m-%d %H:%M}"
        known = f"{file.kind}, {number_of(file.lines, 'line')}{span}" if file.kind != "unknown" else ""
        problem = f" [bold red]{plain(file.problem)}[/]" if file.problem else ""
        out.print(f"{plain(file.name)}: {known}{problem}")
    if report.shift:
        hours = report.shift.total_seconds() / 3600
        out.print(f"Its clock is {hours:+g} h from {plain(desk.office.zone.key)}, as our other messages in it show.")
    shown = table("", "Addressee", "Mailbox", "Found", "What the log says")
    for one in report.judged[:SHOWN]:
        found = f"[{_STYLES[one.found]}]{_FOUND[one.found]}[/]"
        place = f" ({plain(one.place)})" if one.place else ""
        shown.add_row(plain(one.row.key), plain(one.row.mailbox), found, plain(one.text) + place)
    out.print(shown)
    if len(report.judged) > SHOWN:
        out.print(f"… and {len(report.judged) - SHOWN:,} more; --json shows them all.")


def _print_ending(ref: str, key: str, report: LogReport, paths: list[str], *, again: int, left: int) -> None:
    if report.settled:
        out.print(f"[green]{number_of(report.settled, 'message')} settled.[/]")
    if again:
        out.print(f"[green]{number_of(again, 'message')} queued again.[/] → circulars send {plain(ref)}")
    elif report.missing:
        count = number_of(len(report.missing), "message")
        files = " ".join(f"--relay-log {plain(path)}" for path in paths)
        whom = f" {plain(key)}" if key else ""
        out.print(
            f"→ {count} that the relay did not take. To send again, under the same Message-IDs: "
            f"circulars doubt {plain(ref)}{whom} {files} --resend-missing"
        )
    if left > len(report.missing) or (again and left):
        out.print(
            "→ What is still in doubt: another piece of the log, or by hand: "
            f"circulars doubt {plain(ref)} KEY --sent | --resend"
        )
