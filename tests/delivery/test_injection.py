"""Nothing that stands in a list, a letter or office.toml adds a header field, a recipient or a second message.

Rows are built and handed over as `send` does it, to a real server. Texts are drawn at random, and made nasty: line
ends of every kind, control characters, commands of SMTP, final dots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from delivery.mail_form import MailForm
from office.model import Mail
from office.reading import read_office
from store.schema import addressees, batches, outbox
from templates.forms import compile_form
from tests.delivery.relays import Setup, sink_with
from tests.delivery.samples import REFERENCE, plain_routes, sample_forms
from tests.delivery.sink import Sink

FIELDS = {
    "date", "from", "to", "reply-to", "subject", "message-id", "mime-version", "content-type", "content-language",
    "content-transfer-encoding", "thread-index", "thread-topic", "auto-submitted", "references", "in-reply-to",
    "list-id", "list-unsubscribe", "list-unsubscribe-post", "precedence", "x-auto-response-suppress",
    "x-circulars-token", "x-circulars", "feedback-id", "cc", "sender",
}  # fmt: skip
NASTY = (
    "\r\n", "\n", "\r", "\0", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r\n.\r\n", "\r\n\r\n",
    "\r\nBcc: victim@example.com", "\nRCPT TO:<victim@example.com>", ">\r\nRCPT TO:<victim@example.com>", "> SIZE=1",
    "<victim@example.com>", ", victim@example.com", "=?utf-8?q?=0D=0ABcc:_victim@example.com?=", '"', "\\", "(", ";",
    "\udc80", "\u202e", "é", "部", " " * 90, "x" * 1100,
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(NASTY)), max_size=5).map("".join)
ADDRESSES = st.one_of(
    st.emails(),
    st.tuples(st.one_of(st.just("minister"), TEXTS), st.one_of(st.just("example.org"), TEXTS)).map("@".join),
)


def clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")  # a database takes no half of a character


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with sink_with(extensions=("8BITMIME", "SMTPUTF8", "PIPELINING", "DSN", "SIZE 10000000")) as sink:
        yield sink


def arrived(sink: Sink, here: Setup) -> None:
    """Assert that the server got our messages only, each with the header and the envelope that it is to have."""
    sent = {row.message_id: row for row in here.rows() if row.state == "sent"}
    assert len(sink.received) == len(sent)
    for message in sink.received:
        row = sent[message.message_id]
        sender, recipient = (re.match(r"(?:FROM|TO):<([^<>]*)>", text) for text in (message.mail, message.rcpt))
        assert sender is not None
        assert recipient is not None
        assert re.fullmatch(rf"bounce\+{row.token}@replies\.example\.int", sender[1])
        assert "victim" not in recipient[1] or "victim" in row.mailbox
        assert recipient[1].count("@") == 1 or '"' in recipient[1]
        lines(message.content)


def lines(content: bytes) -> None:
    head, _, body = content.partition(b"\r\n\r\n")
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)|\0", content)
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", head.replace(b"\r\n", b""))
    names = [line.partition(b":")[0].decode("ascii").lower() for line in head.split(b"\r\n") if line[:1] not in b" \t"]
    assert set(names) <= FIELDS, names
    assert len(names) == len(set(names))
    assert {"from", "to", "subject", "message-id", "date"} <= set(names)
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))  # RFC 5322 section 2.1.1
    parsed = message_from_bytes(content, policy=policy.default)
    assert len(parsed.get_all("To", [])) == 1
    assert not parsed.get_all("Bcc")
    assert body


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(st.tuples(TEXTS, ADDRESSES), min_size=1, max_size=8),
    subject=TEXTS, office_name=TEXTS, reference=TEXTS, word=TEXTS,
)  # fmt: skip
def test_what_is_in_lists_and_letters_stays_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, sink: Sink, people: list[tuple[str, str]], subject: str,
    office_name: str, reference: str, word: str,
) -> None:  # fmt: skip
    subject, office_name, reference, word = (clean(text) for text in (subject, office_name, reference, word))
    forms = replace(sample_forms(filler=word.replace("\0", "")), subject=compile_form(subject or "S"))
    form = MailForm(forms, reference=reference or REFERENCE, zone="Europe/Zurich", office_name=office_name)
    here = Setup(tmp_path_factory.mktemp("office"), routes=plain_routes(len(people)), form=form, connections=2)
    try:
        with here.store.write() as connection:
            connection.execute(update(batches).values(sender_name=office_name))
            for number, (name, mailbox) in enumerate(people, start=1):
                here_one = addressees.c.id == number
                connection.execute(update(addressees).where(here_one).values(name=clean(name).replace("\0", "")))
                change = update(outbox).where(outbox.c.addressee_id == number)
                connection.execute(change.values(mailbox=clean(mailbox).replace("\0", "")[:320]))
        sink.received.clear()
        summary = here.send(sink)
        assert summary.sent + summary.refused == len(people)
        arrived(sink, here)
    finally:
        here.store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sender=ADDRESSES, host=TEXTS, list_name=TEXTS, url=TEXTS)
def test_office_toml_takes_no_setting_that_could(
    tmp_path: Path, sender: str, host: str, list_name: str, url: str
) -> None:
    def quoted(text: str) -> str:
        return '"' + "".join(c if c.isalnum() or c in "@. :/" else f"\\U{ord(c):08x}" for c in clean(text)) + '"'

    (tmp_path / "office.toml").write_text(
        f'name = "U"\n[mail]\nsender = {quoted(sender)}\ntransport = "relay"\n[transports.relay]\nkind = "smtp"\n'
        f"host = {quoted(host)}\n[lists.friends]\nname = {quoted(list_name)}\nid = {quoted(host)}\n"
        f'unsubscribe_url = {quoted("https://" + url)}\n',
        "utf-8",
    )  # fmt: skip
    office, findings = read_office(tmp_path)
    if office is None:
        assert findings
        return
    mail: Mail = office.mail
    friends = office.lists["friends"]
    for text in (mail.sender, mail.reply, mail.bounce, friends.id, friends.unsubscribe_url):
        assert not re.search(r"[\s\x00-\x1f\x7f<>]", text), text
        assert text.isascii()
