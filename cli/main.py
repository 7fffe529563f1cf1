"""The command `circulars`: all its verbs, in the order of the road, and how errors end it."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from cli import drafting, issuing, registering, sending, tracking, translating
from cli.options import OfficeOption, set_office
from cli.output import err, print_error
from office.errors import CircularsError

app = typer.Typer(
    name="circulars",
    help="Issue circular letters in six languages, send them, and track who has answered what by when.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    add_completion=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"circulars {version('circulars')}")
        raise typer.Exit


@app.callback()
def common(
    office: OfficeOption = None,
    version: Annotated[  # noqa: ARG001 - its callback ends the command
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Issue circular letters in six languages, send them, and track who has answered what by when."""
    set_office(office)


for room in (drafting, issuing, sending, tracking, registering):
    room.add_commands(app)
app.add_typer(translating.app, name="translate")


def main() -> None:
    """Run a command; a known error ends with what to do next, an unknown one with where to report it."""
    try:
        app()
    except CircularsError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): no fault of anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        err.print("Stopped.")
        sys.exit(3)
    except Exception as error:  # the last resort: a user never sees a traceback
        import tempfile
        import traceback

        with tempfile.NamedTemporaryFile("w", prefix="circulars-fault-", suffix=".txt", delete=False) as file:
            traceback.print_exc(file=file)
        err.print(f"[bold red]A fault in circulars itself: {type(error).__name__}.[/] Nothing was changed half-way.")
        err.print(f"→ Send {file.name} to whoever looks after circulars for you.")
        sys.exit(1)


if __name__ == "__main__":
    main()
