"""A letter goes out through Postfix to a world that answers in every way; what comes back lands where it belongs.

Nothing is simulated but the people: Postfix writes the delivery reports, Dovecot holds the mailbox, the commands are
those that staff type. Needs Debian's postfix and dovecot-imapd, which .ci/run installs, and to start Postfix the
rights of root (or sudo without a password).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message
from email.utils import formatdate
from pathlib import Path

import pytest
from sqlalchemy import select

from pipeline.triage import open_mail
from store.schema import delivery_events, outbox
from tests.cli.conftest import Run
from tests.end_to_end.dovecot import PASSWORD, Dovecot
from tests.end_to_end.postfix import FULL, MAILBOX, POLICY, UNKNOWN, Postfix, running_postfix
from tests.pipeline.offices import SLUG, desk_at, edit, write_office

pytestmark = pytest.mark.packages

REFERENCE = "LU-31/001"
PEOPLE = {  # key: mailbox
    "plain": "minister@ke.example.org",
    "colleague": "minister@no.example.org",
    "stripped": "post@se.example.org",
    "away": "minister@fr.example.org",
    "away-bare": "minister@es.example.org",
    "bottom": "minister@gb.example.org",
    "forwarded": "minister@cl.example.org",
    "calendar": "minister@jp.example.org",
    "unknown": "minister@bt.example.org",
    "full": "minister@br.example.org",
    "policy": "minister@dk.example.org",
}
WORLD = {PEOPLE["unknown"]: UNKNOWN, PEOPLE["full"]: FULL, PEOPLE["policy"]: POLICY}
_WAIT = 30.0  # seconds


@pytest.fixture
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    with running_postfix(dovecot, WORLD) as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, dovecot: Dovecot, postfix: Postfix, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office that sends through Postfix and reads its mailbox at Dovecot."""
    folder = write_office(tmp_path / "office")
    rows = (f"{key},,,,,Ministry of {key},government,,en,{mailbox},,email" for key, mailbox in PEOPLE.items())
    header = "key,party,name,role,gender,organisation,category,country,languages,email,cc,channel"
    (folder / "recipients" / "keepers.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8")
    edit(folder / "letters" / SLUG / "letter.toml", _second_audience(folder), "")
    edit(folder / "office.toml", 'transport = "files"', 'transport = "relay"')
    with (folder / "office.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {postfix.port}\nsecurity = "none"\n'
            f'[inbox]\nsource = "{dovecot.url(MAILBOX)}"\npassword_env = "TEST_IMAP"\nmoved_to = "Filed"\n'
        )
    monkeypatch.setenv("TEST_IMAP", PASSWORD)
    monkeypatch.chdir(folder)
    return folder


def _second_audience(folder: Path) -> str:
    text = (folder / "letters" / SLUG / "letter.toml").read_text("utf-8")
    return "[[audience]]" + text.split("[[audience]]")[2].split("[deadlines")[0]


