"""answer, excuse, extend, note, history, corrections at the keyboard."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import update

from store.schema import outbox
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, desk_at, edit


def test_an_answer_with_its_delegation(run: Run, sent_folder: Path) -> None:
    told = run(
        "answer", SLUG, "Kenya", "meeting", "--state", "accepted", "--by", "phone", "--delegate", "Juma [b] Odhiambo",
        "--speaker", "Amina Njoroge; Minister", at=sent_folder,
    )  # fmt: skip
    assert (told.code, told.out.strip()) == (0, f"KE: meeting accepted.  → circulars status {SLUG}")
    shown = run("history", SLUG, "Kenya")
    assert "Juma [b] Odhiambo · Amina Njoroge, Minister (speaker)" in shown.out
    assert "meeting: accepted · due by the end of 2031-04-30" in shown.out
    found = run("history", SLUG, "Kenya", "--json").json
    assert found["party"] == "KE"
    (answer,) = [event for event in found["events"] if event["kind"] == "answer"]
    assert answer["delegates"][1] == {"name": "Amina Njoroge", "function": "Minister", "speaker": True}
    told = run("answer", SLUG, "KE", "census", "--state", "declined", "--by", "fax", "--json")
    assert told.json == {"party": "KE", "ask": "census", "state": "declined"}


@pytest.mark.parametrize(
    "arguments",
    [
        ("answer", SLUG),
        ("answer", SLUG, "Kenya", "census", "--state", "accepted"),
        ("answer", SLUG, "Kenya", "--import", "x.xlsx"),
        ("extend", SLUG, "census", "--all"),
        ("extend", SLUG, "census", "--all", "--until", "tomorrow"),
        ("note", SLUG, "Kenya"),
    ],
)
def test_a_command_that_lacks_something_is_called_wrongly(run: Run, sent_folder: Path, arguments: tuple[str]) -> None:
    assert run(*arguments, at=sent_folder).code == 2


def test_days_as_staff_type_them(run: Run, sent_folder: Path) -> None:
    answer = ("answer", SLUG, "Kenya", "census", "--state", "accepted", "--by", "phone", "--on")
    edit(sent_folder / "letters" / SLUG / "letter.toml", "date = 2031-03-03", "date = 2020-01-15")
    for text in ("2020-01-15", "15.1.2020"):
        run(*answer, text, at=sent_folder)
    told = run(*answer, "01/15/2020")
    assert (told.code, "«01/15/2020» is no date; write it as 2022-04-29" in told.err) == (2, True)
    assert "entered" in run("history", SLUG, "Kenya").out
    events = run("history", SLUG, "Kenya", "--json").json["events"]
    assert [event["at"][:10] for event in events if event["kind"] == "answer"] == ["2020-01-15", "2020-01-15"]


def test_the_hint_leads_from_an_extended_state_to_extend(run: Run, sent_folder: Path) -> None:
    told = run("answer", SLUG, "Kenya", "census", "--state", "extended", "--by", "phone", at=sent_folder)
    assert told.code == 1
    assert "circulars extend REF ASK --party PARTY --until DATE" in told.err


def test_extending_excusing_and_noting(run: Run, sent_folder: Path) -> None:
    told = run("extend", SLUG, "census", "--until", "2031-05-20", "--party", "Kenya", "--party", "no", at=sent_folder)
    assert told.out.strip() == "census: KE, NO may answer by the end of 2031-05-20."
    told = run("extend", SLUG, "census", "--until", "2031-05-10", "--all")
    assert "census: all may answer by the end of 2031-05-10." in told.out
    assert "issue a corrigendum" in told.out
    assert run("excuse", SLUG, "France").out.strip() == "FR: excused from census, meeting."
    told = run("note", SLUG, "Kenya", "after the [bold]holidays", "--until", "2031-05-01")
    assert told.out.strip() == "KE: noted; no reminders through 2031-05-01."
    shown = run("history", SLUG, "Kenya").out
    assert "after the [bold]holidays · no reminders through 2031-05-01" in shown
    assert "extension census for all" in shown


def test_reading_a_report_back(run: Run, sent_folder: Path) -> None:
    assert run("report", SLUG, "--as", "csv", "--out", "answers.csv", at=sent_folder).code == 0
    path = sent_folder / "answers.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0]["state"], rows[1]["state"] = "answered", "yes"
    _write(path, rows)
    told = run("answer", SLUG, "--import", "answers.csv")
    assert told.code == 1
    assert "«yes» is no state of an answer" in told.err
    assert "nothing of it was recorded" in told.err
    rows[1]["state"] = "declined"
    _write(path, rows)
    told = run("answer", SLUG, "--import", "answers.csv")
    assert told.code == 0
    assert "2 answers recorded, 19 unchanged" in told.out
    run("answer", SLUG, rows[0]["party"], rows[0]["ask"], "--state", "declined", "--by", "phone")
    told = run("answer", SLUG, "--import", "answers.csv")
    assert told.code == 1
    assert "This very file was read before" in told.out
    assert "1 conflict, left as the register has it" in told.out
    assert "circulars answer census" in told.err
    found = run("answer", SLUG, "--import", "answers.csv", "--json")
    assert (found.code, found.json["conflicts"], found.json["recorded"]) == (1, 1, [])


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_corrections_are_listed_and_written_on_request(run: Run, sent_folder: Path) -> None:
    told = run("corrections", SLUG, at=sent_folder)
    assert told.out.strip() == "No mailbox failed for good, and none is known to have moved."
    with desk_at(sent_folder) as desk, desk.store.write() as connection:
        connection.execute(
            update(outbox)
            .where(outbox.c.mailbox == "rosa@lens.example.com")
            .values(state="refused", reply_text="550 5.1.1 [red]no such user")
        )
    told = run("corrections", SLUG)
    assert "address: 550 5.1.1 [red]no such user" in told.out
    assert "→ To add lines for them" in told.out
    assert not (sent_folder / "recipients" / "corrections.csv").exists()
    assert run("corrections", SLUG, "--json").json[0]["state"] == "open"
    assert "1 line added to recipients/corrections.csv" in run("corrections", SLUG, "--write").out
    assert (sent_folder / "recipients" / "corrections.csv").exists()
    assert "in the file" in run("corrections", SLUG).out
