"""Moments in the store: aware in Python, UTC without a zone in the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from office.errors import InputError

PUT_BACK = "Keep a copy of circulars.db, and put back the last backup: the journal knows what has gone since."


class Moment(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC (SQLite has no zones); refuses naive ones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the base's
        """Turn an aware datetime into naive UTC."""
        if value is None:
            return None
        _refuse_naive(value)
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ANN401, ARG002 - the base's
        """Turn naive UTC back into an aware datetime."""
        return None if value is None else value.replace(tzinfo=UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        """Read a moment; raises `InputError` for what is none, as in a store that somebody has edited."""
        read = super().result_processor(dialect, coltype)
        if read is None:
            return None

        def checked(value: Any) -> datetime | None:  # noqa: ANN401 - whatever the database holds
            if value is None:
                return None
            try:
                return read(value)
            except (ValueError, TypeError) as error:
                raise InputError("The store is damaged: it holds a moment that is none.", hint=PUT_BACK) from error

        return checked


def _refuse_naive(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone cannot be stored")


def as_kept(connection: Connection, moment: datetime | None) -> Any:  # noqa: ANN401 - text or a datetime
    """Return a moment as the driver of this database takes it, for statements that SQLAlchemy does not look into."""
    if moment is None:
        return None
    _refuse_naive(moment)
    # In a zone of summer time, two moments of the hour that comes twice would be the same to the cache.
    return _kept(connection.dialect, moment.astimezone(UTC))


def as_read(connection: Connection, kept: Any) -> datetime | None:  # noqa: ANN401 - text or a datetime
    """Return a moment of which a query gave what the database keeps; raises `InputError` for what is none."""
    reading = _reading(connection.dialect)
    return kept if reading is None else reading(kept)


@lru_cache(maxsize=8)
def _reading(dialect: Dialect) -> Callable[[Any], datetime | None] | None:
    return Moment().dialect_impl(dialect).result_processor(dialect, None)


@lru_cache(maxsize=8)  # what happens together, happens at one moment
def _kept(dialect: Dialect, moment: datetime) -> Any:  # noqa: ANN401 - text or a datetime
    binding = _binding(dialect)
    return moment if binding is None else binding(moment)


@lru_cache(maxsize=8)
def _binding(dialect: Dialect) -> Callable[[Any], Any] | None:
    return Moment().dialect_impl(dialect).bind_processor(dialect)
