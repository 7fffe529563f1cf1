"""The send journal: what it remembers, of what, and whatever is done to its files."""

from __future__ import annotations

import os
import random
import tracemalloc
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from delivery.journal import Journal, Marks, known_messages, left_messages, told_last
from delivery.journal_lines import highest_number
from delivery.lease import LostError, sending
from delivery.ledger import Ledger
from office.model import Office
from store.journalled import Waiting
from store.messages import Wanted
from tests.delivery.samples import NOW, TOKENS_HEX, issue_sample, open_sample_store, plain_routes, sample_office


def row(number: int) -> Waiting:
    return Waiting(number, f"m{number}@example.int", f"key-{number}", f"a{number}@example.org", "to", None, NOW)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    (tmp_path / "office.key").write_text(TOKENS_HEX)
    return sample_office(tmp_path)


def opened(office: Office, slug: str = "forum", *, at: datetime = NOW, is_shared: bool = False) -> Journal:
    return Journal(office, slug, 1, clock=lambda: at, is_shared=is_shared)


@pytest.fixture
def on(office: Office, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Journal]:
    """Open the journal on a machine of that name."""

    def opened_there(host: str, *, seconds: int = 0) -> Journal:
        monkeypatch.setattr("socket.gethostname", lambda: host)
        return opened(office, at=NOW + timedelta(seconds=seconds), is_shared=True)

    return opened_there


def test_the_last_line_counts(office: Office) -> None:
    with opened(office) as journal:
        journal.append(leaving=[row(1), row(2), row(7)])
        journal.append(stayed=[row(2)])
        journal.append(stayed=[row(1)], leaving=[row(1)])
        known = journal.known()
        assert list(known.numbers()) == [1, 7]
        assert [known.has_number(number) for number in (1, 2, 7, 8, 10**12)] == [True, False, True, False, False]
        marks = journal.marks
        assert [known.has_mark(marks.of(row(number))) for number in (1, 2, 7, 8)] == [True, False, True, False]
    assert left_messages(office.folder, "forum", 1) == {1, 7}
    assert known_messages(office.folder, "forum", 1)[2] == "m2@example.int"
    assert highest_number(office.folder) == 7


def test_a_mark_is_of_what_is_the_same_to_a_person(office: Office) -> None:
    of = Marks(office, "forum").of
    letter = row(1)
    assert of(letter._replace(id=9, message_id="other@example.int", mailbox="A1@Example.org")) == of(letter)
    others = [
        letter._replace(key="other"),
        letter._replace(mailbox="b@example.org"),
        letter._replace(role="cc"),
        letter._replace(reminder_id=3),
        letter._replace(reminder_id=3, issued_at=NOW + timedelta(days=1)),
    ]
    assert len({of(letter), *(of(other) for other in others)}) == 6
    assert of(letter._replace(reminder_id=3)) == of(letter._replace(reminder_id=4, issued_at=NOW + timedelta(hours=3)))
    assert Marks(office, "other").of(letter) != of(letter)
    (office.folder / "office.key").write_text(bytes(range(1, 33)).hex())
    assert Marks(office, "forum").of(letter) != of(letter)


def test_no_personal_data_stand_in_it(office: Office) -> None:
    with opened(office) as journal:
        journal.append(leaving=[row(1)])
    content = (office.folder / "journal" / "sent-forum.log").read_text()
    assert content.count("\n") == 1
    assert "example.org" not in content
    assert "key-1" not in content


def test_without_the_key_numbers_are_known(office: Office) -> None:
    (office.folder / "office.key").unlink()
    with opened(office) as journal:
        journal.append(leaving=[row(1)])
        assert list(journal.known().numbers()) == [1]
        assert not journal.known().has_mark(journal.marks.of(row(1)))


def test_lines_of_older_versions_are_read(office: Office) -> None:
    folder = office.folder / "journal"
    folder.mkdir()
    (folder / "sent-1.log").write_text(
        "+ 1 m1@example.int\n+ 2 m2@example.int\n- 2 m2@example.int\n+ 3 m3@example.int\n"
    )
    (folder / "sent-2.log").write_text("+ 9 m9@example.int\n")
    with opened(office) as journal:
        journal.append(stayed=[row(3)], leaving=[row(4)])
        assert list(journal.known().numbers()) == [1, 4]
    assert highest_number(office.folder) == 9


