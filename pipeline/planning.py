"""`plan`: what would go to whom, under one digest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from delivery.daily_caps import Forecast
from letters.composing import require_language
from office.errors import RefusedError
from office.findings import Finding
from pipeline.appearance import Appearance
from pipeline.corrigenda import CorrectedDeadline, corrected_deadlines
from pipeline.desk import Desk
from pipeline.first_letters import FirstLetter, LeftBehind, first_letter
from pipeline.letter_folders import open_letter, released_languages
from pipeline.lookup import find_addressees
from pipeline.pacing import Load
from pipeline.plan_changes import Changes, compare
from pipeline.roles import Role, require_role
from pipeline.surveying import Exclusion, PlanOptions, Progress, Successor, Survey, ask_terms, survey
from pipeline.unusual import Unusual, UnusualLetters
from recipients.lists import CORRECTIONS, find_list, read_list, write_faulty
from store.circulars import (
    Circular,
    add_circular,
    asks_of,
    circular_of,
    describe_circular,
    reference_taken,
    replace_asks,
    reserve_number,
    reserved_number,
)
from store.continued import KEY as CONTINUES
from store.continued import continued_by
from store.database import Connection
from store.plans import Decision, Plan, decisions_of, entries_of, latest_plan, record_plan, replace_entries
from store.suppressions import Suppressions, all_suppressions
from templates.merging import Merged, Merger


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What `plan` tells."""

    reference: str
    slug: str
    digest: str
    letters: int
    by_language: Mapping[str, int]
    by_class: Mapping[str, int]
    by_channel: Mapping[str, int]
    by_rule: Mapping[str, int]
    excluded: Mapping[str, int]
    exclusions: tuple[Exclusion, ...]
    faulty_files: tuple[str, ...]  # relative to the office
    changed: Changes | None  # since the last plan; None for the first
    findings: tuple[Finding, ...]
    author: str
    terms: Mapping[str, object]  # what is asked by when, what is attached, from which address
    successors: tuple[Successor, ...] = ()
    moves: tuple[CorrectedDeadline, ...] = ()  # deadlines of an earlier circular that this one moves when it is issued
    first: FirstLetter | None = None  # the circular that this one continues
    left_behind: tuple[LeftBehind, ...] = ()  # who got that, and would not get this
    unusual: tuple[Unusual, ...] = ()  # letters that a person must look at
    decisions: tuple[Decision, ...] = ()  # on earlier plans of this letter, oldest first
    pace: Forecast | None = None  # how long it takes to send, with the relay's limits; None: written to files
    continued_by: tuple[str, ...] = ()  # corrigenda and addenda that are out already: who is new needs them too

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints."""
        shape = {name: getattr(self, name) for name in ("digest", "reference", "slug", "letters", "author")}
        shape["changed"] = self.changed.as_json() if self.changed else None
        for name in ("by_language", "by_class", "by_channel", "by_rule", "excluded"):
            shape[name] = dict(getattr(self, name))
        shape["exclusions"] = [asdict(exclusion) for exclusion in self.exclusions]
        shape["faulty_files"] = list(self.faulty_files)
        shape["findings"] = [finding.as_json() for finding in self.findings]
        shape["terms"] = dict(self.terms)
        shape["successors"] = [asdict(successor) for successor in self.successors]
        shape["moves"] = [move.as_json() for move in self.moves]
        shape["unusual"] = [kind.as_json() for kind in self.unusual]
        shape["decisions"] = [decision.as_json() for decision in self.decisions]
        shape[CONTINUES] = self.first.as_json() if self.first else None
        shape["left_behind"] = [asdict(one) for one in self.left_behind]
        shape["continued_by"] = list(self.continued_by)
        shape["days"] = self.pace.days if self.pace else None
        shape["pace"] = self.pace.as_json() if self.pace else None
        return shape


def plan(
    desk: Desk,
    ref: str,
    options: PlanOptions | None = None,
    *,
    by: str = "",
    progress: Progress | None = None,
    previews: Path | None = None,
) -> Planned:
    """Work out what would go to whom, reserve the number, and record it all under one digest.

    Previews of the unusual letters are written into the folder ``previews``, if one is given. Raises RefusedError
    where the rules of the office forbid planning, InputError for a letter with errors or a folder that cannot be
    written.
    """
    require_role(desk, Role.AUTHOR)
    options = _resolved(desk, ref, options or PlanOptions())
    with desk.store.read() as connection:
        watch = UnusualLetters(Suppressions(all_suppressions(connection)))
    load = Load(desk)

    def keep(merged: Merged) -> None:
        watch.note(merged)
        load.note(merged)

    found = survey(desk, ref, options, keep=keep, progress=progress)
    unusual = watch.found(Appearance(found.merger, previews))
    letter = found.letter
    faulty_files = _write_faulty(desk, found)
    author = desk.author(by)
    with desk.store.write() as connection:
        circular = circular_of(connection, letter.slug)
        _require_plannable(connection, found, circular)
        _require_same_asks(desk, connection, found, circular)
        now = desk.clock()
        circular_id = add_circular(connection, slug=letter.slug, at=now)
        _reserve(desk, connection, found, circular_id)
        moves: tuple[CorrectedDeadline, ...] = ()
        if circular is None or circular.state != "issued":
            describe_circular(connection, circular_id, reference=letter.reference, subject=_subject(found))
            replace_asks(connection, circular_id, ask_terms(desk, letter))
            moves = tuple(one for one in corrected_deadlines(desk, connection, letter) if one.moves)
        changed = changes_since(connection, latest_plan(connection, circular_id), found)
        planned = Planned(
            reference=letter.reference,
            slug=letter.slug,
            digest=found.digest,
            letters=found.letters,
            by_language=found.by_language,
            by_class=found.by_class,
            by_channel=found.by_channel,
            by_rule=found.by_rule,
            excluded=found.excluded,
            exclusions=tuple(found.exclusions),
            faulty_files=faulty_files,
            changed=changed,
            findings=found.findings,
            author=author.name,
            terms=found.terms,
            successors=tuple(found.successors),
            moves=moves,
            unusual=unusual,
            decisions=decisions_of(connection, circular_id),
            first=found.first,
            left_behind=found.left_behind,
            pace=load.forecast(connection),
            continued_by=tuple(one.reference for one in continued_by(connection, circular_id) if one.state == "issued"),
        )
        record_plan(
            connection,
            circular_id=circular_id,
            digest=found.digest,
            options={"languages": options.languages, "keys": options.keys, "fall_back": options.fall_back},
            summary=_summary(planned),
            forms=found.forms,
            fields=found.fields,
            author=author,
            at=now,
        )
        replace_entries(connection, circular_id, found.builder.entries())
    return planned


def _summary(planned: Planned) -> dict[str, object]:
    """Return what the store keeps of a plan: what is counted and the same for all, nothing of single addressees."""
    personal = ("exclusions", "successors", "left_behind", "unusual", "decisions", "changed", "days", "pace")
    return {name: said for name, said in planned.as_json().items() if name not in personal}


def _resolved(desk: Desk, ref: str, options: PlanOptions) -> PlanOptions:
    """Turn what people call addressees into keys, and refuse languages that the letter does not have.

    A name that means nobody is an error: it would silently leave somebody out.
    """
    if not options.keys and not options.languages:
        return options
    letter = open_letter(desk, ref).letter
    for language in options.languages:
        require_language(letter, language)
    if not options.keys:
        return options
    with desk.store.read() as connection:
        first = first_letter(connection, letter)
    anybody = Merger(
        letter,
        desk.office,
        released=released_languages(desk, letter),
        fall_back=True,
        continued=first.addressees if first else None,
        everybody=first is None or first.everybody,
    )
    found = find_addressees(anybody, options.keys)
    return replace(options, keys=tuple(found[text].recipient.key for text in options.keys))


def _require_plannable(connection: Connection, found: Survey, circular: Circular | None) -> None:
    """Raise RefusedError for a letter that was withdrawn, or whose reference cannot be what it is."""
    letter = found.letter
    if circular is not None and circular.state == "withdrawn":
        raise RefusedError(
            f"{circular.reference} was withdrawn.", hint="Issue it as a new letter, in a folder of its own."
        )
    if circular is not None and circular.state == "issued" and circular.reference != letter.reference:
        raise RefusedError(
            f"This letter was issued as {circular.reference}; it cannot become {letter.reference}.",
            hint=f"Correct letters/{letter.slug}/letter.toml, or make a new letter of it.",
        )
    other = reference_taken(connection, letter.reference, letter.slug)
    if other:
        hint = "Give this letter another reference in letter.toml."
        if found.number is not None:  # both were planned at the same moment
            hint = f"Plan again, for the next number: circulars plan {letter.slug}"
        raise RefusedError(f"The reference {letter.reference} is taken by the letter in letters/{other}.", hint=hint)


def _require_same_asks(desk: Desk, connection: Connection, found: Survey, circular: Circular | None) -> None:
    """Raise RefusedError if a later batch would ask something else than the letters that have gone."""
    if circular is None or circular.state != "issued":
        return
    if asks_of(connection, circular.id) != ask_terms(desk, found.letter):
        raise RefusedError(
            f"{circular.reference} is issued already, and what it asks by when has changed since.",
            hint="Put the asks and deadlines back for this batch; tell a change to all in a corrigendum.",
        )


def _reserve(desk: Desk, connection: Connection, found: Survey, circular_id: int) -> None:
    if found.number is None:
        return
    series = desk.office.series[found.letter.series]
    year = series.counter_year(found.letter.date.year)
    if reserved_number(connection, found.letter.slug, series.key, year) is None:
        reserve_number(connection, circular_id, series=series.key, year=year, number=found.number, at=desk.clock())


def _subject(found: Survey) -> str:
    """The subject as the register shows it: the source language's, as far as a form was needed for it."""
    source = next((name for name in found.merger.forms if name.startswith(f"{found.letter.source}/")), None)
    name = source or next(iter(found.merger.forms), None)
    if name is None:
        return ""
    _, forms = found.merger.compiled(*name.split("/", 1))
    return forms.subject_for(["…"] * len(forms.slots)).removeprefix(f"{found.letter.reference} – ")


