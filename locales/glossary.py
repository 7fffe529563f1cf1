"""The office's glossary: terms with the renderings that its translations must use.

``locales/glossary.csv`` has a column for each language and a row for each term; a cell may hold several forms,
divided by ``|``. ``*`` at the end of a word stands for any ending, ``!`` before a form forbids it. Reading it never
raises: what is wrong is in the findings, and the rows without fault are used.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from locales.languages import LANGUAGES
from office.findings import Finding, Level
from office.suggestions import did_you_mean

FILE = "glossary.csv"
NAME = f"locales/{FILE}"
MAX_BYTES = 5_000_000
MAX_FORM = 200  # characters
OTHERS = ("note", "case")  # columns beside the languages
_HEADINGS = (*LANGUAGES, *OTHERS)
_YES, _NO = frozenset({"yes", "x", "1", "true"}), frozenset({"", "no", "0", "false"})  # in the column «case»
_FORMULA = ("=", "+", "-", "@")
_ARABIC_SIGNS = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670]")  # vowel signs and the kashida
_SAME = str.maketrans(
    {"’": "'", "ё": "е", "Ё": "Е", "أ": "ا", "إ": "ا", "آ": "ا", "\u00ad": None, "\u200e": None, "\u200f": None}
)
# Arabic writes «and», «then», «with», «for», «like» and the article together with the word.
_ARABIC_BEFORE = r"(?:[وف]?[بلكس]?(?:ال)?|[وف]?لل)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The forms of a term in one language: any of ``forms``, none of ``forbidden``."""

    forms: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One row. ``minds_case``: capitals and small letters differ."""

    line: int
    cells: Mapping[str, Cell]
    note: str = ""
    minds_case: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A term that a translation does not render as the glossary asks. ``found``: a forbidden form that stands there."""

    term: str
    wanted: tuple[str, ...]
    line: int
    found: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """The terms that can be used, and what is wrong with the others."""

    terms: tuple[Term, ...] = ()
    findings: tuple[Finding, ...] = ()
    _by_language: dict[str, list[tuple[str, str, Term]]] = field(default_factory=dict, repr=False, compare=False)

    def slips(self, source: str, text: str, *, source_language: str, language: str) -> Iterator[Slip]:
        """Yield the terms of ``source`` that ``text`` does not render as it must; a long term hides those within it."""
        plain_source, plain_text = _folded(source), _folded(text)
        if source_language not in self._by_language:
            self._by_language[source_language] = _forms(self.terms, source_language)
        for probe, form, term in self._by_language[source_language]:
            if probe not in plain_source.casefold():
                continue
            pattern = _pattern(form, source_language, minds_case=term.minds_case)
            plain_source, count = pattern.subn("\ufffc", plain_source)
            cell = term.cells.get(language)
            if count and cell is not None:
                yield from _slips(term, form, cell, plain_text, language)


