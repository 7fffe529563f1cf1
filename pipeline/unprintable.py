"""Characters that no typeface of PDF files has: they would be printed as «�»."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from letters.model import Letter
from letters.places import catalogue_file, letter_file, letter_folder
from office.findings import Finding, Level
from office.model import Office
from recipients.model import Row
from templates.frame import BOX, TICKED_BOX
from templates.pdf.typefaces import undisplayable

_DRAWN = str.maketrans("", "", BOX + TICKED_BOX)
_SHOWN = 5  # rows of a list that are named one by one


def text_findings(letter: Letter, office: Office) -> Iterator[Finding]:
    """Yield a warning for each line of a letter's texts, and of its translations, that has such characters."""
    texts = sorted(letter_folder(letter.slug, office).glob("*.md"))
    files = [(path, letter_file(letter.slug, path.name)) for path in texts]
    files += [(office.folder / name, name) for name in (catalogue_file(letter.slug, tag) for tag in letter.languages)]
    for path, shown in files:
        for number, line in enumerate(_lines(path), 1):
            missing = undisplayable(line.translate(_DRAWN))
            if missing:
                yield _warning(missing, shown, number)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []  # said by who reads the letter


class UnprintableRows:
    """Gathers the rows of one list that have such characters."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str, str]] = []
        self._more = 0

    def note(self, row: Row) -> None:
        """Remember the row, and the first of its cells, if there are such characters."""
        for heading, value in row.cells.items():
            missing = "" if value.isascii() else undisplayable(value.translate(_DRAWN))
            if missing:
                if len(self._found) < _SHOWN:
                    self._found.append((row.number, heading, missing))
                else:
                    self._more += 1
                return

    def findings(self, file: str) -> Iterator[Finding]:
        """Yield the first rows, and how many there are besides."""
        for number, (row, heading, missing) in enumerate(self._found, 1):
            is_last = number == len(self._found)
            more = f" (and {self._more} more rows)" if is_last and self._more else ""
            yield _warning(missing, file, row, column=heading, more=more)


def _warning(missing: str, file: str, line: int, *, column: str | None = None, more: str = "") -> Finding:
    return Finding(
        level=Level.WARNING,
        code="not-printable",
        message=f"no typeface of PDF files has «{missing}»: it would be printed as «�»{more}",
        hint="Write it in Latin, Cyrillic, Arabic or Chinese characters.",
        file=file,
        line=line,
        column=column,
    )
