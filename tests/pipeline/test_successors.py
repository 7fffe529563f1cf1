"""A successor in office takes over the key: told by `plan`, one history, nothing goes twice."""

from __future__ import annotations

from pipeline.desk import Desk
from pipeline.party_history import history
from pipeline.planning import plan
from pipeline.surveying import Successor
from pipeline.tracking import track
from pipeline.triage import decide, to_decide
from tests.pipeline.answers import deliver, give, reply
from tests.pipeline.offices import BODY, ENGLISH_LETTER, SLUG, edit, issue_all, write_letter

NEW = "amina@ke.example.org"


def appoint(desk: Desk, name: str = "Amina Njoroge") -> None:
    path = desk.office.folder / "recipients" / "keepers.csv"
    edit(path, "Juma Odhiambo,minister,m", f"{name},minister,f")
    edit(path, "minister@ke.example.org", NEW)


def test_plan_tells_a_successor_and_sends_nothing_again(sent_desk: Desk) -> None:
    assert plan(sent_desk, SLUG).successors == ()
    appoint(sent_desk)
    planned = plan(sent_desk, SLUG)
    found = Successor(key="ke-minister", before="Juma Odhiambo", name="Amina Njoroge", mailboxes=(NEW,))
    assert planned.successors == (found,)
    assert planned.as_json()["successors"] == [
        {"key": "ke-minister", "before": "Juma Odhiambo", "name": "Amina Njoroge", "mailboxes": (NEW,)}
    ]
    assert (planned.letters, planned.excluded["already-issued"]) == (0, 8)


def test_a_name_typed_otherwise_is_no_successor(sent_desk: Desk) -> None:
    appoint(sent_desk, "JUMA ODHIAMBO")
    assert plan(sent_desk, SLUG).successors == ()


def test_the_successor_goes_on_where_the_predecessor_stopped(sent_desk: Desk) -> None:
    give(sent_desk, "Kenya", "census", state="answered")
    appoint(sent_desk)
    deliver(sent_desk, reply(sent_desk, "ke-minister", sender=f"Amina Njoroge <{NEW}>"))
    track(sent_desk)
    (waiting,) = to_decide(sent_desk).replies
    assert (waiting.party, waiting.colleague) == ("KE", True)  # not one of the mailboxes that got the letter
    decide(sent_desk, waiting.inbound_id, state="accepted")
    asks = {ask.ask: ask.state for ask in history(sent_desk, SLUG, "Kenya").asks}
    assert asks == {"census": "answered", "meeting": "accepted", "photos": ""}


def test_the_successor_gets_the_next_letter(sent_desk: Desk) -> None:
    appoint(sent_desk)
    write_letter(sent_desk.office.folder, "next", letter=ENGLISH_LETTER, body=BODY)
    issue_all(sent_desk, "next")
    assert plan(sent_desk, "next").successors == ()
    (told,) = [event for event in history(sent_desk, "next", "Kenya").events if event.kind == "letter"]
    assert told.who == NEW
