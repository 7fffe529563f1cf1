"""Documents per CPU-second, side by side with the programs that an office would use otherwise.

    python -m benchmarks.documents [--json] [--documents N] [--peers N] [--pages N] [--addressees N]

All write the same letter (benchmarks/document_letter.py), in memory, to addressees of whom no two are the same. CPU
time is that of the user and the system, of the programs called too (LibreOffice). Word documents are made in turns;
what counts of each is its best turn, since a busy machine only ever makes them slower.

ratio_*             how many times more documents we make per CPU-second
docx_per_cpu_second ours; with_zlib and stored: the other ways of packing (CIRCULARS_DOCX)
again_per_cpu_second  documents that differ in no field from one of the latest
distinct            documents that were made for so many addressees with two salutations
peak_mb             the most memory, by the number of documents made
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import document_letter as letters
from templates.docxform import DocxForm, Packing, open_part
from templates.forms import Value
from templates.reading_back import words_of_docx

ROUNDS = 5
LIBREOFFICE_BATCH = 200  # given more, it leaves some out and reports success
TWO_SALUTATIONS = 20_000

Make = Callable[[Sequence[Value]], bytes]


def make_with_docxtpl_anew(template: bytes) -> Make:
    """Return docxtpl with the template opened for each document."""
    from docxtpl import DocxTemplate

    def make(values: Sequence[Value]) -> bytes:
        document = DocxTemplate(BytesIO(template))
        document.render(_named(values), autoescape=True)
        return letters.saved(document)

    return make


def make_with_docxtpl_again(template: bytes) -> Make:
    """Return docxtpl with one object for all documents."""
    from docxtpl import DocxTemplate

    document = DocxTemplate(BytesIO(template))

    def make(values: Sequence[Value]) -> bytes:
        document.render(_named(values), autoescape=True)
        return letters.saved(document)

    return make


def make_with_mailmerge(template: bytes) -> Make:
    """Return docx-mailmerge2."""
    from mailmerge import MailMerge

    def make(values: Sequence[Value]) -> bytes:
        target = BytesIO()
        with MailMerge(BytesIO(template)) as document:
            document.merge(**_named(values))
            document.write(target)
        return target.getvalue()

    return make


def make_with_python_docx(template: bytes) -> Make:
    """Return python-docx, with the text of runs replaced."""
    from docx import Document

    def make(values: Sequence[Value]) -> bytes:
        document: Any = Document(BytesIO(template))
        named = {f"{{{{ {name} }}}}": str(value) for name, value in _named(values).items()}
        for paragraph in document.paragraphs:
            for run in paragraph.runs:
                if run.text in named:
                    run.text = named[run.text]
        return letters.saved(document)

    return make


def packed_as(form: DocxForm, packing: Packing) -> DocxForm:
    """Return a form with its open parts packed in another way."""
    return replace(form, open_parts=tuple(open_part(part.name, part.form, packing) for part in form.open_parts))


def _named(values: Sequence[Value]) -> dict[str, Value]:
    return dict(zip(letters.FIELDS, values, strict=True))


def documents_per_cpu_second(ours: int, peers: int) -> dict[str, float]:
    """Let each make its documents in turns, and return what it makes in a second; ``ours``, ``peers``: how many."""
    forms = letters.forms()
    template, merge_template = letters.docxtpl_template(forms), letters.mailmerge_template(forms)
    makers: dict[str, tuple[Make, int]] = {
        "ours": (forms.docx_for, ours),
        "with_zlib": (packed_as(forms.docx, Packing.ZLIB).splice, ours // 4),
        "stored": (packed_as(forms.docx, Packing.STORED).splice, ours),
        "docxtpl anew": (make_with_docxtpl_anew(template), peers),
        "docxtpl again": (make_with_docxtpl_again(template), peers),
        "docx_mailmerge2": (make_with_mailmerge(merge_template), peers * 2),
        "python_docx": (make_with_python_docx(template), peers),
    }
    require_same_letter({name: make(letters.values(0)) for name, (make, _) in makers.items()})
    best: dict[str, float] = {}
    numbers = count(1)
    for _ in range(ROUNDS):
        for name, (make, total) in makers.items():
            addressees = [letters.values(next(numbers)) for _ in range(max(1, total // ROUNDS))]
            best[name] = max(best.get(name, 0.0), len(addressees) / _cpu_seconds(make, addressees))
    best["docxtpl"] = max(best.pop("docxtpl anew"), best.pop("docxtpl again"))
    return best


def require_same_letter(documents: dict[str, bytes]) -> None:
    """Raise AssertionError if one of the programs writes another text than the others."""
    texts = {name: sorted(words_of_docx(data).splitlines()) for name, data in documents.items()}  # parts in any order
    different = [name for name, text in texts.items() if text != texts["ours"]]
    assert not different, different


def _cpu_seconds(make: Make, addressees: Sequence[Sequence[Value]]) -> float:
    before = time.process_time()
    for values in addressees:
        make(values)
    return time.process_time() - before


def again_per_cpu_second(total: int) -> float:
    """Return how many documents a second are handed out that were made before."""
    form = letters.forms()
    addressees = [letters.values(number % 2) for number in range(total)]
    return total / _cpu_seconds(form.docx_for, addressees)


def distinct_documents(addressees: int) -> int:
    """Return how many documents are made where only the salutation differs, and there are two."""
    form = letters.forms(fields=1)
    return len({id(form.docx_for(letters.values(number))) for number in range(addressees)})


def pdfs_per_cpu_second(total: int) -> tuple[float, float | None, int]:
    """Set letters in PDF, half of them before LibreOffice has its turn and half after; starting is included in both.

    Return how many we make a second, how many LibreOffice, and how many came out of it.
    """
    form = letters.forms()
    before, after = ([letters.values(number) for number in range(half, total, 2)] for half in (0, 1))
    taken = _cpu_seconds(form.pdf_for, before)
    office, converted = libreoffice_per_cpu_second(total)
    taken += _cpu_seconds(form.pdf_for, after)
    return total / taken, office, converted


def libreoffice_per_cpu_second(total: int) -> tuple[float | None, int]:
    """Turn Word documents into PDF in one process of LibreOffice; return how many a second, and how many came out."""
    program = shutil.which("soffice")
    if program is None:
        print("LibreOffice (soffice) is not installed: there is nothing to compare PDFs with.", file=sys.stderr)
        return None, 0
    form = letters.forms()
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{number:04}.docx" for number in range(min(total, LIBREOFFICE_BATCH))]
        for number, path in enumerate(paths):
            path.write_bytes(form.docx_for(letters.values(number)))
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf"]
        before = _children_seconds()
        subprocess.run([*command, "--outdir", name, *map(str, paths)], check=True, capture_output=True, timeout=900)
        taken = _children_seconds() - before
        made = sum(path.with_suffix(".pdf").is_file() for path in paths)
    return made / taken, made


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_megabytes(documents: int) -> float:
    """Return the most memory that a process of its own takes for so many documents."""
    command = [sys.executable, "-m", "benchmarks.documents", "--make", str(documents)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(ran.stdout)


def make_and_forget(documents: int) -> float:
    """Make documents in this process, none of them kept, and return its peak of memory in MB."""
    form = letters.forms()
    for number in range(documents):
        form.docx_for(letters.values(number))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * (1024 if sys.platform == "darwin" else 1)), 1)


def measure(*, documents: int, peers: int, pages: int, addressees: int) -> dict[str, Any]:
    """Return all figures."""
    made = documents_per_cpu_second(documents, peers)
    pdf, office, converted = pdfs_per_cpu_second(pages)
    ours = made["ours"]
    form = letters.forms()
    return {
        "ratio_docxtpl": round(ours / made["docxtpl"], 1),
        "ratio_docx_mailmerge2": round(ours / made["docx_mailmerge2"], 1),
        "ratio_libreoffice_pdf": None if office is None else round(pdf / office, 1),
        "docx_per_cpu_second": round(ours),
        "pdf_per_cpu_second": round(pdf, 1),
        "ratio_python_docx": round(ours / made["python_docx"], 1),
        "with_zlib_per_cpu_second": round(made["with_zlib"]),
        "stored_per_cpu_second": round(made["stored"]),
        "again_per_cpu_second": round(again_per_cpu_second(documents)),
        "docxtpl_per_cpu_second": round(made["docxtpl"], 1),
        "docx_mailmerge2_per_cpu_second": round(made["docx_mailmerge2"], 1),
        "python_docx_per_cpu_second": round(made["python_docx"], 1),
        "libreoffice_per_cpu_second": None if office is None else round(office, 1),
        "libreoffice_converted": [converted, min(pages, LIBREOFFICE_BATCH)],
        "docx_bytes": {
            str(packing): len(packed_as(form.docx, packing).splice(letters.values(0))) for packing in Packing
        },
        "distinct": {str(TWO_SALUTATIONS): distinct_documents(TWO_SALUTATIONS)},
        "peak_mb": {str(number): peak_megabytes(number) for number in (max(1, addressees // 100), addressees)},
    }


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table for people."""
    from rich.console import Console
    from rich.table import Table

    table = Table("a letter of one page, 13 fields, a logo", "per CPU-second", "we make", title="Documents")
    for column in table.columns[1:]:
        column.justify = "right"
    rows = (
        ("Word: ours", "docx_per_cpu_second", ""),
        ("  made before", "again_per_cpu_second", ""),
        ("  with plain zlib", "with_zlib_per_cpu_second", ""),
        ("  not compressed", "stored_per_cpu_second", ""),
        ("  docx-mailmerge2", "docx_mailmerge2_per_cpu_second", "ratio_docx_mailmerge2"),
        ("  python-docx", "python_docx_per_cpu_second", "ratio_python_docx"),
        ("  docxtpl", "docxtpl_per_cpu_second", "ratio_docxtpl"),
        ("PDF: ours", "pdf_per_cpu_second", ""),
        ("  LibreOffice", "libreoffice_per_cpu_second", "ratio_libreoffice_pdf"),
    )
    for name, rate, ratio in rows:
        times = figures.get(ratio)
        shown = "not installed" if figures[rate] is None else f"{figures[rate]:,}"
        table.add_row(name, shown, f"{times:,} × as many" if times else "")
    console = Console()
    console.print(table)
    for what in ("docx_bytes", "distinct", "peak_mb", "libreoffice_converted"):
        console.print(f"{what}: {json.dumps(figures[what])}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.documents", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--documents", type=int, default=20_000, help="Word documents of ours")
    parser.add_argument("--peers", type=int, default=100, help="Word documents of each of the others")
    parser.add_argument("--pages", type=int, default=LIBREOFFICE_BATCH, help="PDFs, of one page each")
    parser.add_argument("--addressees", type=int, default=100_000, help="documents while memory is looked at")
    parser.add_argument("--make", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make:
        print(make_and_forget(chosen.make))
        return
    missing = [name for name in ("docxtpl", "mailmerge") if find_spec(name) is None]
    if missing:
        raise SystemExit("The programs to compare with are missing. Install them: pip install -e '.[bench]'")
    figures = measure(documents=chosen.documents, peers=chosen.peers, pages=chosen.pages, addressees=chosen.addressees)
    if chosen.json:
        print(json.dumps(figures, indent=2))
    else:
        show(figures)


if __name__ == "__main__":
    main()
