"""A small office with an issued circular, built without the floors that a letter passes through first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from delivery.archive import store_form
from delivery.mail_form import MailForm
from letters.composed import SlotSpec
from office.model import FilesTransport, Inbox, Mail, Office, Transport
from office.tokens import TokenKind, Tokens
from office.ziplayout import deflate
from store.batches import BatchTerms, add_addressees, add_batch, next_ids
from store.circulars import add_circular, describe_circular, set_state
from store.database import Store, open_store
from store.outbox import add_rows
from store.schema import plans
from templates.docxform import DocxForm, open_part
from templates.forms import ELSE_MARK, END_MARK, compile_form, if_mark, slot_mark
from templates.merging import values_hash
from templates.rendering import Forms

NOW = datetime(2022, 3, 21, 9, 30, tzinfo=UTC)
REFERENCE = "CL-22/010"
TOKENS_HEX = bytes(range(32)).hex()
TOKENS = Tokens(bytes.fromhex(TOKENS_HEX))


def sample_forms(*, personal: bool = False, language: str = "fr", filler: str = "Le Forum se tient à Genève.") -> Forms:
    """Return forms with a text slot, a truth value, and a subject of two languages' letters."""
    salutation, country = slot_mark(0, "text"), slot_mark(0, "html")
    condition = f"{if_mark(1)}Votre gouvernement{ELSE_MARK}Votre entité{END_MARK}"
    document = f"<w:document>{slot_mark(0, 'xml')}</w:document>" if personal else ""
    return Forms(
        language=language,
        class_name="member-states",
        slots=(SlotSpec(name="@salutation"), SlotSpec(name="recipient.state", kind="truth")),
        subject=compile_form("Invitation au Forum 2022 — été"),
        text=compile_form(f"Objet : Forum 2022\n\n{salutation}\n\n{condition} est invité(e). {filler}\n"),
        html=compile_form(f"<html><body><p>{country}</p><p>{condition} est invité(e). {filler}</p></body></html>"),
        docx=DocxForm(
            packed=(deflate("[Content_Types].xml", b"<Types/>" * 400),),
            open_parts=(open_part("word/document.xml", compile_form(document)),) if personal else (),
            styles=(),
        ),
    )


def sample_office(folder: Path, *transports: Transport, plus_addressing: bool = True) -> Office:
    """Return an office in ``folder`` whose mail leaves by the first of ``transports``."""
    chosen = transports or (FilesTransport(key="files"),)
    return Office(
        folder=folder,
        name="Example Telecommunication Union",
        place="geneva",
        zone=ZoneInfo("Europe/Zurich"),
        languages=("en", "fr"),
        default_language="en",
        profile="itu",
        two_person_rule=False,
        series={},
        signatories={},
        contacts={},
        mail=Mail(
            sender="circulars@example.int",
            reply="reply@replies.example.int",
            bounce="bounce@replies.example.int",
            plus_addressing=plus_addressing,
            transport=chosen[0].key,
        ),
        transports={transport.key: transport for transport in chosen},
        inbox=Inbox(),
        store_url="sqlite:///circulars.db",
    )


Routes = Sequence[tuple[str, str]]  # (mailbox, role) of one addressee


def issue_sample(store: Store, office: Office, routes: Sequence[Routes], *, form: MailForm | None = None) -> int:
    """Enter an issued circular with one addressee per item of ``routes``; returns its id."""
    mail_form = form or MailForm(sample_forms(), reference=REFERENCE, zone="Europe/Zurich", office_name=office.name)
    digest = store_form(office.folder / "archive", mail_form)
    with store.write() as connection:
        number = len(list(connection.exec_driver_sql("SELECT id FROM circulars")))
        circular_id = add_circular(connection, slug=f"forum-{number}", at=NOW)
        describe_circular(connection, circular_id, reference=f"{REFERENCE}-{number}", subject="Forum")
        set_state(connection, circular_id, "issued")
        plan = connection.execute(
            plans.insert().values(
                circular_id=circular_id, digest="d" * 64, options="{}", summary="{}", forms="{}",
                author_account="a", author_name="A", planned_at=NOW,
            )
        )  # fmt: skip
        assert plan.inserted_primary_key is not None
        batch_id = add_batch(
            connection,
            BatchTerms(
                circular_id=circular_id,
                plan_id=plan.inserted_primary_key[0],
                digest="d" * 64,
                issued_at=NOW,
                issued_by="tester",
                sender=office.mail.sender,
                sender_name=office.name,
                reply=office.mail.reply,
                bounce=office.mail.bounce,
                plus_addressing=office.mail.plus_addressing,
            ),
        )
        addressee_id, row_id = next_ids(connection)
        people: list[dict[str, object]] = []
        rows: list[dict[str, object]] = []
        for position, mailboxes in enumerate(routes):
            values = json.dumps(["Madame la Ministre, Monsieur le Ministre,", position % 2 == 0]).encode()
            people.append({
                "id": addressee_id, "circular_id": circular_id, "batch_id": batch_id, "key": f"key-{position}",
                "party": f"key-{position}", "name": f"Ministère n° {position}", "organisation": "", "country": "FR",
                "category": "", "language": "fr", "class_name": "member-states", "channel": "email", "form": digest,
                "values": values, "values_hash": values_hash(mail_form.reference, f"key-{position}", values),
                "token": TOKENS.make(TokenKind.ADDRESSEE, circular=circular_id, number=addressee_id),
            })  # fmt: skip
            for mailbox, role in mailboxes:
                token = TOKENS.make(TokenKind.ROW, circular=circular_id, number=row_id)
                rows.append({
                    "id": row_id, "circular_id": circular_id, "addressee_id": addressee_id, "mailbox": mailbox,
                    "role": role, "state": "queued", "message_id": f"{token}@example.int", "token": token,
                    "changed_at": NOW, "domain": mailbox.rpartition("@")[2].lower(),
                })  # fmt: skip
                row_id += 1
            addressee_id += 1
        add_addressees(connection, people)
        add_rows(connection, rows)
    return circular_id


def plain_routes(count: int) -> list[Routes]:
    """Return ``count`` addressees with one mailbox each."""
    return [[(f"minister{number}@example.org", "to")] for number in range(count)]


def open_sample_store(folder: Path) -> Store:
    """Open a new store in ``folder``."""
    return open_store("sqlite:///circulars.db", folder)
