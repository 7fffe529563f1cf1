"""What is told of limits: why a run ended before its work was done, and why it was slower than set."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from delivery.limits import Limits

SHOWN = 5  # domains that are named


def why_it_ended(
    limits: Limits, waits: Sequence[str], *, reference: str, now: datetime, zone: ZoneInfo
) -> tuple[str, str]:
    """Return why a run ended that would have had to wait, and what to do.

    ``waits`` are the domains that must wait, or an empty name for the relay as a whole.
    """
    if "" in waits and limits.exhausted is not None:
        cap, at = limits.exhausted.cap, limits.exhausted.room_at
        relay = limits.settings.host
        told = f"The {cap:,} recipients that {relay} takes in 24 hours are used up; it goes on {spoken(at, now, zone)}."
        return told, _go_on(reference, at, zone)
    seconds = {domain: limits.delay_of(domain) if domain else limits.delay() for domain in waits}
    at = now + timedelta(seconds=min(seconds.values(), default=0.0))
    whom = ", ".join(domain or limits.settings.host for domain in sorted(seconds)[:SHOWN])
    if len(seconds) > SHOWN:
        whom += f" and {len(seconds) - SHOWN} more"
    reasons = [limits.slowed[domain].reason for domain in sorted(seconds) if domain in limits.slowed]
    why = f" It said: {reasons[0]}" if reasons else ""
    return f"What is left must wait for {whom}; it goes on {spoken(at, now, zone)}.{why}", _go_on(reference, at, zone)


def slowness(limits: Limits) -> tuple[str, ...]:
    """Return who asked for less in a run, and in which words."""
    return tuple(
        f"{domain or limits.settings.host} asked for less, so it went slower: {pause.reason}"
        for domain, pause in sorted(limits.slowed.items())
    )


def spoken(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return a moment not far ahead as people say it: «tomorrow at 14:05»."""
    here, today = moment.astimezone(zone), now.astimezone(zone).date()
    if moment > here.replace(second=0, microsecond=0):
        here += timedelta(minutes=1)  # not before it
    days = (here.date() - today).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"on {here:%Y-%m-%d}")
    return f"{day} at {here:%H:%M}"


def _go_on(reference: str, at: datetime, zone: ZoneInfo) -> str:
    here = (at + timedelta(minutes=1)).astimezone(zone)
    return (
        f"From then on: circulars send {reference}. Or let tick do it: "
        f'circulars send {reference} --at "{here:%Y-%m-%d %H:%M}"'
    )
