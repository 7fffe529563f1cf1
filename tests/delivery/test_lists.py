"""List fields, Auto-Submitted, and that no message names another addressee's mailbox."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.feed import make_parcel
from delivery.lists import described_lists, freeze_lists, list_fields
from delivery.mail_form import MailForm
from delivery.message import LAYOUT, build
from office.model import MailingList
from office.tokens import TokenKind
from store.message_rows import rows_in
from store.messages import OutboxRow
from templates.forms import unpack_values
from tests.delivery.samples import REFERENCE, TOKENS, issue_sample, open_sample_store, sample_forms, sample_office
from tests.delivery.test_message import ROW, VALUES, mail_form, read

KEEPERS = MailingList(
    key="keepers", name='Keepers, "old" ones — été', id="keepers.lists.example.int", unsubscribe_url=""
)
LISTED = ROW._replace(
    token=TOKENS.make(TokenKind.ROW, circular=1, number=7), list_name="keepers", layout=LAYOUT,
    reply_token=TOKENS.make(TokenKind.ADDRESSEE, circular=1, number=3), settings=freeze_lists({"keepers": KEEPERS}),
)  # fmt: skip


def with_url(url: str) -> OutboxRow:
    return LISTED._replace(settings=freeze_lists({"keepers": replace(KEEPERS, unsubscribe_url=url)}))


def test_a_list_has_its_id_and_ways_to_leave() -> None:
    mail = read(build(mail_form(), VALUES, LISTED))
    assert mail["List-Id"] == 'Keepers, "old" ones — été <keepers.lists.example.int>'
    assert mail["List-Unsubscribe"] == f"<mailto:reply+{LISTED.token}@replies.example.int?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] is None


def test_one_click_needs_an_https_address() -> None:
    mail = read(build(mail_form(), VALUES, with_url("https://example.int/leave?t={token}&x=1")))
    assert mail["List-Unsubscribe"].startswith(f"<https://example.int/leave?t={LISTED.token}&x=1>, <mailto:")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    "row", [LISTED._replace(list_name=""), LISTED._replace(list_name="others"), LISTED._replace(settings="{}")]
)
def test_governments_and_lists_that_are_not_described_have_no_such_field(row: OutboxRow) -> None:
    assert list_fields(row) == b""


def test_the_fields_of_a_list_fold_and_hold_nothing_else() -> None:
    long = replace(KEEPERS, name="Ké" * 300, unsubscribe_url="https://example.int/" + "a" * 700 + "/{token}")
    fields = list_fields(LISTED._replace(settings=freeze_lists({"keepers": long})))
    assert [line.partition(b":")[0] for line in re.split(rb"\r\n(?! )", fields)] == [
        b"List-Id", b"List-Unsubscribe", b"List-Unsubscribe-Post", b"",
    ]  # fmt: skip
    assert all(len(line) <= 998 for line in fields.split(b"\r\n"))


@given(st.text(max_size=60))
def test_no_name_of_a_list_ends_its_field(name: str) -> None:
    fields = list_fields(LISTED._replace(settings=freeze_lists({"keepers": replace(KEEPERS, name=name)})))
    assert len(re.findall(rb"\r\n(?! )", fields)) == 2
    assert fields.isascii()
    assert fields.count(b"<keepers.lists.example.int>") >= 1


def test_only_lists_that_are_described_are_frozen(tmp_path: Path) -> None:
    office = replace(sample_office(tmp_path), lists={"keepers": KEEPERS, "others": KEEPERS})
    assert list(described_lists(office, ["keepers", "ministers", "keepers"])) == ["keepers"]
    assert freeze_lists({}) == "{}"
    assert json.loads(LISTED.settings)["lists"]["keepers"]["id"] == KEEPERS.id


# Auto-Submitted (RFC 3834)


@pytest.mark.parametrize(
    ("reminder", "layout", "said"),
    [(None, LAYOUT, None), (4, LAYOUT, "auto-generated"), (4, 2, None), (None, 2, None)],
)
def test_a_reminder_says_that_a_machine_sent_it_and_a_letter_does_not(
    reminder: int | None, layout: int, said: str | None
) -> None:
    mail = read(build(mail_form(), VALUES, LISTED._replace(reminder_id=reminder, layout=layout)))
    assert mail["Auto-Submitted"] == said
    assert mail["Precedence"] is None


# Whom a message names

_LOCALS = ("minister", "office", "mission", "Кабинет", "a.b", "Office")
_DOMAINS = ("example.org", "bücher.example", "mail.example.net", "xn--bcher-kva.example")
_MAILBOX = st.builds(
    lambda local, number, domain: f"{local}{number}@{domain}",
    st.sampled_from(_LOCALS), st.integers(0, 99), st.sampled_from(_DOMAINS),
)  # fmt: skip
_ADDRESSEE = st.tuples(st.lists(_MAILBOX, max_size=3, unique=True), st.lists(_MAILBOX, max_size=2, unique=True))


@settings(max_examples=15, deadline=None)
@given(st.lists(_ADDRESSEE, min_size=2, max_size=5), st.booleans())
def test_no_addressee_ever_sees_the_mailbox_of_another(
    people: Sequence[tuple[list[str], list[str]]], plus_addressing: bool
) -> None:
    routes = [[*((box, "to") for box in to), *((box, "cc") for box in cc)] for to, cc in people]
    with TemporaryDirectory() as folder:
        office = sample_office(Path(folder), plus_addressing=plus_addressing)
        store = open_sample_store(office.folder)
        try:
            circular_id = issue_sample(store, office, routes, form=mail_form())
            with store.read() as connection:
                rows = list(rows_in(connection, circular_id))
        finally:
            store.close()
    for row in rows:
        mine = {box.casefold() for box, _ in routes[int(row.key.removeprefix("key-"))]}
        parcel = make_parcel(row, mail_form(), unpack_values(row.values or b"[]"))
        told = envelope_and_headers(parcel.message, parcel.sender, parcel.recipient)
        for others in routes:
            for box, _ in others:
                if box.casefold() not in mine and canonical(box) not in {canonical(one) for one in mine}:
                    assert not re.search(rf"(?<![\w.+-]){re.escape(canonical(box))}(?![\w.-])", told), (
                        box,
                        row.mailbox,
                    )


def canonical(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.replace('bücher', 'xn--bcher-kva')}".casefold()


def envelope_and_headers(message: bytes, sender: str, recipient: str) -> str:
    mail = message_from_bytes(message, policy=policy.SMTPUTF8)
    texts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([sender, recipient, *map(str, mail.values()), *texts]).casefold()


def test_the_proof_would_notice_a_mailbox() -> None:
    form = replace_filler("For minister1@example.org only.")
    message = build(form, VALUES, ROW)
    assert "minister1@example.org" in envelope_and_headers(message, "", "")


def replace_filler(filler: str) -> MailForm:
    return MailForm(sample_forms(filler=filler), reference=REFERENCE, zone="Europe/Zurich")
