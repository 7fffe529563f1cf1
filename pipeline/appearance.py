"""How single letters look, for the person who reads a plan: how they greet, how many pages they fill, previews."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from letters.blocks import Text, Value
from letters.composed import Composed, Line, SlotSpec
from letters.values import master_values
from locales.missing import MissingWords
from locales.protocol import Wording
from office.errors import InputError, RefusedError
from pipeline.drafting import render
from replies.file_names import safe_file_name
from templates.forms import Value as SlotValue
from templates.merging import Merged, Merger
from templates.rendering import Forms

ADDRESS_LINES = 2  # shown before the salutation


_Detailed = tuple[Merged, str]  # a letter, and what is unusual with it
_Documents = tuple[Forms, Sequence[Sequence[SlotValue]]]  # a form, and the values of several documents


@dataclass(frozen=True, slots=True, kw_only=True)
class UnusualLetter:
    """One letter to look at: ``detail`` says what is unusual, ``looks`` how it addresses and greets."""

    key: str
    name: str
    language: str
    class_name: str
    detail: str
    looks: str
    preview: str = ""  # its file, if previews were asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """The salutations of one letter: whether they go by gender, and those that no authority has confirmed."""

    by_gender: bool
    unreviewed: tuple[str, ...]


class Appearance:
    """Looks at letters of one merger; into the folder ``previews``, if one is given, it writes each that it describes.

    Raises InputError if the folder cannot be written.
    """

    def __init__(self, merger: Merger, previews: Path | None = None) -> None:
        self._merger = merger
        self._previews = previews

    def letter(self, merged: Merged, detail: str) -> UnusualLetter:
        """Describe a letter."""
        recipient, composed = merged.recipient, self._composed(merged)
        own = zip(composed.all_slots, merged.values, strict=True)
        address = next((str(text).splitlines() for spec, text in own if spec.name == "@address"), composed.addressees)
        salutation = _said(composed.salutation, merged.values)
        return UnusualLetter(
            key=recipient.key,
            name=recipient.name or recipient.organisation,
            language=merged.language,
            class_name=merged.class_name,
            detail=detail,
            looks=" · ".join(filter(None, (*address[:ADDRESS_LINES], salutation))),
            preview=self._preview(self._previews, merged) if self._previews else "",
        )

    def _preview(self, folder: Path, merged: Merged) -> str:
        """Write a letter as PDF, or as a Word document where there is no PDF of it; returns the file."""
        try:
            content, suffix = self._rendered("pdf", merged, merged.values), "pdf"
        except (RefusedError, InputError):
            content, suffix = self._rendered("docx", merged, merged.values), "docx"
        # Two keys may make one safe name: the mark keeps them apart.
        mark = hashlib.sha256(merged.recipient.key.encode("utf-8", "surrogatepass")).hexdigest()[:6]
        name = f"{safe_file_name(merged.recipient.key)}-{mark}.{suffix}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        except OSError as error:
            raise InputError(
                f"The previews cannot be written to {folder}: {error.strerror}.",
                hint="Name a folder that you may write to. Nothing was planned.",
            ) from error
        return str(folder / name)

    def greeting(self, merged: Merged) -> Greeting:
        """Return what is known of a letter's salutations; those to a class as a whole are no addressee's own."""
        by_gender, unreviewed = False, []
        for spec in self._composed(merged).all_slots:
            if "agree" in spec.name or "courtesy" in spec.name or spec.name == "recipient.gender":
                by_gender = True
            if spec.name != "@salutation":
                continue
            words = {gender: self._salutation(spec, merged, gender) for gender in ("m", "f", "")}
            by_gender = by_gender or len({word.text for word in words.values() if word}) > 1
            own = words[merged.recipient.gender]
            if own is not None and not own.reviewed:
                unreviewed.append(own.text)
        return Greeting(by_gender=by_gender, unreviewed=tuple(unreviewed))

    def _salutation(self, spec: SlotSpec, merged: Merged, gender: str) -> Wording | None:
        protocol = self._merger.locale(spec.language).protocol
        try:
            return protocol.word_for("salutation", (merged.recipient.role, spec.role), gender=gender)
        except MissingWords:
            return None

    def empty(self, merged: Merged) -> str:
        """Say which fields of a letter are empty; but not those that a condition asks about, and may leave out."""
        slots = self._composed(merged).all_slots
        asked = {spec.name for spec in slots if spec.kind == "truth"}
        empty = [spec.name for spec, text in zip(slots, merged.values, strict=True) if text == ""]
        names = dict.fromkeys(name.lstrip("@").removeprefix("recipient.") for name in empty if name not in asked)
        return f"nothing to print for {', '.join(names)}" if names else ""

    def fuller(self, letters: Iterable[Merged], *, apart: bool) -> list[_Detailed]:
        """Return those of some letters that take more pages than the copy for the file; none where there is no PDF.

        ``apart``: count in a process of its own, so that the typefaces (90 MB) never add to what a long list weighs.
        """
        by_form: dict[str, list[Merged]] = {}
        for merged in letters:
            by_form.setdefault(merged.form_name, []).append(merged)
        asked = [self._documents(group) for group in by_form.values()]
        counted = _counted_apart(asked) if apart else page_counts(asked)
        return [
            (merged, f"{pages} pages instead of {usual}")
            for group, (usual, *counts) in zip(by_form.values(), counted, strict=False)
            for merged, pages in zip(group, counts, strict=False)
            if pages > usual
        ]

    def _documents(self, group: Sequence[Merged]) -> _Documents:
        """Return a form with the values of its copy for the file, and of some letters."""
        composed, forms = self._merger.compiled(group[0].language, group[0].class_name)
        return forms, [master_values(composed), *(merged.values for merged in group)]

    def _rendered(self, kind: str, merged: Merged, values: Sequence[SlotValue]) -> bytes:
        """Return a letter's form as ``kind``, with its own values or others."""
        _, forms = self._merger.compiled(merged.language, merged.class_name)
        return render(kind, forms, values)

    def _composed(self, merged: Merged) -> Composed:
        return self._merger.compiled(merged.language, merged.class_name)[0]


def page_counts(asked: Sequence[_Documents]) -> list[list[int]]:
    """Return how many pages each form fills with each of its values; none of a form that is no PDF."""
    return [list(_counts(forms, several)) for forms, several in asked]


def _counted_apart(asked: Sequence[_Documents]) -> list[list[int]]:
    """Return `page_counts` from another process; nothing if that cannot be had, as a plan does without."""
    program = (
        "import json, pickle, sys; from pipeline.appearance import page_counts;"
        " print(json.dumps(page_counts(pickle.load(sys.stdin.buffer))))"
    )
    done = subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-c", program],  # -P: no file of the folder one stands in is taken for a module
        input=pickle.dumps(asked),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        check=False,
    )
    counted: list[list[int]] = [] if done.returncode else json.loads(done.stdout)
    return counted


def _counts(forms: Forms, several: Sequence[Sequence[SlotValue]]) -> Iterator[int]:
    import pikepdf

    try:
        for content in [render("pdf", forms, values) for values in several]:
            with pikepdf.open(io.BytesIO(content)) as document:
                yield len(document.pages)
    except (RefusedError, InputError):  # `check` and `preview` say why there is no PDF; a plan does without
        yield 0


def _said(line: Line, values: Sequence[SlotValue]) -> str:
    """Return a line of the frame with an addressee's values."""
    pieces = (
        part.text if isinstance(part, Text) else str(values[part.index]) if isinstance(part, Value) else ""
        for part in line
    )
    return "".join(pieces)
