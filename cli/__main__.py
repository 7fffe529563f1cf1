"""The entry of the command, before anything is loaded: Ctrl-C ends it as quietly as later."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from cli.main import main as run
    except KeyboardInterrupt:
        sys.exit(3)
    run()


if __name__ == "__main__":
    main()
