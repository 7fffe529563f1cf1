from __future__ import annotations

from datetime import date

import pytest

from replies.absence import return_date, returns_on
from replies.explaining import explain
from replies.mail import parse_mail
from tests.replies.samples import House, clock, mail

SENT = date(2025, 4, 28)  # a Monday


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am out of the office until 15 August.", "2025-08-15"),
        ("I am out of the office until August 15th, 2025.", "2025-08-15"),
        ("I am away until 15 August inclusive.", "2025-08-16"),
        ("I am on leave through 15 August.", "2025-08-16"),
        ("I am on leave up to and including 15 August 2025.", "2025-08-16"),
        ("I am on leave from 1 to 15 August 2025.", "2025-08-16"),
        ("I am on leave from 1 March 2025 until 1 September 2025.", "2025-09-01"),
        ("I am on mission 1-15 August.", "2025-08-16"),
        ("I am on mission from 28 April to 2 May.", "2025-05-03"),
        ("I will be away April 28 - May 2.", "2025-05-03"),
        ("I'm travelling May 1-15, back soon.", "2025-05-16"),
        ("I will be out of the office, returning on Monday 5 May 2025.", "2025-05-05"),
        ("I will be back in the office on Monday, May 5.", "2025-05-05"),
        ("The Ministry is closed and will reopen on Tuesday, 6 May.", "2025-05-06"),
        ("Jag är på semester och är tillbaka den 5 maj.", "2025-05-05"),
        ("I am out until 2 May and will be back on 5 May.", "2025-05-05"),
        ("I will not be back until the 5th of May.", "2025-05-05"),
        ("I am away and will return to the office on Monday.", "2025-05-05"),
        ("I am away until Friday.", "2025-05-02"),
        ("AUTO: Ann Lee is out of the office (returning 15/08/2025)", "2025-08-15"),
        ("I am out of the office until 2025-08-15.", "2025-08-15"),
        ("I am out until 08/15.", "2025-08-15"),
        ("Je suis absent(e) du bureau jusqu'au 12/08 inclus.", "2025-08-13"),
        ("Je suis absente jusqu’au 12 août.", "2025-08-12"),
        ("Je serai en congé du 1er au 15 août 2025.", "2025-08-16"),
        ("Absent, je serai de retour au bureau le lundi 5 mai.", "2025-05-05"),
        ("De retour le 05.05.2025", "2025-05-05"),
        ("Mon retour est prévu le 1er septembre.", "2025-09-01"),
        ("Estaré fuera de la oficina hasta el 15 de agosto.", "2025-08-15"),
        ("Estaré de vacaciones del 1 al 15 de agosto de 2025.", "2025-08-16"),
        ("Me reincorporo el próximo 5 de mayo.", "2025-05-05"),
        ("Regresaré el lunes 5 de mayo de 2025.", "2025-05-05"),
        ("Меня не будет в офисе до 15 августа.", "2025-08-15"),
        ("Я в отпуске с 1 по 15 августа 2025 г.", "2025-08-16"),
        ("Я в отпуске по 15 августа включительно.", "2025-08-16"),
        ("Нахожусь в командировке до 15.08.2025.", "2025-08-15"),
        ("Вернусь 5 мая.", "2025-05-05"),
        ("我将于5月6日返回办公室。", "2025-05-06"),
        ("我现在休假，至2025年5月6日。", "2025-05-06"),
        ("我于5月1日至6日休假。", "2025-05-07"),
        ("5月1日至5月6日休假", "2025-05-07"),
        ("أنا خارج المكتب حتى 15 أغسطس.", "2025-08-15"),
        ("أنا خارج المكتب حتى ١٥ أغسطس ٢٠٢٥", "2025-08-15"),
        ("أنا في إجازة حتى 15 آب", "2025-08-15"),
        ("في إجازة من 1 إلى 15 يوليو", "2025-07-16"),
        ("سأعود إلى المكتب يوم 5 مايو 2025", "2025-05-05"),
        ("Ich bin bis zum 15. August abwesend.", "2025-08-15"),
        ("Ich bin bis einschließlich 15.08.2025 im Urlaub.", "2025-08-16"),
        ("Ab dem 5. Mai bin ich wieder im Büro.", "2025-05-05"),
        ("Sono assente fino al 15 agosto.", "2025-08-15"),
        ("Estou ausente até 15 de agosto.", "2025-08-15"),
        ("Ik ben afwezig tot en met 15 augustus.", "2025-08-16"),
        ("Jestem na urlopie do 15 sierpnia.", "2025-08-15"),
        ("15 Ağustos tarihine kadar ofis dışındayım.", "2025-08-15"),
        ("8月15日まで不在にしております。", "2025-08-16"),
    ],
)  # fmt: skip
def test_return_date(text: str, expected: str) -> None:
    assert return_date(text, sent=SENT) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office.",
        "I am out of the office until further notice. Our office opened on 12 May 1990.",
        "I am out until 05/08.",  # 5 August or 8 May
        "I am away until 31 February.",
        "The conference is held on 12 May. I am away.",
        "Please return the form by 12 May.",
        "I am away until 99/99/2025.",
        "",
    ],
)
def test_no_return_date(text: str) -> None:
    assert return_date(text, sent=SENT) is None


def test_year_that_is_not_named_is_the_next_to_come() -> None:
    assert return_date("until 5 January", sent=date(2024, 12, 20)) == date(2025, 1, 5)
    assert return_date("until 20 December", sent=date(2024, 12, 22)) == date(2024, 12, 20)


def test_numeric_date_with_one_reading_left_in_the_future() -> None:
    assert return_date("back on 03/06/2025", sent=date(2025, 5, 20)) == date(2025, 6, 3)


def test_lotus_notes_tells_it_in_the_subject() -> None:
    raw = mail("I am out.", Subject="AUTO: Ann Lee is out of the office (returning 25/04/2022)")
    assert returns_on(parse_mail(raw.encode(), clock=clock)) == date(2022, 4, 25)


def test_day_of_return_is_kept_and_shown(house: House) -> None:
    raw = mail("I am back on 19 April.", Subject="Automatic reply: x", To=house.reply_address("minister-ke"))
    house.file(raw)
    (row,) = house.mails()
    assert (row.state, row.kind, row.details["returns_on"]) == ("filed", "auto-reply", "2022-04-19")
    assert explain(raw.encode(), clock=clock)["returns_on"] == "2022-04-19"
    assert house.answers("KE") == {}


def test_day_of_return_is_read_from_automatic_replies_only(house: House) -> None:
    house.file(mail("I am back on 19 April, and we accept.", To=house.reply_address("minister-ke")))
    assert [row.details["returns_on"] for row in house.mails()] == [None]
