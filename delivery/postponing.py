"""Messages that wait for a working day of the addressee's country, where an issue is sent so."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from locales.calendar import working_day
from locales.local_days import is_known, next_at_work
from office.clock import Clock
from office.model import Office
from store.database import Store
from store.schedule import postpone, schedule_of, waiting_countries


def postpone_rest_days(store: Store, office: Office, circular_id: int, clock: Clock) -> int:
    """Put off what is due to countries where it is no working day, if the issue goes on such days only; says how many.

    Of an addressee whose country is not known, the office's own days count.
    """
    now = clock()
    with store.read() as connection:
        if not schedule_of(connection, circular_id, now).local_days:
            return 0
        countries = waiting_countries(connection, circular_id, now)
    rests = {country: until for country in countries if (until := _next_working_moment(country, office, now)) > now}
    postponed = 0
    for country, until in sorted(rests.items()):
        with store.write() as connection:
            postponed += postpone(connection, circular_id, country, until, now)
    return postponed


def _next_working_moment(country: str, office: Office, now: datetime) -> datetime:
    if is_known(country):
        return next_at_work(country, now)
    today = day = now.astimezone(office.zone).date()
    while not working_day(day, office.place):
        day += timedelta(days=1)
    return now if day == today else datetime.combine(day, time(0), tzinfo=office.zone)
