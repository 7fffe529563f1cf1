"""`show` and `archive verify`: what exactly went, after everything around it has changed, and if it was changed."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from delivery.verifying import Standing
from office.errors import NotFoundError, RefusedError
from pipeline.archiving import show
from pipeline.desk import Desk
from pipeline.sending import send
from pipeline.stopping import withdraw
from pipeline.verifying import Verified, verify
from store.messages import State
from store.schema import addressees, batches, circulars, outbox, reminder_letters
from tests.pipeline.offices import BODY, ENGLISH_LETTER, SLUG, desk_at, edit, issue_all, write_letter
from tests.pipeline.reminders import Year

OUT = "outgoing/LU-31-001"
OLD = Path(__file__).parent / "office-2031.zip"  # issued by the version before documents were sealed otherwise

Spoil = Callable[[Desk], None]


def checked(desk: Desk) -> Verified:
    (found,) = verify(desk, SLUG)
    return found


def change(desk: Desk, table: str = "outbox", key: str = "lens", **values: Any) -> None:
    """Change a row behind the product's back."""
    tables = {"outbox": outbox, "addressees": addressees, "batches": batches, "circulars": circulars}
    chosen = tables[table]
    statement = update(chosen).values(values)
    if table == "outbox":
        theirs = select(addressees.c.id).where(addressees.c.key == key)
        statement = statement.where(outbox.c.addressee_id.in_(theirs))
    if table == "addressees":
        statement = statement.where(addressees.c.key == key)
    with desk.store.write() as connection:
        connection.execute(statement)


# What exactly went


def test_the_bytes_are_those_that_were_sent(sent_desk: Desk) -> None:
    for path in (sent_desk.office.folder / OUT).glob("*.eml"):
        key = path.stem[8:]
        wanted = str(message_from_bytes(path.read_bytes(), policy=default)["To"]).split("<")[-1].rstrip(">")
        copied = message_from_bytes(path.read_bytes(), policy=default)["Cc"]
        shown = show(sent_desk, SLUG, key, "eml", mailbox=str(copied) if copied else wanted)
        assert shown.content == path.read_bytes()
        assert shown.standing is Standing.VERIFIED
        assert hashlib.sha256(path.read_bytes()).hexdigest() in shown.notes[0]


def test_several_messages_are_told_and_chosen(sent_desk: Desk) -> None:
    first = show(sent_desk, SLUG, "no-mission", "eml")
    assert (first.mailbox, "second@no.example.org" in first.notes[-1]) == ("mission@no.example.org", True)
    second = show(sent_desk, SLUG, "no-mission", "eml", mailbox="SECOND@no.example.org")
    assert b"To: <second@no.example.org>" in second.content or b"second@no.example.org" in second.content
    assert second.content != first.content
    paper = show(sent_desk, SLUG, "fr-minister", "docx", mailbox="paper")
    assert paper.content == (sent_desk.office.folder / OUT / "print" / "0000006-fr-minister.docx").read_bytes()
    assert (paper.standing, "printing" in paper.notes[0]) == (Standing.VERIFIED, True)
    with pytest.raises(NotFoundError, match="other@") as caught:
        show(sent_desk, SLUG, "no-mission", "eml", mailbox="other@no.example.org")
    assert "second@no.example.org" in caught.value.hint


def test_the_attachment_is_that_of_the_verified_message(sent_desk: Desk) -> None:
    mail = message_from_bytes(show(sent_desk, SLUG, "optique", "eml").content, policy=default)
    (attached,) = mail.iter_attachments()
    shown = show(sent_desk, SLUG, "optique", "docx")
    assert shown.content == attached.get_content()
    assert "that the message carries" in shown.notes[1]


