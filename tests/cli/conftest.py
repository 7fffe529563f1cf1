"""The command line in this process: quick, and as in a terminal that is piped."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from pipeline.sending import send
from tests.pipeline.offices import SLUG, copy_office, desk_at, issue_all, write_office


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `circulars` with arguments; ``at`` is the folder to stand in."""

    monkeypatch.setenv("COLUMNS", "250")  # so that tables do not fold what is looked for

    def command(*arguments: object, at: Path | None = None) -> Ended:
        if at is not None:
            monkeypatch.chdir(at)
        monkeypatch.setattr(sys, "argv", ["circulars", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        assert "A fault in circulars itself" not in err, err
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, out, err)

    return command


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, outside any office."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def small_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office as drafted; do not change it."""
    return write_office(tmp_path_factory.mktemp("small") / "office")


@pytest.fixture(scope="session")
def sent_small_office(small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office with its letter sent; do not change it."""
    folder = copy_office(small_office, tmp_path_factory.mktemp("sent") / "office")
    with desk_at(folder) as desk:
        issue_all(desk)
        send(desk, SLUG)
    return folder


@pytest.fixture
def folder(small_office: Path, tmp_path: Path) -> Path:
    return copy_office(small_office, tmp_path / "office")


@pytest.fixture
def sent_folder(sent_small_office: Path, tmp_path: Path) -> Path:
    return copy_office(sent_small_office, tmp_path / "office")
