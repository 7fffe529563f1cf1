"""report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import OfficeOption, OptionalRef, desk_for
from cli.output import err, plain


def add_commands(app: typer.Typer) -> None:
    """Add this room's command."""
    app.command(rich_help_panel="Track")(report)


def report(
    ref: OptionalRef = "",
    kind: Annotated[
        str, typer.Option("--as", metavar="KIND", help="csv, xlsx, json, ics (deadlines), svg (a chart) or history.")
    ] = "csv",
    lang: Annotated[str, typer.Option("--lang", metavar="L", help="The language of history.")] = "",
    target: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write it.")] = None,
    office: OfficeOption = None,
) -> None:
    """Write the register as a file: a table, the deadlines, a chart, or a sentence for the next letter.

    Example: circulars report forum-2022 --as xlsx --out forum-2022.xlsx
    """
    from office.errors import RefusedError
    from office.files import write_aside
    from pipeline.reporting import BINARY_KINDS
    from pipeline.reporting import report as make_report

    if target is None and kind in BINARY_KINDS and sys.stdout.isatty():
        raise RefusedError("A workbook cannot be shown here.", hint=f"Name a file: --out {ref or 'report'}.{kind}")
    with desk_for(office) as desk:
        made = make_report(desk, ref, kind, language=lang)
    if target is None:
        # A byte order mark is for files that spreadsheets open.
        sys.stdout.buffer.write(made.removeprefix(b"\xef\xbb\xbf"))
        return
    try:
        write_aside(target, made)
    except OSError as error:
        raise RefusedError(f"{target} cannot be written: {error.strerror}.", hint="Name another file.") from error
    err.print(f"[green]{plain(target)}[/]")
