"""One ``<trans-unit>`` of XLIFF 1.2 as translators' tools send it back.

Its words, notes and contexts; locales/exchange/xliff_segments.py knows what tools say of its sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from locales.exchange.inline import Codes
from locales.exchange.inline_reading import Read, child, inline_ids, local_name, read_inline
from locales.exchange.model import Unit
from locales.exchange.rebuilding import rebuild
from locales.exchange.xliff_segments import close_gaps, is_to_revise, is_untouched, lacks_segments
from locales.marks import FIELD, Kind, Piece
from office.findings import Finding, Level
from office.xml import line_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OURS = "circulars"  # the author of our notes
CONTEXT, KEY = "x-msgctxt", "x-segment-key"  # types of our contexts
MAX_SEGMENT = 20_000  # characters; letters admit less
_AGREEMENT = re.compile(r"\|\s*agree\b")  # a translation's own choice of words, which states nothing
_PART = re.compile(r"[\w.-]{1,100}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadUnit:
    """A unit read. ``number`` is its id, ``line`` its place; ``is_source`` tells that its target is but its source."""

    unit: Unit
    number: str
    line: int | None
    is_source: bool = False
    findings: tuple[Finding, ...] = ()


def read_unit(element: Element, *, name: str, language: str, defined: Codes) -> ReadUnit | None:
    """Read a ``<trans-unit>`` of the file ``name``; None if it has no source text that a letter could have.

    ``defined`` are the codes that the file's header defines.
    """
    source_element = child(element, "source")
    if source_element is None:
        return None
    source = read_inline(source_element, defined)
    if sum(map(_length, source.parts)) > MAX_SEGMENT:
        return None
    msgid = rebuild(source.parts, typed=False).text
    if not msgid.strip():
        return None
    number = element.get("id") or ""
    faults = _Faults(name=name, number=number, line=line_of(element))
    faults.unknown(source, "source")
    note, remark = _notes(element, source)
    context, key = _contexts(element)
    unit = Unit(context=context, msgid=msgid, previous=_previous(element), note=note, remark=remark, key=key)
    target_element = child(element, "target")
    if target_element is not None:
        close_gaps(element, target_element, language)
        codes = {**defined, **_codes_by_place(element, source), **source.codes}
        target = read_inline(target_element, codes)
        unit = _with_target(unit, element, target_element, target, faults)
        faults.foreign(target, source)
    is_source = bool(unit.msgstr == unit.msgid and target_element is not None and is_untouched(element, target_element))
    if is_source:
        unit = replace(unit, msgstr="", to_revise=False)
    return ReadUnit(unit=unit, number=number, line=faults.line, is_source=is_source, findings=tuple(faults.found))


def _codes_by_place(element: Element, source: Read) -> Codes:
    """Return the source's codes by the ids in ``<seg-source>``: a tool that gives new ids gives them there too."""
    divided = child(element, "seg-source")
    ids = [] if divided is None else inline_ids(divided)
    return dict(zip(ids, source.codes.values(), strict=True)) if len(ids) == len(source.codes) else {}


def _length(piece: Piece) -> int:
    return len(piece.text)


def _with_target(unit: Unit, element: Element, target_element: Element, target: Read, faults: _Faults) -> Unit:
    if sum(map(_length, target.parts)) > MAX_SEGMENT:
        faults.add("xliff-length", f"its target is longer than {MAX_SEGMENT} characters.", "Divide the paragraph.")
        return unit
    rebuilt = rebuild(target.parts)
    if not rebuilt.text.strip():
        return unit
    faults.unknown(target, "target")
    if rebuilt.lost:
        faults.add(
            "xliff-emphasis", "Markdown cannot show its emphasis; the words are there.", "Mark it in the PO file."
        )
    missing = lacks_segments(element, target_element)
    if missing:
        faults.add(
            "xliff-incomplete", "only a part of it is translated.", "Translate the rest; it is marked to revise."
        )
    remarks = [text for text in (unit.remark, *target.comments) if text]
    return replace(
        unit,
        msgstr=rebuilt.text,
        to_revise=missing or is_to_revise(element, target_element),
        remark="\n".join(remarks),
    )


def _contexts(element: Element) -> tuple[str, str]:
    """Return the msgctxt and the key that we wrote; without them ``resname``, which more tools keep, and no key."""
    found: dict[str, str] = {}
    for group in element:
        if local_name(group) == "context-group":
            for context in group:
                if local_name(context) == "context":
                    found.setdefault(context.get("context-type") or "", (context.text or "").strip())
    resname = element.get("resname") or ""
    return found.get(CONTEXT) or (resname if _PART.fullmatch(resname) else ""), found.get(KEY, "")


def _notes(element: Element, source: Read) -> tuple[str, str]:
    """Return our own note and the translator's remarks."""
    own: list[str] = []
    remarks: list[str] = list(source.comments)
    for part in element:
        if local_name(part) == "note" and (part.text or "").strip():
            (own if part.get("from") == OURS else remarks).append(part.text or "")
    return "\n".join(own), "\n".join(remarks)


def _previous(element: Element) -> str:
    """Return the source that the translation was made for, as we wrote it."""
    for part in element:
        if local_name(part) == "alt-trans" and part.get("alttranstype") == "previous-version":
            before = child(part, "source")
            parts = [] if before is None else read_inline(before).parts
            return rebuild(parts, typed=False).text if sum(map(_length, parts)) <= MAX_SEGMENT else ""
    return ""


@dataclass
class _Faults:
    """Findings about one unit."""

    name: str
    number: str
    line: int | None
    found: list[Finding] = field(default_factory=list)

    def add(self, code: str, message: str, hint: str) -> None:
        text = f"Unit {self.number}: {message}"
        self.found.append(
            Finding(level=Level.WARNING, code=code, message=text, hint=hint, file=self.name, line=self.line)
        )

    def unknown(self, read: Read, side: str) -> None:
        """Say which elements stand for nothing that is known; their words are kept."""
        if read.unknown:
            shown = ", ".join(dict.fromkeys(read.unknown))
            hint = "Ask for the file in the form in which it was sent (Trados: «Save target as»), or add it by hand."
            self.add("xliff-code", f"nothing says what {shown} in its {side} stands for; it was left out.", hint)

    def foreign(self, target: Read, source: Read) -> None:
        """Name fields and links of the target that the source does not have, and fields typed as words."""
        hint = "Look at it before the letter goes out."
        known = {_about(code.text) for code in source.codes.values()}
        for code in dict.fromkeys(target.codes.values()):
            about = _about(code.text)
            if code.kind in {Kind.FIELD, Kind.NOTE} and about not in known and not _AGREEMENT.search(code.text):
                what = "field" if code.kind is Kind.FIELD else "footnote"
                self.add(
                    "xliff-field", f"its target has the {what} «{code.text}», which its source does not have.", hint
                )
            if code.kind in {Kind.LINK, Kind.ADDRESS} and about not in known:
                self.add("xliff-link", f"its target leads to «{code.text}», its source does not.", hint)
        for typed in FIELD.finditer("".join(piece.text for piece in target.parts if piece.kind is Kind.WORDS)):
            self.add(
                "xliff-typed",
                f"«{typed[0]}» is typed as words, so it will be printed as it stands.",
                "For a field, put the source's own element there, or write the field into the PO file.",
            )


def _about(text: str) -> str:
    """Return the name within a field, which a translation keeps while its form may change; else the text."""
    match = FIELD.fullmatch(text.strip("<>"))
    return match[1].partition("|")[0].strip() if match else text
