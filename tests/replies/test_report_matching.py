from __future__ import annotations

from sqlalchemy import delete

from office.tokens import TokenKind
from replies.verdicts import Verdict
from store.schema import outbox, reminder_letters
from tests.replies.samples import NOW, House, mail
from tests.replies.servers import plain
from tests.replies.test_reports import report


def test_report_without_a_token_about_a_mailbox_with_one_letter(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(
            delete(outbox).where(outbox.c.mailbox == "minister@ict.example.org", outbox.c.circular_id == 2)
        )
    verdict = house.match(report("failed", "5.1.1"))
    assert (verdict.party, verdict.rung, verdict.confidence, verdict.triage) == ("KE", "mailbox", "likely", False)
    assert verdict.outbox_id == house.row("minister@ict.example.org").id


def test_report_about_a_stranger_stands_under_the_addressee(house: House) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    verdict = house.match(report("failed", "5.1.1", to="private@elsewhere.example", extra=extra))
    assert [(one.address, one.final) for one in verdict.recipients] == [
        ("minister@ict.example.org", "private@elsewhere.example")
    ]
    assert any("passed on to private@elsewhere.example" in sentence for sentence in verdict.evidence)


def test_report_that_names_a_mailbox_of_another_party_goes_to_triage(house: House) -> None:
    extra = f"Message-ID: <{house.message_id('minister@ict.example.org')}>\n"
    verdict = house.match(report("failed", "5.1.1", to="office@mcit.example.com", extra=extra))
    assert (verdict.triage, verdict.outbox_id) == (True, None)


def test_report_on_a_reminder_is_a_report_on_its_addressee(house: House) -> None:
    with house.store.write() as connection:
        connection.execute(
            reminder_letters.insert().values(
                id=1, circular_id=1, addressee_id=100, form="0" * 64, values=b"", made_at=NOW
            )
        )
        token = house.tokens.make(TokenKind.ROW, circular=1, number=9999)
        connection.execute(
            outbox.insert().values(
                id=9999, circular_id=1, addressee_id=100, mailbox="minister@ict.example.org", role="to", state="sent",
                message_id=f"{token}@example.int", token=token, attempts=1, changed_at=NOW, reminder_id=1,
            )
        )  # fmt: skip
    verdict = house.match(report("failed", "5.1.1", extra=f"Message-ID: <{token}@example.int>\n"))
    assert (verdict.party, verdict.outbox_id) == ("KE", 9999)
    assert house.match(mail(In_Reply_To=f"<{token}@example.int>")).party == "KE"


def test_report_whose_copy_names_the_letter_is_about_that_letter(house: House) -> None:
    text = "Hi. This is the qmail-send program.\n\n<PA@ict.example.org>:\nSorry, no mailbox here by that name. (#5.1.1)"
    copy = "--- Below this line is a copy of the message.\n\nSubject: CL-22/010 - Invitation\n\nExcellency,"
    raw = mail(f"{text}\n\n{copy}", From="MAILER-DAEMON@mx.example.org", Subject="failure notice", Return_Path="<>")
    verdict = house.match(raw)
    assert (verdict.kind, verdict.rung, verdict.circular_id, verdict.party) == ("bounce", "mailbox", 1, "KE")
    assert verdict.outbox_id == house.row("pa@ict.example.org").id


def test_report_without_a_code_is_believed_where_its_words_are_clear(house: House) -> None:
    def verdict(words: str) -> Verdict:
        text = f"Your message could not be delivered to:\n\nminister@ict.example.org\n\n{words}\n"
        copy = f"----- Original message -----\nMessage-ID: <{house.message_id('minister@ict.example.org')}>\n"
        return house.match(plain("postmaster@mx.example.org", "Mail delivery failed", f"{text}\n{copy}"))

    clear = verdict("Unknown user.")
    assert (clear.triage, clear.outbox_id) == (False, house.row("minister@ict.example.org").id)
    assert clear.recipients[0].permanent
    assert (verdict("We are sorry.").triage, verdict("We are sorry.").outbox_id) == (True, None)
