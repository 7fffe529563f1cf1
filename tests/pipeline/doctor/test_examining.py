"""Going through all topics: none hides another, none hangs, no secret is told, nothing ends in a traceback."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.doctor import examining
from pipeline.doctor.examining import examine
from pipeline.doctor.results import Result, Results, good
from pipeline.doctor.round_trip import OWN
from tests.delivery.sink import HANG, Sink
from tests.pipeline.doctor.name_server import name_server
from tests.pipeline.doctor.test_domains import IN_ORDER
from tests.pipeline.doctor.test_round_trip import PASSED, SIGNED, House
from tests.pipeline.doctor.visits import codes, of, visit_to, write_bare_office, write_relaying_office
from tests.pipeline.offices import edit

TOPICS = ["program", "settings", "files", "store", "work", "relay", "domains", "inbox"]


def topics(found: list[Result]) -> list[str]:
    return list(dict.fromkeys(result.topic for result in found))


def test_an_office_of_files_has_nothing_to_fix(tmp_path: Path) -> None:
    waited_for: list[str] = []
    found = list(examine(visit_to(write_bare_office(tmp_path / "office")), waited_for.append))
    assert topics(found) == waited_for == TOPICS
    assert {result.level for result in found} <= {"good", "note", "skipped"}


def test_an_office_that_sends_for_real_with_a_test_mail(tmp_path: Path) -> None:
    house = House(tmp_path, above=PASSED + SIGNED)
    with house.sink.running() as sink, name_server(IN_ORDER) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = list(examine(visit_to(folder, to=OWN, wait=5.0, nameserver=server.address)))
    assert topics(found) == [*TOPICS, "test mail"]
    assert not [result for result in found if result.level in {"warning", "error"}]
    assert of(found, "test-mail-back")


def test_settings_that_cannot_be_read_end_the_visit_in_words(tmp_path: Path) -> None:
    folder = write_bare_office(tmp_path / "office")
    (folder / "office.toml").write_text("name = \n")
    found = list(examine(visit_to(folder)))
    assert topics(found)[:2] == ["program", "settings"]
    assert codes(found)["no-settings"] == "skipped"
    assert any(result.level == "error" for result in found)


def test_many_faults_at_once_are_all_told(tmp_path: Path) -> None:
    """No key, a spoilt store, nobody at the relay, no DNS, no inbox: five topics, each with its own."""
    with Sink().running() as sink:
        port = sink.port
    inbox = '[inbox]\nsource = "nowhere"\n'
    folder = write_relaying_office(tmp_path / "office", port, security="none", inbox=inbox)
    (folder / "office.key").unlink()
    (folder / "circulars.db").write_bytes(b"no database" * 1000)
    with name_server({}, silent=True) as server:
        found = list(examine(visit_to(folder, nameserver=server.address, seconds=0.5)))
    told = {(result.topic, result.code, result.level.value) for result in found}
    assert {
        ("files", "key", "error"),
        ("store", "damaged", "error"),
        ("relay", "unreachable", "error"),
        ("domains", "no-dns", "skipped"),
        ("inbox", "no-inbox", "error"),
    } <= told
    assert not [result for result in found if "Traceback" in result.message]


def test_what_hangs_is_left_and_holds_up_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object) -> Results:
        yield good("begun", "It begins.")
        time.sleep(30)

    monkeypatch.setattr(examining, "look_at_files", hang)
    found = list(examine(visit_to(write_bare_office(tmp_path / "office"), limit=3.0)))
    assert [result.code for result in found if result.topic == "files"] == ["begun", "too-slow"]
    assert of(found, "inbox").level == "good"


def test_a_fault_of_ours_in_one_topic_is_told_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Results:
        yield good("begun", "It begins.")
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(examining, "look_at_store", fail)
    found = list(examine(visit_to(write_bare_office(tmp_path / "office"))))
    assert [result.code for result in found if result.topic == "store"] == ["begun", "failed"]
    assert "ZeroDivisionError: by nothing" in of(found, "failed").message
    assert topics(found) == TOPICS


def test_a_relay_that_says_nothing_is_not_waited_for_long(tmp_path: Path) -> None:
    with Sink(script=lambda step, _: HANG if step == "ehlo" else "").running() as sink, name_server({}) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = list(examine(visit_to(folder, seconds=0.5, nameserver=server.address)))
    assert of(found, "relay-unwilling").topic == "relay"


def test_offline_no_server_is_asked(tmp_path: Path) -> None:
    with Sink().running() as sink:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none")
        found = list(examine(visit_to(folder, offline=True, to=OWN)))
        assert sink.connections == 0
    told = codes(found)
    assert {told[f"{topic}-offline"] for topic in ("relay", "domains", "inbox")} == {"skipped"}
    assert told["no-test-mail"] == "skipped"


def test_no_secret_is_told_whoever_repeats_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers with the password, and a library that quotes it: neither reaches the screen."""
    monkeypatch.setenv("TEST_USER", "office")
    monkeypatch.setenv("TEST_PASSWORD", "correct-horse")

    def repeat(step: str, _: str) -> str:
        return "550 you said correct-horse, did you not?" if step == "mail" else ""

    def quote(*_: object) -> Results:
        yield good("begun", f"It begins with {int('correct-horse')}.")

    monkeypatch.setattr(examining, "look_at_work", quote)
    inbox = '[inbox]\nsource = "inbox/"\npassword_env = "TEST_PASSWORD"\n'
    with Sink(script=repeat).running() as sink, name_server({}) as server:
        folder = write_relaying_office(tmp_path / "office", sink.port, security="none", inbox=inbox)
        edit(folder / "office.toml", 'kind = "files"', 'kind = "files"\nfolder = "correct-horse"')
        found = list(examine(visit_to(folder, nameserver=server.address)))
    assert "you said …" in of(found, "sender-refused").message
    assert not [result for result in found if "correct-horse" in f"{result.message} {result.hint}"]
    key = (folder / "office.key").read_text().strip()
    assert not [result for result in found if key in f"{result.message} {result.hint}"]
