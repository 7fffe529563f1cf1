"""What came with a mail: kept under its SHA-256, never opened or run, and saved elsewhere on request."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from office.errors import InputError, NotFoundError
from office.files import sync_folder, write_aside
from replies.file_names import numbered
from replies.mail import InboundMail
from store.inbound import InboundFile

FOLDER = "attachments"  # within the archive
_MOST_OF_ONE_NAME = 1_000


def keep_attachments(archive: Path, mail: InboundMail) -> tuple[InboundFile, ...]:
    """Put the contents of a mail's attachments into the archive, each once, for its owner only; return what is kept.

    Raises `InputError` if the archive cannot be written.
    """
    kept = []
    new = False
    try:
        for attachment in mail.attachments:
            content = attachment.part.content
            digest = hashlib.sha256(content).hexdigest()
            target = archive / FOLDER / digest
            if not target.exists():
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_aside(target, content, mode=0o600)
                new = True
            kept.append(InboundFile(name=attachment.name, media_type=attachment.type, size=len(content), sha256=digest))
        if new:
            sync_folder(archive / FOLDER)
    except OSError as error:
        raise InputError(
            f"What came with a mail cannot be kept in {archive.name}/{FOLDER}/: {error.strerror}.",
            hint="Look at the disk and at the rights on the folder. The mail is fetched again by the next run.",
        ) from error
    return tuple(kept)


def save_attachments(archive: Path, files: Sequence[InboundFile], folder: Path) -> tuple[Path, ...]:
    """Write attachments into ``folder`` under their names; a file that is there already is never written over.

    Raises `NotFoundError` if the archive does not hold one, `InputError` if it is damaged or cannot be written.
    """
    contents = [_content(archive, file) for file in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_write_new(folder, file.name, content) for file, content in zip(files, contents, strict=True))
    except OSError as error:
        raise InputError(
            f"The attachments cannot be saved in {folder}: {error.strerror}.",
            hint="Name a folder that you may write to.",
        ) from error


def _content(archive: Path, file: InboundFile) -> bytes:
    try:
        content = (archive / FOLDER / file.sha256).read_bytes()
    except OSError:
        raise NotFoundError(
            f"The attachment «{file.name}» is missing from {archive.name}/{FOLDER}/.",
            hint="Restore the folder from the backup that belongs to the store.",
        ) from None
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise InputError(
            f"The attachment «{file.name}» in {archive.name}/{FOLDER}/ is not what came with the mail.",
            hint="Restore it from the backup.",
        )
    return content


def _write_new(folder: Path, name: str, content: bytes) -> Path:
    for number in range(1, _MOST_OF_ONE_NAME):
        target = folder / (name if number == 1 else numbered(name, number))
        try:
            descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return target
    raise OSError(17, f"too many files are called {name}")
