"""PDF from Word documents through LibreOffice: the second engine, for who wants the Word letterhead itself on paper.

LibreOffice gives up silently: given 300 documents at once it wrote 247 of them and exited with 0. So it gets fewer at
a time, what it wrote is counted, and what is missing is tried once more by itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from office.errors import InputError

PROGRAM = "soffice"
BATCH = 200  # documents at a time
_TO_START, _FOR_EACH = 90, 5  # seconds allowed
_END, _TAIL = b"%%EOF", 1024  # what a PDF ends with, and within how many bytes (ISO 32000-1, annex H.3, note 18)


def convert(documents: Iterable[bytes], *, program: str = PROGRAM) -> Iterator[bytes]:
    """Yield the PDF of each .docx, in their order; memory does not grow with their number.

    Raises `InputError` if LibreOffice cannot be started, or cannot convert one of them even by itself.
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
        if not _is_whole(target):
            _run([source], folder, profile, program)
        if not _is_whole(target):
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
        process = subprocess.Popen(  # noqa: S603 - a fixed program, and files of ours
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise InputError(
            f"LibreOffice cannot be started as «{program}»: {error.strerror}.",
            hint="Install it, or use the built-in engine: leave out --engine.",
        ) from error
    try:
        process.wait(_TO_START + _FOR_EACH * len(sources))
    except subprocess.TimeoutExpired:
        pass  # what it wrote until then counts
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with what it has started: the soffice that is called is the parent of the one that converts."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_whole(path: Path) -> bool:
    """Tell whether a PDF is there with its end: a program that was stopped may have written a part of it."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        file.seek(max(path.stat().st_size - _TAIL, 0))
        return _END in file.read()
