"""An office whose answers lie on a small IMAP server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from office.model import Inbox
from replies.fetching import TrackSummary, track
from tests.replies.samples import House, clock, mail
from tests.replies.small_imap import Mailbox


def letter(number: int, text: str = "We shall come.") -> bytes:
    return mail(f"{text}", Message_ID=f"<{number}@x.example.org>").replace("\n", "\r\n").encode()


def at(house: House, box: Mailbox, **inbox: Any) -> House:
    settings = {"source": box.url(), "password_env": "TEST_PASSWORD", **inbox}
    return replace(house, office=replace(house.office, inbox=Inbox(**settings)))


def run(house: House, source: str = "") -> TrackSummary:
    return track(house.store, house.office, house.tokens, source=source, clock=clock)