def _write_faulty(desk: Desk, found: Survey) -> tuple[str, ...]:
    """Write faulty rows back with their reasons; a file of an earlier plan goes when its faults are gone.

    A list with faults is read once more, as holding its faulty rows meanwhile would have no bound.
    """
    folder = desk.office.folder / "recipients"
    written = []
    for list_name in found.letter.list_names:
        target = folder / "faulty" / f"{list_name}.csv"
        if list_name in found.faulty:
            write_faulty(target, read_list(find_list(folder, list_name), corrections=folder / CORRECTIONS))
            written.append(target.relative_to(desk.office.folder).as_posix())
        else:
            target.unlink(missing_ok=True)
    return tuple(written)


def changes_since(connection: Connection, before: Plan | None, found: Survey) -> Changes | None:
    """Say what differs from a recorded plan; None without one."""
    if before is None:
        return None
    return compare(
        before,
        entries_of(connection, before.circular_id),
        found.builder.entries(),
        digest=found.digest,
        forms=found.forms,
        fields=found.fields,
        terms=found.terms,
        excluded=found.excluded,
        issued=found.issued,
    )


def chosen_options(stored: Mapping[str, object]) -> PlanOptions:
    """Rebuild the options that a recorded plan was limited to."""
    return PlanOptions(
        languages=_texts(stored.get("languages")),
        keys=_texts(stored.get("keys")),
        fall_back=bool(stored.get("fall_back")),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, Iterable) else ()
