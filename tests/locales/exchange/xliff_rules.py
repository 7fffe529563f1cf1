"""The rules of XLIFF 1.2 (strict) for the elements that are written here: attributes, and order of children."""

from __future__ import annotations

import re

from lxml import etree

NAMESPACE = "urn:oasis:names:tc:xliff:document:1.2"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
INLINE = r"(?:g|x|bpt|ept|ph|it|mrk|bx|ex)*"

# name: (required attributes, optional attributes, children in their order)
RULES: dict[str, tuple[set[str], set[str], str]] = {
    "xliff": ({"version"}, set(), r"(?:file)+"),
    "file": (
        {"original", "source-language", "datatype"},
        {"tool-id", "date", SPACE, "category", "target-language", "product-name", "product-version", "build-num"},
        r"(?:header)?body",
    ),
    "header": (set(), set(), r"(?:skl)?(?:phase-group)?(?:glossary|reference|count-group|note|tool)*"),
    "tool": ({"tool-id", "tool-name"}, {"tool-version", "tool-company"}, ""),
    "note": (set(), {"priority", "from", "annotates"}, ""),
    "body": (set(), set(), r"(?:group|trans-unit|bin-unit)*"),
    "trans-unit": (
        {"id"},
        {"approved", "translate", "reformat", SPACE, "datatype", "phase-name", "restype", "resname", "merged-trans"},
        r"source(?:seg-source)?(?:target)?(?:context-group|count-group|note|alt-trans)*",
    ),
    "source": (set(), set(), INLINE),
    "target": (set(), {"state", "state-qualifier", "phase-name", "resname", "equiv-trans"}, INLINE),
    "context-group": (set(), {"name", "crc", "purpose"}, r"(?:context)+"),
    "context": ({"context-type"}, {"match-mandatory", "crc"}, ""),
    "alt-trans": (
        set(),
        {"match-quality", "tool-id", "crc", "origin", "datatype", SPACE, "restype", "resname", "mid", "alttranstype"},
        r"(?:source)?(?:seg-source)?target(?:context-group)*(?:note)*",
    ),
    "g": ({"id"}, {"ctype", "clone", "xid", "equiv-text"}, INLINE),
    "x": ({"id"}, {"ctype", "clone", "xid", "equiv-text"}, ""),
}
VALUES = {
    ("xliff", "version"): r"1\.2",
    ("file", "datatype"): r"x-\S+|plaintext|xml|html",
    ("trans-unit", "approved"): "yes|no",
    ("target", "state"): "final|needs-adaptation|needs-l10n|needs-review-adaptation|needs-review-l10n"
    "|needs-review-translation|needs-translation|new|signed-off|translated|x-.+",
    ("context-group", "purpose"): "(?:information|location|match)(?: (?:information|location|match))*",
    ("context", "context-type"): "linenumber|sourcefile|record|element|x-.+",
    ("note", "annotates"): "source|target|general",
    ("alt-trans", "alttranstype"): "proposal|previous-version|rejected|reference|accepted",
    ("g", "ctype"): "bold|italic|underlined|link|x-.+",
    ("x", "ctype"): "image|pb|lb|x-.+",
}
MIXED = {"source", "target", "g", "note", "context", "tool"}


def breaches(data: bytes) -> list[str]:
    """Return every breach of the rules."""
    found = []
    root = etree.fromstring(data)
    for element in root.iter():
        namespace, _, name = str(element.tag).rpartition("}")
        if namespace != "{" + NAMESPACE or name not in RULES:
            found.append(f"unknown element {element.tag}")
            continue
        required, optional, order = RULES[name]
        given = {str(key) for key in element.attrib}
        found += [f"{name} lacks {key}" for key in required - given]
        found += [f"{name} may not have {key}" for key in given - required - optional]
        children = "".join(str(child.tag).rpartition("}")[2] + " " for child in element)
        pattern = re.sub(r"([a-z][a-z-]*)", r"(?:\1 )", order)
        found += [] if re.fullmatch(pattern, children) else [f"{name} holds {children}"]
        if name not in MIXED and "".join([element.text or "", *(child.tail or "" for child in element)]).strip():
            found.append(f"{name} holds text")
        for key, value in element.attrib.items():
            allowed = VALUES.get((name, str(key)))
            found += [f"{name} {key!s}={value!s}"] if allowed and not re.fullmatch(allowed, str(value)) else []
    for file in root:
        ids = [element.get("id") for element in file.iter(f"{{{NAMESPACE}}}trans-unit")]
        found += ["ids are doubled"] if len(set(ids)) != len(ids) else []
    return found
