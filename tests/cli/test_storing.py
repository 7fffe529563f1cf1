"""store move: the command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.postgresql import Server

pytestmark = [pytest.mark.packages, pytest.mark.sqlite("where the office moves from")]


def test_an_office_moves_and_goes_on(run: Run, sent_folder: Path, postgresql: Server) -> None:
    url = postgresql.url(postgresql.create_empty())
    before = run("status", "--json", at=sent_folder).json
    moved = run("store", "move", url, at=sent_folder)
    assert moved.code == 0, moved.err
    assert "The store is moved" in moved.out
    assert f"under [store]: url = {url}" in moved.out
    assert "sqlite:///circulars.db" in moved.out
    assert run("status", "--json", at=sent_folder).json == before
    back = run("store", "move", "sqlite:///again.db", "--json", at=sent_folder)
    assert {content["table"]: content["rows"] for content in back.json["tables"]}["outbox"] == 11
    assert back.json["before"] == url
    assert run("status", "--json", at=sent_folder).json == before


def test_a_password_is_never_printed(run: Run, sent_folder: Path) -> None:
    refused = run("store", "move", "postgresql://me:s3cret@localhost/letters", at=sent_folder)
    assert refused.code == 1
    assert "~/.pgpass" in refused.err
    with (sent_folder / "office.toml").open("a", encoding="utf-8") as settings:
        settings.write('[store]\nurl = "postgresql://me:s3cret@localhost/letters"\n')
    found = run("status", at=sent_folder)
    assert found.code == 1
    assert "password-in-url" in found.err
    assert "s3cret" not in refused.out + refused.err + found.out + found.err


def test_a_server_that_does_not_answer(
    run: Run, sent_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "s3cret")
    ended = run("store", "move", f"postgresql://me@/letters?host={tmp_path}", at=sent_folder)
    assert ended.code == 1
    assert "cannot be opened" in ended.err
    assert "s3cret" not in ended.out + ended.err


def test_a_move_to_where_it_is(run: Run, sent_folder: Path) -> None:
    for url in ("sqlite:///./circulars.db", f"sqlite:///{sent_folder}/circulars.db"):
        refused = run("store", "move", url, at=sent_folder)
        assert (refused.code, "That is the store that the office has already." in refused.err) == (1, True)
