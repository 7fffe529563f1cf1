"""`issue`: only what was approved, once, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from office.errors import InputError, RefusedError
from office.tokens import TokenKind
from pipeline.approving import approve
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from store.schema import addressees, batches, numbers, outbox
from templates.merging import values_hash
from tests.pipeline.offices import (
    SLUG,
    add_addressee,
    desk_at,
    dump,
    edit,
    fixed_clock,
    issue_all,
    keys,
    plan_and_approve,
)

EVERYBODY = [
    "no-minister", "no-mission", "fr-minister", "ke-minister", "bt-minister", "lens", "optique", "prism",
]  # fmt: skip


def test_a_batch_is_frozen_whole(desk: Desk) -> None:
    issued = issue_all(desk)
    assert (issued.reference, issued.slug, issued.addressees) == ("LU-31/001", SLUG, 8)
    assert (issued.messages, issued.paper) == (9, 2)
    assert issued.as_json()["messages"] == 9
    assert keys(desk) == EVERYBODY
    with desk.store.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.id)).all()
        people = {row.id: row for row in connection.execute(select(addressees))}
        confirmed = connection.execute(select(numbers.c.confirmed_at)).scalar_one()
        batch = connection.execute(select(batches)).one()
    assert [(people[row.addressee_id].key, row.mailbox, row.role) for row in rows] == [
        ("no-minister", "minister@no.example.org", "to"),
        ("no-minister", "aide@no.example.org", "cc"),
        ("no-mission", "mission@no.example.org", "to"),
        ("no-mission", "second@no.example.org", "to"),
        ("fr-minister", "ministre@fr.example.org", "to"),
        ("fr-minister", "", "paper"),
        ("ke-minister", "minister@ke.example.org", "to"),
        ("bt-minister", "", "paper"),
        ("lens", "rosa@lens.example.com", "to"),
        ("optique", "paul@optique.example.com", "to"),
        ("prism", "sam@prism.example.com", "to"),
    ]
    assert {row.state for row in rows} == {"queued"}
    assert len({row.message_id for row in rows}) == len(rows)
    assert confirmed == batch.issued_at == fixed_clock()()
    assert (batch.sender, batch.issued_by) == ("circulars@example.int", "author")


def test_tokens_and_hashes_are_those_of_the_rows(desk: Desk) -> None:
    issue_all(desk)
    with desk.store.read() as connection:
        rows = connection.execute(select(outbox)).all()
        people = connection.execute(select(addressees)).all()
    for row in rows:
        token = desk.tokens.read(row.token)
        assert token is not None
        assert (token.kind, token.number, row.message_id) == (TokenKind.ROW, row.id, f"{row.token}@example.int")
    for person in people:
        token = desk.tokens.read(person.token)
        assert token is not None
        assert (token.kind, token.number) == (TokenKind.ADDRESSEE, person.id)
        assert person.values_hash == values_hash("LU-31/001", person.key, person.values)
        assert len(list((desk.office.folder / "archive").glob(f"{person.form}*"))) == 1


def test_not_planned_not_approved_rejected_or_another_digest(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="not been planned"):
        issue(desk, SLUG, "0" * 64)
    digest = plan(desk, SLUG).digest
    with pytest.raises(RefusedError, match="not approved yet") as caught:
        issue(desk, SLUG, digest)
    assert f"circulars approve {SLUG} --digest {digest[:16]}" in caught.value.hint
    approve(desk, SLUG, digest, reject=True, note="No.")
    with pytest.raises(RefusedError, match="rejected"):
        issue(desk, SLUG, digest)
    approve(desk, SLUG, digest)
    for wrong in ("0" * 64, "", digest[:7]):
        with pytest.raises(RefusedError):
            issue(desk, SLUG, wrong)
    assert dump(desk.store)["addressees"] == []
    assert issue(desk, SLUG, digest[:8]).addressees == 8


def test_the_two_person_rule_looks_at_accounts_also_when_issuing(folder: Path) -> None:
    with desk_at(folder) as desk:
        digest = plan_and_approve(desk).digest  # one account, before the rule was set
    with (
        desk_at(folder, two_person_rule=True, account="third") as desk,
        pytest.raises(RefusedError, match="two-person"),
    ):
        issue(desk, SLUG, digest)
    with desk_at(folder, two_person_rule=True, account="second") as desk:
        approve(desk, SLUG, digest)
    with desk_at(folder, two_person_rule=True) as desk:
        assert issue(desk, SLUG, digest).addressees == 8


# What is changed after the approval is refused, and the message says what it was.


def _letter(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", "lights = 1240", "lights = 1239")


def _deadline_only_asked(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", "expected = false", "expected = true")


def _attachment(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", 'attach = ["docx"]', "attach = []")


def _mailbox(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "sam@prism.example.com", "sam@prysm.example.com")


def _gender(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "Rosa Lindqvist,,f", "Rosa Lindqvist,,m")


def _channel(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "sam@prism.example.com,,email", "sam@prism.example.com,,both")


def _party(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "no-mission,NO,", "no-mission,XX,")


def _removed(folder: Path) -> None:
    path = folder / "recipients" / "keepers.csv"
    path.write_text("".join(line for line in path.read_text("utf-8").splitlines(True) if "lens" not in line), "utf-8")


def _correction(folder: Path) -> None:
    (folder / "recipients" / "corrections.csv").write_text("key,email\nprism,dean@prism.example.com\n", "utf-8")


def _excluded(folder: Path) -> None:
    path = folder / "recipients" / "keepers.csv"
    row = "other,,Other,,,Other House,elsewhere,IE,,other@house.example.com,,email\n"
    path.write_text(path.read_text("utf-8") + row, "utf-8")


def _faulty(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "no-address", "no-address-either")


def _translation(folder: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "des feux côtiers", "des feux de la côte")
    from datetime import date

    from locales.catalogue import release

    release(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "R. Reviser", date(2031, 3, 4), facts={})


def _translation_unreleased(folder: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "des feux côtiers", "des feux de la côte")


def _letterhead(folder: Path) -> None:
    from importlib.resources import files

    (folder / "templates").mkdir(exist_ok=True)
    target = folder / "templates" / "letterhead.ltr.docx"
    shutil.copyfile(str(files("templates") / "builtin" / "letterhead.ltr.docx"), target)
    document = Document(str(target))
    document.add_paragraph("Lighthouse Road 1, Geneva")
    document.save(str(target))


def _html(folder: Path) -> None:
    from importlib.resources import files

    (folder / "templates").mkdir(exist_ok=True)
    page = (files("templates") / "builtin" / "circular.html").read_text("utf-8")
    (folder / "templates" / "circular.html").write_text(page.replace("</body>", "<hr></body>"), "utf-8")


def _signatory(folder: Path) -> None:
    edit(folder / "office.toml", 'name = "Adela Quist"', 'name = "Adela Quist-Mori"')


def _sender(folder: Path) -> None:
    edit(folder / "office.toml", "circulars@example.int", "letters@example.int")


def _words_of_the_office(folder: Path) -> None:
    (folder / "locales" / "fr" / "frame.po").write_text(
        'msgctxt "office"\nmsgid "Example Lighthouse Union"\nmsgstr "Union des phares"\n', "utf-8"
    )


CHANGES: list[tuple[Callable[[Path], None], str]] = [
    (_letter, "the letter itself (text), for en/academia, en/governments, fr/academia, fr/governments"),
    (_deadline_only_asked, "what is asked by when"),
    (_attachment, "what is attached"),
    (_mailbox, "1 letter differs: mailbox (prism)"),
    (_gender, "1 letter differs: salutation (lens)"),
    (_channel, "1 letter differs: channel (prism)"),
    (_party, "1 letter differs: party (no-mission)"),
    (_removed, "1 letter removed (lens)"),
    (add_addressee, "1 letter added (new)"),
    (_correction, "1 letter differs: mailbox (prism)"),
    (_excluded, "who is left out"),
    (_faulty, "who is left out"),
    (_translation, "the letter itself (subject, text), for fr/academia, fr/governments"),
    (_translation_unreleased, "3 letters removed (fr-minister, ke-minister, optique); who is left out"),
    (_letterhead, "the letter itself (Word document), for"),
    (_html, "the letter itself (look of the mail), for"),
    (_signatory, "the letter itself (text), for"),
    (_sender, "the office's mail addresses"),
    (_words_of_the_office, "the letter itself (text), for fr/academia, fr/governments"),
]


@pytest.mark.parametrize(("change", "what"), CHANGES, ids=[change.__name__.strip("_") for change, _ in CHANGES])
def test_what_changed_since_the_approval_is_refused_and_named(
    folder: Path, change: Callable[[Path], None], what: str
) -> None:
    with desk_at(folder) as desk:
        digest = plan_and_approve(desk).digest
        before = dump(desk.store)
    change(folder)
    with desk_at(folder) as desk:
        with pytest.raises(RefusedError, match="no longer what was approved") as caught:
            issue(desk, SLUG, digest)
        assert what in caught.value.message
        assert f"circulars plan {SLUG}" in caught.value.hint
        assert dump(desk.store) == before


# Whole or not at all


def test_a_plan_is_issued_once(desk: Desk) -> None:
    digest = plan_and_approve(desk).digest
    issue(desk, SLUG, digest)
    before = dump(desk.store)
    with pytest.raises(RefusedError, match="issued already"):
        issue(desk, SLUG, digest)
    with pytest.raises(RefusedError, match="issued already"):
        approve(desk, SLUG, digest)
    assert dump(desk.store) == before


def test_a_key_that_is_missing_stops_the_batch_in_the_middle(folder: Path) -> None:
    with desk_at(folder) as desk:
        digest = plan_and_approve(desk).digest
        before = dump(desk.store)
    (folder / "office.key").write_text("spoilt")
    with desk_at(folder) as desk:
        with pytest.raises(InputError, match=r"office\.key"):
            issue(desk, SLUG, digest)
        assert dump(desk.store) == before


@pytest.mark.sqlite("a trigger as it writes them")
def test_a_row_that_the_store_refuses_leaves_nothing_of_the_batch(desk: Desk) -> None:
    digest = plan_and_approve(desk).digest
    before = dump(desk.store)
    with desk.store.write() as connection:
        connection.execute(
            text("CREATE TRIGGER no BEFORE INSERT ON outbox WHEN NEW.id = 9 BEGIN SELECT RAISE(ABORT, 'no'); END")
        )
    with pytest.raises(IntegrityError):
        issue(desk, SLUG, digest)
    assert dump(desk.store) == before
    with desk.store.write() as connection:
        connection.execute(text("DROP TRIGGER no"))
    assert issue(desk, SLUG, digest).addressees == 8


def test_somebody_decides_otherwise_while_the_plan_is_worked_out(folder: Path) -> None:
    """The approval is looked at once more inside the transaction."""
    with desk_at(folder) as desk, desk_at(folder) as other:
        digest = plan_and_approve(desk).digest
        original = desk.store.write

        def write() -> object:
            desk.store.write = original  # type: ignore[method-assign]
            approve(other, SLUG, digest, reject=True, note="Stop!")
            return original()

        desk.store.write = write  # type: ignore[assignment, method-assign]
        with pytest.raises(RefusedError, match="rejected"):
            issue(desk, SLUG, digest)
        assert keys(desk) == []


def test_a_plan_without_addressees_is_not_issued(desk: Desk) -> None:
    issue_all(desk)
    again = plan_and_approve(desk)
    assert again.letters == 0
    assert again.excluded == {"already-issued": 8, "faulty-row": 1, "no-audience": 1}
    with pytest.raises(RefusedError, match="no addressee"):
        issue(desk, SLUG, again.digest)


def test_the_list_of_each_addressee_is_kept_but_for_governments(desk: Desk) -> None:
    issue_all(desk)
    with desk.store.read() as connection:
        lists = {row.key: row.list_name for row in connection.execute(select(addressees))}
        domains = {row.mailbox: row.domain for row in connection.execute(select(outbox))}
    assert lists == {key: "keepers" if key in {"lens", "optique", "prism"} else "" for key in EVERYBODY}
    assert domains["rosa@lens.example.com"] == "lens.example.com"
    assert domains[""] == ""
