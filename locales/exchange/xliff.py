"""XLIFF 1.2, the file that Trados, memoQ, OmegaT, Phrase and their like take and give back.

After the standard «XLIFF Version 1.2», OASIS, 1 February 2008; what is written also holds in its strict form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from locales.exchange.inline import NAMESPACE, write_inline
from locales.exchange.inline_reading import local_name
from locales.exchange.keys import unit_key
from locales.exchange.model import Exchange, Unit, refused
from locales.exchange.sdlxliff import defined_codes
from locales.exchange.xliff_units import CONTEXT, KEY, OURS, ReadUnit, read_unit
from office.findings import Finding, Level
from office.xml import UnsafeXmlError, fit, line_of, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAX_BYTES = 20_000_000  # a letter's file is some tens of kilobytes
MAX_UNITS = 20_000
_XML = "{http://www.w3.org/XML/1998/namespace}"
_PLACE = re.compile(r"[\w./-]+\.(?:md|toml):(\d{1,6})\b")
_SLUG = re.compile(r"letters/([\w.-]+)$")
_INLINE = ("source", "seg-source", "target", "context", "note")
_HOW = (
    "Emphasis and links are paired elements around their words; fields (dates, numbers, references that the letter "
    "fills in), addresses and ends of lines are single elements. Keep them, and put them where your language needs "
    "them. Set a segment to «translated» when it is done."
)
_OTHERS = {  # by their root elements
    "tmx": ("a translation memory (TMX)", "Import it into the memory, not into a letter."),
    "TS": ("a Qt Linguist file", "Ask for XLIFF 1.2."),
    "html": ("a web page", "Ask for the XLIFF file itself."),
}


def write_xliff(exchange: Exchange) -> bytes:
    """Return the file for translators. A unit's id is its number, from 1, in the order of ``exchange.units``.

    A character that XML cannot hold becomes U+FFFD. The same exchange gives the same bytes.
    """
    from lxml import etree

    default: Any = {None: NAMESPACE}
    root = etree.Element(_tag("xliff"), {"version": "1.2"}, nsmap=default)
    file = _add(
        root, "file", original=f"letters/{exchange.slug}", datatype="x-markdown",
        **{"source-language": exchange.source_language or "und", "target-language": exchange.language,
           "product-name": exchange.reference, "tool-id": OURS},
    )  # fmt: skip
    header = _add(file, "header")
    _text(header, "note", _HOW, **{"from": OURS})
    _add(header, "tool", **{"tool-id": OURS, "tool-name": "circulars"})
    body = _add(file, "body")
    for number, unit in enumerate(exchange.units, start=1):
        _write_unit(body, unit, number, exchange)
    _indent(root, 0)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8") + b"\n"


def _write_unit(body: Element, unit: Unit, number: int, exchange: Exchange) -> None:
    element = _add(body, "trans-unit", id=str(number), resname=unit.context, approved="no")
    element.set(f"{_XML}space", "preserve")
    source = _add(element, "source")
    codes = write_inline(source, unit.msgid)
    if unit.msgstr:
        state = "needs-review-translation" if unit.to_revise else "translated"
        write_inline(_add(element, "target", state=state), unit.msgstr, codes)
    match = _add(element, "context-group", purpose="match")
    _text(match, "context", unit.context, **{"context-type": CONTEXT})
    _text(match, "context", unit_key(unit.context, unit.msgid), **{"context-type": KEY})
    place = _add(element, "context-group", purpose="location")
    _text(place, "context", _file_of(unit, exchange), **{"context-type": "sourcefile"})
    if line := _PLACE.search(unit.note):
        _text(place, "context", line[1], **{"context-type": "linenumber"})
    if unit.note:
        _text(element, "note", unit.note, **{"from": OURS, "annotates": "source"})
    if unit.remark:
        _text(element, "note", unit.remark, **{"from": "translator", "annotates": "target"})
    if unit.previous:
        before = _add(element, "alt-trans", alttranstype="previous-version")
        before.set(f"{_XML}space", "preserve")
        previous = write_inline(_add(before, "source"), unit.previous)
        write_inline(_add(before, "target"), unit.msgstr, previous)


def _file_of(unit: Unit, exchange: Exchange) -> str:
    name = "letter.toml" if unit.context == "letter" else f"{unit.context}.md"
    return f"letters/{exchange.slug}/{name}"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: Element, name: str, **attributes: str) -> Element:
    """Add an element; attributes without a value are left out."""
    from lxml import etree

    return etree.SubElement(parent, _tag(name), {key: fit(value) for key, value in attributes.items() if value})


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    _add(parent, name, **attributes).text = fit(text)


def _indent(element: Element, depth: int) -> None:
    """Lay the structure out on lines; the words of segments stay as they are."""
    if local_name(element) in _INLINE or not len(element):
        return
    element.text = "\n" + "  " * (depth + 1)
    for child in element:
        _indent(child, depth + 1)
        child.tail = element.text
    element[-1].tail = "\n" + "  " * depth


def read_xliff(data: bytes, *, name: str) -> Exchange:
    """Read what came back; ``name`` is the file's, for findings. Nothing is raised, and what can be read is returned.

    A unit without msgctxt has an empty context: it is to be found by its source text. Of units that are there more
    than once the first with a translation counts, and a finding holds the other.
    """
    if len(data) > MAX_BYTES:
        return refused(
            name, "xliff-size", f"is larger than {MAX_BYTES // 1_000_000} MB", "Ask for it letter by letter."
        )
    try:
        root = parse_xml(data)
    except UnsafeXmlError as error:
        return _unreadable(name, error)
    files = [element for element in root.iter() if local_name(element) == "file"]
    return _not_ours(root, files, name) or _read_files(files, name)


def _not_ours(root: Element, files: Sequence[Element], name: str) -> Exchange | None:
    """Say why nothing can be read from well-formed XML; None if it is XLIFF 1 of a reasonable size."""
    version = root.get("version") or ""
    kind = str(root.tag).rpartition("}")[2]
    if kind != "xliff":
        what, hint = _OTHERS.get(kind, (f"XML that begins with <{kind[:40]}>", "Ask the translator for XLIFF 1.2."))
        return refused(name, "xliff-format", f"is {what}, not XLIFF", hint)
    if not version.startswith("1") or not local_name(root):
        which = f"XLIFF {version[:20]}" if version else "XLIFF of an unknown version"
        return refused(name, "xliff-version", f"is {which}", "Ask for XLIFF 1.2; most tools can save as that.")
    count = sum(local_name(element) == "trans-unit" for file in files for element in file.iter())
    if not count:
        return refused(name, "xliff-empty", "holds no translations", "Look whether it is the right file.")
    if count > MAX_UNITS:
        return refused(name, "xliff-size", f"holds more than {MAX_UNITS} segments", "Ask for it letter by letter.")
    return None


def _read_files(files: Sequence[Element], name: str) -> Exchange:
    slug, language = _slug(files[0]), _language(files[0], "target")
    units: list[ReadUnit] = []
    findings: list[Finding] = []
    for file in files:
        other = (_slug(file) or slug, _language(file, "target") or language)
        if other != (slug, language):
            message = f"The file also holds «{other[0]}» in «{other[1]}», which was left out."
            hint = "Save that part as a file of its own, and import it as well."
            line = line_of(file)
            other_file = Finding(
                level=Level.ERROR, code="xliff-files", message=message, hint=hint, file=name, line=line
            )
            findings.append(other_file)
            continue
        defined = defined_codes(file)
        for element in file.iter():
            if local_name(element) == "trans-unit" and element.get("translate") != "no":
                read = read_unit(element, name=name, language=language, defined=defined)
                units += [read] if read else []
    for read in units:
        findings += read.findings
    placeholders = [read for read in units if read.is_source]
    if placeholders:
        findings.append(_same_as_source(placeholders, name))
    once, doubled = _once(units, name)
    return Exchange(
        slug=slug,
        reference=files[0].get("product-name") or "",
        source_language=_language(files[0], "source"),
        language=language,
        units=once,
        findings=(*findings, *doubled),
    )


def _slug(file: Element) -> str:
    match = _SLUG.search(file.get("original") or "")
    return match[1] if match else ""


def _language(file: Element, side: str) -> str:
    """Return the language without a region: tools that need one write fr-FR for fr."""
    return re.split("[-_]", file.get(f"{side}-language") or "")[0].lower()


def _once(units: Iterable[ReadUnit], name: str) -> tuple[tuple[Unit, ...], list[Finding]]:
    first: dict[tuple[str, str], Unit] = {}
    findings: list[Finding] = []
    for read in units:
        unit = read.unit
        key = (unit.context, unit.msgid)
        before = first.get(key)
        if before is None or not before.msgstr:
            first[key] = unit
        elif unit.msgstr and unit.msgstr != before.msgstr:
            message = f"Unit {read.number} is there twice; its other translation is «{unit.msgstr}»."
            hint = "The first was taken. Compare them, and put the better one into the PO file."
            findings.append(
                Finding(
                    level=Level.WARNING, code="xliff-doubled", message=message, hint=hint, file=name, line=read.line
                )
            )
    return tuple(first.values()), findings


def _same_as_source(units: Sequence[ReadUnit], name: str) -> Finding:
    numbers = ", ".join(unit.number for unit in units[:20]) + (" …" if len(units) > 20 else "")
    return Finding(
        level=Level.WARNING,
        code="xliff-same",
        message=f"In {len(units)} unit(s) the translation is the source itself ({numbers}): taken as not translated.",
        hint="Where both languages really say the same, confirm the segment in the tool, or copy it into the PO file.",
        file=name,
    )


def _unreadable(name: str, error: UnsafeXmlError) -> Exchange:
    if error.declares_doctype:
        hint = "Remove the line <!DOCTYPE …>, or ask for the file without it."
        return refused(name, "xliff-doctype", str(error), hint)
    hint = "Look whether it is the right file, and ask for it again: it may have been cut short."
    return refused(name, "xliff-xml", str(error)[:300], hint)
