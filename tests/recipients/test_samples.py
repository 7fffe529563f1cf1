"""The lists of the sample office hold what the demo and its letters need."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import templates
from recipients.audience import choose_language
from recipients.lists import find_list, read_list
from recipients.model import Channel, Recipient

FOLDER = Path(templates.__file__).parent / "office" / "recipients"
SIX = ("ar", "zh", "en", "fr", "ru", "es")
CLASSES = {"government", "private-sector", "civil-society", "academia", "international-organization"}


def _read(name: str) -> tuple[list[Recipient], Counter[str]]:
    rows = list(read_list(find_list(FOLDER, name)))
    codes = Counter(finding.code for row in rows for finding in row.findings)
    return [row.recipient for row in rows if row.recipient], codes


def _languages(recipients: list[Recipient]) -> set[str]:
    return {choose_language(each, available=SIX, source="en", default="en")[0] for each in recipients}


def test_ministers() -> None:
    ministers, codes = _read("ministers")
    assert codes == {"mailbox-twice": 1}
    assert len({each.country for each in ministers}) >= 40
    assert _languages(ministers) == set(SIX)
    assert {each.gender for each in ministers} == {"m", "f", ""}
    assert {each.role for each in ministers} == {"minister", "permanent-mission"}
    assert any(len(each.to) == 2 for each in ministers)
    assert any(each.cc for each in ministers)
    assert {each.channel for each in ministers} == set(Channel)
    assert max(Counter(each.party for each in ministers).values()) == 2


def test_stakeholders() -> None:
    for name, good in (("stakeholders", 56), ("stakeholders-2024", 45)):
        stakeholders, codes = _read(name)
        assert len(stakeholders) == good
        assert {each.category for each in stakeholders} == CLASSES
        assert _languages(stakeholders) == set(SIX)
        assert set(codes) >= {"country-unknown", "address-invalid", "key-twice", "address-missing"}


def test_missions() -> None:
    missions, codes = _read("missions")
    assert not codes
    assert len(missions) == 16
    assert {each.role for each in missions} == {"permanent-mission"}
    assert _languages(missions) == set(SIX)


def test_no_mailbox_can_belong_to_anybody() -> None:
    for name in ("ministers", "stakeholders", "stakeholders-2024", "missions"):
        for each in _read(name)[0]:
            for mailbox in (*each.to, *each.cc):
                domain = mailbox.partition("@")[2]
                assert domain.split(".")[-1] == "example" or domain.split(".")[-2] == "example", mailbox
