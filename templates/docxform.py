"""The compiled form of a Word document: parts that never change, packed once, and parts with an addressee's values.

Splicing copies the packed bytes and joins compressed stretches with values that are not compressed, so that the same
form and values give the same bytes with any build of zlib (docs/decisions/0012). No XML library is needed here.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache, partial

from office.deflated import END, CrcStep, crc_step, deflated, inflated, stored
from office.errors import InputError
from office.ziplayout import DEFLATED, Packed, deflate, end_record, lay_out, store, unpack
from templates.escapes import RunStyle, word_escapes
from templates.forms import Constant, Escape, Form, Value, compile_program, form_from_json

VARIABLE = "CIRCULARS_DOCX"  # the environment's word on `Packing`
_KEPT, _KEPT_BYTES = 64, 2_000_000  # the latest documents of a form that are kept, and what they may weigh
_USUAL_LEVEL = 6


class Packing(StrEnum):
    """How parts with values are compressed. What was issued keeps the way in which it was issued."""

    JOINED = "joined"  # stretches compressed once; the same bytes under any build of zlib
    ZLIB = "zlib"  # each document's part compressed by itself, as other programs do; its bytes depend on the build
    STORED = "stored"  # not compressed; all that was issued before there were stretches

    @classmethod
    def chosen(cls, environment: Mapping[str, str]) -> Packing:
        """Return what ``CIRCULARS_DOCX`` says, else `JOINED`; raises `InputError` for a word that is not known."""
        word = environment.get(VARIABLE, "") or cls.JOINED
        try:
            return cls(word)
        except ValueError:
            raise InputError(
                f"{VARIABLE} is «{word}» in the environment.", hint=f"Set it to one of {', '.join(cls)}, or not at all."
            ) from None


@dataclass(frozen=True, slots=True)
class OpenPart:
    """A part with an addressee's values; ``stretches`` are its constants, compressed, in the order of the form."""

    name: str
    form: Form
    packing: Packing
    stretches: tuple[bytes, ...] = ()


def open_part(name: str, form: Form, packing: Packing = Packing.JOINED) -> OpenPart:
    """Compress what is constant in a part, once."""
    stretches = (deflated(text.encode("utf-8")) for text in _constants(form)) if packing is Packing.JOINED else ()
    return OpenPart(name, form, packing, tuple(stretches))


