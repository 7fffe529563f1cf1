"""What all commands print alike: findings, errors, tables, JSON, progress."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from office.findings import Finding, Level

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from office.errors import CircularsError

out = Console(highlight=False, soft_wrap=True, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

LEVEL_STYLES = {Level.ERROR: "bold red", Level.WARNING: "yellow", Level.NOTE: "cyan"}
# Not printable in Python's eyes: no-break spaces, the soft hyphen, joiners, marks of direction.
_HARMLESS = frozenset("\n\t\u00a0\u00ad\u2009\u200b\u200c\u200d\u200e\u200f\u202f\u2060\u3000\ufeff")
# Beyond what JSON escapes by itself: controls of the second block, separators of lines, overrides of direction.
_MEDDLING = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
SHOWN_FINDINGS = 200  # on a screen; --json has them all


def harmless(text: object) -> str:
    """Return text that a user's file or mail supplied, without what moves a terminal's cursor or changes its state.

    Spaces that do not break and the marks that Arabic and Persian words need stay; what turns the direction of
    the rest of a line does not. One character stands for each, so that places in the text stay where they are.
    """
    return "".join(c if c.isprintable() or c in _HARMLESS else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def plain(text: object) -> str:
    """Return text that a user's file or mail supplied, safe to be printed: harmless, and no markup."""
    return escape(harmless(text))


def print_json(value: object) -> None:
    """Print a value for a machine: UTF-8, indented, nothing else on standard output.

    What would move the cursor of a terminal or turn the direction of its lines is escaped.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_as_text)
    sys.stdout.write(_MEDDLING.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def print_findings(findings: Sequence[Finding], console: Console = out) -> None:
    """Print findings, errors first, each with its place and what to do."""
    order = list(Level)
    ranked = sorted(findings, key=lambda f: (order.index(f.level), f.file, f.line or 0))
    for finding in ranked[:SHOWN_FINDINGS]:
        column = f" · {plain(finding.column)}" if isinstance(finding.column, str) else ""
        style = LEVEL_STYLES[finding.level]
        place = plain(finding.place) or "office"
        console.print(f"[{style}]{finding.level.value:<7}[/] [bold]{place}[/]{column}  {plain(finding.message)}")
        code = f"[dim]{finding.code}[/]"
        console.print(f"        {plain(finding.hint)} {code}" if finding.hint else f"        {code}")
    if len(ranked) > SHOWN_FINDINGS:
        console.print(f"… and {len(ranked) - SHOWN_FINDINGS} more; --json shows them all.")


def summary_line(findings: Iterable[Finding]) -> str:
    """Return «2 errors, 1 warning»."""
    levels = [finding.level for finding in findings]
    told = [number_of(levels.count(level), level.value) for level in Level if level in levels]
    return ", ".join(told) or "nothing to report"


def print_error(error: CircularsError) -> None:
    """Print what ended the command, and what to do next."""
    if error.findings:
        print_findings(error.findings, err)
    err.print(f"[bold red]{plain(error.message)}[/]")
    if error.hint:
        err.print(f"→ {plain(error.hint)}")


def table(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """Return an empty table; the columns named in ``right`` hold numbers. The first column is never broken."""
    made = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    for place, column in enumerate(columns):
        justify: JustifyMethod = "right" if column in right else "left"
        longest = max(map(len, column.split()), default=1)
        made.add_column(column, justify=justify, overflow="fold", no_wrap=place == 0, min_width=longest)
    return made


def number_of(count: int, noun: str) -> str:
    """Return «1 letter» or «12 letters»."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def counts_line(counts: dict[str, int]) -> str:
    """Return «en 12 · fr 30»."""
    return " · ".join(f"{plain(name)} [bold]{count:,}[/]" for name, count in sorted(counts.items())) or "none"


def marked(old: str, new: str) -> str:
    """Return both versions of a text as markup: what is gone struck out in red, what has come in green."""
    from locales.differences import differences

    styles = {"same": "{}", "removed": "[red strike]{}[/]", "added": "[green underline]{}[/]"}
    if not out.is_terminal:
        styles |= {"removed": "\\[-{}-]", "added": "{{+{}+}}"}
    return "".join(styles[piece.change].format(plain(piece.text)) for piece in differences(old, new))


def bar_lengths(counts: Sequence[int], width: int) -> list[int]:
    """Share ``width`` characters out among counts; what is not nothing never disappears, nor fills it all."""
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    lengths = [max(1, round(count * width / total)) if count else 0 for count in counts]
    lengths[lengths.index(max(lengths))] += width - sum(lengths)
    return lengths


@contextmanager
def progress_bar(description: str, total: int | None = None) -> Iterator[tuple[Progress, TaskID]]:
    """Show a bar on standard error while work goes on, with rate and remaining time; nothing where no one looks."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        yield bar, bar.add_task(description, total=total, rate="")
