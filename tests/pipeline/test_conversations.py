"""The conversation that a corrigendum or an addendum goes on with, and its reminders too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from office.tokens import thread_header
from pipeline.continuing import continue_letter
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.issuing import issue
from pipeline.registering import status
from pipeline.reminding import remind
from pipeline.sending import send
from pipeline.stopping import withdraw
from pipeline.translating import release_languages
from tests.pipeline.answers import LATER
from tests.pipeline.continuations import CORR, corrigendum, facts, first_mail, message, parsed, rows
from tests.pipeline.offices import SLUG, add_addressee, desk_at, edit, fixed_clock, issue_all, plan_and_approve


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, a few days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def test_it_answers_the_first_letter_to_the_same_mailbox_in_its_conversation(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    for key in ("no-minister", "no-mission", "fr-minister"):
        before = {row.mailbox: row for row in rows(desk, SLUG, key) if row.mailbox}
        for row in rows(desk, CORR, key):
            if not row.mailbox:
                assert row.references == ()
                continue
            mail = parsed(desk, row)
            first = parsed(desk, before[row.mailbox])
            assert (
                mail["In-Reply-To"]
                == mail["References"]
                == first["Message-ID"]
                == f"<{before[row.mailbox].message_id}>"
            )
            assert thread_header(mail["Thread-Index"]) == thread_header(first["Thread-Index"]) != b""
            assert mail["Message-ID"] != first["Message-ID"]
            assert mail["Reply-To"] != first["Reply-To"]
    assert first_mail(desk, CORR, "lens")["Subject"].startswith("LU-31/001 Corr.1 – Corrigendum to LU-31/001")


def test_a_mailbox_that_is_new_answers_the_addressees_first(desk: Desk) -> None:
    corrigendum(desk)
    edit(desk.office.folder / "recipients" / "keepers.csv", "rosa@lens.example.com", "desk@lens.example.com")
    issue_all(desk, CORR)
    assert first_mail(desk, CORR, "lens")["In-Reply-To"] == first_mail(desk, SLUG, "lens")["Message-ID"]


def test_who_had_paper_only_has_no_mail_to_answer(desk: Desk) -> None:
    corrigendum(desk)
    edit(
        desk.office.folder / "recipients" / "keepers.csv",
        "bt-minister,BT,,minister,,Ministry of Lamps,government,BT,,,,paper",
        "bt-minister,BT,,minister,,Ministry of Lamps,government,BT,,post@bt.example.org,,email",
    )
    issue_all(desk, CORR)
    mail = first_mail(desk, CORR, "bt-minister")
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


def test_the_same_bytes_for_ever_whatever_becomes_of_the_first(sent_folder: Path) -> None:
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        corrigendum(desk)
        issue_all(desk, CORR)
        before = {row.message_id: message(desk, row) for row in rows(desk, CORR) if row.mailbox}
        first = {row.message_id: message(desk, row) for row in rows(desk, SLUG) if row.mailbox}
        assert send(desk, CORR).remaining == 0
        sent = {path.read_bytes() for path in (sent_folder / "outgoing").rglob("*.eml")}
        assert set(before.values()) <= sent
        add_addressee(sent_folder)
        issue_all(desk)
        issue_all(desk, CORR)
        edit(sent_folder / "letters" / CORR / "letter.toml", "relates", "to_confirm = []\n# relates")
        withdraw(desk, SLUG)
        assert {row.message_id: message(desk, row) for row in rows(desk, CORR) if row.message_id in before} == before
        assert {row.message_id: message(desk, row) for row in rows(desk, SLUG) if row.message_id in first} == first


def test_a_corrigendum_of_a_corrigendum_stays_in_the_first_conversation(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    path = corrigendum(desk, "second", "LU-31/001 Corr.1", moved="")
    assert facts(desk, "second")["reference"] == "LU-31/001 Corr.2"
    assert (
        (path.parent / "body.md")
        .read_text("utf-8")
        .startswith("# Corrigendum to {{ facts.first_letter }}\n# Census of coastal lights\n\n")
    )
    edit(path, "2031-05-15", "2031-05-20")
    planned = plan_and_approve(desk, "second")
    assert (planned.letters, {move.reference for move in planned.moves}) == (8, {"LU-31/001"})
    issue(desk, "second", planned.digest)
    mail, first = first_mail(desk, "second", "lens"), first_mail(desk, SLUG, "lens")
    assert mail["In-Reply-To"] == first["Message-ID"]
    assert thread_header(mail["Thread-Index"]) == thread_header(first["Thread-Index"])
    assert status(desk, SLUG).asks[0].due == datetime(2031, 5, 20, 22, 0, tzinfo=UTC)
    assert [one.reference for one in status(desk, SLUG).continued_by] == ["LU-31/001 Corr.1", "LU-31/001 Corr.2"]
    assert status(desk, "second").continues is not None


def test_a_reminder_of_an_addendum_answers_both_letters(desk: Desk) -> None:
    continue_letter(desk, CORR, SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / CORR / "letter.toml"
    ask = '\n[[asks]]\nid = "lamps"\nwhat = "information"\ndeadline = "reply"\nremind = ["-10d"]\n'
    path.write_text(path.read_text("utf-8") + ask, "utf-8")
    release_languages(desk, CORR, ["fr"], by="R. Reviser")
    edit(desk.office.folder / "recipients" / "keepers.csv", "government,KE,fr,", "government,KE,en,")
    assert preview(desk, CORR, to="Kenya").language == "fr"
    issue_all(desk, CORR)
    send(desk, CORR)
    with desk_at(desk.office.folder, clock=fixed_clock(datetime(2031, 4, 16, 8, 0, tzinfo=UTC))) as later:
        assert remind(later, CORR)[0].as_sealed == ()  # the list serves still, in the language of the first letter
        first, letter = first_mail(later, SLUG, "ke-minister"), first_mail(later, CORR, "ke-minister")
        reminder = parsed(later, next(row for row in rows(later, CORR, "ke-minister") if row.reminder_id))
    assert reminder["In-Reply-To"] == letter["Message-ID"]
    assert str(reminder["References"]).split() == [first["Message-ID"], letter["Message-ID"]]
    assert thread_header(reminder["Thread-Index"]) == thread_header(first["Thread-Index"])