def test_what_comes_back_lands_where_it_belongs(run: Run, office: Path, postfix: Postfix, dovecot: Dovecot) -> None:
    issue_and_send(run)
    sent = {key: sent_to(run, key) for key in PEOPLE}
    for key, answer in ANSWERS.items():
        sender, recipient, mail = answer(sent[key])
        postfix.receive(sender, recipient, mail.as_bytes(policy=policy.SMTP))
    wait_for_mails(dovecot, len(ANSWERS) + len(WORLD), postfix)
    assert envelope_ids(dovecot) == {row_token(office, PEOPLE[key]) for key in ("unknown", "policy", "full")}
    tracked = run("track", "--json")
    assert tracked.code == 0, tracked.err
    assert tracked.json["kinds"] == {
        "reply": 4, "auto-reply": 2, "forward": 1, "calendar": 1, "bounce": 2, "delay": 1,
    }  # fmt: skip
    status = run("status", SLUG, "--json").json
    assert (status["delivery"]["sent"], status["delivery"]["bounced"]) == (9, 2)  # who is full is still waited for
    for ask in status["asks"][:2]:
        assert (ask["received"], ask["unreachable"], ask["silent"], ask["answered"]) == (4, 2, 5, 0)
    waiting = run("triage", "--json").json
    assert {one["party"]: one["colleague"] for one in waiting["replies"]} == {
        "plain": False, "colleague": True, "stripped": False, "bottom": False,
    }  # fmt: skip
    unclear = {one["kind"]: one for one in waiting["unclear"]}
    assert set(unclear) == {"forward", "calendar"}
    assert unclear["calendar"]["party"] == "calendar"
    assert [one["party"] for one in unclear["forward"]["details"]["candidates"]] == ["forwarded"]
    (bottom_posted,) = (one["inbound_id"] for one in waiting["replies"] if one["party"] == "bottom")
    assert new_text(office, bottom_posted) == "We accept with pleasure."
    assert reports(office) == {
        PEOPLE["unknown"]: ("failed", "5.1.1", "address", True),
        PEOPLE["policy"]: ("failed", "5.7.1", "policy", True),
        PEOPLE["full"]: ("delayed", "4.2.2", "mailbox", False),
    }
    assert folders(dovecot) == {"INBOX": 0, "Filed": len(ANSWERS) + len(WORLD)}
    assert run("track", "--json").json["kinds"] == {}


def new_text(office: Path, inbound_id: int) -> str:
    with desk_at(office) as desk:
        return open_mail(desk, inbound_id).text.strip()


def envelope_ids(dovecot: Dovecot) -> set[str]:
    """The ENVIDs of our letters that come back in delivery reports."""
    mails = [path.read_bytes() for path in (dovecot.maildir(MAILBOX) / "new").glob("*")]
    return {found[1].decode() for mail in mails if (found := re.search(rb"^Original-Envelope-Id: (\S+)", mail, re.M))}


def row_token(office: Path, mailbox: str) -> str:
    with desk_at(office) as desk, desk.store.read() as connection:
        return str(connection.scalar(select(outbox.c.token).where(outbox.c.mailbox == mailbox)))


def reports(office: Path) -> dict[str, tuple[str, str, str, bool]]:
    """What the register knows of the letters that did not arrive, by mailbox."""
    query = select(outbox.c.mailbox, delivery_events).join(outbox)
    with desk_at(office) as desk, desk.store.read() as connection:
        return {
            row.mailbox: (row.action, row.status, row.reason_group, row.permanent) for row in connection.execute(query)
        }


def folders(dovecot: Dovecot) -> dict[str, int]:
    client = dovecot.client(MAILBOX)
    counts = {name: int(client.select(name, readonly=True)[1][0] or 0) for name in ("INBOX", "Filed")}
    client.logout()
    return counts


def issue_and_send(run: Run) -> None:
    digest = run("plan", SLUG, "--json").json["digest"]
    assert run("approve", SLUG, "--digest", digest).code == 0
    assert run("issue", SLUG, "--digest", digest).code == 0
    sent = run("send", SLUG, "--yes", "--json")
    assert (sent.code, sent.json["remaining"]) == (0, 0), sent.err


