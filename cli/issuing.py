"""plan, approve, issue, hold, resume, withdraw."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.continuing import print_continuing
from cli.options import ByOption, DigestOption, JsonOption, OfficeOption, Ref, desk_for, split
from cli.output import counts_line, number_of, out, plain, print_json, progress_bar, summary_line, table
from cli.registering import due_shown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeline.planning import Planned

Languages = Annotated[list[str], typer.Option("--lang", metavar="L,…", help="Only these languages.")]
Keys = Annotated[list[str], typer.Option("--only", metavar="KEY,…", help="Only these addressees.")]

REASONS = {
    "faulty-row": "the row is faulty; it was written back with the reason",
    "no-audience": "no audience of the letter is for them",
    "repeated": "an earlier audience of the letter has them",
    "language-not-released": "their language is not released; they wait for a later batch",
    "already-issued": "the letter is issued to them already",
    "not-chosen": "outside --lang or --only",
    "not-an-addressee-of-the-first": "they never got the letter that this one continues",
    "no-wording": "a field or salutation cannot be worked out for them",
}


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
        planned = make_plan(desk, ref, options, by=by, progress=lambda done: bar.update(task, completed=done))
        zone = desk.office.zone
    if json:
        print_json(planned.as_json())
    else:
        print_plan(planned, ref, zone)


def print_plan(planned: Planned, ref: str, zone: ZoneInfo) -> None:
    """Print counts, exclusions, what changed, and the digest."""
    out.print(f"[bold]{plain(planned.reference)}[/]  {number_of(planned.letters, 'letter')}")
    out.print(f"  by language   {counts_line(dict(planned.by_language))}")
    out.print(f"  decided by    {counts_line(dict(planned.by_rule))}")
    out.print(f"  by class      {counts_line(dict(planned.by_class))}")
    out.print(f"  by channel    {counts_line(dict(planned.by_channel))}")
    for reason, count in sorted(planned.excluded.items()):
        out.print(f"  [yellow]left out      {count:,}[/]  {REASONS.get(reason, reason)}")
    if planned.exclusions:
        shown = table("Left out, worth a look", "List", "Row", "Who", "Why", right=["Row"])
        for exclusion in planned.exclusions[:20]:
            why = f"{exclusion.reason}: {exclusion.detail}" if exclusion.detail else exclusion.reason
            shown.add_row(
                plain(exclusion.list_name), str(exclusion.row), plain(exclusion.key or exclusion.name), plain(why)
            )
        out.print(shown)
        if len(planned.exclusions) > 20:
            out.print(f"… and {len(planned.exclusions) - 20} more; --json shows them all.")
    for file in planned.faulty_files:
        out.print(f"  Faulty rows, to be corrected and put back into the list: [bold]{plain(file)}[/]")
    _print_successors(planned)
    _print_moves(planned, zone)
    print_continuing(planned)
    _print_changes(planned)
    if planned.findings:
        out.print(f"  check: {summary_line(planned.findings)} (circulars check {plain(ref)})")
    out.print(f"  digest        [bold]{planned.digest}[/]")
    if planned.letters:
        out.print(f"→ Look at one: circulars preview {plain(ref)} --to KEY")
        out.print(f"→ Agree to it: circulars approve {plain(ref)} --digest {planned.digest[:16]}")


def _print_successors(planned: Planned) -> None:
    if planned.successors:
        shown = table(
            "Successors: they do not get the letter again; reminders go to them", "Key", "Before", "Now", "At"
        )
        for one in planned.successors[:20]:
            shown.add_row(plain(one.key), plain(one.before), plain(one.name), plain(", ".join(one.mailboxes)))
        out.print(shown)


def _print_moves(planned: Planned, zone: ZoneInfo) -> None:
    for move in planned.moves:
        was = due_shown(move.standing.due_at, zone) if move.standing.due_at else "none"
        out.print(
            f"  [yellow]moves the deadline «{plain(move.deadline)}» of {plain(move.reference)}[/]"
            f" ({plain(move.ask)}): {due_shown(move.due_at, zone)}{' (provisional)' if move.provisional else ''},"
            f" no longer {was}{' (provisional)' if move.standing.provisional else ''}"
        )


def _print_changes(planned: Planned) -> None:
    change = planned.changed
    if change is None:
        return
    if change["same"]:
        out.print("  Nothing has changed since the last plan.")
        return
    told = ", ".join(f"{change[name]} {name}" for name in ("added", "removed", "changed") if change[name])
    forms = change["forms"]
    words = f"; other words or facts in {', '.join(map(plain, forms))}" if isinstance(forms, list) and forms else ""
    out.print(f"  [yellow]since the last plan: {told or 'no addressee'}{words}[/]")


def approve(
    ref: Ref,
    digest: DigestOption = "",
    by: ByOption = "",
    reject: Annotated[bool, typer.Option("--reject", help="Say no.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; kept with the plan.")] = "",
    office: OfficeOption = None,
) -> None:
    """Agree to a plan by its digest (a second person, where the office has the two-person rule).

    Example: circulars approve forum-2022 --digest 4f7c1a09
    """
    from pipeline.approving import approve as decide

    if not digest and not reject:
        raise typer.BadParameter("say which plan, by the digest that `plan` printed", param_hint="--digest")
    with desk_for(office) as desk:
        decided = decide(desk, ref, digest, by=by, reject=reject, note=note)
    if reject:
        out.print(f"[yellow]The plan of {plain(ref)} is rejected.[/]")
        out.print(f"→ When it is corrected, plan again: circulars plan {plain(ref)}")
        return
    out.print(f"[green]The plan of {plain(ref)} is approved[/] ({decided.digest[:16]}).")
    out.print(f"→ circulars issue {plain(ref)} --digest {decided.digest[:16]}")


def issue(ref: Ref, digest: DigestOption, json: JsonOption = False, office: OfficeOption = None) -> None:
    """Freeze an approved plan: number, letters, addressees; queued, not sent yet.

    Example: circulars issue forum-2022 --digest 4f7c1a09
    """
    from pipeline.issuing import issue as freeze

    with desk_for(office) as desk, progress_bar("sealing") as (bar, task):
        issued = freeze(desk, ref, digest, progress=lambda done: bar.update(task, completed=done))
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
    """Stop sending a letter, also while another terminal is sending it.

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
    keys: Annotated[list[str] | None, typer.Argument(metavar="[KEY…]", help="Only these addressees.")] = None,
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
