"""[store] url in office.toml: which database, never with its password, and changing it when the store moves."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from office.errors import InputError
from office.files import sync_folder, write_aside
from office.tables import TableReader

DEFAULT = "sqlite:///circulars.db"
ELSEWHERE = "Put the password into ~/.pgpass or the variable PGPASSWORD (PostgreSQL manual, 34.15 and 34.16)."
_SECRETS = {"password", "sslpassword"}  # parameters of a connection (PostgreSQL manual, 34.1.2)


def read_store_url(table: TableReader) -> str:
    """Take the address of the store; one with a password is at fault."""
    url = table.text("url", DEFAULT)
    table.finish()
    if holds_password(url):
        table.fault("url", "password-in-url", "the address of the store holds a password", ELSEWHERE)
    return url


def holds_password(url: str) -> bool:
    """Tell whether a password stands in an address; one that is none has none."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "@" in url
    return bool(parts.password) or bool(_SECRETS & parse_qs(parts.query, keep_blank_values=True).keys())


def same_store(url: str, other: str, folder: Path) -> bool:
    """Tell whether two addresses are one store, as far as they show it: files by where they lie, from the office."""
    scheme = "sqlite:///"
    if url.startswith(scheme) and other.startswith(scheme):
        return (folder / url.removeprefix(scheme)).resolve() == (folder / other.removeprefix(scheme)).resolve()
    return url == other


def with_store_url(text: str, url: str) -> str:
    """Return the text of an office.toml with another address of the store, all else as it is, comments too.

    Raises InputError where the file is laid out so that it cannot be changed by a program.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(text)
        document.setdefault("store", tomlkit.table())["url"] = url
        changed = tomlkit.dumps(document)
        before, after = tomllib.loads(text), tomllib.loads(changed)
    except (TOMLKitError, TypeError, ValueError):
        before, after = {}, {"store": {}}
    if after != before | {"store": {"url": url}}:
        raise InputError(
            "office.toml cannot be changed by circulars, for the way it is laid out.",
            hint='Give [store] lines of its own there, such as [store] and below url = "sqlite:///circulars.db".',
        )
    return changed


def write_store_url(file: Path, url: str) -> None:
    """Change the address of the store in an office.toml, whole or not at all."""
    content = file.read_bytes()
    mark = b"\xef\xbb\xbf" if content.startswith(b"\xef\xbb\xbf") else b""
    changed = with_store_url(content.removeprefix(mark).decode("utf-8"), url)
    write_aside(file, mark + changed.encode("utf-8"))
    sync_folder(file.parent)
