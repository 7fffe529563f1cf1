"""The parity proof: every fact of a letter, in every language, in every output.

The facts are read from the letter's texts and translations (`letters.stating`), the outputs are rendered as they would
be sent and read back as any program reads them (`templates.reading_back`). What the source states and another language
or an output does not is an error.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from letters.composed import Composed
from letters.daily import is_daily
from letters.model import Letter
from letters.places import catalogue_file, letter_file
from letters.segments import REMINDER, text_stems
from letters.stating import FRAME, Assumed, Statement, Stating
from office.errors import InputError
from office.findings import Finding, Level
from office.model import Office
from pipeline.desk import Desk
from pipeline.letter_folders import open_letter
from templates.forms import Value
from templates.merging import Merger
from templates.reading_back import folded_words, words_of_docx, words_of_html
from templates.rendering import Forms

OUTPUTS = {"docx": "Word document", "html": "HTML mail", "text": "plain text"}
MAX_BRANCHES = 12  # conditions about the addressee whose sides are each rendered


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A fact in one language. ``missing`` are the outputs that do not show it; all of them if no text states it."""

    printed: tuple[str, ...]
    missing: tuple[str, ...] = ()
    stated: bool = True

    @property
    def agrees(self) -> bool:
        """Whether the language states the fact, and every output shows it."""
        return self.stated and not self.missing


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
    """What was compared. ``failed`` are languages that cannot be rendered: `check` says why."""

    slug: str
    reference: str
    languages: tuple[str, ...]
    rows: tuple[Row, ...]
    failed: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether everything agrees."""
        return not self.failed and all(row.agrees for row in self.rows)

    @property
    def summary(self) -> str:
        """«6/6 languages, 14/14 facts agree»."""
        languages = sum(all(row.cells[tag].agrees for row in self.rows) for tag in self._rendered)
        facts = sum(row.agrees for row in self.rows)
        return f"{languages}/{len(self.languages)} languages, {facts}/{len(self.rows)} facts agree"

    @property
    def _rendered(self) -> tuple[str, ...]:
        return tuple(tag for tag in self.languages if tag not in self.failed)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Each fact that does not agree, as an error."""
        return tuple(
            _finding(self.slug, row, tag, cell)
            for row in self.rows
            for tag, cell in row.cells.items()
            if not cell.agrees
        )

    def as_json(self) -> dict[str, object]:
        """Return the shape that ``translate proof --json`` prints."""
        return {
            "reference": self.reference,
            "agrees": self.agrees,
            "summary": self.summary,
            "not_rendered": list(self.failed),
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
    source = _Rendered(merger, letter.source)
    others: dict[str, _Rendered] = {}
    failed: list[str] = []
    for language in letter.languages:
        if language != letter.source:
            try:
                others[language] = _Rendered(merger, language)
            except InputError:
                failed.append(language)
    rows = []
    for part, fact in source.facts:
        cells = {tag: (source if tag == letter.source else others[tag]).cell(part, fact) for tag in letter.languages if tag not in failed}
        rows.append(Row(part=part, fact=fact, cells=cells))
    return Proof(
        slug=letter.slug, reference=letter.reference or letter.slug, languages=letter.languages, rows=tuple(rows),
        failed=tuple(failed),
    )  # fmt: skip


class _Rendered:
    """A letter in one language, every class and the reminder rendered, and what it states."""

    def __init__(self, merger: Merger, language: str) -> None:
        self._stating = Stating(merger.letter, merger.office, language)
        self._copies: list[_Copy] = []
        letter, office = merger.letter, merger.office
        for name in dict.fromkeys(audience.name for audience in letter.audiences):
            for assumed, words in _copies(*merger.compiled(language, name)):
                self._copies.append(_Copy(self._stating.letter_statements(name, assumed), words))
            if letter.reminds or REMINDER in text_stems(letter, office):
                for assumed, words in _copies(*merger.reminder(language, name)):
                    self._copies.append(_Copy(self._stating.reminder_statements(name, assumed), words))

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        """Everything that is stated, each part and fact once, in reading order."""
        found = dict.fromkeys((item.part, item.fact) for copy in self._copies for item in copy.statements)
        return tuple(sorted(found, key=lambda item: item[0] != FRAME))

    def cell(self, part: str, fact: str) -> Cell:
        """Look a fact of the source up."""
        printed: dict[str, None] = {}
        missing: dict[str, None] = {}
        for copy in self._copies:
            for item in copy.statements:
                if (item.part, item.fact) == (part, fact):
                    printed[item.printed] = None
                    missing |= dict.fromkeys(copy.missing(item))
        if not printed:
            return self._typed(part, fact)
        return Cell(printed=tuple(printed), missing=tuple(name for name in OUTPUTS if name in missing))

    def _typed(self, part: str, fact: str) -> Cell:
        """Look a fact up that no field of this language states: its words may be typed, and right."""
        forms = self._stating.forms(fact)
        for form in forms:
            if any(copy.shows(form) for copy in self._copies):
                return Cell(printed=(form,))
        return Cell(printed=forms[:1], missing=tuple(OUTPUTS), stated=False)


def _copies(composed: Composed, forms: Forms) -> Iterator[tuple[Assumed, dict[str, str]]]:
    """Yield the master copy, and where the text has conditions about the addressee, copies for their other sides."""
    conditions = [spec.name for spec in composed.slots if spec.kind == "truth" and not is_daily(spec.name)]
    assumptions = [Assumed()]
    if conditions:
        assumptions += [Assumed(frozenset()), *(Assumed(frozenset({name})) for name in conditions[:MAX_BRANCHES])]
    for assumed in assumptions:
        values = tuple(
            assumed.holding is None or spec.name in assumed.holding if spec.name in conditions else spec.master
            for spec in composed.slots
        )
        yield assumed, _words(forms, values)


def _words(forms: Forms, values: Sequence[Value]) -> dict[str, str]:
    return {
        "docx": folded_words(words_of_docx(forms.docx_for(values))),
        "html": folded_words(words_of_html(forms.html_for(values))),
        "text": folded_words(forms.text_for(values)),
    }


class _Copy:
    """One rendered copy with what it is to state: each form is looked for as often as it is stated."""

    def __init__(self, statements: Sequence[Statement], words: Mapping[str, str]) -> None:
        self.statements = statements
        wanted = Counter(folded_words(item.printed) for item in statements)
        self._lacking: dict[str, set[str]] = {}
        self._left: dict[str, str] = {}
        for output, text in words.items():
            self._lacking[output], self._left[output] = _not_found(wanted, text)

    def missing(self, statement: Statement) -> list[str]:
        """Return the outputs that do not show what is stated, or not as often as it is stated."""
        form = folded_words(statement.printed)
        return [output for output, lacking in self._lacking.items() if form in lacking]

    def shows(self, form: str) -> bool:
        """Tell whether every output shows a form somewhere beside what fields have printed."""
        pattern = _whole(folded_words(form))
        return all(pattern.search(text) for text in self._left.values())


def _not_found(wanted: Counter[str], text: str) -> tuple[set[str], str]:
    """Return the forms that a text has too seldom, and the text without those found.

    The longest come first, so that «15 April» is not found within «15 April 2022».
    """
    lacking: set[str] = set()
    for form in sorted(wanted, key=len, reverse=True):
        text, found = _whole(form).subn("\ufffc", text)
        if found < wanted[form]:
            lacking.add(form)
    return lacking, text


def _whole(form: str) -> re.Pattern[str]:
    """Return a pattern for a form that is not a part of a longer number, word of Latin letters or address."""
    before = r"(?<![0-9A-Za-z])" if form[:1].isascii() and form[:1].isalnum() else ""
    after = r"(?!/?[0-9A-Za-z])" if form[-1:].isascii() and form[-1:].isalnum() else ""
    return re.compile(before + re.escape(form) + after)


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
        hint="See whether a template of the office in templates/ leaves it out; if there is none, report this as a fault.",
        file=letter_file(slug),
    )
