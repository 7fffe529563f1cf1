"""Offices with a relay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.delivery.relays import Setup
from tests.delivery.samples import (
    plain_routes,
)


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Callable[..., Setup]]:
    made: list[Setup] = []

    def make(count: int = 1, **arguments: Any) -> Setup:
        made.append(Setup(tmp_path, **({"routes": plain_routes(count)} | arguments)))
        return made[-1]

    yield make
    for one in made:
        one.store.close()
