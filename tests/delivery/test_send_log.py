"""The log of sending: everything but people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delivery.send_log import without_person
from office.errors import InputError
from office.model import SendingLog
from store.messages import OutboxRow
from tests.delivery.relays import Setup, at, sink_with

LINE = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z CL-22/010 row=(\d+) (\S+) (\d{3}|-) (\d\.\d+\.\d+|-) 127\.0\.0\.1:\d+ (.*)"
)
SAID = "550 5.1.1 <minister1@example.org>: User minister1 (ministère n° 1, key-1) unknown\rhere, ask boss@example.org"


def logged(here: Setup, file: str = "log/send.log", *, addresses: bool = False) -> list[str]:
    here.office = replace(here.office, log=SendingLog(file=file, addresses=addresses))
    with sink_with(at("rcpt", SAID.replace("\r", " "), match="minister1@")) as sink:
        here.send(sink)
    return (here.office.folder / file).read_text("utf-8").splitlines()


def test_a_line_for_each_message_without_people(setup: Callable[..., Setup]) -> None:
    lines = logged(setup(3))
    matches = [LINE.fullmatch(line) for line in lines]
    assert all(matches), lines
    found = sorted(match.groups()[:4] for match in matches if match)
    assert found == [("1", "sent", "250", "2.0.0"), ("2", "refused", "550", "5.1.1"), ("3", "sent", "250", "2.0.0")]
    assert not any("@" in line or re.search("minist[eè]r|key-", line) for line in lines)
    assert any("<…>" in line and "unknown here" in line for line in lines)


def test_with_people_if_asked(setup: Callable[..., Setup]) -> None:
    lines = logged(setup(2), addresses=True)
    assert sum("to=<minister1@example.org>" in line and "boss@example.org" in line for line in lines) == 1


def test_it_is_appended_and_none_is_written_unless_asked(setup: Callable[..., Setup], tmp_path: Path) -> None:
    (tmp_path / "send.log").write_text("before\n")
    here = setup(1)
    with sink_with() as sink:
        here.send(sink, limit=1)
    assert (tmp_path / "send.log").read_text() == "before\n"
    assert len(logged(setup(1), "send.log")) == 2


def test_a_log_that_cannot_be_opened_ends_the_run_before_it_begins(setup: Callable[..., Setup]) -> None:
    here = setup(1)
    (here.office.folder / "log").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        logged(here)
    assert here.states() == {"queued": 1}


def test_a_full_disk_stops_no_letter(setup: Callable[..., Setup], capfd: pytest.CaptureFixture[str]) -> None:
    here = setup(2)
    here.office = replace(here.office, log=SendingLog(file="/dev/full"))
    with sink_with() as sink:
        assert here.send(sink).sent == 2
    captured = capfd.readouterr()
    assert captured.out + captured.err == ""


def test_no_mailbox_is_left_in_an_address_of_the_web() -> None:
    row = OutboxRow(**dict.fromkeys(OutboxRow._fields) | {"mailbox": "a@example.org", "name": "", "key": ""})  # type: ignore[arg-type]
    said = without_person("5.7.1 see https://postmaster.example.net/?to=ana%40example.org&c=550", row)
    assert "example.org" not in said
    assert said.startswith("5.7.1 see https:")


def told_of(name: str, said: str, mailbox: str = "x1@example.org", key: str = "k-1") -> str:
    row = OutboxRow(**dict.fromkeys(OutboxRow._fields) | {"mailbox": mailbox, "name": name, "key": key})  # type: ignore[arg-type]
    return without_person(said, row)


@pytest.mark.parametrize(
    ("name", "said", "left"),
    [
        ("van der Berg, Maria-José", "user Maria-José van der Berg unknown", "user <…> unknown"),
        ("van der Berg, Maria-José", "no mailbox for BERG, MARIA JOSE here", "no mailbox for <…> here"),
        ("van der Berg, Maria-José", "Jose\u0301 is away", "<…> is away"),
        ("van der Berg, Maria-Jose\u0301", "<José> is away", "<<…>> is away"),
        ("van der Berg, Maria-José", "Maria-Jos\ufffd vanderberg: no such user", "<…>: no such user"),
        ("van der Berg, Maria-José", "Mar?a? Jos?: no such user", "Mar?a? <…>: no such user"),
        ("van der Berg, Maria-José", "the Bergen office is Vandalised", "the Bergen office is Vandalised"),
        ("Conor O'Brien", "obrien or O’Brien?", "<…> or <…>?"),
        ("Łukasz Groß", "GROSS Łukasz unknown", "<…> unknown"),
        ("محمد عبد الله", "المستخدم لمُحَمَّـد غير موجود", "المستخدم ل<…> غير موجود"),
        ("王小明", "收件人王小明不存在", "收件人<…>不存在"),
        ("王 小明", "user 小明王 unknown", "user <…> unknown"),
        ("Нина Петрова", "ПЕТРОВА НИНА: нет ящика", "<…>: нет ящика"),
        ("Ana", "=?utf-8?B?QW5h?= or =?iso-8859-1?Q?An=E1?= unknown", "<…> or <…> unknown"),
        ("", "no mailbox here", "no mailbox here"),
    ],
)  # fmt: skip
def test_a_name_is_left_out_however_a_server_writes_it(name: str, said: str, left: str) -> None:
    assert told_of(name, said) == left


@pytest.mark.parametrize(
    ("mailbox", "said", "left"),
    [
        ("maria.berg@example.org", "berg (maria.berg) is no user", "<…> (<…>) is no user"),
        ('"maria berg"@example.org', '<"maria berg"@example.org>: gone', "<<…>>: gone"),
        ("张伟@例子.example", "张伟＠例子.example 不存在", "<…> 不存在"),
        ("mjberg@example.org", "/o=Office/cn=Staff/cn=mjberg not found", "/o=Office/cn=Staff/cn=<…> not found"),
    ],
)  # fmt: skip
def test_a_mailbox_is_left_out_in_parts_and_in_any_script(mailbox: str, said: str, left: str) -> None:
    assert told_of("", said, mailbox) == left


@given(st.text(max_size=80), st.emails(), st.text(max_size=80))
def test_no_mailbox_is_left_in_what_a_server_says(before: str, address: str, after: str) -> None:
    row = OutboxRow(**dict.fromkeys(OutboxRow._fields) | {"mailbox": address, "name": "Ana", "key": "k-1"})  # type: ignore[arg-type]
    said = without_person(f"{before} {address} {after} Ana", row)
    assert address not in said
    assert not said.endswith(" Ana")
