"""Secrets: from the environment, from systemd's credentials, or from a keyring; never from a file of the office."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from office.errors import InputError

_LONGEST = 100_000  # bytes of a credential
_CREDENTIALS = "CREDENTIALS_DIRECTORY"  # set by systemd for a unit with LoadCredential= (systemd.exec(5))


def find_secret(name: str, environment: Mapping[str, str]) -> str:
    """Return a secret as `secret` does, or an empty string if there is none."""
    return environment.get(name) or _credential(name, environment)


def secret(name: str, environment: Mapping[str, str], *, wanted_by: str) -> str:
    """Return the environment variable ``name``, or else the credential of that name that systemd hands the service.

    Raises `InputError` if there is neither, or it is empty. ``wanted_by`` says at the beginning of a sentence what
    needs it.
    """
    value = find_secret(name, environment)
    if not value:
        raise InputError(
            f"{wanted_by} needs {name}, which is not set in the environment.",
            hint=f"Set it before this command, for example: export {name}=…",
        )
    return value


def _credential(name: str, environment: Mapping[str, str]) -> str:
    folder = environment.get(_CREDENTIALS)
    if not folder or "/" in name:
        return ""
    try:
        with (Path(folder) / name).open("rb") as file:
            return file.read(_LONGEST).decode("utf-8").removesuffix("\n")
    except (OSError, ValueError):
        return ""


def keyring_password(service: str, user: str, *, wanted_by: str) -> str:
    """Return a user's password from the keyring of this account, where it stands under ``service``.

    Raises `InputError` if the program for it is not installed, the keyring is locked, or has no such password.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise InputError(
            f"{wanted_by} needs a password from a keyring, but the program to open one is not installed.",
            hint="Install it with: pip install 'circulars[keyring]', or name an environment variable instead.",
        ) from None
    try:
        password = keyring.get_password(service, user)
    except (KeyringError, OSError, RuntimeError, ValueError) as error:  # what its back ends let through
        raise InputError(
            f"{wanted_by} needs a password from a keyring, but it cannot be opened ({type(error).__name__}).",
            hint="Unlock the keyring of this account, or name an environment variable instead: a service has none.",
        ) from error
    if not password:
        raise InputError(
            f"{wanted_by} needs a password, but the keyring has none for {user} under «{service}».",
            hint=f"Put it in: keyring set {service} {user}",
        )
    return password
