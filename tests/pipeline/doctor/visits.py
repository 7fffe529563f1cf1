"""An office with a relay, and a doctor's visit to it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from office.reading import load_office
from office.tokens import create_key
from pipeline.doctor.results import Result, Visit
from tests.pipeline.offices import OFFICE, edit, fixed_clock

QUICK = 1.0  # seconds for an answer on loopback


def write_bare_office(folder: Path) -> Path:
    """Write what an office is before its first command: settings, key and inbox; no store, no letters."""
    for name in ("new", "cur", "tmp"):
        (folder / "inbox" / name).mkdir(parents=True)
    (folder / "office.toml").write_text(OFFICE, "utf-8")
    create_key(folder / "office.key")
    return folder


def write_relaying_office(
    folder: Path, port: int, *, security: str = "starttls", inbox: str = "", mail: str = "", **relay: str
) -> Path:
    """Write a bare office with a relay on this machine; further keys of [transports.relay] as TOML values."""
    write_bare_office(folder)
    further = "".join(f"{key} = {value}\n" for key, value in relay.items())
    edit(folder / "office.toml", 'transport = "files"\n', f'transport = "relay"\n{mail}')
    section = f'[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "{security}"\n'
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n{section}{further}\n{inbox}\n")
    load_office(folder)
    return folder


def visit_to(folder: Path, **how: Any) -> Visit:
    """A visit that waits for nothing long."""
    settings: dict[str, Any] = {"clock": fixed_clock(), "seconds": QUICK, "limit": 20.0}
    return Visit(folder=folder, **(settings | how))


def codes(found: Iterable[Result]) -> dict[str, str]:
    """Return the level of each code."""
    return {result.code: result.level.value for result in found}


def of(found: Iterable[Result], code: str) -> Result:
    """Return the one result with a code."""
    seen = list(found)
    matching = [result for result in seen if result.code == code]
    assert len(matching) == 1, [result.code for result in seen]
    return matching[0]
