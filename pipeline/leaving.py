"""Lists that office.toml describes as ones that may be left, held against who is on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from office.errors import NotFoundError
from office.findings import Finding, Level
from office.model import Office
from office.reading import FILE_NAME
from recipients.delimited import FOLDER
from recipients.lists import find_list
from recipients.model import Recipient
from recipients.official import is_official


@dataclass(slots=True)
class _Counted:
    addressees: int = 0
    governments: int = 0
    first: str = ""  # key of the first government


class Leaving:
    """Counts the governments on described lists: their letters bear neither List-Id nor a way to unsubscribe."""

    def __init__(self, office: Office) -> None:
        self._counted = {name: _Counted() for name in office.lists}

    def note(self, list_name: str, recipient: Recipient, class_name: str) -> None:
        """Count an addressee, in the class in which a letter goes to it."""
        counted = self._counted.get(list_name)
        if counted is None:
            return
        counted.addressees += 1
        if is_official(recipient, class_name):
            counted.governments += 1
            counted.first = counted.first or recipient.key

    def findings(self) -> Iterator[Finding]:
        """Yield a warning for a list of governments only, a note for one that has some."""
        for name, counted in self._counted.items():
            if not counted.governments:
                continue
            without = "their letters bear no List-Id, and nobody can unsubscribe from them"
            if counted.governments == counted.addressees:
                yield Finding(
                    level=Level.WARNING,
                    code="list-of-governments",
                    message=f"[lists.{name}] describes a list that may be left, of governments only: {without}",
                    hint="Take the section out: letters to governments are no mail of a list.",
                    file=FILE_NAME,
                )
            else:
                told = f"{counted.governments:,} of {counted.addressees:,} addressees on «{name}» are governments"
                yield Finding(
                    level=Level.NOTE,
                    code="governments-on-list",
                    message=f"{told} (the first: {counted.first}): {without}",
                    hint="That is as it should be; correct role or category on the list if they are none.",
                    file=FILE_NAME,
                )


def missing_lists(office: Office) -> Iterator[Finding]:
    """Yield a warning for each described list that is no file: a misspelt name would describe nothing."""
    for name in office.lists:
        try:
            find_list(office.folder / FOLDER, name)
        except NotFoundError as error:
            yield Finding(
                level=Level.WARNING,
                code="list-described-only",
                message=f"[lists.{name}] describes a list that is not in recipients/",
                hint=error.hint,
                file=FILE_NAME,
            )
