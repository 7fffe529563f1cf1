"""Styles, fonts, languages and numbering of a filled letterhead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from templates.wordpackage import OFFICE, WordPackage
from templates.wordxml import DECLARATION, W, local, properties_of, put, remove, w

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# (main, East Asian, complex script) for w:lang; Latin words within Arabic and Chinese are taken for English.
LANGUAGES = {
    "ar": ("en-GB", "zh-CN", "ar-SA"),
    "zh": ("en-GB", "zh-CN", "ar-SA"),
    "en": ("en-GB", "zh-CN", "ar-SA"),
    "fr": ("fr-FR", "zh-CN", "ar-SA"),
    "ru": ("ru-RU", "zh-CN", "ar-SA"),
    "es": ("es-ES", "zh-CN", "ar-SA"),
}
EAST_ASIAN_FONT, EMPHASIS_FONT = "SimSun", "KaiTi"
COMPLEX_FONT = "Arial"

# Styles that the letter's text needs; a letterhead that has them, under any name of its own language, keeps its look.
STYLES = {
    "list bullet": '<w:style w:type="paragraph" w:styleId="ListBullet"><w:name w:val="List Bullet"/>'
    '<w:basedOn w:val="{normal}"/><w:qFormat/><w:pPr><w:spacing w:after="60"/></w:pPr></w:style>',
    "list number": '<w:style w:type="paragraph" w:styleId="ListNumber"><w:name w:val="List Number"/>'
    '<w:basedOn w:val="{normal}"/><w:qFormat/><w:pPr><w:spacing w:after="60"/></w:pPr></w:style>',
    "heading 1": '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/>'
    '<w:basedOn w:val="{normal}"/><w:next w:val="{normal}"/><w:qFormat/><w:pPr><w:keepNext/>'
    '<w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr>'
    '<w:rPr><w:b/><w:bCs/><w:sz w:val="24"/><w:szCs w:val="24"/></w:rPr></w:style>',
    "heading 2": '<w:style w:type="paragraph" w:styleId="Heading2"><w:name w:val="heading 2"/>'
    '<w:basedOn w:val="{normal}"/><w:next w:val="{normal}"/><w:qFormat/><w:pPr><w:keepNext/>'
    '<w:spacing w:before="200" w:after="100"/><w:outlineLvl w:val="1"/></w:pPr>'
    "<w:rPr><w:b/><w:bCs/></w:rPr></w:style>",
    "heading 3": '<w:style w:type="paragraph" w:styleId="Heading3"><w:name w:val="heading 3"/>'
    '<w:basedOn w:val="{normal}"/><w:next w:val="{normal}"/><w:qFormat/><w:pPr><w:keepNext/>'
    '<w:spacing w:before="160" w:after="80"/><w:outlineLvl w:val="2"/></w:pPr>'
    '<w:rPr><w:b/><w:bCs/><w:color w:val="4A5866"/></w:rPr></w:style>',  # no italics: Chinese and Arabic have none
    "hyperlink": '<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:qFormat/>'
    '<w:rPr><w:color w:val="0B5394"/><w:u w:val="single"/></w:rPr></w:style>',
    "table grid": '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/>'
    '<w:pPr><w:spacing w:before="40" w:after="40"/></w:pPr><w:tblPr><w:tblBorders>'
    + "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="808080"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    + '</w:tblBorders><w:tblCellMar><w:left w:w="108" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar>'
    "</w:tblPr></w:style>",
}
_INDENT, _HALF_MARKER = 397, 142  # of a list's level, and of «10.», in twentieths of a point
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"
_NUMBERING_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.numbering+xml"


def style_ids(package: WordPackage, wanted: Mapping[str, str] = STYLES) -> dict[str, str]:
    """Return the id of each style in ``wanted``, by its name; one that the document lacks is added."""
    name = package.part("styles")
    if not name:
        name = _beside(package, "styles.xml")
        package.add(name, f'{DECLARATION}<w:styles xmlns:w="{W}"/>', _STYLES_TYPE)
        package.relate(package.main, OFFICE + "styles", "styles.xml")
    root = package.tree(name)
    found = {_name(style): str(style.get(w("styleId"))) for style in root.findall(w("style"))}
    taken = set(found.values())
    normal = found.get("normal", "Normal")
    for title, xml in wanted.items():
        if title not in found:
            style = _fragment(xml.format(normal=normal))
            identifier = str(style.get(w("styleId")))
            while identifier in taken:
                identifier += "C"
            style.set(w("styleId"), identifier)
            root.append(style)
            found[title] = identifier
            taken.add(identifier)
    return {title: found[title] for title in wanted}


def _beside(package: WordPackage, name: str) -> str:
    return f"{package.main.rpartition('/')[0]}/{name}".lstrip("/")


def _name(style: Element) -> str:
    name = style.find(w("name"))
    return str(name.get(w("val"), "")).lower() if name is not None else ""


def _fragment(xml: str) -> Element:
    from lxml import etree

    root: Element = etree.fromstring(f'<w:x xmlns:w="{W}">{xml}</w:x>')
    return root[0]


def language_values(language: str) -> dict[str, str]:
    """Return the attributes of w:lang for text in a language."""
    latin, east_asian, complex_script = LANGUAGES.get(language, (language, "zh-CN", "ar-SA"))
    return {"val": latin, "eastAsia": east_asian, "bidi": complex_script}


def set_language(package: WordPackage, language: str) -> None:
    """Say everywhere which language the letter is in, and which fonts its script needs."""
    values = language_values(language)
    root = package.tree(package.part("styles"))
    defaults = _run_defaults(root)
    put(defaults, "lang", **values)
    _complete_fonts(defaults)
    for properties in list(root.iter(w("rPr"))):
        _double_for_complex_script(properties)
        if properties is not defaults:
            remove(properties, "lang")
    for name in package.stories:
        for properties in list(package.tree(name).iter(w("rPr"))):
            remove(properties, "lang")
            _double_for_complex_script(properties)
    settings = package.part("settings")
    if settings:
        _set_settings(package, settings, values)


def _run_defaults(root: Element) -> Element:
    from lxml import etree

    defaults = root.find(w("docDefaults"))
    if defaults is None:
        defaults = etree.Element(w("docDefaults"))
        root.insert(0, defaults)
    holder = defaults.find(w("rPrDefault"))
    if holder is None:
        holder = etree.Element(w("rPrDefault"))
        defaults.insert(0, holder)
    return properties_of(holder, "rPr")


def _complete_fonts(defaults: Element) -> None:
    fonts = defaults.find(w("rFonts"))
    if fonts is None:
        fonts = put(defaults, "rFonts")
    for script, theme, font in (("eastAsia", "eastAsiaTheme", EAST_ASIAN_FONT), ("cs", "cstheme", COMPLEX_FONT)):
        _unset(fonts, theme)  # a theme's font would win over the one named here
        if not fonts.get(w(script)):
            fonts.set(w(script), font)


def _double_for_complex_script(properties: Element) -> None:
    """Give bold, italic and size their twins for complex scripts, which ignore the plain ones."""
    for plain, twin in (("b", "bCs"), ("i", "iCs"), ("sz", "szCs")):
        found = properties.find(w(plain))
        if found is not None and properties.find(w(twin)) is None:
            put(properties, twin, **{local_name(key): str(value) for key, value in found.attrib.items()})
    fonts = properties.find(w("rFonts"))
    if fonts is not None:
        for theme in ("eastAsiaTheme", "cstheme"):
            _unset(fonts, theme)


def _unset(element: Element, attribute: str) -> None:
    if w(attribute) in element.attrib:
        del element.attrib[w(attribute)]


def local_name(key: str | bytes) -> str:
    """Return an attribute's name without its namespace."""
    return str(key).rpartition("}")[2]


