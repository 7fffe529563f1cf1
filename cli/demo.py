"""The demo: the whole road of one letter, with an embedded mail server and simulated ministries."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from zoneinfo import ZoneInfo

from cli.demo_world import HOST, Delivered, PostOffice, World, running_server
from cli.output import out, plain, print_findings, summary_line
from cli.plan_shown import print_plan
from cli.registering import print_status
from cli.reminding import print_reminding
from cli.sending import print_summary
from cli.tracking import print_tracked
from cli.triage import print_triage
from office.model import SmtpTransport
from office.reading import load_office
from pipeline.approving import approve
from pipeline.archiving import show
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.drafting import init_office, preview
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.registering import status
from pipeline.reminding import remind, reminding
from pipeline.reporting import report
from pipeline.sending import send
from pipeline.tracking import track
from pipeline.triage import decide, to_decide
from store.circulars import find_circular
from store.database import open_store
from store.message_rows import rows_in
from store.messages import State

LETTER = "forum-2022"
MORNING = datetime(2022, 3, 22, 9, tzinfo=ZoneInfo("Europe/Zurich"))  # the day after the letter's date


class DemoClock:
    """A clock that begins on the morning of the sample letter, runs on, and can be moved forward."""

    def __init__(self) -> None:
        self._ahead = timedelta()
        self._begun = monotonic()

    def __call__(self) -> datetime:
        """Return the moment it is in the demo."""
        return MORNING + self._ahead + timedelta(seconds=monotonic() - self._begun)

    def move(self, **ahead: float) -> None:
        """Let time pass, such as ``days=3``."""
        self._ahead += timedelta(**ahead)


def run_demo(folder: Path) -> None:
    """Walk the road in a new office; ``folder`` gets a number if it is there already."""
    folder = _free(folder)
    clock = DemoClock()
    post_office = PostOffice()
    _say(f"circulars init {folder}", "an office with five sample letters in six languages")
    init_office(folder)
    with running_server(post_office) as port, _office(folder, port, clock) as desk:
        _draft(desk, folder)
        _issue(desk)
        _send(desk, post_office, clock)
        answers = _world_answers(desk, post_office, clock)
        _track(desk, answers)
        _remind(desk)
        _look(desk, folder, answers)


def _free(folder: Path) -> Path:
    candidate, number = folder, 2
    while candidate.exists():
        candidate, number = folder.with_name(f"{folder.name}-{number}"), number + 1
    return candidate


@contextmanager
def _office(folder: Path, port: int, clock: DemoClock) -> Iterator[Desk]:
    """Open the office with the demo's server as its transport; office.toml keeps writing files."""
    office = load_office(folder)
    relay = SmtpTransport(key="demo", host=HOST, port=port, security="none", connections=4)
    office = replace(
        office, transports={**office.transports, "demo": relay}, mail=replace(office.mail, transport="demo")
    )
    store = open_store(office.store_url, folder)
    try:
        yield Desk(office=office, store=store, clock=clock)
    finally:
        store.close()


def _say(command: str, meaning: str) -> None:
    out.print(f"\n[bold cyan]$ {plain(command)}[/]  [dim]# {plain(meaning)}[/]")


def _draft(desk: Desk, folder: Path) -> None:
    _say(f"circulars check {LETTER}", "what is wrong before anything is planned")
    findings = check(desk, LETTER)
    print_findings(findings)
    out.print(summary_line(findings))
    _say(f"circulars preview {LETTER} --lang L --as docx --out DIR", "the master copy in each language")
    previews = folder / "previews"
    previews.mkdir()
    for language in desk.office.languages:
        for kind in ("docx", "html", "txt"):
            made = preview(desk, LETTER, language=language, kind=kind)
            (previews / f"{LETTER}.{language}.{kind}").write_bytes(made.content)
    out.print(f"{len(list(previews.iterdir()))} files in {plain(previews)}")


def _issue(desk: Desk) -> None:
    _say(f"circulars plan {LETTER}", "what would go to whom")
    planned = plan(desk, LETTER, by="A. Drafter")
    print_plan(planned, LETTER, desk.office.zone)
    short = planned.digest[:16]
    _say(f"circulars approve {LETTER} --digest {short}", "agree to exactly this")
    approve(desk, LETTER, planned.digest, by="B. Reviser")
    out.print("approved by B. Reviser")
    _say(f"circulars issue {LETTER} --digest {short}", "freeze it; nothing is sent yet")
    issued = issue(desk, LETTER, planned.digest)
    out.print(f"{issued.reference}: {issued.messages} messages queued, {issued.paper} for the print run")


