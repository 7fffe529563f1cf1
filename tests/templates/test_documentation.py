"""docs/templates.md names every field and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from templates.letterfields import FIELDS
from templates.page import NAMES

PAGE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")


def test_fields_of_letterheads() -> None:
    assert set(re.findall(r"\{\{ (\w+) \}\}", PAGE)) == FIELDS


def test_names_of_the_html_template() -> None:
    table = PAGE.partition("## circular.html")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    assert named | set(re.findall(r"`(address)`", table)) == NAMES
