"""What a translation must keep of its source: facts, links, emphasis.

Where Weblate has a check of the same kind, the code is Weblate's (https://docs.weblate.org/en/latest/user/checks.html).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from letters.blocks import Emphasis, Field, Link, Strong, Text
from letters.checks.versions import Version, Versions, every_inline
from letters.inline import Words
from office.expressions import Expression
from office.findings import Finding, Level

_BLOCK_MARK = re.compile(r"#{1,6} |[-*+] |> |\d{1,3}[.)] ")
_LONG_ENOUGH = 4  # words: shorter segments may well be the same in two languages
_OWN_SCRIPTS = frozenset({"ar", "zh", "ru"})
_NAME = 2  # words: a name may stay in Latin letters


def check_translations(versions: Versions) -> Iterator[Finding]:
    """Yield what a translation has lost or added against its source."""
    for version in versions.all:
        yield from _emphasis_marks(version)
        if not version.is_source:
            yield from _facts(version)
            yield from _notes(version)
            yield from _links(version)
            yield from _emphasis(version)
            yield from _wording(version)


def _facts(version: Version) -> Iterator[Finding]:
    source, own = _facts_of(version.source), _facts_of(version.words)
    for fact in sorted(source - own):
        yield _finding(
            version, Level.ERROR, "placeholders", f"the translation does not state {fact}",
            f"Put {{{{ {fact} }}}} where the source has it, with a filter that fits.",
        )  # fmt: skip
    for fact in sorted(own - source):
        yield _finding(
            version, Level.WARNING, "placeholders", f"the translation states {fact}, which its source does not",
            "Compare the two.",
        )  # fmt: skip


def _facts_of(words: Words) -> set[str]:
    """Return the facts that a segment states, whatever their form: the choice between genders states nothing."""
    return {
        ".".join(path[:2])
        for expression in words.fields
        for path in expression.paths
        if not (_only_agrees(expression) or (path[0] == "links" and len(path) == 2))
    }


def _only_agrees(expression: Expression) -> bool:
    return bool({"agree", "courtesy"} & expression.filters)


def _notes(version: Version) -> Iterator[Finding]:
    source, own = Counter(version.source.notes), Counter(version.words.notes)
    for label in sorted(source - own):
        message, hint = f"the translation has lost the footnote [^{label}]", f"Put [^{label}] where the source has it."
        yield _finding(version, Level.ERROR, "placeholders", message, hint)
    for label in sorted(own - source):
        known = label in source
        message = f"the translation has the footnote [^{label}] {'twice' if known else 'which its source has not'}"
        hint = "Take it away: the source says where a footnote stands."
        yield _finding(version, Level.ERROR, "placeholders", message, hint)


def _links(version: Version) -> Iterator[Finding]:
    source, own = _targets(version.source), _targets(version.words)
    for target in sorted(source - own):
        message = f"the translation has lost the link to {target}"
        mailbox = target.removeprefix("mailto:")
        is_field = mailbox != target and mailbox.startswith("{{")  # a contact's mailbox links by itself
        hint = f"Put {mailbox} where the source has it." if is_field else f"Write [words]({target})."
        yield _finding(version, Level.ERROR, "md-link", message, hint)
    for target in sorted(own - source):
        message = f"the translation links to {target}, its source does not"
        yield _finding(version, Level.WARNING, "md-link", message, "Compare the two.")


def _targets(words: Words) -> set[str]:
    targets: set[str] = set()
    for inline in every_inline(words.children):
        if isinstance(inline, Link):
            parts = [f"{{{{ {p.expression.source} }}}}" if isinstance(p, Field) else _text(p) for p in inline.target]
            targets.add("".join(parts))
    return targets


def _text(part: object) -> str:
    return part.text if isinstance(part, Text) else ""


def _emphasis(version: Version) -> Iterator[Finding]:
    for kind, name, mark in ((Strong, "bold", "**…**"), (Emphasis, "italic", "*…*")):
        source, own = (
            sum(isinstance(inline, kind) for inline in every_inline(words.children))
            for words in (version.source, version.words)
        )
        if own < source:
            message = f"the source has {source} {name} stretch{'es' if source > 1 else ''}, the translation {own}"
            hint = f"Mark the same words with {mark}."
            yield _finding(version, Level.WARNING, "md-syntax", message, hint)
        elif own > source:
            message = f"the translation has {own} {name} stretch{'es' if own > 1 else ''}, the source {source}"
            yield _finding(version, Level.WARNING, "md-syntax", message, "Compare the two.")


def _emphasis_marks(version: Version) -> Iterator[Finding]:
    """Find asterisks that were meant as emphasis, but print as asterisks."""
    if "**" in version.plain:
        yield _finding(
            version, Level.WARNING, "md-syntax", "** is printed as it stands: it does not make anything bold",
            "Put ** directly before the first and directly after the last bold character, and a punctuation mark that"
            " ends the bold words outside: **words**.",
        )  # fmt: skip


def _wording(version: Version) -> Iterator[Finding]:
    if _BLOCK_MARK.match(version.text) and not _BLOCK_MARK.match(version.place.msgid):
        yield _finding(
            version, Level.WARNING, "md-syntax", "the translation begins with a mark of a heading or a list",
            "Take it away: the shape comes from the source, the translation is words only.",
        )  # fmt: skip
    same = " ".join(version.text.split()) == " ".join(version.place.msgid.split())
    words = re.findall(r"[^\W\d_]{2,}", version.plain)
    others = version.language in _OWN_SCRIPTS and "".join(words).isascii()
    if same and len(words) > (_NAME if others else _LONG_ENOUGH):
        message = "the translation is the same as its source"
        yield _finding(version, Level.WARNING, "same", message, "Translate it.")


def _finding(version: Version, level: Level, code: str, message: str, hint: str) -> Finding:
    return Finding(level=level, code=code, message=message, hint=hint, file=version.file, line=version.line)
