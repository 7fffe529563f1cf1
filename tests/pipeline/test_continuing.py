"""Corrigenda and addenda: `new --corrects`, whom they go to, in which conversation, what the register makes of it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

import pytest

from delivery.archive import FOLDER, load_form
from delivery.message import build
from office.errors import CircularsError, RefusedError
from office.tokens import thread_header
from pipeline.checking import check
from pipeline.continuing import continue_letter
from pipeline.deadlines import extend
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.issuing import issue
from pipeline.planning import plan
from pipeline.registering import status
from pipeline.reminding import remind
from pipeline.sending import send
from pipeline.stopping import withdraw
from pipeline.surveying import PlanOptions
from pipeline.tracking import track
from pipeline.translating import release_languages, translation_status
from store.circulars import circular_of
from store.messages import OutboxRow, rows_in
from templates.forms import unpack_values
from tests.pipeline.answers import LATER, deliver, reply, states
from tests.pipeline.offices import (
    SLUG,
    add_addressee,
    desk_at,
    edit,
    fixed_clock,
    issue_all,
    keys,
    plan_and_approve,
)

CORR = "census-corr-1"


@pytest.fixture
def desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, a few days later."""
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        yield desk


def corrigendum(desk: Desk, slug: str = CORR, ref: str = SLUG, *, moved: str = "2031-05-15") -> Path:
    """Draft a corrigendum of the census that moves its deadline, with its French released."""
    continue_letter(desk, slug, ref, relation="corrects")
    path = desk.office.folder / "letters" / slug / "letter.toml"
    if moved:
        edit(path, "2031-04-30", moved)
    release_languages(desk, slug, ["fr"], by="R. Reviser")
    return path


def facts(desk: Desk, slug: str = CORR) -> dict[str, object]:
    return tomllib.loads((desk.office.folder / "letters" / slug / "letter.toml").read_text("utf-8"))


def rows(desk: Desk, slug: str, key: str = "") -> list[OutboxRow]:
    with desk.store.read() as connection:
        circular = circular_of(connection, slug)
        assert circular is not None
        return list(rows_in(connection, circular.id, key=key))


def message(desk: Desk, row: OutboxRow) -> bytes:
    assert row.values is not None
    return build(load_form(desk.office.folder / FOLDER, row.form), unpack_values(row.values), row)


def parsed(desk: Desk, row: OutboxRow) -> EmailMessage:
    return BytesParser(policy=SMTP).parsebytes(message(desk, row))


def first_mail(desk: Desk, slug: str, key: str) -> EmailMessage:
    return parsed(desk, next(row for row in rows(desk, slug, key) if row.mailbox))


# The draft


def test_the_draft_has_the_first_letters_facts_and_its_first_words_in_all_languages(desk: Desk) -> None:
    made = continue_letter(desk, CORR, "LU-31/001", relation="corrects")
    assert (made.reference, made.first, made.addressees) == ("LU-31/001 Corr.1", "LU-31/001", 8)
    assert (made.languages, made.deadlines) == (("en", "fr"), ("reply",))
    said = facts(desk)
    assert (said["kind"], said["reference"], said["date"]) == ("corrigendum", "LU-31/001 Corr.1", date(2031, 3, 14))
    assert said["relates"] == [{"to": "LU-31/001", "as": "corrects"}]
    assert said["facts"] == {"first_letter": "LU-31/001", "first_letter_date": date(2031, 3, 3)}
    assert said["deadlines"] == {"reply": {"date": date(2031, 4, 30), "rule": "by"}}
    assert not {"asks", "series", "to_confirm"} & said.keys()
    assert [audience["class"] for audience in said["audience"]] == ["governments", "academia"]  # type: ignore[attr-defined]
    assert (desk.office.folder / "letters" / CORR / "body.md").read_text("utf-8") == (
        "# Corrigendum to {{ facts.first_letter }}\n"
        "# Census of coastal lights\n"
        "\nWe refer to our circular letter {{ facts.first_letter }} of {{ facts.first_letter_date | date }}.\n"
        "\nReplies are to reach us by {{ deadlines.reply | date }}.\n"
        "\nEverything else in that letter remains unchanged.\n"
    )
    (french,) = translation_status(desk, CORR)
    assert (french.segments, french.done, french.released) == (5, 5, False)
    assert [finding for finding in check(desk, CORR) if finding.level.value == "error"] == []


