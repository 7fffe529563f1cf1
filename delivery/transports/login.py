"""Who we are to the relay: a password, or a token of OAuth 2; from the environment or a keyring, never from a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from delivery.transports.verdicts import RelayError, UnavailableError
from office.clock import Clock
from office.environment import find_secret, keyring_password
from office.errors import CircularsError, InputError, UnreachableError
from office.model import OAuth, SmtpTransport
from office.oauth import TokenSource
from office.redaction import without_secrets

_FILE_NAME = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Who we are to the relay, proved by a password, or by an access token where ``token`` is given (XOAUTH2).

    ``token`` is called in a thread of its own each time that a connection logs in, so that it may look up or renew
    what it returns; it raises `RelayError` for what will not mend itself, `UnavailableError` for what may pass.
    ``forget`` is told of a token that the relay did not take: the next one is another.
    """

    user: str
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    forget: Callable[[str], None] | None = field(default=None, repr=False)
    shown: set[str] = field(default_factory=set, repr=False, compare=False)  # tokens the relay was shown

    def without_secrets(self, text: str) -> str:
        """Return what a server said without the password or a token, which it may have repeated in any form."""
        return without_secrets(text, {self.password, *self.shown})


def make_login(
    settings: SmtpTransport, office_folder: Path, environment: Mapping[str, str], clock: Clock
) -> Login | None:
    """Return how to log in; None where the relay wants no login.

    Raises `InputError` for secrets that are not there, and for settings that do not go together.
    """
    wanted_by = f"The relay {settings.host}"
    ways = [name for name in ("password_env", "password_keyring", "oauth") if getattr(settings, name)]
    if len(ways) > 1:
        raise InputError(
            f"[transports.{settings.key}] names several ways to log in: {', '.join(ways)}.", hint="Keep one of them."
        )
    if not settings.logs_in:
        return None
    names = [name for name in ("" if settings.user else settings.user_env, settings.password_env) if name]
    missing = [name for name in names if not find_secret(name, environment)]
    if missing:
        raise InputError(
            f"{wanted_by} wants a login, but {' and '.join(missing)} is not set in the environment.",
            hint=f"Set it before sending, for example: export {missing[0]}=…",
        )
    user = settings.user or find_secret(settings.user_env, environment)
    if not user:
        raise InputError(
            f"[transports.{settings.key}] says with what to log in, but not as whom.",
            hint="Name the user: user, or the environment variable user_env.",
        )
    if settings.oauth is not None:
        tokens = _tokens(settings, settings.oauth, office_folder, environment, clock)
        return Login(user=user, token=_as_relay_fault(tokens.token), forget=tokens.forget)
    if settings.password_keyring:
        return Login(user=user, password=keyring_password(settings.password_keyring, user, wanted_by=wanted_by))
    return Login(user=user, password=find_secret(settings.password_env, environment) if settings.password_env else "")


def _tokens(
    settings: SmtpTransport, oauth: OAuth, office_folder: Path, environment: Mapping[str, str], clock: Clock
) -> TokenSource:
    # The key is any text that TOML allows; a name of a file is not.
    name = (
        settings.key if _FILE_NAME.fullmatch(settings.key) else hashlib.sha256(settings.key.encode()).hexdigest()[:16]
    )
    return TokenSource(
        oauth,
        file=office_folder / f"relay-{name}.token",
        environment=environment,
        clock=clock,
        opens=f"the relay {settings.host}",
        section=f"[transports.{settings.key}.oauth]",
    )


def _as_relay_fault(token: Callable[[], str]) -> Callable[[], str]:
    def asked() -> str:
        try:
            return token()
        except UnreachableError as error:
            raise UnavailableError(error.message, hint=error.hint) from error
        except CircularsError as error:
            raise RelayError(error.message, hint=error.hint) from error

    return asked
