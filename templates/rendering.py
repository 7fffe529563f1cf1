"""The one rendering path: a composed letter becomes its forms, and forms with values become what is sent.

Preview, plan, issue and the archive all splice the same forms (docs/decisions/0002).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from letters.composed import Composed, SlotSpec
from locales.languages import languages_of
from office.errors import InputError
from templates.docxform import DocxForm, docx_form_from_json
from templates.escapes import HTML_ESCAPES, TEXT_ESCAPES
from templates.forms import Form, Slot, Value, form_from_json
from templates.look import Look
from templates.pdf.form import PdfForm, pdf_form_from_json

ARCHIVE_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """A letter compiled in one language, or in a pair such as ``fr+ar``, for one class.

    ``slots`` say what each value is; a letter from the archive knows their names, kinds, roles and ranks only.
    ``pdf`` is None in what earlier versions archived. ``first_subject`` is the subject without the second language's,
    for calendar entries; None if there is one language, and in the archive, where calendars are sealed.
    """

    language: str
    class_name: str
    slots: tuple[SlotSpec, ...]
    subject: Form
    text: Form
    html: Form
    docx: DocxForm
    pdf: PdfForm | None = None
    first_subject: Form | None = None

    def subject_for(self, values: Sequence[Value]) -> str:
        """Return the mail's subject for one addressee's ``values``: one line, not encoded."""
        return self.subject.splice(values, TEXT_ESCAPES).strip()

    def text_for(self, values: Sequence[Value]) -> str:
        """Return the plain text; lines end with ``\\n``."""
        return self.text.splice(values, TEXT_ESCAPES)

    def html_for(self, values: Sequence[Value]) -> str:
        """Return the HTML document."""
        return self.html.splice(values, HTML_ESCAPES)

    def docx_for(self, values: Sequence[Value]) -> bytes:
        """Return the Word document; the same values give the same bytes, always."""
        return self.docx.splice(values)

    def pdf_for(self, values: Sequence[Value]) -> bytes:
        """Return the PDF; raises `InputError` if the office's template fails with it, or the archive has none."""
        from templates.pdf.engine import render

        if self.pdf is None:
            raise InputError(
                "This letter was issued before there were PDF files.", hint="Ask for the Word document: docx."
            )
        return render(self.pdf, values)

    def as_json(self) -> dict[str, object]:
        """Return the canonical shape that the digest is made of."""
        shape: dict[str, object] = {
            "language": self.language,
            "class": self.class_name,
            "slots": [_slot_as_json(slot, self.language) for slot in self.slots],
            "subject": self.subject.as_json(),
            "text": self.text.as_json(),
            "html": self.html.as_json(),
            "docx": self.docx.as_json(),
        }
        return shape if self.pdf is None else {**shape, "pdf": self.pdf.as_json()}

    def to_archive(self) -> bytes:
        """Return everything that splicing needs, as canonical JSON."""
        shape = {"format": ARCHIVE_FORMAT, "forms": self.as_json(), "packed": self.docx.packed_as_json()}
        if self.pdf is not None:
            shape["pdf-files"] = self.pdf.files_as_json()
        return json.dumps(shape, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def forms_from_archive(data: bytes) -> Forms:
    """Rebuild forms from `Forms.to_archive`; raises ValueError if they are damaged or of a later version."""
    match json.loads(data):
        case {"format": 1, "forms": dict(shape), "packed": list(packed), **rest}:
            forms = _forms(shape, packed)
            match shape, rest:
                case {"pdf": dict(pdf)}, {"pdf-files": dict(files)}:
                    return replace(forms, pdf=pdf_form_from_json(pdf, files))
            return forms
        case _:
            raise ValueError("these are not archived forms, or forms of a later version of this program")


def _forms(shape: Mapping[str, object], packed: Sequence[Sequence[object]]) -> Forms:
    match shape:
        case {
            "language": str(language),
            "class": str(class_name),
            "slots": list(slots),
            "subject": list(subject),
            "text": list(text),
            "html": list(page),
            "docx": dict(document),
        }:
            return Forms(
                language=language,
                class_name=class_name,
                slots=tuple(_slot(language, *slot) for slot in slots),
                subject=form_from_json(subject),
                text=form_from_json(text),
                html=form_from_json(page),
                docx=docx_form_from_json(document, packed),
            )
        case _:
            raise ValueError("the archived forms are damaged")


def _slot_as_json(slot: SlotSpec, tag: str) -> list[str]:
    """What a value is; of a salutation or close also by whose role and rank, as they choose its words.

    In a bilingual letter (``tag``) also the language in which it is printed.
    """
    if len(languages_of(tag)) > 1:
        return [slot.name, slot.kind, slot.role, slot.rank, slot.language]
    return [slot.name, slot.kind, slot.role, slot.rank] if slot.role or slot.rank else [slot.name, slot.kind]


def _slot(  # noqa: PLR0917 - as many as the archive keeps of a slot
    tag: str, name: str, kind: Literal["text", "truth"], role: str = "", rank: str = "", language: str = ""
) -> SlotSpec:
    return SlotSpec(name=name, kind=kind, role=role, rank=rank, language=language or tag)


def compile_forms(composed: Composed, look: Look) -> Forms:
    """Compile a letter; raises `InputError` if the office's HTML template fails with it."""
    from templates.docx import compile_docx
    from templates.pdf.compiling import compile_pdf
    from templates.text import compile_subject, compile_text

    return Forms(
        language=composed.tag,
        class_name=composed.class_name,
        slots=composed.all_slots,
        subject=compile_subject(composed),
        text=compile_text(composed),
        html=_page_form(composed, look),
        docx=compile_docx(composed, look.letterheads[composed.direction], logo=look.logo, colour=look.colour),
        pdf=compile_pdf(composed, look),
        first_subject=compile_subject(replace(composed, second=None)) if composed.second else None,
    )


def _page_form(composed: Composed, look: Look) -> Form:
    """Compile the HTML; the office's template may cut the mark of a value in two, or move it where none fits."""
    from templates.html import compile_html

    damaged = InputError(f"{look.page.name} changes the places of an addressee's values.", hint="Use fields unchanged.")
    try:
        form = compile_html(composed, look.page, look.colour)
    except ValueError as error:
        raise damaged from error
    if not {part.kind for part in form.walk() if isinstance(part, Slot)} <= HTML_ESCAPES.keys():
        raise damaged
    return form
