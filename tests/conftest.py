"""Where offices keep their stores, and an office that reminds, made once and copied for each test of any floor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.database import Store, open_store
from tests.pipeline.offices import copy_office
from tests.pipeline.reminders import Year, issue_and_send, write_reminding_office
from tests.postgresql import Databases, Server, offices_in, running_server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=("sqlite", "postgresql"), default="sqlite", help="where offices keep it")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite(reason): what only a store in a file has")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("store") != "postgresql":
        return
    own = [item for item in items if item.get_closest_marker("sqlite")]
    config.hook.pytest_deselected(items=own)
    items[:] = [item for item in items if item not in own]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test needs it."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    """The address of an empty database, whatever --store says."""
    name = postgresql.create()
    yield postgresql.url(name)
    postgresql.drop(name)


@pytest.fixture
def postgresql_store(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store in that database."""
    store = open_store(postgresql_url, tmp_path)
    yield store
    store.close()


@pytest.fixture(scope="session", autouse=True)
def databases(request: pytest.FixtureRequest) -> Iterator[Databases | None]:
    """Where offices have their stores with --store postgresql; None: in files."""
    if request.config.getoption("store") != "postgresql":
        yield None
        return
    made = Databases(request.getfixturevalue("postgresql"))
    with offices_in(made):
        yield made


@pytest.fixture(autouse=True)
def _forget_databases(request: pytest.FixtureRequest, databases: Databases | None) -> Iterator[None]:
    """Drop the databases of a test's offices when it has ended."""
    folder = request.getfixturevalue("tmp_path") if databases and "tmp_path" in request.fixturenames else None
    yield
    if databases is not None:
        databases.close_all()
    if databases is not None and folder is not None:
        databases.drop_within(folder)


@pytest.fixture(scope="session")
def reminding_office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose letter reminds, issued and sent on 4 March 2031; do not change it."""
    return issue_and_send(write_reminding_office(tmp_path_factory.mktemp("reminding") / "office"))


@pytest.fixture
def year(reminding_office: Path, tmp_path: Path) -> Year:
    """A copy of the office that reminds, in the course of 2031."""
    return Year(copy_office(reminding_office, tmp_path / "office"))
