"""A small register that has been issued and sent, and mails that come back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from office.model import FilesTransport, Inbox, Mail, Office
from office.tokens import TokenKind, Tokens
from replies.filing import Filed, file_source_mail
from replies.mail import InboundMail, parse_mail
from replies.matching import Matcher
from replies.sources import SourceMail
from replies.verdicts import Verdict
from store import inbound, register
from store.database import Store, open_store
from store.inbound import InboundRow
from store.schema import addressees, asks, batches, circulars, outbox, plans

NOW = datetime(2022, 4, 10, 12, 0, tzinfo=UTC)
DUE = datetime(2022, 4, 15, 0, 0, tzinfo=UTC)


def clock() -> datetime:
    return NOW


@dataclass(frozen=True)
class House:
    """The store with circulars 1 (CL-22/010, asks attendance and statement) and 2 (CL-22/011)."""

    store: Store
    office: Office
    tokens: Tokens

    def reply_address(self, key: str, circular: int = 1) -> str:
        return f"reply+{self.reply_token(key, circular)}@replies.example.int"

    def reply_token(self, key: str, circular: int = 1) -> str:
        return self.tokens.make(TokenKind.ADDRESSEE, circular=circular, number=self._addressee(key, circular))

    def row_token(self, mailbox: str, circular: int = 1) -> str:
        return self.tokens.make(TokenKind.ROW, circular=circular, number=self.row(mailbox, circular).id)

    def message_id(self, mailbox: str, circular: int = 1) -> str:
        return f"{self.row_token(mailbox, circular)}@example.int"

    def row(self, mailbox: str, circular: int = 1) -> Any:
        query = select(outbox).where(outbox.c.mailbox == mailbox, outbox.c.circular_id == circular)
        with self.store.read() as connection:
            return connection.execute(query).one()

    def state(self, mailbox: str, circular: int = 1) -> str:
        return str(self.row(mailbox, circular).state)

    def read(self, raw: bytes | str) -> InboundMail:
        return parse_mail(raw.encode() if isinstance(raw, str) else raw, clock=clock)

    def match(self, raw: bytes | str) -> Verdict:
        with self.store.read() as connection:
            return Matcher(connection, self.tokens, self.office.mail).match(self.read(raw))

    def file(self, raw: bytes | str) -> Filed:
        content = raw.encode() if isinstance(raw, str) else raw
        return file_source_mail(self.store, self.office, self.tokens, SourceMail(name="mail", raw=content), clock)

    def answers(self, party: str, circular: int = 1) -> dict[str, str]:
        with self.store.read() as connection:
            found = register.latest_answers(connection, circular, party)
        return {ask: row.state for ask, row in found.items()}

    def decide(self, party: str, ask: str, state: str) -> None:
        with self.store.write() as connection:
            register.record_answer(
                connection, circular_id=1, party=party, ask=ask, state=state, by="phone", answered_at=NOW,
                recorded_at=NOW, recorded_by="amina",
            )  # fmt: skip

    def mails(self, *states: str) -> tuple[InboundRow, ...]:
        with self.store.read() as connection:
            return inbound.mails(connection, states=states or ("filed", "triage", "settled"))

    def _addressee(self, key: str, circular: int) -> int:
        query = select(addressees.c.id).where(addressees.c.key == key, addressees.c.circular_id == circular)
        with self.store.read() as connection:
            return int(connection.execute(query).scalar_one())


# (key, party, name, country, mailboxes); each circular goes to all.
ADDRESSEES = (
    ("minister-ke", "KE", "Wanjiru Otieno", "KE", ("minister@ict.example.org", "pa@ict.example.org")),
    ("mission-ke", "KE", "Mission of Kenya", "KE", ("mission.ke@example.com",)),
    ("minister-fr", "FR", "Élodie Marchand", "FR", ("ministre@numerique.example.net",)),
    ("minister-eg", "EG", "Samira Fathy", "EG", ("office@mcit.example.com",)),
    ("mail-only", "person@gmail.com", "Ana Prieto", "", ("person@gmail.com",)),
)


def open_house(folder: Path) -> House:
    """Make a register in ``folder``, issued and sent; to be closed by the caller."""
    tokens = Tokens(b"k" * 32)
    store = open_store("sqlite:///circulars.db", folder)
    with store.write() as connection:
        for circular, reference in ((1, "CL-22/010"), (2, "CL-22/011")):
            _issue(connection, tokens, circular, reference)
    return House(store=store, office=_office(folder), tokens=tokens)


def _issue(connection: Any, tokens: Tokens, circular: int, reference: str) -> None:
    moment = datetime(2022, 3, 21, 8, tzinfo=UTC)
    connection.execute(
        circulars.insert().values(
            id=circular, slug=f"forum-{circular}", reference=reference, state="issued", created_at=moment
        )
    )
    for position, (ask, expected) in enumerate((("attendance", True), ("statement", True), ("exhibition", False))):
        connection.execute(
            asks.insert().values(
                circular_id=circular, ask=ask, position=position, what="attendance", due_at=DUE, provisional=False,
                expected=expected,
            )
        )  # fmt: skip
    connection.execute(
        plans.insert().values(
            id=circular, circular_id=circular, digest="0" * 64, options="{}", summary="{}", forms="{}",
            author_account="a", author_name="A", planned_at=moment,
        )
    )  # fmt: skip
    connection.execute(
        batches.insert().values(
            circular_id=circular, plan_id=circular, digest="0" * 64, issued_at=moment, issued_by="a",
            sender="circulars@example.int", sender_name="Union", reply="reply@replies.example.int",
            bounce="bounce@replies.example.int", plus_addressing=True,
        )
    )  # fmt: skip
    for number, (key, party, name, country, mailboxes) in enumerate(ADDRESSEES):
        addressee = circular * 100 + number
        connection.execute(
            addressees.insert().values(
                id=addressee, circular_id=circular, batch_id=circular, key=key, party=party, name=name, organisation="",
                country=country, category="", language="en", class_name="ministers", channel="email", form="0" * 64,
                values=b"", values_hash=b"0" * 32,
                token=tokens.make(TokenKind.ADDRESSEE, circular=circular, number=addressee),
            )
        )  # fmt: skip
        for index, mailbox in enumerate(mailboxes):
            row = addressee * 10 + index
            token = tokens.make(TokenKind.ROW, circular=circular, number=row)
            connection.execute(
                outbox.insert().values(
                    id=row, circular_id=circular, addressee_id=addressee, mailbox=mailbox, role="to", state="sent",
                    message_id=f"{token}@example.int", token=token, attempts=1, changed_at=moment,
                )
            )  # fmt: skip


def _office(folder: Path) -> Office:
    return Office(
        folder=folder, name="Union", place="geneva", zone=ZoneInfo("Europe/Zurich"), languages=("en",),
        default_language="en", profile="itu", two_person_rule=False, series={}, signatories={}, contacts={},
        mail=Mail(
            sender="circulars@example.int", reply="reply@replies.example.int", bounce="bounce@replies.example.int"
        ),
        transports={"files": FilesTransport(key="files")}, inbox=Inbox(), store_url="sqlite:///circulars.db",
    )  # fmt: skip


def mail(text: str = "We shall come.", /, **fields: str) -> str:
    """Write a plain mail; underscores in the names of fields stand for hyphens."""
    given = {
        "From": "Wanjiru Otieno <minister@ict.example.org>", "To": "reply@replies.example.int",
        "Subject": "Re: Invitation", "Date": "Fri, 8 Apr 2022 09:00:00 +0300",
        "Message-ID": "<one@ict.example.org>",
    }  # fmt: skip
    given |= {name.replace("_", "-"): value for name, value in fields.items()}
    head = "".join(f"{name}: {value}\n" for name, value in given.items() if value)
    return f"{head}\n{text}\n"