def test_what_the_first_says_of_itself_above_its_facts_is_not_taken_over(desk: Desk) -> None:
    path = desk.office.folder / "letters" / SLUG / "letter.toml"
    path.write_text("# Sent every four years.\n\n" + path.read_text("utf-8"), "utf-8")
    continue_letter(desk, CORR, SLUG, relation="corrects")
    said = (desk.office.folder / "letters" / CORR / "letter.toml").read_text("utf-8")
    assert "four years" not in said
    assert said.startswith("# It goes to those who got LU-31/001, in the same conversation;")


def test_an_addendum_by_a_series(desk: Desk) -> None:
    made = continue_letter(desk, "more", SLUG, relation="adds-to", series="LU")
    assert made.reference == ""
    said = facts(desk, "more")
    assert (said["kind"], said["series"]) == ("addendum", "LU")
    assert said["relates"] == [{"to": "LU-31/001", "as": "adds-to"}]
    assert plan(desk, "more").reference == "LU-31/002"


def test_numbers_go_on_and_a_moved_deadline_is_drafted_as_it_stands(desk: Desk) -> None:
    corrigendum(desk)
    assert continue_letter(desk, "second", SLUG, relation="corrects").reference == "LU-31/001 Corr.2"
    assert continue_letter(desk, "third", SLUG, relation="adds-to").reference == "LU-31/001 Add.1"
    for ask in ("census", "meeting"):
        extend(desk, SLUG, ask, date(2031, 6, 1), for_all=True)
    continue_letter(desk, "fourth", SLUG, relation="corrects")
    assert facts(desk, "fourth")["deadlines"] == {"reply": {"date": date(2031, 6, 1), "rule": "by"}}
    assert plan(desk, "fourth").moves == ()


@pytest.mark.parametrize("slug", [SLUG, "Census Corr"])
def test_a_folder_that_cannot_be_made(desk: Desk, slug: str) -> None:
    with pytest.raises(CircularsError):
        continue_letter(desk, slug, SLUG, relation="corrects")


def test_nothing_continues_a_letter_that_nobody_has(folder: Path) -> None:
    with desk_at(folder) as desk:
        plan(desk, SLUG)
        with pytest.raises(RefusedError, match="LU-31/001 has not been issued"):
            continue_letter(desk, CORR, SLUG, relation="corrects")
        issue_all(desk)
        withdraw(desk, SLUG)
        with pytest.raises(RefusedError, match="Nobody got LU-31/001"):
            continue_letter(desk, CORR, SLUG, relation="corrects")
    assert not (folder / "letters" / CORR).exists()


# Whom it goes to


def test_it_goes_to_those_who_got_the_first_in_the_language_of_then(desk: Desk) -> None:
    corrigendum(desk)
    add_addressee(desk.office.folder)
    edit(desk.office.folder / "recipients" / "keepers.csv", "government,KE,fr,", "government,KE,en,")
    planned = plan(desk, CORR)
    assert (planned.letters, dict(planned.by_language)) == (8, {"en": 5, "fr": 3})
    assert dict(planned.by_rule) == {"first-letter": 8}
    assert planned.excluded["not-an-addressee-of-the-first"] == 2  # the new one, and the club
    assert planned.left_behind == ()
    said = planned.as_json()["continues"]
    assert said == {
        "circular_id": 1, "reference": "LU-31/001", "slug": SLUG, "relation": "corrects", "addressees": 8,
        "everybody": False,
    }  # fmt: skip
    assert json.dumps(planned.as_json(), default=str)


