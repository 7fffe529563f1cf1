"""Pages as pictures: letters in Word's format turned into pages by LibreOffice, and how far two pages differ."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from letters.composed import Composed
from locales.languages import LANGUAGES
from office.pictures import read_picture
from templates.docx import compile_docx
from templates.letterhead import letterhead
from tests.pages.letters import letter

FOLDER = Path(__file__).parent / "images"
PAGES = (*(f"{language}-1" for language in LANGUAGES), "ar-2", "fr-ar-3")  # what is kept: first pages, an annex, a turn
LIMIT = 0.15  # of the cells of a window that may differ: tests/pages/test_pages.py shows what lies on either side
_LOGO = Path(__file__).parents[2] / "templates" / "office" / "templates" / "logo.png"
_DOTS = 40  # to the inch
_CELL = 3  # dots
_SHADE = 0.1  # of black: how much darker or lighter a cell may be than all cells around its place on the other page
_WINDOW = 6, 20  # cells down and across: about two lines of five words
_GREYS = 16  # shades in the stored pictures
_NUDGE = 2  # dots by which a whole page may have moved

Page = NDArray[np.float64]


def documents() -> dict[str, bytes]:
    """Return the letter in each language, and in two of them, as Word documents."""
    found = {language: document(letter(language)) for language in LANGUAGES}
    return found | {"fr-ar": document(replace(letter("fr"), second=letter("ar")))}


def document(composed: Composed, head: Literal["ltr", "rtl", ""] = "") -> bytes:
    """Return a letter as a Word document on the built-in letterhead, with a logo."""
    form = compile_docx(composed, letterhead(head or composed.direction), logo=read_picture(_LOGO))
    return form.splice(())


def render(documents: Mapping[str, bytes], folder: Path) -> dict[str, Path]:
    """Write each page of each document as a grey PNG into ``folder``; return them by names such as ``fr-1``."""
    for name, content in documents.items():
        (folder / f"{name}.docx").write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    names = [str(folder / f"{name}.docx") for name in documents]
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for name in documents:
        pages = str(folder / f"{name}.pdf"), str(folder / name)
        command = ["pdftoppm", "-gray", "-png", "-r", str(_DOTS), *pages]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return {page.stem: page for page in sorted(folder.glob("*.png"))}


def keep(page: Path, target: Path) -> None:
    """Store a page with few shades."""
    with Image.open(page) as picture:
        step = 256 // _GREYS
        few = picture.convert("L").point(lambda grey: round(grey / 255 * (_GREYS - 1)) * (step + 1))
        few.quantize(_GREYS).save(target, optimize=True)


def read(path: Path) -> Page:
    """Return the ink of a page, dot by dot: 0 is paper, 1 is black."""
    with Image.open(path) as picture:
        return 1 - np.asarray(picture.convert("L"), dtype=np.float64) / 255


def difference(page: Page, other: Page) -> float:
    """Return the share of cells that differ between two pages where they differ most, in the worst window: 0 to 1.

    A cell differs if it is darker or lighter than all cells around its place on the other page. Where the page as a
    whole has moved a little, the least difference counts.
    """
    if page.shape != other.shape:
        return 1.0
    found = _difference(page, other)
    if found <= LIMIT:
        return found
    steps = range(-_NUDGE, _NUDGE + 1)
    return min(_difference(page, np.roll(other, (down, right), (0, 1))) for down in steps for right in steps)


def _difference(page: Page, other: Page) -> float:
    ours, theirs = _cells(page), _cells(other)
    differing = _stands_out(ours, theirs) | _stands_out(theirs, ours)
    down, across = _WINDOW
    sums = np.pad(differing.astype(np.float64).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    windows = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    return float(windows.max() / (down * across))


def _cells(page: Page) -> Page:
    """Return how dark each cell is on average."""
    height, width = (length // _CELL for length in page.shape)
    whole = page[: height * _CELL, : width * _CELL].reshape(height, _CELL, width, _CELL)
    return np.asarray(whole.mean(axis=(1, 3)))


def _stands_out(cells: Page, others: Page) -> NDArray[np.bool_]:
    height, width = others.shape
    padded = np.pad(others, 1, mode="edge")
    around = [padded[down : down + height, right : right + width] for down in range(3) for right in range(3)]
    return np.asarray((cells > np.max(around, axis=0) + _SHADE) | (cells < np.min(around, axis=0) - _SHADE))
