"""The report as staff edit it: its columns, which of them are read back, and how a delegation is written in a cell.

`report` writes these columns, `answer --import` reads those of `READ_BACK`; the order of columns does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.delegates import Delegate

# Column → what it holds, in the order of the report.
COLUMNS = {
    "party": "who owes the answer; read back",
    "names": "the addressees",
    "country": "ISO 3166",
    "ask": "what is asked; read back",
    "state": "the latest state, or silent, extended, unreachable, withdrawn while nothing has come; read back",
    "since": "the day of the answer; read back",
    "by": "letter, phone, fax, mail or web; read back",
    "late": "whether it came too late",
    "due": "the first moment that is too late for this party",
    "delivery": "how the party's letters fared, the best of them",
    "note": "a remark on the answer; read back",
    "delegates": "whom the answer names: «Name; function | Name; function; speaker»; read back",
    "entry": "the number of the answer in the register; leave it as it is: it tells what changed since the report",
}
READ_BACK = ("party", "ask", "state", "since", "by", "note", "delegates", "entry")
NOTHING_YET = ("", "silent", "extended", "unreachable", "withdrawn")  # shown in `state` while nothing is recorded
_SPEAKER = "speaker"


def delegates_cell(delegates: Sequence[Delegate]) -> str:
    """Write a delegation in one cell."""
    return " | ".join(
        "; ".join((one.name, one.function, _SPEAKER) if one.speaker else filter(None, (one.name, one.function)))
        for one in delegates
    )


def parse_delegates(text: str) -> tuple[Delegate, ...]:
    """Read a delegation from a cell: persons divided by «|» or line breaks, their parts by «;».

    A part that says «speaker» makes one of the person, wherever it stands; a person without a name is passed over.
    """
    named = []
    for person in text.replace("|", "\n").splitlines():
        name, *rest = (" ".join(part.split()) for part in person.split(";"))
        speaker = any(part.casefold() == _SPEAKER for part in rest)
        function = "; ".join(part for part in rest if part and part.casefold() != _SPEAKER)
        if name:
            named.append(Delegate(name=name, function=function, speaker=speaker))
    return tuple(named)
