"""suppress, suppressions, unsubscribe at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import update

from store.message_rows import rows_in
from store.messages import State
from store.schema import outbox
from tests.cli.conftest import Run
from tests.pipeline.offices import desk_at


def test_one_mailbox_from_one_list(run: Run, sent_folder: Path) -> None:
    said = run("suppress", "A@Example.org", "--list", "keepers", "--reason", "left", at=sent_folder).out
    assert "is suppressed on the list «keepers».\nLetters to governments still go to it" in said
    assert "No mailbox" not in run("suppressions").out
    (shown,) = json.loads(run("suppressions", "--list", "keepers", "--json").out)
    assert (shown["address"], shown["list"], shown["kind"], shown["reason"]) == (
        "a@example.org", "keepers", "manual", "left",
    )  # fmt: skip
    assert json.loads(run("suppressions", "--list", "others", "--json").out) == []
    assert run("suppress", "a@example.org", "--list", "keeper").code == 1
    assert "was not suppressed" in run("unsuppress", "a@example.org", "--list", "others").out
    assert "again" in run("unsuppress", "a@example.org", "--list", "keepers").out
    assert "No mailbox is suppressed." in run("suppressions").out


def test_files_in_and_out(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("address\na@example.org\nb@example.org\n", "utf-8")
    assert "2 suppressions recorded." in run("suppress", "--import", str(tmp_path / "in.csv"), at=sent_folder).out
    again = json.loads(run("suppress", "--import", str(tmp_path / "in.csv"), "--json").out)
    assert (again["added"], again["known"]) == (0, 2)
    assert "2 suppressions written" in run("suppress", "--export", str(tmp_path / "out.csv")).out
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count("\n") == 3
    (tmp_path / "in.csv").write_text("address\nnobody\n", "utf-8")
    refused = run("suppress", "--import", str(tmp_path / "in.csv"))
    assert refused.code == 1
    assert "«nobody» is not a mail address" in refused.err


def test_taking_back_that_somebody_left_is_said(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    rows = "a@example.org,keepers,opt-out,2031-03-01\na@example.org,,opt-out,2031-03-02\n"
    (tmp_path / "in.csv").write_text(f"address,list,kind,since\n{rows}", "utf-8")
    run("suppress", "--import", str(tmp_path / "in.csv"), at=sent_folder)
    said = run("unsuppress", "a@example.org").out
    assert "Its owner had left «keepers» on 2031-03-01: write again only if they wish it." in said
    assert "circulars suppress a@example.org --list keepers\n" in said
    assert "Its owner had left every list on 2031-03-02: write again only if they wish it." in said
    run("suppress", "a@example.org", "--list", "keepers")
    assert "had left" not in run("unsuppress", "a@example.org").out
    run("suppress", "a@example.org", "--reason", "moved away")
    assert "known before" in run("suppress", "--import", tmp_path / "in.csv").out
    said = run("unsuppress", "a@example.org", "--list", "").out
    assert "left every list too (moved away; its owner left every list on 2031-03-0" in said


@pytest.mark.parametrize(
    "words", [(), ("a@example.org", "--import", "x.csv"), ("--import", "a.csv", "--export", "b.csv")]
)
def test_one_thing_at_a_time(run: Run, sent_folder: Path, words: tuple[str, ...]) -> None:
    assert run("suppress", *words, at=sent_folder).code == 2


def test_a_token_of_nobody(run: Run, sent_folder: Path) -> None:
    refused = run("unsubscribe", "x" * 31, at=sent_folder)
    assert refused.code == 1
    assert "no letter of this office" in refused.err


def test_what_a_mailbox_did_not_get_waits_again(run: Run, sent_folder: Path) -> None:
    with desk_at(sent_folder) as desk, desk.store.write() as connection:
        row = next(row for row in rows_in(connection, 1) if row.mailbox)
        connection.execute(update(outbox).where(outbox.c.id == row.id).values(state=State.SUPPRESSED))
    run("suppress", row.mailbox, at=sent_folder)
    assert "What it did not get waits to be sent, 1 message: circulars send" in run("unsuppress", row.mailbox).out
