"""Numbers of addressees and messages, which a store put back from a backup must not give a second time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from delivery.journal import Journal
from delivery.numbering import fresh_numbers, note_numbers
from store.journalled import Waiting
from tests.delivery.samples import NOW, TOKENS_HEX, issue_sample, open_sample_store, plain_routes, sample_office


def test_numbers_are_never_given_twice(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    with store.read() as connection:
        assert fresh_numbers(connection, tmp_path) == (1, 1)
        note_numbers(tmp_path, addressee=40, message=55)
        note_numbers(tmp_path, addressee=12, message=60)
        assert fresh_numbers(connection, tmp_path) == (41, 61)
    issue_sample(store, sample_office(tmp_path), plain_routes(100))
    with store.read() as connection:
        assert fresh_numbers(connection, tmp_path) == (101, 101)
    store.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"addressee 4000000000 message 1\naddressee 7 message 8\naddressee 9"),
        lambda path: path.write_bytes(b"\xff\x00\naddressee 7 message 8\n" * 3),
    ],
)
def test_damaged_numbers_do_no_harm(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    (tmp_path / "journal").mkdir()
    spoil(tmp_path / "journal" / "numbers.log")
    note_numbers(tmp_path, addressee=5, message=9)
    store = open_sample_store(tmp_path)
    with store.read() as connection:
        assert fresh_numbers(connection, tmp_path) == (8, 10)
    store.close()


def test_an_office_of_an_older_version_has_no_file_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "office.key").write_text(TOKENS_HEX)
    row = Waiting(70, "m70@example.int", "key-70", "a70@example.org", "to", None, NOW)
    with Journal(sample_office(tmp_path), "forum", 1, clock=lambda: NOW) as journal:
        journal.append(leaving=[row])
    store = open_sample_store(tmp_path)
    with store.read() as connection:
        assert fresh_numbers(connection, tmp_path) == (1, 71)
    store.close()
