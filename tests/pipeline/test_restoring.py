"""A store put back from a backup in the middle of an issue: nothing goes twice, nothing is lost, and it is said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from delivery.tally import SendSummary
from office.errors import HeldError
from office.model import SmtpTransport
from office.reading import load_office
from pipeline.desk import Desk
from pipeline.doubting import doubtful, settle_doubt
from pipeline.sending import send
from pipeline.stopping import hold, resume
from store.messages import State
from store.schema import addressees, outbox
from tests.delivery.sink import Sink
from tests.pipeline.offices import MORNING, SLUG, add_addressee, desk_at, issue_all, plan_and_approve, write_letter

pytestmark = pytest.mark.sqlite("the backup is a copy of the file")


class Place:
    """An office whose relay is a sink."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        self.folder, self.sink = folder, sink
        self.now = MORNING

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        relay = SmtpTransport(key="relay", host="127.0.0.1", port=self.sink.port, security="none", connections=1)
        mail = replace(load_office(self.folder).mail, transport="relay")
        with desk_at(self.folder, clock=lambda: self.now, mail=mail, transports={"relay": relay}) as desk:
            yield desk

    def backup(self) -> bytes:
        return (self.folder / "circulars.db").read_bytes()  # closed: nothing is left in the write-ahead log

    def restore(self, backup: bytes) -> None:
        for path in self.folder.glob("circulars.db*"):
            path.unlink()
        (self.folder / "circulars.db").write_bytes(backup)

    def issue(self) -> None:
        with self.desk() as desk:
            issue_all(desk)

    def send(self, slug: str = SLUG, limit: int | None = None) -> SendSummary:
        with self.desk() as desk:
            return send(desk, slug, limit=limit)

    def resume(self, slug: str = SLUG) -> None:
        with self.desk() as desk:
            resume(desk, slug)

    def doubtful(self) -> set[str]:
        with self.desk() as desk:
            return {row.mailbox for row in doubtful(desk, SLUG)}

    def arrived(self) -> Counter[str]:
        """Return how often each mailbox got a letter."""
        return Counter(message.rcpt.partition("<")[2].partition(">")[0] for message in self.sink.received)

    def states(self) -> Counter[str]:
        with self.desk() as desk, desk.store.read() as connection:
            return Counter(connection.scalars(select(outbox.c.state).where(outbox.c.role != "paper")))

    def numbers(self) -> tuple[set[int], set[int]]:
        with self.desk() as desk, desk.store.read() as connection:
            return set(connection.scalars(select(addressees.c.id))), set(connection.scalars(select(outbox.c.id)))


@pytest.fixture
def place(folder: Path) -> Iterator[Place]:
    with Sink().running() as sink:
        yield Place(folder, sink)


def everybody_once(place: Place, *, but: int = 0) -> None:
    assert set(place.arrived().values()) == {1}
    assert set(place.sink.seen.values()) == {1}  # Message-IDs
    assert place.states()[State.SENT] == len(place.arrived()) - but


def test_taken_in_the_middle_of_sending(place: Place) -> None:
    place.issue()
    place.send(limit=2)
    backup = place.backup()
    place.send(limit=3)
    place.restore(backup)
    summary = place.send()
    assert (summary.sent, summary.in_doubt) == (0, 3)
    assert "starts held" in summary.stopped
    assert "knows 3 messages of it" in summary.stopped
    assert "circulars doubt LU-31/001" in summary.hint
    assert "circulars resume LU-31/001" in summary.hint
    with pytest.raises(HeldError) as again:  # whoever was to be told may not have seen it
        place.send()
    assert "LU-31/001 is held. 3 messages of it are in doubt." in again.value.message
    assert "put back from an older backup" in again.value.message
    assert again.value.hint.index(f"circulars doubt {SLUG}") < again.value.hint.index(f"circulars resume {SLUG}")
    assert len(place.doubtful()) == 3
    place.resume()
    place.now += timedelta(minutes=5)
    assert place.send().in_doubt == 0
    everybody_once(place, but=3)
    with place.desk() as desk:
        assert settle_doubt(desk, SLUG, "", sent=True) == 3
        hold(desk, SLUG)
    with pytest.raises(HeldError) as held:  # by a person: nothing is amiss
        place.send()
    assert held.value.message == "LU-31/001 is held."


