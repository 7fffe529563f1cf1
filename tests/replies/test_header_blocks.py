from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.header_blocks import HeaderBlock, header_block


def read(text: str) -> HeaderBlock | None:
    return header_block(text.split("\n"), 0)


@pytest.mark.parametrize(
    "names",
    [
        "From Sent To Subject", "De_ Envoyé_ À_ Objet_", "De Enviado Para Asunto", "От Отправлено Кому Тема",
        "发件人 发送时间 收件人 主题", "寄件者 寄件日期 收件者 主旨", "من تم_الإرسال إلى الموضوع",
        "Von Gesendet An Betreff", "Da Inviato A Oggetto", "De Enviada_em Para Assunto",
        "Van Verzonden Aan Onderwerp", "Från Skickat Till Ämne", "Fra Sendt Til Emne",
        "Lähettäjä Lähetetty Vastaanottaja Aihe", "Od Wysłano Do Temat", "Od Odesláno Komu Předmět",
        "Feladó Elküldve Címzett Tárgy", "De_la Trimis Către Subiect", "Από Στάλθηκε Προς Θέμα",
        "Kimden Gönderildi Kime Konu", "差出人 送信日時 宛先 件名", "보낸_사람 보낸_날짜 받는_사람 제목",
        "מאת נשלח אל נושא", "Від Надіслано Кому Тема", "Dari Dikirim Kepada Subjek", "Từ Đã_gửi Tới Chủ_đề",
    ],
)  # fmt: skip
def test_headers_of_outlook_in_many_languages(names: str) -> None:
    values = ("Union", "8 April 2022 09:00", "Minister", "Invitation")
    lines = [f"{name.replace('_', ' ')}: {value}" for name, value in zip(names.split(), values, strict=True)]
    block = read("\n".join([*lines, "", "Excellency"]))
    assert block is not None
    assert block.end == 4
    assert [block.fields[role] for role in ("from", "sent", "to", "subject")] == list(values)


@pytest.mark.parametrize(
    "text",
    [
        "*From:* Union\n*Sent:* Friday\n*To:* Minister\n*Subject:* Invitation",
        "**From:** Union\n**Sent:** Friday\n**To:** Minister\n**Subject:** Invitation",
        "> From: Union\n> Sent: Friday\n> To: Minister\n> Subject: Invitation",
        "From: Union\n\nSent: Friday\n\nTo: Minister\n\nSubject: Invitation",
        "From:\nUnion\nSent:\nFriday\nTo:\nMinister\nSubject:\nInvitation",
        "From: Union Sent: Friday To: Minister Subject: Invitation",
        "Subject: Invitation\nTo: Minister\nFrom: Union\nSent: Friday",
        "From：Union\nSent：Friday\nTo：Minister\nSubject：Invitation",
        "\u200fFrom: Union\n\u200fSent: Friday\n\u200fTo: Minister\n\u200fSubject: Invitation",
    ],
)
def test_forms_in_which_headers_come_back(text: str) -> None:
    block = read(f"{text}\n\nExcellency")
    assert block is not None
    fields = {"from": "Union", "sent": "Friday", "to": "Minister", "subject": "Invitation"}
    assert block.fields == fields
    assert block.end == text.count("\n") + 1


def test_table_of_netease() -> None:
    block = read("| From | Union<c@example.int> |\n| Date | 4/8/2022 |\n| To | <m@example.org> |\n| Subject | Re: x |")
    assert block is not None
    assert block.fields["from"] == "Union<c@example.int>"
    assert block.fields["subject"] == "Re: x"


def test_wrapped_sender_and_long_list_of_addressees() -> None:
    addressees = "".join(f"  Minister {number} <m{number}@example.org>;\n" for number in range(15))
    block = read(f"From: The Union\n<c@example.int>\nSent: Friday\nTo:\n{addressees}Subject: Invitation\nExcellency")
    assert block is not None
    assert block.fields["from"] == "The Union <c@example.int>"
    assert block.fields["to"].startswith("Minister 0")
    assert "m14@" in block.fields["to"]
    assert block.fields["subject"] == "Invitation"


def test_two_headers_in_a_row_are_two() -> None:
    header = "From: Union\nSent: Friday\nTo: Minister\nSubject: Invitation\n"
    block = read(header + header)
    assert block is not None
    assert block.end == 4


@pytest.mark.parametrize(
    "text",
    [
        "To: The Secretary-General\nFrom: The Ministry\nDate: 8 April 2022\nSubject: Nomination\n\nWe nominate.",
        "From: 12 May\nTo: 15 May\nHotel: Park",
        "From: Nairobi\nTo: Geneva\nDate: 29 May, 10:40\nSubject: Forum",
        "From: here on we agree.",
        "De: acuerdo",
        "Sent: yes\nTo: you\nSubject: x",
        "ſent: x\nFrom: Union",
        "",
    ],
)
def test_what_is_no_header_of_a_mail(text: str) -> None:
    assert header_block(text.split("\n"), 0) is None


NAMES = st.sampled_from(
    ["From:", "Sent:", "To: ", "Subject:", "İ", "|", "*", ">", " ", "x", "a@b", "\n", "Kımden:", "："]
)


@given(st.lists(NAMES, max_size=40).map("".join))
def test_any_text_can_be_asked(text: str) -> None:
    lines = text.split("\n")
    for number in range(len(lines)):
        block = header_block(lines, number)
        assert block is None or number < block.end <= len(lines)
