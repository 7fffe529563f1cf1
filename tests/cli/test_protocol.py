"""``circulars protocol``: the tables as a protocol officer reads them, inside an office or without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from office.errors import NotFoundError

pytestmark = pytest.mark.usefixtures("nowhere")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["protocol", *arguments], catch_exceptions=False, env={"COLUMNS": "250"})
    assert result.exit_code == 0
    return result.output


def test_one_role_in_one_language() -> None:
    said = run("minister", "--lang", "fr")
    assert "Madame la Ministre, Monsieur le Ministre," in said
    assert "Son Excellence Madame {name} ?" in said
    assert "Votre Excellence ?" in said
    assert "circular letters of the house" in said
    assert "15 cells; 11 marked ? that no authority has confirmed." in said
    assert "Ambassad" not in said


def test_all_roles_with_closes_and_notes() -> None:
    said = run("--lang", "es,ru")
    for words in ("Excelencias: ?", "saluda atentamente", "С уважением,", "company"):
        assert words in said
    assert "considération" not in said


def test_what_nobody_has_confirmed() -> None:
    rows = json.loads(run("minister", "--unreviewed", "--json"))
    assert {row["language"] for row in rows} == {"ar", "zh", "en", "fr", "ru", "es"}
    assert not any(row["reviewed"] for row in rows)


def test_json_says_each_cell_with_its_closes() -> None:
    rows = json.loads(run("permanent-representative", "--lang", "fr", "--json"))
    assert [(row["role"], row["cell"]) for row in rows] == [
        ("ambassador", cell) for cell in ("m", "f", "unknown", "collective")
    ]
    woman = rows[1]
    assert woman["salutation"] == {
        "text": "Madame l'Ambassadrice,",
        "vocative": "Madame l'Ambassadrice",
        "source": "circular letters of the house",
        "reviewed": True,
    }
    assert woman["closes"]["highest"].startswith("Veuillez agréer, Madame l'Ambassadrice, l'assurance")
    assert woman["reference"]["text"] == "Votre Excellence"


def test_an_office_shows_its_own(tmp_path: Path) -> None:
    (tmp_path / "office.toml").write_text('name = "Office"\n', encoding="utf-8")
    (tmp_path / "locales" / "fr").mkdir(parents=True)
    (tmp_path / "locales" / "fr" / "protocol.toml").write_text(
        '[salutation.judge]\nany = { text = "Madame, Monsieur le Juge,", source = "our protocol", reviewed = true }\n',
        encoding="utf-8",
    )
    (tmp_path / "letters").mkdir()
    said = run("judge")
    assert "our protocol" in said
    assert "all" in said
    assert "4 cells; 0 marked" in said


@pytest.mark.parametrize(("arguments", "hint"), [(("minster",), "minister"), (("minister", "--lang", "frr"), "fr")])
def test_what_is_not_there(arguments: tuple[str, ...], hint: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        run(*arguments)
    assert f"«{hint}»" in caught.value.hint
