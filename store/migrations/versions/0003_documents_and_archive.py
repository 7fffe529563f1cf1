"""Decisions on plans, erasures, and conversations that a later letter continues."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.moments

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store up to this version."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("decided_at", store.moments.Moment(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("visa_name", sa.Text(), nullable=False),
        sa.Column("visa_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_decisions_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_plan_id"), "decisions", ["plan_id"])
    # What was decided before there was a history is its first entry.
    op.execute(
        "INSERT INTO decisions (plan_id, decision, account, name, role, decided_at, note, visa_name, visa_sha256)"
        " SELECT id, decision, decided_account, decided_name, '', decided_at, note, '', '' FROM plans"
        " WHERE decision IS NOT NULL"
    )
    op.create_table(
        "erasures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("addressee_id", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("erased_at", store.moments.Moment(), nullable=False),
        sa.Column("erased_by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_erasures_circular_id")),
        sa.ForeignKeyConstraint(["addressee_id"], ["addressees.id"], name=op.f("fk_erasures_addressee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_circular_id"), "erasures", ["circular_id"])
    op.create_index(op.f("ix_erasures_addressee_id"), "erasures", ["addressee_id"])
    for column in ("decision", "decided_account", "decided_name", "decided_at", "note"):
        op.drop_column("plans", column)
    op.add_column("plans", sa.Column("fields", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("plan_entries", sa.Column("parts", sa.LargeBinary(), nullable=True))
    op.add_column("addressees", sa.Column("thread_token", sa.String(length=31), nullable=False, server_default=""))
    op.add_column("addressees", sa.Column("thread_at", store.moments.Moment(), nullable=True))
    op.add_column("outbox", sa.Column("in_reply_to", sa.String(length=400), nullable=False, server_default=""))
