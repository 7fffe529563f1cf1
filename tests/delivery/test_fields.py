"""The header of a message, whatever its row is: the fields of `delivery.headers` in their order, and nothing else."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery import headers
from delivery.message import build
from office.tokens import TokenKind
from tests.delivery.samples import NOW, TOKENS
from tests.delivery.test_message import ROW, VALUES, mail_form

LOCALS = ("minister", "a.b+c", "大臣", "x" * 64)
DOMAINS = ("example.org", "Bücher.example", "MAIL.example.net", f"{'long.' * 12}example")
TICKS = (NOW - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10  # FILETIME


@given(
    name=st.text(max_size=90),
    mailbox=st.builds("{}@{}".format, st.sampled_from(LOCALS), st.sampled_from(DOMAINS)),
    copy_of=st.sampled_from((None, "", "minister@example.org", "大臣@example.org")),
    number=st.integers(0, 2**40 - 1),
    references=st.lists(st.sampled_from(("a@b", f"{'x' * 70}@example.int")), max_size=3).map(tuple),
    layout=st.sampled_from((1, 2, 3)),
    plus_addressing=st.booleans(),
    reminder=st.sampled_from((None, 4)),
)  # fmt: skip
def test_every_field_is_as_it_is_made_alone(
    name: str, mailbox: str, copy_of: str | None, number: int, references: tuple[str, ...], layout: int,
    plus_addressing: bool, reminder: int | None,
) -> None:  # fmt: skip
    token = TOKENS.make(TokenKind.ROW, circular=1, number=number)
    row = ROW._replace(
        name=name, mailbox=mailbox, role="to" if copy_of is None else "cc", to_mailbox=copy_of or "", token=token,
        reply_token=token.replace("c", "d"), message_id=f"{token}@example.int", references=references, layout=layout,
        plus_addressing=plus_addressing, reminder_id=reminder,
    )  # fmt: skip
    if copy_of is None:
        recipients = headers.address_field("To", name, mailbox)
    elif copy_of and (copy_of.isascii() or not mailbox.partition("@")[0].isascii()):
        recipients = headers.address_field("To", name, copy_of) + headers.address_field("Cc", "", mailbox)
    else:
        recipients = headers.group_field("To", name) + headers.address_field("Cc", "", mailbox)
    index = base64.b64encode(TICKS.to_bytes(8)[:6] + base64.b32decode(f"{row.reply_token}=".upper())[:16])
    answered = b"".join(headers.id_field("In-Reply-To", last) for last in references[-1:])
    assert build(mail_form(), VALUES, row) == b"".join((
        headers.address_field("From", "Union", "circulars@example.int"),
        recipients,
        f"Reply-To: reply{f'+{row.reply_token}' if plus_addressing else ''}@replies.example.int\r\n".encode(),
        headers.text_field("Subject", "Invitation au Forum 2022 — été"),
        b"Date: Mon, 21 Mar 2022 10:30:00 +0100\r\n",
        headers.id_field("Message-ID", row.message_id),
        answered + headers.id_field("References", *references) if references else b"",
        f"X-Circulars-Token: {row.reply_token}\r\n".encode(),
        b"Thread-Index: %b\r\n" % index if layout >= 2 else b"",
        b"Auto-Submitted: auto-generated\r\n" if layout >= 3 and reminder else b"",
        mail_form().mime(VALUES, row),
    ))  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"message_id": "a@b>\r\nBcc: <c@d"}, {"reply_token": "a\r\nBcc: b"}, {"references": ("a@b\r\n",)},
              {"thread_token": "a" * 30 + "\n", "layout": 2}, {"reply_token": "é"}, {"reply_token": ""}],
)  # fmt: skip
@pytest.mark.parametrize("plus_addressing", [True, False])
def test_what_would_end_a_field_is_refused(wrong: dict[str, Any], plus_addressing: bool) -> None:
    with pytest.raises(ValueError, match=r"token|Message-ID"):
        build(mail_form(), VALUES, ROW._replace(plus_addressing=plus_addressing, **wrong))
