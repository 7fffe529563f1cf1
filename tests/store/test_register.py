from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from office.errors import NotFoundError, RefusedError
from store import register, standings
from store.delegates import Delegate, delegates_of
from store.schema import answers, asks, outbox
from store.standings import AskCounts
from tests.replies.samples import DUE, NOW, House, mail


def decide(
    house: House, party: str, state: str, *, ask: str = "attendance", after: timedelta = -timedelta(days=1)
) -> None:
    with house.store.write() as connection:
        register.record_answer(
            connection, circular_id=1, party=party, ask=ask, state=state, by="letter", answered_at=DUE + after,
            recorded_at=NOW, recorded_by="amina", note="by courier",
        )  # fmt: skip


def counts(house: House, ask: str = "attendance") -> AskCounts:
    with house.store.read() as connection:
        return next(found for found in standings.ask_counts(connection, 1) if found.id == ask)


def set_state(house: House, state: str, *mailboxes: str) -> None:
    with house.store.write() as connection:
        connection.execute(
            update(outbox).where(outbox.c.circular_id == 1, outbox.c.mailbox.in_(mailboxes)).values(state=state)
        )


def parts(found: AskCounts) -> int:
    return found.answered + found.received + found.acknowledged + found.silent + found.unreachable


def test_nobody_has_answered(house: House) -> None:
    found = counts(house)
    assert (found.parties, found.silent, found.answered, found.due) == (4, 4, 0, DUE)


def test_states_partition_the_parties(house: House) -> None:
    decide(house, "KE", "accepted")
    decide(house, "FR", "declined")
    decide(house, "EG", "acknowledged")
    set_state(house, "bounced", "person@gmail.com")
    found = counts(house)
    assert (found.parties, found.answered, found.accepted, found.declined) == (4, 2, 1, 1)
    assert (found.acknowledged, found.silent, found.unreachable) == (1, 0, 1)
    assert parts(found) == found.parties
    assert counts(house, "statement").silent == 3


def test_latest_state_counts_and_history_is_kept(house: House) -> None:
    decide(house, "KE", "accepted")
    decide(house, "KE", "declined")
    assert (counts(house).accepted, counts(house).declined) == (0, 1)
    with house.store.read() as connection:
        history = register.history(connection, 1, "KE")
    assert [(row.state, row.by, row.note) for row in history] == [
        ("accepted", "letter", "by courier"),
        ("declined", "letter", "by courier"),
    ]


@pytest.mark.parametrize("state", register.ANSWERED)
def test_every_answer_counts_as_answered(house: House, state: str) -> None:
    decide(house, "KE", state)
    assert counts(house).answered == 1


def test_an_answer_taken_back_is_silent(house: House) -> None:
    decide(house, "KE", "accepted")
    decide(house, "KE", "open")
    assert (counts(house).answered, counts(house).silent) == (0, 4)


def test_an_extension_recorded_as_a_state_by_the_first_version_is_silent(house: House) -> None:
    decide(house, "KE", "accepted")
    decide(house, "KE", "open")
    with house.store.write() as connection:
        connection.execute(update(answers).where(answers.c.state == "open").values(state="extended"))
    assert (counts(house).answered, counts(house).silent) == (0, 4)


def test_excused_parties_owe_nothing(house: House) -> None:
    decide(house, "KE", "excused")
    found = counts(house)
    assert (found.parties, found.excused, found.silent) == (3, 1, 3)
    assert parts(found) == found.parties


@pytest.mark.parametrize(("after", "late"), [(-timedelta(seconds=1), 0), (timedelta(0), 1), (timedelta(days=3), 1)])
def test_late_is_at_or_after_the_deadline(house: House, after: timedelta, late: int) -> None:
    decide(house, "KE", "accepted", after=after)
    assert (counts(house).answered, counts(house).late) == (1, late)


@pytest.mark.parametrize("values", [{"provisional": True}, {"due_at": None}])
def test_nobody_is_late_for_a_provisional_or_missing_deadline(house: House, values: dict[str, Any]) -> None:
    with house.store.write() as connection:
        connection.execute(update(asks).values(**values))
    decide(house, "KE", "accepted", after=timedelta(days=9))
    assert counts(house).late == 0
    assert counts(house).provisional == values.get("provisional", False)


def test_party_is_unreachable_only_if_none_of_its_letters_arrived(house: House) -> None:
    set_state(house, "bounced", "minister@ict.example.org", "pa@ict.example.org")
    assert counts(house).unreachable == 0  # the mission got it
    set_state(house, "refused", "mission.ke@example.com")
    assert (counts(house).unreachable, counts(house).silent) == (1, 3)
    decide(house, "KE", "accepted")
    assert (counts(house).unreachable, counts(house).answered) == (0, 1)


def test_a_suppressed_mailbox_is_not_reached(house: House) -> None:
    set_state(house, "suppressed", "person@gmail.com")
    assert (counts(house).unreachable, counts(house).silent) == (1, 3)


def test_who_was_never_asked_owes_nothing(house: House) -> None:
    set_state(house, "withdrawn", "person@gmail.com", "minister@ict.example.org")  # the other letters of Kenya went
    found = counts(house)
    assert (found.parties, found.silent, found.excused) == (3, 3, 0)
    assert parts(found) == found.parties
    with house.store.read() as connection:
        states = {row.state for row in standings.register_rows(connection, 1) if row.delivery == "withdrawn"}
    assert states == {"withdrawn"}


