"""plan, approve, issue, hold, resume, withdraw."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.options import ByOption, DigestOption, JsonOption, OfficeOption, Ref, desk_for, split
from cli.output import number_of, out, plain, print_json, progress_bar
from cli.plan_shown import print_decisions, print_plan

Languages = Annotated[list[str], typer.Option("--lang", metavar="L,…", help="Only these languages.")]
Keys = Annotated[list[str], typer.Option("--only", metavar="KEY,…", help="Only these addressees.")]


def add_commands(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (plan, approve, issue, hold, resume, withdraw):
        app.command(rich_help_panel="Issue")(command)


def plan(
    ref: Ref,
    lang: Languages = [],  # noqa: B006 - Typer reads it, nobody changes it
    only: Keys = [],  # noqa: B006 - as above
    fall_back: Annotated[
        bool, typer.Option("--fall-back", help="Whose language is not released gets the next one instead of waiting.")
    ] = False,
    changes: Annotated[
        bool, typer.Option("--changes", help="List the letters that differ, with their fields.")
    ] = False,
    previews: Annotated[
        Path | None, typer.Option("--previews", metavar="DIR", help="Write previews of the unusual letters there.")
    ] = None,
    by: ByOption = "",
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Work out what would go to whom, and give it one digest to approve; nothing is sent.

    Example: circulars plan forum-2022
    """
    from pipeline.planning import plan as make_plan
    from pipeline.surveying import PlanOptions

    options = PlanOptions(languages=split(lang), keys=split(only), fall_back=fall_back)
    with desk_for(office) as desk, progress_bar("merging") as (bar, task):

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        planned = make_plan(desk, ref, options, by=by, progress=show, previews=previews)
        zone = desk.office.zone
    if json:
        print_json(planned.as_json())
    else:
        print_plan(planned, ref, zone, changes=changes)


def approve(
    ref: Ref,
    digest: DigestOption = "",
    by: ByOption = "",
    reject: Annotated[bool, typer.Option("--reject", help="Say no; needs a --note.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; kept with the plan.")] = "",
    visa: Annotated[
        Path | None, typer.Option("--visa", metavar="FILE", help="A scan of the visa: PDF, PNG or JPEG, kept with it.")
    ] = None,
    show: Annotated[bool, typer.Option("--show", help="Only show who decided what, and when.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Agree to a plan by its digest (a second person, where the office has the two-person rule).

    Example: circulars approve forum-2022 --digest 4f7c1a09 --visa visa.pdf
    """
    from pipeline.approving import approve as decide
    from pipeline.approving import decisions

    if not digest and not reject and not show:
        raise typer.BadParameter("say which plan, by the digest that `plan` printed", param_hint="--digest")
    with desk_for(office) as desk:
        decided = None if show else decide(desk, ref, digest, by=by, reject=reject, note=note, visa=visa)
        made, zone = decisions(desk, ref), desk.office.zone
    if json:
        print_json([decision.as_json() for decision in made])
    elif decided is None:
        print_decisions(made, zone)
        if not made:
            out.print(f"Nobody has decided on {plain(ref)} yet.")
    elif reject:
        out.print(f"[yellow]The plan of {plain(ref)} is rejected.[/]")
        out.print(f"→ When it is corrected, plan again: circulars plan {plain(ref)}")
    else:
        out.print(f"[green]The plan of {plain(ref)} is approved[/] ({decided.digest[:16]}).")
        out.print(f"→ circulars issue {plain(ref)} --digest {decided.digest[:16]}")


def issue(ref: Ref, digest: DigestOption, json: JsonOption = False, office: OfficeOption = None) -> None:
    """Freeze an approved plan: number, letters, addressees; queued, not sent yet.

    Example: circulars issue forum-2022 --digest 4f7c1a09
    """
    from pipeline.issuing import issue as freeze

    with desk_for(office) as desk, progress_bar("sealing") as (bar, task):

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        issued = freeze(desk, ref, digest, progress=show)
    if json:
        print_json(issued.as_json())
        return
    paper = f", {issued.paper:,} for the print run" if issued.paper else ""
    out.print(
        f"[green]{plain(issued.reference)} is issued[/] to {number_of(issued.addressees, 'addressee')}: "
        f"{number_of(issued.messages, 'message')} queued{paper}."
    )
    out.print(f"→ circulars send {plain(ref)}")


def hold(ref: Ref, office: OfficeOption = None) -> None:
    """Stop sending a letter until `resume`, also while another terminal is sending it.

    Example: circulars hold forum-2022
    """
    from pipeline.stopping import hold as stop

    with desk_for(office) as desk:
        reference = stop(desk, ref)
    out.print(f"[yellow]{plain(reference)} is held.[/]  → To go on: circulars resume {plain(ref)}")


def resume(ref: Ref, office: OfficeOption = None) -> None:
    """Allow a held letter to be sent again.

    Example: circulars resume forum-2022
    """
    from pipeline.stopping import resume as go_on

    with desk_for(office) as desk:
        reference = go_on(desk, ref)
    out.print(f"[green]{plain(reference)} may be sent.[/]  → circulars send {plain(ref)}")


def withdraw(
    ref: Ref,
    keys: Annotated[list[str] | None, typer.Argument(metavar="KEY", help="Only these addressees.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    office: OfficeOption = None,
) -> None:
    """Cancel what has not been sent yet; what was sent stays sent.

    Example: circulars withdraw forum-2022 --yes
    """
    from pipeline.stopping import withdraw as cancel

    if not keys and not yes:
        typer.confirm(f"Withdraw {ref} as a whole? It cannot be issued again", abort=True)
    with desk_for(office) as desk:
        reference, cancelled = cancel(desk, ref, keys or ())
    out.print(f"[yellow]{plain(reference)}: {number_of(cancelled, 'message')} withdrawn.[/]")
    out.print(f"→ What went before: circulars status {plain(ref)}")
