"""What every command's help has, and that it comes at once."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

from tests.test_docs import COMMANDS

MOST_SECONDS = 0.3  # of the processor
# Commands that only read. Those left out write a document: its kind is chosen by --as.
READING = (
    "check", "protocol", "states", "plan", "doubt", "show", "explain", "triage", "history", "corrections", "status",
    "archive verify", "translate status", "translate proof", "translate memory find",
)  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_an_example_of_its_own(path: str) -> None:
    assert f"Example: {path}" in (COMMANDS[path].help or "")


@pytest.mark.parametrize("path", COMMANDS)
def test_brackets_and_dots_are_added_once(path: str) -> None:
    names = [parameter.metavar or "" for parameter in COMMANDS[path].params if parameter.param_type_name == "argument"]
    assert not [name for name in names if set("[]{}…") & set(name)]


@pytest.mark.parametrize("path", READING)
def test_what_only_reads_tells_a_machine_too(path: str) -> None:
    assert "--json" in {option for parameter in COMMANDS[f"circulars {path}"].params for option in parameter.opts}


def test_the_help_comes_at_once() -> None:
    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-m", "cli", "--help"], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < MOST_SECONDS
