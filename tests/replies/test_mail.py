from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replies.charsets import decode, decode_words
from replies.mail import InboundMail, fingerprint, parse_mail
from tests.replies.samples import NOW, clock, mail

RUSSIAN = "Уважаемые господа, мы принимаем ваше приглашение с благодарностью."
ARABIC = "يسرنا أن نقبل دعوتكم الكريمة إلى المنتدى"
CHINESE = "我们很高兴接受贵方的邀请，并派代表团出席会议。"
FRENCH = "Nous serons présents à la réunion, mon équipe et moi-même."


def read(raw: bytes | str) -> InboundMail:
    return parse_mail(raw.encode() if isinstance(raw, str) else raw, clock=clock)


def test_fields_of_an_ordinary_mail() -> None:
    found = read(mail("Yes.", In_Reply_To="<a@b.example>", References="<c@d.example> <a@b.example>", Cc="x@y.example"))
    assert found.message_id == "one@ict.example.org"
    assert (found.in_reply_to, found.references) == (("a@b.example",), ("c@d.example", "a@b.example"))
    assert (found.sender.name, found.sender.address) == ("Wanjiru Otieno", "minister@ict.example.org")
    assert found.delivered_to == ("reply@replies.example.int", "x@y.example")
    assert found.date == datetime(2022, 4, 8, 6, tzinfo=UTC)
    assert found.text == "Yes."


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\r\r\n"])
def test_newlines_do_not_matter(newline: str) -> None:
    raw = mail("One.\n\nTwo.", X="a\n b")
    other = read(raw.replace("\n", newline))
    assert (other.text, fingerprint(other)) == (read(raw).text, fingerprint(read(raw)))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=60).map(lambda line: line.replace(b"\r", b"").replace(b"\n", b"")), max_size=30))
def test_newlines_do_not_matter_for_any_lines(lines: list[bytes]) -> None:
    found = [read(newline.join(lines)) for newline in (b"\n", b"\r\n", b"\r")]
    assert len({(fingerprint(one), one.subject, one.text, one.sender) for one in found}) == 1


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>&#65;&#x42; &#" + "9" * 5000 + "; seats</p>", "AB \ufffd seats"),
        ("<p>&#x" + "f" * 5000 + " seats</p>", "\ufffd seats"),
    ],
)
def test_a_character_beyond_all_numbers(page: str, text: str) -> None:
    assert read(f"Content-Type: text/html\n\n{page}").text == text


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_random_bytes(raw: bytes) -> None:
    fingerprint(read(raw))
    read(raw).text.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        (RUSSIAN, "koi8-r", "koi8-r"),
        (RUSSIAN, "windows-1251", "iso-8859-1"),
        (RUSSIAN, "koi8-r", "us-ascii"),
        (RUSSIAN, "windows-1251", "utf-8"),
        (RUSSIAN, "utf-8", "iso-8859-1"),
        (ARABIC, "windows-1256", "windows-1256"),
        (ARABIC, "windows-1256", "nonsense"),
        (ARABIC, "utf-8", ""),
        (CHINESE, "gb18030", "gb2312"),
        (CHINESE, "gb18030", "us-ascii"),
        (CHINESE, "utf-8", "gb2312"),
        (FRENCH, "iso-8859-1", "utf-8"),
        (FRENCH, "cp1252", ""),
        (FRENCH, "utf-8", "us-ascii"),
        (FRENCH, "utf-16", "utf-16"),
    ],
)
def test_charset_lies(text: str, charset: str, label: str) -> None:
    head = f"Content-Type: text/plain; charset={label}\nContent-Transfer-Encoding: base64\n\n".encode()
    assert read(head + base64.encodebytes(text.encode(charset))).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("=?utf-8?q?R=C3=A9ponse?=", "Réponse"),
        ("=?UTF-8?B?UsOpcG9uc2U=?= =?utf-8?b?IGRl?=", "Réponse de"),
        ("=?utf-8?b?0J7R?=\n =?utf-8?b?gg==?=", "От"),
        ("=?utf-8*fr?q?=C3=A9t=C3=A9?= 2022", "été 2022"),
        ("=?koi8-r?b?8NLJ18XU?=", "Привет"),
        ("=?nonsense?q?a=E9?=", "aé"),
        ("=?utf-8?b?unfinished", "=?utf-8?b?unfinished"),
        ("=?utf-8?q?with space inside?=", "with space inside"),
        ("50 =? 50", "50 =? 50"),
    ],
)
def test_encoded_words(raw: str, text: str) -> None:
    assert decode_words(raw) == text


def test_raw_eight_bit_subject_takes_the_charset_of_the_body() -> None:
    raw = f"Subject: {RUSSIAN}\nContent-Type: text/plain; charset=koi8-r\n\n{RUSSIAN}".encode("koi8-r")
    assert read(raw).subject == RUSSIAN


