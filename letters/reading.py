"""letter.toml -> Letter, with every fault found at once."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from letters.model import CONTINUING, Audience, Kind, Letter, Relation, Signature
from letters.places import FACTS, letter_file
from letters.reading_facts import Facts, read_asks, read_facts, read_moment
from locales.languages import MOST_LANGUAGES
from office.expressions import Expression, ExpressionError, parse_expression
from office.findings import Finding, Level, has_errors
from office.model import Office
from office.suggestions import did_you_mean
from office.tables import TableReader
from office.toml_lines import read_toml

ATTACHMENTS = ("docx", "pdf", "ics")
RelationWord = Literal["renews", "adds-to", "corrects", "refers-to"]
RELATIONS: tuple[RelationWord, ...] = ("renews", "adds-to", "corrects", "refers-to")
MAX_REFERENCE = 100  # characters; a reference stands in the subject of every message
DEFAULT_SALUTATION = "individual"
NOTE_SALUTATION = "permanent-mission"  # whom a note verbale greets where the letter does not say
DEFAULT_CLOSING = "distinguished"
_FILE_STEM = re.compile(r"[\w-][\w .-]*")


def read_letter(folder: Path, office: Office) -> tuple[Letter | None, tuple[Finding, ...]]:
    """Read the letter in ``folder`` (``office.folder/letters/<slug>``).

    All faults of letter.toml come back at once. The letter is None only if the file cannot be read or has no date;
    otherwise what could be read is there, so that its texts can be checked as well. A letter whose findings hold an
    error must not be composed.
    """
    slug = folder.name
    file = letter_file(slug)
    values, lines, problems = read_toml(folder / FACTS, file=file)
    findings = list(problems)
    if findings:
        return None, tuple(findings)
    table = TableReader(values, file=file, lines=lines, findings=findings)
    letter = _letter(table, slug, office, lines)
    table.finish()
    return letter, tuple(findings)


def _letter(table: TableReader, slug: str, office: Office, lines: dict[str, int]) -> Letter | None:
    day = _date(table)
    reference, series = _reference(table, office)
    kind = Kind(table.choice("kind", [str(kind) for kind in Kind], "circular"))
    languages = _languages(table, office)
    source = table.choice("source", office.languages, office.default_language)
    if source not in languages:
        table.fault(
            "languages", "source-not-a-language", f"the letter is written in «{source}» but does not go out in it",
            f'Add "{source}" to languages, or correct source.',
        )  # fmt: skip
        languages = (*languages, source)
    facts: Facts = read_facts(table, zone=office.zone, languages=languages)
    salutation = NOTE_SALUTATION if kind is Kind.NOTE_VERBALE else DEFAULT_SALUTATION
    audiences = _audiences(table, languages, salutation)
    asks = read_asks(table, facts)
    rest = {
        "file_reference": table.text("file_reference", ""),
        "place": table.text("place", office.place),
        "unit": table.text("unit", ""),
        "signatory": _signatory(table, office, kind),
    }
    signature = Signature(table.choice("signature", [str(way) for way in Signature], "original-signed"))
    contacts = _known(table, "contacts", tuple(office.contacts), "contact", "office.toml describes them: [contacts.…]")
    relates = _relations(table)
    addressees = _addressees(table, relates)
    attach = _known(table, "attach", ATTACHMENTS, "attachment", "")
    copies = _once(table, "copies")
    reply_form = table.flag("reply_form", default=False)
    if day is None:
        return None
    return Letter(
        slug=slug,
        reference=reference,
        series=series,
        kind=kind,
        date=day,
        source=source,
        languages=languages,
        signature=signature,
        contacts=contacts,
        relates=relates,
        attach=attach,
        copies=copies,
        reply_form=reply_form,
        audiences=audiences,
        addressees=addressees,
        events=facts.events,
        deadlines=facts.deadlines,
        asks=asks,
        links=facts.links,
        facts=facts.facts,
        texts=facts.texts,
        undated=facts.undated,
        to_confirm=table.texts("to_confirm"),
        lines=lines,
        **rest,
    )


def _date(table: TableReader) -> date | None:
    if not table.has("date"):
        table.fault("date", "missing-key", "«date» is missing", "Add the date of the letter: date = 2022-03-21.")
        return None
    moment = read_moment(table, "date")
    if moment is None or (isinstance(moment, date) and not isinstance(moment, datetime)):
        return moment
    table.fault("date", "wrong-kind", "the date of a letter is a day", "Write date = 2022-03-21.")
    return None


def _reference(table: TableReader, office: Office) -> tuple[str, str]:
    reference, series = table.text("reference", "").strip(), table.text("series", "")
    if len(reference) > MAX_REFERENCE:
        table.fault(
            "reference", "reference-too-long", f"the reference is longer than {MAX_REFERENCE} characters",
            "It stands in the subject of every mail: shorten it.",
        )  # fmt: skip
        reference = ""
    if series and series not in office.series:
        hint = did_you_mean(series, office.series) or "Describe it in office.toml: [series.…]."
        table.fault("series", "unknown-series", f"there is no series «{series}»", hint)
    if reference and series:
        table.fault(
            "series", "two-references", "the letter has a reference and a series that would number it",
            "Keep one of the two lines.",
        )  # fmt: skip
    elif not table.has("reference") and not table.has("series"):
        hint = 'Add reference = "…", or series = "…" to have it numbered.'
        table.fault("reference", "missing-key", "the letter has neither a reference nor a series", hint)
    elif not reference and not series:
        table.fault("reference", "missing-key", "the reference is empty", "Write the reference between the quotes.")
    return reference, series


def _languages(table: TableReader, office: Office) -> tuple[str, ...]:
    languages = _known(table, "languages", office.languages, "language", "", default=office.languages)
    if not languages:
        table.fault("languages", "no-language", "the letter goes out in no language", 'Write languages = ["en", "fr"].')
        return office.languages
    return languages


def _signatory(table: TableReader, office: Office, kind: Kind) -> str:
    if kind is Kind.NOTE_VERBALE and not table.has("signatory"):
        return ""
    if not table.has("signatory") and len(office.signatories) == 1:
        return next(iter(office.signatories))
    signatory = table.text("signatory")
    if signatory and signatory not in office.signatories:
        hint = did_you_mean(signatory, office.signatories) or "Describe the signatory in office.toml."
        table.fault("signatory", "unknown-signatory", f"there is no signatory «{signatory}»", hint)
        return ""
    return signatory


def _known(
    table: TableReader, key: str, known: tuple[str, ...], what: str, hint: str, *, default: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """Take a list of words that are all known; each of the others is a finding."""
    kept: list[str] = []
    for number, item in enumerate(table.texts(key, default)):
        place = f"{key}.{number}"
        if item not in known:
            advice = " ".join(part for part in (did_you_mean(item, known), hint) if part)
            table.fault(place, f"unknown-{what}", f"there is no {what} «{item}»", advice)
        elif item in kept:
            table.fault(place, "given-twice", f"«{item}» stands twice in «{key}»", "Keep it once.", Level.WARNING)
        else:
            kept.append(item)
    return tuple(kept)


def _once(table: TableReader, key: str) -> tuple[str, ...]:
    """Take a list of words, each once."""
    words = table.texts(key)
    return _known(table, key, words, "word", "")


def _relations(table: TableReader) -> tuple[Relation, ...]:
    relations: list[Relation] = []
    for entry in table.array("relates"):
        to = entry.text("to")
        relation: RelationWord = entry.choice("as", RELATIONS, "refers-to")
        entry.finish()
        if to:
            relations.append(Relation(to=to, relation=relation))
    return tuple(relations)


def _addressees(table: TableReader, relates: tuple[Relation, ...]) -> Literal["same", "lists"]:
    """Take whom the lists are for: without a word, a letter that continues another goes to the same addressees."""
    is_continuing = any(relation.relation in CONTINUING for relation in relates)
    options: tuple[Literal["same", "lists"], ...] = ("same", "lists")
    default: Literal["same", "lists"] = "same" if is_continuing else "lists"
    chosen = table.choice("addressees", options, default)
    if chosen == "same" and not is_continuing:
        hint = 'Add relates = [{ to = "…", as = "corrects" }] (or "adds-to"), or remove the line.'
        table.fault("addressees", "same-as-whom", "the letter names no letter that it corrects or adds to", hint)
        return "lists"
    return chosen


def _audiences(table: TableReader, languages: tuple[str, ...], salutation: str) -> tuple[Audience, ...]:
    entries = table.array("audience")
    if not entries and not table.has("audience"):
        hint = 'Add [[audience]] with list = "…", the name of a file in recipients/.'
        table.fault("audience", "no-audience", "the letter names nobody whom it is for", hint)
    audiences = tuple(_audience(entry, languages, salutation) for entry in entries)
    first: dict[str, Audience] = {}
    for entry, audience in zip(entries, audiences, strict=True):
        known = first.setdefault(audience.name, audience)
        if _frame(known) != _frame(audience):
            entry.fault(
                "class", "class-differs", f"two audiences of the class «{audience.name}» are addressed differently",
                'Give one of them a name of its own: class = "…".',
            )  # fmt: skip
    return audiences


def _frame(audience: Audience) -> tuple[object, ...]:
    return (audience.lines, audience.collective, audience.salutation, audience.closing)


def _audience(entry: TableReader, languages: tuple[str, ...], salutation: str) -> Audience:
    list_name = entry.text("list")
    name = entry.text("class", list_name)
    for key, word in (("list", list_name), ("class", name)):
        if entry.has(key) and not _FILE_STEM.fullmatch(word):
            hint = "Use the file's name without folder and ending." if key == "list" else "Use letters, digits and -."
            entry.fault(key, "unusable-name", f"«{word}» cannot be the name of a {key}", hint)
    audience = Audience(
        list_name=list_name,
        where=_where(entry),
        name=name,
        lines=entry.texts("lines"),
        collective=entry.choice("address", ("collective", "personal"), "collective") == "collective",
        salutation=entry.text("salutation", salutation),
        closing=entry.text("closing", DEFAULT_CLOSING),
        bilingual=_bilingual(entry, languages),
        line=entry.line("list"),
    )
    entry.finish()
    return audience


def _bilingual(entry: TableReader, languages: tuple[str, ...]) -> tuple[str, ...]:
    """Take the two languages of a bilingual letter; both must be languages of the letter."""
    before = len(entry.findings)
    both = _known(entry, "bilingual", languages, "language", "It must be one of the letter's languages.")
    if len(both) == MOST_LANGUAGES:
        return both
    if entry.has("bilingual") and not has_errors(entry.findings[before:]):
        hint = 'Write bilingual = ["fr", "ar"], or leave it out.'
        entry.fault("bilingual", "not-two-languages", "a bilingual letter has two different languages", hint)
    return ()


def _where(entry: TableReader) -> Expression | None:
    source = entry.text("where", "")
    if not source.strip():
        return None
    try:
        expression = parse_expression(source)
    except ExpressionError as error:
        hint = "Write it like role == 'minister' and country != 'CH'."
        entry.fault("where", "bad-expression", error.message, hint)
        return None
    if expression.filters:
        entry.fault(
            "where", "bad-expression", "an audience is chosen without filters", "Remove the | and what follows."
        )
        return None
    return expression
