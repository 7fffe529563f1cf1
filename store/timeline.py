"""When the answers came: what a chart of a circular draws."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.schema import answers
from store.standings import REPLIED


def reply_moments(connection: Connection, circular_id: int) -> Mapping[str, tuple[datetime, ...]]:
    """Return for each ask when the replies came that stand now, in order; asks without any are left out."""
    newest = select(func.max(answers.c.id)).where(answers.c.circular_id == circular_id)
    query = (
        select(answers.c.ask, answers.c.answered_at)
        .where(answers.c.id.in_(newest.group_by(answers.c.party, answers.c.ask)), answers.c.state.in_(REPLIED))
        .order_by(answers.c.answered_at)
    )
    found: dict[str, list[datetime]] = {}
    for ask, moment in connection.execute(query):
        found.setdefault(ask, []).append(moment)
    return {ask: tuple(moments) for ask, moments in found.items()}
