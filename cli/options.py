"""Options that many commands have, and opening the office they name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.desk import Desk

Ref = Annotated[str, typer.Argument(metavar="REF", help="The letter: its reference, or the name of its folder.")]
OptionalRef = Annotated[
    str, typer.Argument(metavar="[REF]", help="The letter: its reference or folder. All letters if left out.")
]
OfficeOption = Annotated[
    Path | None, typer.Option("--office", metavar="DIR", help="The office folder, if not the one you stand in.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a machine instead of text.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Your name, as the register shall show it.")]
DigestOption = Annotated[
    str, typer.Option("--digest", metavar="DIGEST", help="The digest that `plan` printed, or its first characters.")
]

_chosen: dict[str, Path | None] = {"office": None}


def set_office(folder: Path | None) -> None:
    """Remember the office given before the command's name."""
    _chosen["office"] = folder


def desk_for(office: Path | None) -> AbstractContextManager[Desk]:
    """Open the office named, or the nearest one upward."""
    from office.reading import find_office
    from pipeline.desk import open_desk

    named = office or _chosen["office"]
    return open_desk(find_office(named if named else Path.cwd()))


def split(values: list[str]) -> tuple[str, ...]:
    """Split repeated and comma-separated values: ``--lang fr,en --lang ru``."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
