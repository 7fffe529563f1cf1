"""What is wrong with an office's own circular.typ: what it may not do, and whether it sets a letter.

It is tried on a specimen letter in a process of its own, which is stopped if it does not end or takes too much memory.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from letters.blocks import Heading, List, ListItem, Paragraph, Quote, Table, Text
from letters.composed import Annex, Composed, ContactBlock
from letters.model import Signature
from office.errors import InputError
from office.findings import Finding, Level
from templates.pdf.data import letter_data

MAX_SIZE = 500_000  # bytes
TIME_LIMIT = 20  # seconds
MEMORY_LIMIT = 4_000_000_000  # bytes of address space, most of which threads only reserve
_ROOT = Path(__file__).parents[2]
# Files and packages from elsewhere, and what would hide them. A comment on a line of its own may say anything, unless
# it may end a text, raw text or another comment that began above: then commands can follow.
_IN_LINE = r"[^\n\v\f\r\x85\u2028\u2029]"  # lines end as Typst ends them
_COMMENT = re.compile(rf"(?<!{_IN_LINE})[ \t]*//(?!{_IN_LINE}*(?:\*/|[\"`])){_IN_LINE}*")
_LIBRARY = re.compile(r'#?import\s+"letter\.typ"')
_INTO = "Put what it needs into the template; where it is a word of a text, write another word."
_REACHING_OUT = re.compile(r"(?<![\w-])(import|include|plugin|eval)(?![\w-])")


def sheet_findings(name: str, data: bytes) -> tuple[Finding, ...]:
    """Return every fault of a circular.typ; ``name`` is its path as the office sees it."""
    if len(data) > MAX_SIZE:
        return (_fault(name, "template-too-large", f"the template is larger than {MAX_SIZE // 1000} kB"),)
    try:
        source = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return (_fault(name, "template-encoding", "the file is not UTF-8 text", hint="Save it again as UTF-8."),)
    return tuple(_reaching_out(name, source)) or _tried(name, source)


def _reaching_out(name: str, source: str) -> Iterator[Finding]:
    def blanked(found: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", found[0])

    for found in _REACHING_OUT.finditer(_LIBRARY.sub(blanked, _COMMENT.sub(blanked, source))):
        line = source.count("\n", 0, found.start()) + 1
        message = f"«{found[1]}»: a template uses letter.typ and the letter's data, and nothing from elsewhere"
        yield _fault(name, "template-reaches-out", message, line=line, hint=_INTO)


@lru_cache(maxsize=4)
def _tried(name: str, source: str) -> tuple[Finding, ...]:
    """Set the specimen in a process of its own."""
    command = [sys.executable, "-P", "-m", "templates.pdf.faults"]
    try:
        with TemporaryDirectory(prefix="circulars-") as folder:  # of whoever is stopped in the middle
            result = subprocess.run(  # noqa: S603 - this interpreter and this module
                command, input=source.encode(), capture_output=True, timeout=TIME_LIMIT, check=False, cwd=_ROOT,
                env={"PYTHONPATH": str(_ROOT), "TMPDIR": folder},
            )  # fmt: skip
    except subprocess.TimeoutExpired:
        message = f"the template does not set a short letter within {TIME_LIMIT} seconds"
        return (_fault(name, "template-runs-away", message, hint="Look at its loops."),)
    if result.returncode:
        message = "the template cannot set a short letter: it takes too much memory, or stops the compiler"
        return (_fault(name, "template-runs-away", message, hint="Look at its loops and pictures."),)
    return tuple(
        Finding(level=Level.ERROR, code="bad-pdf-template", file=name, **entry) for entry in json.loads(result.stdout)
    )


def _fault(name: str, code: str, message: str, *, line: int | None = None, hint: str = "") -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=name, line=line)


def specimen() -> Composed:
    """Return a letter that shows most of what letters have."""
    words = (Text("Words"),)
    table = Table(("start", "end"), ((words, words), (words, (Text("1"),))))
    items = (ListItem((Paragraph(words),)), ListItem((Paragraph(words),), ticked=False))
    body = (
        Paragraph(words), Heading(1, words), List(True, 2, items[:1]), List(False, 1, items), table,
        Quote((Paragraph(words),)),
    )  # fmt: skip
    return Composed(
        slug="specimen", language="en", direction="ltr", class_name="specimen", office_name="Office", unit="Unit",
        date_line=words, date=date(2000, 1, 1), reference="CL-00/001", references=(("Ref.", "CL-00/001"),),
        contact_label="Contact", contacts=(ContactBlock(lines=(("Tel.", "+41 22 730 0040", "tel"),)),),
        addressees=("Governments", "Academia"), addressees_lead="To:", address=None, subject_label="Subject",
        subject=(words, words), salutation=words, body=body, closing=words, signature=Signature.SIGNED,
        signature_note="(signed)", signatory_name="Name", signatory_title="Title", copies_label="Copies",
        copies=("Missions",), annexes=(Annex(title=(words,), blocks=body),), slots=(),
    )  # fmt: skip


def main() -> None:
    """Read a template from standard input, set the specimen, and print what is wrong as JSON."""
    import resource

    from templates.pdf.engine import STANDARDS, compile_letters
    from templates.pdf.form import LIBRARY

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    template = sys.stdin.buffer.read().decode()
    library = (_ROOT / "templates" / "builtin" / LIBRARY).read_bytes()
    data = letter_data(specimen(), colour="#12365c", typeface="sans").splice((), {})
    found: list[dict[str, object]] = []
    try:
        compile_letters(template, {LIBRARY: library}, [data], standards=STANDARDS)
    except InputError as error:
        found = [
            {"message": finding.message, "hint": finding.hint, "line": finding.line, "column": finding.column}
            for finding in error.findings
        ]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
