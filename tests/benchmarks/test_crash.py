"""The crash test in small: some kills, a rude server, a backup put back; nothing lost, nothing twice."""

from __future__ import annotations

import json

import pytest

from benchmarks.crash import main
from tests.postgresql import Server


def figures(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, int]:
    monkeypatch.setattr("sys.argv", ["crash", "--json", *arguments])
    assert main() == 0
    found: dict[str, int] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.sqlite("the backup is a copy of the file")
def test_one_sender(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    found = figures(monkeypatch, capsys, "--kills", "3", "--seed", "1")
    assert found["kills"] >= 3
    assert (found["lost"], found["twice"], found["beyond_bound"]) == (0, 0, 0)
    assert found["sent"] + found["refused"] + found["in_doubt"] == found["messages"]


@pytest.mark.packages
def test_two_senders(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], postgresql: Server) -> None:
    url = postgresql.url(postgresql.create_empty())
    found = figures(monkeypatch, capsys, "--kills", "4", "--workers", "2", "--store", url)
    assert found["kills"] >= 4
    assert (found["lost"], found["twice"], found["beyond_bound"]) == (0, 0, 0)
    assert found["sent"] + found["refused"] + found["in_doubt"] == found["messages"]