def read_glossary(locales: Path) -> Glossary:
    """Read the glossary of an office's ``locales`` folder; an empty one if there is none."""
    path = locales / FILE
    try:
        if path.stat().st_size > MAX_BYTES:
            return Glossary(findings=(_fault(None, "glossary-unreadable", "the file is too large", "Divide it."),))
        data = path.read_bytes()
    except FileNotFoundError:
        return Glossary()
    except OSError as error:
        message = f"the file cannot be opened ({error.strerror})"
        return Glossary(findings=(_fault(None, "glossary-unreadable", message, "Check its permissions."),))
    try:
        return _read(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "Save it again as «CSV UTF-8»."
        return Glossary(findings=(_fault(line, "glossary-unreadable", "the file is not in UTF-8", hint),))


@lru_cache(maxsize=4)
def _read(text: str) -> Glossary:
    rows = _rows(text)
    findings: list[Finding] = []
    terms: list[Term] = []
    seen: dict[str, int] = {}  # lines of English terms
    try:
        _, headings = next(rows, (1, []))
        columns = _columns(headings, findings)
        for line, row in rows:
            term = _term(line, row, columns, findings)
            if term is not None:
                terms.append(term)
                findings.extend(_repeats(term, seen))
    except csv.Error as error:
        message = f"the file cannot be read from here on: {error}"
        findings.append(_fault(None, "glossary-unreadable", message, "Look for a quotation mark without its partner."))
    return Glossary(terms=tuple(terms), findings=tuple(findings))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with the line each begins on; comma, semicolon or tab divides the cells."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for row in reader:
        if any(cell.strip() for cell in row):
            yield line, row
        line = reader.line_num + 1


def _columns(headings: list[str], findings: list[Finding]) -> list[str]:
    columns = [heading.strip().lower() for heading in headings]
    for place, column in enumerate(columns):
        if column and column not in _HEADINGS:
            hint = did_you_mean(column, _HEADINGS)
            findings.append(_fault(1, "glossary-column", f"the column «{column[:40]}» is not known", hint))
        elif column and column in columns[:place]:
            hint = "Delete one of the two."
            findings.append(_fault(1, "glossary-column", f"there are two columns «{column}»", hint))
    if sum(column in LANGUAGES for column in columns) < 2:
        hint = f"Write them in the first row: {', '.join(LANGUAGES)}."
        findings.append(_fault(1, "glossary-column", "the first row does not name two languages", hint))
    return columns


def _term(line: int, row: list[str], columns: list[str], findings: list[Finding]) -> Term | None:
    if len(row) > len(columns):
        message = f"the row has {len(row)} cells, the first row {len(columns)}"
        findings.append(
            _fault(line, "glossary-row", message, "Put quotation marks around a cell that holds the divider.")
        )
        return None
    said = dict(zip(columns, (cell.strip() for cell in row), strict=False))
    cells: dict[str, Cell] = {}
    faults: list[Finding] = []
    for language in LANGUAGES:
        if said.get(language):
            faults.extend(_cell_faults(line, language, said[language]))
            forms = tuple(form.strip() for form in said[language].split("|") if form.strip())
            cells[language] = Cell(
                forms=tuple(form for form in forms if not form.startswith("!")),
                forbidden=tuple(form[1:].strip() for form in forms if form.startswith("!")),
            )
    if not any(cell.forms for cell in cells.values()):
        faults.append(_fault(line, "glossary-row", "the row has no term", "Write it in the column of its language."))
    case = said.get("case", "").lower()
    if case not in _YES | _NO:
        hint = "Write yes where capitals and small letters differ, else no, or nothing."
        faults.append(_fault(line, "glossary-row", f"«{case[:40]}» says neither yes nor no", hint, "case"))
    findings.extend(faults)
    if faults:
        return None
    return Term(line=line, cells=cells, note=said.get("note", ""), minds_case=case in _YES)


def _cell_faults(line: int, language: str, cell: str) -> Iterator[Finding]:
    forms = [form.strip() for form in cell.split("|")]
    if not all(form.removeprefix("!").strip() for form in forms):
        yield _fault(
            line, "glossary-row", f"a form of «{language}» is empty", "Write a form on both sides of |.", language
        )
    for form in forms:
        words = form.removeprefix("!").split()
        if any("*" in word[:-1] or word == "*" for word in words):
            hint = "Write the part that never changes, then *: participant*."
            yield _fault(line, "glossary-row", f"in «{form[:60]}», * does not end a word", hint, language)
        elif len(form) > MAX_FORM or not form.isprintable():
            yield _fault(line, "glossary-row", f"«{form[:40]}» is no term", "Write a few words, on one line.", language)
        elif form.startswith(_FORMULA):
            hint = "Spreadsheet programs would take it for a formula: begin with a letter."
            yield _fault(line, "prohibited_initial_character", f"«{form[:60]}» begins with {form[0]}", hint, language)


def _repeats(term: Term, seen: dict[str, int]) -> Iterator[Finding]:
    """Find English terms that have a row already; other languages may well call two things by one name."""
    for form in term.cells["en"].forms if "en" in term.cells else ():
        first = seen.setdefault(_folded(form).casefold(), term.line)
        if first != term.line:
            message = f"«{form}» stands on line {first} already"
            yield _fault(term.line, "glossary-row", message, "Join the two rows.", "en")


def _fault(line: int | None, code: str, message: str, hint: str, column: str = "") -> Finding:
    return Finding(
        level=Level.WARNING, code=code, message=message, hint=hint, file=NAME, line=line, column=column or None
    )


def _forms(terms: Iterable[Term], language: str) -> list[tuple[str, str, Term]]:
    """Return the forms of a language, the longest first, each with the longest of its words to look for at once."""
    found = [(form, term) for term in terms if language in term.cells for form in term.cells[language].forms]
    found.sort(key=lambda item: len(item[0]), reverse=True)
    return [(max(_folded(form).casefold().replace("*", "").split(), key=len), form, term) for form, term in found]


def _slips(term: Term, form: str, cell: Cell, text: str, language: str) -> Iterator[Slip]:
    def stands(wanted: str) -> bool:
        return _pattern(wanted, language, minds_case=term.minds_case).search(text) is not None

    shown = form.replace("*", "")
    wanted = tuple(allowed.replace("*", "…") for allowed in cell.forms)
    found = next((refused for refused in cell.forbidden if stands(refused)), "")
    if found or (cell.forms and not any(map(stands, cell.forms))):
        yield Slip(term=shown, wanted=wanted, line=term.line, found=found.replace("*", "…"), note=term.note)


@lru_cache(maxsize=10_000)
def _pattern(form: str, language: str, *, minds_case: bool) -> re.Pattern[str]:
    words = [
        re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "") for word in _folded(form).split()
    ]
    flags = re.NOFLAG if minds_case else re.IGNORECASE
    if language == "zh":
        joined = r"\s?".join(word.replace(r"\w*", "") for word in words)
        return re.compile(rf"(?<![A-Za-z0-9])(?=[A-Za-z0-9]){joined}(?![A-Za-z0-9])|(?![A-Za-z0-9]){joined}", flags)
    if language == "ar":
        words = [_ARABIC_BEFORE + re.sub("^ال(?=...)", "", word) for word in words]
    return re.compile(r"(?<!\w)" + r"[\s-]+".join(words) + r"(?!\w)", flags)


def _folded(text: str) -> str:
    """Return a text as terms are compared: one kind of apostrophe and space, no signs that writers may leave out."""
    plain = unicodedata.normalize("NFKC", text).translate(_SAME)
    return " ".join(_ARABIC_SIGNS.sub("", plain).split())
