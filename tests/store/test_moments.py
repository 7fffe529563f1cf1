"""Moments as the database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select

from store.moments import as_kept
from store.schema import circulars
from tests.delivery.samples import NOW, open_sample_store


@pytest.mark.parametrize("moment", [NOW, NOW + timedelta(microseconds=7), NOW.astimezone(timezone(timedelta(hours=5)))])
def test_a_moment_given_to_the_driver_is_kept_as_one_given_to_sqlalchemy(tmp_path: Path, moment: datetime) -> None:
    store = open_sample_store(tmp_path)
    with store.write() as connection:
        connection.execute(insert(circulars).values(slug="a", state="issued", created_at=moment))
        kept = as_kept(connection, moment)
        (given,) = connection.exec_driver_sql("SELECT created_at FROM circulars").one()
        assert connection.scalar(select(circulars.c.created_at)) == moment
    store.close()
    assert kept == given


def test_the_hour_that_comes_twice_is_two_moments(tmp_path: Path) -> None:
    first = datetime(2027, 10, 31, 2, 30, tzinfo=ZoneInfo("Europe/Zurich"))
    store = open_sample_store(tmp_path)
    with store.read() as connection:
        assert as_kept(connection, first) == as_kept(connection, datetime(2027, 10, 31, 0, 30, tzinfo=UTC))
        assert as_kept(connection, first.replace(fold=1)) == as_kept(
            connection, datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
        )
    store.close()


def test_no_moment_is_kept_as_none_and_a_naive_one_is_refused(tmp_path: Path) -> None:
    store = open_sample_store(tmp_path)
    with store.read() as connection:
        assert as_kept(connection, None) is None
        with pytest.raises(ValueError, match="without a zone"):
            as_kept(connection, NOW.replace(tzinfo=None))
    store.close()
