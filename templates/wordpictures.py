"""Pictures that fields of a letterhead print: the office's logo, a signature.

Source: ECMA-376 part 1, sections 20.4.2.8 (wp:inline) and 20.2.2.5 (pic:pic); lengths in EMU, 914,400 to the inch.
"""

from __future__ import annotations

import posixpath
from html import escape
from typing import TYPE_CHECKING

from office.pictures import Picture
from templates.wordpackage import OFFICE, WordPackage
from templates.wordxml import R, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
WORD_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_MILLIMETRE, _PIXEL, _TWENTIETH = 36_000, 9_525, 635  # in EMU; pixels at 96 to the inch; of a point
LOGO_BOX, SIGNATURE_BOX = (60, 18), (55, 20)  # width and height in millimetres that a picture must fit into
_FIRST = 100_001  # numbers of our pictures in the document: above those of a letterhead and of the copy of its page


class Pictures:
    """Adds pictures to one document; each file once, whoever shows it."""

    def __init__(self, package: WordPackage, logo: Picture | None = None) -> None:
        self.logo = logo
        self._package = package
        self._parts: dict[bytes, str] = {}
        self._next = _FIRST

    def run(
        self, part: str, picture: Picture, description: str, box: tuple[int, int], width: int = 0
    ) -> str:  # fmt: skip
        """Return a run that shows ``picture`` in ``part``, scaled down to fit into ``box`` millimetres.

        ``description`` is read out to who cannot see it; ``width`` is the room there is, in twentieths of a point, if
        known.
        """
        target = posixpath.relpath(self._file(picture), posixpath.dirname(part))
        relation = self._package.relate(part, OFFICE + "image", target)
        number, self._next = self._next, self._next + 1
        across, down = _fitted(picture, box, width)
        name = f'id="{number}" name="Picture {number - _FIRST + 1}" descr="{escape(description)}"'
        size = f'cx="{across}" cy="{down}"'
        return (
            f'<w:r><w:rPr><w:noProof/></w:rPr><w:drawing><wp:inline xmlns:wp="{WORD_DRAWING}" distT="0" distB="0"'
            f' distL="0" distR="0"><wp:extent {size}/><wp:docPr {name}/><wp:cNvGraphicFramePr><a:graphicFrameLocks'
            f' xmlns:a="{MAIN}" noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic xmlns:a="{MAIN}"><a:graphicData'
            f' uri="{PICTURE}"><pic:pic xmlns:pic="{PICTURE}"><pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/>'
            f'</pic:nvPicPr><pic:blipFill><a:blip xmlns:r="{R}" r:embed="{relation}"/><a:stretch><a:fillRect/>'
            f'</a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom'
            ' prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline>'
            "</w:drawing></w:r>"
        )

    def _file(self, picture: Picture) -> str:
        """Return the part that holds a picture, added if it is not there yet."""
        if picture.content not in self._parts:
            folder = posixpath.dirname(self._package.main)
            name = posixpath.join(folder, f"media/circulars-{len(self._parts) + 1}.{picture.suffix}")
            self._package.add(name, picture.content, picture.media_type)
            self._parts[picture.content] = name
        return self._parts[picture.content]


def room(paragraph: Element) -> int:
    """Return the width of the table cell in which a paragraph stands, in twentieths of a point; 0 if unknown."""
    cell = next(paragraph.iterancestors(w("tc")), None)
    width = cell.find(f"{w('tcPr')}/{w('tcW')}") if cell is not None else None
    given = str(width.get(w("w"), "")) if width is not None and width.get(w("type")) == "dxa" else ""
    return int(given) if given.isdecimal() else 0


def _fitted(picture: Picture, box: tuple[int, int], width: int) -> tuple[int, int]:
    """Return width and height in EMU: as large as the picture is, scaled down to fit."""
    across, down = picture.width * _PIXEL, picture.height * _PIXEL
    limit = min(box[0] * _MILLIMETRE, width * _TWENTIETH or box[0] * _MILLIMETRE)
    scale = min(1.0, limit / across, box[1] * _MILLIMETRE / down)
    return max(1, round(across * scale)), max(1, round(down * scale))
