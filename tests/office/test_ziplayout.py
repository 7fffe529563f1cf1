"""Writing and reading the .zip of a document."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import ziplayout
from office.ziplayout import UnsafeZipError, close, deflate, lay_out, read_zip, store, unpack


@given(st.dictionaries(st.from_regex(r"[a-zé]{1,9}\.xml", fullmatch=True), st.binary(max_size=300), max_size=5))
def test_what_is_written_can_be_read(parts: dict[str, bytes]) -> None:
    entries = [
        deflate(name, content) if number % 2 else store(name, content)
        for number, (name, content) in enumerate(parts.items())
    ]
    data = close(*lay_out(entries))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} <= {(1980, 1, 1, 0, 0, 0)}
    assert read_zip(data) == parts
    assert [unpack(entry) for entry in entries] == list(parts.values())


def test_two_stretches_make_one_file() -> None:
    first = lay_out([deflate("a", b"a" * 100)])
    second = lay_out([store("b", b"b")], offset=len(first[0]))
    data = close(first[0] + second[0], first[1] + second[1], first[2] + second[2])
    assert read_zip(data) == {"a": b"a" * 100, "b": b"b"}


def zipped(*parts: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return target.getvalue()


def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ziplayout, "MAX_CONTENT", 100_000)
    with pytest.raises(UnsafeZipError, match="unpacked"):
        read_zip(zipped(("a.xml", b" " * 100_001)))


def test_a_size_that_lies_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ziplayout, "MAX_CONTENT", 100_000)
    data = bytearray(zipped(("a.xml", b" " * 200_000)))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(UnsafeZipError):
        read_zip(bytes(data))


@pytest.mark.parametrize("name", ["../a", "/etc/a", "a/../../b"])
def test_names_that_lead_out_are_refused(name: str) -> None:
    with pytest.raises(UnsafeZipError, match="name"):
        read_zip(zipped((name, b"")))


def test_too_many_parts_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ziplayout, "MAX_ENTRIES", 2)
    with pytest.raises(UnsafeZipError, match="more than 2"):
        read_zip(zipped(("a", b""), ("b", b""), ("c", b"")))


def test_names_twice_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        data = zipped(("a", b"1"), ("a", b"2"))
    with pytest.raises(UnsafeZipError, match="twice"):
        read_zip(data)


@given(st.binary(max_size=200))
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(UnsafeZipError):
        read_zip(data)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_damage_never_escapes(place: int, damage: bytes) -> None:
    data = bytearray(zipped(("a.xml", b"<a/>" * 50), ("b.xml", bytes(range(200)))))
    data[place % len(data) : place % len(data) + len(damage)] = damage
    with contextlib.suppress(UnsafeZipError):
        read_zip(bytes(data))
