"""states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import JsonOption, OfficeOption, office_folder
from cli.output import number_of, out, plain, print_json, table

if TYPE_CHECKING:
    from collections.abc import Collection

    from locales.states import State

STATUSES = {"member": "Member", "observer": "observer", "agency": "agencies only"}


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Translate")(states)


def states(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A code or any name of a State. All States if left out.")
    ] = "",
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Show how a State is named in six languages, or list all; inside an office or without one.

    Example: circulars states "Ivory Coast"
    """
    from pipeline.states import named_state, named_states, state_json, summary_json

    folder = office_folder(office)
    if name:
        state = named_state(name, folder)
        if json:
            print_json(state_json(state))
        else:
            _print_state(state)
        return
    everyone = named_states(folder).values()
    if json:
        print_json([summary_json(state) for state in everyone])
    else:
        _print_all(everyone)


def _print_all(everyone: Collection[State]) -> None:
    shown = table("", "Code", "Name", "Status", "Group", "Region", "Languages")
    for state in everyone:
        shown.add_row(
            state.iso2, plain(state.names["en"]), STATUSES[state.status], state.group, state.region, _languages(state)
        )
    out.print(shown)
    assumed = sum("assumed" in state.sources for state in everyone)
    out.print(f"{number_of(len(everyone), 'State')}; * a language of correspondence that is assumed (of {assumed}).")


def _print_state(state: State) -> None:
    out.print(f"[bold]{plain(state.names['en'])}[/] · {state.iso2} · {state.iso3} · {state.m49}")
    out.print(f"{STATUSES[state.status]} · group {state.group} · region {state.region}")
    told = (f"{tag} ({source})" for tag, source in zip(state.languages, state.sources, strict=True))
    out.print(f"Languages of correspondence: {', '.join(told)}")
    shown = table("", "", "Form", "Name")
    for tag, forms in state.forms.items():
        for form, text in forms.items():
            shown.add_row(tag if form == "short" else "", form, plain(text))
        if tag in state.notes:
            shown.add_row("", "[dim]note[/]", f"[dim]{plain(state.notes[tag])}[/]")
        shown.add_section()
    out.print(shown)
    if state.variants:
        out.print(f"Also found as: {plain(' · '.join(state.variants))}")


def _languages(state: State) -> str:
    marked = zip(state.languages, state.sources, strict=True)
    return " ".join(tag + ("*" if source == "assumed" else "") for tag, source in marked)
