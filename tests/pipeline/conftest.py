"""Offices, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.desk import Desk
from pipeline.drafting import init_office
from pipeline.sending import send
from tests.pipeline.offices import SLUG, copy_office, desk_at, issue_all, write_letter, write_office
from tests.pipeline.spoiling import SECOND


@pytest.fixture(scope="session")
def small_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office as drafted; do not change it."""
    return write_office(tmp_path_factory.mktemp("small") / "office")


@pytest.fixture(scope="session")
def sent_small_office(small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small office with its letter issued and written to files; do not change it."""
    folder = copy_office(small_office, tmp_path_factory.mktemp("sent") / "office")
    with desk_at(folder) as desk:
        issue_all(desk)
        assert send(desk, SLUG).remaining == 0
    return folder


@pytest.fixture(scope="session")
def sample_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The office that `init` makes; do not change it."""
    return init_office(tmp_path_factory.mktemp("sample") / "office")


@pytest.fixture
def folder(small_office: Path, tmp_path: Path) -> Path:
    """A copy of the small office."""
    return copy_office(small_office, tmp_path / "office")


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    """The small office, open."""
    with desk_at(folder) as desk:
        yield desk


@pytest.fixture
def sent_folder(sent_small_office: Path, tmp_path: Path) -> Path:
    """A copy of the small office whose letter has gone."""
    return copy_office(sent_small_office, tmp_path / "office")


@pytest.fixture
def sent_desk(sent_folder: Path) -> Iterator[Desk]:
    """The small office whose letter has gone, open."""
    with desk_at(sent_folder) as desk:
        yield desk


@pytest.fixture
def office(sent_folder: Path) -> Path:
    """An office with a letter that has gone, and another like it that is drafted and translated."""
    write_letter(sent_folder, SECOND)
    source = sent_folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
    (source.parent / f"{SECOND}.po").write_bytes(source.read_bytes())
    return sent_folder
