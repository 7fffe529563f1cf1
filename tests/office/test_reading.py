"""office.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError
from office.model import FilesTransport, OfficeLook, Roles, SmtpTransport
from office.reading import find_office, load_office, read_office

GOOD = """
name = "Example Union"
place = "geneva"
timezone = "Europe/Zurich"
languages = ["fr", "en"]
default_language = "en"
two_person_rule = true
[series.CL]
pattern = "CL-{yy}/{n:03}"
[signatories.secretary-general]
name = "A. Person"
gender = "m"
title = "secretary-general"
names = { ru = "А. Персон" }
[contacts.wsis]
name = "B. Person"
gender = "none"
email = "wsis@example.int"
[mail]
sender = "circulars@example.int"
reply = "reply@example.int"
bounce = "bounce@example.int"
transport = "relay"
[transports.files]
kind = "files"
[transports.relay]
kind = "smtp"
host = "relay.example.int"
connections = 8
"""


def write(folder: Path, text: str) -> Path:
    (folder / "office.toml").write_text(text, "utf-8")
    return folder


def test_everything_is_read_into_typed_values(tmp_path: Path) -> None:
    office = load_office(write(tmp_path, GOOD))
    assert office.series["CL"].reference(year=2022, number=10) == "CL-22/010"
    assert office.languages == ("fr", "en")
    assert office.two_person_rule
    assert office.signatories["secretary-general"].names == {"ru": "А. Персон"}
    assert office.contacts["wsis"].gender == ""
    assert office.transports["files"] == FilesTransport(key="files")
    relay = office.transports["relay"]
    assert isinstance(relay, SmtpTransport)
    assert (relay.security, relay.connections) == ("starttls", 8)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('name = "Example Union"', "", "missing-key", None),
        ('name = "Example Union"', "name = 3", "wrong-kind", 2),
        ("two_person_rule", "two_persons_rule", "unknown-key", 7),
        ('"Europe/Zurich"', '"Europe/Zürich"', "unknown-zone", 4),
        ('["fr", "en"]', '["fr", "de"]', "unknown-language", 5),
        ('["fr", "en"]', "[]", "unknown-language", 5),
        ('["fr", "en"]', '"fr"', "wrong-kind", 5),
        ('default_language = "en"', 'default_language = "ru"', "unknown-value", 6),
        ("CL-{yy}/{n:03}", "CL-{yy}", "bad-pattern", 9),
        ("CL-{yy}/{n:03}", "CL/{n}", "bad-pattern", 9),
        ("CL-{yy}/{n:03}", "{n.__class__}{yy}", "bad-pattern", 9),
        ("CL-{yy}/{n:03}", "{yy}{n:0999999999}", "bad-pattern", 9),
        ('gender = "m"', 'gender = "x"', "unknown-value", 12),
        ("circulars@example.int", "circulars@exam\\nple.int", "bad-character", 20),
        ("circulars@example.int", "circulars", "bad-address", 20),
        ('transport = "relay"', 'transport = "rely"', "unknown-value", 23),
        ('kind = "files"', 'kind = "files"\nfolder = "../x"', "outside-office", 26),
        ("connections = 8", "connections = 0", "out-of-range", 29),
        ("connections = 8", 'security = "none"', "unprotected-relay", 29),
        ("[transports.relay]", "[transports.relay", "toml-syntax", 26),
    ],
)  # fmt: skip
def test_a_fault_is_found_with_its_line_and_a_hint(
    tmp_path: Path, old: str, new: str, code: str, line: int | None
) -> None:
    office, findings = read_office(write(tmp_path, GOOD.replace(old, new, 1)))
    assert office is None
    assert (code, line) in [(finding.code, finding.line) for finding in findings]
    assert all(finding.hint and finding.file == "office.toml" for finding in findings)


def test_all_faults_are_found_at_once(tmp_path: Path) -> None:
    spoilt = GOOD.replace('"fr", "en"', '"de"').replace("8", "0").replace('gender = "m"', "gender = 1")
    _, findings = read_office(write(tmp_path, spoilt))
    assert {"unknown-language", "out-of-range", "wrong-kind"} <= {finding.code for finding in findings}
    with pytest.raises(InputError) as caught:
        load_office(tmp_path)
    assert caught.value.findings == findings


def test_no_transport_at_all(tmp_path: Path) -> None:
    _, findings = read_office(write(tmp_path, GOOD.partition("[transports.files]")[0]))
    assert "no-transport" in {finding.code for finding in findings}


def test_the_nearest_office_upward_is_found(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    inner = tmp_path / "letters" / "one"
    inner.mkdir(parents=True)
    assert find_office(inner) == tmp_path
    with pytest.raises(NotFoundError, match=r"no office\.toml"):
        find_office(tmp_path.parent)


# The mailbox for answers


@pytest.mark.parametrize(("written", "days"), [("", 0), ("[register]\ngrace_days = 3\n", 3)])
def test_days_of_grace(tmp_path: Path, written: str, days: int) -> None:
    assert load_office(write(tmp_path, GOOD + written)).grace_days == days


@pytest.mark.parametrize("value", ["-1", "61", "true", '"two"'])
def test_days_of_grace_that_cannot_be(tmp_path: Path, value: str) -> None:
    office, findings = read_office(write(tmp_path, f"{GOOD}[register]\ngrace_days = {value}\n"))
    assert office is None
    assert [finding.line for finding in findings] == [GOOD.count("\n") + 2]


def test_look_roles_and_facsimile(tmp_path: Path) -> None:
    plain = load_office(write(tmp_path, GOOD))
    assert plain.look == OfficeLook()
    assert plain.roles == Roles()
    own = GOOD.replace('title = "sec', 'facsimile = "templates/sg.png"\ntitle = "sec') + (
        '[look]\nlogo = "templates/logo.png"\ncolour = "#AA00ff"\ntypeface = "serif"\n'
        '[roles]\nauthor = ["anna"]\nsender = ["mail", "cron"]\n'
    )
    office = load_office(write(tmp_path, own))
    assert office.look == OfficeLook(logo="templates/logo.png", colour="#aa00ff", typeface="serif")
    assert office.roles == Roles(author=("anna",), sender=("mail", "cron"))
    signatory = office.signatories["secretary-general"]
    assert (signatory.facsimile, signatory.title) == ("templates/sg.png", "secretary-general")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('logo = "../logo.png"', "outside-office"),
        ('colour = "blue"', "bad-colour"),
        ('typeface = "Arial"', "unknown-value"),
    ],
)
def test_faults_of_the_look(tmp_path: Path, line: str, code: str) -> None:
    _, findings = read_office(write(tmp_path, f"{GOOD}[look]\n{line}\n"))
    assert [finding.code for finding in findings] == [code]
    assert findings[0].line == GOOD.count("\n") + 2
