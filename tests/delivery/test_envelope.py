"""The commands of an envelope, and messages that are not tried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from delivery.transports.envelope import (
    Announced,
    announced,
    mail_command,
    original_recipient,
    recipient_command,
    refusal,
    xtext,
)
from delivery.transports.verdicts import Parcel

PARCEL = Parcel(
    row_id=1, message_id="m@example.int", sender="bounce+abc@example.int", recipient="a@example.org",
    pieces=(b"Subject: a\r\n\r\n", b"b\r\n"), size=17, envid="abc",
)  # fmt: skip
ALL = Announced(pipelining=True, smtputf8=True, eight_bit=True, dsn=True, size=10_000)


def with_message(message: bytes) -> Parcel:
    return PARCEL._replace(pieces=(message,), size=len(message))


def test_what_is_announced() -> None:
    extensions = {"pipelining": "", "size": "10000", "8bitmime": "", "smtputf8": "", "dsn": "", "auth": "PLAIN"}
    assert announced(extensions) == ALL
    assert announced({}) == Announced()
    assert announced({"size": ""}).size == 0
    assert announced({"size": "²"}).size == 0


def test_commands_use_only_what_is_announced() -> None:
    assert mail_command(PARCEL, Announced(), dsn=True) == b"MAIL FROM:<bounce+abc@example.int>\r\n"
    assert recipient_command(PARCEL, Announced(), dsn=True) == b"RCPT TO:<a@example.org>\r\n"
    assert mail_command(PARCEL, ALL, dsn=False) == b"MAIL FROM:<bounce+abc@example.int> SIZE=17\r\n"
    assert mail_command(PARCEL, ALL, dsn=True) == (
        b"MAIL FROM:<bounce+abc@example.int> SIZE=17 RET=HDRS ENVID=abc\r\n"
    )  # fmt: skip
    assert recipient_command(PARCEL, ALL, dsn=True) == (
        b"RCPT TO:<a@example.org> NOTIFY=FAILURE,DELAY ORCPT=rfc822;a@example.org\r\n"
    )
    eight_bit = with_message("é\r\n".encode())
    assert mail_command(eight_bit, ALL, dsn=False).endswith(b" SIZE=4 BODY=8BITMIME\r\n")


def test_xtext() -> None:
    assert xtext("a+b=c d\\") == "a+2Bb+3Dc+20d\\"
    assert xtext("abc234") == "abc234"
    assert xtext("é") == "+E9"
    assert xtext("") == ""
    assert original_recipient("müller+x@example.org") == r"utf-8;m\x{FC}ller\x{2B}x@example.org"
    assert original_recipient("大\\@example.org") == r"utf-8;\x{5927}\x{5C}@example.org"


@pytest.mark.parametrize(
    ("parcel", "offer", "words"),
    [
        (with_message(b"x" * 10_001), ALL, "takes at most 10000 bytes"),
        (with_message(b"x" * 20_000_000), replace(ALL, size=10_240_000), "20.0 MB, but the relay r"),
        (PARCEL._replace(recipient="é@example.org", utf8=True), replace(ALL, smtputf8=False), "(SMTPUTF8)"),
        (with_message("é".encode()), replace(ALL, eight_bit=False), "(8BITMIME)"),
        (PARCEL._replace(recipient="a@example.org>\r\nRCPT TO:<b@example.org"), ALL, "control character"),
        (PARCEL._replace(sender="a\n@example.org"), ALL, "control character"),
        (PARCEL._replace(envid="a\x00"), ALL, "control character"),
    ],
)
def test_what_a_relay_cannot_carry_is_not_tried(parcel: Parcel, offer: Announced, words: str) -> None:
    verdict = refusal(parcel, offer, "r")
    assert verdict is not None
    assert verdict.state == "refused"
    assert words in verdict.text


def test_what_it_can_carry_is() -> None:
    assert refusal(PARCEL, ALL, "r") is None
    assert refusal(PARCEL, Announced(), "r") is None
    assert refusal(with_message(b"x" * 20_000_000), replace(ALL, size=0), "r") is None
