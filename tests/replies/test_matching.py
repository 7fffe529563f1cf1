from __future__ import annotations

import base64

import pytest
from sqlalchemy import update

from office.tokens import TokenKind, thread_index
from store.schema import circulars, outbox
from tests.replies.samples import NOW, House, mail

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


# The ladder, rung by rung


@pytest.mark.parametrize(
    "field", ["X_Forwarded_To", "Resent_To", "Resent_Cc", "X_Envelope_To", "ARC_Authentication_Results", "X_Whatever"]
)
def test_token_in_any_field_that_may_hold_an_address(house: House, field: str) -> None:
    verdict = house.match(mail(**{field: f"x=1; rcpt=<{house.reply_address('minister-ke').upper()}>"}))
    assert (verdict.party, verdict.rung, verdict.confidence) == ("KE", "token", "certain")


def test_token_that_was_percent_encoded_or_folded(house: House) -> None:
    address = house.reply_address("minister-ke")
    for treated in (address.replace("+", "%2B"), f"{address[:20]}\n {address[20:]}", f"SRS0=x=y=example.int={address}"):
        verdict = house.match(mail(To=treated))
        assert (verdict.party, verdict.rung, verdict.triage) == ("KE", "token", False)


@pytest.mark.parametrize(
    "noise",
    ["{}", "<<{}>>", "'{}'", "<a@b>,<{}>,<c@d>", "[{}]", "message of {} (was: x)", "<{}", "<mid:{}>", '"{}"@gateway'],
)
def test_our_message_id_without_its_brackets(house: House, noise: str) -> None:
    ours = house.message_id("pa@ict.example.org")
    verdict = house.match(mail(References=noise.format(ours), From="x@foreign.example.com"))
    assert (verdict.party, verdict.rung, verdict.colleague, verdict.triage) == ("KE", "message-id", True, False)


def test_damaged_token_at_our_address(house: House) -> None:
    token = house.reply_token("minister-ke")
    for damaged in (token[:-2], token + "x0", token[:5] + "1" + token[6:], "0"):
        verdict = house.match(mail(To=f"reply+{damaged}@replies.example.int", Subject="Re: CL-22/010"))
        if damaged != token + "x0":
            assert (verdict.triage, verdict.circular_id) == (True, None), damaged
    assert not house.match(mail(To="reply@replies.example.int", Subject="Re: CL-22/010")).triage


def attached(token_line: str, sender: str) -> str:
    return (
        f"From: {sender}\nTo: circulars@example.int\nSubject: our answer\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOui.\n--b\n{token_line}\n--b--\n"
    )


def test_letter_attached_by_a_stranger_goes_to_triage(house: House) -> None:
    enclosed = f"Content-Type: message/rfc822\n\nX-Circulars-Token: {house.reply_token('minister-fr')}\n\nExcellency,"
    verdict = house.match(attached(enclosed, "x@nowhere.example"))
    assert (verdict.triage, verdict.rung) == (True, "copy")
    assert [owner.party for owner in verdict.candidates] == ["FR"]


@pytest.mark.parametrize("treatment", ["plain", "quoted-printable", "base64", "outlook", "link", "wrapped"])
def test_original_in_whatever_form_it_comes_back(house: House, treatment: str) -> None:
    token = house.reply_token("minister-fr")
    text = f"Message-ID: <{house.message_id('ministre@numerique.example.net')}>\nFrom: Union\n" + "x" * 90
    contents = {
        "plain": f"Content-Type: text/plain\n\n> {text}",
        "quoted-printable": f"Content-Type: text/plain\n\nreply=2B{token[:9]}=\n{token[9:]}=40replies",
        "base64": f"Content-Type: text/plain\n\n{base64.encodebytes(text.encode()).decode()}",
        "outlook": "Content-Type: application/vnd.ms-outlook; name=x.msg\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(text.encode("utf-16-le")).decode(),
        "link": f'Content-Type: text/html\n\n<a href="mailto:reply%2B{token}@replies.example.int">answer</a>',
        "wrapped": f"Content-Type: text/plain\n\n> Reply to reply+{token[:11]}\n> {token[11:]}@replies.example.int",
    }
    verdict = house.match(attached(contents[treatment], "ministre@numerique.example.net"))
    assert (verdict.party, verdict.rung, verdict.confidence, verdict.triage) == ("FR", "copy", "likely", False)


def thread(house: House, key: str) -> bytes:
    return base64.b64decode(thread_index(house.reply_token(key), NOW))


