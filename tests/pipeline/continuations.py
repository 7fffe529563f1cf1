"""A corrigendum of the census, and the mails that went of it, for the tests of letters that continue others."""

from __future__ import annotations

import tomllib
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from delivery.archive import FOLDER, load_form
from delivery.message import build
from pipeline.continuing import continue_letter
from pipeline.desk import Desk
from pipeline.translating import release_languages
from store.circulars import circular_of
from store.message_rows import rows_in
from store.messages import OutboxRow
from templates.forms import unpack_values
from tests.pipeline.offices import SLUG, edit

CORR = "census-corr-1"


def corrigendum(desk: Desk, slug: str = CORR, ref: str = SLUG, *, moved: str = "2031-05-15") -> Path:
    """Draft a corrigendum of the census that moves its deadline, with its French released."""
    continue_letter(desk, slug, ref, relation="corrects")
    path = desk.office.folder / "letters" / slug / "letter.toml"
    if moved:
        edit(path, "2031-04-30", moved)
    release_languages(desk, slug, ["fr"], by="R. Reviser")
    return path


def facts(desk: Desk, slug: str = CORR) -> dict[str, object]:
    return tomllib.loads((desk.office.folder / "letters" / slug / "letter.toml").read_text("utf-8"))


def rows(desk: Desk, slug: str, key: str = "") -> list[OutboxRow]:
    with desk.store.read() as connection:
        circular = circular_of(connection, slug)
        assert circular is not None
        return list(rows_in(connection, circular.id, key=key))


def message(desk: Desk, row: OutboxRow) -> bytes:
    assert row.values is not None
    return build(load_form(desk.office.folder / FOLDER, row.form), unpack_values(row.values), row)


def parsed(desk: Desk, row: OutboxRow) -> EmailMessage:
    return BytesParser(policy=SMTP).parsebytes(message(desk, row))


def first_mail(desk: Desk, slug: str, key: str) -> EmailMessage:
    return parsed(desk, next(row for row in rows(desk, slug, key) if row.mailbox))
