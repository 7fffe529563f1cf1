"""doctor at real servers: Postfix takes the test mail, Dovecot holds it, and it is found there with its +token."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.end_to_end.dovecot import PASSWORD, running_dovecot
from tests.end_to_end.postfix import MAILBOX, running_postfix
from tests.pipeline.doctor.name_server import name_server
from tests.pipeline.doctor.test_domains import IN_ORDER
from tests.pipeline.doctor.visits import write_relaying_office

pytestmark = pytest.mark.packages


def test_a_test_mail_goes_round(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_IMAP", PASSWORD)
    with running_dovecot() as dovecot, running_postfix(dovecot, {}) as postfix, name_server(IN_ORDER) as names:
        inbox = f'[inbox]\nsource = "{dovecot.url(MAILBOX)}"\npassword_env = "TEST_IMAP"\nmoved_to = "Filed"\n'
        folder = write_relaying_office(tmp_path / "office", postfix.port, security="none", inbox=inbox)
        server = f"127.0.0.1:{names.port}"
        ended = run("doctor", "--json", "--mail", "--wait", 30, "--nameserver", server, at=folder)
        assert ended.code == 0, f"{ended.out}\n{postfix.log}"
        found = {result["code"]: result for result in ended.json["results"]}
        assert "PIPELINING, SIZE, 8BITMIME, SMTPUTF8, DSN, ENHANCEDSTATUSCODES" in found["extensions"]["message"]
        assert found["recipient"]["level"] == found["mailbox"]["level"] == "good"
        assert "with its +token" in found["test-mail-back"]["message"]
        tracked = run("track", "--json").json
        assert (tracked["filed"], tracked["triage"]) == (1, 0), "a machine's mail, which answers nothing"