def _set_settings(package: WordPackage, name: str, values: dict[str, str]) -> None:
    root = package.tree(name)
    for unwanted in ("attachedTemplate", "mailMerge"):  # both point to files of the machine that made the letterhead
        remove(root, unwanted)
    language = root.find(w("themeFontLang"))
    if language is not None:
        for key, value in values.items():
            language.set(w(key), value)
    relationships = f"{name.rpartition('/')[0]}/_rels/{name.rpartition('/')[2]}.rels"
    if relationships in package.parts:
        tree = package.tree(relationships)
        for found in list(tree):
            if str(found.get("Type")).endswith(("/attachedTemplate", "/mailMergeSource", "/mailMergeHeaderSource")):
                tree.remove(found)


class Numbering:
    """Adds the numbering of the letter's lists: every numbered list begins anew."""

    def __init__(self, package: WordPackage) -> None:
        name = package.part("numbering")
        if not name:
            name = _beside(package, "numbering.xml")
            package.add(name, f'{DECLARATION}<w:numbering xmlns:w="{W}"/>', _NUMBERING_TYPE)
            package.relate(package.main, OFFICE + "numbering", "numbering.xml")
        self._root = package.tree(name)
        self._kinds: dict[tuple[bool, str], int] = {}  # by whether it is numbered, and its direction
        self._bullets: dict[str, int] = {}

    def bullets(self, direction: str) -> int:
        """Return the number (w:numId) of bulleted lists; all of a direction share it."""
        if direction not in self._bullets:
            self._bullets[direction] = self._add_list(direction, ordered=False)
        return self._bullets[direction]

    def numbered(self, start: int, level: int, direction: str) -> int:
        """Return the number (w:numId) of a new numbered list at ``level`` whose first item is ``start``."""
        restart = f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{max(start, 0)}"/></w:lvlOverride>'
        return self._add_list(direction, ordered=True, inside=restart)

    def _add_list(self, direction: str, *, ordered: bool, inside: str = "") -> int:
        if (ordered, direction) not in self._kinds:
            self._kinds[ordered, direction] = self._add_kind(ordered, direction)
        kind = self._kinds[ordered, direction]
        number = self._next("num", "numId", 1)
        xml = f'<w:num w:numId="{number}"><w:abstractNumId w:val="{kind}"/>{inside}</w:num>'
        self._insert(_fragment(xml), before=("numIdMacAtCleanup",))
        return number

    def _add_kind(self, ordered: bool, direction: str) -> int:
        number = self._next("abstractNum", "abstractNumId", 0)
        levels = "".join(_level(level, ordered, direction) for level in range(9))
        xml = f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="hybridMultilevel"/>{levels}'
        self._insert(_fragment(xml + "</w:abstractNum>"), before=("num", "numIdMacAtCleanup"))
        return number

    def _next(self, element: str, attribute: str, first: int) -> int:
        taken = [str(found.get(w(attribute), "")) for found in self._root.findall(w(element))]
        return max((int(number) for number in taken if number.isdecimal()), default=first - 1) + 1

    def _insert(self, element: Element, *, before: tuple[str, ...]) -> None:
        for position, sibling in enumerate(self._root):
            if local(sibling) in before:
                self._root.insert(position, element)
                return
        self._root.append(element)


def indent(level: int, direction: str) -> tuple[int, int]:
    """Return (left, hanging) of a list's level in twentieths of a point; markers from right to left are centred."""
    return _INDENT * (level + 1), _INDENT - (_HALF_MARKER if direction == "rtl" else 0)


def _level(level: int, ordered: bool, direction: str) -> str:
    """Return a level. From right to left, Word and LibreOffice disagree on which side «left» is: not on the middle."""
    left, hanging = indent(level, direction)
    kind, text = ("decimal", f"%{level + 1}.") if ordered else ("bullet", "•–"[level % 2])
    middle = "center" if direction == "rtl" else "left"
    return (
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="{middle}"/><w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr></w:lvl>'
    )
