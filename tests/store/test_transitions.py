"""docs/delivery.md names exactly the changes of state that there are."""

from __future__ import annotations

import re
from pathlib import Path

from store.messages import State
from store.transitions import TRANSITIONS

GUIDE = Path(__file__).parent.parent.parent / "docs" / "delivery.md"
ROW = re.compile(r"^\| ([a-z][a-z, ]*) \| \**([a-z][a-z, ]*?)\** \| .* \|", re.MULTILINE)


def test_the_documented_state_machine_is_the_real_one() -> None:
    names = {state.value.replace("-", " "): state for state in State}
    documented: set[tuple[State, State]] = set()
    for before, after in ROW.findall(GUIDE.read_text("utf-8")):
        pairs = [(one, other) for one in before.split(", ") for other in after.split(", ")]
        if all(one in names and other in names for one, other in pairs):
            documented |= {(names[one], names[other]) for one, other in pairs}
    real = {(before, after) for before, following in TRANSITIONS.items() for after in following}
    assert documented - real == set(), "described, but never made"
    assert real - documented == set(), "made, but not described"
