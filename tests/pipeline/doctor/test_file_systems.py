"""On which file system a folder lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.doctor.file_systems import file_system_of

MOUNTS = rb"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
40 27 0:50 / /srv rw,relatime shared:1 master:2 - xfs /dev/vdb rw
41 40 0:51 / /srv/office rw,relatime - nfs4 files.example.int:/office rw,vers=4.2
42 27 0:52 / /home/anna/Shared\040files rw - fuse.sshfs anna@files.example.int: rw
43 27 0:53 /a /mnt/glass ro,relatime - ext4 /dev/vdc rw
44 27 0:54 / /mnt/pane rw,relatime - ext4 /dev/vdd ro
45 40 0:55 / /srv/twice rw - cifs //files/one rw
46 45 0:56 / /srv/twice rw - btrfs /dev/vde rw
a line that is none
"""


@pytest.mark.parametrize(
    ("path", "kind", "networked"),
    [
        ("/srv/office", "nfs4", True),
        ("/srv/office/journal", "nfs4", True),
        ("/srv/office-2", "xfs", False),
        ("/home/anna/Shared files/office", "fuse.sshfs", True),
        ("/home/anna", "ext4", False),
        ("/srv/twice/office", "btrfs", False),
    ],
)
def test_the_nearest_and_latest_mount_counts(path: str, kind: str, networked: bool) -> None:
    found = file_system_of(Path(path), MOUNTS)
    assert found is not None
    assert (found.type, found.is_networked) == (kind, networked)


@pytest.mark.parametrize("path", ["/mnt/glass/x", "/mnt/pane/x"])
def test_read_only_by_mount_or_by_file_system(path: str) -> None:
    found = file_system_of(Path(path), MOUNTS)
    assert found is not None
    assert found.read_only


def test_nothing_is_told_of_nothing() -> None:
    assert file_system_of(Path("/srv"), b"") is None
    assert file_system_of(Path("/srv"), b"\xff - \n1 2 3 4 5 6 - \n") is None
