from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert, select

from store.failures import failures, mailboxes_of
from store.inbound import add_delivery_event
from store.schema import outbox
from tests.replies.samples import NOW, House

BOX = "mission.ke@example.com"


def report(house: House, action: str, group: str = "") -> None:
    with house.store.write() as connection:
        add_delivery_event(
            connection, house.row(BOX).id, inbound_id=None, action=action, status="5.1.1", diagnostic=f"550 {group}",
            at=NOW, reason_group=group, permanent=bool(group),
        )  # fmt: skip


def test_the_latest_report_on_the_latest_message_counts(house: House) -> None:
    with house.store.read() as connection:
        assert failures(connection, 1) == ()
    report(house, "failed", "policy")
    report(house, "failed", "address")
    with house.store.read() as connection:
        (found,) = failures(connection, 1)
        assert failures(connection, 2) == ()
    assert (found.key, found.party, found.mailbox, found.state) == ("mission-ke", "KE", BOX, "bounced")
    assert (found.group, found.permanent, found.said, found.at) == ("address", True, "550 address", NOW)


def test_a_mailbox_that_took_a_later_message_has_not_failed(house: House) -> None:
    report(house, "failed", "mailbox")
    with house.store.write() as connection:
        row = dict(connection.execute(select(outbox).where(outbox.c.id == house.row(BOX).id)).one()._mapping)
        changed = {"id": 99999, "message_id": "later@example.int", "state": "sent", "mailbox": BOX.upper()}
        connection.execute(insert(outbox).values(row | changed | {"changed_at": NOW + timedelta(days=1)}))
    with house.store.read() as connection:
        assert failures(connection, 1) == ()
        assert mailboxes_of(connection, row["addressee_id"]) == (BOX, BOX.upper())
