"""How well delivery reports are understood: scores a folder of mails against what is known of them.

    python -m benchmarks.replies FOLDER [--json]

FOLDER holds mails (.eml) and ``expected.json``: file name → list of ``{recipient, alias, permanent, reason}``, one
for each recipient that the mail reports on. ``permanent`` is null in a complaint, which says nothing of delivery;
``reason`` is a word of sisimai's, or ``group`` gives its group. The suite's own folder is tests/replies/reports.
Every mail goes the way of ``circulars explain``, without an office.

recipients_found  known recipients that were named; an alias counts
exact             mails whose recipients are those known, no more and no fewer; the smallest mistake spoils a mail
wrong             mails for which somebody was named, but nobody who is known
permanence        of the recipients found: permanent or temporary told right
reason_group      of the same: the group of the reason told right
machine           mails recognised as a machine's (bounce, delay, complaint, auto-reply)
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replies.classifying import MACHINE_KINDS
from replies.explaining import explain

_GROUPS = {
    "address": ("userunknown", "hostunknown", "hasmoved", "notaccept"),
    "mailbox": ("mailboxfull", "suspend"),
    "size": ("mesgtoobig", "exceedlimit"),
    "temporary": (
        "expired", "networkerror", "systemerror", "systemfull", "toomanyconn", "speeding", "onhold",
    ),
}  # fmt: skip
_GROUP_OF = {reason: group for group, reasons in _GROUPS.items() for reason in reasons}

Known = dict[str, Any]


@dataclass
class Share:
    """How many of how many."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one more."""
        self.right += right
        self.of += 1

    def as_json(self) -> dict[str, float]:
        """Return the counts and the share, 0 to 1."""
        return {"right": self.right, "of": self.of, "share": round(self.right / self.of, 4) if self.of else 0.0}


@dataclass
class Score:
    """The figures of a folder, and the names of the mails that are not understood in full."""

    recipients_found: Share = field(default_factory=Share)
    exact: Share = field(default_factory=Share)
    wrong: Share = field(default_factory=Share)
    permanence: Share = field(default_factory=Share)
    reason_group: Share = field(default_factory=Share)
    machine: Share = field(default_factory=Share)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def count(self, file: str, known: list[Known], said: dict[str, Any]) -> None:
        """Compare what is known of a mail with what ``explain`` says of it."""
        answers = {answer["address"].casefold(): answer for answer in said["recipients"]}
        found = [(entry, next((answers[n] for n in _names(entry) if n in answers), None)) for entry in known]
        matched = {answer["address"].casefold() for _, answer in found if answer is not None}
        for entry, answer in found:
            self._note(file, self.recipients_found, answer is not None, f"not found: {entry['recipient']}")
            if answer is not None and entry["permanent"] is not None:
                self._judgement(file, entry, answer)
        complete = all(answer is not None for _, answer in found)
        stray = sorted(answers.keys() - matched)
        self._note(file, self.exact, complete and not stray, f"not exact: {', '.join(stray) or 'some are missing'}")
        self.wrong.add(bool(answers) and not matched)
        self._note(file, self.machine, said["kind"] in MACHINE_KINDS, f"taken for: {said['kind']}")

    def _judgement(self, file: str, entry: Known, answer: dict[str, Any]) -> None:
        group = _GROUP_OF.get(entry["reason"], "policy") if "reason" in entry else entry["group"]
        words = str(answer["reason"])[:160]
        permanent = f"permanent is {entry['permanent']}: {words}"
        self._note(file, self.permanence, answer["permanent"] == entry["permanent"], permanent)
        told = f"not {answer['group'] or 'none'}: {answer['status']} {words}"
        reason = f"{entry.get('reason', 'it')} is {group or 'none'}, {told}"
        self._note(file, self.reason_group, answer["group"] == group, reason)

    def _note(self, file: str, share: Share, right: bool, fault: str) -> None:
        share.add(right)
        if not right:
            self.faults.setdefault(file, []).append(fault)

    def as_json(self) -> dict[str, dict[str, float]]:
        """Return the figures alone."""
        names = ("recipients_found", "exact", "wrong", "permanence", "reason_group", "machine")
        return {name: getattr(self, name).as_json() for name in names}


def score(folder: Path) -> Score:
    """Score every mail that ``expected.json`` names."""
    expected: dict[str, list[Known]] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    result = Score()
    for file, known in sorted(expected.items()):
        result.count(file, known, explain((folder / file).read_bytes(), file=file))
    return result


def _names(entry: Known) -> list[str]:
    return [name.casefold() for name in (entry["recipient"], entry.get("alias")) if name]


def _print(result: Score) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("figure", "right", "of", "share")
    for name, share in result.as_json().items():
        table.add_row(name, str(share["right"]), str(share["of"]), f"{share['share']:.1%}")
    faults = Table("mail", "what is not as known")
    for file, lines in sorted(result.faults.items()):
        faults.add_row(escape(file), escape("\n".join(lines)))
    console = Console()
    console.print(faults if result.faults else "Every mail is understood.")
    console.print(table)


def main() -> None:
    """Score the folder that was named."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.replies", description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    result = score(chosen.folder)
    if chosen.json:
        print(json.dumps(result.as_json(), indent=2))
    else:
        _print(result)


if __name__ == "__main__":
    main()
