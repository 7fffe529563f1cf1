"""Marks with the number of each segment, in copies that translators read: «⟦12⟧», «⟦12 to revise⟧».

They stand in the text, so that every output shows them; an HTML page moves them into its margin.
"""

from __future__ import annotations

import re
from typing import Literal

State = Literal["", "new", "to revise"]
_MARK = re.compile(r"⟦(\d+)(?: (new|to revise))?⟧ ")
_STYLE = """<style>
body { padding: 0 64px !important; }
[role=article] { position: relative; }
.segment { position: absolute; inset-inline-start: -72px; inline-size: 60px; text-align: end;
  font: 11px/20px sans-serif; color: #6b7785; }
.segment-new { color: #b3261e; font-weight: bold; }
.segment-to-revise { color: #9a6700; font-weight: bold; }
</style>
"""


def number_mark(number: int, state: State = "") -> str:
    """Return the mark that stands before the words of a segment."""
    return f"⟦{number}{state and ' '}{state}⟧ "


def numbers_in_margin(page: str) -> str:
    """Return an HTML page whose marks stand in its margin; without marks it stays as it is."""
    head, end_of_head, body = page.partition("</head>")
    moved, count = _MARK.subn(_span, body)
    return f"{_MARK.sub('', head)}{_STYLE}{end_of_head}{moved}" if count else page


def _span(match: re.Match[str]) -> str:
    number, state = match[1], match[2] or ""
    kind = f" segment-{state.replace(' ', '-')}" if state else ""
    return f'<span class="segment{kind}" title="{state or "done"}">{number}</span>'