def test_thread_index_of_our_letter_with_a_known_sender(house: House) -> None:
    index = base64.b64encode(thread(house, "minister-ke") + b"\1\2\3\4\5").decode()
    verdict = house.match(mail(Thread_Index=index))
    assert (verdict.party, verdict.rung, verdict.confidence, verdict.triage) == ("KE", "thread", "likely", False)
    stranger = house.match(mail(Thread_Index=index, From="x@nowhere.example"))
    assert (stranger.triage, [owner.party for owner in stranger.candidates]) == (True, ["KE"])


def test_conversation_with_a_mail_filed_before(house: House) -> None:
    theirs = base64.b64encode(bytes([1, *range(21)])).decode()
    house.file(mail(To=house.reply_address("minister-ke"), From="x@foreign.example.com", Thread_Index=theirs))
    again = {"From": "x@foreign.example.com", "Subject": "One more thing", "Message_ID": "<two@x>"}
    by_thread = house.match(mail(Thread_Index=theirs, **again))
    by_answer = house.match(mail(References="<one@ict.example.org>", **again))
    for verdict in (by_thread, by_answer):
        assert (verdict.party, verdict.rung, verdict.triage, verdict.colleague) == ("KE", "thread", False, True)
    other = house.match(mail(Thread_Index=theirs, **again | {"From": "y@nowhere.example"}))
    assert (other.triage, [owner.party for owner in other.candidates]) == (True, ["KE"])


def test_reference_at_the_beginning_of_the_text_with_a_known_sender(house: House) -> None:
    text = "Ref.: your letter CL 22-010 of 21 March\n\nWe shall come."
    verdict = house.match(mail(text, Subject="Our answer", From="office@mcit.example.com"))
    assert (verdict.circular_id, verdict.party, verdict.rung, verdict.triage) == (1, "EG", "reference", False)


def test_sender_with_a_domain_in_another_form(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(update(outbox).where(outbox.c.mailbox == "office@mcit.example.com").values(
            mailbox="office@министерство.example"
        ))  # fmt: skip
    sender = "Office@XN--" + "министерство".encode("punycode").decode() + ".example"
    verdict = house.match(mail(Subject="Re: CL-22/010", From=sender))
    assert (verdict.party, verdict.triage) == ("EG", False)
    assert not house.match(mail(To=house.reply_address("minister-eg"), From=sender)).colleague


def test_subject_that_names_another_circular_goes_to_triage(house: House) -> None:
    verdict = house.match(mail(To=house.reply_address("minister-ke", 2), Subject="Re: CL-22/010 Invitation"))
    assert (verdict.triage, verdict.circular_id, verdict.party) == (True, 2, "KE")
    assert "names CL-22/010" in verdict.reason


def test_subject_of_a_letter_may_name_another_letter(house: House) -> None:
    with house.store.write() as connection:
        change = update(circulars).where(circulars.c.id == 2)
        connection.execute(change.values(subject="Second announcement, following CL-22/010"))
    subject = "Re: CL-22/011 – Second announcement, following CL-22/010"
    for fields in ({"To": house.reply_address("minister-ke", 2)}, {"From": "office@mcit.example.com"}):
        verdict = house.match(mail(Subject=subject, **fields))
        assert (verdict.circular_id, verdict.triage) == (2, False)


def test_answer_that_quotes_the_letter_to_another_party(house: House) -> None:
    text = f"Yes.\n> reply+{house.reply_token('minister-eg')}@replies.example.int"
    verdict = house.match(mail(text, To=house.reply_address("minister-ke")))
    assert (verdict.triage, verdict.party) == (True, "KE")
    assert {owner.party for owner in verdict.candidates} == {"KE", "EG"}


def test_our_own_letter_that_comes_back_is_no_answer(house: House) -> None:
    ours = f"<{house.message_id('pa@ict.example.org')}>"
    reply_to = house.reply_address("minister-ke")
    for fields in ({"Message_ID": ours}, {"From": "Union <circulars@example.int>"}):
        verdict = house.match(mail(Reply_To=reply_to, **fields))
        assert (verdict.triage, verdict.circular_id) == (True, None)


def test_stranger_who_sends_our_letter_on_has_not_answered(house: House) -> None:
    ours = f"<{house.message_id('pa@ict.example.org')}>"
    text = "What is this?\n\n---------- Forwarded message ---------\nFrom: Union <circulars@example.int>\nSubject: x\n"
    for fields in ({"References": ours, "In_Reply_To": ours}, {"X_Forwarded_Message_Id": ours}):
        verdict = house.match(mail(text, Subject="Fwd: Invitation", From="x@nowhere.example", **fields))
        assert (verdict.kind, verdict.triage) == ("forward", True)
        assert {owner.party for owner in verdict.candidates} == {"KE"}
        known = house.match(mail(text, Subject="Fwd: Invitation", **fields))
        assert (known.party, known.triage) == ("KE", False)
