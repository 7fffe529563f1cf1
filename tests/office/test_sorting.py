"""Sorting more than memory should hold."""

from __future__ import annotations

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office.sorting import Record, SortedSpool

KEYS = st.text(max_size=4) | st.sampled_from(["a", "A", "é", "中", "🙂", "\ud800", "a\nb", ""])


@given(st.lists(st.tuples(KEYS, st.binary(max_size=3)), max_size=30), st.integers(1, 5))
def test_what_goes_in_comes_out_sorted_in_runs_of_any_length(records: list[Record], run: int) -> None:
    spool = SortedSpool(run)
    for key, content in records:
        spool.add(key, content)
    assert len(spool) == len(records)
    assert list(spool) == sorted(records)
    assert list(spool) == sorted(records)  # read again


def test_adding_goes_on_after_reading() -> None:
    spool = SortedSpool(2)
    for key in "db":
        spool.add(key)
    assert [key for key, _ in spool] == ["b", "d"]
    for key in "ca":
        spool.add(key)
    assert [key for key, _ in spool] == ["a", "b", "c", "d"]


@pytest.mark.filterwarnings("error")
def test_its_files_are_closed_with_it() -> None:
    spool = SortedSpool(1)
    for key in "abc":
        spool.add(key)
    files = list(spool._files)
    assert len(files) == 3
    del spool
    gc.collect()
    assert all(file.closed for file in files)
