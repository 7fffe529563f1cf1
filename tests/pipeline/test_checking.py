"""`check` says whatever would stop `plan`."""

from __future__ import annotations

import pytest

from office.errors import InputError
from pipeline.checking import check
from pipeline.desk import Desk
from pipeline.planning import plan
from tests.pipeline.offices import SLUG


def test_a_fault_far_below_the_heading_of_a_list(desk: Desk) -> None:
    path = desk.office.folder / "recipients" / "keepers.csv"
    path.write_text(path.read_text() + '"Opened here and never closed,x@example.org\n')
    with pytest.raises(InputError) as caught:
        plan(desk, SLUG)
    found = [finding for finding in check(desk, SLUG) if finding.code == "quotation-mark-open"]
    assert found == list(caught.value.findings)


def test_a_letter_referred_to_must_be_known(desk: Desk) -> None:
    path = desk.office.folder / "letters" / SLUG / "letter.toml"
    known = path.read_text()
    path.write_text(f'relates = [{{ to = "LU-30/999", as = "corrects" }}]\n{known}')
    found = [finding for finding in check(desk, SLUG) if finding.code == "unknown-relation"]
    assert [(finding.line, finding.level.value) for finding in found] == [(1, "warning")]
    path.write_text(f'relates = [{{ to = "{SLUG}", as = "corrects" }}]\n{known}')
    assert not [finding for finding in check(desk, SLUG) if finding.code == "unknown-relation"]
