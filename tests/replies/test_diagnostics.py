from __future__ import annotations

import pytest

from replies.commands import answered_command
from replies.diagnostics import Group, best_status, judge, reply_code
from tests.patience import within

# (status, diagnostic, permanent, group): what servers say, and what they misuse codes for.
DIAGNOSTICS = (
    ("5.7.1", "550 5.7.1 Message rejected due to content restrictions", True, "policy"),
    ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", True, "policy"),
    ("5.7.1", "550 5.7.1 <ana@example.org>: Recipient address rejected: user unknown", True, "policy"),
    ("5.7.1", "550 5.7.1 Unable to relay for ana@example.org", True, "policy"),
    ("5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", True, "policy"),
    ("5.7.26", "550-5.7.26 This mail is unauthenticated, which poses a security risk", True, "policy"),
    ("5.1.8", "553 5.1.8 <a@b.example>... Domain of sender address a@b.example does not exist", True, "policy"),
    ("5.1.7", "550 5.1.7 Invalid sender address", True, "policy"),
    ("5.0.0", "550 Sender verify failed", True, "policy"),
    ("5.0.0", "550 mail from 192.0.2.1 rejected: no PTR record", True, "policy"),
    ("5.2.1", "550 5.2.1 The email account that you tried to reach is disabled", True, "mailbox"),
    ("5.1.1", "552 5.2.2 Over quota", True, "mailbox"),
    ("5.0.0", "550 Mailbox is frozen", True, "mailbox"),
    ("4.2.2", "452 4.2.2 The email account that you tried to reach is over quota", False, "mailbox"),
    ("5.0.0", "552 exceeded storage allocation", True, "mailbox"),
    ("5.0.0", "552 5.3.4 Message size exceeds fixed limit", True, "size"),
    ("5.2.3", "552 5.2.3 Message too large for this recipient", True, "size"),
    ("5.0.0", "554 delivery error: dd This user doesn't have an example account (ana@example.org)", True, "address"),
    ("5.0.0", "552 1 Requested action aborted, mailbox not found (in reply to end of DATA command)", True, "address"),
    ("5.0.0", "550 Unknown user ana@example.org (in reply to end of DATA command)", True, "policy"),
    ("5.2.1", "550 5.2.1 This mailbox has been blocked due to inactivity", True, "mailbox"),
    ("5.2.0", "552 5.2.0 Message contains suspect content", True, "policy"),
    ("5.1.1", "550 5.1.1 Refused due to recipient preferences", True, "policy"),
    ("5.1.2", "550 5.1.2 Host unknown (Name server: example.org: host not found)", True, "address"),
    ("5.1.10", "556 5.1.10 Recipient address has null MX", True, "address"),
    ("5.0.0", "550 This user has moved to ben@example.com", True, "address"),
    ("5.0.0", "550 #5.1.0 Address rejected.", True, "address"),
    ("4.4.3", "Name service error for name=example.org type=MX: Host not found, try again", False, "temporary"),
    ("4.4.1", "connect to mx.example.org[192.0.2.1]:25: Connection timed out", False, "temporary"),
    ("4.4.1", "connect to mx.example.org[192.0.2.1]:25: Connection refused", False, "temporary"),
    ("5.4.6", "554 5.4.6 Too many hops: mail loop", True, "temporary"),
    ("5.4.7", "554 5.4.7 delivery time expired", True, "temporary"),
    ("4.7.1", "450 4.7.1 <ana@example.org>: Recipient address rejected: Greylisted", False, "temporary"),
    ("4.7.0", "421 4.7.0 Too many connections from your IP", False, "temporary"),
    ("4.2.1", "450 4.2.1 The user you are trying to contact is receiving mail at a rate", False, "temporary"),
    ("4.7.0", "421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints", False, "policy"),
    ("4.3.1", "452 4.3.1 Insufficient system resources", False, "temporary"),
    ("5.5.0", "503 Bad sequence of commands", True, "policy"),
    ("5.0.0", "550 5.1.1 spam.a.example: user x@spam.a.example unknown, see https://a.example/policy", True, "address"),
    ("5.0.0", "554 Too many sessions from 192.0.2.1", True, "temporary"),
    ("4.0.0", "421 mx ME Trop de connexions", False, "temporary"),
    ("5.5.0", "550 5.5.0 Adresse d au moins un destinataire invalide. Invalid recipient.", True, "address"),
    ("5.2.0", "550 5.2.0 Mail rejete. Mail rejected.", True, "policy"),
    ("5.0.0", "550 Benutzer hat das Speichervolumen ueberschritten", True, "mailbox"),
    ("5.0.0", "550 Benutzer nicht bekannt", True, "address"),
    ("5.0.0", "550 Ip frequency limited", True, "temporary"),
    ("5.2.1", "521 5.2.1 We will not accept delivery of this message", True, "policy"),
    ("5.1.1", "550 5.1.1 inactive email address", True, "address"),
    ("5.7.17", "550 5.7.17 no mailbox here by that name any more", True, "address"),
    ("5.7.133", "550 5.7.133 RESOLVER.RST.AuthRequired; authentication required", True, "policy"),
    ("4.4.5", "452 4.4.5 Insufficient disk space; try again later", False, "temporary"),
    ("4.7.1", "450 4.7.1 Recipient address rejected: Service temporarily unavailable", False, "temporary"),
    ("4.0.0", "DNS Error: lookup responded with code NXDOMAIN Domain name not found", False, "temporary"),
    ("5.0.0", "550 El usuario no existe", True, "address"),
    ("5.0.0", "550 такой пользователь не найден", True, "address"),
    ("5.0.0", "550 收件人邮箱空间已满", True, "mailbox"),
    ("5.0.0", "550 المستخدم غير موجود", True, "address"),
)  # fmt: skip


