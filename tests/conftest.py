"""An office that reminds, made once and copied for each test of any floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.offices import copy_office
from tests.pipeline.reminders import Year, issue_and_send, write_reminding_office


@pytest.fixture(scope="session")
def reminding_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose letter reminds, issued and sent on 4 March 2031; do not change it."""
    return issue_and_send(write_reminding_office(tmp_path_factory.mktemp("reminding") / "office"))


@pytest.fixture
def year(reminding_office: Path, tmp_path: Path) -> Year:
    """A copy of the office that reminds, in the course of 2031."""
    return Year(copy_office(reminding_office, tmp_path / "office"))