@dataclass(frozen=True)
class DocxForm:
    """A .docx compiled for one language and class.

    ``packed`` are the parts that are the same for all; ``open_parts`` are the others. ``styles`` are the run styles
    that slots name by number.
    """

    packed: tuple[Packed, ...]
    open_parts: tuple[OpenPart, ...]
    styles: tuple[RunStyle, ...]

    @property
    def is_constant(self) -> bool:
        """Tell whether every addressee gets the same document."""
        return not self.open_parts

    @cached_property
    def used(self) -> tuple[int, ...]:
        """The numbers of the values that the document can differ in."""
        return tuple(sorted({index for part in self.open_parts for index in part.form.indices}))

    @property
    def beginning(self) -> bytes:
        """The bytes with which every addressee's document begins: the parts that are the same for all."""
        return self._laid_out[0]

    @cached_property
    def _laid_out(self) -> tuple[bytes, bytes, int]:
        return lay_out(self.packed)

    def splice(self, values: Sequence[Value]) -> bytes:
        """Return the .docx for one addressee's ``values``; documents that differ in none are made once."""
        return self._document(tuple([values[index] for index in self.used]))

    @cached_property
    def _document(self) -> Callable[[tuple[Value, ...]], bytes]:
        """The way from the values that are `used` to the document, with the latest documents kept."""
        beginning, directory, count = self._laid_out
        fillers = [_filler(part, self.used, word_escapes(self.styles)) for part in self.open_parts]

        def document(values: tuple[Value, ...]) -> bytes:
            filled = [fill(values) for fill in fillers]
            local, central, more = lay_out(filled, offset=len(beginning))
            end = end_record(len(beginning) + len(local), len(directory) + len(central), count + more)
            return b"".join((beginning, local, directory, central, end))

        return lru_cache(max(1, min(_KEPT, _KEPT_BYTES // (len(beginning) + 1))))(document)

    def as_json(self) -> dict[str, object]:
        """Return what the digest is made of: hashes of unpacked content and the forms, never packed bytes."""
        return {
            "styles": [[style.left_to_right, style.right_to_left] for style in self.styles],
            "packed": [[part.name, hashlib.sha256(unpack(part)).hexdigest()] for part in self.packed],
            "open": [[part.name, part.form.as_json()] for part in self.open_parts],
        }

    def packed_as_json(self) -> list[list[object]]:
        """Return for the archive the packed parts, and how the others are packed where they are not stored."""
        packed: list[list[object]] = [
            [part.name, part.method, part.crc, part.size, base64.b64encode(part.data).decode("ascii")]
            for part in self.packed
        ]
        packed += [
            [part.name, str(part.packing), [base64.b64encode(stretch).decode("ascii") for stretch in part.stretches]]
            for part in self.open_parts
            if part.packing is not Packing.STORED
        ]
        return packed


def docx_form_from_json(shape: Mapping[str, object], packed: Sequence[Sequence[object]]) -> DocxForm:
    """Rebuild a form from `DocxForm.as_json` and `DocxForm.packed_as_json`; raises ValueError if damaged."""
    constant = [_packed(item) for item in packed if len(item) != 3]
    packings = dict(_packing(item) for item in packed if len(item) == 3)
    match shape:
        case {"styles": list(styles), "open": list(opened), "packed": list(hashes)}:
            form = DocxForm(
                packed=tuple(constant),
                open_parts=tuple(
                    OpenPart(str(name), form_from_json(parts), *packings.pop(name, (Packing.STORED, ())))
                    for name, parts in opened
                ),
                styles=tuple(RunStyle(left, right) for left, right in styles),
            )
        case _:
            raise ValueError("not a document of the archive")
    if form.as_json()["packed"] != hashes or packings:
        raise ValueError("the archived document is damaged")
    for part in form.open_parts:
        _verify(part)
    return form


def _packed(item: Sequence[object]) -> Packed:
    match item:
        case [str(name), int(method), int(crc), int(size), str(data)]:
            return Packed(name=name, data=base64.b64decode(data), method=method, crc=crc, size=size)
        case _:
            raise ValueError("not a part of an archived document")


def _packing(item: Sequence[object]) -> tuple[str, tuple[Packing, tuple[bytes, ...]]]:
    match item:
        case [str(name), str(packing), list(stretches)] if all(isinstance(stretch, str) for stretch in stretches):
            return name, (Packing(packing), tuple(base64.b64decode(stretch) for stretch in stretches))
        case _:
            raise ValueError("not a part of an archived document")


def _verify(part: OpenPart) -> None:
    """Raise ValueError if the stretches are not the form's constants."""
    if part.packing is not Packing.JOINED:
        return
    for text, stretch in zip(_constants(part.form), part.stretches, strict=True):
        content = text.encode("utf-8")
        if inflated(stretch, len(content)) != content:
            raise ValueError(f"a stretch of the archived part {part.name} is damaged")


def _constants(form: Form) -> list[str]:
    return [part.text for part in form.walk() if isinstance(part, Constant)]


def _filler(part: OpenPart, used: Sequence[int], escapes: Mapping[str, Escape]) -> Callable[[Sequence[Value]], Packed]:
    """Return what fills a part with the values that are ``used``."""
    form = part.form.renumbered({index: place for place, index in enumerate(used)})
    if part.packing is Packing.JOINED:
        return _joiner(part, form, escapes)
    program = compile_program(form, escapes, _encoded, _encoded)

    def fill(values: Sequence[Value]) -> Packed:
        content = b"".join(program.pieces(values))
        if part.packing is Packing.STORED:
            return store(part.name, content)
        return deflate(part.name, content, level=_USUAL_LEVEL)

    return fill


Piece = tuple[bytes, int, CrcStep]  # compressed, its size when it is not, what it does to the CRC


def _joiner(part: OpenPart, form: Form, escapes: Mapping[str, Escape]) -> Callable[[Sequence[Value]], Packed]:
    """Return what joins a part's stretches with values, which are stored, in one stream."""
    packed = dict(zip(_constants(form), part.stretches, strict=True))

    def stretch(text: str) -> Piece:
        content = text.encode("utf-8")
        return packed[text], len(content), crc_step(content)

    def value(text: str) -> Piece:
        content = text.encode("utf-8")
        return stored(content), len(content), partial(zlib.crc32, content)

    program = compile_program(form, escapes, stretch, value)

    def fill(values: Sequence[Value]) -> Packed:
        data: list[bytes] = []
        size = crc = 0
        for piece, length, step in program.pieces(values):
            data.append(piece)
            size += length
            crc = step(crc)
        data.append(END)
        return Packed(name=part.name, data=b"".join(data), method=DEFLATED, crc=crc, size=size)

    return fill


def _encoded(text: str) -> bytes:
    return text.encode("utf-8")
