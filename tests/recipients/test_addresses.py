"""Mailboxes are split, checked and normalised as email-validator would."""

from __future__ import annotations

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from recipients.addresses import AddressError, normalise_mailbox, split_mailboxes


@pytest.mark.parametrize(
    ("cell", "mailboxes"),
    [
        ("a@x.org", ["a@x.org"]),
        ("a@x.org;b@x.org", ["a@x.org", "b@x.org"]),
        ("a@x.org, b@x.org\nc@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        ("a@x.org، b@x.org；c@x.org", ["a@x.org", "b@x.org", "c@x.org"]),
        (" a@x.org ; ", ["a@x.org"]),
        ("no address  yet", ["no address yet"]),
        (" ; , ", []),
        ("Amina Kamau <a@x.org>", ["a@x.org"]),
        ('"Kamau, Amina" <a@x.org>; Bo Berg <b@x.org>', ["a@x.org", "b@x.org"]),
        ("mailto:a@x.org", ["a@x.org"]),
        ("  \n", []),
    ],
)
def test_a_cell_may_hold_several_mailboxes(cell: str, mailboxes: list[str]) -> None:
    assert split_mailboxes(cell) == mailboxes


@pytest.mark.parametrize(
    ("written", "normalised"),
    [
        ("Minister@KE.Example.ORG", "Minister@ke.example.org"),
        ("o'neill+list@example.org", "o'neill+list@example.org"),
        ("ministère@example.org", "ministère@example.org"),
        ("office@münchen.example", "office@münchen.example"),
        ("office@xn--mnchen-3ya.example", "office@münchen.example"),
        ("सम्पर्क@बहुभाषी.example", "सम्पर्क@बहुभाषी.example"),
        ("rehearsal@ministry.test", "rehearsal@ministry.test"),
    ],
)
def test_mailboxes_are_normalised(written: str, normalised: str) -> None:
    assert normalise_mailbox(written) == normalised


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("a(at)example.org", "a@example.org"),
        ("a@@example.org", "a@example.org"),
        ("a@example..org", "a@example.org"),
        ("a@example.org.", "a@example.org"),
        ("a＠example.org", "a@example.org"),
        ("example.org", ""),
        ("a@b@example.org", ""),
        ("a@", ""),
        ("@", ""),
        ("a@localhost", ""),
        ("a@10.0.0.1", ""),
        ("a" * 65 + "@example.org", ""),
        ("a\x00@example.org", ""),
        ("a@example.org\r\nBcc:b@example.org", ""),
    ],
)
def test_a_faulty_mailbox_is_refused_with_a_suggestion(written: str, suggestion: str) -> None:
    with pytest.raises(AddressError) as caught:
        normalise_mailbox(written)
    assert caught.value.suggestion == suggestion
    assert caught.value.message


@pytest.mark.parametrize("sign", ["a", '"', " ", "<"])
def test_a_cell_of_any_length_is_split_at_once(sign: str) -> None:
    assert split_mailboxes(sign * 20_000 + " <")


_local = st.text("abzAZ09.-_+'!#é@ ", min_size=1, max_size=70)
_domain = st.lists(st.text("abzAZ09-é", min_size=1, max_size=66), min_size=1, max_size=4).map(".".join)


@given(
    st.builds("{}@{}".format, _local, _domain | st.sampled_from(["x.org", "x.test", "x.local", "ab--c.org", "x.y.co"]))
)
@example("a@" + "b" * 64 + ".org")
@example("a@" + ("b" * 60 + ".") * 4 + "org")
@example("a.@x.org")
@example(".a@x.org")
@example("a..b@x.org")
@example("postmaster@X.org")
@example("Postmaster@x.org")
def test_the_quick_way_gives_the_answer_of_email_validator(written: str) -> None:
    try:
        expected = validate_email(written, check_deliverability=False, strict=True, test_environment=True).normalized
    except EmailNotValidError:
        with pytest.raises(AddressError):
            normalise_mailbox(written)
    else:
        assert normalise_mailbox(written) == expected
