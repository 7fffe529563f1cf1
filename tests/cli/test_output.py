"""What users' files and mails say is printed as it stands, and does nothing to the terminal."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from mailbox import Maildir
from pathlib import Path

import pytest

from cli.output import counts_line, number_of, out, plain, print_json, summary_line, table
from cli.sending import print_summary
from delivery.tally import SendSummary
from office.findings import Finding, Level
from tests.cli.conftest import Run
from tests.pipeline.offices import SLUG, edit

HOSTILE = (
    "[bold red]markup[/]", "[/]", "[link=https://evil.example]x[/link]", "\x1b[2J\x1b]0;title\x07", "\x9b31m", "\r o",
    "\u202egnp.exe", "\u2066isolate", ":warning:", "[", "back\\", "\\[b]", "\x00", "\x08\x08",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_hostile_text_is_only_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    out.print(f"<{plain(text)} [bold]{plain(text)}[/]>")
    shown = capsys.readouterr().out
    printed = "".join(c if c.isprintable() else "\ufffd" for c in text)
    assert shown.replace("\\\\", "\\") == f"<{printed} {printed}>\n"


@pytest.mark.parametrize("text", ["16 h 00", "140\u202f000", "می\u200cخواهم", "\u200e+41 22", "多 字", "a\tb", "é"])
def test_words_of_six_languages_stay_whole(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    out.print(plain(text))
    assert capsys.readouterr().out.replace(" ", "") == f"{text}\n".replace("\t", "        ").replace(" ", "")


def hostile_mail(text: str) -> EmailMessage:
    mail = EmailMessage(policy=SMTP.clone(utf8=True))
    mail["From"] = "x@stranger.example.net"
    mail["To"] = "circulars@example.int"
    mail["Subject"] = "[red]Alert[/red] :bomb: " + text.replace("\r", "").replace("\n", "").replace("\x00", "")
    mail["Message-ID"] = "<h1@stranger.example.net>"
    mail["Date"] = datetime(2031, 3, 9, 8, tzinfo=UTC)
    mail.set_content(f"[blink]{text}[/blink]\n")
    return mail


def test_mail_cannot_speak_to_the_terminal(run: Run, sent_folder: Path) -> None:
    mail = hostile_mail("\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07click")
    Maildir(sent_folder / "inbox", create=True).add(mail.as_bytes())
    file = sent_folder / "mail.eml"
    file.write_bytes(mail.as_bytes())
    run("track", at=sent_folder)
    for command in (("triage",), ("triage", 1), ("explain", file)):
        ended = run(*command)
        assert ended.code == 0
        assert "\x1b" not in ended.out + ended.err
        assert "\x07" not in ended.out
    shown = run("triage", 1).out
    assert "[red]Alert[/red] :bomb:" in shown
    assert "[blink]" in shown
    assert run("triage", "--json").json["unclear"][0]["subject"].startswith("[red]Alert[/red]")


def test_lists_and_letters_cannot_either(run: Run, folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "Atlantys", "[bold]Atl\x1b[31mantys[/]")
    edit(folder / "letters" / SLUG / "body.md", "Please answer", "{{ facts.x }} [/bold]Please answer")
    for command in (("check",), ("plan", SLUG)):
        ended = run(*command, at=folder)
        assert ended.code == 1
        assert "\x1b" not in ended.out + ended.err
    assert "[bold]Atl" in run("check").out


def test_piped_output_has_neither_colours_nor_bars_nor_broken_lines(run: Run, sent_folder: Path) -> None:
    for command in (("check",), ("plan", SLUG), ("status",), ("status", SLUG), ("send", SLUG), ("track",), ("triage",)):
        ended = run(*command, at=sent_folder)
        assert "\x1b" not in ended.out + ended.err
        assert ended.err == ""
    findings = run("check").out.splitlines()
    assert any(len(line) > 100 for line in findings)  # not folded at the width of a terminal that is not there


def test_json_is_json_and_nothing_else(run: Run, folder: Path) -> None:
    for command in (("check",), ("plan", SLUG), ("status",), ("translate", "status"), ("track",), ("triage",)):
        ended = run(*command, "--json", at=folder)
        json.loads(ended.out)
        assert ended.err == ""


def test_small_words() -> None:
    warning = Finding(level=Level.WARNING, code="x", message="m")
    assert summary_line([]) == "nothing to report"
    assert summary_line([warning, warning, Finding(level=Level.ERROR, code="x", message="m")]) == "1 error, 2 warnings"
    assert number_of(1, "letter") == "1 letter"
    assert number_of(140000, "letter") == "140,000 letters"
    assert counts_line({}) == "none"
    assert counts_line({"[fr]": 1}) == r"\[fr] [bold]1[/]"
    assert len(table("T", "A", "B", right=["B"]).columns) == 2


def test_json_holds_nothing_that_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"text": "a\x1b[2J\x9b2J\x7f\u202eb\u2066\u2028 é رد 答"}
    print_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert not set(printed) & set("\x1b\x9b\x7f\u202e\u2066\u2028")
    assert "é رد 答" in printed


def test_a_run_that_was_stopped_does_not_say_that_nothing_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    stopped = "The relay refuses the login."
    summary = SendSummary(
        sent=0, refused=0, deferred=0, in_doubt=0, suppressed=0, printed=0, remaining=4, stopped=stopped
    )
    print_summary("census", summary)
    assert capsys.readouterr().out.startswith(f"Nothing was sent.\n{stopped}")
    print_summary("census", replace(summary, stopped=""))
    assert capsys.readouterr().out.startswith("Nothing is due yet.")


def test_where_a_hint_names_the_next_step_no_other_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    summary = SendSummary(
        sent=0, refused=0, deferred=0, in_doubt=0, suppressed=0, printed=0, remaining=2, stopped="It was held.",
        hint="To go on: circulars resume census",
    )  # fmt: skip
    print_summary("census", summary)
    told = capsys.readouterr().out
    assert ("→ 2 messages left.\n" in told, "circulars send" in told) == (True, False)
    print_summary("census", replace(summary, hint="Ask who runs the relay."))
    assert "→ 2 messages left. To go on: circulars send census" in capsys.readouterr().out
