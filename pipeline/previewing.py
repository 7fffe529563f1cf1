"""`translate preview`: a language version as far as it is, made anew whenever one of its files is saved."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from letters.composing import class_audience, try_to_compose
from letters.places import catalogue_file
from letters.segment_marks import numbers_in_margin
from letters.values import master_values
from locales.languages import languages_of
from office.errors import InputError
from office.files import stamp_of
from office.findings import Finding
from office.reading import FILE_NAME
from pipeline.desk import Desk
from pipeline.drafting import render
from pipeline.letter_folders import open_draft
from templates.look import load_look
from templates.rendering import compile_forms

LOOK_EVERY = 0.3  # seconds between two looks at the files
_REFRESH = '<meta http-equiv="refresh" content="2">\n'  # seconds after which a browser reads the page again


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A language version rendered as far as it is. What has no translation stands in the source's words."""

    content: bytes
    language: str
    findings: tuple[Finding, ...]


def preview_draft(
    desk: Desk,
    ref: str,
    language: str,
    *,
    kind: str = "html",
    class_name: str = "",
    is_numbered: bool = False,
    refreshes: bool = False,
) -> Draft:
    """Render the text of a class (default: the first) in one language, or two, whatever is still missing.

    ``kind`` is html, docx or txt. ``is_numbered`` puts the number of each segment beside it, as exchange files count
    them. A page that ``refreshes`` is read again by the browser that shows it. Raises NotFoundError for a letter,
    language, class or kind that is not there, InputError for a letter without an audience.
    """
    letter = open_draft(desk, ref)
    if not letter.audiences:
        raise InputError(
            f"letters/{letter.slug} is for nobody yet.", hint=f"Add an [[audience]]: circulars check {letter.slug}"
        )
    audience = class_audience(letter, class_name or letter.audiences[0].name)
    composed, findings = try_to_compose(
        letter, desk.office, language=language, class_name=audience.name, is_numbered=is_numbered
    )
    forms = compile_forms(composed, load_look(desk.office.folder, desk.office.look))
    content = render(kind, forms, master_values(composed))
    if kind == "html":
        page = numbers_in_margin(content.decode())
        content = (page.replace("</head>", f"{_REFRESH}</head>", 1) if refreshes else page).encode()
    return Draft(content=content, language=language, findings=findings)


def changes(folder: Path, slug: str, language: str, *, stopped: Callable[[], bool]) -> Iterator[None]:
    """Yield at once, and whenever a file has changed that a language version depends on, until ``stopped`` says so.

    ``folder`` is the office's.
    """
    seen: object = None
    while not stopped():
        files = _files(folder, slug, language)
        now = (files, stamp_of(files))
        if now != seen:
            seen = now
            yield
        time.sleep(LOOK_EVERY)


def _files(folder: Path, slug: str, language: str) -> list[Path]:
    files = [folder / FILE_NAME, *(folder / "letters" / slug).glob("*"), *(folder / "templates").glob("*")]
    for tag in languages_of(language):
        files += [folder / catalogue_file(slug, tag), *(folder / "locales" / tag).glob("*")]
    return sorted(files)
