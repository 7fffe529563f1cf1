from __future__ import annotations

from pathlib import Path

import pytest

from office.files import stamp_of, sync_folder, write_aside, written_aside


def test_a_file_is_replaced_whole_and_keeps_its_rights(tmp_path: Path) -> None:
    target = tmp_path / "fr.po"
    write_aside(target, b"one")
    target.chmod(0o664)
    write_aside(target, b"two")
    sync_folder(tmp_path)
    assert target.read_bytes() == b"two"
    assert target.stat().st_mode & 0o777 == 0o664
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "fr.po"
    write_aside(target, b"one")

    def fail_half_way() -> None:
        with written_aside(target) as file:
            file.write(b"two")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        fail_half_way()
    assert target.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [target]


def test_a_stamp_changes_with_its_files(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"one")
    before = stamp_of((one, other))
    assert before == stamp_of((one, other))
    assert before[1] == (0, 0)
    other.write_bytes(b"")
    assert stamp_of((one, other)) != before
