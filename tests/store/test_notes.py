from __future__ import annotations

from datetime import timedelta

from store.notes import add_note, held_parties, notes_of
from tests.replies.samples import NOW, House


def test_a_note_holds_reminders_until_its_day(house: House) -> None:
    until = NOW + timedelta(days=4)
    with house.store.write() as connection:
        add_note(connection, 1, "KE", "The minister is travelling.", until=until, at=NOW, by="amina")
        add_note(connection, 1, "KE", "Called the mission.", until=None, at=NOW, by="amina")
        add_note(connection, 1, "FR", "Wants a visa.", until=None, at=NOW, by="amina")
    with house.store.read() as connection:
        assert held_parties(connection, 1, NOW) == {"KE": until}
        assert held_parties(connection, 1, until) == {}
        assert held_parties(connection, 2, NOW) == {}
        assert [note.text for note in notes_of(connection, 1, "KE")] == [
            "The minister is travelling.",
            "Called the mission.",
        ]


def test_the_latest_day_given_decides(house: House) -> None:
    with house.store.write() as connection:
        for days in (9, 2):
            add_note(connection, 1, "KE", "…", until=NOW + timedelta(days=days), at=NOW, by="amina")
    with house.store.read() as connection:
        assert held_parties(connection, 1, NOW) == {"KE": NOW + timedelta(days=2)}
