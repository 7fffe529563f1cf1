"""Header fields: what is put in comes out, and nothing gets out of its field."""

from __future__ import annotations

import unicodedata
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.headers import (
    AddressError,
    address_field,
    file_name_parameter,
    group_field,
    id_field,
    mailbox,
    message_id,
    one_line,
    text_field,
    with_token,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


def parsed(field: bytes) -> tuple[str, str]:
    message = message_from_bytes(field + b"\r\n", policy=policy.SMTP)
    assert len(message.items()) == 1
    assert not message.get_payload()
    ((name, value),) = message.items()
    return name, str(value)


@given(TEXT)
def test_a_subject_is_one_field_of_short_lines(text: str) -> None:
    field = text_field("Subject", text)
    assert field.isascii()
    assert all(len(line) <= 998 for line in field.split(b"\r\n"))
    assert field.count(b"\r\n") == field.count(b"\n") == field.count(b"\r")
    name, value = parsed(field)
    assert name == "Subject"
    assert value == one_line(text)


@given(TEXT)
def test_a_display_name_is_kept_and_cannot_add_an_address(text: str) -> None:
    field = address_field("To", text, "minister@example.org")
    message = message_from_bytes(field + b"\r\n", policy=policy.SMTP)
    (address,) = message["To"].addresses
    assert address.addr_spec == "minister@example.org"
    # The display name is compared by the older parser: the newer one puts spaces between encoded-words of a phrase.
    ((name, written),) = getaddresses([message_from_bytes(field + b"\r\n")["To"]])
    assert written == "minister@example.org"
    assert str(make_header(decode_header(name))) == one_line(text)


@given(st.text(st.sampled_from("a é部\u00a0\u3000\t\n\x85\u2028\u200b\x00\ud800"), max_size=12))
def test_on_one_line_every_white_space_is_a_single_space(text: str) -> None:
    ends = {"Cc", "Cs", "Zl", "Zp"}
    spaced = "".join(" " if unicodedata.category(c) in ends or c < " " else c for c in text)
    assert one_line(text) == " ".join(spaced.split())


def test_a_long_subject_is_cut_between_characters() -> None:
    subject = "关于为2024年信息社会世界峰会论坛提交书面文稿的公开征集以及相关会议日程的通知"
    assert parsed(text_field("Subject", subject)) == ("Subject", subject)
    assert all(len(line) <= 76 for line in text_field("Subject", subject).split(b"\r\n"))


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nBcc: all@example.org",
        "x\nBcc: all@example.org",
        "x\rBcc: all@example.org",
        "x\u2028Bcc: all@example.org",
        "x\x85Bcc: all@example.org",
        "x\x00\x1b[31mBcc: all@example.org",
        '"quoted" <other@example.org>, third@example.org',
        "=?utf-8?q?=0D=0ABcc=3A_all=40example=2Eorg?=",
        "a@b.example, c@d.example;",
        "(comment) \\",
    ],
)
def test_hostile_names_stay_names(hostile: str) -> None:
    for field in (
        address_field("To", hostile, "minister@example.org"),
        text_field("Subject", hostile),
        group_field("To", hostile),
    ):
        message = message_from_bytes(field + b"\r\n", policy=policy.SMTP)
        assert len(message.items()) == 1
        assert message["Bcc"] is None
    message = message_from_bytes(address_field("To", hostile, "minister@example.org"), policy=policy.SMTP)
    assert [address.addr_spec for address in message["To"].addresses] == ["minister@example.org"]


@pytest.mark.parametrize(
    "wrong",
    [
        "", "nobody", "@example.org", "a@", "a b@example.org", "a@example.org\r\nBcc: x@example.org", "a@b@example.org",
        "a>@example.org", "<a@example.org>", "a@exa mple.org", "a@-example.org", "a@example..org", "a\x00@example.org",
        "ü\u2028@example.org", "a@[127.0.0.1]", ".a@example.org", "a@" + "x" * 300 + ".org", "a,b@example.org",
        "é;@example.org\n",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(AddressError):
        mailbox(wrong)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("Minister@Example.ORG", "Minister@example.org"),
        ("bureau@exämple.org", "bureau@xn--exmple-cua.org"),
        ("министр@пример.example", "министр@xn--e1afmkfd.example"),
        ('"a b"@example.org', '"a b"@example.org'),
        ("o'brien+x@example.org", "o'brien+x@example.org"),
    ],
)
def test_domains_become_a_labels(address: str, written: str) -> None:
    assert mailbox(address) == written


def test_tokens_are_added_to_the_local_part() -> None:
    assert with_token("reply@replies.example.int", "abc234") == "reply+abc234@replies.example.int"
    with pytest.raises(AddressError):
        with_token("reply@replies.example.int", "a@b\r\n")


def test_message_ids() -> None:
    assert id_field("References", "a@x.example", "b@x.example") == b"References: <a@x.example> <b@x.example>\r\n"
    with pytest.raises(ValueError, match="Message-ID"):
        id_field("References", "a@x.example>\r\nBcc: <b")
    assert message_id("a@x.example") == "a@x.example"
    for wrong in ("a@x.example>\r\nBcc: <b", "a@x.example\n", "", "a", "a@b@c", "é@x.example", "a @x.example"):
        with pytest.raises(ValueError, match="Message-ID"):
            message_id(wrong)


def test_file_names() -> None:
    assert file_name_parameter('a/b"c.docx') == 'filename="a-b\'c.docx"'
    assert file_name_parameter("Übersicht.docx") == "filename*=utf-8''%C3%9Cbersicht.docx"
