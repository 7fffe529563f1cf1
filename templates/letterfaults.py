"""What is wrong with a letterhead, all at once: each fault with its part, paragraph and text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from office.findings import Finding, Level
from office.suggestions import did_you_mean
from templates.letterfields import FIELDS, LISTED_FIELDS, FieldPlace, fields_in, owner, without_fields
from templates.letterplaces import Atom, Story, read_story
from templates.wordpackage import OFFICE, BadDocumentError, WordPackage, open_package, relationships_of
from templates.wordxml import R, is_on, local, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

EXPECTED = ("date_line", "references", "addressees", "subject", "salutation", "closing", "signatory")
_LOOSE = re.compile(r"\{\s*\{|\}\s*\}|\{%|%\}")
_BEGUN, _ENDED = re.compile(r"\{\{[^{}]*$"), re.compile(r"^[^{}]*\}\}")
_TAKE_OUT = "Open it in Word; where Word cannot show something, take it out or put it in again; then save."
_SHOWN_BY_ID = {"blip": "picture", "imagedata": "picture", "headerReference": "header", "footerReference": "footer"}
_SHOWN = 60  # characters of a paragraph in a message
_MAIL_MERGE = {"mailMergeSource", "mailMergeHeaderSource"}
_UNFILLED = re.compile(r"(^|/)(footnotes|endnotes|charts/[^/]*|diagrams/data\w*)\.xml$")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph as messages name it. ``text`` holds what is deleted in a tracked change too."""

    element: Element
    atoms: Sequence[Atom]
    text: str
    place: str

    def atoms_of(self, field: FieldPlace) -> list[Atom]:
        """Return the pieces of text over which a field runs."""
        found: list[Atom] = []
        start = 0
        for atom in self.atoms:
            if start < field.end and field.start < start + len(atom.text):
                found.append(atom)
            start += len(atom.text)
        return found


def letterhead_findings(name: str, data: bytes) -> tuple[Finding, ...]:
    """Return every fault of a letterhead; ``name`` is its path as the office sees it."""
    try:
        package = open_package(data)
    except BadDocumentError as error:
        fault = Finding(level=Level.ERROR, code=error.code, message=error.message, hint=error.hint, file=name)
        return (fault,)
    return tuple(_Faults(name, package).all())


