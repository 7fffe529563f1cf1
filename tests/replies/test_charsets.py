from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.charsets import decode, from_base64
from replies.mail import InboundMail, parse_mail
from tests.replies.samples import clock

RUSSIAN = "Уважаемые господа, мы принимаем ваше приглашение с благодарностью."
CAPITALS = "МИНИСТЕРСТВО ЦИФРОВОГО РАЗВИТИЯ. УЧАСТИЕ ПОДТВЕРЖДАЕМ."
UKRAINIAN = "Ми приймаємо ваше запрошення. Їхати готові, є місця."
ARABIC = "يسرنا أن نقبل دعوتكم الكريمة إلى المنتدى"
CHINESE = "我们很高兴接受贵方的邀请，并派代表团出席会议。"
TRADITIONAL = "我們很高興接受貴方的邀請，並派代表團出席會議。"
JAPANESE = "ご招待をありがとうございます。喜んで出席いたします。"
KOREAN = "초대해 주셔서 감사합니다. 참석하겠습니다."
FRENCH = "Nous serons présents à la réunion, mon équipe et moi-même."
POLISH = "Uczestnictwo potwierdzamy, będę obecny z żoną. Łączę wyrazy szacunku."
TURKISH = "Davetinizi memnuniyetle kabul ediyoruz. Şahsen katılacağım, teşekkür ederim."
GREEK = "Αποδεχόμαστε την πρόσκληση με χαρά."
HEBREW = "אנו מקבלים את ההזמנה בשמחה."
THAI = "เรายินดีรับคำเชิญของท่าน"


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "cp866"), (RUSSIAN, "iso8859-5"), (CAPITALS, "cp1251"),
        (UKRAINIAN, "cp1251"), (UKRAINIAN, "koi8-u"), (ARABIC, "cp1256"), (ARABIC, "iso8859-6"),
        (CHINESE, "gb18030"), (TRADITIONAL, "big5"), (JAPANESE, "cp932"), (JAPANESE, "euc_jp"),
        (JAPANESE, "iso-2022-jp"), (KOREAN, "cp949"), (KOREAN, "iso-2022-kr"), (FRENCH, "cp1252"),
        (FRENCH, "mac-roman"), (POLISH, "cp1250"), (TURKISH, "cp1254"), (GREEK, "cp1253"), (HEBREW, "cp1255"),
        (THAI, "cp874"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["", "unknown-8bit", "us-ascii", "iso-8859-1", "x-user-defined"])
def test_without_a_label_that_tells(text: str, charset: str, label: str) -> None:
    assert decode(text.encode(charset), label) == text


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        (TRADITIONAL, "big5", "big5"),
        (TRADITIONAL, "big5hkscs", "big5-hkscs"),
        (TRADITIONAL, "big5", "x-x-big5"),
        (JAPANESE, "cp932", "windows-31j"),
        (JAPANESE, "euc_jp", "x-euc-jp"),
        (KOREAN, "cp949", "ks_c_5601-1987"),
        (CHINESE, "hz", "hz-gb-2312"),
        (CHINESE, "gb18030", "cp936"),
        (FRENCH, "utf-7", "utf-7"),
        (FRENCH, "mac-roman", "x-mac-roman"),
        (RUSSIAN, "utf-7", "unicode-1-1-utf-7"),
        (RUSSIAN, "cp866", "ibm866"),
        (RUSSIAN, "cp1251", "x-cp1251"),
        (RUSSIAN, "cp1251", "windows1251"),
        (RUSSIAN, "utf-8", "cp65001"),
        (POLISH, "iso8859-2", "iso-8859-2"),
        (HEBREW, "iso-8859-8", "visual"),
        (THAI, "cp874", "tis-620"),
        (THAI, "cp874", "windows-874"),
    ],
)
def test_names_that_mail_programs_give(text: str, charset: str, label: str) -> None:
    assert decode(text.encode(charset), label) == text


@pytest.mark.parametrize(
    ("text", "charset", "label"),
    [
        (RUSSIAN, "utf-8", "windows-1251"),
        (RUSSIAN, "cp1251", "koi8-r"),
        (RUSSIAN, "koi8-r", "windows-1251"),
        (ARABIC, "utf-8", "windows-1256"),
        (ARABIC, "cp1256", "iso-8859-6"),
        (FRENCH, "utf-8", "iso-8859-15"),
        (CHINESE, "utf-8", "gbk"),
        (CHINESE, "gb18030", "big5"),
        (CHINESE, "gb18030", "utf-8"),
        (TRADITIONAL, "big5", "gb2312"),
        (JAPANESE, "cp932", "iso-2022-jp"),
        (JAPANESE, "utf-8", "shift_jis"),
    ],
)
def test_label_that_lies(text: str, charset: str, label: str) -> None:
    assert decode(text.encode(charset), label) == text