@pytest.mark.parametrize("is_changed", [False, True])
@pytest.mark.parametrize("when", ["before the plan", "before the issue"])
def test_taken_before_the_issue(place: Place, when: str, is_changed: bool) -> None:
    with place.desk() as desk:
        if when == "before the issue":
            plan_and_approve(desk)
    backup = place.backup()
    place.issue()
    place.send(limit=4)
    went, (people, rows) = set(place.arrived()), place.numbers()
    place.restore(backup)
    if is_changed:  # others come first now: without care, they would get the numbers and tokens of those before
        path = place.folder / "recipients" / "keepers.csv"
        heading, *lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([heading, *reversed(lines)]) + "\n", "utf-8")
        add_addressee(place.folder)
    place.issue()
    again, rows_again = place.numbers()
    assert not people & again
    assert not rows & rows_again
    summary = place.send()
    assert (summary.sent, summary.in_doubt) == (0, 4)
    assert place.doubtful() == went
    place.resume()
    assert not place.send().stopped
    everybody_once(place, but=4)
    with place.desk() as desk:
        assert settle_doubt(desk, SLUG, "", sent=True) == 4
    assert set(place.states()) == {State.SENT}


def test_sent_again_on_purpose_is_not_held_again(place: Place) -> None:
    backup = place.backup()
    place.issue()
    place.send(limit=1)
    place.restore(backup)
    place.issue()
    place.send()
    with place.desk() as desk:
        assert settle_doubt(desk, SLUG, "", sent=False) == 1
    place.resume()
    summary = place.send()
    assert (summary.stopped, summary.in_doubt) == ("", 0)
    assert sorted(place.arrived().values())[-2:] == [1, 2]  # as asked


@pytest.mark.parametrize("is_older", [False, True])
def test_a_journal_that_lacks_what_was_sent_holds_the_letter(place: Place, is_older: bool) -> None:
    """The store alone was put back on a new disk, or an old journal along with it."""
    place.issue()
    place.send(limit=1)
    journals = {path: path.read_bytes() for path in (place.folder / "journal").glob("sent-*.log")}
    place.send(limit=1)
    backup = place.backup()
    place.send(limit=1)
    place.restore(backup)
    for path, content in journals.items():
        if is_older:
            path.write_bytes(content)
        else:
            path.unlink()
    with next(iter(journals)).open("ab") as journal:
        journal.write(b"= \xff\n= 2031-99-99T99:99:99Z\n")  # damage does no harm
    summary = place.send()
    assert (summary.sent, len(place.sink.seen)) == (0, 3)
    lacking = "1 message" if is_older else "2 messages"
    assert f"starts held. The send journal does not know {lacking} that this store has sent" in summary.stopped
    place.resume()
    assert place.send().stopped == ""  # it is told once


def test_what_the_store_does_not_have_is_told_once(place: Place) -> None:
    with place.desk() as desk:
        issue_all(desk, languages=("fr",))
    place.send()
    backup = place.backup()
    first = len(place.arrived())
    place.issue()
    place.send()
    second = len(place.arrived()) - first
    place.restore(backup)
    summary = place.send()
    assert f"knows {second} messages of it" in summary.stopped
    assert f"{second} messages are not in this store at all" in summary.stopped
    with pytest.raises(HeldError, match="did not agree: it was probably put back"):
        place.send()
    place.resume()
    assert place.send().stopped == ""
    place.issue()  # the second batch once more
    summary = place.send()
    assert (summary.sent, summary.in_doubt) == (0, second)
    place.resume()
    place.send()
    everybody_once(place, but=second)


def test_another_letter_takes_the_number_of_the_circular(place: Place) -> None:
    backup = place.backup()
    place.issue()
    place.send(limit=4)
    place.restore(backup)
    write_letter(place.folder, "other")
    source = place.folder / "locales" / "fr" / "letters"
    (source / "other.po").write_text((source / f"{SLUG}.po").read_text("utf-8"), "utf-8")
    with place.desk() as desk:
        issue_all(desk, "other")
    summary = place.send("other")
    assert (summary.stopped, summary.in_doubt) == ("", 0)  # another letter, whatever number it has
    place.issue()
    summary = place.send()
    assert summary.in_doubt == 4
    place.resume()
    place.send()
    assert set(place.sink.seen.values()) == {1}
    assert set(place.arrived().values()) == {2}  # each letter once
