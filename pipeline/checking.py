"""`check`: everything that can be known to be wrong before anything is planned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from delivery.dkim import dkim_findings
from letters.addressees import NOT_LOOKED_AT, SpokenTo
from letters.checking import check_letter
from letters.checks.renewals import check_years
from letters.checks.versions import Versions
from letters.model import CONTINUING, Audience, Letter
from letters.places import letter_file, letter_folder
from letters.reading import read_letter
from locales.glossary import read_glossary
from locales.locale import overlay_findings
from office.errors import CircularsError, InputError, NotFoundError
from office.expressions import ExpressionError
from office.findings import Finding, Level
from pipeline.addressing import Addressing
from pipeline.corrigenda import idle_deadlines
from pipeline.desk import Desk
from pipeline.first_letters import find_first
from pipeline.leaving import Leaving, missing_lists
from pipeline.letter_folders import find_slug, letter_slugs, numbered
from pipeline.proving import Proof, prove_letter
from pipeline.unknown_roles import UnknownRoles
from pipeline.unprintable import UnprintableRows, text_findings
from recipients.audience import matches, where_scope
from recipients.delimited import shown_path
from recipients.lists import CORRECTIONS, find_list, list_columns, read_list
from recipients.model import Recipient
from templates.look import look_findings

SHOWN_VALUES = 8  # of a column, where an audience selects nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What `check` found, and for each letter that can be rendered the proof that its languages agree."""

    findings: tuple[Finding, ...]
    proofs: tuple[Proof, ...]


def check(desk: Desk, ref: str = "") -> tuple[Finding, ...]:
    """Check one letter, or the whole office: letters, translations, templates, and the lists they are for."""
    return check_and_prove(desk, ref).findings


def check_and_prove(desk: Desk, ref: str = "") -> Checked:
    """Check like `check`, and prove that each letter states the same facts in all languages and outputs."""
    slugs = (find_slug(desk, ref),) if ref else letter_slugs(desk)
    findings = list(office_findings(desk))
    lists: dict[str, tuple[Finding, ...]] = {}
    proofs: list[Proof] = []
    for slug in slugs:
        letter, problems = read_letter(desk.office.folder / "letters" / slug, desk.office)
        findings.extend(problems)
        if letter is not None:
            letter, _ = numbered(desk, letter)
            addressing = Addressing(letter, desk.office)
            of_list = tuple(_list_findings(desk, letter, lists, addressing))
            findings.extend(letter_findings(desk, letter, addressing.spoken_to))
            findings.extend(text_findings(letter, desk.office))
            findings.extend(_relations(desk, letter))
            findings.extend(_first_letter(desk, letter))
            findings.extend(_idle_deadlines(desk, letter))
            findings.extend(of_list)
            try:
                proofs.append(prove_letter(letter, desk.office))
            except InputError as error:
                findings.extend(error.findings)
    of_lists = (finding for found in lists.values() for finding in found)
    of_proofs = (finding for proof in proofs for finding in (*proof.findings, *proof.notices))
    return Checked(findings=tuple(dict.fromkeys([*findings, *of_lists, *of_proofs])), proofs=tuple(proofs))


def office_findings(desk: Desk) -> tuple[Finding, ...]:
    """Check what all letters share: the office's own words, its glossary and templates, the keys that sign."""
    return (
        *overlay_findings(desk.office.folder / "locales", desk.office.languages),
        *read_glossary(desk.office.folder / "locales").findings,
        *look_findings(desk.office.folder, desk.office.look),
        *dkim_findings(desk.office),
        *missing_lists(desk.office),
    )


def letter_findings(desk: Desk, letter: Letter, spoken_to: SpokenTo = NOT_LOOKED_AT) -> tuple[Finding, ...]:
    """Check a letter against its facts, its translations and the columns of its lists.

    ``spoken_to`` is whom its personal audiences speak to, where the rows of the lists have been read.
    """
    columns: dict[str, frozenset[str]] = {}
    findings: list[Finding] = []
    for list_name in letter.list_names:
        try:
            columns[list_name] = list_columns(find_list(desk.office.folder / "recipients", list_name))
        except CircularsError as error:
            findings.extend(error.findings or [_list_fault(letter, list_name, error)])
    return (*findings, *check_letter(letter, desk.office, columns=columns, spoken_to=spoken_to))


