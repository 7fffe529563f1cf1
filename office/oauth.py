"""Access tokens by OAuth 2 (RFC 6749): with a refresh token (section 6) or as a client (section 4.4).

They open the mailbox that is read and the relay that is sent through alike (XOAUTH2).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from threading import Lock
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from office.clock import Clock
from office.environment import secret
from office.errors import CircularsError, InputError, RefusedError, UnreachableError, sentence
from office.model import OAuth
from office.redaction import without_secrets

_EARLY = timedelta(minutes=2)  # before a token ends, another one is fetched
_LIFE = 3600  # seconds that a token is taken to live where the server does not say (section 5.1)
_TIMEOUT = 30  # seconds
_LONGEST = 1_000_000  # bytes of an answer that are read
_FOR_NOW = (408, 429)  # besides 5xx, what may be tried again
_MAX_TEXT = 500  # characters kept of what the server says
_SECRETS = ("client_secret", "refresh_token")  # of what is sent


class TokenSource:
    """Fetches access tokens, and keeps the latest until shortly before it ends; any thread may ask.

    ``file`` keeps the refresh token that the server gave instead of the last one. ``opens`` says in messages what the
    token is for, such as «the mailbox»; ``section`` is where office.toml describes it.
    """

    def __init__(
        self,
        settings: OAuth,
        *,
        file: Path,
        environment: Mapping[str, str],
        clock: Clock,
        opens: str = "the mailbox",
        section: str = "[inbox.oauth]",
    ) -> None:
        self._settings = settings
        self._file = file
        self._environment = environment
        self._clock = clock
        self._opens = opens
        self._section = section
        self._lock = Lock()
        self._token = ""
        self._until: datetime | None = None

    def token(self) -> str:
        """Return a token that is good for a while.

        Raises `RefusedError` if the server gives none, `UnreachableError` where it may later, `InputError` for
        settings that cannot be used.
        """
        with self._lock:
            if self._until is None or self._clock() >= self._until:
                self._fetch()
            return self._token

    def forget(self, token: str = "") -> None:
        """Fetch another token next time: the mail server did not take this one (if it still is the one)."""
        with self._lock:
            if not token or token == self._token:
                self._until = None

    def _fetch(self) -> None:
        answer = self._ask(self._settings.token_url, self._form())
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise RefusedError(
                f"{self._settings.token_url} answers without a token.", hint=f"Check {self._section} token_url."
            )
        life = answer.get("expires_in")
        seconds = int(life) if isinstance(life, int | float | str) and str(life).isdigit() else _LIFE
        self._token = token
        self._until = self._clock() + timedelta(seconds=seconds) - _EARLY
        rotated = answer.get("refresh_token")
        if self._settings.refresh_token_env and isinstance(rotated, str) and rotated:
            self._keep(rotated)

    def _form(self) -> dict[str, str]:
        settings = self._settings
        form = {"client_id": settings.client_id}
        if settings.client_secret_env:
            form["client_secret"] = self._secret(settings.client_secret_env)
        if settings.scope:
            form["scope"] = settings.scope
        if settings.refresh_token_env:
            return form | {"grant_type": "refresh_token", "refresh_token": self._refresh_token()}
        return form | {"grant_type": "client_credentials"}

    def _secret(self, name: str) -> str:
        return secret(name, self._environment, wanted_by=f"The token for {self._opens}")

    def _refresh_token(self) -> str:
        """Return the refresh token given, or the one that the server gave in its place."""
        given = self._secret(self._settings.refresh_token_env)
        with suppress(OSError, ValueError):
            kept = json.loads(self._file.read_text("utf-8"))
            if isinstance(kept, dict) and kept.get("instead_of") == _mark(given):
                return str(kept["refresh_token"])
        return given

    def _keep(self, rotated: str) -> None:
        """Keep the refresh token that is to be used from now on, readable by the owner only."""
        given = self._secret(self._settings.refresh_token_env)
        if rotated == self._refresh_token():
            return
        aside = self._file.with_name(f".{self._file.name}.part")
        try:
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump({"instead_of": _mark(given), "refresh_token": rotated}, file)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._file)
        except OSError as error:
            raise InputError(
                f"The new refresh token for {self._opens} cannot be kept in {self._file}: {error.strerror}.",
                hint="Let this account write there; if the old token no longer works, give the consent again.",
            ) from error

    def _ask(self, url: str, form: Mapping[str, str]) -> dict[str, Any]:
        content = urlencode(form, errors="surrogateescape").encode("ascii")
        request = Request(url, data=content, headers={"Accept": "application/json"})  # noqa: S310 - https: office/reading
        try:
            with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as response:
                return _json(response.read(_LONGEST))
        except HTTPError as error:
            with error:
                raise self._refusal(url, error.code, _json(error.read(_LONGEST)), form) from error
        except (URLError, HTTPException, OSError) as error:
            reason = _said(getattr(error, "reason", None) or error, form)
            raise UnreachableError(
                f"No token for {self._opens}: {url} cannot be reached ({reason}).",
                hint=f"Check {self._section} token_url in office.toml, and the network.",
            ) from error

    def _refusal(self, url: str, code: int, answer: Mapping[str, Any], form: Mapping[str, str]) -> CircularsError:
        """Say in plain words why there is no token (RFC 6749 section 5.2)."""
        reason = str(answer.get("error", ""))
        said = _said(answer.get("error_description") or reason or f"HTTP {code}", form)
        words = "" if said == f"HTTP {code}" else f": {said}"
        if code in _FOR_NOW or code // 100 == 5:
            return UnreachableError(
                sentence(f"No token for {self._opens} for now: {url} answers {code}{words}"),
                hint="Try again later; if it stays so, ask who runs the server that gives the tokens.",
            )
        if code // 100 == 3:
            return RefusedError(
                f"The server gives no token for {self._opens}: {url} redirects to another address ({code}), and "
                "secrets follow no redirection.",
                hint=f"Write the address where tokens are given into {self._section} token_url.",
            )
        hints = {
            "invalid_grant": "The refresh token has ended or was revoked: give the consent again, and put the new "
            f"token into the environment variable that {self._section} refresh_token_env names.",
            "invalid_client": "Check client_id, and the secret in the environment variable that client_secret_env "
            "names: it may have ended.",
            "unauthorized_client": "Check client_id, and that this application may ask for tokens in this way.",
            "invalid_scope": f"Check {self._section} scope.",
        }
        return RefusedError(
            sentence(f"The server gives no token for {self._opens}: {said}"),
            hint=hints.get(reason, f"Check {self._section}."),
        )


def _said(words: object, form: Mapping[str, str]) -> str:
    """Return a server's words on one line, without the secrets that it was sent, should it repeat them."""
    # Before the text is cut: what is left of a secret at its end would not be known again.
    text = without_secrets(str(words), [form.get(name, "") for name in _SECRETS])
    return " ".join(text.split())[:_MAX_TEXT]


def _mark(given: str) -> str:
    """Return by what a refresh token is known again; a new one in the environment takes the place of what was kept."""
    return hashlib.sha256(given.encode("utf-8", "surrogateescape")).hexdigest()


class _NoRedirect(HTTPRedirectHandler):
    """Secrets go to the address that was written down, and to no other."""

    def redirect_request(  # noqa: PLR0917 - the library's signature
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        """Follow nothing; the redirection itself is then the error."""


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
