"""Renew the golden letters: ``python -m tests.golden``, then read what ``git diff tests/golden`` shows."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.golden.rendering import FOLDER, NAMES, golden_file, render


def main() -> None:
    """Write every letter anew and say which have changed."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in render(Path(folder) / "office"):
            target = golden_file(name)
            if not target.exists() or target.read_text("utf-8") != text:
                target.write_text(text, "utf-8")
                sys.stdout.write(f"{target.name} changed\n")
    for stray in set(FOLDER.glob("*")) - {golden_file(name) for name in NAMES}:
        stray.unlink()
        sys.stdout.write(f"{stray.name} is no letter any more\n")


if __name__ == "__main__":
    main()
