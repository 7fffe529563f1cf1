"""translate export, import."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from tests.pipeline.offices import SLUG

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in the small office; returns its code, its output and its complaints."""
    from cli.main import main

    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")

    def running(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["circulars", "translate", *words])
        with pytest.raises(SystemExit) as ending:
            main()
        said = capsys.readouterr()
        return int(ending.value.code or 0), said.out, said.err

    return running


def rewritten(folder: Path, run: Run) -> Path:
    """Return a Word table that came back with one translation changed."""
    assert run("export", SLUG, "--lang", "fr", "--as", "docx", "--out", str(folder / "table.docx"))[0] == 0
    document = docx.Document(str(folder / "table.docx"))
    document.tables[0].rows[1].cells[1].text = "Recensement des phares"
    document.save(str(folder / "table.docx"))
    return folder / "table.docx"


@pytest.mark.parametrize(
    ("kind", "name"), [("docx", "census.fr.docx"), ("xliff", "census.fr.xlf"), ("pack", "census.fr.zip")]
)
def test_export_writes_where_one_stands(kind: str, name: str, folder: Path, run: Run) -> None:
    code, out, _ = run("export", SLUG, "--as", kind)
    assert (code, (folder / name).is_file()) == (0, True)
    assert name in out


def test_export_without_more_brings_the_po_file_up_to_date(folder: Path, run: Run) -> None:
    code, out, _ = run("export", SLUG)
    assert code == 0
    assert "locales/fr/letters/census.po" in out
    assert not list(folder.glob("*.po"))
    assert run("export", SLUG, "--out", str(folder / "a.po"))[0] == 0
    assert (folder / "a.po").read_bytes() == (folder / "locales/fr/letters/census.po").read_bytes()


def test_kinds_that_there_are_not(run: Run) -> None:
    code, _, err = run("export", SLUG, "--as", "odt")
    assert code == 2
    assert "po, xliff, docx, pack" in err


def test_import_shows_and_asks(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    file = rewritten(folder, run)
    catalogue = folder / "locales/fr/letters/census.po"
    before = catalogue.read_bytes()
    code, out, _ = run("import", str(file), "--dry-run")
    assert code == 0
    assert "[-feux côtiers-]{+phares+}" in out
    assert "2 segments as they are" in out
    code, _, err = run("import", str(file))
    assert code == 1
    assert "--yes" in err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda _: False)
    assert run("import", str(file))[0] == 1
    assert catalogue.read_bytes() == before
    monkeypatch.setattr("typer.confirm", lambda _: True)
    code, out, _ = run("import", str(file))
    assert code == 0
    assert "released by R. Reviser" in out
    assert "Recensement des phares" in catalogue.read_text("utf-8")


def test_import_for_a_machine(folder: Path, run: Run) -> None:
    file = rewritten(folder, run)
    said = json.loads(run("import", str(file), "--dry-run", "--json")[1])
    assert (said["slug"], said["language"], said["written"]) == (SLUG, "fr", False)
    assert (said["counts"]["changed"], said["counts"]["same"]) == (1, 2)
    assert json.loads(run("import", str(file), "--yes", "--json")[1])["written"]
    assert not json.loads(run("import", str(file), "--yes", "--json")[1])["written"]  # nothing is left to do


def test_import_prints_no_markup_of_a_file(folder: Path, run: Run) -> None:
    file = folder / "words.po"
    file.write_text('msgctxt "[red]"\nmsgid "[bold]x"\nmsgstr "\x1b[2J[/red]y"\n', "utf-8")
    code, out, _ = run("import", str(file), "--ref", SLUG, "--lang", "fr", "--dry-run")
    assert code == 0
    assert "\x1b" not in out
    assert "[bold]x" in out
