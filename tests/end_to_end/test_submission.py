"""Letters handed to real relays that one logs in to: all arrive, and what they report comes back and is matched.

Needs Debian's postfix, dovecot-imapd and dovecot-submissiond, as test_postfix.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.end_to_end.dovecot import PASSWORD
from tests.end_to_end.postfix import FULL, MAILBOX, POLICY, UNKNOWN
from tests.end_to_end.submission import USER, Relays, running_relays
from tests.pipeline.offices import LETTER, SLUG, edit, write_office

pytestmark = pytest.mark.packages

PEOPLE = {f"p{number}": f"minister{number}@ke.example.org" for number in range(20)}
IDN, EAI = "minister@bücher.example.org", "министр@пример.example.org"
WORLD = {  # domains as the relay writes them
    PEOPLE["p1"]: UNKNOWN,
    PEOPLE["p2"]: UNKNOWN,
    PEOPLE["p3"]: POLICY,
    PEOPLE["p4"]: FULL,
    "minister@xn--bcher-kva.example.org": UNKNOWN,
    "министр@xn--e1afmkfd.example.org": POLICY,  # reported as RFC 6533 wants it
}
_WAIT = 40.0  # seconds


@pytest.fixture(scope="module")
def relays() -> Iterator[Relays]:
    with running_relays(WORLD) as relays:
        yield relays


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    def make(relays: Relays, port: int, security: str, *, mail: str = "") -> Path:
        """Make an office with a relay, which issues to all people."""
        folder = write_office(tmp_path / "office")
        people = PEOPLE | {"idn": IDN, "eai": EAI}
        rows = (f"{key},,,,,Ministry of {key},government,,en,{mailbox},,email" for key, mailbox in people.items())
        header = "key,party,name,role,gender,organisation,category,country,languages,email,cc,channel"
        (folder / "recipients" / "keepers.csv").write_text("\n".join((header, *rows)) + "\n", "utf-8")
        second = "[[audience]]" + LETTER.split("[[audience]]")[2].split("[deadlines")[0]
        edit(folder / "letters" / SLUG / "letter.toml", second, "")
        edit(folder / "office.toml", 'transport = "files"', f'transport = "relay"\n{mail}')
        shutil.copy(relays.dovecot.certificate, folder / "ca.pem")
        with (folder / "office.toml").open("a", encoding="utf-8") as file:
            file.write(
                f'[transports.relay]\nkind = "smtp"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "{security}"\n'
                f'ca_file = "ca.pem"\nuser = "{USER}"\npassword_env = "TEST_IMAP"\n'
                f'[inbox]\nsource = "{relays.dovecot.url(MAILBOX)}"\npassword_env = "TEST_IMAP"\nmoved_to = "Filed"\n'
            )
        monkeypatch.setenv("TEST_IMAP", PASSWORD)
        monkeypatch.chdir(folder)
        return folder

    return make


def issue(run: Run) -> None:
    digest = run("plan", SLUG, "--json").json["digest"]
    assert run("approve", SLUG, "--digest", digest).code == 0
    assert run("issue", SLUG, "--digest", digest).code == 0


def wait_for_reports(relays: Relays, number: int) -> None:
    end = time.monotonic() + _WAIT
    while len(list((relays.dovecot.maildir(MAILBOX) / "new").glob("*"))) < number:
        assert time.monotonic() < end, relays.postfix.log
        time.sleep(0.1)


@pytest.mark.parametrize(("way", "refused"), [("starttls", 0), ("tls", 0), ("submission", 1)])
def test_all_that_is_sent_arrives_or_is_reported(
    run: Run, office: Callable[..., Path], relays: Relays, way: str, refused: int
) -> None:
    """Dovecot has no SMTPUTF8, and the letter to a Cyrillic mailbox does not go by it."""
    office(relays, getattr(relays, way), "tls" if way == "tls" else "starttls")
    looked = {result["code"]: result["level"] for result in run("doctor", "--json").json["results"]}
    assert {looked[code] for code in ("tls", "login", "sender", "recipient")} == {"good"}
    issue(run)
    sent = run("send", SLUG, "--yes", "--json").json
    assert (sent["sent"], sent["refused"]) == (len(PEOPLE) + 2 - refused, refused), relays.postfix.log
    assert (sent["in_doubt"], sent["remaining"]) == (0, 0)
    bounces = len(WORLD) - 1 - refused
    wait_for_reports(relays, bounces + 1)
    assert run("track", "--json").json["kinds"] == {"bounce": bounces, "delay": 1}
    delivery = run("status", SLUG, "--json").json["delivery"]
    assert (delivery["bounced"], delivery["sent"]) == (bounces, sent["sent"] - bounces)


def test_a_login_that_may_not_send_as_we_do_costs_no_addressee(run: Run, office: Callable[..., Path]) -> None:
    """Postfix says so only when it is told the addressee: the letter waits, and goes once the login may."""
    with running_relays({}, settings="smtpd_sender_restrictions = reject_sender_login_mismatch\n") as relays:
        office(relays, relays.starttls, "starttls", mail="plus_addressing = false\n")
        looked = {result["code"]: result["level"] for result in run("doctor", "--json").json["results"]}
        assert looked["sender-refused"] == "error"
        issue(run)
        refused = run("send", SLUG, "--yes", "--json")
        assert (refused.code, refused.json["refused"], refused.json["remaining"]) == (1, 0, len(PEOPLE) + 2)
        assert "refuses the sender bounce@replies.example.int" in refused.json["stopped"]
        with (relays.postfix.folder / "etc" / "main.cf").open("a") as file:
            file.write("smtpd_sender_login_maps = inline:{bounce@replies.example.int=office}\n")
        relays.postfix.reload()
        assert run("send", SLUG, "--yes", "--json").json["sent"] == len(PEOPLE) + 2, relays.postfix.log
