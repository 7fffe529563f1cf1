"""What `plan` prints: counts, exclusions, letters to look at, what changed, who decided, the digest."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from cli.continuing import print_continuing
from cli.output import counts_line, number_of, out, plain, summary_line, table
from cli.registering import due_shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from delivery.daily_caps import Forecast
    from pipeline.planning import Planned
    from store.plans import Decision

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
# Kinds of unusual letters (pipeline.unusual).
KINDS = {
    "suppressed-government": "[bold red]governments with a suppressed mailbox[/]: correct the list, or ask there",
    "suppressed": "a mailbox of theirs is suppressed",
    "overfull-page": "more pages than the copy for the file, among those with the longest values",
    "missing-gender": "the gender is not known, and the words go by it",
    "fallback-language": "not the language that comes first for them",
    "paper-without-address": "on paper, without an address",
    "empty-value": "a field of the letter is empty",
    "unreviewed-salutation": "a salutation that no authority has confirmed",
    "several-mailboxes": "two or more mailboxes, each gets its message",
    "longest-name": "the longest names",
}
SHOWN = 20  # rows of a table; --json shows them all


def print_plan(planned: Planned, ref: str, zone: ZoneInfo, *, changes: bool = False) -> None:
    """Print counts, exclusions, letters to look at, what changed, who decided before, and the digest."""
    out.print(f"[bold]{plain(planned.reference)}[/]  {number_of(planned.letters, 'letter')}")
    out.print(f"  by language   {counts_line(dict(planned.by_language))}")
    out.print(f"  decided by    {counts_line(dict(planned.by_rule))}")
    out.print(f"  by class      {counts_line(dict(planned.by_class))}")
    out.print(f"  by channel    {counts_line(dict(planned.by_channel))}")
    for reason, count in sorted(planned.excluded.items()):
        out.print(f"  [yellow]left out      {count:,}[/]  {REASONS.get(reason, reason)}")
    if planned.exclusions:
        shown = table("Left out, worth a look", "List", "Row", "Who", "Why", right=["Row"])
        for exclusion in planned.exclusions[:SHOWN]:
            why = f"{exclusion.reason}: {exclusion.detail}" if exclusion.detail else exclusion.reason
            shown.add_row(
                plain(exclusion.list_name), str(exclusion.row), plain(exclusion.key or exclusion.name), plain(why)
            )
        out.print(shown)
        if len(planned.exclusions) > SHOWN:
            out.print(f"… and {len(planned.exclusions) - SHOWN} more; --json shows them all.")
    for file in planned.faulty_files:
        out.print(f"  Faulty rows, to be corrected and put back into the list: [bold]{plain(file)}[/]")
    _print_successors(planned)
    _print_moves(planned, zone)
    print_continuing(planned)
    _print_unusual(planned, ref)
    _print_changes(planned, listed=changes)
    print_decisions(planned.decisions, zone)
    _print_pace(planned, zone)
    if planned.findings:
        out.print(f"  check: {summary_line(planned.findings)} (circulars check {plain(ref)})")
    out.print(f"  digest        [bold]{planned.digest}[/]")
    if planned.letters:
        out.print(f"→ Look at one: circulars preview {plain(ref)} --to KEY")
        out.print(f"→ Agree to it: circulars approve {plain(ref)} --digest {planned.digest[:16]}")


def _print_pace(planned: Planned, zone: ZoneInfo) -> None:
    """Print how long the issue takes, where the relay takes only so much."""
    pace = planned.pace
    if pace is None or pace.messages == pace.waiting or (pace.cap is None and not pace.rate):
        return
    limits = []
    if pace.rate:
        limits.append(f"{number_of(pace.rate, 'message')} a minute{f' to {pace.domain}' if pace.domain else ''}")
    if pace.cap is not None:
        used = f" ({pace.used:,} used)" if pace.used else ""
        last = "any number" if pace.last_cap is None else f"{pace.last_cap:,}"
        growing = f" at first, {last} in the end," if pace.last_cap != pace.cap else ""
        limits.append(f"{number_of(pace.cap, 'recipient')} in 24 hours{used}{growing}")
    ending = f"begun now, the last message goes at {pace.ends_at.astimezone(zone):%Y-%m-%d %H:%M}"
    takes = f"takes {_spoken(pace)}: {ending}" if pace.minutes else "can go at once"
    before = f" (with {number_of(pace.waiting, 'message')} issued before and not sent yet)" if pace.waiting else ""
    out.print(f"  [{'yellow' if pace.days > 1 else 'default'}]At {plain(' and '.join(limits))} this {takes}[/]{before}")


def _spoken(pace: Forecast) -> str:
    """Return how long it takes as people say it, rounded up."""
    if pace.days > 1:
        return number_of(pace.days, "day")
    if pace.minutes <= 90:
        return f"about {number_of(pace.minutes, 'minute')}"
    return f"about {number_of(-(-pace.minutes // 60), 'hour')}"


def _print_successors(planned: Planned) -> None:
    if planned.successors:
        shown = table(
            "Successors: they do not get the letter again; reminders go to them", "Key", "Before", "Now", "At"
        )
        for one in planned.successors[:SHOWN]:
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


def _print_unusual(planned: Planned, ref: str) -> None:
    if not planned.unusual:
        return
    out.print("[bold]Worth a look before anybody approves[/]")
    for kind in planned.unusual:
        count = "" if kind.kind == "longest-name" else f"[yellow]{kind.count:,}[/]  "
        out.print(f"  {count}{KINDS.get(kind.kind, kind.kind)}")
        for letter in kind.letters:
            name = f" {plain(letter.name)}" if letter.name != letter.key else ""
            out.print(f"    [bold]{plain(letter.key)}[/]{name}  [yellow]{plain(letter.detail)}[/]")
            out.print(f"      {letter.language}: {plain(letter.looks)}")
            seen = f"circulars preview {plain(ref)} --to {plain(shlex.quote(letter.key))}"
            out.print(f"      → {plain(letter.preview) or seen}")


def _print_changes(planned: Planned, *, listed: bool) -> None:
    changed = planned.changed
    if changed is None:
        return
    if changed.same:
        out.print("  Nothing has changed since the last plan.")
        return
    told = "; ".join(changed.told())
    out.print(f"  [yellow]since the last plan: {plain(told)}[/]")
    if listed and changed.letters:
        shown = table("What differs from the last plan", "Key", "Letter", "Fields")
        for letter in changed.letters:
            fields = ", ".join(letter.fields) or ("its own words" if letter.change == "changed" else "")
            shown.add_row(plain(letter.key), letter.change, plain(fields))
        out.print(shown)
        more = changed.added + changed.removed + changed.changed - len(changed.letters)
        if more:
            out.print(f"… and {more:,} more.")
    elif changed.added + changed.removed + changed.changed:
        out.print("  Letter by letter: add --changes")


def print_decisions(decisions: Iterable[Decision], zone: ZoneInfo) -> None:
    """Print who decided what and when, a line each."""
    for decision in decisions:
        style = "green" if decision.decision == "approved" else "yellow"
        at = decision.decided_at.astimezone(zone)
        role = f" as {decision.role}" if decision.role else ""
        note = f": «{plain(decision.note)}»" if decision.note else ""
        visa = f" · visa {plain(decision.visa_name)} ({decision.visa_sha256[:12]}…)" if decision.visa_sha256 else ""
        out.print(
            f"  [{style}]{decision.decision}[/] {at:%Y-%m-%d %H:%M} by {plain(decision.by.name)}"
            f" (account {plain(decision.by.account)}){role}, digest {decision.digest[:16]}{note}{visa}"
        )