def _send(desk: Desk, post_office: PostOffice, clock: DemoClock) -> None:
    rows = _rows(desk)
    post_office.refused = {rows[5], rows[11]}
    post_office.deferred = {rows[17]}
    _say(f"circulars send {LETTER}", "over SMTP to the embedded server, which is not always willing")
    print_summary(LETTER, send(desk, LETTER))
    clock.move(minutes=20)
    _say(f"circulars send {LETTER}", "twenty minutes later: what was deferred")
    print_summary(LETTER, send(desk, LETTER))


def _rows(desk: Desk) -> list[str]:
    with desk.store.read() as connection:
        found = find_circular(connection, LETTER)
        return (
            [row.mailbox for row in rows_in(connection, found.id, (State.QUEUED,)) if row.role == "to"] if found else []
        )


def _world_answers(desk: Desk, post_office: PostOffice, clock: DemoClock) -> dict[str, str]:
    """Let ministries answer; returns what each answering mailbox said."""
    clock.move(days=3)
    world = World(desk.office.folder / "inbox", clock())
    letters = _one_per_language(post_office.delivered)
    accepted = [world.accept(letter) for letter in letters[:7]]
    declined = [world.decline(letters[7])]
    world.out_of_office(letters[8])
    world.colleague(letters[9])
    world.delivery_report(letters[10])
    world.stranger(letters[11])
    out.print(
        f"\n[bold]Three days later[/] the office's mailbox holds {len(accepted)} acceptances, a refusal, "
        "an out-of-office reply, a colleague's reply, a delivery report and a stranger's mail."
    )
    return dict.fromkeys(accepted, "accepted") | dict.fromkeys(declined, "declined")


def _one_per_language(delivered: list[Delivered]) -> list[Delivered]:
    """Order letters so that the first ones are in different languages."""
    seen: set[str] = set()
    firsts: list[Delivered] = []
    others: list[Delivered] = []
    for letter in sorted(delivered, key=lambda one: one.mailbox):
        language = str(letter.message["Content-Language"])
        (others if language in seen else firsts).append(letter)
        seen.add(language)
    return firsts + others


def _track(desk: Desk, answers: dict[str, str]) -> None:
    _say("circulars track", "each mail is filed once, under the party it is from")
    print_tracked(track(desk))
    _say("circulars triage", "what only a person can decide")
    waiting = to_decide(desk)
    print_triage(desk, waiting)
    judged = [(reply, answers[reply.sender]) for reply in waiting.replies if reply.sender in answers]
    for number, (reply, state) in enumerate(judged):
        if number == 0:
            _say(f"circulars triage {reply.inbound_id} --ask attendance --state {state}", "staff read, and decide")
        decide(desk, reply.inbound_id, asks=["attendance"], state=state)
    out.print(f"… and so for {len(judged)} replies")


def _remind(desk: Desk) -> None:
    _say(f"circulars remind {LETTER} --anyway", "fourteen working days before the deadline: who still owes an answer")
    print_reminding(reminding(desk, LETTER, anyway=True), desk.office.zone, shown=4)
    _, summary = remind(desk, LETTER, anyway=True)
    print_summary(LETTER, summary)


def _look(desk: Desk, folder: Path, answers: dict[str, str]) -> None:
    _say(f"circulars status {LETTER}", "the register")
    print_status(desk, status(desk, LETTER))
    first = next(iter(answers))
    _say(f"circulars show {LETTER} --to {first} --as eml --out {first}.eml", "the exact bytes that one addressee got")
    shown = show(desk, LETTER, first, "eml")
    letter = folder / f"{first}.eml"
    letter.write_bytes(shown.content)
    register = folder / f"{LETTER}.xlsx"
    register.write_bytes(report(desk, LETTER, "xlsx"))
    out.print("\n[bold]Where to look[/]")
    out.print(f"  the letter in six languages   {plain(folder / 'previews')}")
    out.print(f"  what {plain(first)} got ({shown.language})   {plain(letter)}")
    out.print(f"  the register                  {plain(register)}")
    out.print(f"  the office, to go on with     {plain(Path(sys.argv[0]))} --office {plain(folder)} status")
