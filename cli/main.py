"""The command `circulars`: all its verbs, in the order of the road, and how errors end it."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from cli import (
    answering,
    archiving,
    doctor,
    doubting,
    drafting,
    issuing,
    protocol,
    registering,
    reminding,
    reporting,
    retrying,
    sending,
    showing,
    states,
    storing,
    suppressing,
    tracking,
    translating,
    triage,
)
from cli.options import OfficeOption, set_office
from cli.output import err, plain, print_error
from cli.terminals import outlive_terminal
from office.errors import CircularsError

INTERRUPTED = 130  # how Typer ends a command at Ctrl-C

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


# In the order of the road, which is that of the help; `translate` is no room of single commands, but a group.
ROOMS = (
    drafting, protocol, states, issuing, sending, retrying, doubting, suppressing, showing, archiving, tracking, triage,
    answering, reminding, registering, reporting, storing, doctor,
)  # fmt: skip
for room in ROOMS:
    room.add_commands(app)
app.add_typer(translating.app, name="translate", rich_help_panel="Translate")


def main() -> None:
    """Run a command; a known error ends with what to do next, an unknown one with where to report it."""
    outlive_terminal()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that has no Arabic is no reason to fail
    try:
        sys.exit(_run())
    except CircularsError as error:
        print_error(error)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): no fault of anybody.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        # A folder without rights, a full disk: what it was doing is in the name of the file.
        err.print(f"[bold red]{plain(error.filename or 'The disk')}: {plain(error.strerror or error)}.[/]")
        err.print("→ Look at the name, at the rights on the folder and at the space on the disk, then try again.")
        sys.exit(1)
    except Exception as error:  # the last resort: a user never sees a traceback
        import tempfile
        import traceback

        with tempfile.NamedTemporaryFile("w", prefix="circulars-fault-", suffix=".txt", delete=False) as file:
            traceback.print_exc(file=file)
        err.print(f"[bold red]A fault in circulars itself: {type(error).__name__}.[/] Nothing was changed half-way.")
        err.print(f"→ Send {file.name} to whoever looks after circulars for you.")
        sys.exit(1)


def _run() -> int:
    """Run a command and return its exit code; what it printed is on its way when this returns."""
    try:
        app()
    except SystemExit as ended:  # Typer ends every command so
        if isinstance(ended.__context__, BrokenPipeError):
            raise ended.__context__ from None
        if ended.code == INTERRUPTED:
            err.print("Stopped.")
            return 3
        sys.stdout.flush()
        return ended.code if isinstance(ended.code, int) else 0
    return 0
