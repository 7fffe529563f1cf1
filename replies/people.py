"""Whom a reply names as its delegation, for staff to look through: only what stands in a list below such a heading."""

from __future__ import annotations

import re

from replies.wording import all_wordings, comparable
from store.delegates import Delegate

MOST = 50
_MOST_TEXT = 20_000  # characters
_LONGEST_LINE = 200
_BULLET = re.compile(r"\s*(?:[-*•–—·]|\(?(?:\d{1,2}|[a-z])[.)、]|\d{1,2}(?=\s))\s*")
# Between a name and a function. A dash only between blanks: «Anne-Marie» is one name.
_DIVISION = re.compile(r"\s*[,;，；،؛]\s*|\s+[-–—:]\s+|\s*[:：]\s*|\s+(?=\()|\t+")
_MOST_NAME_WORDS = 7
_NOT_IN_A_NAME = re.compile(r"[.!?。؟]$|\d|@|https?:")
_TITLE = re.compile(
    r"^(?:(?:h\.?\s?e|s\.?\s?e|mr|mrs|ms|mme|mlle|m|dr|prof|sr|sra|srta|eng|ing|lic|amb|г-н|г-жа)\.?\s+)+", re.I
)


def find_people(text: str) -> tuple[Delegate, ...]:
    """Return the persons listed, one a line, below a line such as «The delegation will consist of:».

    A blank line after the list ends it, and so does a closing, or a line that looks like no person.
    """
    found: list[Delegate] = []
    listing = False
    for line in text[:_MOST_TEXT].split("\n"):
        if not line.strip():
            listing = listing and not found
            continue
        if listing:
            person = _person(line)
            if person is not None:
                found.append(person)
                continue
            listing = False
        if not found:
            listing = _is_heading(line)
    return tuple(found[:MOST])


def _is_heading(line: str) -> bool:
    plain = comparable(line)
    return plain.endswith(":") and any(wording.delegations.search(plain) for wording in all_wordings())


def _person(line: str) -> Delegate | None:
    bare = _BULLET.sub("", line, count=1).strip() if _BULLET.match(line) else line.strip()
    name, *rest = _DIVISION.split(bare[:_LONGEST_LINE], maxsplit=1)
    function = rest[0].strip(" ().;") if rest else ""
    words = _TITLE.sub("", name).split()
    closing = any(wording.closings.match(comparable(bare)) for wording in all_wordings())
    if closing or not words or len(words) > _MOST_NAME_WORDS or _NOT_IN_A_NAME.search(name) or words[0][0].islower():
        return None
    return Delegate(name=" ".join(name.split()), function=" ".join(function.split()))
