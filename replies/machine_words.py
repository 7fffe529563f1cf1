"""The words by which machines give themselves away: facts about mail programs, kept in ``machine_words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from office.folding import folded_pattern

Topic = Literal[
    "automatic_subject", "absent_subject", "absence", "absence_companion", "stated", "receipt", "ticket_number",
    "read_subject", "read_text", "challenge", "list_server", "voice", "opening", "closing", "one_word", "until",
    "through", "to", "inclusive", "back", "back_after", "english",
]  # fmt: skip


@lru_cache
def machine_words(topic: Topic) -> re.Pattern[str]:
    """Return the pattern of a topic, to be searched in folded text (`office.folding`)."""
    return folded_pattern("|".join(_data()[topic]))


@lru_cache
def _data() -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / "machine_words.toml").read_text("utf-8"))
