"""Batches after the first: who gets the letter later, and nobody again."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.stopping import withdraw
from pipeline.surveying import PlanOptions
from store.message_rows import rows_in
from store.schema import addressees, batches
from tests.pipeline.offices import (
    SLUG,
    add_addressee,
    desk_at,
    edit,
    issue_all,
    keys,
    plan_and_approve,
    translate,
)

EVERYBODY = [
    "no-minister", "no-mission", "fr-minister", "ke-minister", "bt-minister", "lens", "optique", "prism",
]  # fmt: skip


def test_one_language_first_then_the_rest(desk: Desk) -> None:
    assert issue_all(desk, languages=("fr",)).addressees == 3
    assert keys(desk) == ["fr-minister", "ke-minister", "optique"]
    rest = plan_and_approve(desk)
    assert rest.excluded["already-issued"] == 3
    assert rest.changed is not None
    assert (rest.changed.added, rest.changed.removed, rest.changed.changed) == (5, 0, 0)
    assert issue(desk, SLUG, rest.digest).addressees == 5
    assert sorted(keys(desk)) == sorted(EVERYBODY)


def test_a_language_released_later(folder: Path) -> None:
    catalogue = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    edit(catalogue, "Veuillez répondre", "Prière de répondre")
    with desk_at(folder) as desk:
        assert issue_all(desk).addressees == 5
        translate(folder)
        assert issue_all(desk).addressees == 3
        assert sorted(keys(desk)) == sorted(EVERYBODY)
        assert issue_count(desk) == 2


def issue_count(desk: Desk) -> int:
    with desk.store.read() as connection:
        return len(connection.execute(select(batches)).all())


def test_an_addressee_added_later(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        add_addressee(folder)
        assert issue_all(desk).addressees == 1
        assert keys(desk)[-1] == "new"
        with desk.store.read() as connection:
            references = {row.key: row.message_id for row in rows_in(connection, 1)}
    assert len(references) == 9


def test_who_has_the_letter_never_gets_it_again(folder: Path) -> None:
    """Not under another mailbox, in another language or class, nor after a withdrawal of theirs."""
    with desk_at(folder) as desk:
        issue_all(desk)
        withdraw(desk, SLUG, ["prism"])
        path = folder / "recipients" / "keepers.csv"
        edit(path, "sam@prism.example.com", "new@prism.example.com")
        edit(path, "Ministry of Harbours,government,KE,fr", "Ministry of Harbours,academia,KE,en")
        again = plan(desk, SLUG)
        assert (again.letters, again.excluded["already-issued"]) == (0, 8)


def test_only_somebody(desk: Desk) -> None:
    assert issue_all(desk, keys=("Kenya", "lens")).addressees == 2
    assert keys(desk) == ["ke-minister", "lens"]
    assert issue_all(desk, languages=("en",)).addressees == 4
    assert plan(desk, SLUG, PlanOptions()).by_language == {"fr": 2}


def test_two_letters_do_not_mix(folder: Path) -> None:
    from tests.pipeline.offices import LETTER, write_letter

    write_letter(folder, "second", letter=LETTER.replace('languages = ["en", "fr"]', 'languages = ["en"]'))
    with desk_at(folder) as desk:
        issue_all(desk)
        assert issue_all(desk, "second").addressees == 8
        assert keys(desk) == keys(desk, "second") == EVERYBODY


def test_letters_of_one_form_share_it(desk: Desk) -> None:
    issue_all(desk)
    with desk.store.read() as connection:
        forms = {(row.language, row.class_name): row.form for row in connection.execute(select(addressees))}
    assert len(forms) == len(set(forms.values())) == 4
    assert len(list((desk.office.folder / "archive").glob("*.form"))) == 4
