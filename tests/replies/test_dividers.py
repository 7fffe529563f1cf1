from __future__ import annotations

import pytest

from replies.dividers import divider

HEADER = ["From: Union <c@example.int>", "Date: Friday, 8 April 2022", "To: Minister", "Subject: Invitation"]


@pytest.mark.parametrize(
    "words",
    [
        "Original Message", "original message", "Original Appointment", "Message d'origine", "Message d’origine",
        "Mensaje original", "Mensagem original", "Messaggio originale", "Ursprüngliche Nachricht", "Original-Nachricht",
        "Oorspronkelijk bericht", "Oprindelig besked", "Opprinnelig melding", "Alkuperäinen viesti",
        "Oryginalna wiadomość", "Původní zpráva", "Eredeti üzenet", "Αρχικό μήνυμα", "Исходное сообщение",
        "Вихідне повідомлення", "Orijinal Mesaj",
        "原始邮件", "原始郵件", "元のメッセージ", "원본 메시지", "الرسالة الأصلية", "הודעה מקורית",
    ],
)  # fmt: skip
@pytest.mark.parametrize("dashes", ["-----{}-----", "-------- {} --------", "> ---- {} ----", "________ {} ________"])
def test_divider_in_many_languages(words: str, dashes: str) -> None:
    found = divider([dashes.format(words), "", "Excellency"], 0)
    assert found is not None
    assert (found.end, found.sure, found.forwarded) == (1, True, False)


@pytest.mark.parametrize("line", ["--- Tafuta ujumbe ---", "________________________________", "====", "> ----------"])
def test_unknown_divider_counts_above_a_header(line: str) -> None:
    found = divider([line, "", *HEADER, "", "Excellency"], 0)
    assert found is not None
    assert found.end == 6
    assert divider([line, "", "Excellency"], 0) is None


@pytest.mark.parametrize(
    "line",
    [
        "---------- Forwarded message ---------", "Begin forwarded message:", "Début du message réexpédié :",
        "-------- Пересылаемое сообщение --------", "---------- 转发的邮件 ----------",
        "---------- رسالة معاد توجيهها ----------",
    ],
)  # fmt: skip
def test_mail_that_was_sent_on(line: str) -> None:
    found = divider([line, "", *HEADER], 0)
    assert found is not None
    assert (found.end, found.forwarded) == (6, True)


@pytest.mark.parametrize(
    "line", ["", "-- ", "--", "------ Annex ------", "Your original message:", "We accept:", "---"]
)
def test_what_divides_nothing(line: str) -> None:
    assert divider([line, "", "We accept."], 0) is None
