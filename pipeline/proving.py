"""The parity proof: every fact of a letter, in every language, in every output.

The facts are read from the letter's texts and translations (`letters.stating`), the outputs are rendered as they would
be sent and read back as any program reads them (`templates.reading_back`). What the source states and another language
or an output does not is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from letters.days import all_days_of
from letters.model import Letter
from letters.places import catalogue_file, letter_file
from office.errors import InputError
from office.findings import Finding, Level
from office.model import Office
from pipeline.desk import Desk
from pipeline.letter_folders import open_letter
from pipeline.page_sizes import page_size_findings
from pipeline.rendered import OUTPUTS, Cell, Rendered
from templates.merging import Merger


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A fact that the source states. ``part`` is a text's stem, or «frame»; ``cells`` are by language."""

    part: str
    fact: str
    cells: Mapping[str, Cell]

    @property
    def agrees(self) -> bool:
        """Whether all languages that could be rendered agree."""
        return all(cell.agrees for cell in self.cells.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was compared.

    ``failed`` are languages that cannot be rendered: `check` says why. ``strange`` are dates, by language and as they
    are printed there, that neither letter.toml nor the source states. ``notices`` are what was seen besides.
    """

    slug: str
    reference: str
    languages: tuple[str, ...]
    rows: tuple[Row, ...]
    failed: tuple[str, ...] = ()
    strange: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notices: tuple[Finding, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.failed and not self.findings

    @property
    def summary(self) -> str:
        """«6/6 languages, 14/14 facts agree»."""
        facts = sum(row.agrees for row in self.rows)
        languages = sum(self._language_agrees(tag) for tag in self.languages)
        return f"{languages}/{len(self.languages)} languages, {facts}/{len(self.rows)} facts agree"

    def _language_agrees(self, tag: str) -> bool:
        if tag in self.failed or tag in self.strange:
            return False
        return all(row.cells[tag].agrees for row in self.rows)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each fact that does not agree, and each strange date, as an error."""
        cells = ((row, tag, cell) for row in self.rows for tag, cell in row.cells.items() if not cell.agrees)
        return (
            *(_finding(self.slug, row, tag, cell) for row, tag, cell in cells),
            *(_strange(self.slug, tag, date) for tag, dates in self.strange.items() for date in dates),
        )

    def as_json(self) -> dict[str, object]:
        """Return the shape that ``translate proof --json`` prints."""
        return {
            "reference": self.reference,
            "agrees": self.agrees,
            "summary": self.summary,
            "not_rendered": list(self.failed),
            "strange_dates": {tag: list(dates) for tag, dates in self.strange.items()},
            "facts": [
                {
                    "part": row.part,
                    "fact": row.fact,
                    "agrees": row.agrees,
                    "languages": {
                        tag: {"printed": list(cell.printed), "stated": cell.stated}
                        | {output: output not in cell.missing for output in OUTPUTS}
                        for tag, cell in row.cells.items()
                    },
                }
                for row in self.rows
            ],
        }


def prove(desk: Desk, ref: str) -> Proof:
    """Render the letter called ``ref`` in all its languages and prove that they state the same facts.

    Raises NotFoundError, or InputError where letter.toml has errors or the source cannot be rendered.
    """
    return prove_letter(open_letter(desk, ref).letter, desk.office)


def prove_letter(letter: Letter, office: Office) -> Proof:
    """Prove a letter; raises InputError with the findings if it cannot be rendered in its own language."""
    merger = Merger(letter, office, released=letter.languages)
    rendered = {letter.source: Rendered(merger, letter.source)}
    failed: list[str] = []
    for language in letter.languages:
        try:
            if language not in rendered:
                rendered[language] = Rendered(merger, language)
        except InputError:
            failed.append(language)
    source = rendered[letter.source]
    shown = [tag for tag in letter.languages if tag in rendered]
    rows = [
        Row(part=part, fact=fact, cells={tag: rendered[tag].cell(part, fact) for tag in shown})
        for part, fact in source.facts
    ]
    known = all_days_of(letter) | source.days
    strange = {tag: rendered[tag].strange_dates(known) for tag in shown}
    return Proof(
        slug=letter.slug,
        reference=letter.reference or letter.slug,
        languages=letter.languages,
        rows=tuple(rows),
        failed=tuple(failed),
        strange={tag: dates for tag, dates in strange.items() if dates},
        notices=tuple(page_size_findings(merger)),
    )


def _finding(slug: str, row: Row, language: str, cell: Cell) -> Finding:
    shown = " … ".join(cell.printed)
    if not cell.stated:
        return Finding(
            level=Level.ERROR,
            code="fact-lost",
            message=f"«{language}» does not state {row.fact}{f' («{shown}»)' if shown else ''}, which {row.part} does",
            hint=f"Put {{{{ {row.fact.partition(' ')[0]} }}}} into the translation, with a filter that fits.",
            file=catalogue_file(slug, language),
        )
    where = ", ".join(OUTPUTS[output] for output in cell.missing)
    return Finding(
        level=Level.ERROR,
        code="fact-not-shown",
        message=f"the {where} of «{language}» does not show {row.fact} as {row.part} states it: «{shown}»",
        hint="Does a template of the office in templates/ leave it out? If there is none, report this as a fault.",
        file=letter_file(slug),
    )


def _strange(slug: str, language: str, date: str) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="date-differs",
        message=f"«{language}» states «{date}», a date that neither letter.toml nor the source states",
        hint="Print dates with fields, never type them: look for this one in the translation.",
        file=catalogue_file(slug, language),
    )
