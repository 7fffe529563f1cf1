"""Statements that run for every message or nearly so: compiled once, and given to the driver as they are.

SQLAlchemy works out anew at each execution how a statement's parameters are written down and what its result is like,
which costs more than what SQLite then does. Here that is done once for each kind of database.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, Final, Literal, cast

from sqlalchemy import Connection, Select, TextClause
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.engine.interfaces import DBAPIModule
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

_PARAMSTYLES: Final[dict[str, Literal["qmark", "format"]]] = {"sqlite": "qmark", "postgresql": "format"}
_Arrange = Callable[[tuple[Any, ...]], tuple[Any, ...]]


class Statement:
    """A change of single rows, a look at one or some, or a command, with the names of its parameters in their order.

    It runs in a transaction that has begun. Parameters reach the driver as they are: moments have to be what the
    database keeps (`store.moments.as_kept`), enumerations their values. Faults are those that SQLAlchemy raises.
    ``over`` is the name of a list (an expanding parameter).
    """

    def __init__(self, statement: UpdateBase | Select[Any] | TextClause, *names: str, over: str = "") -> None:
        self._statement = statement
        self._names = names
        self._over = over
        self._compiled: dict[tuple[str, int], tuple[str, _Arrange]] = {}

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Execute it for each of ``rows``, at least one; returns how many rows of the table were changed."""
        sql, arrange = self._for(connection)
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(sql, [arrange(row) for row in rows])
            changed = cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, error) from error
        finally:
            cursor.close()
        return int(changed)

    def change(self, connection: Connection, *given: object, listed: Sequence[object] = ()) -> int:
        """Execute it once; returns how many rows of the table were changed.

        ``listed`` are the members of the list, at least one, where the statement has one.
        """
        return self._execute(connection, given, listed)[0]

    def rows(self, connection: Connection, *given: object) -> list[tuple[Any, ...]]:
        """Return all rows that a query finds, as the driver has them; none where it was a command."""
        return self._execute(connection, given)[1]

    def scalar(self, connection: Connection, *given: object) -> Any:  # noqa: ANN401 - whatever the database holds
        """Return the first column of the row that a query finds, as the driver has it; None where there is none."""
        found = self.rows(connection, *given)
        return found[0][0] if found else None

    def _execute(
        self, connection: Connection, given: tuple[object, ...], listed: Sequence[object] = ()
    ) -> tuple[int, list[tuple[Any, ...]]]:
        sql, arrange = self._for(connection, len(listed))
        cursor = connection.connection.cursor()
        try:
            cursor.execute(sql, arrange((*given, *listed)))
            found = cursor.fetchall() if cursor.description else []
            changed = cursor.rowcount
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, error) from error
        finally:
            cursor.close()
        return int(changed), list(found)

    def _for(self, connection: Connection, listed: int = 0) -> tuple[str, _Arrange]:
        kind = connection.dialect.name, listed
        if kind not in self._compiled:
            self._compiled[kind] = self._compile(connection.dialect, listed)
        return self._compiled[kind]

    def _compile(self, dialect: Dialect, listed: int) -> tuple[str, _Arrange]:
        positional = cast("type[DefaultDialect]", type(dialect))(paramstyle=_PARAMSTYLES[dialect.name])
        compiled = self._statement.compile(dialect=positional)
        lists = {self._over: [None] * listed} if listed else {}
        # Each member of a list, and each constant of IN, has its place.
        written = compiled.construct_expanded_state({**dict.fromkeys(self._names), **lists})
        given = (*self._names, *(written.parameter_expansion[self._over] if listed else ()))
        constant = {name: value for name, value in written.parameters.items() if name not in given}
        place = {name: number for number, name in enumerate((*given, *constant))}
        places = [place[name] for name in written.positiontup or ()]
        constants = tuple(constant.values())
        if len(places) < 2:
            return written.statement, lambda row: (*row, *constants)  # itemgetter would return it bare
        choose = itemgetter(*places)
        return written.statement, (lambda row: choose(row + constants)) if constants else choose


def _told(connection: Connection, error: DBAPIModule.Error) -> BaseException:
    """Return a fault of the driver as SQLAlchemy tells it; a connection that broke is not used again."""
    if connection.dialect.is_disconnect(error, connection.connection.dbapi_connection, None):
        connection.invalidate(error)
    driver = connection.dialect.loaded_dbapi
    return DBAPIError.instance(None, None, error, driver.Error, hide_parameters=True, dialect=connection.dialect)
