"""Senders, limits of relays, suppression by list, schedules that expire."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.moments

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store up to this version."""
    op.create_table(
        "senders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("circular_id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("started_at", store.moments.Moment(), nullable=False),
        sa.Column("seen_at", store.moments.Moment(), nullable=False),
        sa.Column("ended_at", store.moments.Moment(), nullable=True),
        sa.ForeignKeyConstraint(["circular_id"], ["circulars.id"], name=op.f("fk_senders_circular_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
    )
    op.create_table(
        "traffic",
        sa.Column("relay", sa.String(length=320), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("slot", store.moments.Moment(), nullable=False),
        sa.Column("messages", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "domain", "slot", name=op.f("pk_traffic")),
    )
    op.create_table(
        "pauses",
        sa.Column("relay", sa.String(length=320), nullable=False),
        sa.Column("domain", sa.String(length=255), nullable=False),
        sa.Column("until", store.moments.Moment(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("relay", "domain", name=op.f("pk_pauses")),
    )
    _suppressions_by_list()
    op.add_column("circulars", sa.Column("send_until", store.moments.Moment(), nullable=True))
    op.add_column("circulars", sa.Column("local_days", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("batches", sa.Column("settings", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("addressees", sa.Column("list_name", sa.String(length=80), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("domain", sa.String(length=255), nullable=False, server_default=""))
    op.add_column("outbox", sa.Column("sender_id", sa.Integer(), nullable=True))
    _fill_domains()
    op.create_index("ix_outbox_domain", "outbox", ["domain"])


def _suppressions_by_list() -> None:
    """Make the list a part of the key: until now, an address was suppressed for every list."""
    op.rename_table("suppressions", "suppressions_before")
    op.create_table(
        "suppressions",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("list_name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", store.moments.Moment(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name=op.f("fk_suppressions_inbound_id")),
        sa.PrimaryKeyConstraint("address", "list_name", name=op.f("pk_suppressions_by_list")),
    )
    op.execute(
        'INSERT INTO suppressions (address, list_name, kind, reason, since, "by")'
        " SELECT address, '', 'manual', reason, since, \"by\" FROM suppressions_before"
    )
    op.drop_table("suppressions_before")


def _fill_domains() -> None:
    """Take the domain from the mailbox; in addresses as lists have them, the first @ is the only one."""
    at = "instr(mailbox, '@')" if op.get_bind().dialect.name == "sqlite" else "strpos(mailbox, '@')"
    op.execute(f"UPDATE outbox SET domain = lower(substr(mailbox, {at} + 1)) WHERE mailbox <> ''")  # noqa: S608 - ours
