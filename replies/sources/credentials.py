"""What opens the mailbox: a password or a token, as [inbox] in office.toml says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from office.clock import Clock
from office.environment import keyring_password, secret
from office.errors import InputError
from office.model import Inbox
from office.oauth import TokenSource

_KEPT_IN = "inbox.token"  # in the office's folder: the latest refresh token


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """With what to log in: a password, or a token of OAuth 2. ``hint`` says what to do if it is refused."""

    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    hint: str = ""


class Credentials:
    """Gives the login for each connection."""

    def __init__(self, inbox: Inbox, *, user: str, folder: Path, environment: Mapping[str, str], clock: Clock) -> None:
        """Raises `InputError` where nothing is said of how to log in."""
        if inbox.oauth is None and not inbox.password_env and not inbox.password_keyring:
            raise InputError(
                "How to log in to the mailbox is not said.",
                hint="In office.toml, name the environment variable of its password, [inbox] password_env, its place "
                "in a keyring, password_keyring, or describe [inbox.oauth].",
            )
        self._inbox = inbox
        self._user = user
        self._environment = environment
        self._tokens = (
            None
            if inbox.oauth is None
            else TokenSource(inbox.oauth, file=folder / _KEPT_IN, environment=environment, clock=clock)
        )

    def login(self) -> Login:
        """Return a login; raises `CircularsError` where a secret is missing or no token is given."""
        if self._tokens is not None:
            return Login(
                token=self._tokens.token(),
                hint="The token was given, but does not open this mailbox: see OAuth 2 in docs/installation.md.",
            )
        if self._inbox.password_keyring:
            service = self._inbox.password_keyring
            password = keyring_password(service, self._user, wanted_by="The mailbox")
            return Login(password=password, hint=f"Check the user in [inbox] source; then: keyring set {service} …")
        name = self._inbox.password_env
        password = secret(name, self._environment, wanted_by="The mailbox")
        return Login(password=password, hint=f"Check the user in [inbox] source and the password in {name}.")

    def forget(self) -> None:
        """The login was refused: ask for another token before the next."""
        if self._tokens is not None:
            self._tokens.forget()
