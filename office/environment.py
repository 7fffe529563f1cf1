"""Secrets, which come from the environment alone: never from a file of the office."""

from __future__ import annotations

from collections.abc import Mapping

from office.errors import InputError


def secret(name: str, environment: Mapping[str, str], *, wanted_by: str) -> str:
    """Return the environment variable ``name``; raises `InputError` if it is not set, or empty.

    ``wanted_by`` says at the beginning of a sentence what needs it.
    """
    value = environment.get(name, "")
    if not value:
        raise InputError(
            f"{wanted_by} needs {name}, which is not set in the environment.",
            hint=f"Set it before this command, for example: export {name}=…",
        )
    return value