def sent_to(run: Run, key: str) -> EmailMessage:
    shown = run("show", SLUG, "--to", key, "--as", "eml").out
    mail = message_from_bytes(shown.encode("ascii"), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def wait_for_mails(dovecot: Dovecot, number: int, postfix: Postfix) -> None:
    end = time.monotonic() + _WAIT
    while len(list((dovecot.maildir(MAILBOX) / "new").glob("*"))) < number:
        assert time.monotonic() < end, postfix.log
        time.sleep(0.1)


# What people send back: the envelope's sender, its recipient, and the mail

Answer = tuple[str, str, Message]


def reply(sent: EmailMessage, text: str, *, sender: str = "", to: str = "", **fields: str) -> EmailMessage:
    """Answer a letter as any mail program does."""
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = sender or str(sent["To"])
    mail["To"] = to or str(sent["Reply-To"])
    mail["Subject"] = f"Re: {sent['Subject']}"
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{abs(hash((text, to)))}@ministry.example.org>"
    mail["In-Reply-To"] = mail["References"] = str(sent["Message-ID"])
    for name, value in fields.items():
        del mail[name.replace("_", "-")]
        if value:
            mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def address(text: object) -> str:
    found = re.search(r"[^\s<]+@[^\s>]+", str(text))
    assert found is not None
    return found[0]


def plain(sent: EmailMessage) -> Answer:
    mail = reply(sent, "Dear colleagues,\n\nWe shall take part.\n\nJuma Odhiambo\n")
    return PEOPLE["plain"], address(mail["To"]), mail


def colleague(sent: EmailMessage) -> Answer:
    mail = reply(sent, "On behalf of the Minister: yes.\n", sender="Ida Berg <ida.berg@lamps.example.net>")
    return "ida.berg@lamps.example.net", address(mail["To"]), mail


def stripped(sent: EmailMessage) -> Answer:
    """A gateway has taken away all that ties the answer to the letter, but the subject."""
    mail = reply(
        sent, "We shall send our figures.\n", to="reply@replies.example.int", In_Reply_To="", References="",
        Subject=f"RE: {REFERENCE}",
    )  # fmt: skip
    return PEOPLE["stripped"], "reply@replies.example.int", mail


def away(sent: EmailMessage) -> Answer:
    mail = reply(sent, "I am out of the office until 2 June.\n", Auto_Submitted="auto-replied", Precedence="bulk")
    return "", address(mail["To"]), mail


def away_bare(sent: EmailMessage) -> Answer:
    mail = reply(
        sent, "I am out of the office this week and will read your message on my return.\n",
        Subject=f"Automatic reply: {sent['Subject']}", In_Reply_To="", References="",
    )  # fmt: skip
    return PEOPLE["away-bare"], address(mail["To"]), mail


def bottom(sent: EmailMessage) -> Answer:
    body = sent.get_body(("plain",))
    assert body is not None
    quoted = "".join(f"> {line}\n" for line in body.get_content().splitlines())
    mail = reply(sent, f"On 4 March 2031, the Union wrote:\n{quoted}\nWe accept with pleasure.\n")
    return PEOPLE["bottom"], address(mail["To"]), mail


def forwarded(sent: EmailMessage) -> Answer:
    """An assistant at home forwards what the minister wrote, to the address without a token."""
    text = (
        "For your records.\n\n---------- Forwarded message ---------\n"
        f"From: Minister <{PEOPLE['forwarded']}>\nDate: Tue, 4 Mar 2031 at 10:00\n"
        f"Subject: Re: {sent['Subject']}\nTo: <assistant@cl.example.org>\n\nYes, please confirm that we take part.\n"
    )
    mail = reply(
        sent, text, sender="assistant@cl.example.org", to="reply@replies.example.int",
        Subject=f"Fwd: {sent['Subject']}", In_Reply_To="", References="",
    )  # fmt: skip
    return "assistant@cl.example.org", "reply@replies.example.int", mail


def calendar(sent: EmailMessage) -> Answer:
    mail = reply(sent, "Accepted: Meeting\n", Subject="Accepted: Meeting")
    mail.add_alternative(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//Calendar//EN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        "UID:meeting@example.int\r\nDTSTAMP:20310304T090000Z\r\nDTSTART:20310601T090000Z\r\n"
        f"ORGANIZER:mailto:circulars@example.int\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{PEOPLE['calendar']}\r\n"
        "SUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        subtype="calendar", params={"method": "REPLY"},
    )  # fmt: skip
    return PEOPLE["calendar"], address(mail["To"]), mail


ANSWERS: dict[str, Callable[[EmailMessage], Answer]] = {
    "plain": plain, "colleague": colleague, "stripped": stripped, "away": away, "away-bare": away_bare,
    "bottom": bottom, "forwarded": forwarded, "calendar": calendar,
}  # fmt: skip