def test_who_would_be_left_behind_is_named_with_the_reason(desk: Desk) -> None:
    corrigendum(desk)
    path = desk.office.folder / "recipients" / "keepers.csv"
    edit(path, "ke-minister,KE,Juma Odhiambo", "ke-cabinet,KE,Juma Odhiambo")
    edit(path, "minister@no.example.org,aide", "not an address,aide")
    edit(path, "Institute of Lenses,academia", "Institute of Lenses,industry")
    planned = plan(desk, CORR)
    assert planned.letters == 5
    assert [(one.key, one.name) for one in planned.left_behind] == [
        ("ke-minister", "Juma Odhiambo"),
        ("lens", "Rosa Lindqvist"),
        ("no-minister", "Ingrid Moe"),
    ]
    gone, lens, faulty = planned.left_behind
    assert gone.reason == "no longer on the lists of this letter under that key"
    assert lens.reason == "no audience of this letter is for them any more"
    assert faulty.reason.startswith("row 2 of the list «keepers» is faulty: ")
    assert all(one.hint for one in planned.left_behind)
    assert [one["key"] for one in planned.as_json()["left_behind"]] == ["ke-minister", "lens", "no-minister"]  # type: ignore[attr-defined]


def test_to_everybody_on_the_lists_if_the_office_says_so(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'kind = "corrigendum"', 'kind = "corrigendum"\naddressees = "lists"')
    add_addressee(desk.office.folder)
    planned = plan_and_approve(desk, CORR)
    assert planned.letters == 9
    issue(desk, CORR, planned.digest)
    assert first_mail(desk, CORR, "new")["In-Reply-To"] is None
    assert first_mail(desk, CORR, "lens")["In-Reply-To"] is not None


def test_the_same_as_whom(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'kind = "corrigendum"', 'kind = "circular"\naddressees = "same"')
    edit(path, '"corrects"', '"refers-to"')
    (found,) = [finding for finding in check(desk, CORR) if finding.code == "same-as-whom"]
    assert (found.level.value, found.file) == ("error", f"letters/{CORR}/letter.toml")
    assert found.line is not None


def test_those_whose_first_letter_was_withdrawn_are_not_written_to(folder: Path) -> None:
    with desk_at(folder) as desk:
        issue_all(desk)
        withdraw(desk, SLUG, ["lens"])
        corrigendum(desk)
        planned = plan(desk, CORR)
        assert (planned.letters, planned.left_behind) == (7, ())


def test_a_letter_that_was_withdrawn_after_it_went_can_be_corrected(desk: Desk) -> None:
    withdraw(desk, SLUG)
    corrigendum(desk)
    assert plan(desk, CORR).letters == 8


def test_check_says_that_the_first_is_not_issued_and_plan_refuses(folder: Path) -> None:
    from tests.pipeline.test_corrigenda import corrigendum as write

    with desk_at(folder) as desk:
        plan(desk, SLUG)
        path = write(desk)
        (found,) = [finding for finding in check(desk, "census-corr") if finding.code == "first-not-issued"]
        lines = path.read_text("utf-8").splitlines()
        assert found.line is not None
        assert lines[found.line - 1].startswith("relates")
        with pytest.raises(RefusedError, match="LU-31/001 has not been issued"):
            plan(desk, "census-corr")


def test_check_says_whose_addressees_are_meant_where_several_letters_are_continued(desk: Desk) -> None:
    path = corrigendum(desk)
    edit(path, 'as = "corrects"}', 'as = "corrects"}, {to = "LU-30/777", as = "adds-to"}')
    assert [finding.code for finding in check(desk, CORR) if finding.code == "continues-several"]


# Batches


