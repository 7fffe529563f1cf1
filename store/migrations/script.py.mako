"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.moments

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring a store up to this version."""
    ${upgrades if upgrades else "pass"}
