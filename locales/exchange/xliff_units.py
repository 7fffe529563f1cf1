"""One ``<trans-unit>`` of XLIFF 1.2 as translators' tools send it back.

What tools add: SDLXLIFF ``sdl:conf`` per segment, MQXLIFF ``mq:status``, Phrase ``m:confirmed``; ``<seg-source>`` and
``<mrk mtype="seg">`` where they divide a unit into sentences (XLIFF 1.2, section 2.5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from locales.exchange.inline import Codes, Read, inline_ids, local_name, read_inline
from locales.exchange.model import Unit
from locales.exchange.rebuilding import rebuild
from locales.marks import FIELD, Kind, Piece
from office.findings import Finding, Level

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

OURS = "circulars"  # the author of our notes
CONTEXT, KEY = "x-msgctxt", "x-segment-key"  # types of our contexts
MAX_SEGMENT = 20_000  # characters; letters admit less
_PART = re.compile(r"[\w.-]{1,100}")
_DONE = {"translated", "signed-off", "final"}
_UNTOUCHED = {"new", "needs-translation"}
_GUESSED = {"fuzzy-match", "mt-suggestion", "leveraged-mt"}
_FOREIGN = {"conf", "status", "confirmed"}
_CONFIRMED = {
    "translated", "approvedtranslation", "approvedsignoff",  # Trados
    "manuallyconfirmed", "confirmedtranslator", "confirmedreviewer1", "confirmedreviewer2", "proofread",  # memoQ
    "1", "2", "3", "4", "5",  # Phrase: the step of the work that has confirmed it
}  # fmt: skip
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


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
        _close_gaps(element, target_element, language)
        codes = {**defined, **_codes_by_place(element, source), **source.codes}
        target = read_inline(target_element, codes)
        unit = _with_target(unit, element, target_element, target, faults)
        faults.foreign(target, source)
    is_source = _is_placeholder(unit, element, target_element)
    if is_source:
        unit = replace(unit, msgstr="", to_revise=False)
    return ReadUnit(unit=unit, number=number, line=faults.line, is_source=is_source, findings=tuple(faults.found))


def child(element: Element, name: str) -> Element | None:
    """Return the first child of that name."""
    return next((found for found in element if local_name(found) == name), None)


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
    missing = _untranslated_segments(element, target_element)
    if missing:
        faults.add(
            "xliff-incomplete", "only a part of it is translated.", "Translate the rest; it is marked to revise."
        )
    remarks = [text for text in (unit.remark, *target.comments) if text]
    return replace(
        unit,
        msgstr=rebuilt.text,
        to_revise=missing or _is_to_revise(element, target_element),
        remark="\n".join(remarks),
    )


def line_of(element: Element) -> int | None:
    """Return the line where the element begins."""
    line: Any = element.sourceline
    return int(line) if line else None


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


def _segments(element: Element | None) -> dict[str, Element]:
    """Return the ``<mrk mtype="seg">`` within an element by their ``mid``."""
    found = [] if element is None else [part for part in element.iter() if local_name(part) == "mrk"]
    return {mark.get("mid") or "": mark for mark in found if mark.get("mtype") == "seg"}


def _untranslated_segments(element: Element, target: Element) -> bool:
    done = _segments(target)
    wanted = _segments(child(element, "seg-source"))
    return bool(done) and any(
        _content(mark).strip() and not (mid in done and _content(done[mid]).strip()) for mid, mark in wanted.items()
    )


def _close_gaps(element: Element, target: Element, language: str) -> None:
    """Make the space between segments the language's own.

    Tools put the source's space there, or none, or the line ends of a file laid out on lines; Chinese has none.
    """
    marks = [mark for mark in _segments(target).values() if mark.getparent() is target]
    source_gaps = {mid: mark.tail or "" for mid, mark in _segments(child(element, "seg-source")).items()}
    if not marks:
        return
    if "\n" in (target.text or "") and not (target.text or "").strip():
        target.text = ""
    for place, mark in enumerate(marks):
        gap = mark.tail or ""
        if gap.strip() or mark.getnext() is not (marks[place + 1] if place + 1 < len(marks) else None):
            continue
        if place + 1 == len(marks):
            mark.tail = "" if "\n" in gap else gap
            continue
        before, after = _content(mark), _content(marks[place + 1])
        is_dense = language.startswith("zh") or bool(_IDEOGRAPH.match(before[-1:]) and _IDEOGRAPH.match(after[:1]))
        is_spaced = not (before.strip() and after.strip()) or before[-1:].isspace() or after[:1].isspace()
        is_plain = not source_gaps.get(mark.get("mid") or "", "").strip()
        if is_dense:
            mark.tail = ""
        elif "\n" in gap or not gap:
            mark.tail = " " if is_plain and not is_spaced else ""


def _content(element: Element) -> str:
    return "".join(str(text) for text in element.itertext())


def _statuses(element: Element) -> Iterator[str]:
    """Yield what a tool says of the unit or its segments in attributes of its own."""
    for key, value in element.attrib.items():
        namespace, _, name = str(key).rpartition("}")
        if name in _FOREIGN and (namespace.removeprefix("{") or not local_name(element)):
            yield str(value).lower()
    for part in element:
        if local_name(part) not in {"alt-trans", "source", "seg-source"}:
            yield from _statuses(part)


def _states(target: Element) -> set[str]:
    parts = [target, *_segments(target).values()]
    return {state for part in parts if (state := part.get("state"))}


def _is_to_revise(element: Element, target: Element) -> bool:
    if element.get("approved") == "yes":
        return False
    if statuses := set(_statuses(element)):
        return not statuses <= _CONFIRMED
    states = _states(target)
    return not states <= _DONE or (not states and target.get("state-qualifier") in _GUESSED)


def _is_placeholder(unit: Unit, element: Element, target: Element | None) -> bool:
    """Tell whether a tool has put the source where the translation will be, and nobody has said it is one."""
    if target is None or unit.msgstr != unit.msgid or element.get("approved") == "yes":
        return False
    said = set(_statuses(element)) or _states(target)
    return not said & (_CONFIRMED | _DONE) and not said - _UNTOUCHED - {"notstarted", "0", "false"}


@dataclass
class _Faults:
    """Findings about one unit."""

    name: str
    number: str
    line: int | None

    def __post_init__(self) -> None:
        self.found: list[Finding] = []

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
            if code.kind is Kind.FIELD and about not in known and not about.startswith("recipient"):
                self.add(
                    "xliff-field", f"its target has the field «{code.text}», which its source does not have.", hint
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
