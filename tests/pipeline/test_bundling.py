"""`archive export`: a bundle that explains and checks itself, without this program."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import update

from delivery.verifying import Standing
from office.errors import InputError, RefusedError
from pipeline.approving import approve
from pipeline.bundling import export_bundle
from pipeline.desk import Desk
from pipeline.erasing import erase
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.sending import send
from store.schema import addressees, outbox
from tests.pipeline.offices import SLUG, issue_all

OUT = "outgoing/LU-31-001"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def index(folder: Path) -> list[dict[str, str]]:
    with (folder / "index.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    shapes = json.loads((folder / "index.json").read_text("utf-8"))
    assert [{name: str(value) for name, value in shape.items()} for shape in shapes] == [
        {name: value.removeprefix("'") for name, value in row.items()} for row in rows
    ]
    return rows


def test_the_bundle_checks_itself(sent_desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "records" / "CL"
    bundle = export_bundle(sent_desk, SLUG, folder)
    assert (bundle.letters, bundle.faults) == (11, 0)
    run = subprocess.run(
        ["sha256sum", "--check", "--strict", "manifest.sha256"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    files = contents(folder)
    assert run.stdout.count(": OK") == len(files) - 1 == bundle.files - 1
    for row in index(folder):
        content = files[row["file"]]
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        original = next((sent_desk.office.folder / OUT).rglob(f"{int(row['number']):07}-*"))
        assert (content, row["proof"]) == (original.read_bytes(), "verified")
    readme = files["README.txt"].decode()
    assert "LU-31/001" in readme
    assert "{" not in readme
    for name in files.keys() - {"README.txt"}:
        assert name.split("/", maxsplit=1)[0].rstrip("/") in readme, name
    decided = json.loads(files["decisions.json"])
    assert [one["decision"] for one in decided["decisions"]] == ["approved"]
    assert decided["batches"][0]["digest"] in readme
    assert {name.split("/")[1].split(".")[0:2][0] for name in files if name.startswith("documents/")} == {
        "academia", "governments",
    }  # fmt: skip
    text = next(content for name, content in files.items() if name.startswith("documents/gov") and name.endswith("txt"))
    assert b"[recipient.country]" in text


def test_the_same_archive_gives_the_same_bundle(sent_desk: Desk, tmp_path: Path) -> None:
    export_bundle(sent_desk, SLUG, tmp_path / "first")
    for name in ("letters", "recipients", "outgoing"):
        shutil.rmtree(sent_desk.office.folder / name)
    (tmp_path / "second").mkdir()
    export_bundle(sent_desk, SLUG, tmp_path / "second")
    assert contents(tmp_path / "first") == contents(tmp_path / "second")


def test_what_was_tampered_with_is_left_out_and_named(sent_desk: Desk, tmp_path: Path) -> None:
    with sent_desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id == 9).values(mailbox="mallory@example.org"))
    bundle = export_bundle(sent_desk, SLUG, tmp_path / "bundle")
    assert (bundle.letters, bundle.faults, len(bundle.left_out)) == (10, 1, 1)
    files = contents(tmp_path / "bundle")
    assert not [name for name in files if "0000009" in name]
    assert b"0000009 lens" in files["LEFT-OUT.txt"]
    (row,) = (row for row in index(tmp_path / "bundle") if row["number"] == "9")
    assert (row["proof"], row["file"]) == ("changed", "")


def test_a_form_that_is_missing_is_named(sent_desk: Desk, tmp_path: Path) -> None:
    next((sent_desk.office.folder / "archive").glob("*.form")).unlink()
    bundle = export_bundle(sent_desk, SLUG, tmp_path / "bundle")
    assert bundle.faults > 1
    assert bundle.letters < 11


def test_what_was_not_sent_or_is_erased_has_no_file(desk: Desk, tmp_path: Path) -> None:
    issue_all(desk)
    send(desk, SLUG, limit=10)
    erase(desk, "lens", note="request 1")
    bundle = export_bundle(desk, SLUG, tmp_path / "bundle")
    assert bundle.standings == {Standing.VERIFIED: 9, Standing.ERASED: 1, Standing.NOT_SENT: 1}
    files = contents(tmp_path / "bundle")
    assert not [name for name, content in files.items() if b"Lindqvist" in content or b"rosa@" in content]
    erased = json.loads(files["decisions.json"])["erasures"]
    assert [one["note"] for one in erased] == ["request 1"]
    rows = {row["number"]: row for row in index(tmp_path / "bundle")}
    assert (rows["9"]["file"], len(rows["9"]["sha256"])) == ("", 64)
    assert (rows["11"]["file"], rows["11"]["proof"], rows["11"]["sha256"]) == ("", "not-sent", "")


@pytest.mark.sqlite("its columns take any length")
def test_nothing_is_computed_and_no_name_leads_out_of_the_folder(sent_desk: Desk, tmp_path: Path) -> None:
    with sent_desk.store.write() as connection:
        connection.execute(
            update(addressees).where(addressees.c.key == "lens").values(organisation='=HYPERLINK("http://x")')
        )
        connection.execute(
            update(addressees).where(addressees.c.key == "prism").values(key="../../../../прізма\n" * 30)
        )
        connection.execute(
            update(addressees).where(addressees.c.key == "bt-minister").values(key="../" * 40 + "ÿ" * 99)
        )
    bundle = export_bundle(sent_desk, SLUG, tmp_path / "bundle")
    assert bundle.faults == 2  # the key belongs to what is hashed
    rows = index(tmp_path / "bundle")
    assert "'=HYPERLINK" in next(row["organisation"] for row in rows if row["key"] == "lens")
    assert {path.name for path in tmp_path.iterdir()} >= {"bundle"}
    assert not list(tmp_path.glob("*.eml"))


def test_a_visa_goes_with_it_unless_it_is_another_one_or_gone(desk: Desk, tmp_path: Path) -> None:
    scan = tmp_path / "visa of 3 March.pdf"
    scan.write_bytes(b"%PDF-1.7 signed")
    digest = plan(desk, SLUG).digest
    approve(desk, SLUG, digest, visa=scan)
    issue(desk, SLUG, digest)
    assert export_bundle(desk, SLUG, tmp_path / "whole").faults == 0
    (visa,) = (tmp_path / "whole" / "visas").iterdir()
    assert (visa.suffix, visa.read_bytes()) == (".pdf", scan.read_bytes())
    (kept,) = (desk.office.folder / "archive" / "visas").iterdir()
    kept.write_bytes(b"%PDF-1.7 forged")
    for name in ("forged", "gone"):
        bundle = export_bundle(desk, SLUG, tmp_path / name)
        kept.unlink(missing_ok=True)
        assert [what.split()[0] for what, _ in bundle.left_out] == ["visa"]
        files = contents(tmp_path / name)
        assert b"visa" in files["LEFT-OUT.txt"]
        assert not [name for name in files if name.startswith("visas/")]


def test_nothing_is_left_of_a_bundle_that_was_stopped(sent_desk: Desk, tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        export_bundle(sent_desk, SLUG, tmp_path / "bundle", progress=stop)
    assert sorted(tmp_path.iterdir()) == before


def test_the_folder_is_new_and_whole(sent_desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine", "utf-8")
    with pytest.raises(RefusedError, match="not empty"):
        export_bundle(sent_desk, SLUG, tmp_path / "full")
    assert contents(tmp_path / "full") == {"note.txt": b"mine"}
    (tmp_path / ".bundle.part").mkdir()
    (tmp_path / ".bundle.part" / "left").write_text("by a crash", "utf-8")
    export_bundle(sent_desk, SLUG, tmp_path / "bundle")
    assert not (tmp_path / ".bundle.part").exists()
    assert "left" not in contents(tmp_path / "bundle")
    with pytest.raises(InputError, match="cannot be written"):
        export_bundle(sent_desk, SLUG, tmp_path / "full" / "note.txt" / "below")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []
