"""How single letters look, for the person who reads a plan: how they greet, how many pages they fill, previews."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
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

ADDRESS_LINES = 2  # shown before the salutation


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
        self._pages: dict[str, int] = {}  # of the copy for the file, by form

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

    def fuller(self, letters: Iterable[Merged]) -> list[tuple[Merged, str]]:
        """Return those of some letters that take more pages than the copy for the file; none where there is no PDF."""
        found = []
        try:
            for merged in letters:
                usual, pages = self._usual_pages(merged), self._count(merged, merged.values)
                if pages > usual:
                    found.append((merged, f"{pages} pages instead of {usual}"))
        except (RefusedError, InputError):  # `check` and `preview` say why there is no PDF; a plan does without
            return found
        return found

    def _usual_pages(self, merged: Merged) -> int:
        name = merged.form_name
        if name not in self._pages:
            self._pages[name] = self._count(merged, master_values(self._composed(merged)))
        return self._pages[name]

    def _count(self, merged: Merged, values: Sequence[SlotValue]) -> int:
        import pikepdf

        with pikepdf.open(io.BytesIO(self._rendered("pdf", merged, values))) as document:
            return len(document.pages)

    def _rendered(self, kind: str, merged: Merged, values: Sequence[SlotValue]) -> bytes:
        """Return a letter's form as ``kind``, with its own values or others."""
        _, forms = self._merger.compiled(merged.language, merged.class_name)
        return render(kind, forms, values)

    def _composed(self, merged: Merged) -> Composed:
        return self._merger.compiled(merged.language, merged.class_name)[0]


def _said(line: Line, values: Sequence[SlotValue]) -> str:
    """Return a line of the frame with an addressee's values."""
    pieces = (
        part.text if isinstance(part, Text) else str(values[part.index]) if isinstance(part, Value) else ""
        for part in line
    )
    return "".join(pieces)
