"""The letter that programs making documents are compared by: one page, 13 fields, a logo, some 85 KB.

The templates of the others are made from our own document, so that all of them write the same letter.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, Protocol

from letters.blocks import Block, Inline, Paragraph, Strong, Text
from letters.blocks import Value as Field
from letters.composed import Composed, ContactBlock, SlotSpec
from letters.model import Signature
from office.pictures import Picture
from templates.forms import Value
from templates.look import Look, load_look
from templates.rendering import Forms, compile_forms

FIELDS = (
    *("salutation", "name", "title", "organisation", "street", "town", "country", "places", "hall", "code", "desk"),
    *("delegate", "closing"),
)
_COUNTRIES = ("Kenya", "Norvège", "Pérou", "Japon", "Côte d’Ivoire", "Fidji", "Slovénie", "Uruguay", "Bhoutan", "Malte")
_TITLES = ("Ministre", "Ambassadeur", "Directrice générale", "Président", "Secrétaire d’État")


def logo() -> Picture:
    """Return a picture that no program can make smaller: noise, as a PNG of 76 KB."""
    width, height = 160, 158
    noise = random.Random(85).randbytes(width * height * 3)
    rows = b"".join(b"\0" + noise[row * width * 3 : (row + 1) * width * 3] for row in range(height))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return Picture(content=png, media_type="image/png", width=width, height=height)


def look() -> Look:
    """Return our own look with the logo."""
    with TemporaryDirectory() as folder:
        return replace(load_look(Path(folder)), logo=logo())


def letter(*, fields: int = len(FIELDS)) -> Composed:
    """Return the letter with the first ``fields`` of its fields; the others are the same for all."""

    def field(name: str) -> Inline:
        number = FIELDS.index(name)
        return Field(number) if number < fields else Text("…")

    def paragraph(*children: str | Inline) -> Block:
        return Paragraph(tuple(Text(child) if isinstance(child, str) else child for child in children))

    address: list[str | Inline] = [Strong((field("name"),))]
    for name in ("title", "organisation", "street", "town", "country"):
        address += [", ", field(name)]
    return Composed(
        slug="comparison",
        language="fr",
        direction="ltr",
        class_name="ministers",
        office_name="Union des phares",
        unit="Secrétariat général",
        date_line=(Text("Genève, le 3 mars 2031"),),
        date=date(2031, 3, 3),
        reference="CL-31/004",
        references=(("Réf.", "CL-31/004"),),
        contact_label="Contact",
        contacts=(ContactBlock(lines=(("", "Mme Adela Quist", ""), ("Tél.", "+41 22 555 01 02", "tel"))),),
        addressees=("Gouvernements",),
        address=None,
        subject_label="Objet",
        subject=((Text("Forum des phares 2031"),), (Text("(Genève, 5-9 mai 2031)"),)),
        salutation=(field("salutation"),),
        body=(
            paragraph("À l’attention de ", *address, "."),
            paragraph(
                "J’ai l’honneur de vous inviter au Forum des phares, qui se tiendra à Genève. Il sera l’occasion de "
                "faire le point sur les feux côtiers, leur entretien et leur avenir, et d’échanger des expériences."
            ),
            paragraph(
                "Nous vous réservons ", field("places"), " dans ", field("hall"), "; votre code est ", field("code"),
                ", à présenter au ", field("desk"), ". Votre délégation est conduite par ", field("delegate"), "."
            ),
            paragraph("Je vous saurais gré de confirmer votre venue ", Strong((Text("avant le 1er avril"),)), "."),
        ),
        closing=(field("closing"),),
        signature=Signature.ORIGINAL_SIGNED,
        signature_note="(Original signé)",
        signatory_name="Bela Montero",
        signatory_title="Secrétaire générale",
        annexes=(),
        slots=tuple(SlotSpec(name=f"recipient.{name}") for name in FIELDS[:fields]),
    )  # fmt: skip


def forms(*, fields: int = len(FIELDS)) -> Forms:
    """Compile the letter."""
    return compile_forms(letter(fields=fields), look())


def values(number: int) -> tuple[Value, ...]:
    """Return what is written to addressee ``number``: no two are the same, though many share their country."""
    woman = number % 2
    return (
        "Madame la Ministre," if woman else "Monsieur le Ministre,",
        f"{'Amina' if woman else 'Ole'} Nyström-{number:06}",
        _TITLES[number % len(_TITLES)],
        f"Ministère du numérique & des ports, bureau {number % 977}",
        f"{number % 9973}, rue du Phare",
        f"BP {number * 7919 % 99991:05}",
        _COUNTRIES[number % len(_COUNTRIES)],
        f"{number % 4 + 1} places",
        f"la salle {'ABCDE'[number % 5]}",
        f"CL-31-{number * 2654435761 % 2**32:08x}",
        f"guichet {number % 12 + 1}",
        f"{'Mme' if woman else 'M.'} Kimani-{number * 31 % 100_003}",
        f"Veuillez agréer, {'Madame la Ministre' if woman else 'Monsieur le Ministre'}, ma très haute considération.",
    )


def docxtpl_template(form: Forms) -> bytes:
    """Return our document with docxtpl's tags as its values."""
    return form.docx_for([f"{{{{ {name} }}}}" for name in FIELDS])


def mailmerge_template(form: Forms) -> bytes:
    """Return our document with Word's merge fields (ECMA-376 part 1, section 17.16.5.35) as its values."""
    from docx import Document
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    document: Any = Document(BytesIO(docxtpl_template(form)))
    for run in list(document.element.body.iter(qn("w:r"))):
        name = run.text.removeprefix("{{ ").removesuffix(" }}")
        if name in FIELDS:
            place = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" MERGEFIELD {name} "/>')
            run.getparent().replace(run, place)
            place.append(run)
    return saved(document)


class Savable(Protocol):
    """A document of python-docx or docxtpl."""

    def save(self, target: BinaryIO) -> None:
        """Write it."""
        ...


def saved(document: Savable) -> bytes:
    """Return a document as bytes."""
    target = BytesIO()
    document.save(target)
    return target.getvalue()
