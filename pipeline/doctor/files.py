"""The office folder: who may read the key, what can be written, how much room is left, and on which disk it lies."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from office.errors import CircularsError
from office.model import FilesTransport, Office, SmtpTransport
from office.reading import KEY_NAME
from office.tokens import load_tokens
from pipeline.doctor.file_systems import file_system_of
from pipeline.doctor.results import Result, Results, Visit, error, good, note, of_error, skipped, warning
from store.health import store_file

_WRITTEN = ("journal", "archive", "letters", "recipients", "locales")  # besides the office folder itself
_LITTLE, _TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes free
_FEW_FILES = 1_000  # free inodes
_OTHERS = stat.S_IRWXO


class _Secret(NamedTuple):
    name: str
    path: Path


def look_at_files(office: Office, visit: Visit) -> Results:
    """Look at the key, the folders, the room on the disk and the file systems."""
    yield from _key(office)
    yield from _other_secrets(office)
    yield from _folders(office)
    yield from _log(office)
    yield from _room(office.folder)
    yield from _file_systems(office, visit)


def _key(office: Office) -> Results:
    path = office.folder / KEY_NAME
    try:
        load_tokens(path)
    except CircularsError as fault:
        yield of_error("key", fault)
        return
    found = _open_to_others(_Secret(f"the office's key {KEY_NAME}", path), office.folder)
    yield found or good("key", f"{KEY_NAME} is there, and only who ought to may read it.")


def _other_secrets(office: Office) -> Results:
    found = [_Secret(f"the token kept in {path.name}", path) for path in sorted(office.folder.glob("*.token"))]
    found += [_Secret(f"the DKIM key {dkim.key_file}", office.folder / dkim.key_file) for dkim in office.mail.dkim]
    for each in found:
        if each.path.exists() and (fault := _open_to_others(each, office.folder)):
            yield fault


def _open_to_others(secret: _Secret, folder: Path) -> Result | None:
    """Return what is wrong with who may read a secret: its owner may, and at the most the office's own group."""
    state, home = secret.path.stat(), folder.stat()
    mode = stat.S_IMODE(state.st_mode)
    told = f"{secret.name[:1].upper()}{secret.name[1:]} has the mode {mode:04o}"
    if mode & _OTHERS:
        return error("secret-open", f"{told}: every account of this machine may read it.", f"chmod 600 {secret.path}")
    if mode & stat.S_IWGRP or (mode & stat.S_IRGRP and state.st_gid != home.st_gid):
        return error(
            "secret-open",
            f"{told}, and belongs to the group {state.st_gid}.",
            f"chmod 600 {secret.path}; or, for all accounts of the office: chgrp {home.st_gid} and chmod 640.",
        )
    if state.st_uid not in {home.st_uid, os.geteuid()}:
        return warning(
            "secret-owner",
            f"{secret.name[:1].upper()}{secret.name[1:]} belongs to another account than the office folder.",
            f"chown {home.st_uid} {secret.path}",
        )
    return None


def _folders(office: Office) -> Results:
    transports = office.transports.values()
    outgoing = {each.folder for each in transports if isinstance(each, FilesTransport)}
    closed = [place for place in _places(office.folder, (*_WRITTEN, *sorted(outgoing))) if not _writable(place)]
    for place in closed:
        yield error(
            "not-writable",
            f"Your account may not write to {place}.",
            f"Let the office's group write: chgrp -R GROUP {office.folder}; chmod -R g+rwX {office.folder}",
        )
    if not closed:
        yield good("writable", f"{office.folder} and its folders can be written to.")
    mode = office.folder.stat().st_mode
    if mode & stat.S_IWGRP and not mode & stat.S_ISGID:
        yield warning(
            "no-setgid",
            "A group may write to the office folder, but what one member makes there is not the group's.",
            f"find {office.folder} -type d -exec chmod g+s {{}} +; and umask 007 for all accounts.",
        )
    if mode & stat.S_IWOTH:
        yield error("open-folder", "Every account may write to the office folder.", f"chmod o-rwx {office.folder}")
    for transport in transports:
        if isinstance(transport, SmtpTransport) and transport.ca_file:
            yield from _certificate_file(office.folder, transport.ca_file, f"[transports.{transport.key}]")
    if office.inbox.ca_file:
        yield from _certificate_file(office.folder, office.inbox.ca_file, "[inbox]")


def _log(office: Office) -> Results:
    if not office.log.file:
        return
    path = office.folder / office.log.file
    if not _writable(path.parent) or (path.exists() and not os.access(path, os.W_OK)):
        yield error(
            "no-log",
            f"The log of sending, {path}, cannot be written.",
            "Make its folder, for the account that sends; or take [log] out of office.toml.",
        )


def _certificate_file(folder: Path, name: str, section: str) -> Results:
    if not os.access(folder / name, os.R_OK):
        yield error(
            "no-ca-file",
            f"The certificate {name} of {section} cannot be read.",
            "Put the authority's certificate there (PEM), or take ca_file out of office.toml.",
        )


def _places(folder: Path, names: Iterable[str]) -> Iterable[Path]:
    yield folder
    yield from (folder / name for name in names if (folder / name).exists())


def _writable(place: Path) -> bool:
    return os.access(place, os.W_OK | os.X_OK)


def _room(folder: Path) -> Results:
    free = shutil.disk_usage(folder).free
    told = f"{free / 1e9:,.1f} GB are free on the office's disk"
    hint = "Make room: a full disk stops sending and tracking (nothing is lost by it)."
    if free < _TOO_LITTLE:
        yield error("disk-full", f"{told}.", hint)
    elif free < _LITTLE:
        yield warning("disk-low", f"{told}.", hint)
    else:
        yield good("disk", f"{told}.")
    counted = os.statvfs(folder)
    if counted.f_files and counted.f_favail < _FEW_FILES:
        yield error("files-full", f"Only {counted.f_favail} more files can be made on the office's disk.", hint)


def _file_systems(office: Office, visit: Visit) -> Results:
    try:
        mounts = visit.mounts.read_bytes()
    except OSError:
        yield skipped("file-system", "This system does not tell what is mounted where (no /proc/self/mountinfo).")
        return
    folders = {"The office folder": office.folder, "The journal": office.folder / "journal"}
    for name, path in folders.items():
        found = file_system_of(path.resolve(), mounts)
        if found is None:
            continue
        told = f"{name} lies on {found.type}, mounted at {found.mounted_at}"
        if found.is_networked and store_file(office.store_url, office.folder) is None:
            yield note("network-file-system", f"{told}; the store is on a server, so machines may share it.")
        elif found.is_networked:
            yield error(
                "network-file-system",
                f"{told}: a file system that other machines share, on which neither SQLite nor the locks of sending "
                "can be trusted.",
                "Move the office folder to a local disk of one machine; for several machines, see PostgreSQL in "
                "docs/it-officer.md.",
            )
        elif found.read_only:
            yield error("read-only", f"{told}, which is read-only.", "Look at the disk (dmesg), and at /etc/fstab.")
        elif found.is_fleeting:
            yield note(
                "fleeting-file-system",
                f"{told}: what lies there goes with the machine's power, or with the container.",
                "Keep the office on a disk, or on a volume of the container.",
            )
        else:
            yield good("file-system", f"{told}.")
