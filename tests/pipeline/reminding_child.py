"""`remind` in a process of its own, to be killed: python -m tests.pipeline.reminding_child FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.reminding import remind
from tests.pipeline.offices import SLUG
from tests.pipeline.reminders import FIRST, Year
from tests.postgresql import follow_parent


def main() -> None:
    follow_parent()
    with Year(Path(sys.argv[1])).desk(*FIRST) as desk:
        remind(desk, SLUG)


if __name__ == "__main__":
    main()
