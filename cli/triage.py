"""triage: the list, one mail, a decision; and, at a terminal, the screen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, Members, OfficeOption, Speakers, desk_for
from cli.output import out, plain, print_json, table

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.triage import MailOnDesk, Reading, ToDecide
    from store.inbound import InboundRow

UNCLEAR = ("id", "kind", "confidence", "sender", "subject", "received_at", "reason", "reference", "party", "details")
SUGGESTED = 100  # replies of a list that are read again, to tell what they seem to say


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Track")(triage)


def triage(
    number: Annotated[int | None, typer.Argument(metavar="N", help="One mail; all of them if left out.")] = None,
    ref: Annotated[str, typer.Option("--ref", metavar="REF", help="The letter that it answers.")] = "",
    party: Annotated[str, typer.Option("--party", metavar="PARTY", help="Who answers.")] = "",
    ask: Annotated[str, typer.Option("--ask", metavar="ASK", help="Which ask; all expected ones if left out.")] = "",
    state: Annotated[str, typer.Option("--state", metavar="STATE", help="What it says: accepted, declined …")] = "",
    delegate: Members = [],  # noqa: B006 - Typer reads it, nobody changes it
    speaker: Speakers = [],  # noqa: B006 - as above
    aside: Annotated[bool, typer.Option("--aside", help="It is no answer; keep it filed.")] = False,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Why.")] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take back the latest decision about mail N.")] = False,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="DIR", help="Save what came with mail N into this folder.")
    ] = None,
    as_list: Annotated[bool, typer.Option("--list", help="Print the list instead of opening the screen.")] = False,
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Decide what only a person can decide: on a screen, or about one mail.

    At a terminal the screen opens; in a pipe, or with --list, the list is printed.

    Example: circulars triage 12 --ask attendance --state accepted
    """
    from pipeline import triage as verbs
    from pipeline.answering import delegation

    with desk_for(office) as desk:
        if number is None:
            _all_mails(desk, as_json=json, as_list=as_list)
        elif save is not None:
            _save(desk, number, save)
        elif undo:
            out.print(f"[green]Mail {number}: taken back: {plain(verbs.undo(desk, number))}.[/]")
        elif aside:
            verbs.set_aside(desk, number, note)
            out.print(f"[green]Mail {number} is set aside.[/]  → circulars triage {number} --undo")
        elif state:
            asks, named = ((ask,) if ask else ()), delegation(delegate, speaker)
            chosen = verbs.decide(desk, number, state=state, ref=ref, party=party, asks=asks, delegates=named)
            out.print(f"[green]Mail {number}: {plain(chosen)} {plain(ask or 'all asks')} {plain(state)}.[/]")
        elif json:
            _print_mail_as_json(desk, number)
        else:
            _print_mail(desk, number)


def _save(desk: Desk, number: int, folder: Path) -> None:
    from pipeline.attachments import save_attachments

    saved = save_attachments(desk, number, folder)
    for path in saved:
        out.print(plain(path))
    if not saved:
        out.print("Nothing came with this mail.")


def _all_mails(desk: Desk, *, as_json: bool, as_list: bool) -> None:
    from pipeline.triage import open_mail, to_decide

    waiting = to_decide(desk)
    if as_json:
        _print_as_json(waiting, {mail.number: open_mail(desk, mail.number) for mail in waiting.mails})
    elif waiting.mails and not as_list and sys.stdin.isatty() and sys.stdout.isatty():
        from cli.triage_screen import TriageApp

        TriageApp(desk).run()
    else:
        print_triage(desk, waiting)


def _print_as_json(waiting: ToDecide, opened: dict[int, MailOnDesk]) -> None:
    unclear = [
        {name: getattr(row, name) for name in UNCLEAR} | {"suggestion": _suggestion(opened[row.id])}
        for row in waiting.unclear
    ]
    replies = [
        {name: getattr(reply, name) for name in reply.__slots__} | {"suggestion": _suggestion(opened[reply.inbound_id])}
        for reply in waiting.replies
    ]
    print_json({"unclear": unclear, "replies": replies})


