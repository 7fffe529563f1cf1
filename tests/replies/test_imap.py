"""Mail from an IMAP server: what is new, once, whatever the server or the connection does."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from office.errors import RefusedError, UnreachableError
from replies.fetching import Fetcher, TrackSummary
from replies.matching import no_letters
from replies.sources import SourceMail
from replies.sources.opening import open_source
from store.fetching import Known, Position, known_of
from store.schema import fetched, inbound
from tests.replies.imap_house import at, letter, run
from tests.replies.samples import House, clock
from tests.replies.small_imap import Mailbox


def read(house: House, known: Known | None = None) -> list[SourceMail]:
    with closing(open_source(house.office, "", clock=clock)) as source:
        items = list(source.mails(known or Known()))
    assert all(isinstance(item, SourceMail) for item in items)
    return [item for item in items if isinstance(item, SourceMail)]


def remembered(house: House) -> Known:
    with house.store.read() as connection:
        (source,) = connection.execute(select(fetched.c.source).distinct()).scalars()
        return known_of(connection, source)


def ids(house: House) -> list[str]:
    with house.store.read() as connection:
        return sorted(connection.execute(select(inbound.c.message_id)).scalars())


def test_mails_come_whole_by_rising_uid(house: House, box: Mailbox) -> None:
    items = read(at(house, box))
    assert [item.raw for item in items] == list(box.mails.values())
    assert [item.name for item in items] == ["INBOX UID 3", "INBOX UID 4", "INBOX UID 9"]
    assert [item.mark for item in items] == ["7.3", "7.4", "7.9"]
    assert items[-1].position == Position(uidvalidity=7, last_uid=9)
    assert str(items[0].received_at) == "2022-04-08 09:00:00+00:00"


def test_nothing_is_marked_as_read(house: House, box: Mailbox) -> None:
    read(at(house, box))
    said = " ".join(box.commands)
    assert "EXAMINE" in said
    assert "BODY.PEEK[]" in said
    assert not any(word in said for word in ("SELECT", "STORE", "BODY[", "SEEN", "MOVE", "EXPUNGE"))


def test_the_next_run_asks_for_what_is_new_only(house: House, box: Mailbox) -> None:
    office = at(house, box)
    assert run(office).triage == 3
    assert remembered(house) == Known(names={"7.3", "7.4", "7.9"}, position=Position(uidvalidity=7, last_uid=9))
    box.commands.clear()
    assert run(office) == TrackSummary(kinds={}, filed=0, triage=0, already_known=0, problems=())
    assert [command for command in box.commands if "FETCH" in command] == [
        "UID FETCH 10:* (UID RFC822.SIZE INTERNALDATE)"
    ]
    box.mails[12] = letter(12)
    assert run(office).triage == 1
    assert sum("BODY" in command for command in box.commands) == 1


def test_another_uidvalidity_means_looking_at_everything_again(house: House, box: Mailbox) -> None:
    office = at(house, box)
    run(office)
    box.uidvalidity, box.mails = 8, {1: letter(3), 2: letter(4), 3: letter(9), 4: letter(99)}
    again = run(office)
    assert (again.already_known, again.triage) == (3, 1)
    assert len(ids(house)) == 4
    assert remembered(house).position == Position(uidvalidity=8, last_uid=4)


def test_a_broken_connection_loses_nothing(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.imap._MAILS_AT_ONCE", 1)
    office = at(house, box)
    box.cut_after = 2
    with pytest.raises(UnreachableError, match="broke") as caught:
        run(office)
    assert "Nothing is lost" in caught.value.hint
    assert remembered(house).position == Position(uidvalidity=7, last_uid=4)
    assert run(office).triage == 1
    assert len(ids(house)) == 3


def test_only_what_the_store_has_is_remembered(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    office = at(house, box, moved_to="Filed")
    whole = house.store.write
    filed: list[int] = []

    def failing() -> Any:
        if len(filed) == 1:
            raise UnreachableError("The disk is full.")
        filed.append(1)
        return whole()

    monkeypatch.setattr(house.store, "write", failing)
    with pytest.raises(UnreachableError, match="disk"):
        run(office)
    monkeypatch.undo()
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    assert (len(ids(house)), len(box.mails)) == (1, 3)
    again = run(office)
    assert (again.already_known, again.triage) == (1, 2)
    assert (box.mails, len(box.filed["Filed"])) == ({}, 3)


def test_mails_are_moved_once_the_store_has_them(house: House, box: Mailbox) -> None:
    office = at(house, box, moved_to="Filed")
    wanted = list(box.mails.values())
    assert run(office).triage == 3
    assert box.filed == {"Filed": wanted}
    box.mails[10] = letter(10)
    run(office)
    assert box.filed == {"Filed": [*wanted, letter(10)]}


def test_mails_that_were_filed_before_they_were_to_be_moved(house: House, box: Mailbox) -> None:
    run(at(house, box))
    assert run(at(house, box, moved_to="Filed")).already_known == 0
    assert (box.mails, len(box.filed["Filed"])) == ({}, 3)


def test_a_server_without_move(house: House, box: Mailbox) -> None:
    box.capabilities = "IMAP4rev1 UIDPLUS"
    run(at(house, box, moved_to="Filed"))
    assert [command.split()[:2] for command in box.commands if command.startswith("UID")][-4:] == [
        ["UID", "COPY"], ["UID", "COPY"], ["UID", "STORE"], ["UID", "EXPUNGE"],
    ]  # fmt: skip
    assert len(box.filed["Filed"]) == 3


def test_a_server_that_cannot_move_single_mails(house: House, box: Mailbox) -> None:
    box.capabilities = "IMAP4rev1"
    with pytest.raises(RefusedError, match="neither move") as caught:
        run(at(house, box, moved_to="Filed"))
    assert "moved_to" in caught.value.hint
    assert len(ids(house)) == len(box.mails) == 3


def test_a_mailbox_that_may_only_be_read(house: House, box: Mailbox) -> None:
    box.read_only = True
    assert run(at(house, box)).triage == 3
    with pytest.raises(RefusedError, match="may only read"):
        run(at(house, box, moved_to="Filed"))


def test_another_folder_of_the_mailbox_is_read_but_not_emptied(house: House, box: Mailbox) -> None:
    assert run(at(house, box, source=box.url("Other"), moved_to="Filed"), box.url()).triage == 3
    assert len(box.mails) == 3


# What servers do


@pytest.mark.parametrize("habit", ["uid_last", "as_text", "chatty"])
def test_habits_of_servers(house: House, box: Mailbox, habit: str) -> None:
    box.mails = {1: b'Subject: "x\\y"', 2: b"", 3: b"Subject: z"} if habit == "as_text" else box.mails
    setattr(box, habit, True)
    assert [item.raw for item in read(at(house, box))] == list(box.mails.values())


def test_a_mail_that_the_server_withholds_stops_no_other(house: House, box: Mailbox) -> None:
    office = at(house, box)
    box.withheld = {4}
    summary = run(office)
    assert (summary.triage, summary.problems) == (2, ("INBOX UID 4: the mail server does not hand it out",))
    assert remembered(house).position == Position(uidvalidity=7, last_uid=3)
    box.commands.clear()
    assert run(office).problems  # as long as it lasts, but nothing else is read again
    assert [command for command in box.commands if "BODY" in command] == ["UID FETCH 4 (UID BODY.PEEK[])"]
    box.withheld = set()
    assert run(office).triage == 1
    box.mails[10] = letter(10)
    run(office)
    assert remembered(house).position == Position(uidvalidity=7, last_uid=10)


def test_a_mail_deleted_meanwhile_is_nobodys_fault(house: House, box: Mailbox) -> None:
    box.vanishing = {4}
    summary = run(at(house, box))
    assert (summary.triage, summary.problems) == (2, ())
    assert remembered(house).position == Position(uidvalidity=7, last_uid=9)


def test_of_a_mail_that_is_too_large_the_beginning(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.imap.LARGEST_MAIL", 100_000)
    box.mails[5] = letter(5, "x" * 200_000)
    items = {item.mark: item for item in read(at(house, box))}
    assert len(items) == 4
    assert "larger" in items["7.5"].problem
    assert items["7.5"].raw == box.mails[5][: 64 * 1024]
    assert items["7.9"].problem == ""


def test_large_mails_are_not_fetched_together(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.imap._PORTION", 1_000)
    box.mails = {uid: letter(uid, "x" * 400) for uid in range(1, 4)}
    assert len(read(at(house, box))) == 3
    assert sum("BODY" in command for command in box.commands) == 3


# Several looks


def test_a_fetcher_goes_on_where_it_was(house: House, box: Mailbox) -> None:
    office = at(house, box).office
    source = open_source(office, "", clock=clock)
    fetcher = Fetcher(source, house.store, office, house.tokens, clock, letters=no_letters)
    with closing(source):
        assert len(list(fetcher.fetch())) == 3
        source.close()  # as after 8 minutes
        box.mails[20] = letter(20)
        assert len(list(fetcher.fetch())) == 1
        assert list(fetcher.fetch()) == []


def test_the_server_rings(house: House, box: Mailbox) -> None:
    with closing(open_source(at(house, box).office, "", clock=clock)) as source:
        looks = []

        def looking() -> bool:
            looks.append(1)
            box.mails[30 + len(looks)] = letter(30)
            return len(looks) > 100

        source.wait(60, looking)
        assert len(looks) < 3


def test_a_wait_ends_when_asked_or_when_time_is_up(house: House, box: Mailbox) -> None:
    for capabilities in ("IMAP4rev1", "IMAP4rev1 IDLE"):
        box.capabilities = capabilities
        with closing(open_source(at(house, box).office, "", clock=clock)) as source:
            source.wait(60, lambda: True)
            source.wait(0.05, lambda: False)


def test_a_connection_is_renewed_after_a_while(house: House, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("replies.sources.imap.RECONNECT", 0.0)
    with closing(open_source(at(house, box).office, "", clock=clock)) as source:
        for _ in range(2):
            assert len(list(source.mails(Known()))) == 3
            source.wait(60, lambda: False)
    assert len(box.logins) == 2
    assert box.commands.count("LOGOUT") == 2
