"""Pages look as they did: one letter in six languages, rendered by LibreOffice and compared with stored pictures.

A picture is not compared dot by dot, so that another minor version of LibreOffice or of a font changes nothing; the
tests that spoil a page show that what a reader would see does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from letters.blocks import Table
from letters.composed import Composed
from locales.languages import LANGUAGES
from office.ziplayout import close, deflate, lay_out, read_zip
from tests.pages.letters import letter
from tests.pages.rendering import FOLDER, LIMIT, PAGES, difference, document, documents, read, render

pytestmark = pytest.mark.packages


def mirrored(composed: Composed) -> bytes:
    """Return a letter that runs the wrong way."""
    other: Literal["ltr", "rtl"] = "ltr" if composed.direction == "rtl" else "rtl"
    return document(replace(composed, direction=other))


def without_a_paragraph(composed: Composed) -> bytes:
    """Return a letter that lost its last sentence."""
    return document(replace(composed, body=composed.body[:-1]))


def without_the_table(composed: Composed) -> bytes:
    return document(replace(composed, body=tuple(block for block in composed.body if not isinstance(block, Table))))


def without_the_copies(composed: Composed) -> bytes:
    return document(replace(composed, copies=()))


def without_a_typeface(composed: Composed) -> bytes:
    """Return a letter whose letters no typeface has: boxes are shown for them."""
    return changed(
        document(composed),
        "word/document.xml",
        lambda xml: re.sub(r"(?<=>)[^<>]+(?=</w:t>)", lambda text: re.sub(r"[^\W\d_]", "\U0010fffd", text[0]), xml),
    )


def in_another_order(composed: Composed) -> bytes:
    first, *rest = composed.body
    return document(replace(composed, body=(*rest, first)))


def a_hair_looser(composed: Composed) -> bytes:
    """Return a letter whose lines stand as far apart as another version of a typeface might set them."""
    return changed(document(composed), "word/styles.xml", lambda xml: xml.replace('w:line="264"', 'w:line="265"'))


def changed(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    parts = read_zip(content)
    after = change(parts[name].decode())
    assert after != parts[name].decode()
    return close(*lay_out(deflate(part, old) for part, old in {**parts, name: after.encode()}.items()))


SPOILT = {
    spoil.__name__: spoil
    for spoil in (
        mirrored, without_a_paragraph, without_the_table, without_the_copies, without_a_typeface, in_another_order,
    )
}  # fmt: skip


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All pages as they are now, and spoilt ones, named such as ``fr.mirrored-1``; rendered in one go."""
    spoilt = {
        f"{language}.{name}": spoil(letter(language))
        for language in LANGUAGES
        for name, spoil in {**SPOILT, "a_hair_looser": a_hair_looser}.items()
    }
    return render(documents() | spoilt, Path(tmp_path_factory.mktemp("pages")))


@pytest.mark.parametrize("name", PAGES)
def test_the_page_looks_as_it_did(pages: dict[str, Path], name: str) -> None:
    """If this fails and is meant to: ``python -m tests.pages``, and look at the pictures."""
    assert difference(read(pages[name]), read(FOLDER / f"{name}.png")) <= LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spoilt", list(SPOILT))
def test_what_a_reader_would_miss_is_seen(pages: dict[str, Path], language: str, spoilt: str) -> None:
    assert difference(read(pages[f"{language}.{spoilt}-1"]), read(FOLDER / f"{language}-1.png")) > LIMIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_reader_would_not_see_is_forgiven(pages: dict[str, Path], language: str) -> None:
    stored, page = read(FOLDER / f"{language}-1.png"), read(pages[f"{language}-1"])
    assert difference(np.roll(page, (2, -1), (0, 1)), stored) <= LIMIT
    assert difference(np.clip(page * 1.1, 0, 1), stored) <= LIMIT  # printed darker
    assert difference(read(pages[f"{language}.a_hair_looser-1"]), stored) <= LIMIT


def test_pages_of_other_numbers_are_other_letters(pages: dict[str, Path]) -> None:
    counted = {name: sum(page.rpartition("-")[0] == name for page in pages) for name in (*LANGUAGES, "fr-ar")}
    assert counted == {**dict.fromkeys(LANGUAGES, 2), "fr-ar": 4}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_footnote_moves_nothing_on_its_page(pages: dict[str, Path], language: str) -> None:
    """LibreOffice puts an empty paragraph before a table with which a document with footnotes begins."""
    height = read(pages[f"{language}-1"]).shape[0] * 2 // 5  # down to the list, which stands above the note's mark
    without, noted = read(pages[f"{language}.without_a_paragraph-1"]), read(pages[f"{language}-1"])
    assert difference(without[:height], noted[:height]) <= LIMIT
