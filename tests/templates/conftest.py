"""The built-in look, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from templates.look import Look, load_look


@pytest.fixture(scope="session")
def look(tmp_path_factory: pytest.TempPathFactory) -> Look:
    """An office without templates of its own."""
    return load_look(Path(tmp_path_factory.mktemp("office")))
