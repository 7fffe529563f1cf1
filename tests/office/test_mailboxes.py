"""Addresses of mailboxes on a server."""

from __future__ import annotations

import pytest

from office.errors import InputError
from office.mailboxes import ImapAddress, imap_address, is_local


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("imaps://replies@mail.example.int/INBOX", ImapAddress(user="replies", host="mail.example.int", port=993)),
        ("imaps://replies@mail.example.int", ImapAddress(user="replies", host="mail.example.int", port=993)),
        ("IMAPS://replies@mail.example.int/", ImapAddress(user="replies", host="mail.example.int", port=993)),
        (
            "imaps://replies@example.int@mail.example.int:10993/Circulars/R%C3%A9ponses%202022",
            ImapAddress(
                user="replies@example.int", host="mail.example.int", port=10993, folder="Circulars/Réponses 2022"
            ),
        ),
        ("imaps://a%40b.example@mail.example.int", ImapAddress(user="a@b.example", host="mail.example.int", port=993)),
        (
            "imap://replies@mail.example.int/INBOX?security=starttls",
            ImapAddress(user="replies", host="mail.example.int", port=143, security="starttls"),
        ),
        ("imap://u@127.0.0.1:2143", ImapAddress(user="u", host="127.0.0.1", port=2143, security="none")),
        ("imap://u@[::1]", ImapAddress(user="u", host="::1", port=143, security="none")),
    ],
)
def test_addresses(source: str, expected: ImapAddress) -> None:
    assert imap_address(source) == expected


@pytest.mark.parametrize("source", ["inbox/", "/home/circulars/Maildir", "saved.mbox", "C:/mails", ""])
def test_what_is_no_server(source: str) -> None:
    assert imap_address(source) is None


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("pop3://u@mail.example.int", "pop3"),
        ("imaps://u:secret@mail.example.int", "holds a password"),
        ("imaps://mail.example.int/INBOX", "names no user"),
        ("imaps://u@/INBOX", "no server"),
        ("imaps://u%0d%0aLOGOUT@mail.example.int", "names no user"),
        ("imaps://u@mail.example.int:imap/INBOX", "has no address"),
        ("imaps://u@mail.example.int:0x1", "has no address"),
        ("imaps://u@mail.example.int?security=none", "not known"),
        ("imaps://u@mail.example.int?tls=no", "not known"),
        ("imap://u@mail.example.int", "in the clear"),
        ("imaps://u:secret/more@mail.example.int", "has no address"),
        ("imaps://u:25/secret@mail.example.int", "names no user"),
        ("imaps://u@[mail", "has no address"),
    ],
)
def test_addresses_that_cannot_be_used(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        imap_address(source)
    assert caught.value.hint
    assert "secret" not in caught.value.message


@pytest.mark.parametrize(
    ("host", "local"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("127.example.int", False), ("10.0.0.1", False)],
)
def test_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local
