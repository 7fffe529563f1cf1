from __future__ import annotations

import pytest

from tests.replies.samples import House, mail

FORGED = "a" * 31


def test_token_reply(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke")))
    assert (verdict.kind, verdict.confidence, verdict.triage) == ("reply", "certain", False)
    assert (verdict.circular_id, verdict.party, verdict.addressee_id) == (1, "KE", 100)
    assert not verdict.colleague


def test_upper_cased_token(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke").upper()))
    assert (verdict.party, verdict.confidence) == ("KE", "certain")


@pytest.mark.parametrize("field", ["Delivered_To", "X_Original_To", "Envelope_To", "Cc"])
def test_token_in_any_delivery_field(house: House, field: str) -> None:
    verdict = house.match(mail(**{field: house.reply_address("minister-ke")}))
    assert (verdict.party, verdict.triage) == ("KE", False)


def test_token_in_received_for(house: House) -> None:
    trace = f"from a.example by b.example for <{house.reply_address('minister-ke')}>; Fri, 8 Apr 2022 06:00:00 +0000"
    assert house.match(mail(Received=trace)).party == "KE"


def test_our_message_id_in_in_reply_to(house: House) -> None:
    verdict = house.match(mail(In_Reply_To=f"<{house.message_id('pa@ict.example.org')}>"))
    assert (verdict.kind, verdict.party, verdict.confidence) == ("reply", "KE", "certain")


def test_our_message_id_amid_the_noise_of_references(house: House) -> None:
    ours = house.message_id("pa@ict.example.org")
    verdict = house.match(
        mail(References=f"<x.1@exchange.example.org> garbage\n\t<{ours[:20]}\n {ours[20:]}> <y@z.example>")
    )
    assert (verdict.party, verdict.triage) == ("KE", False)


def test_token_in_an_attached_original(house: House) -> None:
    token = house.reply_token("minister-fr")
    raw = (
        "From: ministre@numerique.example.net\nTo: someone@example.int\nSubject: notre réponse\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nOui.\n--b\n"
        f"Content-Type: message/rfc822\n\nSubject: Invitation\nX-Circulars-Token: {token}\n\nExcellency,\n--b--\n"
    )
    verdict = house.match(raw)
    assert (verdict.party, verdict.triage) == ("FR", False)


def test_colleague_answers_with_the_token_from_another_domain(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke"), From="Juma <juma@foreign.example.com>"))
    assert (verdict.party, verdict.colleague, verdict.triage) == ("KE", True, False)
    assert verdict.confidence == "likely"
    assert "colleague" in verdict.reason


def test_mission_answers_for_the_minister(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke"), From="mission.ke@example.com"))
    assert (verdict.party, verdict.colleague, verdict.triage) == ("KE", False, False)


def test_token_of_one_party_from_a_mailbox_of_another_goes_to_triage(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke"), From="office@mcit.example.com"))
    assert verdict.triage
    assert verdict.circular_id is None
    assert {owner.party for owner in verdict.candidates} == {"KE", "EG"}


def test_stranger_goes_to_triage(house: House) -> None:
    verdict = house.match(mail(From="stranger@nowhere.example"))
    assert (verdict.kind, verdict.confidence, verdict.triage, verdict.candidates) == ("unknown", "unsure", True, ())
    assert verdict.reason


def test_forged_token(house: House) -> None:
    verdict = house.match(mail(To=f"reply+{FORGED}@replies.example.int"))
    assert verdict.triage
    assert verdict.circular_id is None
    assert "forged" in verdict.reason


def test_token_with_one_letter_changed_is_forged(house: House) -> None:
    token = house.reply_token("minister-ke")
    changed = ("b" if token[9] == "a" else "a").join((token[:9], token[10:]))
    assert house.match(mail(To=f"reply+{changed}@replies.example.int")).triage


def test_token_of_another_office_is_forged_at_our_address_only(house: House) -> None:
    verdict = house.match(mail(To="reply@replies.example.int", Cc=f"someone+{FORGED}@elsewhere.example"))
    assert "forged" not in verdict.reason


def test_message_id_of_31_letters_from_elsewhere_is_not_forged(house: House) -> None:
    assert "forged" not in house.match(mail(In_Reply_To=f"<{FORGED}@elsewhere.example>")).reason
    assert "forged" in house.match(mail(In_Reply_To=f"<{FORGED}@example.int>")).reason


def test_tokens_of_two_parties(house: House) -> None:
    both = f"{house.reply_address('minister-ke')}, {house.reply_address('minister-fr')}"
    verdict = house.match(mail(To=both))
    assert verdict.triage
    assert "different" in verdict.reason
    assert [owner.party for owner in verdict.candidates] == ["KE", "FR"]


def test_tokens_of_two_circulars(house: House) -> None:
    fields = {
        "To": house.reply_address("minister-ke"),
        "In_Reply_To": f"<{house.message_id('minister@ict.example.org', 2)}>",
    }
    verdict = house.match(mail(**fields))
    assert verdict.triage
    assert {owner.circular_id for owner in verdict.candidates} == {1, 2}


def test_two_tokens_of_one_party_agree(house: House) -> None:
    both = f"{house.reply_address('minister-ke')}, {house.reply_address('mission-ke')}"
    verdict = house.match(mail(To=both))
    assert (verdict.party, verdict.triage) == ("KE", False)


def test_token_of_a_letter_that_the_register_does_not_have(house: House) -> None:
    from office.tokens import TokenKind

    token = house.tokens.make(TokenKind.ADDRESSEE, circular=9, number=9)
    verdict = house.match(mail(To=f"reply+{token}@replies.example.int"))
    assert verdict.triage
    assert "not in the register" in verdict.reason


@pytest.mark.parametrize(
    "subject", ["Re: CL-22/010", "TR: CL 22-010 invitation", "Отв: cl-22/010", "答复: CL-22／010", "رد: CL-22/010"]
)
def test_reference_in_the_subject_with_a_known_sender(house: House, subject: str) -> None:
    verdict = house.match(mail(Subject=subject, From="OFFICE@mcit.example.com"))
    assert (verdict.circular_id, verdict.party, verdict.confidence, verdict.triage) == (1, "EG", "likely", False)


def test_reference_in_the_subject_with_an_unknown_sender(house: House) -> None:
    verdict = house.match(mail(Subject="Re: CL-22/010", From="someone@elsewhere.example"))
    assert verdict.triage
    assert "CL-22/010" in verdict.reason


def test_two_references_in_the_subject(house: House) -> None:
    verdict = house.match(mail(Subject="CL-22/010 and CL-22/011", From="office@mcit.example.com"))
    assert verdict.triage
    assert {owner.reference for owner in verdict.candidates} == {"CL-22/010", "CL-22/011"}


def test_known_sender_without_a_reference_is_a_suggestion(house: House) -> None:
    verdict = house.match(mail(Subject="Our answer", From="office@mcit.example.com"))
    assert verdict.triage
    assert {owner.party for owner in verdict.candidates} == {"EG"}


def test_domain_of_one_party_is_a_suggestion(house: House) -> None:
    verdict = house.match(mail(Subject="Our answer", From="deputy@numerique.example.net"))
    assert verdict.triage
    assert {owner.party for owner in verdict.candidates} == {"FR"}


def test_domain_of_a_public_provider_suggests_nobody(house: House) -> None:
    assert house.match(mail(Subject="Our answer", From="somebody@gmail.com")).candidates == ()


def test_reply_token_quoted_in_the_text_of_a_known_sender(house: House) -> None:
    text = f"Yes.\n\n> Reply-To: reply+{house.reply_token('minister-eg')}@replies.example.int\n"
    verdict = house.match(mail(text, From="office@mcit.example.com"))
    assert (verdict.party, verdict.confidence, verdict.triage) == ("EG", "likely", False)


def test_reply_token_quoted_by_a_stranger(house: House) -> None:
    text = f"Look at this:\n> reply+{house.reply_token('minister-eg')}@replies.example.int\n"
    assert house.match(mail(text, From="x@nowhere.example")).triage


def test_forward_with_a_token_is_filed(house: House) -> None:
    verdict = house.match(mail(Subject="TR: Invitation", To=house.reply_address("minister-ke")))
    assert (verdict.kind, verdict.triage, verdict.party) == ("forward", False, "KE")


def test_calendar_reply_with_a_token_is_for_staff(house: House) -> None:
    fields = {"Content_Type": "text/calendar; method=REPLY", "To": house.reply_address("minister-ke")}
    verdict = house.match(mail("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", **fields))
    assert (verdict.kind, verdict.triage, verdict.party) == ("calendar", True, "KE")


def test_unsubscribe_is_for_staff(house: House) -> None:
    verdict = house.match(mail("", Subject="unsubscribe", To=house.reply_address("mail-only"), From="person@gmail.com"))
    assert (verdict.kind, verdict.triage, verdict.party) == ("unsubscribe", True, "person@gmail.com")


def test_automatic_reply_is_filed_and_names_the_party(house: House) -> None:
    verdict = house.match(mail(Auto_Submitted="auto-replied", To=house.reply_address("minister-ke")))
    assert (verdict.kind, verdict.triage, verdict.party) == ("auto-reply", False, "KE")
