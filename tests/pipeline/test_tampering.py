"""What the bytes of a message do not show is checked too: states, values taken away, decisions, visas, the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from delivery.verifying import Standing
from office.errors import RefusedError
from pipeline.approving import approve
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.sending import send
from pipeline.verifying import Verified, verify
from tests.pipeline.offices import SLUG, desk_at

Spoil = Callable[[Desk], object]
LENS = "(SELECT id FROM addressees WHERE key = 'lens')"


def checked(desk: Desk) -> Verified:
    (found,) = verify(desk, SLUG)
    return found


def store(statement: str) -> Spoil:
    """Return what changes the store behind the product's back."""

    def act(desk: Desk) -> None:
        with desk.store.write() as connection:
            assert connection.execute(text(statement)).rowcount

    return act


def journal(change: Callable[[str], str]) -> Spoil:
    def act(desk: Desk) -> None:
        (path,) = (desk.office.folder / "journal").glob("sent-*.log")
        path.write_text(change(path.read_text("utf-8")), "utf-8")

    return act


def visa(desk: Desk) -> Path:
    (path,) = (desk.office.folder / "archive" / "visas").iterdir()
    return path


MESSAGES = {
    "values taken away": (store("UPDATE addressees SET \"values\" = NULL WHERE key = 'lens'"), "values-removed"),
    "text for values": (store("UPDATE addressees SET \"values\" = '[\"\"]' WHERE key = 'lens'"), "values-changed"),
    "text for the hash": (store("UPDATE addressees SET values_hash = 'none' WHERE key = 'lens'"), "values-changed"),
    "text for the SHA-256": (store(f"UPDATE outbox SET sha256 = 'none' WHERE addressee_id = {LENS}"), "row-changed"),
    "as if waiting": (store(f"UPDATE outbox SET state = 'queued' WHERE addressee_id = {LENS}"), "state-changed"),
    "as if withdrawn": (store(f"UPDATE outbox SET state = 'withdrawn' WHERE addressee_id = {LENS}"), "state-changed"),
    "no state": (store(f"UPDATE outbox SET state = 'gone' WHERE addressee_id = {LENS}"), "state-changed"),
    "the language": (store("UPDATE addressees SET language = 'ru' WHERE key = 'lens'"), "language-changed"),
}  # fmt: skip
WHOLE = {
    "the batch's digest": (store(f"UPDATE batches SET digest = '{'0' * 64}'"), "plan-changed"),
    "the plan's digest": (store(f"UPDATE plans SET digest = '{'0' * 64}'"), "plan-changed"),
    "the plan itself": (store("UPDATE plans SET summary = '{'"), "plan-changed"),
    "the address for reports": (store("UPDATE batches SET bounce = 'mallory@example.org'"), "batch-changed"),
    "no decision": (store("DELETE FROM decisions"), "decision-changed"),
    "another decision": (store("UPDATE decisions SET decision = 'rejected'"), "decision-changed"),
    "no visa": (lambda desk: visa(desk).unlink(), "visa-missing"),
    "another visa": (lambda desk: visa(desk).write_bytes(b"%PDF-other"), "visa-changed"),
    "a line of the journal": (journal(lambda lines: lines.partition("\n")[2]), "journal-incomplete"),
    "a Message-ID of the journal": (journal(lambda lines: lines.replace("@", "x@", 1)), "journal-changed"),
}  # fmt: skip


@pytest.fixture
def sent(folder: Path, tmp_path: Path) -> Iterator[Desk]:
    """A desk whose letter was approved with a visa, issued and sent."""
    scan = tmp_path / "visa.pdf"
    scan.write_bytes(b"%PDF-1.7 signed")
    with desk_at(folder) as desk:
        digest = plan(desk, SLUG).digest
        approve(desk, SLUG, digest, visa=scan)
        issue(desk, SLUG, digest)
        send(desk, SLUG)
        assert checked(desk).faults == 0
        yield desk


@pytest.mark.parametrize("what", MESSAGES)
def test_a_message_is_not_shown_as_proven(sent: Desk, what: str) -> None:
    spoil, code = MESSAGES[what]
    spoil(sent)
    with pytest.raises(RefusedError, match="not what was sent") as caught:
        show(sent, SLUG, "lens", "eml")
    assert [finding.code for finding in caught.value.findings] == [code]
    found = checked(sent)
    assert (found.faults, found.standings[Standing.CHANGED]) == (1, 1)
    assert found.wrong[0].code == code


@pytest.mark.parametrize("what", WHOLE)
def test_what_stands_beside_the_messages_is_checked(sent: Desk, what: str) -> None:
    spoil, code = WHOLE[what]
    spoil(sent)
    found = checked(sent)
    assert [wrong.code for wrong in found.wrong] == [code]
    assert found.standings[Standing.CHANGED] == 0


def test_a_message_that_was_taken_out_of_the_store(sent: Desk) -> None:
    store(f"DELETE FROM outbox WHERE addressee_id = {LENS}")(sent)
    with pytest.raises(RefusedError, match="no message to lens any more"):
        show(sent, SLUG, "lens", "eml")
    assert [wrong.code for wrong in checked(sent).wrong] == ["messages-missing"]


def test_the_archive_does_without_a_journal(sent: Desk) -> None:
    for path in (sent.office.folder / "journal").glob("sent-*.log"):
        path.unlink()
    assert checked(sent).faults == 0
