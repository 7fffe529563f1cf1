"""Lists that may be left: the fields of their letters, what plan and check say of governments on them, and leaving."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError
from office.findings import Finding, Level
from pipeline.archiving import show
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.drafting import preview
from pipeline.planning import plan
from pipeline.sending import send
from pipeline.suppressing import suppress_address, suppressions, unsubscribe
from store.suppressions import Kind
from tests.pipeline.offices import SLUG, desk_at, edit, issue_all
from tests.pipeline.test_sending import parsed, states

DESCRIBED = """
[lists.keepers]
name = "Keepers of lights — été"
id = "keepers.lists.example.int"
unsubscribe_url = "https://example.int/leave/{token}"
"""


@pytest.fixture
def described(folder: Path) -> Path:
    toml = folder / "office.toml"
    toml.write_text(toml.read_text("utf-8") + DESCRIBED, "utf-8")
    return folder


def mails(folder: Path) -> Mapping[str, EmailMessage]:
    """Return what was sent, by the first mailbox of To."""
    found = [parsed(path.read_bytes()) for path in sorted(folder.glob("outgoing/*/*.eml"))]
    return {str(mail["To"].addresses[0].addr_spec): mail for mail in found}


def of(findings: tuple[Finding, ...], code: str) -> list[tuple[Level, str]]:
    return [(one.level, one.message) for one in findings if one.code == code]


def test_stakeholders_may_leave_and_governments_bear_no_such_field(described: Path) -> None:
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
    sent = mails(described)
    rosa = sent["rosa@lens.example.com"]
    token = str(rosa["Message-ID"]).strip("<>").partition("@")[0]
    assert rosa["List-Id"] == "Keepers of lights — été <keepers.lists.example.int>"
    assert rosa["List-Unsubscribe"] == (
        f"<https://example.int/leave/{token}>, <mailto:reply+{token}@replies.example.int?subject=unsubscribe>"
    )
    assert rosa["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert rosa["Auto-Submitted"] is None
    for mailbox in ("minister@no.example.org", "mission@no.example.org", "ministre@fr.example.org"):
        assert not [name for name in sent[mailbox] if name.lower().startswith("list-")], mailbox


def test_fields_are_frozen_with_the_batch(described: Path) -> None:
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
        sent = mails(described)["rosa@lens.example.com"]
    edit(described / "office.toml", DESCRIBED, "")
    with desk_at(described) as desk:
        shown = show(desk, SLUG, "lens", "eml")
    assert parsed(shown.content).items() == sent.items()


def test_without_plus_addressing_the_subject_bears_the_token(described: Path) -> None:
    edit(described / "office.toml", "[mail]", "[mail]\nplus_addressing = false")
    edit(described / "office.toml", 'unsubscribe_url = "https://example.int/leave/{token}"\n', "")
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
    rosa = mails(described)["rosa@lens.example.com"]
    token = str(rosa["Message-ID"]).strip("<>").partition("@")[0]
    assert rosa["List-Unsubscribe"] == f"<mailto:reply@replies.example.int?subject=unsubscribe%20{token}>"
    assert rosa["List-Unsubscribe-Post"] is None  # one click needs an https address (RFC 8058 section 3.1)


def test_plan_and_check_tell_of_governments_on_a_described_list(described: Path) -> None:
    with desk_at(described) as desk:
        for findings in (plan(desk, SLUG).findings, check(desk, SLUG)):
            ((level, message),) = of(findings, "governments-on-list")
            assert level is Level.NOTE
            assert message.startswith("5 of 8 addressees on «keepers» are governments (the first: no-minister)")
    keepers = described / "recipients" / "keepers.csv"
    rows = keepers.read_text("utf-8").replace(",academia,", ",government,")
    keepers.write_text(rows, "utf-8")
    with desk_at(described) as desk:
        ((level, _),) = of(plan(desk, SLUG).findings, "list-of-governments")
    assert level is Level.WARNING


def test_a_described_list_that_is_not_there_is_told(described: Path) -> None:
    edit(described / "office.toml", "[lists.keepers]", "[lists.keeper]")
    with desk_at(described) as desk:
        assert of(check(desk), "list-described-only")


def test_a_change_of_the_description_needs_another_approval(described: Path) -> None:
    with desk_at(described) as desk:
        plan(desk, SLUG)
    edit(described / "office.toml", "keepers.lists.example.int", "lamps.lists.example.int")
    with desk_at(described) as desk:
        changed = plan(desk, SLUG).changed
    assert changed is not None
    assert list(changed.told()) == ["the lists that one may leave"]


# Leaving


def rows_token(folder: Path, mailbox: str) -> str:
    return str(mails(folder)[mailbox]["Message-ID"]).strip("<>").partition("@")[0]


def test_who_leaves_gets_nothing_more_of_the_list(described: Path) -> None:
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
        token = rows_token(described, "rosa@lens.example.com")
        link = f"https://example.int/leave/{token.upper()}"
        assert unsubscribe(desk, link) == ("rosa@lens.example.com", "keepers", True)
        assert unsubscribe(desk, token) == ("rosa@lens.example.com", "keepers", False)
        (one,) = suppressions(desk)
    assert (one.kind, one.list_name, one.address) == (Kind.OPT_OUT, "keepers", "rosa@lens.example.com")


def test_who_leaves_a_list_from_which_they_were_suppressed_has_left_it(described: Path) -> None:
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
        suppress_address(desk, "rosa@lens.example.com", "by hand", list_name="keepers")
        token = rows_token(described, "rosa@lens.example.com")
        assert unsubscribe(desk, token) == ("rosa@lens.example.com", "keepers", True)
        (one,) = suppressions(desk)
    assert (one.kind, one.list_name) == (Kind.OPT_OUT, "keepers")


@pytest.mark.parametrize("text", ["", "ciaaaaiaaaaaaaadjrlqkb7xpplmqlk", "x" * 5000, "https://example.int/leave/"])
def test_a_token_of_nobody_is_refused(desk: Desk, text: str) -> None:
    issue_all(desk)
    with pytest.raises(NotFoundError, match="no letter"):
        unsubscribe(desk, text)


def test_nobody_leaves_the_letters_to_governments(described: Path) -> None:
    with desk_at(described) as desk:
        issue_all(desk)
        send(desk, SLUG)
        with pytest.raises(InputError, match="went to a government"):
            unsubscribe(desk, rows_token(described, "minister@no.example.org"))
        assert suppressions(desk) == ()


# Suppressed mailboxes in a plan


def test_a_plan_names_who_is_suppressed_governments_first(desk: Desk) -> None:
    suppress_address(desk, "minister@no.example.org", "the ministry wrote so")
    suppress_address(desk, "rosa@lens.example.com", "left", list_name="keepers")
    suppress_address(desk, "ministre@fr.example.org", "another list", list_name="keepers")
    found = plan(desk, SLUG).unusual
    assert [(one.kind, one.count) for one in found[:2]] == [("suppressed-government", 2), ("suppressed", 1)]
    told = {letter.key: letter.detail for letter in found[0].letters}
    assert told["no-minister"].startswith("minister@no.example.org gets nothing: the ministry wrote so (manual, 2031-")
    assert told["fr-minister"].startswith("ministre@fr.example.org is written to all the same: another list")
    (rosa,) = found[1].letters
    assert rosa.key == "lens"
    assert rosa.detail.startswith("rosa@lens.example.com gets nothing: left (manual, 2031-03-04, ")


def test_a_list_is_left_by_stakeholders_only(desk: Desk) -> None:
    issue_all(desk)
    for mailbox in ("rosa@lens.example.com", "minister@no.example.org"):
        suppress_address(desk, mailbox, "left", list_name="keepers")
    send(desk, SLUG)
    found = states(desk)
    assert found["lens"] == ["suppressed"]
    assert found["no-minister"] == ["sent", "sent"]


def test_a_preview_shows_the_fields_of_the_list(described: Path) -> None:
    with desk_at(described) as desk:
        seen = {to: parsed(preview(desk, SLUG, to=to, kind="eml").content) for to in ("lens", "no-minister")}
    assert seen["lens"]["List-Id"] == "Keepers of lights — été <keepers.lists.example.int>"
    assert "https://example.int/leave/preview" in seen["lens"]["List-Unsubscribe"]
    assert seen["no-minister"]["List-Id"] is None
