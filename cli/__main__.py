"""The entry of the command, before anything is loaded: Ctrl-C ends it as quietly as later."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from cli.main import main as run

        run()
    except KeyboardInterrupt:  # while something is loaded, or words are put together
        sys.exit(3)


if __name__ == "__main__":
    main()
