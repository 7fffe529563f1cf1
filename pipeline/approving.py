"""`approve`, and `approve --reject`: who agreed to a plan, or did not, when, as what, and with which visa."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from delivery.archive import FOLDER
from office.errors import InputError, NotFoundError, RefusedError
from office.files import sync_folder, write_aside
from pipeline.desk import Desk
from pipeline.letter_folders import find_slug
from pipeline.roles import Role, has_role, require_role
from replies.file_names import safe_file_name
from store.batches import plan_is_issued
from store.circulars import circular_of
from store.database import Connection
from store.plans import Decision, Plan, decisions_of, latest_plan, record_decision

MIN_DIGEST = 8  # characters of a digest that a person may type instead of all 64
VISAS = "visas"  # within the archive
MAX_VISA = 20_000_000  # bytes
# How the files begin that a visa may be: PDF (ISO 32000-1, 7.5.2), PNG (RFC 2083, 3.1), JPEG (ISO 10918-1, annex B).
_VISAS = {".pdf": b"%PDF-", ".png": b"\x89PNG\r\n\x1a\n", ".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff"}


@dataclass(frozen=True, slots=True)
class _Visa:
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def approve(
    desk: Desk, ref: str, digest: str, *, by: str = "", reject: bool = False, note: str = "", visa: Path | None = None
) -> Plan:
    """Agree (or not) to the latest plan, by its digest; returns the plan as it was before.

    To reject it, no digest is needed but a note is; whoever planned may do so too. ``visa`` is a scan of the paper
    that was signed, kept in the archive. What was decided before stays in the history; the latest counts. With the
    two-person rule, the account that planned cannot approve. Raises RefusedError where the rules forbid it,
    NotFoundError for an unknown letter or file, InputError for a file that is no scan.
    """
    if reject and not note.strip():
        raise RefusedError(
            "A rejection needs its reason.", hint=f'Write it: circulars approve {ref} --reject --note "…"'
        )
    if not reject:
        require_role(desk, Role.APPROVER)
    slug = find_slug(desk, ref)
    scan = _read_visa(visa) if visa else None
    with desk.store.write() as connection:
        latest = _undecided(connection, slug, ref, digest, needs_digest=not reject)
        role = _role(desk, latest, reject=reject)
        if not reject and desk.office.two_person_rule and latest.author.account == desk.account:
            raise RefusedError(
                f"{latest.author.name} made this plan; another account must approve it (two_person_rule).",
                hint=f"Ask a colleague to run: circulars approve {ref} --digest {digest}",
            )
        if scan:
            _keep_visa(desk, scan)
        decision = Decision(
            digest=latest.digest,
            decision="rejected" if reject else "approved",
            by=desk.author(by),
            role=role,
            decided_at=desk.clock(),
            note=note.strip(),
            visa_name=scan.name if scan else "",
            visa_sha256=scan.sha256 if scan else "",
        )
        record_decision(connection, latest.id, decision)
    return latest


def _undecided(connection: Connection, slug: str, ref: str, digest: str, *, needs_digest: bool) -> Plan:
    """Return the latest plan, on which one may decide; raises RefusedError."""
    circular = circular_of(connection, slug)
    latest = latest_plan(connection, circular.id) if circular else None
    if latest is None:
        raise RefusedError(f"{ref} has not been planned.", hint=f"Plan it first: circulars plan {ref}")
    if digest or needs_digest:
        require_digest(latest, digest, ref)
    if plan_is_issued(connection, latest.id):
        raise RefusedError(f"This plan of {ref} is issued already.", hint=f"See: circulars status {ref}")
    return latest


def _role(desk: Desk, latest: Plan, *, reject: bool) -> Role:
    """Return as what somebody decides: the author may take a plan back, for all else one must be an approver."""
    if reject and latest.author.account == desk.account and not has_role(desk, Role.APPROVER):
        return Role.AUTHOR
    require_role(desk, Role.APPROVER)
    return Role.APPROVER


def decisions(desk: Desk, ref: str) -> tuple[Decision, ...]:
    """Return what was decided on the plans of a letter, oldest first; raises NotFoundError for an unknown letter."""
    slug = find_slug(desk, ref)
    with desk.store.read() as connection:
        circular = circular_of(connection, slug)
        return decisions_of(connection, circular.id) if circular else ()


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


def _read_visa(path: Path) -> _Visa:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_VISA + 1)
    except OSError as error:
        raise NotFoundError(f"The visa {path} cannot be read: {error.strerror}.", hint="Give a scanned file.") from None
    if len(content) > MAX_VISA:
        raise InputError(
            f"The visa {path.name} is larger than {MAX_VISA // 1_000_000} MB.", hint="Scan it with fewer dots per inch."
        )
    beginning = _VISAS.get(path.suffix.lower())
    if beginning is None or not content.startswith(beginning):
        raise InputError(
            f"{path.name} is no scan that can be kept with an approval.", hint="Give a PDF, PNG or JPEG file."
        )
    return _Visa(safe_file_name(path.name), content)


def kept_visa(desk: Desk, decision: Decision) -> bytes:
    """Return the visa that was given with a decision; NotFoundError if it is gone, InputError if it is another."""
    try:
        content = (desk.office.folder / FOLDER / VISAS / decision.visa_sha256).read_bytes()
    except (OSError, ValueError):
        raise NotFoundError("It is missing from the archive.") from None
    if hashlib.sha256(content).hexdigest() != decision.visa_sha256:
        raise InputError("It is not the scan that was given with the decision.")
    return content


def _keep_visa(desk: Desk, visa: _Visa) -> None:
    """Put a visa into the archive under its SHA-256, for its owner only; raises InputError if that cannot be."""
    target = desk.office.folder / FOLDER / VISAS / visa.sha256
    try:
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_aside(target, visa.content, mode=0o600)
            sync_folder(target.parent)
    except OSError as error:
        raise InputError(
            f"The visa cannot be kept in {FOLDER}/{VISAS}/: {error.strerror}.",
            hint="Look at the disk and at the rights on the folder. Nothing was decided.",
        ) from error
