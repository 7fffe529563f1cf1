"""Options that many commands have, and opening the office they name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.desk import Desk

Ref = Annotated[str, typer.Argument(metavar="REF", help="The letter: its reference, or the name of its folder.")]
OptionalRef = Annotated[
    str, typer.Argument(metavar="REF", help="The letter: its reference or folder. All letters if left out.")
]
OfficeOption = Annotated[
    Path | None, typer.Option("--office", metavar="DIR", help="The office folder, if not the one you stand in.")
]
LanguagesOption = Annotated[list[str], typer.Option("--lang", metavar="L,…", help="These languages; all if left out.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for a machine instead of text.")]
ByOption = Annotated[str, typer.Option("--by", metavar="NAME", help="Your name, as the register shall show it.")]
DigestOption = Annotated[
    str, typer.Option("--digest", metavar="DIGEST", help="The digest that `plan` printed, or its first characters.")
]

Members = Annotated[
    list[str], typer.Option("--delegate", metavar="NAME;FUNCTION", help="Whom it names; may be repeated.")
]
Speakers = Annotated[
    list[str], typer.Option("--speaker", metavar="NAME;FUNCTION", help="Who takes the floor; may be repeated.")
]


def parse_day(text: str) -> date:
    """Read a day as staff type it: 2022-04-29 or 29.4.2022."""
    from pipeline.sheets import parse_day as parse

    day = parse(text.strip())
    if day is None:
        raise typer.BadParameter(f"«{text}» is no date; write it as 2022-04-29")
    return day


_chosen: dict[str, Path | None] = {"office": None}


def set_office(folder: Path | None) -> None:
    """Remember the office given before the command's name."""
    _chosen["office"] = folder


def named_office(office: Path | None) -> Path | None:
    """Return the office given with the command, or before it, if any was."""
    return office or _chosen["office"]


def office_folder(office: Path | None) -> Path | None:
    """Return the folder of the office named, or of the nearest one upward, for what works without one too.

    Raises NotFoundError if one is named that is none.
    """
    from office.errors import NotFoundError
    from office.reading import FILE_NAME, find_office

    named = named_office(office)
    if named is None:
        try:
            return find_office(Path.cwd())
        except NotFoundError:
            return None
    if not (named / FILE_NAME).is_file():
        raise NotFoundError(
            f"{named} is no office: it has no {FILE_NAME}.", hint="Name the folder in which office.toml stands."
        )
    return named.resolve()


def desk_for(office: Path | None) -> AbstractContextManager[Desk]:
    """Open the office named, or the nearest one upward; raises NotFoundError or InputError."""
    from office.reading import find_office
    from pipeline.desk import open_desk

    return open_desk(office_folder(office) or find_office(Path.cwd()))


def split(values: list[str]) -> tuple[str, ...]:
    """Split repeated and comma-separated values: ``--lang fr,en --lang ru``."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
