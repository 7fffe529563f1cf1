"""`erase`, `archive verify|export|wipe` by commands: exit codes, JSON, words."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import update

from store.schema import outbox
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, desk_at


def tamper(folder: Path, **values: object) -> None:
    with desk_at(folder) as desk, desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == 9).values(values))


def test_verify(run: Run, sent_folder: Path) -> None:
    good = run("archive", "verify", at=sent_folder)
    assert (good.code, "Everything is as it was sealed and sent" in good.out) == (0, True)
    shapes = run("archive", "verify", SLUG, "--json").json
    assert shapes == [{
        "reference": "LU-31/001", "forms": 4, "addressees": 8,
        "messages": {"verified": 11, "sealed": 0, "not_sent": 0, "erased": 0, "changed": 0}, "faults": 0, "wrong": [],
    }]  # fmt: skip
    tamper(sent_folder, sha256=bytes(32))
    bad = run("archive", "verify", SLUG)
    assert (bad.code, "rosa@lens.example.com" in bad.out, "backup" in bad.out) == (1, True, True)
    (shape,) = run("archive", "verify", "--json").json
    assert [wrong["code"] for wrong in shape["wrong"]] == ["row-changed"]


def test_verify_where_nothing_is_issued(run: Run, folder: Path) -> None:
    assert "Nothing was issued" in run("archive", "verify", at=folder).out
    assert run("archive", "verify", SLUG).code == 1


def test_export(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "bundle"
    made = run("archive", "export", SLUG, target, "--json", at=sent_folder)
    assert (made.code, made.json["letters"], made.json["faults"]) == (0, 11, 0)
    subprocess.run(["sha256sum", "--check", "--quiet", "manifest.sha256"], cwd=target, check=True)
    again = run("archive", "export", SLUG, target)
    assert (again.code, "not empty" in again.err) == (1, True)
    tamper(sent_folder, mailbox="mallory@example.org")
    less = run("archive", "export", SLUG, tmp_path / "less")
    assert (less.code, "left out: 0000009 lens" in less.out) == (1, True)


def test_erase(run: Run, sent_folder: Path) -> None:
    asked = run("erase", "lens", "--note", "request 1", at=sent_folder)
    assert (asked.code, "Rosa Lindqvist" in asked.err, "--yes" in asked.err) == (1, True, True)
    assert run("show", SLUG, "--to", "lens").code == 0
    assert run("erase", "lens", "--yes").code == 2
    done = run("erase", "lens", "--note", "request 1", "--yes", "--json")
    assert (done.code, done.json["wiped"], list(done.json["erased"])) == (0, True, ["LU-31/001"])
    for command in (["status", SLUG], ["status", SLUG, "--missing"], ["report", SLUG, "--as", "csv"], ["triage"]):
        assert run(*command).code == 0, command
    shown = run("show", SLUG, "--to", "lens")
    assert (shown.code, "erased" in shown.err, "SHA-256" in shown.err) == (1, True, True)
    again = run("erase", "lens", "--note", "request 1", "--yes")
    assert (again.code, "nothing is left" in again.err) == (1, True)
    assert run("archive", "wipe").code == 0
    other = run("erase", "prism", "--circular", SLUG, "--note", "request 2", "--yes")
    assert (other.code, "the proof stays" in other.out) == (0, True)
