"""The fields of a letterhead: finding `{{ … }}` in its text, healing them, and naming what is wrong.

Word cuts text into runs as it pleases (spelling, revisions), often in the middle of a field. Texts are joined per
paragraph on the tree and a field cut in pieces is put together in its first run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from office.findings import Finding, Level
from office.suggestions import did_you_mean
from templates.wordpackage import BadDocumentError, WordPackage, open_package
from templates.wordxml import w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LINE_FIELDS = frozenset(
    {"office", "unit", "date_line", "subject", "salutation", "closing", "signature", "signatory", "title"}
)
BLOCK_FIELDS = frozenset({"references", "contacts", "addressees", "body", "annexes"})
FIELDS = LINE_FIELDS | BLOCK_FIELDS
EXPECTED = ("date_line", "references", "addressees", "subject", "salutation", "closing", "signatory")
_FIELD = re.compile(r"\{\{(.*?)\}\}")
_LOOSE = re.compile(r"\{\{|\}\}|\{%|%\}")
_SHOWN = 60  # characters of a paragraph in a message


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """A field within the joined text of a paragraph."""

    start: int
    end: int
    name: str


def paragraphs(root: Element) -> Iterator[Element]:
    """Yield every paragraph of a part, those of text boxes too."""
    yield from list(root.iter(w("p")))


def texts_of(paragraph: Element) -> list[Element]:
    """Return the text elements of a paragraph, without those of a text box anchored in it."""
    return [found for found in paragraph.iter(w("t")) if _owner(found) is paragraph]


def _owner(element: Element) -> Element | None:
    return next(iter(element.iterancestors(w("p"))), None)


def joined(paragraph: Element) -> str:
    """Return a paragraph's text."""
    return "".join(found.text or "" for found in texts_of(paragraph))


def fields_in(text: str) -> list[FieldPlace]:
    """Return the fields in a paragraph's text."""
    return [FieldPlace(found.start(), found.end(), found[1].strip()) for found in _FIELD.finditer(text)]


def heal(paragraph: Element) -> None:
    """Put every field of a paragraph whole into the text element where it begins."""
    texts = texts_of(paragraph)
    for place in reversed(fields_in("".join(text.text or "" for text in texts))):
        start = 0
        first: Element | None = None
        for text in texts:
            content = text.text or ""
            low, high = max(place.start - start, 0), min(place.end - start, len(content))
            start += len(content)
            if low >= high:
                continue
            if first is None:
                first = text
                text.text = content[:low] + "{{" + place.name + "}}" + content[high:]
            else:
                text.text = content[:low] + content[high:]


def letterhead_findings(name: str, data: bytes) -> tuple[Finding, ...]:
    """Return every fault of a letterhead; ``name`` is its path as the office sees it."""
    try:
        package = open_package(data)
    except BadDocumentError as error:
        fault = Finding(level=Level.ERROR, code=error.code, message=error.message, hint=error.hint, file=name)
        return (fault,)
    found: list[Finding] = []
    used: list[str] = []
    for part in package.stories:
        for number, paragraph in enumerate(paragraphs(package.tree(part)), start=1):
            text = joined(paragraph)
            place = f"{_part_name(package, part)}, paragraph {number} («{_shown(text)}»)"
            found.extend(_faults(text, name, place))
            names = [field.name for field in fields_in(text)]
            used.extend(names)
            if "body" in names:
                found.extend(_faults_of_body(package, part, paragraph, name, place))
    found.extend(_missing(used, name))
    found.extend(_pictures_elsewhere(package, name))
    return tuple(found)


def _faults(text: str, name: str, place: str) -> Iterator[Finding]:
    for field in fields_in(text):
        if field.name not in FIELDS:
            hint = did_you_mean(field.name, FIELDS)
            yield _fault(name, "letterhead-unknown-field", f"{place}: there is no field «{field.name}»", hint)
    rest = _FIELD.sub("", text)
    if _LOOSE.search(rest):
        message = f"{place}: braces that are not a whole field"
        hint = "A field is two braces, its name, two braces: {{ subject }}. Conditions have no place in a letterhead."
        yield _fault(name, "letterhead-unfinished-field", message, hint)


def _faults_of_body(package: WordPackage, part: str, paragraph: Element, name: str, place: str) -> Iterator[Finding]:
    text = joined(paragraph)
    if part != package.main or next(paragraph.iterancestors(w("txbxContent")), None) is not None:
        message = f"{place}: the letter's text cannot stand in a header, footer or text box"
        yield _fault(name, "letterhead-body-place", message, "Move {{ body }} to the page itself.")
    elif len(fields_in(text)) > 1 or _FIELD.sub("", text).strip():
        message = f"{place}: the letter's text needs a paragraph of its own"
        yield _fault(name, "letterhead-body-place", message, "Put {{ body }} alone on a line.")


def _missing(used: list[str], name: str) -> Iterator[Finding]:
    if "body" not in used:
        message = "the letterhead has no place for the letter's text"
        yield _fault(name, "letterhead-no-body", message, "Write {{ body }} on a line of its own.")
    elif used.count("body") > 1:
        message = "the letterhead has more than one place for the letter's text"
        yield _fault(name, "letterhead-body-place", message, "Leave one {{ body }}.")
    missing = [f"{{{{ {field} }}}}" for field in EXPECTED if field not in used]
    if missing:
        message = f"the letterhead has no place for: {', '.join(missing)}"
        hint = "These parts of the letter will not be printed; write the fields where they belong."
        yield Finding(level=Level.WARNING, code="letterhead-missing-field", message=message, hint=hint, file=name)


def _pictures_elsewhere(package: WordPackage, name: str) -> Iterator[Finding]:
    for part in sorted(package.parts):
        if not part.endswith(".rels"):
            continue
        for found in package.tree(part):
            kind = str(found.get("Type")).rpartition("/")[2]
            if found.get("TargetMode") == "External" and kind not in {"hyperlink", "attachedTemplate"} | _MAIL_MERGE:
                message = f"{part}: a {kind} outside the document ({found.get('Target')}), which no reader may fetch"
                yield _fault(name, "letterhead-outside", message, "Insert it into the document instead of linking it.")


_MAIL_MERGE = {"mailMergeSource", "mailMergeHeaderSource"}


def _part_name(package: WordPackage, part: str) -> str:
    if part == package.main:
        return "page"
    kind = "header" if "header" in part else "footer"
    return f"{kind} ({part.rpartition('/')[2]})"


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _fault(name: str, code: str, message: str, hint: str) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=name)
