"""Tokens at the mail server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from office.errors import RefusedError
from office.model import Inbox, OAuth
from replies.fetching import track
from tests.office.token_server import TokenServer, running_tokens
from tests.replies.samples import House, clock
from tests.replies.small_imap import Mailbox, running


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with running_tokens() as server:
        yield server


def at(house: House, box: Mailbox, server: TokenServer) -> House:
    oauth = OAuth(token_url=server.url, client_id="office", client_secret_env="SECRET")
    return replace(house, office=replace(house.office, inbox=Inbox(source=box.url(), oauth=oauth)))


def test_the_token_opens_the_mailbox(house: House, server: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    with running(Mailbox(token="token-1")) as box:
        office = at(house, box, server)
        track(office.store, office.office, office.tokens, source="", clock=clock)
    assert box.logins == [b"XOAUTH2 user=replies\1auth=Bearer token-1\1\1"]


def test_a_token_that_opens_nothing(house: House, server: TokenServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    with running(Mailbox(token="another")) as box:
        office = at(house, box, server)
        with pytest.raises(RefusedError, match="refuses the login") as caught:
            track(office.store, office.office, office.tokens, source="", clock=clock)
    assert "does not open this mailbox" in caught.value.hint
    assert "token-1" not in caught.value.message
