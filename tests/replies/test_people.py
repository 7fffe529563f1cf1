"""Whom a reply names as its delegation."""

from __future__ import annotations

import pytest

from replies.people import MOST, find_people


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Delegates:\n\n1. H.E. Mr. A. Kole, Minister\n2. Ms Anne-Marie Sow – Chief\n3) Juma Tau (Adviser)\n\nAda",
            [
                ("H.E. Mr. A. Kole", "Minister"),
                ("Ms Anne-Marie Sow", "Chief"),
                ("Juma Tau", "Adviser"),
            ],
        ),
        (
            "La délégation sera composée de:\n- M. Paul Remy, Ministre, chef\nMme Ève Noir\nCordialement,",
            [("M. Paul Remy", "Ministre, chef"), ("Mme Ève Noir", "")],
        ),
        ("La delegación estará integrada por:\n• Sra. Ana Mora; Ministra", [("Sra. Ana Mora", "Ministra")]),
        ("Состав делегации:\n1. Г-н Иван Петров, министр\n", [("Г-н Иван Петров", "министр")]),
        ("代表团名单如下：\n1、王丽，部长\n2、李明，司长\n\n此致", [("王丽", "部长"), ("李明", "司长")]),
        ("أعضاء الوفد:\n- ليلى حداد، الوزيرة\n", [("ليلى حداد", "الوزيرة")]),
        ("Participants:\nOur office is open from 9 to 5.", []),
        ("Delegation:\n\n\nsee the attached file", []),
        ("The delegation arrives on Monday.\nJohn Smith, Minister", []),
        ("Dear Sir:\nJohn Smith, Minister", []),
        ("Delegates:\nwrite to office@example.org", []),
        ("", []),
    ],
)
def test_persons_in_a_list(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.function) for one in find_people(text)] == expected


def test_not_more_than_can_be_looked_through() -> None:
    assert len(find_people("Delegates:\n" + "John Smith, Adviser\n" * 500)) == MOST
