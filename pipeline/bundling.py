"""`archive export`: everything of a circular in one folder for records management, readable without this program."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from delivery.archive import FOLDER, load_form
from delivery.verifying import Examined, Standing, examine
from office.errors import CircularsError, InputError, RefusedError
from pipeline.approving import VISAS, kept_visa
from pipeline.archiving import PAPER, witnesses_of
from pipeline.bundle_readme import readme
from pipeline.desk import Desk
from pipeline.lookup import issued_circular
from pipeline.reporting import report
from recipients.rows import guarded
from store.archived import BatchRecord, IndexRow, batch_records, form_names, index_rows
from store.circulars import Circular
from store.database import Connection
from store.erasures import erasures_of
from store.message_rows import rows_in
from store.messages import counts
from store.plans import Decision, decisions_of

PER_FOLDER = 1000  # letters in one folder, so that file managers still open it
STEP = 500  # messages between two reports of progress
MANIFEST = "manifest.sha256"
COLUMNS = (
    "number", "key", "party", "name", "organisation", "country", "language", "class", "channel", "kind", "role",
    "mailbox", "message_id", "dated", "first_attempt_at", "state", "state_since", "proof", "file", "sha256",
)  # fmt: skip
_UNSAFE = re.compile(r"[^A-Za-z0-9._]+")
_LONGEST_NAME = 60  # characters of a key in a file's name

Progress = Callable[[int, int], None]


@dataclass(kw_only=True)
class Bundle:
    """What `archive export` wrote. ``left_out`` are the messages that are not what was sent, with the reason."""

    folder: Path
    reference: str
    files: int = 0
    letters: int = 0
    standings: Counter[str] = field(default_factory=Counter)
    left_out: list[tuple[str, str]] = field(default_factory=list)  # the first thousand
    faults: int = 0

    def as_json(self) -> dict[str, object]:
        """Return the shape that `archive export --json` prints."""
        return {
            "folder": str(self.folder),
            "reference": self.reference,
            "files": self.files,
            "letters": self.letters,
            "messages": {standing.value.replace("-", "_"): self.standings[standing] for standing in Standing},
            "left_out": [{"what": what, "why": why} for what, why in self.left_out],
            "faults": self.faults,
        }

    def leave_out(self, what: str, why: str) -> None:
        """Take in something that is not as it was issued."""
        self.faults += 1
        if len(self.left_out) < PER_FOLDER:
            self.left_out.append((what, why))


def export_bundle(desk: Desk, ref: str, folder: Path, *, progress: Progress | None = None) -> Bundle:
    """Write everything that is kept of a circular into a new folder: it is there whole or not at all.

    The same archive gives the same files. A letter that is not what was sent is left out and named. Raises
    RefusedError for a folder that is not empty, InputError where it cannot be written.
    """
    circular = issued_circular(desk, ref)
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} is there and not empty.", hint="Choose a new folder; nothing was written.")
    load_form.cache_clear()
    bundle = Bundle(folder=folder, reference=circular.reference or circular.slug)
    try:
        with _aside(folder) as made, desk.store.read() as connection:
            _Writer(desk, connection, circular, made, bundle).write(progress)
    except OSError as error:
        raise InputError(
            f"The bundle cannot be written to {folder}: {error.strerror or error}.",
            hint="Look at the disk and at the rights on the folder above; nothing was left behind.",
        ) from error
    return bundle


@contextmanager
def _aside(folder: Path) -> Iterator[Path]:
    """Make a folder beside ``folder`` that takes its place when the block ends well."""
    made = folder.with_name(f".{folder.name}.part")
    if made.exists():
        shutil.rmtree(made)  # what a process that died has left
    made.mkdir(parents=True)
    try:
        yield made
        if folder.exists():
            folder.rmdir()
        made.replace(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


class _Writer:
    """Writes the files of one bundle, each listed with its SHA-256 in the manifest as it is written."""

    def __init__(self, desk: Desk, connection: Connection, circular: Circular, folder: Path, bundle: Bundle) -> None:
        self._desk = desk
        self._connection = connection
        self._circular = circular
        self._folder = folder
        self._bundle = bundle
        self._archive = desk.office.folder / FOLDER
        self._manifest: dict[str, str] = {}

    def write(self, progress: Progress | None) -> None:
        """Write everything; the manifest last."""
        batches = tuple(batch_records(self._connection, self._circular.id))
        self._write_forms()
        self._write_messages(progress)
        self._write_decisions(batches)
        for kind in ("csv", "json"):
            self._add(f"register.{kind}", report(self._desk, self._circular.slug, kind))
        if self._bundle.left_out:
            lines = [f"{what}: {why}\n" for what, why in self._bundle.left_out]
            self._add("LEFT-OUT.txt", "".join(lines).encode())
        self._add("README.txt", readme(self._circular, self._bundle.standings, batches))
        lines = [f"{digest}  {name}\n" for name, digest in sorted(self._manifest.items())]
        (self._folder / MANIFEST).write_text("".join(lines), "utf-8", newline="\n")
        self._bundle.files = len(lines) + 1

    def _add(self, name: str, content: bytes) -> None:
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        self._manifest[name] = hashlib.sha256(content).hexdigest()

    def _write_forms(self) -> None:
        """Write the sealed forms, and of each the letter as a document that shows what was filled in where."""
        for name in form_names(self._connection, self._circular.id):
            try:
                form = load_form(self._archive, name)
            except CircularsError as error:
                self._bundle.leave_out(f"sealed form {name}", error.message)
                continue
            self._add(f"sealed/{name}.form", (self._archive / f"{name}.form").read_bytes())
            forms = form.forms
            values = [f"[{slot.name}]" if slot.kind == "text" else True for slot in forms.slots]
            stem = f"documents/{_safe(forms.class_name)}.{_safe(forms.language)}.{name[:12]}"
            self._add(f"{stem}.docx", forms.docx_for(values))
            if form.pdf is not None:  # the one that its mails carry
                self._add(f"{stem}.pdf", form.pdf)
            self._add(f"{stem}.html", forms.html_for(values).encode())
            self._add(f"{stem}.txt", forms.text_for(values).encode())

    def _write_messages(self, progress: Progress | None) -> None:
        total = sum(counts(self._connection, self._circular.id).values())
        witnesses = witnesses_of(self._desk, self._connection, self._circular)
        pairs = zip(
            rows_in(self._connection, self._circular.id),
            index_rows(self._connection, self._circular.id),
            strict=True,
        )
        with self._index() as enter:
            for done, (row, index) in enumerate(pairs, start=1):
                thorough = self._bundle.faults < PER_FOLDER // 10
                examined = examine(self._archive, self._circular.reference, row, witnesses, is_thorough=thorough)
                self._bundle.standings[examined.standing] += 1
                enter(self._entry(examined, index, self._place(examined)))
                if progress is not None and (done % STEP == 0 or done == total):
                    progress(done, total)

    def _place(self, examined: Examined) -> str:
        """Write a message that went, if it is what was sent, and return its place in the bundle."""
        row = examined.row
        if examined.standing is Standing.CHANGED:
            what = f"{row.id:07} {row.key} {row.mailbox or 'on paper'}"
            self._bundle.leave_out(what, " ".join(fault.message for fault in examined.faults))
        if examined.standing not in {Standing.VERIFIED, Standing.SEALED} or examined.content is None:
            return ""
        suffix = "docx" if row.role == PAPER else "eml"
        name = f"letters/{row.id // PER_FOLDER:04}/{row.id:07}-{_safe(row.key)}.{suffix}"
        self._add(name, examined.content)
        self._bundle.letters += 1
        return name

    def _entry(self, examined: Examined, index: IndexRow, name: str) -> dict[str, object]:
        row, zone = examined.row, self._desk.office.zone
        sha256 = row.sha256.hex() if row.sha256 is not None else self._manifest.get(name, "")
        attempted = row.first_attempt_at.astimezone(zone).isoformat() if row.first_attempt_at else ""
        return {
            "number": row.id, "key": row.key, "party": index.party, "name": row.name,
            "organisation": index.organisation, "country": index.country, "language": row.language,
            "class": index.class_name, "channel": index.channel,
            "kind": "letter" if row.reminder_id is None else "reminder", "role": row.role, "mailbox": row.mailbox,
            "message_id": row.message_id, "dated": row.issued_at.astimezone(zone).isoformat(),
            "first_attempt_at": attempted, "state": row.state,
            "state_since": index.changed_at.astimezone(zone).isoformat(), "proof": examined.standing.value,
            "file": name, "sha256": sha256,
        }  # fmt: skip

    @contextmanager
    def _index(self) -> Iterator[Callable[[Mapping[str, object]], None]]:
        """Open both indexes; what is entered is written at once, however long they become."""
        table, tree = self._folder / "index.csv", self._folder / "index.json"
        with table.open("w", encoding="utf-8-sig", newline="") as rows, tree.open("w", encoding="utf-8") as shapes:
            writer = csv.writer(rows)
            writer.writerow(COLUMNS)
            lead = "[\n"

            def enter(entry: Mapping[str, object]) -> None:
                nonlocal lead
                writer.writerow([guarded(str(entry[column])) for column in COLUMNS])
                shapes.write(lead + json.dumps(entry, ensure_ascii=False))
                lead = ",\n"

            yield enter
            shapes.write("[]\n" if lead == "[\n" else "\n]\n")
        for path in (table, tree):
            with path.open("rb") as file:
                self._manifest[path.name] = hashlib.file_digest(file, "sha256").hexdigest()

    def _write_decisions(self, batches: tuple[BatchRecord, ...]) -> None:
        decisions = decisions_of(self._connection, self._circular.id)
        for decision in decisions:
            self._write_visa(decision)
        erased = [
            {"key": one.key, "erased_at": one.erased_at.isoformat(), "erased_by": one.erased_by, "note": one.note}
            for one in erasures_of(self._connection, self._circular.id)
        ]
        shape = {
            "reference": self._circular.reference,
            "subject": self._circular.subject,
            "state": self._circular.state,
            "batches": [batch.as_json() for batch in batches],
            "decisions": [decision.as_json() for decision in decisions],
            "erasures": erased,
        }
        self._add("decisions.json", (json.dumps(shape, ensure_ascii=False, indent=2, default=str) + "\n").encode())

    def _write_visa(self, decision: Decision) -> None:
        if not decision.visa_sha256:
            return
        try:
            content = kept_visa(self._desk, decision)
        except CircularsError as error:
            self._bundle.leave_out(f"visa {decision.visa_name}", error.message)
            return
        self._add(f"{VISAS}/{decision.visa_sha256[:12]}-{_safe(decision.visa_name)}", content)


def _safe(text: str) -> str:
    """Return text fit for a file's name on any system: ASCII letters, digits, full stops and dashes, never hidden."""
    return _UNSAFE.sub("-", text)[:_LONGEST_NAME].strip("-.") or "letter"
