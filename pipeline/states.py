"""The States as an office names them, and the one that a text means."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from locales.states import State, find_state, office_states, suggest_states
from office.errors import NotFoundError


def named_states(office: Path | None) -> Mapping[str, State]:
    """Return all States by their codes, with the cells that an office changes; ``office`` is its folder, if any."""
    return office_states(office / "locales" if office is not None else None)


def named_state(text: str, office: Path | None) -> State:
    """Return the State that ``text`` names beyond doubt; raises `NotFoundError` with suggestions."""
    found = find_state(text)
    if found is not None:
        return named_states(office)[found.iso2]
    near = [f"{state.names['en']} ({state.iso2})" for state in suggest_states(text)]
    raise NotFoundError(
        f"«{text}» is not the name of one State known here.",
        hint=f"Did you mean {' or '.join(near)}?" if near else "circulars states lists them all.",
    )


def summary_json(state: State) -> dict[str, object]:
    """Return the shape that ``states --json`` prints of each State."""
    return {
        "iso2": state.iso2,
        "iso3": state.iso3,
        "m49": state.m49,
        "status": state.status,
        "group": state.group,
        "region": state.region,
        "languages": [
            {"language": tag, "source": source} for tag, source in zip(state.languages, state.sources, strict=True)
        ],
        "names": dict(state.names),
    }


def state_json(state: State) -> dict[str, object]:
    """Return the shape that ``states NAME --json`` prints."""
    return {
        **summary_json(state),
        "forms": {tag: dict(forms) for tag, forms in state.forms.items()},
        "notes": dict(state.notes),
        "variants": list(state.variants),
    }
