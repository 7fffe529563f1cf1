"""Footnotes of a Word document: word/footnotes.xml, to which the letterhead may have brought its own.

Source: ECMA-376 part 1, sections 11.3.7 (the part), 17.11.10 (footnote), 17.11.14 (footnoteReference), 17.11.23
(separator), 17.11.1 (continuationSeparator), 17.15.1 (the order of settings).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from templates.wordpackage import OFFICE, WordPackage
from templates.wordstyles import style_ids
from templates.wordxml import DECLARATION, W, local, w

if TYPE_CHECKING:
    from letters.blocks import Footnote

_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_STYLES = {
    "footnote text": '<w:style w:type="paragraph" w:styleId="FootnoteText"><w:name w:val="footnote text"/>'
    '<w:basedOn w:val="{normal}"/><w:pPr><w:spacing w:before="0" w:after="40"/></w:pPr>'
    '<w:rPr><w:sz w:val="18"/><w:szCs w:val="18"/></w:rPr></w:style>',
    "footnote reference": '<w:style w:type="character" w:styleId="FootnoteReference">'
    '<w:name w:val="footnote reference"/><w:rPr><w:vertAlign w:val="superscript"/></w:rPr></w:style>',
}
_SEPARATORS = (("separator", -1), ("continuationSeparator", 0))
# What follows w:footnotePr among the settings.
_AFTER = frozenset(
    [
        "endnotePr",
        "compat",
        "docVars",
        "rsids",
        "mathPr",
        "attachedSchema",
        "themeFontLang",
        "clrSchemeMapping",
        "doNotIncludeSubdocsInStats",
        "doNotAutoCompressPictures",
        "forceUpgrade",
        "captions",
        "readModeInkLockDown",
        "smartTagType",
        "schemaLibrary",
        "shapeDefaults",
        "doNotEmbedSmartTags",
        "decimalSymbol",
        "listSeparator",
    ]
)


class WordNotes:
    """The footnotes of one document. A mark that is written twice keeps its note."""

    def __init__(self, package: WordPackage) -> None:
        self._package = package
        self._notes: dict[int, tuple[Footnote, str]] = {}  # by the number that Word knows the note by
        self._numbers: dict[int, int] = {}  # by the identity of the footnote
        self._first = 0
        self.part = ""
        self.styles: dict[str, str] = {}

    def number(self, note: Footnote, *, direction: str) -> int:
        """Return the number (w:id) of a note, which is new if it has none; the part is there from the first one on."""
        if not self.part:
            self._open(direction)
        return self._numbers.setdefault(id(note), self._first + len(self._numbers))

    def write(self, note: Footnote, content: str) -> None:
        """Keep the paragraph of a note that has a number."""
        number = self._numbers[id(note)]
        self._notes[number] = (note, f'<w:footnote xmlns:w="{W}" w:id="{number}">{content}</w:footnote>')

    def text(self) -> str:
        """Return the part as XML with the letter's notes, in the order of their numbers."""
        before, close, name = self._package.as_text(self.part).rpartition("</")
        return before + "".join(xml for _, (_, xml) in sorted(self._notes.items())) + close + name

    def _open(self, direction: str) -> None:
        package = self._package
        self.styles = style_ids(package, _STYLES)
        self.part = package.part("footnotes")
        if not self.part:
            self.part = f"{package.main.rpartition('/')[0]}/footnotes.xml".lstrip("/")
            package.add(self.part, _empty_part(direction), _TYPE)
            package.relate(package.main, OFFICE + "footnotes", "footnotes.xml")
            self._declare_separators()
        root = package.tree(self.part)
        root.text = root.text or "\n"  # so that an empty part has an end tag too
        taken = [str(note.get(w("id"), "")) for note in root.iter(w("footnote"))]
        self._first = max((int(number) for number in taken if number.isdecimal()), default=0) + 1

    def _declare_separators(self) -> None:
        from lxml import etree

        name = self._package.part("settings")
        if not name:
            return
        root = self._package.tree(name)
        for found in root.findall(w("footnotePr")):
            root.remove(found)
        place = next((at for at, setting in enumerate(root) if local(setting) in _AFTER), len(root))
        properties = etree.Element(w("footnotePr"))
        root.insert(place, properties)
        for _, number in _SEPARATORS:
            etree.SubElement(properties, w("footnote"), {w("id"): str(number)})


def _empty_part(direction: str) -> str:
    """Return the part with nothing in it but the lines above notes, at the side where reading begins."""
    turned = "<w:bidi/>" if direction == "rtl" else ""
    spacing = f'<w:pPr>{turned}<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
    notes = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p>{spacing}<w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for kind, number in _SEPARATORS
    )
    return f'{DECLARATION}<w:footnotes xmlns:w="{W}">{notes}</w:footnotes>'
