"""`new --from DRAFT.docx` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from pipeline.drafting import init_office
from tests.letters.drafts.word_files import paragraph, run, word_file
from tests.pipeline.zoo import FRENCH


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """The office that `init` makes, with a draft in it."""
    folder = init_office(tmp_path / "office")
    anchor = '<w:commentRangeStart w:id="1"/>' + run("un mot") + '<w:commentRangeEnd w:id="1"/>'
    comment = f'<w:comment w:id="1" w:author="B. Critique">{paragraph("Est-ce [bold]juste[/]?")}</w:comment>'
    inserted = f"<w:ins>{run(' ajouté')}</w:ins>"
    blocks = (*FRENCH.blocks[:5], paragraph("Voici ", anchor, inserted, " le 31 juin 2031."), *FRENCH.blocks[5:])
    links = {key: one.replace("{language}", "fr") for key, one in FRENCH.links.items()}
    (folder / "draft.docx").write_bytes(word_file(*blocks, comments=comment, links=links))
    return folder


def test_it_tells_what_was_made_and_what_to_look_at(office: Path) -> None:
    result = CliRunner().invoke(
        app, ["new", "phares", "--office", str(office), "--from", str(office / "draft.docx")], env={"COLUMNS": "200"}
    )
    assert result.exit_code == 0, result.output
    for said in (
        "letters/phares is made of draft.docx, written in fr", "1 tracked change accepted",
        "signatory = secretary-general",
        "To look at", "no calendar has this day", "Comments", "B. Critique", "Est-ce [bold]juste[/]?", "un mot",
        "circulars preview phares --lang fr",
    ):  # fmt: skip
        assert said in result.output
    assert (office / "letters" / "phares" / "body.md").exists()


def test_it_tells_a_machine_the_same(office: Path) -> None:
    result = CliRunner().invoke(
        app, ["new", "phares", "--office", str(office), "--from", str(office / "draft.docx"), "--json"]
    )
    told = json.loads(result.stdout)
    assert (told["language"], told["tracked_changes"], told["findings"]) == ("fr", 1, [])
    assert told["deadlines"] == {"attendance": {"date": "2031-04-01", "rule": "before"}}
    assert told["comments"][0]["words"] == "un mot"
    assert any(one["to_do"] for one in told["noted"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "draft.odt"], "no file"),
        (["--from", "CL-22/010", "--lang", "fr"], "belong to a draft"),
        (["--from", "DRAFT", "--lang", "de"], "does not write in «de»"),
        (["--from", "DRAFT", "--series", "XX"], "no series"),
    ],
)
def test_what_cannot_be_done_is_said(office: Path, arguments: list[str], said: str) -> None:
    given = [str(office / "draft.docx") if one == "DRAFT" else one for one in arguments]
    result = CliRunner().invoke(app, ["new", "phares", "--office", str(office), *given], env={"COLUMNS": "200"})
    assert result.exit_code != 0
    assert said in result.output + str(result.exception)
    assert not (office / "letters" / "phares").exists()
