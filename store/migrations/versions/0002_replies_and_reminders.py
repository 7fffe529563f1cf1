"""Replies, deadlines that move, reminders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.moments

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store up to this version."""
    op.create_table(
        "inboxes",
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", store.moments.Moment(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_inboxes")),
    )
    op.create_table(
        "answer_imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("imported_at", store.moments.Moment(), nullable=False),
        sa.Column("imported_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_answer_imports_circular_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_imports")),
    )
    op.create_index(op.f("ix_answer_imports_circular_id"), "answer_imports", ["circular_id"])

    op.create_table(
        "deadline_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("ask", sa.String(length=80), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("due_at", store.moments.Moment(), nullable=False),
        sa.Column("late_at", store.moments.Moment(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("corrigendum_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_at", store.moments.Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_deadline_moves_circular_id")),
        sa.ForeignKeyConstraint(["corrigendum_id"], ["circulars.id"], name=op.f("fk_deadline_moves_corrigendum_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_moves")),
    )
    op.create_index("ix_deadline_moves_circular_ask_party", "deadline_moves", ["circular_id", "ask", "party"])

    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", store.moments.Moment(), nullable=True),
        sa.Column("recorded_at", store.moments.Moment(), nullable=False),
        sa.Column("recorded_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_notes_circular_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_circular_party", "notes", ["circular_id", "party"])

    op.create_table(
        "reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=320), nullable=False),
        sa.Column("ask", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("recorded_at", store.moments.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_reminders_circular_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminders")),
        sa.UniqueConstraint(
            "circular_id", "party", "ask", "rule", "day", name=op.f("uq_reminders_circular_id_party_ask_rule_day")
        ),
    )
    op.create_table(
        "reminder_letters",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=64), nullable=False),
        sa.Column("values", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", store.moments.Moment(), nullable=False),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressees.id"], name=op.f("fk_reminder_letters_addressee_id")),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_reminder_letters_circular_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_letters")),
    )
    op.create_index(op.f("ix_reminder_letters_addressee_id"), "reminder_letters", ["addressee_id"])

    op.create_table(
        "fetched",
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_fetched_inbound_id")),
        sa.PrimaryKeyConstraint("source", "name", name=op.f("pk_fetched")),
    )
    op.create_table(
        "inbound_files",
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_inbound_files_inbound_id")),
        sa.PrimaryKeyConstraint("inbound_id", "position", name=op.f("pk_inbound_files")),
    )
    op.create_table(
        "delegates",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("speaker", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answers.id"], name=op.f("fk_delegates_answer_id")),
        sa.PrimaryKeyConstraint("answer_id", "position", name=op.f("pk_delegates")),
    )
    op.add_column("addressees", sa.Column("reminder_form", sa.String(length=64), server_default="", nullable=False))
    op.add_column("addressees", sa.Column("reminder_values", sa.LargeBinary(), nullable=True))

    op.add_column("asks", sa.Column("late_at", store.moments.Moment(), nullable=True))
    op.add_column("asks", sa.Column("deadline", sa.String(length=80), server_default="", nullable=False))
    op.add_column("asks", sa.Column("reply", sa.Text(), server_default="[]", nullable=False))
    op.add_column("asks", sa.Column("remind", sa.Text(), server_default="[]", nullable=False))

    op.add_column("batches", sa.Column("layout", sa.Integer(), server_default="1", nullable=False))

    op.add_column("circulars", sa.Column("send_at", store.moments.Moment(), nullable=True))

    op.add_column("delivery_events", sa.Column("reason_group", sa.String(length=10), server_default="", nullable=False))
    op.add_column(
        "delivery_events", sa.Column("permanent", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )

    op.add_column("inbound", sa.Column("thread", sa.String(length=44), server_default="", nullable=False))
    op.create_index(op.f("ix_inbound_thread"), "inbound", ["thread"])

    # Not in batch mode: copying the outbox would drop it for a moment, and other tables refer to it.
    op.execute(
        "ALTER TABLE outbox ADD COLUMN reminder_id INTEGER"
        " CONSTRAINT fk_outbox_reminder_id REFERENCES reminder_letters (id)"
    )
    op.create_index(op.f("ix_outbox_reminder_id"), "outbox", ["reminder_id"])