def _relations(desk: Desk, letter: Letter) -> Iterable[Finding]:
    """Yield what is doubtful about the letters that are referred to: unknown here, or still spoken of by their year."""
    for index, relation in enumerate(letter.relates):
        try:
            slug = find_slug(desk, relation.to)
            earlier, _ = read_letter(letter_folder(slug, desk.office), desk.office)
            if earlier is not None and relation.relation == "renews":
                yield from check_years(Versions(letter, desk.office), earlier)
        except NotFoundError as error:
            to_all = relation == letter.continues and letter.addressees == "same"
            yield Finding(
                level=Level.WARNING,
                code="unknown-relation",
                message=f"«{relation.to}», which this letter {relation.relation}, is no letter of this office"
                + ("; this one goes to everybody on its lists" if to_all else ""),
                hint=error.hint or "Compare the reference; a letter of another office needs no entry here.",
                file=letter_file(letter.slug),
                line=letter.lines.get(f"relates.{index}.to", letter.lines.get("relates")),
            )


def _first_letter(desk: Desk, letter: Letter) -> Iterable[Finding]:
    """Yield why the letter that this one continues cannot say whom it is for, or not alone."""
    places = [index for index, relation in enumerate(letter.relates) if relation.relation in CONTINUING]
    if not places or letter.addressees == "lists":
        return
    with desk.store.read() as connection:
        found = find_first(connection, letter)
    if found is not None and found[0].state == "planned":
        circular, relation = found
        does = relation.replace("-", " ")
        message = f"{circular.reference}, which this letter {does}, has not been issued: nobody has it yet"
        hint = "Issue it first; until then this letter cannot be planned."
        yield _relation_warning(letter, places[0], "first-not-issued", message, hint)
    if len(places) > 1:
        message = (
            f"it goes to those who got {letter.relates[places[0]].to}, not to those of the others that it continues"
        )
        hint = 'Put that one first whose addressees are meant, or write addressees = "lists".'
        yield _relation_warning(letter, places[1], "continues-several", message, hint)


def _relation_warning(letter: Letter, index: int, code: str, message: str, hint: str) -> Finding:
    line = letter.lines.get(f"relates.{index}.to", letter.lines.get("relates"))
    file = letter_file(letter.slug)
    return Finding(level=Level.WARNING, code=code, message=message, hint=hint, file=file, line=line)


def _idle_deadlines(desk: Desk, letter: Letter) -> Iterable[Finding]:
    """Yield a warning for each deadline of a corrigendum that moves none of the circular that it corrects."""
    with desk.store.read() as connection:
        idle = idle_deadlines(desk, connection, letter)
    for key, hint in idle.items():
        yield Finding(
            level=Level.WARNING,
            code="deadline-moves-nothing",
            message=f"the corrected letter has no deadline «{key}»: issuing this one moves nothing",
            hint=hint,
            file=letter_file(letter.slug),
            line=letter.deadlines[key].line,
        )


def _list_fault(letter: Letter, list_name: str, error: CircularsError) -> Finding:
    line = next((audience.line for audience in letter.audiences if audience.list_name == list_name), None)
    return Finding(
        level=Level.ERROR,
        code="list-unusable",
        message=error.message,
        hint=error.hint,
        file=letter_file(letter.slug),
        line=line,
    )


