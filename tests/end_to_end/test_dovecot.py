"""Fetching from a real IMAP server: Debian's dovecot-imapd, which .ci/run installs; any user may run it."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from office.errors import CircularsError, InputError, NotFoundError, RefusedError, UnreachableError
from office.model import Inbox, OAuth
from office.tokens import create_key
from pipeline.desk import Desk
from replies.fetching import Fetcher, TrackSummary, track
from replies.matching import no_letters
from replies.sources import SourceMail
from replies.sources.opening import open_source
from store.fetching import Known
from store.schema import inboxes
from tests.end_to_end.dovecot import PASSWORD, Dovecot, running_dovecot
from tests.office.token_server import TokenServer, running_tokens
from tests.pipeline.test_following import following
from tests.replies.samples import House, clock, mail, open_house
from tests.replies.small_imap import until

pytestmark = pytest.mark.packages


@pytest.fixture(scope="module")
def tokens() -> Iterator[TokenServer]:
    with running_tokens() as tokens:
        yield tokens


@pytest.fixture(scope="module")
def dovecot(tokens: TokenServer) -> Iterator[Dovecot]:
    with running_dovecot(introspection=tokens.introspection) as server:
        yield server


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of the test's own."""
    return "".join(sign for sign in request.node.name if sign.isalnum())


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setenv("TEST_PASSWORD", PASSWORD)
    house = open_house(tmp_path)
    yield house
    house.store.close()


def at(house: House, source: str, **inbox: Any) -> House:
    settings = {"password_env": "TEST_PASSWORD", **inbox}
    return replace(house, office=replace(house.office, inbox=Inbox(source=source, **settings)))


def run(house: House, source: str = "") -> TrackSummary:
    return track(house.store, house.office, house.tokens, source=source, clock=clock)


def letters(*numbers: int) -> list[str]:
    return [mail(f"We are {number}.", Message_ID=f"<{number}@x.example.org>") for number in numbers]


def flags(dovecot: Dovecot, user: str, folder: str = "INBOX") -> list[bytes]:
    client = dovecot.client(user)
    assert client.select(folder, readonly=True)[0] == "OK"
    found = client.fetch("1:*", "(FLAGS)")[1]
    client.logout()
    return [line for line in found if isinstance(line, bytes)]


def count(dovecot: Dovecot, user: str, folder: str) -> int:
    client = dovecot.client(user)
    answer = client.select(folder, readonly=True)
    client.logout()
    return int(answer[1][0] or 0) if answer[0] == "OK" else -1


def test_mails_are_fetched_once_and_stay_unread(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1, 2, 3))
    office = at(house, dovecot.url(user))
    assert run(office).triage == 3
    assert all(b"Seen" not in line for line in flags(dovecot, user))
    dovecot.deliver(user, *letters(4))
    again = run(office)
    assert (again.triage, again.already_known) == (1, 0)
    assert run(office) == TrackSummary(kinds={}, filed=0, triage=0, already_known=0, problems=())


def test_what_somebody_has_read_is_new_to_us(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1))
    client = dovecot.client(user)
    client.select()
    client.fetch("1", "(BODY[])")
    client.logout()
    assert run(at(house, dovecot.url(user))).triage == 1


def test_the_bytes_are_those_that_were_delivered(house: House, dovecot: Dovecot, user: str) -> None:
    odd = b"Subject: =?x?=\r\nX: \xff\xfe\r\n\r\nbare\rcarriage\r\n.\r\n)\r\nA1 OK (UID 9 BODY[] {3}\r\n"
    dovecot.deliver(user, *letters(1), odd, *letters(2))
    with closing(open_source(at(house, dovecot.url(user)).office, "", clock=clock)) as source:
        items = [item for item in source.mails(Known()) if isinstance(item, SourceMail)]
    assert len(items) == 3
    assert b"A1 OK (UID 9 BODY[] {3}" in items[1].raw
    assert items[1].raw.startswith(b"Subject: =?x?=\r\nX: \xff\xfe")


def test_a_folder_that_was_made_anew_is_looked_at_again(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1, 2), folder="Antworten")
    office = at(house, dovecot.url(user, "Antworten"))
    run(office)
    client = dovecot.client(user)
    client.delete("Antworten")
    client.logout()
    dovecot.deliver(user, *letters(1, 2, 3), folder="Antworten")
    again = run(office)
    assert (again.already_known, again.triage) == (2, 1)


def test_mails_are_moved_into_a_folder_that_is_made(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1, 2))
    office = at(house, dovecot.url(user), moved_to="Abgelegt, «fertig»")
    assert run(office).triage == 2
    assert count(dovecot, user, "INBOX") == 0
    client = dovecot.client(user)
    names = client.list()[1]
    client.logout()
    assert any(b"Abgelegt" in name for name in names if isinstance(name, bytes))


