"""What a party was sent, out of the archive: so that an answer can be told from our own words that it quotes."""

from __future__ import annotations

from collections.abc import Sequence

from delivery.archive import FOLDER, load_form
from office.errors import CircularsError
from pipeline.desk import Desk
from replies.matching import SentLetter, SentLetters
from store.database import Connection
from store.owners import Owner, sealed_copies
from templates.forms import unpack_values


def sent_letters(desk: Desk) -> SentLetters:
    """Return what looks up the letters and reminders that an addressee's party got, as plain text.

    A form that is missing from the archive, or values that are damaged, are left out: a mail is filed all the same.
    """
    archive = desk.office.folder / FOLDER

    def letters(connection: Connection, owner: Owner) -> Sequence[SentLetter]:
        found = []
        for name, packed in sealed_copies(connection, owner.circular_id, owner.party):
            try:
                forms, values = load_form(archive, name).forms, unpack_values(packed)
            except (CircularsError, ValueError):
                continue
            found.append(SentLetter(subject=forms.subject_for(values), text=forms.text_for(values)))
        return found

    return letters
