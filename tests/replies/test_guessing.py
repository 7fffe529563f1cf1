from __future__ import annotations

import pytest

from tests.replies.samples import House, mail


@pytest.mark.parametrize(
    ("sender", "text", "party"),
    [
        ("Elodie MARCHAND <em@perso.example>", "Oui.", "FR"),
        ("x@nowhere.example", "We come.\n\nSamira Fathy\nMinister", "EG"),
        ("Ministry of ICT <x@ict.go.ke>", "We come.", "KE"),
        ("x@nowhere.example", "We come.\n\nMinistry of Communications, Egypt", "EG"),
    ],
)
def test_names_and_states_suggest(house: House, sender: str, text: str, party: str) -> None:
    verdict = house.match(mail(text, From=sender, Subject="Our answer"))
    assert (verdict.triage, verdict.rung, verdict.circular_id) == (True, "name", None)
    assert verdict.candidates[0].party == party
    assert len(verdict.candidates) <= 5


def test_named_circular_comes_first_among_the_candidates(house: House) -> None:
    verdict = house.match(mail(Subject="Re: CL-22/010", From="deputy@numerique.example.net"))
    assert (verdict.rung, verdict.candidates[0].reference) == ("domain", "CL-22/010")


def test_forward_of_a_partys_mail_by_a_stranger_suggests_the_party(house: House) -> None:
    block = "From: Samira Fathy <office@mcit.example.com>\nSent: Friday, 8 April 2022 09:00\nTo: x\nSubject: y\n"
    text = f"See below.\n\n---------- Forwarded message ---------\n{block}\nYes."
    verdict = house.match(mail(text, From="staff@example.int", Subject="FW: CL-22/010 y"))
    assert (verdict.kind, verdict.triage, verdict.candidates[0].party) == ("forward", True, "EG")
