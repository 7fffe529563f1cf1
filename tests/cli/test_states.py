"""``circulars states``: one State or all, inside an office or without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from office.errors import NotFoundError

pytestmark = pytest.mark.usefixtures("nowhere")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["states", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_a_state_is_found_by_its_code_and_by_any_name() -> None:
    for name in ("CI", "civ", "Ivory Coast", "Кот-д'Ивуар", "République de Côte d'Ivoire"):
        said = run(name)
        assert "Côte d'Ivoire · CI · CIV · 384" in said
        assert "Member · group africa · region africa" in said
        assert "fr (official), en (assumed)" in said
        assert "de la Côte d'Ivoire" in said
        assert "Ivory Coast" in said


def test_notes_on_a_name_are_shown() -> None:
    assert "also «à Haïti»" in " ".join(run("HT").split())


def test_all_states_are_listed() -> None:
    said = run()
    assert "197 States" in said
    assert "Zimbabwe" in said
    assert "ru* en*" in said  # assumed


def test_json_of_one_and_of_all() -> None:
    one = json.loads(run("Viet Nam", "--json"))
    assert (one["iso2"], one["m49"], one["group"], one["region"]) == ("VN", "704", "asia-pacific", "asia")
    assert one["languages"] == [{"language": "en", "source": "assumed"}]
    assert one["forms"]["ru"]["in"] == "во Вьетнаме"
    assert "Vietnam" in one["variants"]
    everyone = json.loads(run("--json"))
    assert len(everyone) == 197
    assert set(everyone[0]) == {"iso2", "iso3", "m49", "status", "group", "region", "languages", "names"}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Korea", "Did you mean Democratic People's Republic of Korea (KP) or Republic of Korea (KR)?"),
        ("Atlantis", "circulars states lists them all."),
    ],
)
def test_a_doubtful_name_is_asked_back(name: str, hint: str) -> None:
    result = CliRunner().invoke(app, ["states", name])
    assert isinstance(result.exception, NotFoundError)
    assert result.exception.exit_code == 1
    assert f"«{name}»" in result.exception.message
    assert result.exception.hint == hint


def test_an_office_shows_its_own_names(tmp_path: Path) -> None:
    office = tmp_path / "office"
    (office / "locales").mkdir(parents=True)
    (office / "office.toml").write_text('name = "Example Union"\n', "utf-8")
    (office / "locales" / "states.csv").write_text("iso2,languages\nCI,fr\n", "utf-8")
    assert "Languages of correspondence: fr (stated)" in run("CI", "--office", str(office))
    assert "Languages of correspondence: fr (official), en (assumed)" in run("CI")


def test_a_folder_that_is_no_office_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["states", "CI", "--office", str(tmp_path)])
    assert isinstance(result.exception, NotFoundError)