@pytest.mark.parametrize(
    "damage",
    [
        b"+ 3 half",
        b"+ 3",
        b"\x00\x01\n+ 99999999999999999999 x\n- x y\n",
        b"+ -1 a\n= \xff\n",
        b"+ 3 a b c\n+ 3 m3@example.int xyz 2022-03-21T09:30:00Z\n",
        b"+ 9999999999999 a 0123456789abcdef 2022-03-21T09:30:00Z",
    ],
)
@pytest.mark.parametrize("is_shared", [False, True])
def test_damage_takes_no_other_line_along(office: Office, damage: bytes, is_shared: bool) -> None:
    with opened(office, is_shared=is_shared) as journal:
        journal.append(leaving=[row(1)])
        path = journal.path
    with path.open("ab") as file:
        file.write(damage)
    with opened(office, is_shared=is_shared) as journal:
        journal.append(leaving=[row(2)])
        assert list(journal.known().numbers())[:2] == [1, 2]


@pytest.mark.parametrize("is_shared", [False, True])
def test_a_message_whose_line_is_torn_has_left(office: Office, is_shared: bool) -> None:
    """What is cut off the end of the file takes nothing back, as long as the line still says whose it is."""
    with opened(office, is_shared=is_shared) as journal:
        journal.append(leaving=[row(1)])
        whole, path, mark = journal.path.read_bytes(), journal.path, journal.marks.of(row(2))
        journal.append(leaving=[row(2)])
        line = path.read_bytes()[len(whole) :].lstrip()
    for end in range(len(b"+ 2 m"), len(line)):
        path.write_bytes(whole + line[:end])
        with opened(office, is_shared=is_shared) as journal:
            journal.append(leaving=[row(7)])
            known, (by_number, _) = journal.known(), journal.last({2}, set())
            assert list(known.numbers()) == [1, 2, 7]
            assert known.has_mark(mark) == (mark.encode() in line[:end])
            assert by_number[2].is_of("m2@example.int")
            assert not by_number[2].is_of("other@example.int")
        assert known_messages(office.folder, "forum", 1).get(2, "m2@example.int") == "m2@example.int"
        path.unlink()


