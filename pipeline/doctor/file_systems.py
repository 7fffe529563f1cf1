"""On which file system a folder lies, as Linux tells it (proc(5), /proc/PID/mountinfo)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePath

# Shared by several machines, or reached through another one: locks and shared memory, on which SQLite's WAL and our
# leases stand, do not hold there (https://www.sqlite.org/wal.html, «All processes … must be on the same host»).
NETWORKED = frozenset(
    {
        "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.davfs2",
        "fuse.gcsfuse", "fuse.glusterfs", "fuse.grpcfuse", "fuse.mfs", "fuse.rclone", "fuse.s3fs", "fuse.seaweedfs",
        "fuse.sshfs", "fuse.vmhgfs-fuse", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "ocfs2",
        "orangefs", "prl_fs", "pvfs2", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs",
    }
)  # fmt: skip
FLEETING = frozenset({"tmpfs", "ramfs", "overlay", "aufs"})  # gone with the machine's power, or with the container
_OCTAL = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class FileSystem:
    """A mounted file system: where, of which type, read-only or not."""

    mounted_at: str
    type: str
    read_only: bool = False

    @property
    def is_networked(self) -> bool:
        """Whether others may write to it from elsewhere."""
        return self.type in NETWORKED

    @property
    def is_fleeting(self) -> bool:
        """Whether what lies there may be gone tomorrow."""
        return self.type in FLEETING


def file_system_of(path: Path, mounts: bytes) -> FileSystem | None:
    """Return the file system on which ``path``, absolute and without links, lies; None if that is not told.

    ``mounts`` is the content of mountinfo. Of several mounts on one place the last one counts.
    """
    found = None
    for line in mounts.splitlines():
        mounted = _mounted(line)
        if mounted is None or not PurePath(path).is_relative_to(mounted.mounted_at):
            continue
        if found is None or len(mounted.mounted_at) >= len(found.mounted_at):
            found = mounted
    return found


def _mounted(line: bytes) -> FileSystem | None:
    """Read «36 35 98:0 /root /mnt rw,noatime master:1 - ext3 /dev/root rw»; None for another line."""
    before, separator, after = line.partition(b" - ")
    fields, kind = before.split(b" "), after.split(b" ")
    if not separator or len(fields) < 6 or not kind[0]:
        return None
    place = _OCTAL.sub(lambda match: bytes([int(match[1], 8) & 0xFF]), fields[4])
    options = {*fields[5].split(b","), *(kind[2].split(b",") if len(kind) > 2 else ())}
    return FileSystem(place.decode("utf-8", "surrogateescape"), kind[0].decode("ascii", "replace"), b"ro" in options)
