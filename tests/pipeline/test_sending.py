"""`send`, `show`, `doubt`, `suppress`, `hold`, `resume`, `withdraw`."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select, update

from delivery.lease import sending_lease
from office.errors import BusyError, NotFoundError, RefusedError
from office.tokens import TokenKind
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.doubting import doubtful, settle_doubt
from pipeline.planning import plan
from pipeline.registering import status
from pipeline.sending import outgoing, send
from pipeline.stopping import hold, resume, withdraw
from pipeline.suppressing import TakenBack, suppress_address, unsuppress_address
from store.messages import State
from store.schema import addressees, delivery_events, outbox
from tests.pipeline.offices import MORNING, SLUG, desk_at, dump, edit, fixed_clock, issue_all

OUT = "outgoing/LU-31-001"


def states(desk: Desk) -> dict[str, list[str]]:
    query = select(addressees.c.key, outbox.c.state).join(outbox).order_by(outbox.c.id)
    found: dict[str, list[str]] = {}
    with desk.store.read() as connection:
        for key, state in connection.execute(query):
            found.setdefault(key, []).append(state)
    return found


def written(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / OUT).rglob("*") if path.is_file())


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


# Sending to files


def test_every_row_is_written_once(sent_desk: Desk) -> None:
    folder = sent_desk.office.folder
    assert written(folder) == [
        "0000001-no-minister.eml", "0000002-no-minister.eml", "0000003-no-mission.eml", "0000004-no-mission.eml",
        "0000005-fr-minister.eml", "0000006-fr-minister.docx", "0000007-ke-minister.eml", "0000008-bt-minister.docx",
        "0000009-lens.eml", "0000010-optique.eml", "0000011-prism.eml",
    ]  # fmt: skip
    assert states(sent_desk)["fr-minister"] == ["sent", "printed"]
    again = send(sent_desk, SLUG)
    assert (again.sent, again.printed, again.remaining) == (0, 0, 0)


def test_a_message_says_who_writes_to_whom_and_where_to_answer(sent_desk: Desk) -> None:
    mail = parsed((sent_desk.office.folder / OUT / "0000010-optique.eml").read_bytes())
    assert mail["From"] == "Example Lighthouse Union <circulars@example.int>"
    assert mail["To"] == "Paul Morel <paul@optique.example.com>"
    assert mail["Subject"] == "LU-31/001 – Recensement des feux côtiers"
    assert mail["Content-Language"] == "fr"
    assert mail["Date"].datetime == MORNING
    token = str(mail["Reply-To"]).split("+")[1].split("@")[0]
    read = sent_desk.tokens.read(token)
    assert read is not None
    assert read.kind is TokenKind.ADDRESSEE
    text = mail.get_body(("plain",))
    assert text is not None
    assert "au plus tard le 30 avril 2031" in text.get_content()
    assert "Monsieur," in text.get_content()
    (document,) = mail.iter_attachments()
    assert document.get_filename() == "LU-31-001.fr.docx"
    paragraphs = [paragraph.text for paragraph in Document(BytesIO(document.get_content())).paragraphs]
    assert any("Belgique" in paragraph for paragraph in paragraphs)


def test_a_part_at_a_time(desk: Desk) -> None:
    issue_all(desk)
    first = send(desk, SLUG, limit=4)
    assert (first.sent + first.printed, first.remaining) == (4, 7)
    rest = send(desk, SLUG)
    assert (rest.sent + rest.printed, rest.remaining) == (7, 0)


def test_not_issued(desk: Desk) -> None:
    for act in (send, hold, resume, withdraw, outgoing, doubtful):
        with pytest.raises(RefusedError, match="not been issued") as caught:
            act(desk, SLUG)
        assert caught.value.hint
    plan(desk, SLUG)
    with pytest.raises(RefusedError, match="not been issued"):
        send(desk, SLUG)
    with pytest.raises(NotFoundError):
        send(desk, "nothing")


def test_where_it_would_go(desk: Desk) -> None:
    issue_all(desk)
    way = outgoing(desk, "LU-31/001")
    assert (way.reference, way.transport, way.for_real) == ("LU-31/001", "files in outgoing/", False)


@pytest.mark.sqlite("one sends at a time")
def test_one_sender_at_a_time(desk: Desk) -> None:
    issue_all(desk)
    with sending_lease(desk.office.folder, desk.clock), pytest.raises(BusyError) as caught:
        send(desk, SLUG)
    assert caught.value.exit_code == 3
    assert send(desk, SLUG).sent == 9


# Showing


@pytest.mark.parametrize(
    "name", ["0000001-no-minister", "0000004-no-mission", "0000010-optique", "0000005-fr-minister"]
)
def test_show_returns_the_bytes_that_went(sent_desk: Desk, name: str) -> None:
    content = (sent_desk.office.folder / OUT / f"{name}.eml").read_bytes()
    mail = parsed(content)
    mailbox = (mail["Cc"] or mail["To"]).addresses[0].addr_spec
    if name == "0000004-no-mission":
        mailbox = "Second@no.example.org"  # a second mailbox, whatever its case
    got = show(sent_desk, SLUG, mailbox, "eml")
    shown, language = got.content, got.language
    assert shown == content
    assert language == mail["Content-Language"]
    with sent_desk.store.read() as connection:
        row = connection.execute(select(outbox).where(outbox.c.id == int(name[:7]))).one()
    assert row.sha256 == hashlib.sha256(content).digest()


def test_show_needs_neither_letter_nor_list_nor_templates_nor_office_settings(sent_folder: Path) -> None:
    content = (sent_folder / OUT / "0000010-optique.eml").read_bytes()
    (sent_folder / "letters" / SLUG / "body.md").write_text("# Other\n\nwords\n")
    (sent_folder / "recipients" / "keepers.csv").unlink()
    edit(sent_folder / "office.toml", "circulars@example.int", "other@example.int")
    edit(sent_folder / "office.toml", 'name = "Example Lighthouse Union"', 'name = "Renamed"')
    edit(sent_folder / "office.toml", 'default_language = "en"', 'default_language = "en"\ntimezone = "Asia/Tokyo"')
    with desk_at(sent_folder, clock=fixed_clock(MORNING + timedelta(days=3650))) as desk:
        assert show(desk, SLUG, "optique", "eml").content == content


def test_show_in_other_forms(sent_desk: Desk) -> None:
    folder = sent_desk.office.folder / OUT
    assert show(sent_desk, SLUG, "bt-minister", "docx").content == next(folder.rglob("*bt-minister.docx")).read_bytes()
    got = show(sent_desk, SLUG, "Kenya", "txt")
    text, language = got.content, got.language
    assert language == "fr"
    assert "Veuillez répondre au plus tard le 30 avril 2031." in text.decode()
    assert show(sent_desk, SLUG, "lens", "html").content.startswith(b"<!DOCTYPE html>")


def test_show_what_is_not_there(sent_desk: Desk) -> None:
    with pytest.raises(RefusedError, match="on paper") as caught:
        show(sent_desk, SLUG, "bt-minister", "eml")
    assert "docx" in caught.value.hint
    with pytest.raises(NotFoundError, match="odt"):
        show(sent_desk, SLUG, "lens", "odt")
    with pytest.raises(NotFoundError, match="nobody"):
        show(sent_desk, SLUG, "nobody", "eml")
    with pytest.raises(NotFoundError, match="no-minister, no-mission"):
        show(sent_desk, SLUG, "Norway", "eml")
    with sent_desk.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.key == "lens").values({"values": None}))
    with pytest.raises(RefusedError, match="not what was sent"):  # values that are gone, and nobody erased them
        show(sent_desk, SLUG, "lens", "txt")


@pytest.mark.parametrize("spoil", ["gone", "cut", "changed"])
def test_show_from_a_damaged_archive(sent_folder: Path, spoil: str) -> None:
    for path in (sent_folder / "archive").glob("*.form"):
        content = path.read_bytes()
        if spoil == "gone":
            path.unlink()
        else:
            path.write_bytes(content[:-20] if spoil == "cut" else content[:60] + b"!" + content[61:])
    with desk_at(sent_folder) as desk, pytest.raises((NotFoundError, RefusedError, Exception)) as caught:
        show(desk, SLUG, "lens", "txt")
    assert hasattr(caught.value, "hint"), caught.value


def test_what_was_changed_since_it_was_approved_does_not_go(desk: Desk) -> None:
    issue_all(desk)
    for key, values in (("lens", b'["Dear Mallory,","Yours faithfully,","Sweden"]'), ("bt-minister", b"[")):
        with desk.store.write() as connection:
            connection.execute(update(addressees).where(addressees.c.key == key).values({"values": values}))
    summary = send(desk, SLUG)
    assert (summary.sent, summary.printed, summary.refused) == (8, 1, 2)
    assert all("no longer what was approved" in problem.text for problem in summary.problems)
    assert not list(desk.office.folder.glob("outgoing/**/*lens*"))


# Stopping


def test_hold_and_resume(desk: Desk) -> None:
    issue_all(desk)
    assert hold(desk, SLUG) == "LU-31/001"
    assert status(desk, SLUG).held
    for act in (send, outgoing):
        with pytest.raises(RefusedError, match="held") as caught:
            act(desk, SLUG)
        assert f"resume {SLUG}" in caught.value.hint
    assert written(desk.office.folder) == []
    assert resume(desk, SLUG) == "LU-31/001"
    assert send(desk, SLUG).sent == 9


def test_withdraw_some(desk: Desk) -> None:
    issue_all(desk)
    assert withdraw(desk, SLUG, ["Kenya", "no-minister", "rosa@LENS.example.com"]) == ("LU-31/001", 4)
    before = dump(desk.store)
    with pytest.raises(NotFoundError):
        withdraw(desk, SLUG, ["prism", "nobody"])
    assert dump(desk.store) == before
    assert send(desk, SLUG).sent == 5
    assert {state for key in ("ke-minister", "no-minister", "lens") for state in states(desk)[key]} == {"withdrawn"}
    assert status(desk, SLUG).state == "issued"


def test_withdraw_all_that_has_not_gone(desk: Desk) -> None:
    issue_all(desk)
    send(desk, SLUG, limit=3)
    assert withdraw(desk, SLUG) == ("LU-31/001", 8)
    assert status(desk, SLUG).state == "withdrawn"
    assert send(desk, SLUG).sent == 0
    delivery = status(desk, SLUG).delivery
    assert (delivery["sent"], delivery["withdrawn"], delivery["queued"]) == (3, 8, 0)


# Doubt


def test_doubt_is_listed_and_settled_by_name(desk: Desk) -> None:
    issue_all(desk)
    with desk.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.id.in_([7, 9, 10])).values(state=State.IN_DOUBT))
    assert [row.key for row in doubtful(desk, SLUG)] == ["ke-minister", "lens", "optique"]
    assert send(desk, SLUG).sent == 6
    assert settle_doubt(desk, SLUG, "Kenya", sent=True) == 1
    assert settle_doubt(desk, SLUG, "", sent=False) == 2
    assert states(desk)["ke-minister"] == ["sent"]
    assert states(desk)["lens"] == ["queued"]
    with pytest.raises(NotFoundError, match="in doubt"):
        settle_doubt(desk, SLUG, "", sent=True)
    with pytest.raises(NotFoundError, match="nobody"):
        settle_doubt(desk, SLUG, "nobody", sent=True)
    assert send(desk, SLUG).sent == 2
    with desk.store.read() as connection:
        events = connection.execute(select(delivery_events.c.outbox_id, delivery_events.c.diagnostic)).all()
    assert [number for number, _ in events] == [7, 9, 10]
    assert all("author" in text for _, text in events)


# Suppressing


def test_a_suppressed_mailbox_gets_nothing(desk: Desk) -> None:
    issue_all(desk)
    assert suppress_address(desk, " Rosa@lens.example.com ", "left")
    assert not suppress_address(desk, "rosa@lens.example.com", "again")
    summary = send(desk, SLUG)
    assert (summary.sent, summary.suppressed) == (8, 1)
    assert states(desk)["lens"] == ["suppressed"]
    done = unsuppress_address(desk, "ROSA@lens.example.com")
    assert done == TakenBack(queued=1, opt_outs=())
    assert unsuppress_address(desk, "rosa@lens.example.com") is None
    assert send(desk, SLUG).sent == 1
    assert states(desk)["lens"] == ["sent"]
    with pytest.raises(NotFoundError, match="not a mail address"):
        suppress_address(desk, "rosa", "left")


def test_clocks_are_those_of_the_desk(folder: Path) -> None:
    with desk_at(folder, clock=fixed_clock(MORNING.replace(day=9, hour=23, minute=30))) as desk:
        assert desk.today == date(2031, 3, 10)  # in Zurich
        issue_all(desk)
        send(desk, SLUG, limit=1)
        mail = parsed((folder / OUT / "0000001-no-minister.eml").read_bytes())
    assert mail["Date"] == "Mon, 10 Mar 2031 00:30:00 +0100"
