"""The theme of the built-in letterheads: its first accent colour is the office's.

Word asks for a whole theme: twelve colours, two fonts and three formats of each kind (ECMA-376 part 1, section 20.1.6).
"""

from __future__ import annotations

from office.model import OfficeLook

ACCENT = OfficeLook().colour.removeprefix("#").upper()
THEME_TYPE = "application/vnd.openxmlformats-officedocument.theme+xml"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
_COLOURS = {
    "dk1": "000000", "lt1": "FFFFFF", "dk2": "4A5866", "lt2": "E8ECF0", "accent1": ACCENT, "accent2": "8A5A12",
    "accent3": "4F7A4A", "accent4": "7A3B52", "accent5": "3D7A8A", "accent6": "6B6B6B", "hlink": "0B5394",
    "folHlink": "5B4A7A",
}  # fmt: skip
_TYPEFACE = "Arial"


def theme() -> str:
    """Return the theme as XML, without its declaration."""
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS.items())
    font = f'<a:latin typeface="{_TYPEFACE}"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}</a:ln>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'<a:theme xmlns:a="{_DRAWING}" name="Circulars"><a:themeElements><a:clrScheme name="Circulars">{colours}'
        f'</a:clrScheme><a:fontScheme name="Circulars"><a:majorFont>{font}</a:majorFont><a:minorFont>{font}'
        f'</a:minorFont></a:fontScheme><a:fmtScheme name="Circulars"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )
