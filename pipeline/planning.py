"""`plan`, `approve`, `reject`: what would go to whom, under one digest, and who agreed to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from letters.composing import require_language
from office.errors import RefusedError
from office.findings import Finding
from pipeline.corrigenda import CorrectedDeadline, corrected_deadlines
from pipeline.desk import Desk
from pipeline.first_letters import FirstLetter, LeftBehind, first_letter
from pipeline.letter_folders import find_slug, open_letter, released_languages
from pipeline.lookup import find_addressees
from pipeline.surveying import Exclusion, PlanOptions, Progress, Successor, Survey, ask_terms, survey
from recipients.lists import write_faulty
from store.batches import plan_is_issued
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
from store.plans import Plan, decide_plan, entries_of, latest_plan, record_plan, replace_entries
from templates.merging import Merger

MIN_DIGEST = 8  # characters of a digest that a person may type instead of all 64


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
    changed: Mapping[str, object] | None  # since the last plan; None for the first
    findings: tuple[Finding, ...]
    author: str
    terms: Mapping[str, object]  # what is asked by when, what is attached, from which address
    successors: tuple[Successor, ...] = ()
    moves: tuple[CorrectedDeadline, ...] = ()  # deadlines of an earlier circular that this one moves when it is issued
    first: FirstLetter | None = None  # the circular that this one continues
    left_behind: tuple[LeftBehind, ...] = ()  # who got that, and would not get this
    continued_by: tuple[str, ...] = ()  # corrigenda and addenda that are out already: who is new needs them too

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints."""
        shape = {name: getattr(self, name) for name in ("digest", "reference", "slug", "letters", "author", "changed")}
        for name in ("by_language", "by_class", "by_channel", "by_rule", "excluded"):
            shape[name] = dict(getattr(self, name))
        shape["exclusions"] = [asdict(exclusion) for exclusion in self.exclusions]
        shape["faulty_files"] = list(self.faulty_files)
        shape["findings"] = [finding.as_json() for finding in self.findings]
        shape["terms"] = dict(self.terms)
        shape["successors"] = [asdict(successor) for successor in self.successors]
        shape["moves"] = [move.as_json() for move in self.moves]
        shape[CONTINUES] = self.first.as_json() if self.first else None
        shape["left_behind"] = [asdict(one) for one in self.left_behind]
        shape["continued_by"] = list(self.continued_by)
        return shape


def plan(
    desk: Desk, ref: str, options: PlanOptions | None = None, *, by: str = "", progress: Progress | None = None
) -> Planned:
    """Work out what would go to whom, reserve the number, and record it all under one digest."""
    options = _resolved(desk, ref, options or PlanOptions())
    found = survey(desk, ref, options, progress=progress)
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
        changed = changes(latest_plan(connection, circular_id), entries_of(connection, circular_id), found)
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
            first=found.first,
            left_behind=found.left_behind,
            continued_by=tuple(one.reference for one in continued_by(connection, circular_id) if one.state == "issued"),
        )
        record_plan(
            connection,
            circular_id=circular_id,
            digest=found.digest,
            options={"languages": options.languages, "keys": options.keys, "fall_back": options.fall_back},
            summary=planned.as_json(),
            forms=found.forms,
            author=author,
            at=now,
        )
        replace_entries(connection, circular_id, found.builder.entries)
    return planned


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
    """Write faulty rows back with their reasons; a file of an earlier plan goes when its faults are gone."""
    folder = desk.office.folder / "recipients" / "faulty"
    written = []
    for list_name in found.letter.list_names:
        target = folder / f"{list_name}.csv"
        rows = found.faulty.get(list_name, [])
        if rows:
            folder.mkdir(exist_ok=True)
            write_faulty(target, rows)
            written.append(target.relative_to(desk.office.folder).as_posix())
        else:
            target.unlink(missing_ok=True)
    return tuple(written)


def changes(before: Plan | None, entries: Mapping[str, bytes], found: Survey) -> dict[str, object] | None:
    """Say what differs from the latest plan: addressees added, removed, changed, and forms with other words."""
    if before is None:
        return None
    now = dict(found.builder.entries)
    added = sorted(now.keys() - entries.keys())
    removed = sorted(entries.keys() - now.keys() - found.issued.keys())
    changed = sorted(key for key in now.keys() & entries.keys() if now[key] != entries[key])
    forms = sorted(
        name for name in found.forms.keys() | before.forms.keys() if found.forms.get(name) != before.forms.get(name)
    )
    return {
        "since": before.digest,
        "same": before.digest == found.digest,
        "added": len(added),
        "removed": len(removed),
        "changed": len(changed),
        "forms": forms,
        "examples": {"added": added[:5], "removed": removed[:5], "changed": changed[:5]},
    }


def approve(desk: Desk, ref: str, digest: str, *, by: str = "", reject: bool = False, note: str = "") -> Plan:
    """Agree (or not) to the latest plan, by its digest; returns the plan. To reject it, no digest is needed.

    With the two-person rule, the account that planned cannot approve. Raises RefusedError where the rules
    forbid it, NotFoundError for an unknown letter.
    """
    slug = find_slug(desk, ref)
    with desk.store.write() as connection:
        circular = circular_of(connection, slug)
        latest = latest_plan(connection, circular.id) if circular else None
        if latest is None:
            raise RefusedError(f"{ref} has not been planned.", hint=f"Plan it first: circulars plan {ref}")
        if digest or not reject:
            require_digest(latest, digest, ref)
        if plan_is_issued(connection, latest.id):
            raise RefusedError(f"This plan of {ref} is issued already.", hint=f"See: circulars status {ref}")
        if not reject and desk.office.two_person_rule and latest.author.account == desk.account:
            raise RefusedError(
                f"{latest.author.name} made this plan; another account must approve it (two_person_rule).",
                hint=f"Ask a colleague to run: circulars approve {ref} --digest {digest}",
            )
        decision = "rejected" if reject else "approved"
        decide_plan(connection, latest.id, decision=decision, by=desk.author(by), at=desk.clock(), note=note)
    return latest


def require_digest(latest: Plan, digest: str, ref: str) -> None:
    """Raise RefusedError unless ``digest`` is, or begins, the digest of the latest plan."""
    wanted = digest.strip().lower()
    if len(wanted) < MIN_DIGEST:
        raise RefusedError(
            f"«{digest}» is too short for a digest.", hint=f"Give at least its first {MIN_DIGEST} characters."
        )
    if not latest.digest.startswith(wanted):
        raise RefusedError(
            f"The latest plan of {ref} has the digest {latest.digest[:16]}…, not {wanted[:16]}…",
            hint=f"Somebody planned again. Look at it: circulars plan {ref}",
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