def test_a_lost_connection_loses_nothing(
    house: House, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("replies.sources.imap._MAILS_AT_ONCE", 2)
    dovecot.deliver(user, *letters(1, 2, 3, 4, 5))
    office = at(house, dovecot.url(user), moved_to="Filed").office
    source = open_source(office, "", clock=clock)
    fetcher = Fetcher(source, house.store, office, house.tokens, clock, letters=no_letters)
    filed = []

    def until_cut() -> None:
        for item in fetcher.fetch():
            filed.append(item)
            if len(filed) == 1:
                dovecot.kick(user)

    with pytest.raises(UnreachableError):
        until_cut()
    assert len(filed) == 2  # those of the first portion
    with closing(source):
        assert len(list(fetcher.fetch())) == 3
    assert (count(dovecot, user, "INBOX"), count(dovecot, user, "Filed")) == (0, 5)
    assert len(house.mails()) == 5


def test_the_bell_rings(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1))
    office = at(house, dovecot.url(user)).office
    with closing(open_source(office, "", clock=clock)) as source:
        fetcher = Fetcher(source, house.store, office, house.tokens, clock, letters=no_letters)
        assert len(list(fetcher.fetch())) == 1
        looks = []

        def looking() -> bool:
            looks.append(1)
            if len(looks) == 1:
                dovecot.deliver(user, *letters(2))
            return len(looks) > 30

        source.wait(60, looking)
        assert len(looks) < 10
        assert len(list(fetcher.fetch())) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_connections_are_protected(house: House, dovecot: Dovecot, user: str, security: str) -> None:
    dovecot.deliver(user, *letters(1))
    (house.office.folder / "ca.pem").write_bytes(dovecot.certificate.read_bytes())
    source = {
        "tls": f"imaps://{user}@127.0.0.1:{dovecot.tls_port}/INBOX",
        "starttls": f"imap://{user}@127.0.0.1:{dovecot.port}/INBOX?security=starttls",
    }[security]
    with pytest.raises(InputError, match="cannot be trusted") as caught:
        run(at(house, source))
    assert "ca_file" in caught.value.hint
    assert run(at(house, source, ca_file="ca.pem")).triage == 1


def test_a_certificate_of_another_host(house: House, dovecot: Dovecot, user: str) -> None:
    (house.office.folder / "ca.pem").write_bytes(dovecot.certificate.read_bytes())
    assert socket.gethostbyname("localhost") == "127.0.0.1"
    with pytest.raises(InputError, match="cannot be trusted"):
        run(at(house, f"imaps://{user}@localhost:{dovecot.tls_port}", ca_file="ca.pem"))


def failure(house: House) -> CircularsError:
    with pytest.raises(CircularsError) as caught:
        run(house)
    return caught.value


def test_a_wrong_password(house: House, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PASSWORD", "wrong")
    assert isinstance(failure(at(house, dovecot.url(user))), RefusedError)


def test_a_missing_folder(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1), folder="Replies")
    error = failure(at(house, dovecot.url(user, "Replys")))
    assert isinstance(error, NotFoundError)
    assert "«Replies»" in error.hint


def test_a_folder_in_another_script(house: House, dovecot: Dovecot, user: str) -> None:
    client = dovecot.client(user)
    assert client.create('"&BB4EQgQyBDUEQgRL- &- more"')[0] == "OK"
    client.append('"&BB4EQgQyBDUEQgRL- &- more"', "", "", letters(1)[0].encode())
    client.logout()
    assert run(at(house, dovecot.url(user, "Ответы%20&%20more"))).triage == 1


def test_oauth_opens_the_mailbox(
    house: House, dovecot: Dovecot, tokens: TokenServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_SECRET", "x")
    dovecot.deliver(user, *letters(1))
    oauth = OAuth(token_url=tokens.url, client_id="office", client_secret_env="TEST_SECRET")
    office = at(house, dovecot.url(user), password_env="", oauth=oauth)
    tokens.owners = {"another": user}
    error = failure(office)
    assert isinstance(error, RefusedError)
    assert "does not open this mailbox" in error.hint
    tokens.owners = {"token-1": user}
    assert run(office).triage == 1


def test_another_folder_has_a_place_of_its_own(house: House, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, *letters(1))
    dovecot.deliver(user, *letters(2), folder="Spam")
    office = at(house, dovecot.url(user))
    assert run(office).triage == 1
    assert run(office, dovecot.url(user, "Spam")).triage == 1
    with house.store.read() as connection:
        sources = sorted(connection.execute(select(inboxes.c.source)).scalars())
    assert sources == [f"imaps://{user}@127.0.0.1:{dovecot.port}/{folder}" for folder in ("INBOX", "Spam")]


def test_following_outlives_the_server(house: House, dovecot: Dovecot, user: str) -> None:
    create_key(house.office.folder / "office.key")
    desk = Desk(office=at(house, dovecot.url(user)).office, store=house.store, clock=clock)
    dovecot.deliver(user, *letters(1))
    with following(desk) as heard:
        until(lambda: len(heard.rows) == 1)
        dovecot.stop()
        until(lambda: len(heard.interruptions) >= 2)
        dovecot.start()
        dovecot.deliver(user, *letters(2))
        until(lambda: len(heard.rows) == 2)
        tries = len(heard.interruptions)
        dovecot.deliver(user, *letters(3))  # the bell, for it is an hour until the next look
        until(lambda: len(heard.rows) == 3)
    assert len(heard.interruptions) == tries
    assert heard.errors == []
