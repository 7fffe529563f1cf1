"""Corrigenda move deadlines: said by `plan`, sealed by its digest, done once by `issue`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from office.errors import RefusedError
from pipeline.checking import check
from pipeline.deadlines import extend
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.party_history import history
from pipeline.planning import plan
from pipeline.registering import status
from store.circulars import asks_of, circular_of
from store.deadlines import moves_of
from store.schema import asks
from tests.pipeline.answers import give
from tests.pipeline.offices import (
    ENGLISH_LETTER,
    SLUG,
    desk_at,
    dump,
    edit,
    fixed_clock,
    issue_all,
    plan_and_approve,
    write_letter,
)  # fmt: skip

CORR = "census-corr"
DUE = datetime(2031, 4, 30, 22, 0, tzinfo=UTC)
MOVED = datetime(2031, 5, 14, 22, 0, tzinfo=UTC)  # before 15 May
CORRIGENDUM = (
    ENGLISH_LETTER.partition("[[asks]]")[0]
    .replace('series = "LU"', 'reference = "LU-31/001 Corr.1"\nkind = "corrigendum"\nRELATES')
    .replace("2031-04-30", "2031-05-15")
    .replace('"by"', '"before"')
)
RELATES = 'relates = [{ to = "lu 31-001", as = "corrects" }]'
BODY = "# Corrigendum\n\nPlease answer before {{ deadlines.reply | date }}.\n"


def corrigendum(desk: Desk, *, relates: str = RELATES, **words: str) -> Path:
    letter = CORRIGENDUM.replace("RELATES", relates)
    for old, new in words.items():
        letter = letter.replace(old.replace("_", " "), new)
    return write_letter(desk.office.folder, CORR, letter=letter, body=BODY) / "letter.toml"


def dues(desk: Desk) -> list[datetime | None]:
    return [ask.due for ask in status(desk, SLUG).asks]


def test_plan_says_what_it_will_move_and_issue_moves_it(sent_desk: Desk) -> None:
    corrigendum(sent_desk)
    planned = plan_and_approve(sent_desk, CORR)
    assert [(move.reference, move.deadline, move.ask) for move in planned.moves] == [
        ("LU-31/001", "reply", "census"),
        ("LU-31/001", "reply", "meeting"),
    ]
    assert planned.as_json()["moves"][0] == {  # type: ignore[index]
        "reference": "LU-31/001",
        "ask": "census",
        "deadline": "reply",
        "provisional": False,
        "from": DUE.isoformat(),
        "to": "2031-05-15T00:00:00+02:00",
    }
    assert dues(sent_desk) == [DUE, DUE, None]  # nothing moves before it is issued
    issue(sent_desk, CORR, planned.digest)
    assert dues(sent_desk) == [MOVED, MOVED, None]
    with sent_desk.store.read() as connection:
        moves = moves_of(connection, 1)
    assert [(move.kind, move.reference, move.party) for move in moves] == [("corrigendum", "LU-31/001 Corr.1", "")] * 2
    told = [event for event in history(sent_desk, SLUG, "Kenya").events if event.kind == "corrigendum"]
    assert [(event.ask, event.text, event.until) for event in told] == [
        ("census", "LU-31/001 Corr.1", MOVED),
        ("meeting", "LU-31/001 Corr.1", MOVED),
    ]


def test_who_was_late_is_in_time_by_the_new_deadline(sent_folder: Path) -> None:
    with desk_at(sent_folder, clock=fixed_clock(datetime(2031, 5, 10, 8, 0, tzinfo=UTC))) as desk:
        give(desk, "Kenya", "census", state="answered")
        assert status(desk, SLUG).asks[0].late == 1
        corrigendum(desk)
        issue_all(desk, CORR)
        assert status(desk, SLUG).asks[0].late == 0


def test_a_corrigendum_in_several_batches_moves_once(sent_desk: Desk) -> None:
    corrigendum(sent_desk)
    issue_all(sent_desk, CORR, keys=("lens",))
    extend(sent_desk, SLUG, "census", date(2031, 6, 1), for_all=True)
    planned = plan_and_approve(sent_desk, CORR)
    assert planned.moves == ()
    issue(sent_desk, CORR, planned.digest)
    assert dues(sent_desk) == [datetime(2031, 6, 1, 22, 0, tzinfo=UTC), MOVED, None]


def test_an_own_extension_stays_if_it_is_longer(sent_desk: Desk) -> None:
    extend(sent_desk, SLUG, "census", date(2031, 6, 1), parties=["Kenya"])
    extend(sent_desk, SLUG, "meeting", date(2031, 5, 5), parties=["Kenya"])
    corrigendum(sent_desk)
    issue_all(sent_desk, CORR)
    stands = {ask.ask: ask for ask in history(sent_desk, SLUG, "Kenya").asks}
    assert (stands["census"].due, stands["census"].extended) == (datetime(2031, 6, 1, 22, 0, tzinfo=UTC), True)
    assert (stands["meeting"].due, stands["meeting"].extended) == (MOVED, False)


@pytest.mark.parametrize(
    ("relates", "words"),
    [
        ('relates = [{ to = "LU-31/001", as = "refers-to" }]', {}),
        ('relates = [{ to = "LU-30/777", as = "corrects" }]', {}),
        (f'relates = [{{ to = "{CORR}", as = "corrects" }}]', {}),
        (RELATES, {"[deadlines.reply]": "[deadlines.other]"}),
        (RELATES, {"2031-05-15": "2031-05-01"}),  # before 1 May is by 30 April
    ],
)
def test_what_moves_nothing(sent_desk: Desk, relates: str, words: dict[str, str]) -> None:
    path = corrigendum(sent_desk, relates=relates, **words)
    if "[deadlines.other]" in path.read_text("utf-8"):
        edit(path.with_name("body.md"), "deadlines.reply", "deadlines.other")
    assert plan(sent_desk, CORR).moves == ()
    issue_all(sent_desk, CORR)
    assert dues(sent_desk) == [DUE, DUE, None]
    with sent_desk.store.read() as connection:
        assert moves_of(connection, 1) == ()


def test_a_deadline_that_was_provisional_becomes_firm_and_the_other_way_round(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", 'rule = "by"', 'rule = "by"\nprovisional = true')
    with desk_at(folder) as desk:
        issue_all(desk, keys=("ke-minister",))
        path = corrigendum(desk)
        issue_all(desk, CORR)
        with desk.store.read() as connection:
            circular = circular_of(connection, SLUG)
            assert circular is not None
            assert [terms.provisional for terms in asks_of(connection, circular.id)] == [False, False, False]
        assert dues(desk)[0] == MOVED
        plan(desk, SLUG)  # a further batch of the corrected letter, which still says what it said
        edit(path, 'rule = "before"', 'rule = "before"\nprovisional = true')
        path.parent.rename(path.parent.with_name("again"))
        edit(path.parent.with_name("again") / "letter.toml", "Corr.1", "Corr.2")
        issue_all(desk, "again")
        assert [ask.provisional for ask in status(desk, SLUG).asks] == [True, True, False]


def test_a_date_that_is_not_what_was_approved_is_refused(sent_desk: Desk) -> None:
    path = corrigendum(sent_desk)
    edit(path.with_name("body.md"), "before {{ deadlines.reply | date }}", "in time")
    planned = plan_and_approve(sent_desk, CORR)
    edit(path, "2031-05-15", "2031-05-16")
    before = dump(sent_desk.store)
    with pytest.raises(RefusedError, match="which deadlines of the corrected circular it moves"):
        issue(sent_desk, CORR, planned.digest)
    assert dump(sent_desk.store) == before


def test_grace_goes_with_a_deadline_that_moved(sent_folder: Path) -> None:
    with desk_at(sent_folder, grace_days=1) as desk:
        corrigendum(desk)
        issue_all(desk, CORR)
        with desk.store.read() as connection:
            assert {move.late_at - move.due_at for move in moves_of(connection, 1)} == {
                datetime(2031, 5, 16, tzinfo=UTC) - datetime(2031, 5, 15, tzinfo=UTC)
            }


def test_a_circular_that_the_first_version_issued_is_corrected_by_its_draft(sent_desk: Desk) -> None:
    with sent_desk.store.write() as connection:
        connection.execute(update(asks).values(deadline="", late_at=None))
    corrigendum(sent_desk)
    issue_all(sent_desk, CORR)
    assert dues(sent_desk) == [MOVED, MOVED, None]


def test_check_warns_of_a_deadline_that_moves_nothing(sent_desk: Desk) -> None:
    path = corrigendum(sent_desk)
    assert [found for found in check(sent_desk, CORR) if found.code == "deadline-moves-nothing"] == []
    edit(path, "[deadlines.reply]", "[deadlines.replies]")
    edit(path.with_name("body.md"), "deadlines.reply", "deadlines.replies")
    (found,) = [found for found in check(sent_desk, CORR) if found.code == "deadline-moves-nothing"]
    assert (found.level.value, found.hint) == ("warning", "Did you mean «reply»?")
    assert found.line == path.read_text("utf-8").splitlines().index("[deadlines.replies]") + 2
