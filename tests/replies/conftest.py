"""A register that has been issued and sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.replies.imap_house import letter
from tests.replies.samples import House, open_house
from tests.replies.small_imap import Mailbox, running


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = open_house(tmp_path)
    yield house
    house.store.close()


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A mailbox on a server, and the password for it."""
    monkeypatch.setenv("TEST_PASSWORD", "secret")
    with running(Mailbox(mails={uid: letter(uid) for uid in (3, 4, 9)})) as box:
        yield box
