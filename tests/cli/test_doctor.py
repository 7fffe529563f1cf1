"""doctor and backup at the command line."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli.doctor import _nameserver
from pipeline.doctor.results import Nameserver
from tests.cli.conftest import Run
from tests.delivery.sink import Sink
from tests.pipeline.doctor.name_server import name_server
from tests.pipeline.doctor.test_domains import IN_ORDER
from tests.pipeline.doctor.test_round_trip import House
from tests.pipeline.doctor.visits import write_relaying_office


def test_a_new_office_has_nothing_to_fix(run: Run, nowhere: Path) -> None:
    assert run("init", "office").code == 0
    ended = run("doctor", at=nowhere / "office")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[0] == "program"
    assert ended.out.rstrip().endswith("Nothing to fix.")


def test_what_to_fix_is_marked_and_ends_with_1(run: Run, folder: Path) -> None:
    (folder / "office.key").chmod(0o644)
    ended = run("doctor", "--offline", at=folder)
    assert ended.code == 1
    assert "error    The office's key office.key has the mode 0644" in ended.out
    assert "→ chmod 600" in ended.out
    assert "1 thing to fix" in ended.out


def test_for_a_machine(run: Run, folder: Path) -> None:
    (folder / "office.key").unlink()
    ended = run("doctor", "--json", at=folder)
    assert ended.code == 1
    assert ended.json["to_fix"] == 1
    assert all(result.keys() == {"topic", "level", "code", "message", "hint"} for result in ended.json["results"])
    (wrong,) = [result for result in ended.json["results"] if result["level"] == "error"]
    assert (wrong["topic"], wrong["code"]) == ("files", "key")


def test_a_test_mail_comes_back(run: Run, tmp_path: Path) -> None:
    house = House(tmp_path)
    with house.sink.running() as sink, name_server(IN_ORDER) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        ended = run("doctor", "--mail", "--wait", 5, "--nameserver", f"127.0.0.1:{server.port}", at=folder)
    assert ended.code == 0, ended.out
    assert "test mail" in ended.out.splitlines()
    assert "came back after" in ended.out


def test_a_test_mail_to_somebody(run: Run, tmp_path: Path) -> None:
    with Sink().running() as sink, name_server(IN_ORDER) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        ended = run("doctor", "--to", "me@example.org", "--nameserver", f"127.0.0.1:{server.port}", at=folder)
        assert [received.rcpt for received in sink.received] == ["TO:<me@example.org>"]
    assert ended.code == 0, ended.out


def test_without_asking_for_it_nothing_is_sent(run: Run, tmp_path: Path) -> None:
    with Sink().running() as sink, name_server(IN_ORDER) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        run("doctor", "--nameserver", f"127.0.0.1:{server.port}", at=folder)
        assert sink.received == []


def test_one_test_mail_at_a_time(run: Run, folder: Path) -> None:
    assert run("doctor", "--mail", "--to", "me@example.org", at=folder).code == 2
    assert run("doctor", "--nameserver", "nobody", at=folder).code == 2


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("9.9.9.9", "9.9.9.9", 53),
        ("127.0.0.1:5353", "127.0.0.1", 5353),
        ("2620:fe::fe", "2620:fe::fe", 53),
        ("[2620:fe::fe]", "2620:fe::fe", 53),
        ("[2620:fe::fe]:5353", "2620:fe::fe", 5353),
    ],
)
def test_how_a_name_server_is_written(text: str, address: str, port: int) -> None:
    assert _nameserver(text) == Nameserver(address=address, port=port)


def test_outside_an_office(run: Run, nowhere: Path) -> None:
    ended = run("doctor", at=nowhere)
    assert ended.code == 1
    assert "no office.toml" in ended.err


@pytest.mark.sqlite("copies a file")
def test_backup(run: Run, folder: Path, tmp_path: Path) -> None:
    ended = run("backup", tmp_path / "copy.db", at=folder)
    assert ended.code == 0
    assert "the store as of now" in ended.out
    assert "Keep with it: office.key, office.toml" in ended.out
    assert "office.key is a secret" in ended.err
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
    again = run("backup", tmp_path / "copy.db", at=folder)
    assert (again.code, "is there already" in again.err) == (1, True)
    missing = run("backup", f"{tmp_path}/backups/", at=folder)
    assert (missing.code, "There is no folder" in missing.err) == (1, True)
    assert not (tmp_path / "backups").exists()
    (tmp_path / "backups").mkdir()
    made = run("backup", tmp_path / "backups", "--json", at=folder).json
    assert Path(made["file"]).parent == tmp_path / "backups"
    assert made["size"] == Path(made["file"]).stat().st_size