def test_a_document_that_the_mail_did_not_carry_is_said_to_be_made_now(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", 'attach = ["docx"]', "attach = []")
    with desk_at(folder) as desk:
        issue_all(desk)
        send(desk, SLUG)
        shown = show(desk, SLUG, "lens", "docx")
    assert shown.content.startswith(b"PK")
    assert any("made now" in note for note in shown.notes)


def test_the_pdf_is_that_of_the_verified_message_or_made_now(folder: Path) -> None:
    audience = ENGLISH_LETTER[ENGLISH_LETTER.index('list = "keepers"\nwhere = "category == \'academia') :]
    second = "[[audience]]\n" + audience[: audience.index("[deadlines")]
    letter = ENGLISH_LETTER.replace(second, "").replace('attach = ["docx"]', 'attach = ["pdf"]')
    write_letter(folder, "pdf", letter=letter, body=BODY.replace("those of {{ recipient.country }}", "yours"))
    with desk_at(folder) as desk:
        issue_all(desk, "pdf")
        send(desk, "pdf")
        mail = message_from_bytes(show(desk, "pdf", "ke-minister", "eml").content, policy=default)
        (attached,) = mail.iter_attachments()
        shown = show(desk, "pdf", "ke-minister", "pdf")
        assert shown.content == attached.get_content()
        assert shown.content.startswith(b"%PDF-")
        assert "that the message carries" in shown.notes[1]
        paper = show(desk, "pdf", "bt-minister", "pdf")
        assert (paper.content[:5], "made now" in paper.notes[1]) == (b"%PDF-", True)


def test_what_has_not_gone_is_said_to_be_what_would_be_sent(desk: Desk) -> None:
    issue_all(desk)
    shown = show(desk, SLUG, "lens", "eml")
    assert (shown.standing, "would be sent" in shown.notes[0]) == (Standing.NOT_SENT, True)
    withdraw(desk, SLUG, ["prism"])
    assert "withdrawn" in show(desk, SLUG, "prism", "txt").notes[0]
    send(desk, SLUG)
    assert show(desk, SLUG, "lens", "eml").content == shown.content
    assert show(desk, SLUG, "lens", "eml").standing is Standing.VERIFIED
    assert checked(desk).standings == {Standing.VERIFIED: 10, Standing.NOT_SENT: 1}


def test_nothing_around_is_needed(sent_folder: Path) -> None:
    wanted = {path.name: path.read_bytes() for path in (sent_folder / OUT).glob("*.eml")}
    for name in ("letters", "recipients", "locales", "outgoing", "inbox", "journal"):
        shutil.rmtree(sent_folder / name)
    (sent_folder / "office.key").unlink()
    (sent_folder / "templates").mkdir(exist_ok=True)
    for name in ("letterhead.ltr.docx", "letterhead.rtl.docx", "circular.html", "circular.typ"):
        (sent_folder / "templates" / name).write_bytes(b"broken")
    edit(sent_folder / "office.toml", "Example Lighthouse Union", "Another Union")
    edit(sent_folder / "office.toml", "circulars@example.int", "others@example.int")
    edit(sent_folder / "office.toml", 'languages = ["en", "fr"]', 'languages = ["en"]')
    with desk_at(sent_folder) as desk:
        for name, content in wanted.items():
            mail = message_from_bytes(content, policy=default)
            box = str(mail["Cc"] or mail["To"]).split("<")[-1].rstrip(">")
            shown = show(desk, "LU-31/001", name[8:-4], "eml", mailbox=box)
            assert (shown.content, shown.standing) == (content, Standing.VERIFIED)
        assert show(desk, "LU-31/001", "Kenya", "txt").standing is Standing.VERIFIED
        assert checked(desk).faults == 0


@pytest.mark.sqlite("the file of an older version")
def test_what_an_older_version_sent_comes_back(tmp_path: Path) -> None:
    with zipfile.ZipFile(OLD) as packed:
        packed.extractall(tmp_path)
    with desk_at(tmp_path) as desk:
        found = checked(desk)
        assert (found.faults, found.standings) == (0, {Standing.VERIFIED: 17, Standing.SEALED: 4})
        for path in sorted(tmp_path.glob("outgoing/LU-31-001/*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            box = str(mail["Cc"] or mail["To"]).split("<")[-1].rstrip(">")
            shown = show(desk, SLUG, path.stem[8:], "eml", mailbox=box, reminder=int(path.name > "0000012"))
            assert (shown.content, shown.standing) == (path.read_bytes(), Standing.VERIFIED), path.name
        printed = next(tmp_path.rglob("*bt-minister.docx")).read_bytes()
        paper = show(desk, SLUG, "bt-minister", "docx")
        assert (paper.content, paper.standing) == (printed, Standing.SEALED)
        assert "not recorded" in paper.notes[0]


# Tampering


def in_archive(spoil: Callable[[bytes], bytes]) -> Spoil:
    def act(desk: Desk) -> None:
        for path in (desk.office.folder / "archive").glob("*.form"):
            content = spoil(path.read_bytes())
            path.write_bytes(content) if content else path.unlink()

    return act


def row(key: str = "lens", **values: Any) -> Spoil:
    return lambda desk: change(desk, key=key, **values)


def person(**values: Any) -> Spoil:
    return lambda desk: change(desk, "addressees", **values)


def batch(**values: Any) -> Spoil:
    return lambda desk: change(desk, "batches", **values)


def other_values(desk: Desk) -> None:
    with desk.store.read() as connection:
        packed = connection.scalar(select(addressees.c["values"]).where(addressees.c.key == "prism"))
    change(desk, "addressees", values=packed)


def renamed(desk: Desk) -> None:
    with desk.store.write() as connection:
        connection.execute(update(addressees).where(addressees.c.key == "lens").values(key="lense"))


def hash_too(desk: Desk) -> None:
    """Change the values and give them a hash to match: the message itself still tells."""
    from templates.merging import values_hash

    with desk.store.read() as connection:
        packed = connection.scalar(select(addressees.c["values"]).where(addressees.c.key == "prism"))
    assert packed is not None
    change(desk, "addressees", values=packed, values_hash=values_hash("LU-31/001", "lens", packed))


TAMPERED = {
    "a form cut short": (in_archive(lambda content: content[:-20]), "form-changed", "sealed form"),
    "a word of a form": (
        in_archive(lambda content: content.replace(b"Census", b"Consus")), "form-changed", "not what was issued",
    ),
    "no form": (in_archive(lambda _content: b""), "form-missing", "missing"),
    "another's values": (other_values, "values-changed", "approved and issued"),
    "values that are none": (person(values=b"[1"), "values-changed", "approved and issued"),
    "values with another hash": (hash_too, "row-changed", "as they were sealed"),
    "the hash of the values": (person(values_hash=bytes(32)), "values-changed", "approved and issued"),
    "the mailbox": (row(mailbox="mallory@example.org"), "row-changed", "mailbox"),
    "no mailbox": (row(mailbox="no mailbox"), "row-changed", "mailbox"),
    "the Message-ID": (row(message_id="other@example.int"), "message-id-changed", "send journal"),
    "the bounce token": (row(token="ce" + "a" * 29), "token-changed", "bounce address"),
    "the reply token": (person(token="ce" + "a" * 29), "token-changed", "reply address"),
    "the SHA-256": (row(sha256=bytes(32)), "row-changed", "000000000000"),
    "no SHA-256": (row(sha256=None), "hash-removed", "no longer there"),
    "the name": (person(name="Somebody Else"), "row-changed", "name"),
    "the key": (renamed, "values-changed", "key"),
    "the reference": (lambda desk: change(desk, "circulars", reference="LU-31/002"), "values-changed", "reference"),
    "the sender": (batch(sender="mallory@example.org"), "batch-changed", "sender"),
    "the office's address": (batch(reply="mallory@example.org"), "batch-changed", "in common"),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_tampered_with_is_named_and_not_shown(sent_desk: Desk, what: str) -> None:
    spoil, code, words = TAMPERED[what]
    before = show(sent_desk, SLUG, "lens", "eml").content
    spoil(sent_desk)
    key = "lense" if what == "the key" else "lens"
    for kind in ("eml", "txt", "html", "docx"):
        with pytest.raises(RefusedError, match="not what was sent") as caught:
            show(sent_desk, SLUG, key, kind)
        assert [finding.code for finding in caught.value.findings] == [code], caught.value.findings
        assert words in caught.value.findings[0].message
    found = checked(sent_desk)
    assert found.faults >= 1
    assert code in {wrong.code for wrong in found.wrong}
    if code.startswith("form"):
        return
    if found.standings[Standing.CHANGED] and what != "no mailbox" and what != "values that are none":
        shown = show(sent_desk, SLUG, key, "eml", unverified=True)
        assert shown.standing is Standing.CHANGED
        assert shown.notes[0].startswith("NOT VERIFIED")
        if what not in {
            "the SHA-256",
            "no SHA-256",
            "the bounce token",
            "the hash of the values",
            "the key",
            "the reference",
        }:
            assert shown.content != before


def test_a_mailbox_is_told_back_where_something_knows_it(year: Year) -> None:
    year.remind(4, 8)
    with year.desk(4, 9) as desk:
        with desk.store.write() as connection:
            letters = select(addressees.c.id).where(addressees.c.key == "lens")
            connection.execute(
                update(outbox)
                .where(outbox.c.addressee_id.in_(letters), outbox.c.reminder_id.is_(None))
                .values(mailbox="mallory@example.org")
            )
        with pytest.raises(RefusedError) as caught:
            show(desk, SLUG, "lens", "eml")
        (finding,) = caught.value.findings
        assert finding.code == "mailbox-changed"
        assert "rosa@lens.example.com" in finding.message


def test_reminders_are_proven_too(year: Year) -> None:
    year.remind(4, 8)
    with year.desk(4, 9) as desk:
        assert show(desk, SLUG, "lens", "eml", reminder=1).standing is Standing.VERIFIED
        assert checked(desk).faults == 0
        with desk.store.write() as connection:
            connection.execute(update(reminder_letters).values({"values": b'{"name": "X", "values": ["Y"]}'}))
        assert checked(desk).faults >= 8
        with pytest.raises(RefusedError, match="not what was sent"):
            show(desk, SLUG, "lens", "txt", reminder=1)
        for damaged in (b"{", b"[]", b'{"name": 1}', b"\xff", b"[" * 100_000):
            with desk.store.write() as connection:
                connection.execute(update(reminder_letters).values({"values": damaged}))
            with pytest.raises(RefusedError, match="not what was sent"):
                show(desk, SLUG, "lens", "txt", reminder=1)
            assert checked(desk).faults >= 8


def test_one_changed_message_among_good_ones_is_the_one_that_is_named(sent_desk: Desk) -> None:
    change(sent_desk, mailbox="mallory@example.org")
    found = checked(sent_desk)
    assert [(wrong.code, wrong.key) for wrong in found.wrong] == [("row-changed", "lens")]
    assert found.standings == {Standing.VERIFIED: 10, Standing.CHANGED: 1}


def test_what_was_taken_out_or_put_in_is_missed(sent_desk: Desk) -> None:
    with sent_desk.store.write() as connection:
        theirs = connection.scalar(select(addressees.c.id).where(addressees.c.key == "lens"))
        connection.execute(delete(outbox).where(outbox.c.addressee_id == theirs))
        connection.execute(delete(addressees).where(addressees.c.id == theirs))
    found = checked(sent_desk)
    assert {wrong.code for wrong in found.wrong} == {"addressees-missing", "messages-missing"}


def test_a_message_that_went_before_its_hash_could_be_recorded(desk: Desk) -> None:
    from store.outbox import ENDED_EARLY

    issue_all(desk)
    send(desk, SLUG)
    change(desk, sha256=None, state=State.SENT, reply_text=ENDED_EARLY)
    shown = show(desk, SLUG, "lens", "eml")
    assert (shown.standing, "not recorded" in shown.notes[0]) == (Standing.SEALED, True)
    assert checked(desk).faults == 0


def test_all_letters_at_once(sent_desk: Desk) -> None:
    seen: list[tuple[str, int, int]] = []
    (found,) = verify(sent_desk, progress=lambda *told: seen.append(told))
    assert (found.reference, found.addressees, found.forms) == ("LU-31/001", 8, 4)
    assert seen == [("LU-31/001", 11, 11)]
