"""PDF through Typst: tagged, for archives (PDF/A-2a, ISO 19005-2) and for everybody (PDF/UA-1, ISO 14289-1).

A compiler is kept for each template and its files: what it knows of them serves all letters, and one costs
milliseconds. A template sees its own folder, with its files and the letter's data; no other file, no clock and no
network. The date of a document is the letter's, so that the same letter gives the same bytes.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from typing import TYPE_CHECKING, cast

from office.errors import InputError
from office.findings import Finding, Level
from templates.forms import Value
from templates.pdf.form import LIBRARY, PdfForm
from templates.pdf.typefaces import displayable, font_files

if TYPE_CHECKING:
    from typst import Compiler, Fonts, PDFStandard, TypstError

TEMPLATE = "circular.typ"
STANDARDS: tuple[PDFStandard, ...] = ("a-2a", "ua-1")
_KEPT = 32  # documents, of some 50 KB: letters that differ in nothing are rendered once
_COMPILERS = 8  # an office has one template; its letters have few signatures
_REMEMBERED = 10  # documents
_DATA = "letters.json"
_MAIN = """\
#import "circular.typ": circular
#let letters = json("letters.json")
#let (title, author, reference, language, ..) = letters.first()
#set document(title: title, author: author, keywords: if reference == "" { () } else { reference })
#set text(lang: language)
#for letter in letters { circular(letter) }
"""
_PLACE = re.compile(r"circular\.typ:(\d+):(\d+)")
_SEARCHED = re.compile(r" \(searched at [^)]*\)")  # names a folder that is there for a moment only
_PICTURE = re.compile(r"[a-z]+-[0-9a-f]{16}\.(?:png|jpeg)")
_lock = Lock()


def render(form: PdfForm, values: Sequence[Value]) -> bytes:
    """Return the document for one addressee's ``values``; raises `InputError` if the office's template fails with it.

    Letters whose printed values are the same are set once. Characters that no typeface has are printed as «�».
    """
    return _rendered(form.template, tuple(sorted(form.files.items())), form.data_for(values))


@lru_cache(maxsize=_KEPT)
def _rendered(template: str, files: tuple[tuple[str, bytes], ...], data: str) -> bytes:
    return compile_letters(template, dict(files), [data], standards=STANDARDS)


def compile_letters(
    template: str, files: Mapping[str, bytes], letters: Sequence[str], *, standards: Sequence[PDFStandard]
) -> bytes:
    """Return one document with several letters' data set after each other; raises `InputError` for a template's fault.

    Without ``standards`` it is an ordinary document without tags, for paper.
    """
    from typst import TypstError

    given = displayable("[" + ",".join(letters) + "]")
    with _lock:
        folder, compiler = _compiler(template, tuple(sorted(files.items())))
        # As a file, and not as an input of the compiler, which would then forget what all letters have in common.
        (folder / _DATA).write_text(given, "utf-8")
        try:
            document = compiler.compile(
                pdf_standards=list(standards), pdf_tags=bool(standards), timestamp=_timestamp(letters[0])
            )
        except TypstError as error:
            raise _as_input_error(error) from error
    return cast("bytes", document)


def forget() -> None:
    """Make compilers let go of what they remember of documents: what ten further ones did not use."""
    import typst

    with _lock:
        compiler = typst.Compiler(root=_root(), font_paths=_fonts())
        for _ in range(_REMEMBERED + 1):
            compiler.compile(input=b" ")


@lru_cache(maxsize=_COMPILERS)
def _compiler(template: str, files: tuple[tuple[str, bytes], ...]) -> tuple[Path, Compiler]:
    """Return a folder with the template and its files, and a compiler that sees nothing else."""
    import typst

    folder = Path(mkdtemp(dir=_root()))
    (folder / "main.typ").write_text(_MAIN, "utf-8")
    (folder / TEMPLATE).write_text(template, "utf-8", newline="")
    for name, content in files:
        if name != LIBRARY and not _PICTURE.fullmatch(name):
            raise ValueError(f"«{name}» is not the name of a picture")
        (folder / name).write_bytes(content)
    compiler = typst.Compiler(
        folder / "main.typ", root=folder, font_paths=_fonts(), package_path=folder, package_cache_path=folder
    )
    return folder, compiler


@cache
def _fonts() -> Fonts:
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=_font_folders())


@cache
def _root() -> Path:
    """Return a folder for the folders of templates; it goes when the process ends."""
    root = Path(mkdtemp(prefix="circulars-"))
    atexit.register(rmtree, root, ignore_errors=True)
    return root


def _font_folders() -> list[Path]:
    return list(dict.fromkeys(path.parent for path in font_files()))


def _timestamp(data: str) -> datetime:
    """Return noon of the letter's day: the same day almost everywhere."""
    day = json.loads(data)["date"]
    found = date.fromisoformat(day) if day else date(1970, 1, 1)
    return datetime(found.year, found.month, found.day, 12, tzinfo=UTC)


def _as_input_error(error: TypstError) -> InputError:
    place = _PLACE.search(error.diagnostic) or _PLACE.search("\n".join(error.trace))
    finding = Finding(
        level=Level.ERROR,
        code="bad-pdf-template",
        message=_SEARCHED.sub("", error.message),
        hint=" ".join(error.hints),
        file=f"templates/{TEMPLATE}",
        line=int(place[1]) if place else None,
        column=int(place[2]) if place else None,
    )
    return InputError(
        f"The letter cannot be set with templates/{TEMPLATE}.",
        hint="Correct what is listed, or take the file away: the built-in letterhead is used then. If there is no such"
        " file, save the pictures again that office.toml names.",
        findings=(finding,),
    )