def test_a_batch_of_the_first_after_its_corrigendum_then_one_of_the_corrigendum(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    add_addressee(desk.office.folder)
    further = plan(desk, SLUG)
    assert (further.letters, further.continued_by) == (1, ("LU-31/001 Corr.1",))
    issue_all(desk)
    again = plan_and_approve(desk, CORR)
    assert (again.letters, again.moves, again.left_behind) == (1, (), ())
    assert issue(desk, CORR, again.digest).addressees == 1
    mail = first_mail(desk, CORR, "new")
    assert mail["In-Reply-To"] == first_mail(desk, SLUG, "new")["Message-ID"]


def test_a_new_addressee_of_the_first_is_no_longer_what_was_approved(desk: Desk) -> None:
    corrigendum(desk)
    approved = plan_and_approve(desk, CORR)
    add_addressee(desk.office.folder)
    issue_all(desk)
    with pytest.raises(RefusedError, match="no longer what was approved"):
        issue(desk, CORR, approved.digest)


def test_a_batch_for_some_and_nobody_unknown_to_the_first(desk: Desk) -> None:
    corrigendum(desk)
    assert issue_all(desk, CORR, keys=("lens",)).addressees == 1
    planned = plan(desk, CORR, PlanOptions(keys=("Kenya",)))
    assert (planned.letters, planned.left_behind) == (1, ())
    add_addressee(desk.office.folder)
    with pytest.raises(CircularsError, match="gets no letter: not-an-addressee-of-the-first"):
        plan(desk, CORR, PlanOptions(keys=("new",)))


# The conversation


def test_it_answers_the_first_letter_to_the_same_mailbox_in_its_conversation(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    for key in ("no-minister", "no-mission", "fr-minister"):
        before = {row.mailbox: row for row in rows(desk, SLUG, key) if row.mailbox}
        for row in rows(desk, CORR, key):
            if not row.mailbox:
                assert row.references == ()
                continue
            mail = parsed(desk, row)
            first = parsed(desk, before[row.mailbox])
            assert (
                mail["In-Reply-To"]
                == mail["References"]
                == first["Message-ID"]
                == f"<{before[row.mailbox].message_id}>"
            )
            assert thread_header(mail["Thread-Index"]) == thread_header(first["Thread-Index"]) != b""
            assert mail["Message-ID"] != first["Message-ID"]
            assert mail["Reply-To"] != first["Reply-To"]
    assert first_mail(desk, CORR, "lens")["Subject"].startswith("LU-31/001 Corr.1 – Corrigendum to LU-31/001")


def test_a_mailbox_that_is_new_answers_the_addressees_first(desk: Desk) -> None:
    corrigendum(desk)
    edit(desk.office.folder / "recipients" / "keepers.csv", "rosa@lens.example.com", "desk@lens.example.com")
    issue_all(desk, CORR)
    assert first_mail(desk, CORR, "lens")["In-Reply-To"] == first_mail(desk, SLUG, "lens")["Message-ID"]


def test_who_had_paper_only_has_no_mail_to_answer(desk: Desk) -> None:
    corrigendum(desk)
    edit(
        desk.office.folder / "recipients" / "keepers.csv",
        "bt-minister,BT,,minister,,Ministry of Lamps,government,BT,,,,paper",
        "bt-minister,BT,,minister,,Ministry of Lamps,government,BT,,post@bt.example.org,,email",
    )
    issue_all(desk, CORR)
    mail = first_mail(desk, CORR, "bt-minister")
    assert (mail["In-Reply-To"], mail["References"]) == (None, None)


def test_the_same_bytes_for_ever_whatever_becomes_of_the_first(sent_folder: Path) -> None:
    with desk_at(sent_folder, clock=fixed_clock(LATER)) as desk:
        corrigendum(desk)
        issue_all(desk, CORR)
        before = {row.message_id: message(desk, row) for row in rows(desk, CORR) if row.mailbox}
        first = {row.message_id: message(desk, row) for row in rows(desk, SLUG) if row.mailbox}
        assert send(desk, CORR).remaining == 0
        sent = {path.read_bytes() for path in (sent_folder / "outgoing").rglob("*.eml")}
        assert set(before.values()) <= sent
        add_addressee(sent_folder)
        issue_all(desk)
        issue_all(desk, CORR)
        edit(sent_folder / "letters" / CORR / "letter.toml", "relates", "to_confirm = []\n# relates")
        withdraw(desk, SLUG)
        assert {row.message_id: message(desk, row) for row in rows(desk, CORR) if row.message_id in before} == before
        assert {row.message_id: message(desk, row) for row in rows(desk, SLUG) if row.message_id in first} == first


def test_a_corrigendum_of_a_corrigendum_stays_in_the_first_conversation(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    path = corrigendum(desk, "second", "LU-31/001 Corr.1", moved="")
    assert facts(desk, "second")["reference"] == "LU-31/001 Corr.2"
    assert (
        (path.parent / "body.md")
        .read_text("utf-8")
        .startswith("# Corrigendum to {{ facts.first_letter }}\n# Census of coastal lights\n\n")
    )
    edit(path, "2031-05-15", "2031-05-20")
    planned = plan_and_approve(desk, "second")
    assert (planned.letters, {move.reference for move in planned.moves}) == (8, {"LU-31/001"})
    issue(desk, "second", planned.digest)
    mail, first = first_mail(desk, "second", "lens"), first_mail(desk, SLUG, "lens")
    assert mail["In-Reply-To"] == first["Message-ID"]
    assert thread_header(mail["Thread-Index"]) == thread_header(first["Thread-Index"])
    assert status(desk, SLUG).asks[0].due == datetime(2031, 5, 20, 22, 0, tzinfo=UTC)
    assert [one.reference for one in status(desk, SLUG).continued_by] == ["LU-31/001 Corr.1", "LU-31/001 Corr.2"]
    assert status(desk, "second").continues is not None


def test_a_reminder_of_an_addendum_answers_both_letters(desk: Desk) -> None:
    continue_letter(desk, CORR, SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / CORR / "letter.toml"
    ask = '\n[[asks]]\nid = "lamps"\nwhat = "information"\ndeadline = "reply"\nremind = ["-10d"]\n'
    path.write_text(path.read_text("utf-8") + ask, "utf-8")
    release_languages(desk, CORR, ["fr"], by="R. Reviser")
    edit(desk.office.folder / "recipients" / "keepers.csv", "government,KE,fr,", "government,KE,en,")
    assert preview(desk, CORR, to="Kenya").language == "fr"
    issue_all(desk, CORR)
    send(desk, CORR)
    with desk_at(desk.office.folder, clock=fixed_clock(datetime(2031, 4, 16, 8, 0, tzinfo=UTC))) as later:
        assert remind(later, CORR)[0].as_sealed == ()  # the list serves still, in the language of the first letter
        first, letter = first_mail(later, SLUG, "ke-minister"), first_mail(later, CORR, "ke-minister")
        reminder = parsed(later, next(row for row in rows(later, CORR, "ke-minister") if row.reminder_id))
    assert reminder["In-Reply-To"] == letter["Message-ID"]
    assert str(reminder["References"]).split() == [first["Message-ID"], letter["Message-ID"]]
    assert thread_header(reminder["Thread-Index"]) == thread_header(first["Thread-Index"])


# The register


def test_the_register_follows(desk: Desk) -> None:
    corrigendum(desk)
    assert status(desk, SLUG).continued_by == ()
    issue_all(desk, CORR)
    found = status(desk, SLUG)
    assert [ask.due for ask in found.asks] == [datetime(2031, 5, 15, 22, 0, tzinfo=UTC)] * 2 + [None]
    (after,) = found.continued_by
    assert after.moved == ("census", "meeting")
    assert (after.reference, after.slug, after.relation, after.state) == (
        "LU-31/001 Corr.1",
        CORR,
        "corrects",
        "issued",
    )
    assert found.as_json()["continued_by"][0]["reference"] == "LU-31/001 Corr.1"  # type: ignore[index]
    own = status(desk, CORR)
    assert own.continues is not None
    assert (own.continues.reference, own.continued_by, own.asks) == ("LU-31/001", (), ())


def test_an_addendum_moves_a_deadline_but_not_by_what_it_asks_itself(desk: Desk) -> None:
    continue_letter(desk, "more", SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / "more" / "letter.toml"
    edit(path, "2031-04-30", "2031-05-15")
    release_languages(desk, "more", ["fr"], by="R. Reviser")
    assert {move.deadline for move in plan(desk, "more").moves} == {"reply"}
    path.write_text(path.read_text("utf-8") + '\n[[asks]]\nid = "lamps"\nwhat = "information"\ndeadline = "reply"\n')
    assert plan(desk, "more").moves == ()


def answer_corrigendum(desk: Desk, key: str, **fields: str) -> None:
    """Bring a reply to the corrigendum, as a mail program writes it: with the Message-IDs of the whole conversation."""
    mail, first = first_mail(desk, CORR, key), first_mail(desk, SLUG, key)
    headers = {
        "To": mail["Reply-To"],
        "Subject": f"Re: {mail['Subject']}",
        "In_Reply_To": mail["Message-ID"],
        "References": f"{first['Message-ID']} {mail['Message-ID']}",
        "Thread_Index": mail["Thread-Index"],
    }
    deliver(desk, reply(desk, key, **{name: str(value) for name, value in (headers | fields).items()}))


@pytest.mark.parametrize("fields", [{}, {"To": "reply@replies.example.int"}])
def test_a_reply_to_the_corrigendum_counts_for_what_the_first_asked(desk: Desk, fields: dict[str, str]) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    answer_corrigendum(desk, "ke-minister", **fields)
    assert dict(track(desk).kinds) == {"reply": 1}
    assert states(desk, "KE") == {"census": "received", "meeting": "received", "photos": "silent"}
    assert status(desk, SLUG).triage == 0


def test_a_new_mail_under_the_subject_of_the_corrigendum_counts_too(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "minister@ke.example.org", "circulars@example.int"
    mail["Subject"] = first_mail(desk, CORR, "ke-minister")["Subject"]  # which names both letters
    mail["Message-ID"] = "<new@ke.example.org>"
    mail.set_content("Voici notre réponse.\n")
    deliver(desk, mail)
    assert dict(track(desk).kinds) == {"reply": 1}
    assert states(desk, "KE")["census"] == "received"


def test_a_reply_to_the_first_alone_counts_for_it_still(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    deliver(desk, reply(desk, "lens"))
    track(desk)
    assert states(desk, "lens")["census"] == "received"


def test_a_reply_to_an_addendum_with_asks_of_its_own_is_an_answer_to_it(desk: Desk) -> None:
    continue_letter(desk, CORR, SLUG, relation="adds-to")
    path = desk.office.folder / "letters" / CORR / "letter.toml"
    path.write_text(path.read_text("utf-8") + '\n[[asks]]\nid = "lamps"\nwhat = "information"\n')
    release_languages(desk, CORR, ["fr"], by="R. Reviser")
    issue_all(desk, CORR)
    answer_corrigendum(desk, "lens")
    track(desk)
    assert states(desk, "lens")["census"] == "silent"
    assert status(desk, CORR).asks[0].received == 1


def test_a_bounce_of_the_corrigendum_is_the_corrigendums(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR)
    send(desk, CORR)
    row = next(row for row in rows(desk, CORR, "lens") if row.mailbox)
    returned = message(desk, row).partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To" in returned
    report = (
        b"From: Mail Delivery System <MAILER-DAEMON@lens.example.com>\r\nTo: bounce+" + row.token.encode()
        + b"@bounces.example.int\r\nSubject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\nMessage-ID: <x@example.com>\r\n"
        b"\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; lens.example.com\r\n\r\n"
        b"Final-Recipient: rfc822; rosa@lens.example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n" + returned + b"\r\n\r\n--b--\r\n"
    )  # fmt: skip
    (desk.office.folder / "inbox" / "new" / "bounce").write_bytes(report)
    assert dict(track(desk).kinds) == {"bounce": 1}
    assert (status(desk, CORR).delivery["bounced"], status(desk, SLUG).delivery["bounced"]) == (1, 0)


def test_keys_of_a_later_batch(desk: Desk) -> None:
    corrigendum(desk)
    issue_all(desk, CORR, languages=("fr",))
    assert keys(desk, CORR) == ["fr-minister", "ke-minister", "optique"]
    assert issue_all(desk, CORR).addressees == 5
