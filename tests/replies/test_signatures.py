from __future__ import annotations

import pytest

from replies.signatures import is_tagline, without_signature


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "iOS için Outlook'u edinin<https://aka.ms/o0ukef>",
        "Pata Outlook ya Android <https://aka.ms/AAb9ysg>",
        "Outlook für iOS herunterladen",
        "Sent from my Wiko RIDGE FAB 4G",
        "Sent from my Verizon Wireless 4G LTE smartphone",
        "Sent from Outlook for iOS",
        "Sent with Spark",
        "Provenance : Courrier pour Windows",
        "Envoyé depuis l'application Mail Orange",
        "从 Windows 版邮件发送",
        "Sent from Mail for Windows 10",
        "Sent from Yahoo Mail on Android",
        "Sent from Samsung Mobile.",
        "Sent via BlackBerry from T-Mobile",
        "Sent with Sparrow (http://www.sparrowmailapp.com/?sig)",
        "Sent with Proton Mail secure email.",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "Get Outlook for Android <https://aka.ms/ghei36>",
        "Envoyé de mon iPhone",
        "Envoyé à partir de Outlook pour iOS<https://aka.ms/o0ukef>",
        "Envoyé depuis mon appareil Galaxy",
        "Envoyé depuis Yahoo Mail pour Android",
        "Télécharger Outlook pour iOS",
        "Obtenez Outlook pour Android",
        "Enviado desde mi iPhone",
        "Enviado desde Outlook para Android",
        "Enviado do meu iPhone",
        "Enviado desde Correo para Windows 10",
        "Obtener Outlook para iOS",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android<https://aka.ms/AAb9ysg>",
        "Von meinem Samsung Galaxy Smartphone gesendet.",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Отправлено с iPhone",
        "Отправлено из мобильной Яндекс.Почты",
        "Отправлено из Mail.ru для Android",
        "Отправлено с моего iPhone",
        "发自我的iPhone",
        "發自我的 iPhone",
        "从我的 iPhone 发送",
        "发自我的小米手机",
        "获取 Outlook for iOS",
        "أُرسلت من الـ iPhone",
        "أرسلت من هاتف Samsung",
        "أُرسلت من جهاز الـ iPhone",
        "الحصول على Outlook لـ iOS",
        "Inviato da iPhone",
        "Inviato dal mio iPad",
        "Verstuurd vanaf mijn iPhone",
        "Skickat från min iPhone",
        "Sendt fra min iPhone",
        "Lähetetty iPhonesta",
        "Wysłane z iPhone'a",
        "Odesláno z iPhonu",
        "iPhoneから送信",
        "iPhone'umdan gönderildi",
        "나의 iPhone에서 보냄",
        "נשלח מה-iPhone שלי",
    ],
)
def test_tagline_of_a_program(line: str) -> None:
    assert is_tagline(line)


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my desk, is much easier then my mobile phone.",
        "Sent by post to the Mission on 4 April",
        "Envoyé par la poste",
        "Get back to us",
        "oui",
        "Von uns kommt niemand",
        "Отправлено по почте",
        "来自肯尼亚的代表将出席",
        "Android developers will attend the forum",
        "Outlook is good for the forum",
        "Windows will open in 2023",
        "The delegation will be sent from Nairobi",
        "Sent from the Ministry of ICT",
        "从手机号码可以联系我们的代表团",
    ],
)
def test_words_of_a_person(line: str) -> None:
    assert not is_tagline(line)


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—"])
def test_signature_below_its_delimiter(delimiter: str) -> None:
    assert without_signature(["We accept.", delimiter, "Kim", "Minister"]) == ["We accept."]


def test_long_text_below_a_delimiter_is_kept() -> None:
    lines = ["Question:", "--", *(f"Line {number}" for number in range(30))]
    assert without_signature(lines) == lines


def test_several_delimiters_part_what_is_said() -> None:
    lines = ["One", "--", "Two", "--", "Three"]
    assert without_signature(lines) == lines
