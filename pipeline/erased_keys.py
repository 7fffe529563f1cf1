"""Keys that were erased: told again when somebody gives them, though they are stored nowhere."""

from __future__ import annotations

from collections.abc import Callable, Container

from pipeline.desk import Desk
from store.database import Connection
from store.erasures import erasures_of


def erased_name(circular_id: int, key: str) -> str:
    """Return what is hidden of an erased key: another in each circular, so that the hashes tell of no connection."""
    return f"{circular_id}\n{key.strip().lower()}"


class WithErased(Container[str]):
    """The keys of those who have a letter: by name, or by what is hidden of a key that was erased."""

    def __init__(self, keys: Container[str], hidden: Container[str], hide: Callable[[str], str]) -> None:
        self._keys = keys
        self._hidden = hidden
        self._hide = hide

    def __contains__(self, key: object) -> bool:
        return key in self._keys or (isinstance(key, str) and self._hide(key) in self._hidden)


def who_has_it(desk: Desk, connection: Connection, circular_id: int, keys: Container[str]) -> Container[str]:
    """Return the keys of those who have a circular, those erased from it among them: it does not go to them again."""
    hidden = frozenset(erasure.key_hash for erasure in erasures_of(connection, circular_id))
    if not hidden:
        return keys
    tokens = desk.tokens
    return WithErased(keys, hidden, lambda key: tokens.hide(erased_name(circular_id, key)))
