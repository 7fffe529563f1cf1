"""What every exchange file carries, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from office.findings import Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One segment on its way to a translator and back.

    ``context`` and ``msgid`` are those of the catalogue, ``msgstr`` the translation (empty if there is none yet), all
    in Markdown with fields. ``to_revise`` is what PO calls «fuzzy»; ``previous`` the source that the translation was
    made for, where that has changed. ``note`` tells the translator where the segment stands and what to mind;
    ``remark`` is what the translator wrote beside it. ``key`` is the segment's mark (`locales.exchange.keys`),
    where the format carries one: it finds the segment although somebody has changed the source.
    """

    context: str
    msgid: str
    msgstr: str = ""
    to_revise: bool = False
    previous: str = ""
    note: str = ""
    remark: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A file that goes to translators or came back from them.

    ``slug`` is the letter's folder name and ``reference`` its label; both may be empty in a file that came back, and
    so may ``language`` where the format does not carry it. ``findings`` name what could not be read; everything else
    is in ``units``.
    """

    slug: str = ""
    reference: str = ""
    source_language: str = ""
    language: str = ""
    units: tuple[Unit, ...] = ()
    findings: tuple[Finding, ...] = ()


def refused(name: str, code: str, why: str, hint: str) -> Exchange:
    """Return what a file gives that cannot be read: an error that says why («The file …») and what to do."""
    finding = Finding(level=Level.ERROR, code=code, message=f"The file {why}.", hint=hint, file=name)
    return Exchange(findings=(finding,))