def test_letters_that_look_like_a_byte_order_mark() -> None:
    assert decode("юя".encode("cp1251"), "windows-1251") == "юя"
    assert decode(RUSSIAN.encode("utf-8-sig"), "windows-1251") == RUSSIAN


@given(st.text(alphabet="абвгдежзийклмнопрстуфхцчшщъыьэюяАБВ .,", max_size=14), st.sampled_from(["cp1251", "koi8-r"]))
def test_label_of_a_short_text_is_believed(text: str, charset: str) -> None:
    assert decode(text.encode(charset), charset) == text


def read(head: str, body: bytes) -> InboundMail:
    return parse_mail(f"From: a@b.example\nSubject: x\n{head}\n\n".encode() + body, clock=clock)


@pytest.mark.parametrize("label", ["", "; charset=us-ascii", "; charset=iso-8859-1"])
@pytest.mark.parametrize(
    ("charset", "meta"),
    [
        ("cp932", "<meta charset=shift_jis>"),
        ("koi8-r", "<META http-equiv='Content-Type' content='text/html; charset=koi8-r'>"),
    ],
)
def test_page_that_names_its_charset(charset: str, meta: str, label: str) -> None:
    page = f"<html><head>{meta}</head><p>Да</p></html>".encode(charset)
    assert read(f"Content-Type: text/html{label}", page).text == "Да"


@pytest.mark.parametrize(
    ("encoding", "body", "text"),
    [
        ("quoted-printable", b"r=C3=A9un= \nion", "réunion"),
        ("quoted-printable", b"r=c3=a9union", "réunion"),
        ("Quoted-Printable ", b"a = b =ZZ", "a = b =ZZ"),
        ("quoted-printable", "été, never encoded".encode(), "été, never encoded"),
        (
            "base64",
            base64.encodebytes(FRENCH.encode()) + b"\n-- \nA list's footer\n",
            f"{FRENCH}\n-- \nA list's footer",
        ),
        ("base64", "été: never encoded".encode(), "été: never encoded"),
    ],
)
def test_broken_transfer_encodings(encoding: str, body: bytes, text: str) -> None:
    head = f"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: {encoding}"
    assert read(head, body).text == text


@given(st.binary(max_size=200))
def test_base64_gives_what_was_encoded(raw: bytes) -> None:
    assert from_base64(base64.encodebytes(raw)) == raw


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''r%C3%A9ponse.pdf", "réponse.pdf"),
        ("filename*=windows-1251''%EE%F2%E2%E5%F2.pdf", "ответ.pdf"),
        ("filename=\"r_ponse.pdf\"; filename*=UTF-8''r%C3%A9ponse.pdf", "réponse.pdf"),
        ("filename*0*=UTF-8'fr'r%C3%A9; filename*1=ponse; filename*2*=%20x.pdf", "réponse x.pdf"),
        ("filename*1=b.pdf; filename*0=a", "ab.pdf"),
        ("filename*=r%C3%A9ponse.pdf", "réponse.pdf"),
        ('filename="=?UTF-8?B?0L7RgtCy?= =?UTF-8?B?0LXRgi5wZGY=?="', "ответ.pdf"),
        ('filename*0="=?UTF-8?B?0L7RgtCy"; filename*1="0LXRgi5wZGY=?="', "ответ.pdf"),
        ('filename="=?UTF-8?Q?a=3Bb=22c.pdf?="; size=3', 'a;b"c.pdf'),
        ('filename="ответ.pdf"', "ответ.pdf"),
        ('filename="100%25.pdf"', "100%25.pdf"),
        ("filename=note verbale.pdf; size=3", "note verbale.pdf"),
    ],
)
def test_file_names(disposition: str, name: str) -> None:
    found = read(f"Content-Type: application/pdf\nContent-Disposition: attachment; {disposition}", b"x")
    assert found.root.file_name == name


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "koi8-r"])
def test_raw_eight_bit_header(charset: str) -> None:
    raw = "Subject: Ответ министерства на приглашение\nContent-Type: text/plain; charset=koi8-r\n\nx"
    assert parse_mail(raw.encode(charset), clock=clock).subject == "Ответ министерства на приглашение"


def test_parts_in_different_charsets() -> None:
    body = b"--b\nContent-Type: text/plain; charset=koi8-r\n\n" + RUSSIAN.encode("koi8-r")
    body += b"\n--b\nContent-Type: text/plain; charset=iso-8859-1\n\n" + FRENCH.encode("latin-1") + b"\n--b--"
    assert read("Content-Type: multipart/mixed; boundary=b", body).text == f"{RUSSIAN}\n{FRENCH}"
