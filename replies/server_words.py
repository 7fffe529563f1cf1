"""The words that mail servers use: facts about their reports in several languages, kept in ``server_words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

Topic = Literal[
    "sender", "relay", "rate", "full", "size", "suspended", "policy", "no_mail_here", "host", "address",
    "no_account", "network", "system", "refusal", "gave_up", "daemon", "program", "subject", "answer", "delay", "final",
    "opening", "copy",
]  # fmt: skip


@lru_cache
def server_words(topic: Topic) -> re.Pattern[str]:
    """Return the pattern of a topic."""
    return re.compile("|".join(_data()[topic]), re.IGNORECASE)


@lru_cache
def _data() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "server_words.toml").read_text("utf-8"))
