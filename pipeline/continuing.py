"""`new --corrects` and `new --adds-to`: a corrigendum or an addendum, drafted in all languages of the first letter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from letters.continuing import (
    Label,
    continuing_facts,
    first_words,
    next_reference,
    one_deadline,
    subject_lines,
)
from letters.model import Deadline, Letter
from letters.places import FACTS, catalogue_path, letter_folder
from letters.rules import ends_a_day, last_day
from letters.segments import TEXTS_CONTEXT, body_stem
from letters.sources import read_source
from locales.catalogue import Catalogue, fill_segments, read_catalogue
from locales.dates import Moment
from locales.locale import office_locale
from locales.missing import MissingWords
from office.errors import RefusedError
from office.model import Office
from pipeline.catalogues import export_catalogues
from pipeline.desk import Desk
from pipeline.letter_folders import folder_to_make, letter_references, open_letter, require_series
from store.circulars import Circular, all_circulars, circular_of
from store.continued import reached
from store.database import Connection
from store.deadlines import standings_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """A draft that continues ``first``, the reference of an issued letter.

    ``addressees`` counts those who got that. ``languages`` are those in which the first words of the draft stand.
    ``deadlines`` are the keys of those that can be moved.
    """

    folder: Path
    reference: str
    first: str
    addressees: int
    languages: tuple[str, ...]
    deadlines: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the shape that `new --corrects REF --json` prints."""
        names = ("reference", "first", "addressees", "languages", "deadlines")
        return {"slug": self.folder.name, **{name: getattr(self, name) for name in names}}


def continue_letter(desk: Desk, slug: str, ref: str, *, relation: str, series: str = "") -> Continued:
    """Draft a letter in the folder ``slug`` that continues the issued letter called ``ref``.

    ``relation`` is corrects or adds-to. The draft is called like the first with «Corr.1» or «Add.1», or numbered by
    ``series``. Raises RefusedError for a letter that is not issued or that nobody got, and where a folder or a
    translation of that name is there; nothing is made then.
    """
    require_series(desk, series)
    folder = folder_to_make(desk, slug)
    first = open_letter(desk, ref).letter
    with desk.store.read() as connection:
        circular = _issued(connection, first, ref)
        addressees = len(reached(connection, circular.id))
        stands = _as_they_stand(desk, connection, circular, first)
        taken = [one.reference for one in all_circulars(connection)]
    if not addressees:
        raise RefusedError(f"Nobody got {first.reference}: it was withdrawn before.", hint=f"circulars status {ref}")
    label = Label(series=series)
    if not series:
        label = Label(reference=next_reference(first.reference, relation, [*taken, *letter_references(desk).values()]))
    _require_no_catalogues(desk.office, first, slug)
    body, spoken = _body(desk.office, first, relation)
    facts, _ = read_source(letter_folder(first.slug, desk.office) / FACTS, file=FACTS)
    new_facts = continuing_facts(
        facts, first=first, relation=relation, label=label, day=desk.today, stands=stands, words=body
    )
    folder.mkdir(parents=True)
    (folder / FACTS).write_text(new_facts, "utf-8")
    (folder / "body.md").write_text(body, "utf-8")
    export_catalogues(desk, slug)
    for language, translations in spoken.items():
        fill_segments(catalogue_path(slug, desk.office, language), language, translations)
    return Continued(
        folder=folder,
        reference=label.reference,
        first=first.reference,
        addressees=addressees,
        languages=tuple(language for language in first.languages if language in spoken or language == first.source),
        deadlines=tuple(first.deadlines),
    )


def _issued(connection: Connection, first: Letter, ref: str) -> Circular:
    circular = circular_of(connection, first.slug)
    if circular is None or circular.state == "planned":
        raise RefusedError(
            f"{first.reference or ref} has not been issued: there is nothing to correct or to add to yet.",
            hint=f"Change letters/{first.slug} itself.",
        )
    return circular


def _as_they_stand(
    desk: Desk, connection: Connection, circular: Circular, first: Letter
) -> dict[str, tuple[Moment, bool]]:
    """Return the deadlines that have moved since, by key: typed as in letter.toml, they would be moved back."""
    standings = standings_for(connection, circular.id)
    found: dict[str, tuple[Moment, bool]] = {}
    for ask in first.asks:
        deadline, standing = first.deadlines.get(ask.deadline), standings.get(ask.id)
        if deadline is None or standing is None or standing.due_at is None:
            continue
        if (deadline.cut_off(desk.office.zone), deadline.provisional) != (standing.due_at, standing.provisional):
            found[deadline.key] = _typed(desk, deadline, standing.due_at), standing.provisional
    return found


def _typed(desk: Desk, deadline: Deadline, due_at: datetime) -> Moment:
    """Return a moment that is too late as letter.toml says it by the rule of a deadline."""
    zone = desk.office.zone
    if not ends_a_day(due_at, zone):
        return due_at.astimezone(zone)
    return due_at.astimezone(zone).date() if deadline.rule == "before" else last_day(due_at, zone)


def _require_no_catalogues(office: Office, first: Letter, slug: str) -> None:
    for language in first.languages:
        target = catalogue_path(slug, office, language)
        if target.exists():
            raise RefusedError(
                f"{target.relative_to(office.folder)} is there already.",
                hint="Choose another name, or move that file away; nothing was changed.",
            )


def _body(office: Office, first: Letter, relation: str) -> tuple[str, Mapping[str, Mapping[tuple[str, str], str]]]:
    """Return the text in the source's language, and per language the words of its segments, by context and msgid."""
    stem = body_stem(first, office, first.audiences[0].name if first.audiences else "")
    text, _ = read_source(letter_folder(first.slug, office) / f"{stem}.md", file=f"{stem}.md")
    subject, deadline = tuple(subject_lines(text)), one_deadline(first)
    lines, paragraphs = first_words(
        office_locale(office, first.source), relation=relation, subject=subject, deadline=deadline
    )
    spoken: dict[str, dict[tuple[str, str], str]] = {}
    for language in first.languages:
        if language == first.source:
            continue
        catalogue = read_catalogue(catalogue_path(first.slug, office, language))
        try:
            theirs = first_words(office_locale(office, language), relation=relation, subject=(), deadline=deadline)
        except MissingWords:  # a language of the office's own: its translators write them
            continue
        said = zip((lines[0], *paragraphs), (theirs[0][0], *theirs[1]), strict=True)
        spoken[language] = {("body", text): words for text, words in said}
        spoken[language] |= {("body", line): _done(catalogue, stem, line) for line in subject}
        spoken[language] |= {
            (TEXTS_CONTEXT, text): _done(catalogue, TEXTS_CONTEXT, text) for text in first.texts.values()
        }
    body = "".join(f"# {line}\n" for line in lines) + "".join(f"\n{paragraph}\n" for paragraph in paragraphs)
    return body, spoken


def _done(catalogue: Catalogue, context: str, msgid: str) -> str:
    """Return the finished translation of a segment, empty if there is none."""
    entry = catalogue.find(context, msgid)
    return entry.msgstr if entry is not None and entry.is_done else ""
