"""Bad mail: spoils the mails of a folder in thousands of ways, and files them all into an office of its own.

    python -m benchmarks.hostile FOLDER [--count 10000] [--seed 1] [--json]

FOLDER holds mails; a .txt is a mail's text. Every spoilt mail is explained, then filed.

raised      mails for which anything was raised: must be 0
lost        mails that are not in the store afterwards, byte for byte: must be 0
slowest_ms  the most CPU time that one mail took, and which
peak_mb     the most memory
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from replies.explaining import explain
from replies.filing import Filed
from replies.matching import Matcher
from store import inbound
from tests.replies.mutations import as_mail, mutate
from tests.replies.samples import House, clock, open_house


def mails_of(folder: Path) -> list[tuple[str, bytes]]:
    """Return the mails of a folder by name."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".eml", ".txt", ".mail", ""} and path.suffix != ".json":
            raw = path.read_bytes()
            found.append((path.name, as_mail(raw) if path.suffix == ".txt" else raw))
    if not found:
        raise SystemExit(f"there are no mails in {folder}")
    return found


class Run:
    """Spoils, explains, files and counts."""

    def __init__(self, house: House, seed: int) -> None:
        self._house = house
        self._random = Random(seed)
        self._ours = (house.reply_address("minister-ke"), house.message_id("ministre@numerique.example.net"))
        self.mails = self.raised = self.lost = 0
        self.slowest: tuple[float, str] = (0.0, "")
        self.kinds: Counter[str] = Counter()

    def one(self, name: str, raw: bytes) -> None:
        """Treat one mail."""
        raw = mutate(self._addressed(raw), self._random)
        self.mails += 1
        before = time.process_time()
        try:
            self._explain(raw)
            self.lost += not self._is_kept(self._house.file(raw), raw)
        except Exception:  # every one is a finding
            self.raised += 1
            self.lost += 1
            traceback.print_exc()
            Path(tempfile.gettempdir(), f"hostile-{self.mails}.eml").write_bytes(raw)
        taken = time.process_time() - before
        if taken > self.slowest[0]:
            self.slowest = (taken, f"{name} ({self.mails})")
            Path(tempfile.gettempdir(), "hostile-slowest.eml").write_bytes(raw)

    def _addressed(self, raw: bytes) -> bytes:
        """Let some mails bear a token of ours."""
        address, message_id = self._ours
        field = self._random.choice(("", "", f"To: {address}\n", f"References: <{message_id}>\n"))
        return field.encode() + raw

    def _explain(self, raw: bytes) -> None:
        with self._house.store.read() as connection:
            matcher = Matcher(connection, self._house.tokens, self._house.office.mail)
            found = explain(raw, matcher=matcher, clock=clock)
        json.dumps(found, ensure_ascii=False).encode("utf-8")
        self.kinds[str(found["kind"])] += 1

    def _is_kept(self, filed: Filed, raw: bytes) -> bool:
        with self._house.store.read() as connection:
            kept = inbound.raw_mail(connection, filed.inbound_id)
        return kept == raw or filed.state == "known"  # another copy of the same mail

    def result(self) -> dict[str, Any]:
        """Return the figures."""
        return {
            "mails": self.mails,
            "raised": self.raised,
            "lost": self.lost,
            "slowest_ms": round(self.slowest[0] * 1000),
            "slowest": self.slowest[1],
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "kinds": dict(self.kinds),
        }


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    mails = mails_of(options.folder)
    with tempfile.TemporaryDirectory() as folder:
        house = open_house(Path(folder))
        run = Run(house, options.seed)
        for number in range(options.count):
            run.one(*mails[number % len(mails)])
        house.store.close()
    result = run.result()
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name, value in result.items():
            print(f"{name:<12}{value}")


if __name__ == "__main__":
    main()
