"""The sentences into which tools divide a ``<trans-unit>``, and what tools say of them and of the unit.

``<seg-source>`` and ``<mrk mtype="seg">`` are the standard's (XLIFF 1.2, section 2.5); SDLXLIFF says ``sdl:conf`` per
segment, MQXLIFF ``mq:status``, Phrase ``m:confirmed``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from locales.exchange.inline_reading import child, is_element, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DONE = {"translated", "signed-off", "final"}
_UNTOUCHED = {"new", "needs-translation", "notstarted", "0", "false"}
_GUESSED = {"fuzzy-match", "mt-suggestion", "leveraged-mt"}
_FOREIGN = {"conf", "status", "confirmed"}
_CONFIRMED = {
    "translated", "approvedtranslation", "approvedsignoff",  # Trados
    "manuallyconfirmed", "confirmedtranslator", "confirmedreviewer1", "confirmedreviewer2", "proofread",  # memoQ
    "1", "2", "3", "4", "5",  # Phrase: the step of the work that has confirmed it
}  # fmt: skip
_IDEOGRAPH = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")


def is_to_revise(element: Element, target: Element) -> bool:
    """Tell whether somebody must look at the translation. What the tool says counts more than the standard's state."""
    if element.get("approved") == "yes":
        return False
    said = [part.get("conf") for part in _segment_definitions(element)]
    if any(said) and not all(said):
        return True  # Trados says nothing of segments that nobody has touched
    if statuses := set(_statuses(element)):
        return not statuses <= _CONFIRMED
    states = _states(target)
    return not states <= _DONE or (not states and target.get("state-qualifier") in _GUESSED)


def is_untouched(element: Element, target: Element) -> bool:
    """Tell whether nobody has said that the target is a translation."""
    said = set(_statuses(element)) or _states(target)
    return element.get("approved") != "yes" and said <= _UNTOUCHED


def lacks_segments(element: Element, target: Element) -> bool:
    """Tell whether a sentence of the source has no translation, and the tool does not say that this is meant.

    Two sentences may well have become one.
    """
    done = _segments(target)
    if not done or element.get("approved") == "yes":
        return False
    is_done = bool(_states(target)) and _states(target) <= _DONE
    statuses = {part.get("id") or "": status for part in _segment_definitions(element) if (status := part.get("conf"))}
    for mid, mark in _segments(child(element, "seg-source")).items():
        is_meant = statuses.get(mid, "").lower() in _CONFIRMED or (is_done and not statuses and mid not in done)
        if _content(mark).strip() and not is_meant and not (mid in done and _content(done[mid]).strip()):
            return True
    return False


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


def _segment_definitions(element: Element) -> Iterator[Element]:
    return (part for part in element.iter() if is_element(part) and str(part.tag).endswith("}seg"))


def close_gaps(element: Element, target: Element, language: str) -> None:
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


def _segments(element: Element | None) -> dict[str, Element]:
    """Return the ``<mrk mtype="seg">`` within an element by their ``mid``."""
    found = [] if element is None else [part for part in element.iter() if local_name(part) == "mrk"]
    return {mark.get("mid") or "": mark for mark in found if mark.get("mtype") == "seg"}
