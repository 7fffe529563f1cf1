"""Who owes an answer, and which mails hold a reminder."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store.inbound import add_mail
from store.notes import add_note
from store.owing import holds, settled_asks
from tests.replies.samples import NOW, House


def put(
    house: House,
    *,
    party: str = "",
    candidates: tuple[tuple[int, str], ...] = (),
    kind: str = "reply",
    confidence: str = "unsure",
    state: str = "triage",
) -> None:
    """File a mail of a party, or of nobody who is known, with its candidates (circular, party)."""
    owner = house._addressee("minister-ke", 1) if party else None
    details = {"candidates": [{"circular_id": circular, "party": name} for circular, name in candidates]}
    with house.store.write() as connection:
        add_mail(
            connection, fingerprint=f"{party}{candidates}{kind}{state}", message_id="m@example.org", filed_at=NOW,
            received_at=NOW, sender="somebody@example.org", subject="S", kind=kind, confidence=confidence, state=state,
            reason="", details=details, circular_id=1 if party else None, addressee_id=owner, thread="", raw=b"",
        )  # fmt: skip


def held(house: House, circular: int = 1) -> dict[str, str]:
    with house.store.read() as connection:
        return holds(connection, circular, NOW)


def test_a_mail_of_a_party_or_perhaps_of_one_holds(house: House) -> None:
    assert held(house) == {}
    put(house, party="KE")
    put(house, candidates=((1, "FR"), (2, "EG")))
    assert held(house) == {"KE": "held-by-mail", "FR": "held-by-mail"}
    assert held(house, 2) == {"EG": "held-by-mail"}


@pytest.mark.parametrize(
    ("kind", "confidence", "holding"),
    [
        ("auto-reply", "certain", False), ("auto-reply", "likely", False), ("auto-reply", "unsure", True),
        ("bounce", "certain", False), ("delay", "certain", False), ("calendar", "likely", True),
        ("unsubscribe", "likely", True), ("forward", "likely", True),
    ],
)  # fmt: skip
def test_what_a_machine_wrote_holds_nothing(house: House, kind: str, confidence: str, holding: bool) -> None:
    put(house, party="KE", kind=kind, confidence=confidence)
    assert bool(held(house)) is holding


@pytest.mark.parametrize("state", ["filed", "settled"])
def test_only_what_is_undecided_holds(house: House, state: str) -> None:
    put(house, party="KE", state=state)
    assert held(house) == {}


def test_a_note_holds_until_its_moment(house: House) -> None:
    with house.store.write() as connection:
        add_note(connection, 1, "KE", "later", until=NOW + timedelta(days=1), at=NOW, by="ann")
        add_note(connection, 1, "FR", "once", until=NOW, at=NOW, by="ann")
        add_note(connection, 1, "EG", "a remark", until=None, at=NOW, by="ann")
    assert held(house) == {"KE": "held-by-note"}


@pytest.mark.parametrize(
    ("state", "owes"),
    [("acknowledged", True), ("open", True), ("received", False), ("declined", False), ("excused", False)],
)
def test_who_owes_an_answer(house: House, state: str, owes: bool) -> None:
    house.decide("KE", "attendance", state)
    with house.store.read() as connection:
        expected = set() if owes else {("KE", "attendance")}
        assert settled_asks(connection, 1) == settled_asks(connection, 1, ["KE", "FR"]) == expected
        assert settled_asks(connection, 1, ["FR"]) == set()
        assert settled_asks(connection, 2) == set()
