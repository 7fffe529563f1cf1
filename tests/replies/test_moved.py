"""New addresses that automatic replies and reports state."""

from __future__ import annotations

import pytest

from replies.moved import new_address

OLD = "info@harbours.example.org"
NEW = "office@ports.example.com"


@pytest.mark.parametrize(
    "text",
    [
        f"Our office has moved to {NEW}. Thank you.",
        f"Dear sender,\n\nplease note my new e-mail address:\n{NEW}\n\nRegards",
        f"The address {OLD} has been changed.\n\nPlease write to {NEW} from now on.",
        f"This mailbox is no longer in use; please use <{NEW}> instead.",
        f"551 User not local; please try <{NEW}>",
        f"551-5.1.6 The mailbox has been replaced by {NEW.upper()}.",
        f"Veuillez noter ma nouvelle adresse : {NEW}.",
        f"Notre adresse a changé. Écrivez-nous à {NEW}",
        f"Nuestra dirección de correo ha cambiado: {NEW}",
        f"Mi nuevo correo es {NEW}",
        f"Мой новый адрес: {NEW}",
        f"Адрес {OLD} больше не используется. Пишите на {NEW}",
        f"我的新邮箱是{NEW}。",
        f"本邮箱地址已更改为 {NEW}",
        f"عنوان البريد الإلكتروني الجديد هو {NEW}",
        f"تم تغيير عنوان بريدنا إلى {NEW}",
    ],
)
def test_a_new_address_is_found(text: str) -> None:
    assert new_address(text, OLD).casefold() == NEW


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"I am away until 4 April. In my absence, please write to {NEW}.",
        f"Je suis absent. En cas d'urgence, écrivez à {NEW}.",
        f"My new address is below.\n\nIn urgent cases write to {NEW}.",
        f"Thank you. We answer from {NEW} as soon as we can.",
        f"Our address has changed: {NEW} or else second@ports.example.com",
        f"Our new address is {OLD}.",
        "The office has moved to another building.",
        "550 5.1.1 no such user; see https://help.example.com/?p=x@y",
    ],
)
def test_what_states_no_new_address(text: str) -> None:
    assert new_address(text, OLD) == ""


def test_a_hostile_text_costs_little() -> None:
    assert new_address("new address " * 100_000 + "a" * 100_000 + "@" + "b." * 100_000, OLD) == ""
