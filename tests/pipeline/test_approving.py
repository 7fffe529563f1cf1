"""`approve`: which plan is agreed to, and by whom."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from office.errors import InputError, NotFoundError, RefusedError
from pipeline.approving import MAX_VISA, approve, decisions
from pipeline.desk import Desk
from pipeline.issuing import issue
from pipeline.planning import plan
from store.circulars import find_circular
from store.plans import latest_plan
from tests.pipeline.offices import (
    BODY,
    MORNING,
    SLUG,
    desk_at,
    dump,
    edit,
    fixed_clock,
    plan_and_approve,
)


def test_approval_by_the_beginning_of_the_digest(desk: Desk) -> None:
    digest = plan(desk, SLUG).digest
    assert approve(desk, SLUG, f" {digest[:8].upper()} ", by="Bela M.").digest == digest


def test_a_plan_is_rejected_without_its_digest(desk: Desk) -> None:
    digest = plan(desk, SLUG).digest
    assert approve(desk, SLUG, "", reject=True, note="The room is wrong.").digest == digest
    with desk.store.read() as connection:
        circular = find_circular(connection, SLUG)
        assert circular is not None
        latest = latest_plan(connection, circular.id)
    assert latest is not None
    assert latest.decision == "rejected"


@pytest.mark.parametrize("digest", ["", "1234567", "0" * 64, "not a digest"])
def test_a_digest_that_is_not_the_plans(desk: Desk, digest: str) -> None:
    plan(desk, SLUG)
    before = dump(desk.store)
    with pytest.raises(RefusedError) as caught:
        approve(desk, SLUG, digest)
    assert caught.value.hint
    assert dump(desk.store) == before


def test_the_digest_of_an_older_plan(folder: Path) -> None:
    with desk_at(folder) as desk:
        old = plan(desk, SLUG).digest
        edit(folder / "letters" / SLUG / "body.md", BODY.split("\n", 1)[0], "# Census of all lights")
        edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "coastal lights", "all lights")
        plan(desk, SLUG)
        with pytest.raises(RefusedError, match="latest plan"):
            approve(desk, SLUG, old)


def test_nothing_planned(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="not been planned"):
        approve(desk, SLUG, "0" * 64)
    with pytest.raises(NotFoundError):
        approve(desk, "nothing", "0" * 64)


def test_two_persons_where_the_office_says_so(folder: Path) -> None:
    with desk_at(folder, two_person_rule=True, account="adela") as desk:
        digest = plan(desk, SLUG, by="Somebody Else").digest
        with pytest.raises(RefusedError, match="another account"):
            approve(desk, SLUG, digest, by="Yet Another")
        approve(desk, SLUG, digest, reject=True, note="No.")  # who planned may take it back
    with desk_at(folder, two_person_rule=True, account="bela") as desk:
        assert approve(desk, SLUG, digest).digest == digest


def test_one_person_where_it_does_not(desk: Desk) -> None:
    assert approve(desk, SLUG, plan(desk, SLUG).digest).decision == ""  # as it was before


def test_a_plan_made_again_must_be_approved_again(desk: Desk) -> None:
    planned = plan_and_approve(desk)
    plan(desk, SLUG)
    with pytest.raises(RefusedError, match="not approved yet"):
        issue(desk, SLUG, planned.digest)


# What is recorded


def test_every_decision_is_kept_and_the_latest_counts(folder: Path) -> None:
    evening = MORNING + timedelta(hours=9)
    with desk_at(folder) as desk:
        first = plan(desk, SLUG).digest
        approve(desk, SLUG, "", reject=True, note=" The room is wrong. ")
        approve(desk, SLUG, first, by="Adela Quist")
    with desk_at(folder, account="bela", clock=fixed_clock(evening)) as desk:
        edit(folder / "recipients" / "keepers.csv", "sam@prism", "dean@prism")
        second = plan(desk, SLUG)
        assert [(one.decision, one.digest) for one in second.decisions] == [("rejected", first), ("approved", first)]
        approve(desk, SLUG, "", reject=True, note="Not yet.")
        made = decisions(desk, SLUG)
        with pytest.raises(RefusedError, match="is rejected"):
            issue(desk, SLUG, second.digest)
    told = [(one.decision, one.by.account, one.by.name, one.role, one.decided_at, one.note) for one in made]
    assert told == [
        ("rejected", "author", "author", "approver", MORNING, "The room is wrong."),
        ("approved", "author", "Adela Quist", "approver", MORNING, ""),
        ("rejected", "bela", "bela", "approver", evening, "Not yet."),
    ]
    assert [one.digest for one in made] == [first, first, second.digest]


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_rejection_needs_its_reason(desk: Desk, note: str) -> None:
    plan(desk, SLUG)
    before = dump(desk.store)
    with pytest.raises(RefusedError, match="reason") as caught:
        approve(desk, SLUG, "", reject=True, note=note)
    assert "--note" in caught.value.hint
    assert dump(desk.store) == before


# Visas

VISAS = {
    "visa.pdf": b"%PDF-1.7 scanned", "VISA.PNG": b"\x89PNG\r\n\x1a\nscanned", "a.jpg": b"\xff\xd8\xff\xe0scanned",
    "b.jpeg": b"\xff\xd8\xff\xe1scanned",
}  # fmt: skip


@pytest.mark.parametrize(("name", "content"), VISAS.items())
def test_a_scanned_visa_is_kept_with_the_approval(folder: Path, tmp_path: Path, name: str, content: bytes) -> None:
    scan = tmp_path / name
    scan.write_bytes(content)
    with desk_at(folder) as desk:
        digest = plan(desk, SLUG).digest
        approve(desk, SLUG, digest, visa=scan)
        scan.unlink()
        approve(desk, SLUG, digest)  # history: without one
        with_visa, without = decisions(desk, SLUG)
    kept = folder / "archive" / "visas" / hashlib.sha256(content).hexdigest()
    assert (with_visa.visa_name, with_visa.visa_sha256) == (name, kept.name)
    assert (without.visa_name, without.visa_sha256) == ("", "")
    assert kept.read_bytes() == content
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("visa.pdf", b"<html>"), ("visa.png", b"%PDF-1.7"), ("visa.exe", b"%PDF-1.7"), ("visa", b"%PDF-1.7"),
        ("visa.pdf", b""), ("large.pdf", b"%PDF-" + bytes(MAX_VISA)),
    ],
)  # fmt: skip
def test_what_is_no_scan_is_refused_and_nothing_decided(
    folder: Path, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with desk_at(folder) as desk:
        digest = plan(desk, SLUG).digest
        before = dump(desk.store)
        with pytest.raises(InputError) as caught:
            approve(desk, SLUG, digest, visa=tmp_path / name)
        assert caught.value.hint
        with pytest.raises(NotFoundError):
            approve(desk, SLUG, digest, visa=tmp_path / "nowhere.pdf")
        with pytest.raises(NotFoundError):
            approve(desk, SLUG, digest, visa=tmp_path)
        assert dump(desk.store) == before
    assert not (folder / "archive" / "visas").exists()


def test_a_visas_name_is_made_safe(folder: Path, tmp_path: Path) -> None:
    scan = tmp_path / "\u202evisa\x1b[31m.pdf"
    scan.write_bytes(VISAS["visa.pdf"])
    with desk_at(folder) as desk:
        approve(desk, SLUG, plan(desk, SLUG).digest, visa=scan)
        (made,) = decisions(desk, SLUG)
    assert made.visa_name == "visa[31m.pdf"


def test_an_archive_that_cannot_be_written_leaves_nothing_decided(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "visa.pdf").write_bytes(VISAS["visa.pdf"])
    (folder / "archive").mkdir(exist_ok=True)
    (folder / "archive" / "visas").write_text("in the way")
    with desk_at(folder) as desk:
        digest = plan(desk, SLUG).digest
        with pytest.raises(InputError, match="visa cannot be kept"):
            approve(desk, SLUG, digest, visa=tmp_path / "visa.pdf")
        assert decisions(desk, SLUG) == ()
