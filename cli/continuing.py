"""What `new --corrects`, `plan` and `status` say of letters that continue others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import number_of, out, plain, print_json, table

if TYPE_CHECKING:
    from pipeline.desk import Desk
    from pipeline.planning import Planned
    from pipeline.registering import Status

SHOWN = 20  # addressees left behind that are printed; --json has all
NOUNS = {"corrects": "corrigendum", "adds-to": "addendum"}
VERBS = {"corrects": "corrects", "adds-to": "adds to"}


def draft_continuation(desk: Desk, slug: str, ref: str, relation: str, *, series: str, json: bool) -> None:
    """Make a corrigendum or an addendum, and say what it is and what to do with it."""
    from pipeline.continuing import continue_letter

    made = continue_letter(desk, slug, ref, relation=relation, series=series)
    if json:
        print_json(made.as_json())
        return
    folder, languages = plain(made.folder.relative_to(desk.office.folder)), ", ".join(made.languages)
    called = f" ({plain(made.reference)})" if made.reference else ""
    out.print(
        f"[green]{folder} {VERBS[relation]} {plain(made.first)}[/]{called}: its first words are there in {languages}."
    )
    out.print(
        f"It goes to the {number_of(made.addressees, 'addressee')} of {plain(made.first)}, in the same conversation."
    )
    if made.deadlines:
        out.print(f"Deadlines that it can move: {plain(', '.join(made.deadlines))}. Change the date in letter.toml.")
    out.print(f"→ Say in body.md what the {NOUNS[relation]} is about, then: circulars check {plain(slug)}")


def print_continuing(planned: Planned) -> None:
    """Print which letter a planned one continues, whom it would leave behind, and what continues it already."""
    if planned.first is not None:
        first = planned.first
        to = "everybody on its lists" if first.everybody else f"its {number_of(len(first.addressees), 'addressee')}"
        out.print(
            f"  {VERBS[first.relation]} {plain(first.circular.reference)}, in the same conversation, and goes to {to}"
        )
    if planned.left_behind:
        shown = table(
            "Left behind: they got the first letter and would not get this one", "Key", "Name", "Why", "To do"
        )
        for one in planned.left_behind[:SHOWN]:
            shown.add_row(plain(one.key), plain(one.name), plain(one.reason), plain(one.hint))
        out.print(shown)
        if len(planned.left_behind) > SHOWN:
            out.print(f"… and {len(planned.left_behind) - SHOWN} more; --json shows them all.")
    for reference in planned.continued_by if planned.letters else ():
        out.print(f"  [yellow]{plain(reference)} is out already:[/] whoever is new here needs it too")
        out.print(f"→ When this batch is issued: circulars plan '{plain(reference)}'")


def print_relations(found: Status) -> None:
    """Print what a circular continues, and what continues it."""
    if found.continues is not None:
        out.print(f"{VERBS[found.continues.relation]} {plain(found.continues.reference)}")
    for one in found.continued_by:
        told = {"corrects": "corrected", "adds-to": "added to"}[one.relation]
        moved = f" · moved the deadline of {plain(', '.join(one.moved))}" if one.moved else ""
        withdrawn = " (withdrawn since)" if one.state == "withdrawn" else ""
        out.print(f"[yellow]{told} by {plain(one.reference)}[/], {one.issued_at:%Y-%m-%d}{withdrawn}{moved}")
