"""How an office's letters look: its templates/ folder, laid file by file over the built-in templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from office.errors import InputError
from office.findings import Finding, Level, has_errors
from office.model import OfficeLook
from office.pictures import Picture, read_picture
from office.ziplayout import MAX_FILE
from templates.letterfaults import letterhead_findings
from templates.page import PageTemplate, page_findings

BUILTIN = Path(__file__).parent / "builtin"
FOLDER = "templates"
LETTERHEADS = {"ltr": "letterhead.ltr.docx", "rtl": "letterhead.rtl.docx"}
PAGE = "circular.html"
SHEET = "circular.typ"
_NAMES = (*LETTERHEADS.values(), PAGE, SHEET)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The templates in force, and what they share: logo, colour (``#rrggbb``), typeface (see `OfficeLook`).

    ``letterheads`` are .docx files by direction of writing, ``ltr`` and ``rtl``; ``sheet`` is the source of the Typst
    template of PDF files.
    """

    letterheads: Mapping[str, bytes]
    page: PageTemplate
    sheet: str
    logo: Picture | None = None
    colour: str = OfficeLook().colour
    typeface: Literal["sans", "serif"] = "sans"


def load_look(office_folder: Path, settings: OfficeLook | None = None) -> Look:
    """Return the office's look as its office.toml wants it; raises `InputError` with every fault of its templates."""
    settings = settings or OfficeLook()
    findings = look_findings(office_folder, settings)
    if has_errors(findings):
        raise InputError("The office's templates cannot be used.", hint="Run circulars check.", findings=findings)
    files = {name: _read(office_folder, name) for name in _NAMES}
    page = PageTemplate(name=f"{FOLDER}/{PAGE}", source=files[PAGE].decode("utf-8-sig"))
    return Look(
        letterheads={direction: files[name] for direction, name in LETTERHEADS.items()},
        page=page,
        sheet=files[SHEET].decode("utf-8-sig"),
        logo=read_picture(office_folder / settings.logo) if settings.logo else None,
        colour=settings.colour,
        typeface=settings.typeface,
    )


def look_findings(office_folder: Path, settings: OfficeLook | None = None) -> tuple[Finding, ...]:
    """Return what is wrong with the templates that the office wrote itself, and with its logo."""
    found = list(_logo_findings(office_folder, settings.logo if settings else ""))
    for name in _NAMES:
        path = office_folder / FOLDER / name
        if not path.is_file():
            continue
        shown = f"{FOLDER}/{name}"
        try:
            too_large = path.stat().st_size > MAX_FILE
            data = b"" if too_large else path.read_bytes()
        except OSError as error:
            message = f"the file cannot be read: {error.strerror}"
            found.append(Finding(level=Level.ERROR, code="template-unreadable", message=message, file=shown))
            continue
        if too_large:
            message = f"the file is larger than {MAX_FILE // 1_000_000} MB"
            hint = "Use smaller pictures."
            found.append(Finding(level=Level.ERROR, code="template-too-large", message=message, hint=hint, file=shown))
            continue
        found.extend(_findings_of(name)(shown, data))
    return tuple(found)


def _findings_of(name: str) -> Callable[[str, bytes], tuple[Finding, ...]]:
    if name == PAGE:
        return page_findings
    if name == SHEET:
        from templates.pdf.faults import sheet_findings

        return sheet_findings
    return letterhead_findings


def _logo_findings(office_folder: Path, logo: str) -> Iterator[Finding]:
    try:
        if logo:
            read_picture(office_folder / logo)
    except InputError as error:
        yield Finding(level=Level.ERROR, code="bad-logo", message=error.message, hint=error.hint, file="office.toml")


def _read(office_folder: Path, name: str) -> bytes:
    own = office_folder / FOLDER / name
    return (own if own.is_file() else BUILTIN / name).read_bytes()