@pytest.mark.parametrize(("status", "diagnostic", "permanent", "group"), DIAGNOSTICS)
def test_answer_of_a_server(status: str, diagnostic: str, permanent: bool, group: Group) -> None:
    judgement = judge(status, diagnostic, failed=True)
    assert (judgement.permanent, judgement.group) == (permanent, group)


def test_generic_status_gives_way_to_the_one_in_the_words() -> None:
    assert best_status("5.0.0 (permanent failure)", "550 5.1.1 unknown") == "5.1.1"
    assert best_status("5.7.1", "550 5.1.1 unknown") == "5.7.1"
    assert best_status("", "250 2.1.5 ok, then 452 4.2.2 full") == "4.2.2"
    assert best_status("5.0.0", "no code") == "5.0.0"
    assert best_status("", "address 192.5.2.2.1 of a host") == ""


def test_reply_code_is_the_first_of_the_answer() -> None:
    assert reply_code("host mx.example.org [192.0.2.1]: 450 later\n550 no") == 450
    assert reply_code("#550 5.1.1 RESOLVER.ADR.RecipNotFound") == 550
    assert reply_code("port 25, 1550 letters, 5501") is None


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("mailbox is full", "5.2.0"),
        ("no such user", "5.1.0"),
        ("message is too large", "5.3.4"),
        ("blocked as spam", "5.7.0"),
        ("connection timed out", "5.4.0"),
        ("it did not work out", "5.0.0"),
    ],
)
def test_status_is_derived_from_words_without_a_code(words: str, status: str) -> None:
    assert judge("", words, failed=True).status == status


def test_delayed_is_never_dead() -> None:
    judgement = judge("5.1.1", "550 5.1.1 no such user", failed=False)
    assert not judgement.permanent


def test_giving_up_for_want_of_an_answer_is_not_permanent() -> None:
    judgement = judge("", "retry timeout exceeded", failed=True)
    assert (judgement.permanent, judgement.group) == (False, "temporary")
    assert judge("", "mailbox is full: retry timeout exceeded", failed=True).permanent


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("host mx.example.org said: 550 no (in reply to RCPT TO\n    command)", "rcpt"),
        ("550 no (in reply to end of DATA command)", "data"),
        ("SMTP error from remote mail server after MAIL FROM:<a@b.example> SIZE=1:", "mail"),
        ("SMTP error from remote mail server after pipelined end of data:", "data"),
        (">>> DATA\n<<< 550 no", "data"),
        (">>> DATA\n<<< 550 no\n<<< 554 Error: no valid recipients", "rcpt"),
        ("[RCPT_TO]", "rcpt"),
        ("Connected to 192.0.2.1 but my name was rejected.", "helo"),
        ("host mx.example.org refused to talk to me: 421", "connect"),
        ("The following text was generated. Our mail team, data protection", ""),
    ],
)
def test_command_that_was_answered(words: str, command: str) -> None:
    assert answered_command(words) == command


@pytest.mark.parametrize("diagnostic", ["550 5.0.0 Unknown user", "550 no such user here"])
def test_unknown_after_the_data_is_a_filter_unless_the_code_says_address(diagnostic: str) -> None:
    assert judge("", diagnostic, session=">>> DATA", failed=True).group == "policy"
    assert judge("5.1.1", diagnostic, session=">>> DATA", failed=True).group == "address"
    assert judge("", diagnostic, session=">>> RCPT TO", failed=True).group == "address"


def test_names_of_hosts_addresses_and_links_say_nothing() -> None:
    words = "550 <spam@quota.example.org> at full.policy.example.org (https://example.org/blocked): user unknown"
    assert judge("", words, failed=True).group == "address"


@pytest.mark.parametrize("word", ["mailbox ", "user ", "a@", "message size ", "1.", "-", "<", "http://", "550 ", "\n"])
def test_long_answers_cost_no_time(word: str) -> None:
    with within(2):
        judge("5.0.0", word * 100_000, word * 100_000, word * 100_000, failed=True)