def test_an_answer_to_a_withdrawn_letter_counts(house: House) -> None:
    set_state(house, "withdrawn", "person@gmail.com")
    with house.store.read() as connection:
        party = next(row.party for row in standings.register_rows(connection, 1) if row.delivery == "withdrawn")
    decide(house, party, "accepted")
    found = counts(house)
    assert (found.parties, found.accepted, found.silent) == (4, 1, 3)
    assert parts(found) == found.parties


def test_letters_that_wait_are_not_unreachable(house: House) -> None:
    set_state(house, "queued", "person@gmail.com")
    assert counts(house).unreachable == 0


def test_counts_as_json(house: House) -> None:
    shape = counts(house).as_json()
    assert {"id", "due", "parties", "answered", "accepted", "declined", "acknowledged", "received", "late", "silent",
            "unreachable"} <= shape.keys()  # fmt: skip
    assert shape["due"] == DUE.isoformat()


def test_circular_without_addressees_counts_nobody(house: House) -> None:
    from store.schema import addressees

    with house.store.write() as connection:
        connection.execute(outbox.delete())
        connection.execute(addressees.delete())
    assert counts(house).parties == 0
    assert parts(counts(house)) == 0


def test_rows_of_the_report(house: House) -> None:
    decide(house, "KE", "accepted", after=timedelta(days=1))
    house.file(mail(To=house.reply_address("minister-fr"), From="ministre@numerique.example.net"))
    set_state(house, "bounced", "person@gmail.com")
    with house.store.read() as connection:
        rows = list(standings.register_rows(connection, 1))
    assert len(rows) == 4 * 3
    by_party = {row.party: row for row in rows if row.ask == "attendance"}
    kenya = by_party["KE"]
    assert (kenya.state, kenya.by, kenya.late, kenya.country, kenya.delivery) == (
        "accepted",
        "letter",
        True,
        "KE",
        "sent",
    )
    assert set(kenya.names.split("; ")) == {"Wanjiru Otieno", "Mission of Kenya"}
    assert kenya.since == DUE + timedelta(days=1)
    assert (by_party["FR"].state, by_party["FR"].by, by_party["FR"].late) == ("received", "mail", False)
    assert (by_party["EG"].state, by_party["EG"].since) == ("silent", None)
    assert (by_party["person@gmail.com"].state, by_party["person@gmail.com"].delivery) == ("unreachable", "bounced")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"state": "maybe"}, RefusedError),
        ({"state": "extended"}, RefusedError),
        ({"by": "pigeon"}, RefusedError),
        ({"ask": "attendence"}, NotFoundError),
        ({"party": "XX"}, NotFoundError),
    ],
)
def test_answer_that_cannot_be_recorded(house: House, changed: dict[str, str], error: type[Exception]) -> None:
    values: dict[str, Any] = {"party": "KE", "ask": "attendance", "state": "accepted", "by": "phone"} | changed
    with house.store.write() as connection, pytest.raises(error) as caught:
        register.record_answer(
            connection, circular_id=1, answered_at=NOW, recorded_at=NOW, recorded_by="amina", **values
        )
    assert caught.value.hint  # type: ignore[attr-defined]


def test_taking_back_records_what_was_before(house: House) -> None:
    decide(house, "KE", "acknowledged")
    delegate = Delegate(name="Amina Njoroge", function="Minister", speaker=True)
    with house.store.write() as connection:
        values: dict[str, Any] = {"circular_id": 1, "party": "KE", "ask": "attendance", "by": "mail"}
        moments: dict[str, Any] = {"answered_at": NOW, "recorded_at": NOW, "recorded_by": "li"}
        first = register.record_answer(connection, state="accepted", delegates=[delegate], **moments, **values)
        second = register.record_answer(connection, state="declined", **moments, **values)
        with pytest.raises(RefusedError, match="declined by now"):
            register.take_back(connection, first, at=NOW, by="amina")
        assert register.take_back(connection, second, at=NOW, by="amina").state == "declined"
    with house.store.read() as connection:
        rows = register.history(connection, 1, "KE")
        named = delegates_of(connection, 1, "KE")
    assert [row.state for row in rows] == ["acknowledged", "accepted", "declined", "accepted"]
    assert (rows[-1].by, rows[-1].answered_at, rows[-1].recorded_by) == ("mail", NOW, "amina")
    assert named == {first: (delegate,), rows[-1].id: (delegate,)}


def test_taking_back_the_first_answer_leaves_the_ask_open(house: House) -> None:
    decide(house, "KE", "accepted")
    with house.store.write() as connection:
        (row,) = register.history(connection, 1, "KE")
        register.take_back(connection, row.id, at=NOW, by="amina")
        assert [(row.state, row.by) for row in register.history(connection, 1, "KE")] == [
            ("accepted", "letter"),
            ("open", "office"),
        ]
        with pytest.raises(NotFoundError):
            register.take_back(connection, 99, at=NOW, by="amina")
    assert counts(house).silent == 4
