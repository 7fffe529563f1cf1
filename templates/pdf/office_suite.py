"""PDF from Word documents through LibreOffice: the second engine, for who wants the Word letterhead itself on paper.

LibreOffice gives up silently: given 300 documents at once it wrote 247 of them and exited with 0. So it gets fewer at
a time, what it wrote is counted, and what is missing is tried once more by itself.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from office.errors import InputError

PROGRAM = "soffice"
BATCH = 200  # documents at a time
_TO_START, _FOR_EACH = 90, 5  # seconds allowed


def convert(documents: Iterable[bytes], *, program: str = PROGRAM) -> Iterator[bytes]:
    """Yield the PDF of each .docx, in their order; memory does not grow with their number.

    Raises `InputError` if LibreOffice is not installed, or cannot convert one of them even by itself.
    """
    left = iter(documents)
    done = 0
    with TemporaryDirectory(prefix="circulars-") as folder:
        profile = Path(folder, "profile")  # of its own: another LibreOffice of this account may be running
        while batch := list(islice(left, BATCH)):
            yield from _batch(batch, Path(folder), profile, program, done)
            done += len(batch)


def _batch(batch: Sequence[bytes], folder: Path, profile: Path, program: str, done: int) -> Iterator[bytes]:
    sources = [folder / f"{number}.docx" for number in range(len(batch))]
    for source, content in zip(sources, batch, strict=True):
        source.write_bytes(content)
    _run(sources, folder, profile, program)
    for number, source in enumerate(sources, done + 1):
        target = source.with_suffix(".pdf")
        if not target.exists():
            _run([source], folder, profile, program)
        if not target.exists():
            raise InputError(
                f"LibreOffice did not convert document {number}.",
                hint="Open it in LibreOffice to see what is wrong; or use the built-in engine: leave out --engine.",
            )
        yield target.read_bytes()
        target.unlink()
        source.unlink()


def _run(sources: Sequence[Path], folder: Path, profile: Path, program: str) -> None:
    """Convert what can be converted: neither the exit code nor what is printed says what that was."""
    command = [
        program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", "pdf",
        "--outdir", str(folder), *map(str, sources),
    ]  # fmt: skip
    try:
        subprocess.run(  # noqa: S603 - a fixed program, and files of ours
            command, check=False, capture_output=True, timeout=_TO_START + _FOR_EACH * len(sources)
        )
    except FileNotFoundError:
        raise InputError(
            f"LibreOffice is not installed: there is no program «{program}».",
            hint="Install it, or use the built-in engine: leave out --engine.",
        ) from None
    except subprocess.TimeoutExpired:
        return  # what it wrote until then counts
