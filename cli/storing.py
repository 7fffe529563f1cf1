"""store move: from SQLite to PostgreSQL, or back."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import JsonOption, OfficeOption, desk_for
from cli.output import number_of, out, plain, print_json, progress_bar, table

store = typer.Typer(help="The database in which the office keeps its register and outbox.", no_args_is_help=True)


@store.callback()
def common() -> None:
    """Be a group, however few commands it has."""


@store.command()
def move(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="An empty database, such as postgresql://circulars@db/letters")
    ],
    json: JsonOption = False,
    office: OfficeOption = None,
) -> None:
    """Copy the store into an empty database, check that all is there, and let the office use that from now on.

    Example: circulars store move postgresql://circulars@db.example.int/letters
    """
    from pipeline.moving import move_store

    with desk_for(office) as desk, progress_bar("copying") as (bar, task):

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        moved = move_store(desk, url, show)
    if json:
        print_json(moved.as_json())
        return
    shown = table("", "table", "rows", "checksum", right=["rows"])
    for content in moved.tables:
        if content.rows:
            shown.add_row(content.table, f"{content.rows:,}", content.checksum[:16])
    out.print(shown)
    out.print(f"[green]The store is moved[/]: {number_of(moved.rows, 'row')}, the same here and there.")
    out.print(f"office.toml says now, under \\[store]: url = {plain(moved.url)}")
    out.print(
        f"→ The store before, {plain(moved.before)}, is left as it was, and no command uses it. Delete it when the new"
        " one is in your backup: it still holds what `erase` will remove."
    )


def add_commands(app: typer.Typer) -> None:
    """Add the commands of this room."""
    app.add_typer(store, name="store", rich_help_panel="Look after")
