"""The office's colour in a letterhead: everything drawn in the theme's first accent colour takes it.

Source: ECMA-376 part 1, sections 17.3.2.6 (w:themeColor, w:themeTint, w:themeShade), 20.1.4.1.1 (a:accent1); VML writes
the theme's first accent colour as «#4472c4 [3204]» ([MS-OI29500] section 2.1.1762).
"""

from __future__ import annotations

import colorsys
import re
from typing import TYPE_CHECKING

from templates.wordpackage import OFFICE, WordPackage
from templates.wordxml import W, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_VML_ACCENT = re.compile(r"(?:#[0-9A-Fa-f]{3,6}|\w+) \[3204\]")
# (attribute with the colour, its theme's name for it, tint, shade): of text and lines; of a filled background.
_COLOURED = (
    (("color", "val"), "themeColor", "themeTint", "themeShade"),
    (("fill",), "themeFill", "themeFillTint", "themeFillShade"),
)
_VALUED = frozenset({w("color")})  # the element whose colour is called w:val


def set_accent(package: WordPackage, colour: str) -> None:
    """Draw what is in the first accent colour in ``colour`` (``RRGGBB``): in the theme, and where parts repeat it."""
    from lxml import etree

    for theme in package.related(package.main, OFFICE + "theme"):
        for accent in package.tree(theme).iter(f"{{{_DRAWING}}}accent1"):
            accent[:] = [etree.Element(f"{{{_DRAWING}}}srgbClr", val=colour)]
    for name, root in package.trees.items():
        if name.endswith(".xml") and root.nsmap.get("w") == W:
            for element in root.iter(etree.Element):
                _repaint(element, colour)


def _repaint(element: Element, colour: str) -> None:
    for names, theme, tint, shade in _COLOURED:
        if element.get(w(theme)) == "accent1":
            name = names[-1] if element.tag in _VALUED else names[0]
            element.set(w(name), _shaded(colour, element.get(w(tint)), element.get(w(shade))))
    for name in ("fillcolor", "strokecolor"):
        value = element.get(name)
        if value is not None and _VML_ACCENT.fullmatch(value):
            element.set(name, f"#{colour.lower()} [3204]")


def _shaded(colour: str, tint: str | None, shade: str | None) -> str:
    """Return a colour made lighter by ``tint`` or darker by ``shade`` (two hexadecimal digits; FF changes nothing)."""
    hue, light, saturation = colorsys.rgb_to_hls(*(int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)))
    if (part := _fraction(tint)) is not None:
        light = light * part + 1 - part
    if (part := _fraction(shade)) is not None:
        light *= part
    return "".join(f"{round(value * 255):02X}" for value in colorsys.hls_to_rgb(hue, light, saturation))


def _fraction(digits: str | None) -> float | None:
    return int(digits, 16) / 255 if digits and re.fullmatch("[0-9A-Fa-f]{1,2}", digits) else None
