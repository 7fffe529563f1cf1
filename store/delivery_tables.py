"""The tables of sending: messages, what became of them, who sends, how fast, and whom not to write to."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from store.moments import Moment
from store.naming import metadata

# One row per addressee, mailbox and role: each its own message, Message-ID and bounce token.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("addressee_id", ForeignKey("addressees.id"), nullable=False, index=True),
    Column("mailbox", String(320), nullable=False, index=True),  # empty for paper
    Column("role", String(5), nullable=False),  # to | cc | paper
    # queued claimed sending sent deferred refused in-doubt bounced delivered suppressed printed withdrawn
    Column("state", String(10), nullable=False),
    Column("message_id", String(400), nullable=False, unique=True),  # without angle brackets
    Column("token", String(31), nullable=False),  # of the bounce address
    Column("attempts", Integer, nullable=False, default=0),
    Column("first_attempt_at", Moment),
    Column("next_attempt_at", Moment),
    Column("reply_code", Integer),  # the server's last reply (RFC 5321 section 4.2)
    Column("reply_text", Text, nullable=False, default=""),
    Column("changed_at", Moment, nullable=False),
    Column("sha256", LargeBinary(32)),  # of the message as handed over
    Column("reminder_id", ForeignKey("reminder_letters.id"), index=True),  # empty: the letter itself
    Column("in_reply_to", String(400), nullable=False, default=""),  # the Message-ID that it answers; empty: none
    Column("domain", String(255), nullable=False, default=""),  # of the mailbox, lower case, A-labels; empty for paper
    Column("sender_id", Integer),  # of `senders`: which process claimed it
    Index("ix_outbox_circular_state", "circular_id", "state"),
    Index("ix_outbox_domain", "domain"),
)

# Processes that send. One whose heartbeat stopped is dead: what it was sending is in doubt.
senders = Table(
    "senders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("circular_id", ForeignKey("circulars.id"), nullable=False),
    Column("account", String(100), nullable=False),
    Column("host", String(255), nullable=False),
    Column("process", Integer, nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),  # by the clock of the database
    Column("ended_at", Moment),
)

# What went through a relay, by the minute: rates and daily caps hold for all senders together.
traffic = Table(
    "traffic",
    metadata,
    Column("relay", String(320), primary_key=True),
    Column("domain", String(255), primary_key=True),  # of the addressees; empty: all
    Column("slot", Moment, primary_key=True),  # the beginning of the minute
    Column("messages", Integer, nullable=False),
)

# Where a relay, or a domain behind it, asked for patience; under «rate:DOMAIN», when the next message may go at the
# rate that was set.
pauses = Table(
    "pauses",
    metadata,
    Column("relay", String(320), primary_key=True),
    Column("domain", String(255), primary_key=True),  # empty: the relay itself
    Column("until", Moment, nullable=False),
    Column("level", Integer, nullable=False),
    Column("reason", Text, nullable=False),
)

# Mailboxes that get nothing more, from one list or from all.
suppressions = Table(
    "suppressions",
    metadata,
    Column("address", String(320), primary_key=True),  # lower case
    Column("list_name", String(80), primary_key=True),  # empty: every list
    Column("kind", String(12), nullable=False),  # bounce | opt-out | complaint | manual
    Column("reason", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("by", String(200), nullable=False),
    Column("inbound_id", ForeignKey("inbound.id")),  # the mail that says so
)

# What receiving servers reported after accepting a message (RFC 3464), and what was settled by hand.
delivery_events = Table(
    "delivery_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("inbound_id", ForeignKey("inbound.id")),
    Column("action", String(10), nullable=False),  # failed | delayed | delivered | settled
    Column("status", String(12), nullable=False),  # RFC 3463, empty if none was given
    Column("diagnostic", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("reason_group", String(10), nullable=False, default=""),  # address mailbox size temporary policy
    Column("permanent", Boolean, nullable=False, default=False),
)
