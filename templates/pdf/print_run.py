"""Many letters in one PDF, for a printer: each begins on a page of its own and counts its own pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from templates.forms import Value
from templates.pdf.engine import compile_letters, forget
from templates.pdf.form import PdfForm

BATCH = 25  # letters set at a time: memory stays flat; with more, each costs more, as all their pages are counted


def print_run(letters: Iterable[tuple[PdfForm, Sequence[Value]]], target: Path) -> int:
    """Write the letters to ``target`` as one PDF, in their order, and return how many there are.

    What is at ``target`` is replaced when all are set. It is for paper: without the tags that a document for reading
    on a screen has. Raises `InputError` if the office's template fails with a letter, ValueError if there is none.
    """
    count = 0
    with TemporaryDirectory(prefix="circulars-", dir=target.parent) as folder:
        parts: list[Path] = []
        for batch in _batches(letters):
            count += len(batch)
            part = Path(folder, f"{len(parts)}.pdf")
            form = batch[0][0]
            part.write_bytes(
                compile_letters(
                    form.template, form.files, [each.data_for(values) for each, values in batch], standards=()
                )
            )
            parts.append(part)
            forget()
        if not parts:
            raise ValueError("there is no letter to print")
        joined = parts[0] if len(parts) == 1 else _joined(parts, Path(folder, "all.pdf"))
        joined.replace(target)
    return count


def _batches(
    letters: Iterable[tuple[PdfForm, Sequence[Value]]],
) -> Iterator[Sequence[tuple[PdfForm, Sequence[Value]]]]:
    """Yield letters that follow each other and are set with the same template and pictures."""
    for _, alike in groupby(letters, key=lambda letter: (letter[0].template, letter[0].files)):
        while batch := list(islice(alike, BATCH)):
            yield batch


def _joined(parts: Sequence[Path], target: Path) -> Path:
    import pikepdf

    with pikepdf.new() as whole:
        for part in parts:
            with pikepdf.open(part) as document:
                whole.pages.extend(document.pages)
        whole.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return target
