"""What each addressee of a reminder gets, and where: by today's list, or as it was sealed."""

from __future__ import annotations

import email
import email.policy

import pytest
from sqlalchemy import update

from pipeline.archiving import show
from pipeline.reminding import queue_reminders
from pipeline.sending import send
from pipeline.suppressing import suppress_address, unsuppress_address
from store.schema import outbox
from templates.look import BUILTIN, PAGE, SHEET
from tests.pipeline.offices import SLUG
from tests.pipeline.reminders import (
    FIRST,
    Year,
    left_out,
    mailboxes,
    reminder_text,
    states,
)

# Whom the list names today


def test_a_successor_is_greeted_and_a_corrected_mailbox_used(year: Year) -> None:
    old = "Paul Morel,,m,Laboratoire d'optique,academia,BE,fr,paul@optique.example.com"
    new = "Claire Petit,,f,Laboratoire d'optique,academia,BE,fr,claire@optique.example.com"
    year.edit("recipients/keepers.csv", old, new)
    assert mailboxes(year.remind(*FIRST), "optique") == ("claire@optique.example.com",)
    with year.desk(*FIRST) as desk:
        content = show(desk, SLUG, "optique", "eml", reminder=1).content
        letter = show(desk, SLUG, "optique", "eml").content
    reminder = email.message_from_bytes(content, policy=email.policy.default)
    original = email.message_from_bytes(letter, policy=email.policy.default)
    body = reminder.get_body(("plain",))
    assert body is not None
    assert reminder["To"] == "Claire Petit <claire@optique.example.com>"
    assert "Madame," in body.get_content()
    assert reminder["In-Reply-To"] == original["Message-ID"]
    assert original["To"] == "Paul Morel <paul@optique.example.com>"


def test_corrections_are_laid_over_the_list(year: Year) -> None:
    corrections = "key,email\nlens,new@lens.example.com\n"
    (year.folder / "recipients" / "corrections.csv").write_text(corrections, "utf-8")
    found = year.remind(*FIRST)
    assert (mailboxes(found, "lens"), found.as_sealed) == (("new@lens.example.com",), ())


def test_another_look_changes_nothing_of_that(year: Year) -> None:
    """As another version of the program has, or an office that has drawn a template since."""
    (year.folder / "templates").mkdir(exist_ok=True)
    for name in (PAGE, SHEET):
        source = (BUILTIN / name).read_text("utf-8").replace("#4a5866", "#4a5867")
        (year.folder / "templates" / name).write_text(source, "utf-8")
    year.edit("recipients/keepers.csv", "paul@optique.example.com", "claire@optique.example.com")
    found = year.remind(*FIRST)
    assert (mailboxes(found, "optique"), found.as_sealed) == (("claire@optique.example.com",), ())


@pytest.mark.parametrize(
    "change", ["key gone", "letter changed", "letter gone", "list gone", "other language", "faulty row"]
)
def test_otherwise_what_was_sealed_serves(year: Year, change: str) -> None:
    keepers = "recipients/keepers.csv"
    year.edit(keepers, "paul@optique.example.com", "claire@optique.example.com")
    year.edit(keepers, "Paul Morel,,m", "Claire Petit,,f")
    match change:
        case "key gone":
            year.edit(keepers, "\noptique,", "\noptics,")
        case "letter changed":
            year.edit(f"letters/{SLUG}/letter.toml", 'closing = "distinguished"', 'closing = "high"')
        case "letter gone":
            (year.folder / "letters" / SLUG / "body.md").unlink()
        case "list gone":
            (year.folder / keepers).unlink()
        case "other language":
            year.edit(keepers, "academia,BE,fr,", "academia,BE,en,")
        case "faulty row":
            year.edit(keepers, "academia,BE,fr,", "academia,Atlantys,fr,")
    found = year.remind(*FIRST)
    assert mailboxes(found, "optique") == ("paul@optique.example.com",)
    assert "optique" in found.as_sealed
    with year.desk(*FIRST) as desk:
        content = show(desk, SLUG, "optique", "eml", reminder=1).content
        text = reminder_text(desk, "optique")
    assert b"\r\nTo: Paul Morel <paul@optique.example.com>" in content
    assert "Monsieur," in text
    assert "Madame," not in text


# Mailboxes that are passed over


def test_suppressed_and_bounced_mailboxes(year: Year) -> None:
    with year.desk(4, 1) as desk:
        suppress_address(desk, "rosa@lens.example.com", "asked for it")
        with desk.store.write() as connection:
            bounced = update(outbox).where(outbox.c.mailbox == "second@no.example.org")
            connection.execute(bounced.values(state="bounced"))
    found = year.remind(*FIRST)
    assert left_out(found) == {"no-mailbox": {"lens"}}
    assert "second@no.example.org" not in mailboxes(found, "NO")
    assert {(one.party, one.mailbox, one.reason) for one in found.skipped} == {
        ("lens", "rosa@lens.example.com", "suppressed"), ("NO", "second@no.example.org", "bounced"),
    }  # fmt: skip


def test_a_reminder_that_was_suppressed_does_not_come_late(year: Year) -> None:
    with year.desk(*FIRST) as desk:
        queue_reminders(desk, SLUG)
        suppress_address(desk, "rosa@lens.example.com", "asked for it")
    year.run(*FIRST, hour=9)
    assert states(year)["suppressed"] == 1
    with year.desk(4, 16) as desk:
        unsuppress_address(desk, "rosa@lens.example.com")
        assert send(desk, SLUG).sent == 0
    assert states(year)["withdrawn"] == 1
