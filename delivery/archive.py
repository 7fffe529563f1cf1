"""Sealed forms: what was issued, kept so that every addressee's message comes back byte for byte.

A sealed form is one JSON file named by its own SHA-256. It contains the compiled forms with their packed
documents and what the mail adds; splicing it needs no renderer, no template and no office.toml.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from pathlib import Path

from delivery.mail_form import MailForm
from letters.calendars import CalendarFile
from office.errors import InputError, NotFoundError
from office.files import sync_folder, write_aside

VERSION = 1
FOLDER = "archive"


def seal(form: MailForm) -> bytes:
    """Return the form as self-contained bytes; the same form gives the same bytes."""
    shape = {
        "circulars-form": VERSION,
        "reference": form.reference,
        "zone": form.zone,
        "office-name": form.office_name,
        "attach": list(form.attach),
        "forms": json.loads(form.forms.to_archive()),
    }
    if form.calendars:
        shape["calendars"] = [[file.method, file.content] for file in form.calendars]
    if form.pdf is not None:
        shape["pdf"] = base64.b64encode(form.pdf).decode("ascii")
    return json.dumps(shape, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode("ascii")


def unseal(sealed: bytes) -> MailForm:
    """Rebuild a form; raises ValueError if the bytes are damaged or of a version that is not known."""
    from templates.rendering import forms_from_archive

    shape = json.loads(sealed)
    match shape:
        case {
            "circulars-form": int(version), "reference": str(reference), "zone": str(zone),
            "office-name": str(office_name), "attach": list(attach), "forms": dict(forms),
        } if version == VERSION:  # fmt: skip
            return MailForm(
                forms_from_archive(json.dumps(forms).encode("ascii")),
                reference=reference,
                zone=zone,
                office_name=office_name,
                attach=attach,
                calendars=[
                    CalendarFile(method=method, content=content) for method, content in shape.get("calendars", ())
                ],
                pdf=base64.b64decode(shape["pdf"]) if "pdf" in shape else None,
            )
        case _:
            raise ValueError("not a sealed form of this version")


def store_form(folder: Path, form: MailForm) -> str:
    """Put a form into the archive and return its SHA-256; a form that is there already is left alone.

    Raises `InputError` if the archive cannot be written.
    """
    sealed = seal(form)
    digest = hashlib.sha256(sealed).hexdigest()
    target = _path(folder, digest)
    try:
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_aside(target, sealed)
            sync_folder(folder)
    except OSError as error:
        raise InputError(
            f"The archive in {folder.name}/ cannot be written: {error.strerror}.",
            hint="Look at the disk and at the rights on the folder. Nothing was issued.",
        ) from error
    return digest


@lru_cache(maxsize=64)
def load_form(folder: Path, digest: str) -> MailForm:
    """Return a form from the archive; raises `NotFoundError` if it is missing, `InputError` if it is damaged."""
    try:
        sealed = _path(folder, digest).read_bytes()
    except OSError:
        raise NotFoundError(
            f"The sealed form {digest[:12]}… is missing from {folder.name}/.",
            hint="Restore the folder from the backup that belongs to the store.",
        ) from None
    damaged = InputError(
        f"The sealed form {digest[:12]}… in {folder.name}/ is not what was issued.", hint="Restore it from the backup."
    )
    if hashlib.sha256(sealed).hexdigest() != digest:
        raise damaged
    try:
        return unseal(sealed)
    except (ValueError, KeyError, TypeError) as error:
        raise damaged from error


def _path(folder: Path, digest: str) -> Path:
    return folder / f"{digest}.form"
