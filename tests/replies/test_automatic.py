from __future__ import annotations

import pytest

from replies.classifying import classify
from tests.replies.samples import House, mail


@pytest.mark.parametrize(
    "fields",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Re: Invitation"},
        {"Precedence": "auto_reply"},
        {"Subject": "Automatic reply: Invitation"},
        {"Subject": "Réponse automatique : Invitation"},
        {"Subject": "Respuesta automática: Invitation"},
        {"Subject": "Автоматический ответ: Invitation"},
        {"Subject": "自动答复: Invitation"},
        {"Subject": "رد تلقائي: Invitation"},
        {"Subject": "[EXTERNAL] Out of office: Invitation"},
        {"Subject": "=?utf-8?B?UsOpcG9uc2UgYXV0b21hdGlxdWU=?= : Invitation"},
        {"Subject": "Out of the Office", "Precedence": "bulk"},
        {"Content_Type": "multipart/report; report-type=disposition-notification; boundary=b"},
    ],
)
def test_automatic_reply(house: House, fields: dict[str, str]) -> None:
    assert classify(house.read(mail("I am away.", **fields))).kind == "auto-reply"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "No", "Subject": "Automatic reply: Invitation"},
        {"X_Auto_Response_Suppress": "All"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"Subject": "Re: Automatic reply: Invitation"},
        {"Subject": "About your out of office policy"},
    ],
)
def test_human_mail(house: House, fields: dict[str, str]) -> None:
    assert classify(house.read(mail(**fields))).kind == "unknown"


def test_exchange_out_of_office_without_headers_is_likely_only(house: House) -> None:
    assert classify(house.read(mail("Away.", Subject="Automatic reply: X"))).confidence == "likely"


def test_vacation_with_an_empty_return_path(house: House) -> None:
    raw = mail("I am on holiday until Monday.", Return_Path="<>", Subject="Away from office")
    assert classify(house.read(raw)).kind == "auto-reply"


def test_empty_return_path_alone_is_for_staff(house: House) -> None:
    verdict = house.match(mail("We accept.", Return_Path="<>", To=house.reply_address("minister-ke")))
    assert (verdict.kind, verdict.confidence, verdict.triage, verdict.party) == ("auto-reply", "unsure", True, "KE")


@pytest.mark.parametrize("text", ["unsubscribe", "Please unsubscribe me.", "désinscription", "退订", "отписаться"])
def test_unsubscribe(house: House, text: str) -> None:
    assert classify(house.read(mail(text, Subject="x"))).kind == "unsubscribe"


def test_long_mail_that_mentions_unsubscribing_is_none(house: House) -> None:
    assert classify(house.read(mail("We accept. " * 40, Subject="unsubscribe"))).kind == "unknown"


def test_calendar_reply(house: House) -> None:
    raw = mail("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", Content_Type="text/calendar; charset=utf-8")
    assert classify(house.read(raw)).kind == "calendar"


@pytest.mark.parametrize("subject", ["Fwd: x", "TR : x", "RV: x", "转发: x", "إعادة توجيه: x", "Пересл: x"])
def test_forward(house: House, subject: str) -> None:
    assert classify(house.read(mail(Subject=subject))).kind == "forward"