class _Faults:
    """Collects the faults of one letterhead."""

    def __init__(self, file: str, package: WordPackage) -> None:
        self.file = file
        self.package = package
        self.used: list[str] = []

    def all(self) -> Iterator[Finding]:
        """Yield them in the order of the document; last what is missing or of the document as a whole."""
        stories = [read_story(self.package.tree(part)) for part in self.package.stories]
        for part, story in zip(self.package.stories, stories, strict=True):
            found = self.paragraphs_of(part, story)
            for number, paragraph in enumerate(found):
                following = found[number + 1].text if number + 1 < len(found) else ""
                yield from self.of_paragraph(part, paragraph, following)
            yield from self.unfilled(part, story.elsewhere)
        for part in sorted(self.package.trees):
            if _UNFILLED.search(part):
                texts = ("".join(map(str, p.itertext())) for p in self.package.tree(part).iter("{*}p"))
                yield from self.unfilled(part, texts)
        yield from self.missing()
        yield from self.left_over(stories)
        yield from self.elsewhere()

    def paragraphs_of(self, part: str, story: Story) -> list[_Paragraph]:
        """Return a part's paragraphs with the words by which messages name them."""
        found: list[_Paragraph] = []
        for number, (element, atoms) in enumerate(story.paragraphs, start=1):
            text = "".join(atom.text for atom in atoms)
            boxed = ", in a text box" if _in_text_box(element) else ""
            place = f"{_part_name(self.package, part)}, paragraph {number}{boxed} («{_shown(text)}»)"
            found.append(_Paragraph(element, atoms, text, place))
        return found

    def of_paragraph(self, part: str, paragraph: _Paragraph, following: str) -> Iterator[Finding]:
        """Yield what is wrong in one paragraph; ``following`` is the text of the next."""
        fields = fields_in(paragraph.text)
        for field in fields:
            if (crossing := self.crossing(paragraph, field)) is not None:
                yield crossing
            elif (wrong := self.wrong(paragraph, field)) is not None:
                yield wrong
        if _LOOSE.search(without_fields(paragraph.text)):
            yield self.unfinished(paragraph, following)
        if any(_LOOSE.search(code) for code in _instructions(paragraph.element)):
            message = f"{paragraph.place}: a field within the instruction of a Word field"
            yield self.fault(
                "letterhead-field-in-instruction", message, "Remove Word's own field and type ours as text."
            )
        names = [field.name for field in fields]
        self.used.extend(names)
        for name in ("body", "annexes"):
            if name in names:
                yield from self.alone(part, paragraph, name, len(fields))
                yield from self.backwards(paragraph)

    def crossing(self, paragraph: _Paragraph, field: FieldPlace) -> Finding | None:
        """Return the fault of a field that stands where it cannot be filled whole."""
        atoms = paragraph.atoms_of(field)
        place = f"{paragraph.place}: the field «{paragraph.text[field.start : field.end]}»"
        if any(atom.in_instruction for atom in atoms):
            hint = "Remove Word's own field and type ours as text."
            return self.fault("letterhead-field-in-instruction", f"{place} stands within a Word field", hint)
        if any(atom.is_tracked for atom in atoms):
            hint = "Accept or reject the change in Word (Review), then save."
            return self.fault("letterhead-tracked-field", f"{place} is part of a tracked change", hint)
        if any(atom.has_comment for atom in atoms):
            hint = "Delete the comment: it would go out with every letter."
            return self.fault("letterhead-commented-field", f"{place} has a comment", hint)
        if len({atom.holder for atom in atoms}) > 1:
            hint = "Let the link hold all of the field or nothing of it."
            return self.fault(
                "letterhead-crossing-field", f"{place} runs over the edge of a link or of a Word field", hint
            )
        return None

    def wrong(self, paragraph: _Paragraph, field: FieldPlace) -> Finding | None:
        """Return the fault of a field that is not one of ours."""
        if field.name and field.name not in FIELDS:
            name = re.split(r"[|(]", field.name)[0].strip()
            message = f"{paragraph.place}: there is no field «{field.name.strip()}»"
            hint = did_you_mean(name, FIELDS)
            if name.lower() in FIELDS:
                hint = f'After its name a field can have | default("…") or | join("…"), nothing else: {{{{ {name} }}}}'
            return self.fault("letterhead-unknown-field", message, hint)
        if field.separator and field.name not in LISTED_FIELDS:
            message = f"{paragraph.place}: the field «{field.name}» has no lines to join"
            return self.fault("letterhead-unknown-field", message, f"Write {{{{ {field.name} }}}}.")
        return None

    def unfinished(self, paragraph: _Paragraph, following: str) -> Finding:
        """Return the fault of braces that are not a whole field."""
        rest = without_fields(paragraph.text)
        message = f"{paragraph.place}: braces that are not a whole field"
        hint = "A field is two braces, its name, two braces: {{ subject }}. Conditions have no place in a letterhead."
        if _BEGUN.search(rest) and _ENDED.search(without_fields(following)):
            message = f"{paragraph.place}: a field that begins here and ends in the next paragraph"
            hint = "Write it on one line."
        elif re.search(r"\{\s+\{|\}\s+\}", rest):
            hint = "Nothing may stand between two braces: {{ subject }}."
        return self.fault("letterhead-unfinished-field", message, hint)

    def alone(self, part: str, paragraph: _Paragraph, name: str, count: int) -> Iterator[Finding]:
        """Yield why the letter's text, or its annexes, cannot stand in a paragraph."""
        what = "the letter's text" if name == "body" else "annexes"
        if part != self.package.main or _in_text_box(paragraph.element):
            message = f"{paragraph.place}: {what} cannot stand in a header, footer or text box"
            yield self.fault("letterhead-body-place", message, f"Move {{{{ {name} }}}} to the page itself.")
        elif count > 1 or without_fields(paragraph.text).strip():
            message = f"{paragraph.place}: {what} cannot share a paragraph"
            yield self.fault("letterhead-body-place", message, f"Put {{{{ {name} }}}} alone on a line.")

    def unfilled(self, part: str, texts: Sequence[str] | Iterator[str]) -> Iterator[Finding]:
        """Yield the fields among texts that are never filled."""
        for text in texts:
            for field in fields_in(text):
                if field.name in FIELDS:
                    place = f"{_part_name(self.package, part)} («{_shown(text)}»)"
                    message = (
                        f"{place}: no field is filled here, in a note, chart, equation or description of a picture"
                    )
                    hint = "Write it in ordinary text of the page, of a header, a footer, a table or a text box."
                    yield self.fault("letterhead-field-place", message, hint)

    def backwards(self, paragraph: _Paragraph) -> Iterator[Finding]:
        """Yield that the letter's text would run from right to left in languages that are not written so."""
        turned = paragraph.element.find(f"{w('pPr')}/{w('bidi')}")
        if self.file.endswith(".ltr.docx") and turned is not None and is_on(turned):
            message = f"{paragraph.place}: the paragraph runs from right to left, and the letter's text with it"
            hint = "Turn it in Word (Home, Left-to-Right); the letterhead for Arabic is letterhead.rtl.docx."
            yield self.warning("letterhead-direction", message, hint)

    def missing(self) -> Iterator[Finding]:
        """Yield which parts of a letter have no place."""
        if "body" not in self.used:
            message = "the letterhead has no place for the letter's text"
            yield self.fault("letterhead-no-body", message, "Write {{ body }} on a line of its own.")
        elif self.used.count("body") > 1:
            message = "the letterhead has more than one place for the letter's text"
            yield self.fault("letterhead-body-place", message, "Leave one {{ body }}.")
        missing = [f"{{{{ {field} }}}}" for field in EXPECTED if field not in self.used]
        if missing:
            message = f"the letterhead has no place for: {', '.join(missing)}"
            hint = "These parts of the letter will not be printed; write the fields where they belong."
            yield self.warning("letterhead-missing-field", message, hint)

    def left_over(self, stories: Sequence[Story]) -> Iterator[Finding]:
        """Yield what was meant for who made the letterhead, and would go out with every letter."""
        if any(story.has_changes for story in stories):
            message = "the letterhead holds tracked changes, which would go out with every letter"
            yield self.warning("letterhead-changes", message, "Accept or reject all changes in Word (Review).")
        if any(story.has_comments for story in stories):
            message = "the letterhead holds comments, which would go out with every letter"
            yield self.warning("letterhead-comments", message, "Delete all comments in Word (Review).")

    def elsewhere(self) -> Iterator[Finding]:
        """Yield what lies outside the document, and what it names and does not hold."""
        for source in sorted({"", *self.package.parts}):
            part = relationships_of(source)
            relations = {str(found.get("Id")): found for found in self.package.relations(source)}
            for identifier, found in relations.items():
                kind, target = str(found.get("Type")).rpartition("/")[2], str(found.get("Target"))
                if found.get("TargetMode") == "External":
                    if kind not in {"hyperlink", "attachedTemplate"} | _MAIL_MERGE:
                        article = "an" if kind[:1] in "aeiou" else "a"
                        message = f"{part}: {article} {kind} outside the document ({target}), which no reader may fetch"
                        hint = "Insert it into the document instead of linking it."
                        yield self.fault("letterhead-outside", message, hint)
                elif not target.startswith("#") and not self.package.target(source, identifier):
                    message = f"{part}: the document has no part {target} ({kind}), which it names"
                    yield self.fault("letterhead-damaged", message, _TAKE_OUT)
            if source in self.package.stories:
                yield from self.unrelated(source, relations)

    def unrelated(self, part: str, relations: Collection[str]) -> Iterator[Finding]:
        """Yield the pictures, headers and footers of a part that are not there."""
        for element in self.package.tree(part).iter():
            if (what := _SHOWN_BY_ID.get(local(element))) is None:
                continue
            named = [str(value) for key, value in element.attrib.items() if str(key).startswith(f"{{{R}}}")]
            for identifier in (value for value in named if value and value not in relations):
                message = f"{_part_name(self.package, part)}: a {what} that the document does not hold ({identifier})"
                yield self.fault("letterhead-damaged", message, _TAKE_OUT)

    def fault(self, code: str, message: str, hint: str) -> Finding:
        """Return what keeps the letterhead from being used."""
        return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=self.file)

    def warning(self, code: str, message: str, hint: str) -> Finding:
        """Return what somebody should look at."""
        return Finding(level=Level.WARNING, code=code, message=message, hint=hint, file=self.file)


def _instructions(paragraph: Element) -> Iterator[str]:
    """Yield the instructions of Word's own fields in a paragraph."""
    found = paragraph.iter(w("instrText"), w("delInstrText"))
    yield "".join(code.text or "" for code in found if owner(code) is paragraph)
    for field in paragraph.iter(w("fldSimple")):
        if owner(field) is paragraph:
            yield str(field.get(w("instr"), ""))


def _in_text_box(paragraph: Element) -> bool:
    return next(paragraph.iterancestors(w("txbxContent")), None) is not None


def _part_name(package: WordPackage, part: str) -> str:
    if part == package.main:
        return "page"
    kind = next((kind for kind in ("header", "footer") if part in package.related(package.main, OFFICE + kind)), "part")
    return f"{kind} ({part.rpartition('/')[2]})"


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
