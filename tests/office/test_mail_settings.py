"""What office.toml says about mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.model import Dkim, DomainLimit, Inbox, MailingList, OAuth, SmtpTransport
from office.reading import load_office, read_office

GOOD = """
name = "Example Union"
[mail]
sender = "circulars@example.int"
transport = "relay"
[[mail.dkim]]
domain = "Example.int"
selector = "s2026"
key_file = "keys/dkim.pem"
[[mail.dkim]]
domain = "example.int"
selector = "e2026"
key_file = "keys/ed25519.pem"
[transports.relay]
kind = "smtp"
host = "relay.example.int"
user = "circulars@example.int"
password_keyring = "circulars-relay"
rate = 600
per_day = 10000
warm_up = [500, 1000, 2000]
per_connection = 100
dsn = false
[transports.relay.domains."Bücher.example"]
connections = 2
rate = 60
[lists.stakeholders]
name = "Stakeholders"
id = "Stakeholders.lists.example.int"
unsubscribe_url = "https://example.int/leave/{token}"
"""
INBOX = """\
[inbox]
source = "imaps://replies@mail.example.int/INBOX"
moved_to = "Filed"
[inbox.oauth]
token_url = "https://login.example.com/token"
client_id = "abc"
client_secret_env = "CIRCULARS_CLIENT_SECRET"
scope = "mail"
"""


def write(folder: Path, text: str) -> Path:
    (folder / "office.toml").write_text(text, "utf-8")
    return folder


def test_a_relay_has_limits_and_a_login(tmp_path: Path) -> None:
    relay = load_office(write(tmp_path, GOOD)).transports["relay"]
    assert isinstance(relay, SmtpTransport)
    assert (relay.user, relay.password_keyring) == ("circulars@example.int", "circulars-relay")
    assert (relay.rate, relay.per_day, relay.warm_up, relay.per_connection) == (600, 10_000, (500, 1000, 2000), 100)
    assert not relay.dsn
    assert relay.domains == {"xn--bcher-kva.example": DomainLimit(connections=2, rate=60)}


def test_a_relay_need_not_be_pipelined_to(tmp_path: Path) -> None:
    relay = load_office(write(tmp_path, GOOD.replace("dsn = false", "pipelining = false"))).transports["relay"]
    assert isinstance(relay, SmtpTransport)
    assert (relay.dsn, relay.pipelining) == (True, False)


def test_keys_and_lists(tmp_path: Path) -> None:
    office = load_office(write(tmp_path, GOOD))
    assert office.mail.dkim == (
        Dkim(domain="example.int", selector="s2026", key_file="keys/dkim.pem"),
        Dkim(domain="example.int", selector="e2026", key_file="keys/ed25519.pem"),
    )
    assert office.lists == {
        "stakeholders": MailingList(
            key="stakeholders",
            name="Stakeholders",
            id="stakeholders.lists.example.int",
            unsubscribe_url="https://example.int/leave/{token}",
        )
    }


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"Example.int"', '"example int"', "bad-domain", 7),
        ('"s2026"', '"s;2026"', "bad-domain", 8),
        ('"keys/dkim.pem"', '"../dkim.pem"', "outside-office", 9),
        ('key_file = "keys/dkim.pem"', "", "no-key-file", 6),
        ("rate = 600", "rate = -1", "out-of-range", 19),
        ("[500, 1000, 2000]", "[500, 0]", "bad-warm-up", 21),
        ("[500, 1000, 2000]", "500", "bad-warm-up", 21),
        ("[500, 1000, 2000]", "[true]", "bad-warm-up", 21),
        ('"Bücher.example"', '"@bücher.example"', "bad-domain", 24),
        ("rate = 60\n[lists", "rat = 60\n[lists", "unknown-key", 26),
        ("Stakeholders.lists.example.int", "stakeholders", "bad-list-id", 29),
        ("Stakeholders.lists.example.int", "a.b>\\r\\nBcc: x", "bad-character", 29),
        ("https://example.int/leave/{token}", "http://example.int/{token}", "bad-unsubscribe-url", 30),
        ("https://example.int/leave/{token}", "https://example.int/leave", "bad-unsubscribe-url", 30),
        ("https://example.int/leave/{token}", "https://example.int/>{token}", "bad-unsubscribe-url", 30),
        ("rate = 600", 'password_env = "SECRET"', "several-logins", 18),
        ("rate = 600", 'user_env = "USER"', "several-users", 19),
        ('user = "circulars@example.int"\n', "", "no-user", 17),
        ("rate = 600", 'security = "none"', "unprotected-relay", 19),
        ("rate = 600", 'security = "none"\nin_the_clear = true', "unprotected-login", 20),
    ],
)
def test_faults_of_relays_keys_and_lists(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    assert old in GOOD
    office, findings = read_office(write(tmp_path, GOOD.replace(old, new, 1)))
    assert office is None
    assert (code, line) in [(finding.code, finding.line) for finding in findings]
    assert all(finding.hint for finding in findings)


def test_an_office_has_an_inbox_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert load_office(write(tmp_path, GOOD)).inbox == Inbox(source="inbox/")


def test_a_mailbox_on_a_server(tmp_path: Path) -> None:
    assert load_office(write(tmp_path, GOOD + INBOX)).inbox == Inbox(
        source="imaps://replies@mail.example.int/INBOX",
        moved_to="Filed",
        oauth=OAuth(
            token_url="https://login.example.com/token",
            client_id="abc",
            client_secret_env="CIRCULARS_CLIENT_SECRET",
            scope="mail",
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("imaps://replies@", "imaps://replies:secret@", "bad-mailbox", 2),
        ("imaps://replies@", "imap://replies@", "bad-mailbox", 2),
        ("imaps://", "pop3://", "bad-mailbox", 2),
        ("imaps://replies@mail.example.int/INBOX", "inbox/", "not-on-server", 3),
        ('"Filed"', '"inbox"', "same-folder", 3),
        ("moved_to", "move_to", "unknown-key", 3),
        ("https://login", "http://login", "unprotected-token", 5),
        ("https://login.example.com/token", "http://[", "unprotected-token", 5),
        ('client_id = "abc"', "", "missing-key", 4),
        ("client_secret_env", "# ", "no-secret", 4),
        ("client_secret_env", "client_secret", "unknown-key", 7),
    ],
)
def test_faults_of_the_mailbox(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    office, findings = read_office(write(tmp_path, GOOD + INBOX.replace(old, new, 1)))
    assert office is None
    before = GOOD.count("\n")
    assert (code, line + before) in [(finding.code, finding.line) for finding in findings]
    assert all(finding.hint for finding in findings)
    assert "secret@" not in str(findings)  # the finding may stand on a screen that others see
