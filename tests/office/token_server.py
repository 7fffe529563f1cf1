"""A server that gives tokens (OAuth 2) on this machine, and tells a mail server whose they are."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class TokenServer:
    """What it answers, and what it was asked."""

    code: int = 200
    answer: dict[str, Any] | bytes = field(default_factory=lambda: {"access_token": "token-1", "expires_in": 3600})
    changing: Callable[[], dict[str, Any]] | None = None  # another answer each time
    owners: dict[str, str] = field(default_factory=dict)  # token to user, for introspection
    location: str = ""  # where it sends those who ask
    line: bytes = b""  # all that it answers, in place of HTTP
    asked: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def introspection(self) -> str:
        return f"http://127.0.0.1:{self.port}/whose?token="


class _Handler(BaseHTTPRequestHandler):
    tokens: TokenServer

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.tokens.asked.append({name: values[0] for name, values in parse_qs(content).items()})
        if self.tokens.line:
            self.wfile.write(self.tokens.line)
            return
        answer = self.tokens.changing() if self.tokens.changing is not None else self.tokens.answer
        self._say(self.tokens.code, answer if isinstance(answer, bytes) else json.dumps(answer).encode())

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        user = self.tokens.owners.get(token)
        self._say(200, json.dumps({"active": user is not None, "user": user or ""}).encode())

    def _say(self, code: int, content: bytes) -> None:
        self.send_response(code)
        if self.tokens.location:
            self.send_header("Location", self.tokens.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@contextmanager
def running_tokens() -> Iterator[TokenServer]:
    tokens = TokenServer()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"tokens": tokens})) as server:
        tokens.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield tokens
        finally:
            server.shutdown()
            thread.join(5)
