from __future__ import annotations

from store import register, standings
from store.delegates import Delegate, delegates_of
from tests.replies.samples import NOW, House

HEAD = Delegate(name="Amina Njoroge", function="Minister", speaker=True)
ADVISER = Delegate(name="Peter Kimani")


def accept(house: House, party: str, *delegates: Delegate) -> int:
    with house.store.write() as connection:
        return register.record_answer(
            connection, circular_id=1, party=party, ask="attendance", state="accepted", by="mail", answered_at=NOW,
            recorded_at=NOW, recorded_by="amina", delegates=delegates,
        )  # fmt: skip


def test_an_answer_names_delegates_in_their_order(house: House) -> None:
    first, second = accept(house, "KE", HEAD, ADVISER), accept(house, "FR")
    with house.store.read() as connection:
        assert delegates_of(connection, 1) == delegates_of(connection, 1, "KE") == {first: (HEAD, ADVISER)}
        assert delegates_of(connection, 1, "FR") == delegates_of(connection, 2) == {}
        rows = {(row.party, row.ask): row for row in standings.register_rows(connection, 1)}
    assert (rows["KE", "attendance"].delegates, rows["KE", "attendance"].entry) == ((HEAD, ADVISER), first)
    assert (rows["FR", "attendance"].delegates, rows["FR", "attendance"].entry) == ((), second)


def test_the_latest_answer_says_who_comes(house: House) -> None:
    accept(house, "KE", HEAD, ADVISER)
    accept(house, "KE", ADVISER)
    with house.store.read() as connection:
        rows = {(row.party, row.ask): row for row in standings.register_rows(connection, 1)}
    assert rows["KE", "attendance"].delegates == (ADVISER,)