def _list_findings(
    desk: Desk, letter: Letter, lists: dict[str, tuple[Finding, ...]], addressing: Addressing
) -> Iterable[Finding]:
    """Read the letter's lists once each (``lists`` grows) and say which audience selects nobody.

    ``addressing`` looks at each row as well.
    """
    folder = desk.office.folder / "recipients"
    corrections = folder / CORRECTIONS
    waiting = dict(enumerate(letter.audiences))
    seen: dict[tuple[str, str], set[str]] = {}  # what stands in the columns that the audiences ask about
    for list_name in letter.list_names:
        found: list[Finding] = []
        roles = UnknownRoles(letter, desk.office, list_name)
        unprintable, leaving = UnprintableRows(), Leaving(desk.office)
        audiences = [audience for audience in letter.audiences if audience.list_name == list_name]
        try:
            path = find_list(folder, list_name)
            for row in read_list(path, corrections=corrections):
                roles.note(row)
                unprintable.note(row)
                yield from addressing.note(row, list_name, shown_path(path))
                found.extend(_as_warning(finding, faulty=row.recipient is None) for finding in row.findings)
                if row.recipient is not None and list_name in desk.office.lists:
                    _note_leaving(leaving, list_name, row.recipient, audiences)
                if row.recipient is not None and waiting:
                    _note_values(waiting.values(), list_name, row.recipient, seen)
                    for index in [
                        i for i, a in waiting.items() if a.list_name == list_name and _selects(a, row.recipient)
                    ]:
                        del waiting[index]
            yield from roles.findings(shown_path(path))
            yield from unprintable.findings(shown_path(path))
            yield from leaving.findings()
        except CircularsError as error:
            found.extend(error.findings)  # a fault far below the heading shows only now; `check` drops repetitions
            waiting = {i: a for i, a in waiting.items() if a.list_name != list_name}  # said by `letter_findings`
        lists.setdefault(list_name, tuple(found))
    for audience in waiting.values():
        yield Finding(
            level=Level.ERROR,
            code="audience-empty",
            message=f"the audience «{audience.name}» selects nobody on the list «{audience.list_name}»",
            hint=_what_stands_there(audience, seen),
            file=letter_file(letter.slug),
            line=audience.line,
        )


def _note_leaving(leaving: Leaving, list_name: str, recipient: Recipient, audiences: Sequence[Audience]) -> None:
    """Count an addressee of a list that may be left, in the first audience that selects it."""
    name = next((audience.name for audience in audiences if _selects(audience, recipient)), None)
    if name is not None:
        leaving.note(list_name, recipient, name)


def _columns_asked(audience: Audience) -> list[str]:
    return sorted({path[0] for path in audience.where.paths}) if audience.where else []


def _note_values(
    waiting: Iterable[Audience], list_name: str, recipient: Recipient, seen: dict[tuple[str, str], set[str]]
) -> None:
    scope = where_scope(recipient)
    for audience in waiting:
        if audience.list_name == list_name:
            for column in _columns_asked(audience):
                values = seen.setdefault((list_name, column), set())
                value = scope.get(column)
                if isinstance(value, str) and value and len(values) <= SHOWN_VALUES:
                    values.add(value)


def _what_stands_there(audience: Audience, seen: Mapping[tuple[str, str], set[str]]) -> str:
    """Name the values of the columns that the audience asks about: a misspelt one, or a missing column, shows."""
    parts = []
    for column in _columns_asked(audience):
        values = sorted(seen.get((audience.list_name, column), ()))
        more = " …" if len(values) > SHOWN_VALUES else ""
        told = f"holds {', '.join(values[:SHOWN_VALUES])}{more}" if values else "is empty in every row"
        parts.append(f"On the list, {column} {told}.")
    return " ".join([*parts, "Correct «where» or the list, or take the audience out."])


def _selects(audience: Audience, recipient: Recipient) -> bool:
    try:
        return matches(recipient, audience.where)
    except ExpressionError:
        return True  # said by `check_letter`


def _as_warning(finding: Finding, *, faulty: bool) -> Finding:
    """A faulty row does not stop the letter: the others go on, and the row comes back with its reason."""
    if not faulty or finding.level is not Level.ERROR:
        return finding
    return replace(finding, level=Level.WARNING, message=f"{finding.message} (this row is left out)")
