"""The compiled form of a PDF: the letter's data with slots, and the template that sets it.

Neither Typst nor a typeface is needed here; `templates.pdf.engine` makes the document.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from templates.escapes import JSON_ESCAPES
from templates.forms import Form, Value, form_from_json

LIBRARY = "letter.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfForm:
    """A letter in its language or two for one class. ``data`` gives JSON text when it is spliced.

    ``template`` is the source of circular.typ; ``files`` are what it may use, by name: `LIBRARY`, and pictures, whose
    names end in the beginning of their SHA-256.
    """

    data: Form
    template: str
    files: Mapping[str, bytes]

    @property
    def is_constant(self) -> bool:
        """Tell whether every addressee gets the same document."""
        return self.data.is_constant

    @property
    def used(self) -> frozenset[int]:
        """The numbers of the values that are printed, or decide on what is printed."""
        return self.data.indices

    def data_for(self, values: Sequence[Value]) -> str:
        """Return the letter's data for one addressee, as JSON text."""
        return self.data.splice(values, JSON_ESCAPES)

    def as_json(self) -> dict[str, object]:
        """Return what the digest is made of: data, template and pictures, never the rendered document."""
        return {
            "data": self.data.as_json(),
            "template": self.template,
            "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(self.files.items())},
        }

    def files_as_json(self) -> dict[str, str]:
        """Return the files for the archive, in base64."""
        return {name: base64.b64encode(content).decode("ascii") for name, content in sorted(self.files.items())}


def pdf_form_from_json(shape: Mapping[str, object], files: Mapping[str, str]) -> PdfForm:
    """Rebuild a form from `PdfForm.as_json` and `PdfForm.files_as_json`; raises ValueError if it is damaged."""
    match shape:
        case {"data": list(data), "template": str(template), "files": dict(hashes)}:
            form = PdfForm(
                data=form_from_json(data),
                template=template,
                files={name: base64.b64decode(str(content)) for name, content in files.items()},
            )
        case _:
            raise ValueError("not a PDF of the archive")
    if form.as_json()["files"] != hashes:
        raise ValueError("the archived files of a PDF are damaged")
    return form
