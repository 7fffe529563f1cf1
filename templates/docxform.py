"""The compiled form of a Word document: parts that never change, packed once, and parts with an addressee's values.

Splicing copies the packed bytes and writes the other parts uncompressed, so that the same form and values give the
same bytes with any build of zlib. No XML library is needed here.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from office.ziplayout import Packed, close, lay_out, store, unpack
from templates.escapes import RunStyle, word_escapes
from templates.forms import Escape, Form, Value, form_from_json


@dataclass(frozen=True)
class DocxForm:
    """A .docx compiled for one language and class.

    ``packed`` are the parts that are the same for all; ``open_parts`` are (name, form) of the others. ``styles``
    are the run styles that slots name by number.
    """

    packed: tuple[Packed, ...]
    open_parts: tuple[tuple[str, Form], ...]
    styles: tuple[RunStyle, ...]

    @property
    def is_constant(self) -> bool:
        """Tell whether every addressee gets the same document."""
        return not self.open_parts

    def splice(self, values: Sequence[Value]) -> bytes:
        """Return the .docx for one addressee's ``values``."""
        local, central, count = self._beginning
        if self.open_parts:
            filled = (store(name, self._fill(form, values)) for name, form in self.open_parts)
            more_local, more_central, more = lay_out(filled, offset=len(local))
            local, central, count = local + more_local, central + more_central, count + more
        return close(local, central, count)

    def _fill(self, form: Form, values: Sequence[Value]) -> bytes:
        return form.splice(values, self._escapes).encode("utf-8")

    @cached_property
    def _beginning(self) -> tuple[bytes, bytes, int]:
        return lay_out(self.packed)

    @cached_property
    def _escapes(self) -> Mapping[str, Escape]:
        return word_escapes(self.styles)

    def as_json(self) -> dict[str, object]:
        """Return what the digest is made of: hashes of unpacked content and the forms, never packed bytes."""
        return {
            "styles": [[style.left_to_right, style.right_to_left] for style in self.styles],
            "packed": [[part.name, hashlib.sha256(unpack(part)).hexdigest()] for part in self.packed],
            "open": [[name, form.as_json()] for name, form in self.open_parts],
        }

    def packed_as_json(self) -> list[list[object]]:
        """Return the packed parts for the archive."""
        return [
            [part.name, part.method, part.crc, part.size, base64.b64encode(part.data).decode("ascii")]
            for part in self.packed
        ]


def docx_form_from_json(shape: Mapping[str, object], packed: Sequence[Sequence[object]]) -> DocxForm:
    """Rebuild a form from `DocxForm.as_json` and `DocxForm.packed_as_json`; raises ValueError if damaged."""
    match shape:
        case {"styles": list(styles), "open": list(opened), "packed": list(hashes)}:
            form = DocxForm(
                packed=tuple(_packed(item) for item in packed),
                open_parts=tuple((str(name), form_from_json(parts)) for name, parts in opened),
                styles=tuple(RunStyle(left, right) for left, right in styles),
            )
        case _:
            raise ValueError("not a document of the archive")
    if form.as_json()["packed"] != hashes:
        raise ValueError("the archived document is damaged")
    return form


def _packed(item: Sequence[object]) -> Packed:
    match item:
        case [str(name), int(method), int(crc), int(size), str(data)]:
            return Packed(name=name, data=base64.b64decode(data), method=method, crc=crc, size=size)
        case _:
            raise ValueError("not a part of an archived document")
