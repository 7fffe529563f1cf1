"""Text files of a letter, read with care."""

from __future__ import annotations

from pathlib import Path

from office.findings import Finding, Level

MAX_BYTES = 500_000  # no letter comes near it


def read_source(path: Path, *, file: str) -> tuple[str, tuple[Finding, ...]]:
    """Return the text of a Markdown file with lines ending in ``\\n``; a file that cannot be read gives a finding.

    ``file`` is the name that findings show, relative to the office.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return "", (_finding("missing-file", "the file is not there", f"Write the letter's text in {file}.", file),)
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return "", (_finding("unreadable-file", f"the file cannot be read: {reason}", "Check its permissions.", file),)
    if len(content) > MAX_BYTES:
        hint = "Move long parts into annexes, or restore the file."
        return "", (_finding("file-too-large", f"the file is larger than {MAX_BYTES // 1000} kB", hint, file),)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", (_finding("not-utf-8", "the file is not in UTF-8", "Save it again as UTF-8.", file, line),)
    return text.replace("\r\n", "\n").replace("\r", "\n"), ()


def _finding(code: str, message: str, hint: str, file: str, line: int | None = None) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=file, line=line)
