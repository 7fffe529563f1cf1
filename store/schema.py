"""The tables. Every change here comes with a migration in ``store/migrations/versions``.

Moments are stored in UTC. Nothing that happened is overwritten: `answers`, `delivery_events` and `plans` only
grow; the rows of `outbox` carry the present state of each message.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from store.delivery_tables import delivery_events, outbox, pauses, senders, suppressions, traffic
from store.moments import Moment
from store.naming import metadata

__all__ = [
    "addressees",
    "answer_imports",
    "answers",
    "asks",
    "batches",
    "circulars",
    "deadline_moves",
    "decisions",
    "delegates",
    "delivery_events",
    "erasures",
    "fetched",
    "inbound",
    "inbound_files",
    "inboxes",
    "metadata",
    "notes",
    "numbers",
    "outbox",
    "pauses",
    "plan_entries",
    "plans",
    "reminder_letters",
    "reminders",
    "senders",
    "suppressions",
    "traffic",
]

circulars = Table(
    "circulars",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String(200), nullable=False, unique=True),
    Column("reference", String(200), unique=True),
    Column("subject", Text, nullable=False, default=""),
    Column("state", String(12), nullable=False),  # planned | issued | withdrawn
    Column("held", Boolean, nullable=False, default=False),
    Column("created_at", Moment, nullable=False),
    Column("send_at", Moment),  # from then on `tick` may send what waits; empty until somebody said so
    Column("send_until", Moment),  # a sending that has not begun by then does not begin by itself
    Column("local_days", Boolean, nullable=False, default=False),  # only on working days of the addressee's country
)

# The counter of a series: a number is reserved by plan and confirmed by issue.
numbers = Table(
    "numbers",
    metadata,
    Column("series", String(40), primary_key=True),
    Column("year", Integer, primary_key=True),  # 0 where the series never begins anew
    Column("number", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False, unique=True),
    Column("reserved_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
)

asks = Table(
    "asks",
    metadata,
    Column("circular_id", ForeignKey("circulars.id"), primary_key=True),
    Column("ask", String(80), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("what", String(20), nullable=False),
    Column("due_at", Moment),  # the first moment that is too late; empty without a deadline
    Column("provisional", Boolean, nullable=False),
    Column("expected", Boolean, nullable=False),
    Column("late_at", Moment),  # the first moment that counts as late: `due_at` and the office's grace
    Column("deadline", String(80), nullable=False, default=""),  # its key in letter.toml
    Column("reply", Text, nullable=False, default="[]"),  # JSON: the ways to answer
    Column("remind", Text, nullable=False, default="[]"),  # JSON: the rules of reminding
)

# Deadlines that moved. The latest row for a party, or for all, stands beside the deadline of `asks`.
deadline_moves = Table(
    "deadline_moves",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("ask", String(80), nullable=False),
    Column("party", String(320), nullable=False),  # empty: for all
    Column("due_at", Moment, nullable=False),
    Column("late_at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),  # extension | corrigendum
    Column("corrigendum_id", ForeignKey("circulars.id")),
    Column("note", Text, nullable=False, default=""),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Index("ix_deadline_moves_circular_ask_party", "circular_id", "ask", "party"),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False),
    Column("options", Text, nullable=False),  # JSON: the languages and keys it was limited to
    Column("summary", Text, nullable=False),  # JSON: what `plan --json` printed
    Column("forms", Text, nullable=False),  # JSON: form name -> its digest
    Column("author_account", String(100), nullable=False),
    Column("author_name", String(200), nullable=False),
    Column("planned_at", Moment, nullable=False),
    Column("fields", Text, nullable=False, default="{}"),  # JSON: form name -> what its values are
)

# Who approved or rejected a plan, as which role, and with which scanned visa; the latest counts.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False, index=True),
    Column("decision", String(10), nullable=False),  # approved | rejected
    Column("account", String(100), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("note", Text, nullable=False, default=""),
    Column("visa_name", Text, nullable=False, default=""),
    Column("visa_sha256", String(64), nullable=False, default=""),  # in archive/visas/
)

# What the latest plan of a circular said of each addressee, to tell what changed since.
plan_entries = Table(
    "plan_entries",
    metadata,
    Column("circular_id", ForeignKey("circulars.id"), primary_key=True),
    Column("key", String(320), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False),
    Column("parts", LargeBinary),  # a short hash of each field
)

batches = Table(
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False, index=True),
    Column("plan_id", ForeignKey("plans.id"), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("issued_at", Moment, nullable=False),  # the Date of every message of the batch
    Column("issued_by", String(100), nullable=False),
    Column("sender", String(320), nullable=False),
    Column("sender_name", String(200), nullable=False),
    Column("reply", String(320), nullable=False),
    Column("bounce", String(320), nullable=False),
    Column("plus_addressing", Boolean, nullable=False),
    # How its messages are laid out: what was sent is built again byte for byte. 2: with Thread-Index.
    Column("layout", Integer, nullable=False, default=1),
    Column("settings", Text, nullable=False, default="{}"),  # JSON: what else of office.toml its messages carry
)

addressees = Table(
    "addressees",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("batch_id", ForeignKey("batches.id"), nullable=False),
    Column("key", String(320), nullable=False),
    Column("party", String(320), nullable=False),
    Column("name", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("country", String(2), nullable=False),
    Column("category", String(80), nullable=False),
    Column("language", String(8), nullable=False),
    Column("class_name", String(80), nullable=False),
    Column("channel", String(5), nullable=False),
    Column("form", String(64), nullable=False),  # SHA-256 of the sealed form in archive/
    Column("values", LargeBinary),  # packed; empty once erased
    Column("values_hash", LargeBinary(32), nullable=False),
    Column("token", String(31), nullable=False),  # of the reply address
    Column("reminder_form", String(64), nullable=False, default=""),  # sealed with the letter; empty: none
    Column("reminder_values", LargeBinary),
    # The conversation that a corrigendum or an addendum continues: that of the first letter to the same addressee.
    Column("thread_token", String(31), nullable=False, default=""),
    Column("thread_at", Moment),
    # The list that the addressee came from and may leave; empty: none, as for governments.
    Column("list_name", String(80), nullable=False, default=""),
    UniqueConstraint("circular_id", "key"),
    Index("ix_addressees_circular_party", "circular_id", "party"),
)

# A reminder as it went to one addressee: the sealed form, with the values of that day.
reminder_letters = Table(
    "reminder_letters",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("addressee_id", ForeignKey("addressees.id"), nullable=False, index=True),
    Column("form", String(64), nullable=False),
    Column("values", LargeBinary),  # packed; empty once erased
    Column("made_at", Moment, nullable=False),  # the Date of its messages
)

# What became of each reminder that fell due, by party, ask, rule and day: never twice, and a missed one is listed.
reminders = Table(
    "reminders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("party", String(320), nullable=False),
    Column("ask", String(80), nullable=False),
    Column("rule", String(20), nullable=False),  # as in letter.toml: -3d
    Column("day", Date, nullable=False),  # in the office's zone
    Column("outcome", String(8), nullable=False),  # queued | expired
    Column("recorded_at", Moment, nullable=False),
    UniqueConstraint("circular_id", "party", "ask", "rule", "day"),
)

# Addressees whose values were removed on request; the hashes of what was sent stay.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False, index=True),
    Column("addressee_id", ForeignKey("addressees.id"), nullable=False, index=True),
    Column("key_hash", String(64), nullable=False),
    Column("erased_at", Moment, nullable=False),
    Column("erased_by", String(100), nullable=False),
    Column("note", Text, nullable=False, default=""),
)

inbound = Table(
    "inbound",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),  # of what does not change between copies
    Column("message_id", String(998), nullable=False, index=True),
    Column("filed_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("sender", String(320), nullable=False),
    Column("subject", Text, nullable=False),
    Column("kind", String(12), nullable=False),
    Column("confidence", String(10), nullable=False),
    Column("state", String(8), nullable=False, index=True),  # filed | triage | settled
    Column("reason", Text, nullable=False),  # why it was filed so, or why staff must look
    Column("evidence", Text, nullable=False),  # JSON
    Column("circular_id", ForeignKey("circulars.id")),
    Column("addressee_id", ForeignKey("addressees.id")),
    Column("raw", LargeBinary, nullable=False),  # zlib of the mail as fetched
    # The conversation that Outlook thinks it belongs to: the first 22 bytes of Thread-Index, in hexadecimal.
    Column("thread", String(44), nullable=False, default="", index=True),
)

# What came with a mail; the contents lie in archive/attachments/ under their SHA-256.
inbound_files = Table(
    "inbound_files",
    metadata,
    Column("inbound_id", ForeignKey("inbound.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),  # made safe; never a path
    Column("media_type", String(200), nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", String(64), nullable=False),
)

# What has been fetched from where, so that a run looks at new mail only. IMAP: up to which UID (RFC 3501).
inboxes = Table(
    "inboxes",
    metadata,
    Column("source", String(400), primary_key=True),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("last_uid", BigInteger, nullable=False),
    Column("changed_at", Moment, nullable=False),
)
fetched = Table(
    "fetched",
    metadata,
    Column("source", String(400), primary_key=True),
    Column("name", String(500), primary_key=True),  # of the file, with its size and time of change
    Column("inbound_id", ForeignKey("inbound.id"), nullable=False),
)

# History of the register: the latest row of a party and ask is its state.
answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("party", String(320), nullable=False),
    Column("ask", String(80), nullable=False),
    # acknowledged received accepted declined contributed nominated registered answered extended excused open
    Column("state", String(12), nullable=False),
    Column("by", String(10), nullable=False),  # letter | phone | fax | mail | web
    Column("answered_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Column("inbound_id", ForeignKey("inbound.id")),
    Column("addressee_id", ForeignKey("addressees.id")),
    Column("note", Text, nullable=False, default=""),
    Column("file", Text, nullable=False, default=""),
    Index("ix_answers_circular_party_ask", "circular_id", "party", "ask"),
)

# Whom an answer names: the members of a delegation, nominees, speakers.
delegates = Table(
    "delegates",
    metadata,
    Column("answer_id", ForeignKey("answers.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("function", Text, nullable=False),
    Column("speaker", Boolean, nullable=False),
)

# What staff remarked on a party; until its day, a note holds reminders.
notes = Table(
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("party", String(320), nullable=False),
    Column("text", Text, nullable=False),
    Column("until", Moment),  # the first moment at which reminders may go again
    Column("recorded_at", Moment, nullable=False),
    Column("recorded_by", String(100), nullable=False),
    Index("ix_notes_circular_party", "circular_id", "party"),
)

# Edited reports that were read back: how old the answers on somebody else's web form are.
answer_imports = Table(
    "answer_imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("changed", Integer, nullable=False),  # answers that it brought
    Column("imported_at", Moment, nullable=False),
    Column("imported_by", String(100), nullable=False),
)
