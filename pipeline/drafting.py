"""`init`, `new`, `preview`: an office to work in, a letter to fill in, and how it will look."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

from delivery.lists import described_lists, freeze_lists
from delivery.mail_form import compile_mail_form, compile_reminder
from delivery.message import SPECIMEN, build
from letters.composing import require_language
from letters.daily import Day, daily_values
from letters.model import Letter
from letters.values import master_values
from locales.calendar import holiday
from locales.languages import languages_of
from office.errors import NotFoundError, RefusedError
from office.reading import FILE_NAME, KEY_NAME
from office.suggestions import did_you_mean
from office.tokens import create_key
from pipeline.desk import Desk
from pipeline.first_letters import languages_of_first
from pipeline.letter_folders import folder_to_make, open_letter, require_series
from pipeline.lookup import find_addressee
from recipients.official import is_official
from store.database import open_store
from store.messages import OutboxRow
from templates.forms import Value
from templates.merging import Merged, Merger
from templates.pdf.office_suite import convert
from templates.rendering import Forms

FOLDERS = ("letters", "recipients", "templates", "locales", "journal", "archive", "outgoing", "inbox")
MAILDIR = ("new", "cur", "tmp")
MASTER = "master"
ENGINES = ("typst", "libreoffice")  # of PDF files
SATURDAY = 5


def init_office(folder: Path) -> Path:
    """Make an office with sample letters and lists in ``folder``; raises RefusedError where one stands already."""
    if (folder / FILE_NAME).exists():
        raise RefusedError(f"{folder} is an office already.", hint="Choose another folder; nothing was changed.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RefusedError(f"{folder} is there and not empty.", hint="Choose a new folder; nothing was changed.")
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("templates") / "office") as sample:
        for source in sorted(path for path in sample.rglob("*") if path.is_file()):
            target = folder / source.relative_to(sample)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)  # without its rights: the umask and the folder above decide those
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    for name in MAILDIR:
        (folder / "inbox" / name).mkdir(exist_ok=True)
    create_key(folder / KEY_NAME)
    open_store("sqlite:///circulars.db", folder).close()
    return folder


def new_letter(desk: Desk, slug: str, *, series: str = "") -> Path:
    """Make a letter's folder with a letter.toml and a body.md to fill in, and return it."""
    office = desk.office
    require_series(desk, series)
    folder = folder_to_make(desk, slug)
    chosen = series or next(iter(office.series), "")
    reference = f'series = "{chosen}"' if chosen else f'reference = "{slug}"'
    folder.mkdir(parents=True)
    skeleton = files("templates") / "builtin" / "letter"
    words = {
        "{reference}": reference,
        "{date}": desk.today.isoformat(),
        "{deadline}": _working_day(desk.today + timedelta(weeks=6)).isoformat(),
        "{list}": next(iter(list_names(office.folder / "recipients")), "ministers"),
        "{place}": office.place,
        "{signatory}": next(iter(office.signatories), "secretary-general"),
        "{contact}": next(iter(office.contacts), ""),
        "{languages}": ", ".join(f'"{language}"' for language in office.languages),
        "{source}": office.default_language,
    }
    for name in ("letter.toml", "body.md"):
        text = (skeleton / name).read_text("utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        (folder / name).write_text(text, "utf-8")
    return folder


def _working_day(day: date) -> date:
    while day.weekday() >= SATURDAY or holiday(day):
        day += timedelta(days=1)
    return day


def list_names(folder: Path) -> list[str]:
    """Return the lists of an office, that of ministers first."""
    names = {path.stem for path in folder.glob("*") if path.suffix in {".csv", ".xlsx", ".ods"}} - {"corrections"}
    return sorted(names, key=lambda name: (name != "ministers", name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A rendered letter: text for the screen, or a file's bytes."""

    content: bytes
    suffix: str  # of a file name: docx, pdf, html, txt, eml
    language: str
    rule: str  # what decided the language
    addressee: str


def preview(
    desk: Desk, ref: str, *, to: str = MASTER, language: str = "", kind: str = "txt", reminder: bool = False,
    engine: str = ENGINES[0],
) -> Preview:  # fmt: skip
    """Render a letter as one addressee would get it, or the master copy for the file and the web site.

    The path is that of `issue` and `send`, byte for byte, but for the date and the tokens that only issuing makes.
    With ``reminder``, the reminder that a party would get today that has not answered at all. ``engine`` sets PDF
    files: typst, or libreoffice from the Word document.
    """
    if engine not in ENGINES:
        raise NotFoundError(f"There is no engine «{engine}».", hint=did_you_mean(engine, ENGINES))
    letter = open_letter(desk, ref).letter
    asked = languages_of(language) if language else ()
    if language:
        require_language(letter, language)
    merger = Merger(
        letter,
        desk.office,
        released=asked or letter.languages,
        fall_back=bool(language),
        continued=languages_of_first(desk, letter),
        everybody=True,
    )
    compiled = merger.reminder if reminder else merger.compiled
    merged = None if to == MASTER else find_addressee(merger, to)
    if merged is None:
        chosen, rule, recipient = language or letter.source, "", None
        composed, forms = compiled(chosen, letter.audiences[0].name)
        values = master_values(composed)
    else:
        chosen, recipient = language or merged.language, merged.recipient
        rule = merged.rule if chosen == merged.language else ""  # a pair that was asked for is nobody's choice
        composed, forms = compiled(chosen, merged.class_name)
        values = merger.values(recipient, composed)
    if reminder:
        values = daily_values(forms.slots, values, unanswered(desk, letter), merger.locale)
    if kind == "eml":
        compile_form = compile_reminder if reminder else compile_mail_form
        content = build(compile_form(forms, letter, desk.office), values, _specimen(desk, merged))
    elif kind == "pdf" and engine != ENGINES[0]:
        (content,) = convert([forms.docx_for(values)])
    else:
        content = render(kind, forms, values)
    name = recipient.key if recipient else MASTER
    return Preview(content=content, suffix=kind, language=chosen, rule=rule, addressee=name)


def unanswered(desk: Desk, letter: Letter) -> Day:
    """Return today as a reminder sees it of a party that has not answered; raises RefusedError if nothing is asked."""
    zone = desk.office.zone
    due: dict[str, datetime | None] = {}
    for ask in letter.asks:
        deadline = letter.deadlines.get(ask.deadline)
        if ask.expected and not (deadline is not None and deadline.provisional):
            due[ask.id] = deadline.cut_off(zone) if deadline is not None else None
    if not due:
        raise RefusedError(
            f"{letter.reference or letter.slug} has nothing to remind of: it expects no answer by a day that is fixed.",
            hint="Give an ask a deadline that is not provisional.",
        )
    return Day(today=desk.today, zone=zone, place=desk.office.place, due=due, moved={})


def _specimen(desk: Desk, merged: Merged | None) -> OutboxRow:
    """Return an outbox row as issuing would make it now, but without tokens."""
    mail = desk.office.mail
    row = SPECIMEN._replace(
        issued_at=desk.clock(), sender=mail.sender, sender_name=desk.office.name, reply=mail.reply,
        bounce=mail.bounce, plus_addressing=mail.plus_addressing,
    )  # fmt: skip
    if merged is None or not merged.recipient.to:
        return row
    recipient = merged.recipient
    return row._replace(
        name=recipient.name,
        mailbox=recipient.to[0],
        to_mailbox=recipient.to[0],
        list_name="" if is_official(recipient, merged.class_name) else merged.list_name,
        settings=freeze_lists(described_lists(desk.office, [merged.list_name])),
    )


def render(kind: str, forms: Forms, values: Sequence[Value]) -> bytes:
    """Return a letter spliced with an addressee's values, as txt, html, docx or pdf; raises NotFoundError otherwise."""
    match kind:
        case "pdf":
            return forms.pdf_for(values)
        case "txt":
            return forms.text_for(values).encode()
        case "html":
            return forms.html_for(values).encode()
        case "docx":
            return forms.docx_for(values)
    raise NotFoundError(
        f"There is no letter as «{kind}».", hint=did_you_mean(kind, ("txt", "html", "docx", "pdf", "eml"))
    )
