"""The whole road by commands: exit codes, JSON, words."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from io import StringIO
from mailbox import Maildir
from pathlib import Path

import pytest
from sqlalchemy import update

from store.schema import outbox
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, desk_at, edit, write_letter

DELIVERY = {
    "queued", "claimed", "sending", "sent", "deferred", "refused", "in_doubt", "bounced", "delivered", "suppressed",
    "printed",
}  # fmt: skip
ASK = {
    "id", "due", "parties", "answered", "accepted", "declined", "acknowledged", "received", "late", "silent",
    "unreachable",
}  # fmt: skip


def test_check_plan_approve_issue_send_status(run: Run, folder: Path) -> None:
    checked = run("check", SLUG, at=folder)
    assert checked.code == 0
    assert "0 errors" not in checked.out
    planned = run("plan", SLUG, "--by", "Adela Quist", "--json")
    assert planned.code == 0
    digest = planned.json["digest"]
    assert run("approve", SLUG, "--digest", digest[:16], "--by", "Bela Montero").code == 0
    issued = run("issue", SLUG, "--digest", digest[:8], "--json")
    assert (issued.code, issued.json["addressees"], issued.json["reference"]) == (0, 8, "LU-31/001")
    first = run("send", SLUG, "--limit", "3")
    assert first.code == 3
    assert "8" in first.out
    assert "left" in first.out
    rest = run("send", SLUG, "--json")
    assert (rest.code, rest.json["remaining"]) == (0, 0)
    status = run("status", SLUG, "--json").json
    assert (status["delivery"]["sent"], status["delivery"]["printed"]) == (9, 2)
    assert "LU-31/001" in run("status").out
    shown = run("show", SLUG, "--to", "Kenya")
    assert (shown.code, "Veuillez répondre" in shown.out) == (0, True)


def test_init_new_check(run: Run, tmp_path: Path) -> None:
    made = run("init", "my office", at=tmp_path)
    assert made.code == 0
    assert "my office" in made.out
    office = tmp_path / "my office"
    assert run("init", office).code == 1
    new = run("new", "forum-2031", "--series", "CL", at=office)
    assert new.code == 0
    assert "letters/forum-2031" in new.out
    assert run("check", "forum-2022").code == 0
    assert run("check", "forum-2031").code == 1  # not translated yet


# JSON as DESIGN promises it


def test_json_of_check(run: Run, folder: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "facts.lights", "facts.lihgts")
    ended = run("check", "--json", at=folder)
    assert ended.code == 1
    assert isinstance(ended.json, list)
    for finding in ended.json:
        assert set(finding) >= {"level", "code", "file", "line", "column", "message", "hint"}
        assert finding["level"] in {"error", "warning", "note"}
    (error,) = (one for one in ended.json if one["code"] == "unknown-field" and one["file"].endswith("body.md"))
    assert (error["level"], error["line"]) == ("error", 3)
    assert "lights" in error["hint"]


def test_json_of_plan(run: Run, folder: Path) -> None:
    ended = run("plan", SLUG, "--json", at=folder)
    assert set(ended.json) >= {
        "digest", "reference", "letters", "by_language", "by_class", "by_channel", "by_rule", "excluded", "changed",
    }  # fmt: skip
    assert ended.json["letters"] == 8
    assert ended.json["changed"] is None
    assert run("plan", SLUG, "--json").json["changed"]["same"] is True


def test_json_of_status(run: Run, sent_folder: Path) -> None:
    one = run("status", "LU-31/001", "--json", at=sent_folder).json
    assert set(one) >= {"reference", "addressees", "delivery", "asks"}
    assert set(one["delivery"]) >= DELIVERY
    assert all(set(ask) >= ASK for ask in one["asks"])
    assert one["asks"][0]["due"] == "2031-04-30T22:00:00+00:00"
    everything = run("status", "--json").json
    assert isinstance(everything, list)
    assert everything == [one]


def test_json_of_translate_status(run: Run, folder: Path) -> None:
    versions = run("translate", "status", "--json", at=folder).json
    (version,) = versions
    assert set(version) >= {
        "reference", "language", "segments", "done", "to_revise", "new", "released", "words_left",
    }  # fmt: skip
    assert run("translate", "status", SLUG, "--json").json == versions


def test_json_of_explain_inside_and_outside_an_office(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    mail = next((sent_folder / "outgoing").rglob("*optique.eml"))
    for where in (sent_folder, tmp_path):
        (found,) = run("explain", mail, "--json", at=where).json
        assert set(found) >= {
            "file", "kind", "confidence", "reference", "addressee", "evidence", "recipients", "text", "forwarded_from",
        }  # fmt: skip
    assert run("explain", tmp_path / "none.eml", at=tmp_path).code == 1


def test_json_of_the_other_reading_verbs(run: Run, sent_folder: Path) -> None:
    assert run("doubt", SLUG, "--json", at=sent_folder).json == []
    assert run("triage", "--json").json == {"unclear": [], "replies": []}
    assert set(run("track", "--json").json) >= {"kinds", "filed", "triage", "already_known", "problems"}


# The other verbs


def test_hold_resume_withdraw(run: Run, folder: Path) -> None:
    digest = run("plan", SLUG, "--json", at=folder).json["digest"]
    run("approve", SLUG, "--digest", digest)
    run("issue", SLUG, "--digest", digest)
    assert run("hold", SLUG).code == 0
    held = run("send", SLUG)
    assert held.code == 3
    assert f"circulars resume {SLUG}" in held.err
    assert run("resume", SLUG).code == 0
    some = run("withdraw", SLUG, "Kenya", "lens")
    assert (some.code, "2" in some.out) == (0, True)
    assert run("withdraw", SLUG, "--yes").code == 0
    assert run("plan", SLUG).code == 1


def test_reject(run: Run, folder: Path) -> None:
    digest = run("plan", SLUG, "--json", at=folder).json["digest"]
    rejected = run("approve", SLUG, "--digest", digest, "--reject", "--note", "The date.")
    assert (rejected.code, "rejected" in rejected.out) == (0, True)
    refused = run("issue", SLUG, "--digest", digest)
    assert (refused.code, "rejected" in refused.err) == (1, True)


def test_preview_to_the_screen_to_a_file_and_to_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    master = run("preview", SLUG, "--lang", "fr", at=folder)
    assert master.out.startswith("Example Lighthouse Union\n")
    assert "1 240" in master.out.replace("\u00a0", " ")
    file, target = tmp_path / "letter.docx", tmp_path / "out"
    target.mkdir()
    assert run("preview", SLUG, "--to", "Kenya", "--as", "docx", "--out", file).code == 0
    assert file.read_bytes().startswith(b"PK")
    to_folder = run("preview", SLUG, "--to", "Kenya", "--as", "html", "--out", target)
    assert [path.name for path in target.iterdir()] == [f"{SLUG}.ke-minister.fr.html"]
    assert "language by addressee" in to_folder.err
    assert to_folder.out == ""
    assert run("preview", "LU-31/001", "--as", "docx").code == 0
    assert (folder / "LU-31-001.master.en.docx").exists()


def test_show_to_a_file(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "lens.eml"
    assert run("show", SLUG, "--to", "lens", "--as", "eml", "--out", file, at=sent_folder).code == 0
    assert file.read_bytes() == next((sent_folder / "outgoing").rglob("*-lens.eml")).read_bytes()
    assert run("show", SLUG, "--to", "lens", "--as", "docx").code == 1


def test_answers_and_reports(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    edit(sent_folder / "letters" / SLUG / "letter.toml", "date = 2031-03-03", "date = 2026-01-01")
    answered = run(
        "answer", SLUG, "Kenya", "census", "--state", "accepted", "--by", "letter", "--on", "2026-01-01", at=sent_folder
    )
    assert (answered.code, "KE" in answered.out) == (0, True)
    rows = list(csv.DictReader(run("report", SLUG).out.splitlines()))
    assert len(rows) == 21
    assert json.loads(run("report", SLUG, "--as", "json").out)[0]["party"]
    target = tmp_path / "register.csv"
    assert run("report", SLUG, "--out", target).code == 0
    assert target.read_bytes().startswith(b"\xef\xbb\xbfparty,")


def test_triage_by_number(run: Run, sent_folder: Path) -> None:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "alex@stranger.example.net"
    mail["To"] = "circulars@example.int"
    mail["Subject"] = "Lights"
    mail["Message-ID"] = "<s1@stranger.example.net>"
    mail["Date"] = datetime(2031, 3, 9, 8, tzinfo=UTC)
    mail.set_content("We have three lights.\n")
    Maildir(sent_folder / "inbox", create=True).add(mail.as_bytes())
    tracked = run("track", at=sent_folder)
    assert "circulars triage" in tracked.out
    assert "alex@stranger.example.net" in run("triage").out
    assert "We have three lights." in run("triage", 1).out
    assert run("triage", 1, "--state", "answered").code == 1
    assert run("triage", 9).code == 1
    assert run("triage", 1, "--ref", SLUG, "--party", "Kenya", "--ask", "census", "--state", "answered").code == 0
    assert run("triage", "--json").json["unclear"] == []


def test_suppress(run: Run, sent_folder: Path) -> None:
    assert "suppressed." in run("suppress", "a@example.org", "--reason", "left", at=sent_folder).out
    assert "already" in run("suppress", "a@example.org").out
    assert "again" in run("unsuppress", "a@example.org").out
    assert run("suppress", "nobody").code == 1


def test_translate(run: Run, folder: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Veuillez répondre", "Prière de répondre")
    assert "taken back" in run("translate", "status", SLUG, at=folder).out
    exported = run("translate", "export", SLUG, "--lang", "fr")
    assert (exported.code, f"locales/fr/letters/{SLUG}.po" in exported.out) == (0, True)
    assert run("translate", "release", SLUG, "--lang", "fr").code != 0  # without a name
    assert run("translate", "release", SLUG, "--lang", "fr", "--by", "R. Reviser").code == 0
    assert run("translate", "status", "--json").json[0]["released"] is True


def test_plan_for_people(run: Run, folder: Path) -> None:
    shown = run("plan", SLUG, at=folder).out
    for words in ("LU-31/001", "8 letters", "faulty", "Atlantys", "recipients/faulty/keepers.csv", "circulars approve"):
        assert words in shown
    edit(folder / "recipients" / "keepers.csv", "sam@prism", "dean@prism")
    assert "1 letter differs: mailbox (prism)" in run("plan", SLUG).out


def test_how_long_a_plan_takes(run: Run, folder: Path) -> None:
    assert " this " not in run("plan", SLUG, at=folder).out  # files: nothing to wait for
    edit(folder / "office.toml", 'transport = "files"', 'transport = "relay"')
    office = (folder / "office.toml").read_text("utf-8")
    relay = '\n[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = 1\nsecurity = "none"\n'

    def told(limits: str) -> str:
        (folder / "office.toml").write_text(f"{office}{relay}{limits}", "utf-8")
        return " ".join(run("plan", SLUG).out.split())

    assert " this " not in told("")
    assert "At 1 message a minute this takes about 9 minutes: begun now, the last message goes at 2" in told("rate = 1")
    assert "At 3 recipients in 24 hours this takes 3 days: begun now" in told("per_day = 3")
    grows = "At 2 recipients in 24 hours at first, {} in the end, this takes 3 days: begun now"
    assert grows.format(6) in told("warm_up = [2, 4]\nper_day = 6")
    assert grows.format("any number") in told("warm_up = [2, 4]")
    assert "At 20 recipients in 24 hours this can go at once" in told("per_day = 20")
    digest = run("plan", SLUG, "--json").json["digest"]
    run("approve", SLUG, "--digest", digest)
    run("issue", SLUG, "--digest", digest)
    write_letter(folder, "other")
    both = run("plan", "other").out
    assert "At 20 recipients in 24 hours this can go at once (with 9 messages issued before and not sent yet)" in both


@pytest.mark.parametrize("verb", ["approve", "issue"])
def test_digests_of_another_plan(run: Run, folder: Path, verb: str) -> None:
    run("plan", SLUG, at=folder)
    ended = run(verb, SLUG, "--digest", "0" * 64)
    assert (ended.code, ended.out) == (1, "")
    assert "latest plan" in ended.err


def test_a_draft_in_the_list_of_letters(run: Run, sent_folder: Path) -> None:
    from tests.pipeline.offices import ENGLISH_LETTER

    write_letter(sent_folder, "draft", letter=ENGLISH_LETTER)
    shown = run("status", at=sent_folder).out
    assert "draft" in shown
    assert "issued" in shown
    assert run("status", "draft").code == 0


def test_doubt_is_listed_and_settled(run: Run, sent_folder: Path) -> None:
    with desk_at(sent_folder) as desk, desk.store.write() as connection:
        connection.execute(
            update(outbox).where(outbox.c.id.in_([7, 9])).values(state="in-doubt", reply_text="Cut off.")
        )
    listed = run("doubt", SLUG, at=sent_folder)
    assert listed.code == 0
    assert "minister@ke.example.org" in listed.out
    assert "Cut off." in listed.out
    assert {row["key"] for row in run("doubt", SLUG, "--json").json} == {"ke-minister", "lens"}
    assert "in doubt" in run("status", SLUG).out
    unsettled = run("send", SLUG)
    assert f"circulars doubt {SLUG}" in unsettled.out or unsettled.code == 0
    assert run("doubt", SLUG, "Kenya", "--sent").code == 0
    again = run("doubt", SLUG, "--resend", "--yes")
    assert (again.code, f"circulars send {SLUG}" in again.out) == (0, True)
    assert run("send", SLUG, "--json").json["sent"] == 1
    assert "Nothing is in doubt" in run("doubt", SLUG).out
    assert run("doubt", SLUG, "--sent").code == 1


def test_a_reply_is_explained_read_and_set_aside(run: Run, sent_folder: Path) -> None:
    sent = next((sent_folder / "outgoing").rglob("*ke-minister.eml"))
    outgoing = message_from_bytes(sent.read_bytes(), policy=default)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "minister@ke.example.org"
    mail["To"] = str(outgoing["Reply-To"])
    mail["Subject"] = "Re: " + str(outgoing["Subject"])
    mail["Message-ID"] = "<r1@ke.example.org>"
    mail["Date"] = datetime(2031, 3, 9, 8, tzinfo=UTC)
    mail.set_content("We shall count them.\n")
    file = sent_folder / "reply.eml"
    file.write_bytes(mail.as_bytes())
    explained = run("explain", file, at=sent_folder)
    for words in ("reply", "LU-31/001", "ke-minister"):
        assert words in explained.out
    Maildir(sent_folder / "inbox").add(mail.as_bytes())
    run("track")
    listed = run("triage")
    assert "minister@ke.example.org" in listed.out
    assert "census, meeting" in listed.out
    assert "to be judged" in run("status", SLUG).out
    assert run("triage", 1, "--aside", "--note", "A duplicate.").code == 0


def test_withdrawing_all_is_asked_for(run: Run, sent_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("n\n"))
    refused = run("withdraw", SLUG, at=sent_folder)
    assert refused.code == 1
    assert run("status", SLUG, "--json").json["state"] == "issued"
    monkeypatch.setattr("sys.stdin", StringIO("y\n"))
    assert run("withdraw", SLUG).code == 0
    assert run("status", SLUG, "--json").json["state"] == "withdrawn"


def test_the_two_person_rule_at_the_keyboard(run: Run, folder: Path) -> None:
    edit(folder / "office.toml", 'default_language = "en"', 'default_language = "en"\ntwo_person_rule = true')
    digest = run("plan", SLUG, "--json", at=folder).json["digest"]
    refused = run("approve", SLUG, "--digest", digest, "--by", "Somebody Else")
    assert (refused.code, "another account" in refused.err) == (1, True)
    assert run("issue", SLUG, "--digest", digest).code == 1


def test_version(run: Run, tmp_path: Path) -> None:
    assert run("--version", at=tmp_path).out.startswith("circulars 0.")


def test_what_a_plan_shows_before_it_is_approved(run: Run, folder: Path, tmp_path: Path) -> None:
    shown = run("plan", SLUG, at=folder).out
    for words in ("Worth a look", "Sam Field", "no gender on the list", "Dear Sir/Madam,", "--to prism"):
        assert words in shown
    edit(folder / "recipients" / "keepers.csv", "Rosa Lindqvist,,f", "Rosa Lindqvist,,m")
    again = run("plan", SLUG, "--changes", "--previews", tmp_path / "look").out
    assert "1 letter differs: salutation (lens)" in again
    assert "What differs from the last plan" in again
    assert str(next((tmp_path / "look").iterdir()).parent) in again
    planned = run("plan", SLUG, "--json").json
    assert planned["changed"]["same"] is True
    assert {kind["kind"] for kind in planned["unusual"]} >= {"missing-gender", "several-mailboxes", "longest-name"}


def test_who_decided_what_and_when(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "visa.pdf").write_bytes(b"%PDF-1.7 scanned")
    assert run("plan", SLUG, at=folder).code == 0
    assert "Nobody has decided" in run("approve", SLUG, "--show").out
    assert run("approve", SLUG, "--show", "--json").json == []
    digest = run("plan", SLUG, "--json").json["digest"]
    refused = run("approve", SLUG, "--reject")
    assert (refused.code, refused.out) == (1, "")
    assert "--note" in refused.err
    assert run("approve", SLUG, "--reject", "--note", "Room «A».", "--by", "Bela").code == 0
    assert run("approve", SLUG, "--digest", digest, "--visa", tmp_path / "visa.pdf").code == 0
    shown = run("approve", SLUG, "--show").out
    assert "rejected" in shown
    assert "«Room «A».»" in shown
    assert "visa visa.pdf" in shown
    first, second = run("approve", SLUG, "--show", "--json").json
    assert (first["decision"], first["name"], first["note"]) == ("rejected", "Bela", "Room «A».")
    assert (second["decision"], second["visa_name"], second["digest"]) == ("approved", "visa.pdf", digest)
    again = run("plan", SLUG).out
    assert "approved" in again
    assert "visa visa.pdf" in again
