"""The wheel: what is in it, and that it works alone, installed into a clean environment."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = (
    "cli", "pipeline", "delivery", "replies", "store", "templates", "letters", "recipients", "locales", "office",
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel with the backend that is installed here, so that building needs no network."""
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    (built,) = target.glob("*.whl")
    return built


def test_everything_that_runs_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }
    information = {name for name in names if ".dist-info/" in name}
    assert names - information == expected
    assert any(name.endswith("licenses/LICENSE") for name in information)
    suffixes = {Path(name).suffix for name in expected}
    assert suffixes >= {".py", ".toml", ".po", ".csv", ".xlsx", ".ods", ".md", ".docx", ".html", ".mako"}


def test_the_metadata_names_the_command_and_no_developers_tools(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
        entry_points = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    assert "circulars = cli.__main__:main" in entry_points
    assert "Requires-Python: >=3.11" in metadata
    assert "License-Expression: Apache-2.0" in metadata
    needed = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert needed
    assert not [line for line in needed if any(tool in line for tool in ("pytest", "mypy", "ruff", "hypothesis"))]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel, and what it says that it needs, into a new environment; returns the command."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(folder, with_pip=True)
    command = [
        str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
        "--constraint", str(ROOT / "constraints.txt"), str(wheel),
    ]  # fmt: skip
    subprocess.run(command, check=True, env=clean_environment())
    return folder / "bin" / "circulars"


def clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COV"))}


def run(command: Path, *arguments: str, at: Path) -> str:
    ended = subprocess.run(
        [str(command), *arguments], cwd=at, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout + ended.stderr
    return ended.stdout


def test_it_works_alone(installed: Path, tmp_path: Path) -> None:
    run(installed, "init", "office", at=tmp_path)
    office = tmp_path / "office"
    run(installed, "check", at=office)
    assert "Madame la Ministre" in run(installed, "preview", "forum-2022", "--lang", "fr", at=office)
    assert "53 letters" in run(installed, "plan", "forum-2022", at=office)
    shown = run(installed, "demo", at=tmp_path)
    assert "answered 8 (7 accepted, 1 declined)" in shown
    assert (tmp_path / "demo" / "previews" / "forum-2022.ar.docx").exists()
    assert run(installed, "--version", at=tmp_path).startswith("circulars ")
