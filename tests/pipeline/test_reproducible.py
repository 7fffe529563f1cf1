"""The digest is the same wherever the inputs are: another machine, zlib, locale, clock, order of files and rows."""

from __future__ import annotations

import csv
import os
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from office.tokens import create_key
from templates.look import BUILTIN, LETTERHEADS
from tests.pipeline.offices import copy_office, edit

ROOT = Path(__file__).parents[2]
LETTERS = ("forum-2018", "forum-2022")

# Plans in a process of its own, as another machine would. A zlib that packs otherwise stands in for another build.
PROGRAM = """\
import os, sys, zlib
from datetime import UTC, datetime
from pathlib import Path

folder, umask, level, *slugs = sys.argv[1:]
os.umask(int(umask, 8))
if level:
    pack = zlib.compressobj
    zlib.compressobj = lambda _=9, *rest: pack(int(level), *rest)
os.chdir("/")

from pipeline.desk import open_desk
from pipeline.planning import plan

moment = datetime(2031 if level else 2026, 3, 4, tzinfo=UTC)
with open_desk(Path(folder), lambda: moment) as desk:
    print(*[plan(desk, slug).digest for slug in slugs])
"""


@pytest.fixture(scope="session")
def equipped_office(sample_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office with letterheads and a page of its own, a PDF attached; do not change it."""
    folder = copy_office(sample_office, tmp_path_factory.mktemp("equipped") / "office")
    for name in (*LETTERHEADS.values(), "circular.html"):
        (folder / "templates").mkdir(exist_ok=True)
        shutil.copyfile(BUILTIN / name, folder / "templates" / name)
    edit(
        folder / "letters" / "forum-2022" / "letter.toml", 'attach = ["docx", "ics"]', 'attach = ["docx", "pdf", "ics"]'
    )
    return folder


def digests(folder: Path, *, umask: str = "022", level: str = "", **environment: str) -> list[str]:
    """Return the digests of the letters' plans, made in a process with a given environment."""
    told = subprocess.run(
        [sys.executable, "-c", PROGRAM, folder, umask, level, *LETTERS],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not told.returncode, told.stderr
    return told.stdout.split()


def pack_again(path: Path) -> None:
    """Write a .docx anew: its parts unchanged, but not compressed, in another order, under another date."""
    with zipfile.ZipFile(path) as package:
        parts = [(name, package.read(name)) for name in package.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as package:
        for name, content in reversed(parts):
            package.writestr(zipfile.ZipInfo(name, (2020, 2, 20, 20, 20, 20)), content)


def shuffle_rows(path: Path) -> None:
    """Put the rows of a list into another order, with other line ends and a byte order mark."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, *rows = list(csv.reader(file))
    random.Random(7).shuffle(rows)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows([heading, *rows])


def another_machine(source: Path, folder: Path) -> Path:
    """Return a copy of an office whose files were written in another order, at another time, with another key."""
    files = sorted((path for path in source.rglob("*") if path.is_file()), reverse=True)
    for number, path in enumerate(files):
        if path.name.startswith("circulars.db"):
            continue
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        os.utime(target, (1_000_000_000 + number, 1_000_000_000 + number))
    for name in LETTERHEADS.values():
        pack_again(folder / "templates" / name)
    shuffle_rows(folder / "recipients" / "ministers.csv")
    (folder / "office.key").unlink()
    create_key(folder / "office.key")
    return folder


def test_the_same_inputs_give_the_same_digest_on_another_machine(equipped_office: Path, tmp_path: Path) -> None:
    here = digests(copy_office(equipped_office, tmp_path / "here"), PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    assert len(set(here)) == len(LETTERS)
    there = digests(
        another_machine(equipped_office, tmp_path / "a much longer path" / "büro"), umask="077", level="1",
        PYTHONHASHSEED="4711", TZ="Pacific/Auckland", LC_ALL="C", LANG="ar_EG.UTF-8", PYTHONUTF8="0",
    )  # fmt: skip
    assert there == here