def _print_mail_as_json(desk: Desk, number: int) -> None:
    from pipeline.triage import open_mail

    mail = open_mail(desk, number)
    print_json(
        {name: getattr(mail.row, name) for name in UNCLEAR}
        | {
            "evidence": mail.row.evidence,
            "text": mail.text,
            "attachments": [
                {name: getattr(one, name) for name in ("name", "media_type", "size")} for one in mail.files
            ],
            "readings": [{"reference": one.reference, "party": one.party} for one in mail.readings],
            "suggestion": _suggestion(mail),
        }
    )


def _suggestion(mail: MailOnDesk) -> dict[str, object] | None:
    """What the likeliest reading suggests, or None."""
    reading = mail.readings[0] if mail.readings else None
    if reading is None or reading.suggestion is None:
        return None
    names = ("state", "confidence", "sentence", "why")
    return {name: getattr(reading.suggestion, name) for name in names} | {"asks": reading.settles}


def print_triage(desk: Desk, waiting: ToDecide) -> None:
    """Print the mails that wait for a decision; what the first replies seem to say stands beside them."""
    from pipeline.triage import open_mail

    if waiting.replies:
        shown = table("Replies: what do they say?", "N", "From", "Party", "Letter", "Asks", "Seems", right=["N"])
        for place, reply in enumerate(waiting.replies):
            sender = f"{plain(reply.sender)}{' [yellow](a colleague)[/]' if reply.colleague else ''}"
            found = _suggestion(open_mail(desk, reply.inbound_id)) if place < SUGGESTED else None
            seems = f"[cyan]{found['state']}[/]{'' if found['confidence'] == 'likely' else '?'}" if found else ""
            asks = plain(", ".join(reply.asks))
            shown.add_row(str(reply.inbound_id), sender, plain(reply.party), plain(reply.reference), asks, seems)
        out.print(shown)
        out.print("→ Read one: circulars triage N · decide: circulars triage N --ask ASK --state accepted")
    if waiting.unclear:
        shown = table("Unclear: look at them", "N", "From", "Subject", "Whose", "Why staff must look", right=["N"])
        for row in waiting.unclear:
            shown.add_row(str(row.id), plain(row.sender), plain(row.subject), _whose(row), plain(row.reason))
        out.print(shown)
        out.print("→ circulars triage N --state STATE, with --ref REF --party PARTY where it is not known; or --aside")
    if not waiting.mails:
        out.print("[green]Nothing waits for a decision.[/]")


def _whose(row: InboundRow) -> str:
    """Whose a mail is or, with a question mark, whose it may be."""
    if row.party:
        return plain(f"{row.party} ({row.reference})")
    candidates = row.details.get("candidates", [])
    return plain(f"{candidates[0]['party']}? ({candidates[0]['reference']})") if candidates else ""


def _print_mail(desk: Desk, number: int) -> None:
    from pipeline.triage import open_mail

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
    for file in mail.files:
        out.print(f"  attached: {plain(file.name)} ({plain(file.media_type)}, {file.size:,} bytes)")
    for person in mail.people:
        out.print(f"  names: {plain(person.name)}{plain('; ' + person.function) if person.function else ''}")
    for reading in mail.readings:
        if not row.party:
            out.print(f"  perhaps: --ref {plain(reading.reference)} --party {plain(reading.party)}")
        _print_suggestion(reading)


def _print_suggestion(reading: Reading) -> None:
    found = reading.suggestion
    if found is not None:
        said = f"seems to say: {found.state}" if found.state else "no suggestion"
        asks = f" ({', '.join(reading.settles)})" if reading.settles else ""
        out.print(f"  [cyan]{plain(reading.party)} {plain(said + asks)}[/], {found.confidence}: {plain(found.why)}")
