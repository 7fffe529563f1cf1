"""`show` and `print` by commands: exit codes, JSON, words."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pikepdf
from sqlalchemy import select

from store.schema import addressees, outbox
from tests.cli.conftest import Run
from tests.cli.test_archiving import tamper
from tests.pipeline.offices import SLUG, desk_at, issue_all


def test_show_says_how_far_it_is_proven(run: Run, sent_folder: Path) -> None:
    target = sent_folder / "lens.eml"
    shown = run("show", SLUG, "--to", "lens", "--as", "eml", "--out", target, at=sent_folder)
    assert shown.code == 0
    assert target.read_bytes() == (sent_folder / "outgoing/LU-31-001/0000009-lens.eml").read_bytes()
    assert "Verified" in shown.err
    text = run("show", SLUG, "--to", "no-mission", "--mailbox", "second@no.example.org")
    assert (text.code, "second@no.example.org" in text.err) == (0, True)
    assert run("show", SLUG, "--to", "lens", "--as", "docx").code == 1
    pdf = run("show", SLUG, "--to", "lens", "--as", "pdf", "--out", sent_folder / "lens.pdf")
    assert (pdf.code, "made now" in pdf.err) == (0, True)
    assert (sent_folder / "lens.pdf").read_bytes().startswith(b"%PDF-")


def test_show_tells_a_machine_how_far_it_is_proven(run: Run, sent_folder: Path) -> None:
    file = sent_folder / "lens.eml"
    told = run("show", SLUG, "--to", "lens", "--as", "eml", "--out", file, "--json", at=sent_folder).json
    (note,) = told.pop("notes")
    assert note.startswith("Verified")
    assert told == {
        "key": "lens", "mailbox": "rosa@lens.example.com", "language": "en", "standing": "verified",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(), "file": str(file),
    }  # fmt: skip
    assert run("show", SLUG, "--to", "lens", "--as", "pdf", "--json").json["file"] is None
    tamper(sent_folder, mailbox="mallory@example.org")
    anyway = run("show", SLUG, "--to", "lens", "--as", "eml", "--unverified", "--json")
    assert (anyway.code, anyway.json["standing"]) == (1, "changed")


def test_show_refuses_what_was_tampered_with(run: Run, sent_folder: Path) -> None:
    tamper(sent_folder, mailbox="mallory@example.org")
    refused = run("show", SLUG, "--to", "lens", "--as", "eml", at=sent_folder)
    assert (refused.code, refused.out) == (1, "")
    assert "not what was sent" in refused.err
    assert "mailbox" in refused.err
    anyway = run("show", SLUG, "--to", "lens", "--as", "eml", "--unverified")
    assert (anyway.code, "NOT VERIFIED" in anyway.err, "mallory@" in anyway.out) == (1, True, True)


def test_print(run: Run, folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
    made = run("print", SLUG, "--out", "run.pdf", "--duplex", at=folder)
    assert (made.code, "print census --done run.list.csv" in made.out) == (0, True)
    with pikepdf.open(folder / "run.pdf") as document:
        assert len(document.pages) >= 2
    assert (folder / "run.list.csv").is_file()
    done = run("print", SLUG, "--done", "run.list.csv", "--json")
    assert (done.code, done.json["marked"]) == (0, 2)
    assert not (folder / "census.print.pdf").exists()
    assert run("print", SLUG, "--left").code == 1
    with desk_at(folder) as desk, desk.store.read() as connection:
        query = select(addressees.c.key).join(outbox).where(outbox.c.state == "printed").order_by(addressees.c.key)
        assert connection.scalars(query).all() == ["bt-minister", "fr-minister"]
