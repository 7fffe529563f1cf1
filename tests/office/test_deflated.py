"""Compressed stretches that can be joined, and their CRC."""

from __future__ import annotations

import zlib
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.deflated import END, crc_step, deflated, inflated, stored

contents = st.binary(max_size=2_000) | st.builds(
    lambda word, times: word * times, st.binary(min_size=1, max_size=9), st.integers(0, 9_000)
)


@given(st.lists(st.tuples(contents, st.booleans()), max_size=6))
def test_stretches_in_any_order_are_one_stream(pieces: list[tuple[bytes, bool]]) -> None:
    stream = b"".join(deflated(content) if packed else stored(content) for content, packed in pieces) + END
    unpacker = zlib.decompressobj(-15)
    whole = b"".join(content for content, _ in pieces)
    assert unpacker.decompress(stream) == whole
    assert unpacker.eof
    assert not unpacker.unused_data
    *_, crc = accumulate((crc_step(content) for content, _ in pieces), lambda crc, step: step(crc), initial=0)
    assert crc == zlib.crc32(whole)


@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 514, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("before", [0, 1, 0x80000000, 0xFFFFFFFF, 0xDEADBEEF])
def test_the_crc_goes_on(size: int, before: int) -> None:
    content = bytes(number * number % 251 for number in range(size))
    assert crc_step(content)(before) == zlib.crc32(content, before)
    assert inflated(stored(content), size) == content
    assert inflated(deflated(content), size) == content


def test_what_repeats_itself_becomes_shorter_and_what_does_not_hardly_longer() -> None:
    assert len(deflated(b"<w:p/>" * 500)) < 60
    assert len(deflated(b"<w:t>")) == len(stored(b"<w:t>")) == 10


def test_blocks_are_as_long_as_they_may_be() -> None:
    assert len(stored(bytes(65_535))) == 65_535 + 5
    assert len(stored(bytes(65_536))) == 65_536 + 10


def test_a_damaged_stretch_is_noticed() -> None:
    content = b"<w:p>Geneva, 21 March 2022</w:p>" * 20
    stretch = deflated(content)
    for damaged in (
        stretch[:-1],
        stretch[:-5],
        stretch + b"x",
        stretch + END,
        b"\xff" + stretch[1:],
        deflated(content + b"x"),
        deflated(content[:-1]),
        deflated(bytes(9_000_000)),
        b"",
    ):
        with pytest.raises(ValueError, match="damaged"):
            inflated(damaged, len(content))