def test_a_line_after_a_torn_one_takes_it_back(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk was full for a moment."""
    with opened(office) as journal:
        with monkeypatch.context() as full:
            full.setattr(journal, "_file", Short(journal))
            with pytest.raises(OSError, match="No space left"):
                journal.append(leaving=[row(1)])
        journal.append(stayed=[row(1)], leaving=[row(2)])
        assert list(journal.known().numbers()) == [2]


def test_every_machine_has_a_file_and_all_are_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for seconds, host in enumerate(("alpha", "beta/../x", "alpha")):
        monkeypatch.setattr("socket.gethostname", lambda host=host: host)
        with opened(office, at=NOW + timedelta(seconds=seconds), is_shared=True) as journal:
            journal.append(leaving=[row(seconds + 1)])
    names = sorted(path.name for path in (office.folder / "journal").iterdir())
    assert names == ["sent-forum@alpha.log", "sent-forum@beta_.._x.log"]
    assert left_messages(office.folder, "forum", 1) == {1, 2, 3}
    assert left_messages(office.folder, "foru", 1) == set()


def test_the_latest_line_of_any_machine_counts(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def on(host: str, seconds: int, **lines: list[Waiting]) -> None:
        monkeypatch.setattr("socket.gethostname", lambda: host)
        with opened(office, at=NOW + timedelta(seconds=seconds), is_shared=True) as journal:
            journal.append(**lines)

    on("b", 1, leaving=[row(1), row(2)])
    on("a", 2, stayed=[row(3)])
    on("b", 2, leaving=[row(3)])  # in the same second: it may have left
    on("a", 5, stayed=[row(1)])  # somebody sends it again, from another machine
    assert left_messages(office.folder, "forum", 1) == {2, 3}


def test_what_two_machines_say_in_the_same_second(office: Office, on: Callable[..., Journal]) -> None:
    """One breaks off, and the other sends it at once: it left, though the first took its line back in that second."""
    with on("beta") as broken_off, on("alpha") as at_once:
        broken_off.append(leaving=[row(1), row(2), row(3)])
        broken_off.append(stayed=[row(1), row(2)])
        at_once.append(leaving=[row(1)])
        assert list(at_once.known().numbers()) == [1, 3]
        assert [at_once.has_left([row(number)]) for number in (1, 2, 3)] == [True, False, True]
    assert left_messages(office.folder, "forum", 1) == {1, 3}


def test_a_machine_whose_clock_is_behind(office: Office, on: Callable[..., Journal]) -> None:
    """It sends what the other has taken back: that line is the later one, though its moment was to be earlier."""
    with on("beta", seconds=3) as ahead, on("alpha") as behind:
        ahead.append(leaving=[row(1), row(2)])
        ahead.append(stayed=[row(1), row(2)])
        assert not behind.has_left([row(1), row(2)])  # claimed
        behind.append(leaving=[row(1)])
        assert list(behind.known().numbers()) == [1]


def test_a_machine_that_begins_later_and_whose_clock_is_behind(office: Office, on: Callable[..., Journal]) -> None:
    """It sends, and a person settles there, what the other has written before it began."""
    with on("alpha", seconds=3600) as ahead, on("gamma", seconds=3600) as other:
        ahead.append(leaving=[row(1), row(2), row(3)])
        ahead.append(stayed=[row(1)])
        with on("beta", seconds=10) as behind:
            behind.append(leaving=[row(1)], stayed=[row(2)])
            assert list(behind.known().numbers()) == [1, 3]
        assert [other.has_left([row(number)]) for number in (1, 2, 3)] == [True, False, True]
    assert left_messages(office.folder, "forum", 1) == {1, 3}


@pytest.mark.parametrize("is_shared", [False, True])
def test_what_was_told_is_no_news_though_a_clock_was_ahead(office: Office, is_shared: bool) -> None:
    with opened(office, at=NOW + timedelta(hours=1), is_shared=is_shared) as ahead:
        ahead.append(leaving=[row(1)])
    with opened(office, is_shared=is_shared) as mended:
        mended.told()
        by_number, _ = mended.last({1}, set())
        assert by_number[1].at <= mended.last_told()
    assert told_last(office.folder, "forum", 1)
    with opened(office, is_shared=True) as shared:
        shared.append(leaving=[row(2)])
    assert not told_last(office.folder, "forum", 1)


@pytest.mark.parametrize("moment", [b"9999-99-99T99:99:99Z", b"9999-12-31T23:59:59Z", b"2026-02-31T00:00:00Z"])
def test_a_moment_that_is_none_stops_nobody(office: Office, on: Callable[..., Journal], moment: bytes) -> None:
    with on("alpha") as journal, journal.path.open("ab") as file:
        file.write(b"+ 2 m2@example.int - " + moment + b"\n")
    os.utime(journal.path, (NOW.timestamp(), NOW.timestamp()))
    with on("beta") as other:
        other.append(leaving=[row(1)], stayed=[row(2)])
        other.told()
        assert list(other.known().numbers()) in ([1], [1, 2])  # in doubt, at worst
    assert told_last(office.folder, "forum", 1)


@pytest.mark.parametrize("is_shared", [False, True])
def test_what_others_are_to_see_is_synced(office: Office, monkeypatch: pytest.MonkeyPatch, is_shared: bool) -> None:
    with opened(office, is_shared=is_shared) as journal:
        synced: list[int] = []
        monkeypatch.setattr("os.fsync", lambda _: synced.append(journal.path.stat().st_size))
        journal.append(stayed=[row(1)])
        assert synced == [journal.path.stat().st_size][: int(is_shared)]
        journal.append(leaving=[row(1)])
        assert synced[-1] == journal.path.stat().st_size


def test_a_long_name_of_a_folder(office: Office) -> None:
    with opened(office, "ö" * 120) as journal:
        journal.append(leaving=[row(1)])
    assert left_messages(office.folder, "ö" * 120, 1) == {1}


def test_a_full_disk_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(office) as journal:
        monkeypatch.setattr(journal, "_file", Short(journal))
        with pytest.raises(OSError, match="No space left"):
            journal.append(leaving=[row(1)])


class Short:
    """A file that takes half of what it is given."""

    def __init__(self, journal: Journal) -> None:
        self._file = journal._file

    def write(self, content: bytes) -> int:
        return self._file.write(content[: len(content) // 2]) or 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_a_long_journal_costs_little_memory(office: Office) -> None:
    chance = random.Random(1)
    count = 140_000
    path = office.folder / "journal" / "sent-forum.log"
    path.parent.mkdir()
    with path.open("w") as file:
        for number in range(1, count + 1):
            file.write(f"+ {number} m{number}@example.int {chance.getrandbits(64):016x} 2022-03-21T09:30:00Z\n")
    with opened(office) as journal:
        tracemalloc.start()
        known = journal.known()
        held, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert known.has_number(count)
    assert held < 3_000_000
    assert peak < 10_000_000


def test_what_any_sender_adds_is_known_to_all_that_share_the_journal(office: Office) -> None:
    with opened(office, is_shared=True) as earlier:
        earlier.append(leaving=[row(1)])
    with opened(office, is_shared=True) as mine, opened(office, is_shared=True) as other:
        assert not mine.has_left([row(1), row(2)])  # what stood there when it was opened was compared then
        other.append(leaving=[row(2), row(3)])
        assert mine.has_left([row(4), row(3)])
        assert not mine.has_left([row(4)])
        mine.append(stayed=[row(2)])
        assert not mine.has_left([row(2)])
        assert mine.has_left([row(3)])
        with mine.path.open("ab") as torn:
            torn.write(b"\n+ 5 m5@example.int")
        assert not mine.has_left([row(5)])  # it is being written
        other.append(leaving=[row(6)])
        assert mine.has_left([row(5)])
        assert mine.has_left([row(6)])
    with opened(office) as alone, opened(office) as second:
        second.append(leaving=[row(9)])
        assert not alone.has_left([row(9)])


@pytest.mark.parametrize("desk", ["alpha", "omega"])
def test_doubt_settled_on_another_machine_is_no_store_put_back(on: Callable[..., Journal], desk: str) -> None:
    """Whatever machine it is settled on, and however its file is called."""
    with on("beta") as mine, on("gamma") as other:
        other.append(leaving=[row(1), row(2)])  # and then nobody knows
        with on(desk, seconds=1) as settled:
            settled.append(stayed=[row(1)])  # a person: send it again
        assert not mine.has_left([row(1)])
        assert mine.has_left([row(2)])
        with on(desk, seconds=2) as again:
            again.append(leaving=[row(1)])
        assert mine.has_left([row(1)])


def test_a_store_that_was_put_back_under_the_senders_hands_gives_nothing_out(tmp_path: Path, office: Office) -> None:
    store = open_sample_store(tmp_path)
    circular_id = issue_sample(store, office, plain_routes(6))
    with (
        opened(office, is_shared=True) as mine,
        opened(office, is_shared=True) as other,
        sending(store, office.folder, circular_id, lambda: NOW) as sender,
    ):
        ledger = Ledger(
            store, mine, sender=sender, circular_id=circular_id, clock=lambda: NOW, wanted=Wanted(),
            on_write=lambda: None,
        )  # fmt: skip
        assert [claimed.id for claimed in ledger.claim(2)] == [1, 2]
        other.append(leaving=[row(4)])  # and then somebody puts a store back in which it waits
        with pytest.raises(LostError, match="put back"):
            ledger.claim(2)
        other.append(stayed=[row(4)])
        assert [claimed.id for claimed in ledger.claim(2)] == [3, 4]
        ledger.close()
    store.close()
