"""The long verbs in pieces: driven in a loop, they end where the whole verb does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from office.errors import NotFoundError
from pipeline.archiving import show
from pipeline.chunks import Chunk, remind_chunk, render_chunk, send_chunk, track_chunk
from pipeline.desk import Desk
from pipeline.sending import send
from pipeline.tracking import track
from store.message_rows import rows_in
from store.schema import addressees
from tests.pipeline.answers import reply
from tests.pipeline.offices import SLUG, copy_office, desk_at, dump, issue_all
from tests.pipeline.reminders import EVERYBODY, FIRST, Year, parties


def driven(step: Callable[[], Chunk]) -> list[int]:
    """Call a piece until it says that it was the last; returns how much each has done."""
    done = []
    while True:
        chunk = step()
        done.append(chunk.done)
        if chunk.is_last:
            return done


def outcome(desk: Desk) -> list[tuple[str, str, bytes | None]]:
    with desk.store.read() as connection:
        return [(row.mailbox, row.state, row.sha256) for row in rows_in(connection, 1)]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("most", [1, 4, 11, 12, 500])
def test_sending_in_pieces(desk: Desk, tmp_path: Path, most: int) -> None:
    issue_all(desk)
    copy = copy_office(desk.office.folder, tmp_path / "copy")
    with desk_at(copy) as other:
        done = driven(lambda: send_chunk(other, SLUG, most))
        send(desk, SLUG)
        assert outcome(other) == outcome(desk)
    assert contents(copy / "outgoing") == contents(desk.office.folder / "outgoing")
    assert sum(done) == len(outcome(desk))
    assert max(done) <= most


@pytest.mark.parametrize("most", [1, 2, 3, 50])
def test_tracking_in_pieces(sent_desk: Desk, tmp_path: Path, most: int) -> None:
    for number, key in enumerate(("no-minister", "lens", "optique")):
        mail = reply(sent_desk, key, f"We accept, number {number}.").as_bytes()
        (sent_desk.office.folder / "inbox" / "new" / f"{number}.eml").write_bytes(mail)
    copy = copy_office(sent_desk.office.folder, tmp_path / "copy")
    with desk_at(copy) as other:
        done = driven(lambda: track_chunk(other, most))
        assert track(sent_desk).filed == 3
        assert dump(other.store)["answers"] == dump(sent_desk.store)["answers"]
        assert dump(other.store)["inbound"] == dump(sent_desk.store)["inbound"]
    assert sum(done) == 3
    assert max(done) <= most


@pytest.mark.parametrize("most", [1, 3, 7, 50])
def test_reminding_in_pieces(year: Year, tmp_path: Path, most: int) -> None:
    other = Year(copy_office(year.folder, tmp_path / "copy"))
    with other.desk(*FIRST) as desk:
        done = driven(lambda: remind_chunk(desk, SLUG, most))
        sent = driven(lambda: send_chunk(desk, SLUG, most))
    whole = year.remind(*FIRST)
    assert sum(sent) == whole.messages
    assert parties(whole) == EVERYBODY
    assert sum(done) == len(EVERYBODY)
    assert max(done) <= most
    assert Counter((row.key, row.mailbox, row.state) for row in other.rows()) == Counter(
        (row.key, row.mailbox, row.state) for row in year.rows()
    )
    assert parties(other.look(*FIRST)) == set()


@pytest.mark.parametrize("kind", ["eml", "docx", "txt"])
def test_rendering_in_pieces(sent_desk: Desk, tmp_path: Path, kind: str) -> None:
    after, done = 0, []

    def step() -> Chunk:
        nonlocal after
        chunk = render_chunk(sent_desk, SLUG, kind, tmp_path / "pieces", 4, after=after)
        after = chunk.after
        return chunk

    done = driven(step)
    whole = render_chunk(sent_desk, SLUG, kind, tmp_path / "whole", 500)
    assert sum(done) == whole.done == len(outcome(sent_desk))
    assert contents(tmp_path / "pieces") == contents(tmp_path / "whole")
    (lens,) = (tmp_path / "whole").glob(f"*-lens.{kind}")
    assert lens.read_bytes() == show(sent_desk, SLUG, "lens", kind).content


def test_a_letter_that_was_changed_is_named_and_the_others_are_made(sent_desk: Desk, tmp_path: Path) -> None:
    with sent_desk.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.key == "lens").values({"values": b'["X"]'}))
    chunk = render_chunk(sent_desk, SLUG, "txt", tmp_path / "letters", 500)
    assert chunk.failed == ("lens",)
    assert not list((tmp_path / "letters").glob("*-lens.txt"))
    assert len(contents(tmp_path / "letters")) == chunk.done - 1


def test_a_kind_that_is_none(sent_desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="«odt»"):
        render_chunk(sent_desk, SLUG, "odt", tmp_path, 5)
