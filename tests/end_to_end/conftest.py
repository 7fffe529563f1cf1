"""The command line in this process, as tests/cli has it, and a mail server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import run
from tests.end_to_end.dovecot import Dovecot, running_dovecot

__all__ = ["run"]


@pytest.fixture
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot that knows no tokens."""
    with running_dovecot() as server:
        yield server