def test_html_alone_becomes_text() -> None:
    found = read(
        "Content-Type: text/html\n\n<html><head><style>p {x}</style></head><p>We&nbsp;accept.</p>"
        "<script>alert(1)</script><div>Yours<br>W.</div><blockquote><p>Will you come?</p></blockquote>"
    )
    assert found.text == "We\xa0accept.\nYours\nW.\n> Will you come?"


def test_plain_alternative_is_preferred_unless_empty() -> None:
    def both(plain: str) -> str:
        return (
            f"Content-Type: multipart/alternative; boundary=b\n\n--b\n\n{plain}\n--b\nContent-Type: text/html\n\n"
            "<p>html</p>\n--b--\n"
        )

    assert read(both("plain")).text == "plain"
    assert read(both("  ")).text == "html"


def test_stub_beside_html_is_not_preferred() -> None:
    page = "<p>We accept, and nominate Ms Otieno, Permanent Secretary, as the head of our delegation.</p>" * 3
    stub = "Content-Type: text/plain\n\nThis mail is in HTML."
    parts = f"--b\n{stub}\n--b\nContent-Type: text/html\n\n{page}\n--b--\n"
    assert read(f"Content-Type: multipart/alternative; boundary=b\n\n{parts}").text.startswith("We accept")


def test_attachments_are_listed_and_not_read() -> None:
    found = read(
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nSee the form.\n--b\n"
        "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n"
        "Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9; filename*1=ponse.pdf\n\nQUJD\n--b\n"
        'Content-Type: text/plain; name="../../etc/passwd"\n\nnot text of the mail\n--b--\n'
    )
    assert found.text == "See the form."
    assert [(a.name, a.type, a.size) for a in found.attachments] == [
        ("réponse.pdf", "application/pdf", 3),
        ("passwd", "text/plain", 20),
    ]


def test_fingerprint_does_not_depend_on_the_way_the_mail_took() -> None:
    raw = mail("From here on.\n\n")
    other = f"Received: from a by b; Fri, 8 Apr 2022 09:00:00 +0000\nDelivered-To: x@y.example\nX-Virus: no\n{raw}\n\n"
    quoted = mail(">From here on.")
    assert len({fingerprint(read(content)) for content in (raw, other, quoted, raw.replace("\n", "\r\n"))}) == 1


@pytest.mark.parametrize("change", [{"Message_ID": "<two@x.example>"}, {"Subject": "Other"}, {"Date": ""}])
def test_fingerprint_tells_different_mails_apart(change: dict[str, str]) -> None:
    assert fingerprint(read(mail())) != fingerprint(read(mail(**change)))
    assert fingerprint(read(mail("Yes."))) != fingerprint(read(mail("No.")))


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Fri, 99 Apr 2022 09:00:00 +0000", "Fri, 8 Apr 1801 09:00:00 +0000", "1 1 1 1 1 1"]
)
def test_date_that_is_none_is_the_clock(date: str) -> None:
    assert read(mail(Date=date)).date == NOW


def test_received_at_is_our_own_servers_and_never_in_the_future() -> None:
    trace = "from a by b; Sat, 9 Apr 2022 10:00:00 +0200"
    assert read(mail(Received=trace)).received_at == datetime(2022, 4, 9, 8, tzinfo=UTC)
    assert read(mail(Date="Fri, 8 Apr 2044 09:00:00 +0000")).received_at == NOW


@pytest.mark.parametrize(
    ("field", "name", "address"),
    [
        ("x@y.example", "", "x@y.example"),
        ('"Otieno, Wanjiru" <w@Y.Example>', "Otieno, Wanjiru", "w@y.example"),
        ('"real@bank.example" <evil@x.example>', "real@bank.example", "evil@x.example"),
        ("w@y.example (Wanjiru)", "Wanjiru", "w@y.example"),
        ("=?utf-8?q?=C3=89lodie?= <e@y.example>", "Élodie", "e@y.example"),
        ("Minister <MAILER-DAEMON>", "Minister", ""),
        ("<>", "", ""),
        ("почта@пример.example", "", "почта@пример.example"),
    ],
)
def test_sender(field: str, name: str, address: str) -> None:
    found = read(mail(From=field)).sender
    assert (found.name, found.address) == (name, address)


def test_mbox_line_and_empty_lines_before_the_header() -> None:
    assert read("From x@y.example Fri Apr  8 09:00:00 2022\n" + mail()).sender.address == "minister@ict.example.org"
    assert read("\n\n" + mail()).sender.address == "minister@ict.example.org"


def test_text_without_an_empty_line_after_the_header_is_kept() -> None:
    assert read("Subject: x\nWe accept gladly\nand thank you").text == "We accept gladly\nand thank you"


def test_nested_parts_are_found_to_a_depth_no_one_uses() -> None:
    opening = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(60))
    assert read(opening + "\nWe accept.\n").text == "We accept."


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "utf-8", "utf-7", "gb2312", "iso-2022-jp", "utf-16", "hz", "x", "hex"]),
)
def test_decoding_never_raises_and_can_be_stored(raw: bytes, charset: str) -> None:
    assert "\0" not in decode(raw, charset)
    decode(raw, charset).encode("utf-8")
