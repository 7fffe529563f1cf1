"""doctor, backup: for who looks after the installation."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, office_folder
from cli.output import err, number_of, out, plain, print_json, progress_bar

if TYPE_CHECKING:
    from pipeline.doctor.results import Nameserver, Result

_STYLES = {"good": "green", "note": "cyan", "skipped": "dim", "warning": "yellow", "error": "bold red"}
_DNS = 53


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (doctor, backup):
        app.command(rich_help_panel="Look after")(command)


def doctor(
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Send a test mail there.")] = "",
    mail: Annotated[
        bool, typer.Option("--mail", help="Send a test mail to the office's own reply address, and wait for it.")
    ] = False,
    wait: Annotated[int, typer.Option("--wait", metavar="SECONDS", min=1, max=600, help="How long --mail waits.")] = 60,
    nameserver: Annotated[
        str, typer.Option("--nameserver", metavar="ADDRESS", help="Ask this DNS server instead of the system's.")
    ] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Ask no server; look at this machine only.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Look at all that the office needs in order to work, and say what to fix; without --to or --mail nothing is sent.

    Example: circulars doctor --mail
    """
    from pipeline.doctor.examining import examine
    from pipeline.doctor.results import TO_FIX, Visit
    from pipeline.doctor.round_trip import OWN

    if to and mail:
        raise typer.BadParameter("choose one of --to and --mail")
    visit = Visit(
        folder=_office(office),
        offline=offline,
        to=OWN if mail else to,
        wait=wait,
        nameserver=_nameserver(nameserver) if nameserver else None,
    )
    found: list[Result] = []
    with progress_bar("looking") as (bar, task):
        for result in examine(visit, on_topic=lambda topic: bar.update(task, description=f"looking at: {topic}")):
            if not json:
                _print_result(result, is_first=not found or found[-1].topic != result.topic)
            found.append(result)
    to_fix = [result for result in found if result.level in TO_FIX]
    if json:
        print_json({"to_fix": len(to_fix), "results": [result.as_json() for result in found]})
    elif to_fix:
        out.print(f"\n[bold red]{number_of(len(to_fix), 'thing')} to fix[/], marked above.")
    else:
        out.print("\n[green]Nothing to fix.[/]")
    if to_fix:
        raise typer.Exit(1)


def _print_result(result: Result, *, is_first: bool) -> None:
    if is_first and result.topic:
        out.print(f"[bold]{plain(result.topic)}[/]")
    style = _STYLES[result.level.value]
    out.print(f"  [{style}]{result.level.value:<7}[/]  {plain(result.message)}")
    if result.hint:
        out.print(f"           → {plain(result.hint)}")


def _office(office: Path | None) -> Path:
    from office.reading import find_office

    return office_folder(office) or find_office(Path.cwd())


def _nameserver(text: str) -> Nameserver:
    """Read «9.9.9.9», «9.9.9.9:5353», «[2620:fe::fe]:53» or «2620:fe::fe»."""
    from ipaddress import ip_address

    from pipeline.doctor.results import Nameserver

    address, port = text.strip(), str(_DNS)
    if address.startswith("["):
        address, _, port = address[1:].partition("]")
        port = port.removeprefix(":") or str(_DNS)
    elif address.count(":") == 1:
        address, _, port = address.partition(":")
    try:
        return Nameserver(address=str(ip_address(address)), port=int(port))
    except ValueError:
        raise typer.BadParameter(f"«{text}» is no address of a server; write it like 9.9.9.9") from None


def backup(
    target: Annotated[
        str, typer.Argument(metavar="FILE", help="A new file; or a folder, in which it is named by the moment.")
    ],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Copy the store into one file, safely at any time, also while letters go out; says what else belongs to a backup.

    Example: circulars backup /srv/backup/
    """
    from pipeline.backing_up import back_up

    folder = _office(office)
    with progress_bar("copying the store") as (bar, task):
        made = back_up(
            folder,
            Path(target),
            into_folder=target.endswith(os.sep),
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    if json:
        print_json(made.as_json())
        return
    out.print(f"[green]{plain(made.file)}: the store as of now, {made.size / 1e6:,.1f} MB, checked.[/]")
    out.print(f"→ Keep with it: {', '.join(map(plain, made.also))}. Not journal/: it is never put back.")
    if (folder / "office.key").exists():
        err.print("[yellow]office.key is a secret: keep its copy where only you can read it.[/]")
