"""A composed letter compiled for PDF: its data, the template in force, and the pictures that it prints."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from letters.composed import Composed
from letters.model import Signature
from templates.look import BUILTIN, Look
from templates.pdf.data import letter_data
from templates.pdf.form import LIBRARY, PdfForm

if TYPE_CHECKING:
    from office.pictures import Picture


def compile_pdf(composed: Composed, look: Look) -> PdfForm:
    """Return the form of the PDF."""
    files = {LIBRARY: (BUILTIN / LIBRARY).read_bytes()}

    def added(name: str, picture: Picture | None) -> str:
        if picture is None:
            return ""
        named = f"{name}-{hashlib.sha256(picture.content).hexdigest()[:16]}.{picture.suffix}"
        files[named] = picture.content
        return named

    is_signed = composed.signature is Signature.FACSIMILE
    data = letter_data(
        composed,
        logo=added("logo", look.logo),
        facsimile=added("signature", composed.facsimile if is_signed else None),
        colour=look.colour,
        typeface=look.typeface,
    )
    return PdfForm(data=data, template=look.sheet, files=files)
