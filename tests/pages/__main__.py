"""Renew the pictures of pages: ``python -m tests.pages``, then look at those that ``git status`` names."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.pages.rendering import FOLDER, LIMIT, PAGES, difference, documents, keep, read, render


def main() -> None:
    """Write anew the pages that have changed more than tests forgive, and say which."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        rendered = render(documents(), Path(folder))
        for name in PAGES:
            target = FOLDER / f"{name}.png"
            if not target.exists() or difference(read(rendered[name]), read(target)) > LIMIT / 4:
                keep(rendered[name], target)
                sys.stdout.write(f"{target.name} changed\n")
    for stray in set(FOLDER.glob("*")) - {FOLDER / f"{name}.png" for name in PAGES}:
        stray.unlink()
        sys.stdout.write(f"{stray.name} is no page any more\n")


if __name__ == "__main__":
    main()
