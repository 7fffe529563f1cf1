"""Going through the topics: each in a thread of its own, so that a server or a disk that hangs holds up nothing else.

Whatever a look raises becomes a result of its topic, and no secret that the office knows of is ever told.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from queue import Empty, Queue
from threading import Thread

from office.environment import find_secret
from office.errors import CircularsError
from office.model import Office, SmtpTransport
from office.reading import KEY_NAME, read_office
from office.redaction import without_secrets
from pipeline.doctor.domains import look_at_domains
from pipeline.doctor.files import look_at_files
from pipeline.doctor.inbox import look_at_inbox
from pipeline.doctor.relay import look_at_relay
from pipeline.doctor.results import Result, Results, Visit, error, of_error, skipped
from pipeline.doctor.round_trip import look_at_round_trip
from pipeline.doctor.settings import look_at_program, look_at_settings
from pipeline.doctor.store import look_at_store
from pipeline.doctor.work import look_at_work

Look = Callable[[], Results]
_SHORTEST_SECRET = 4  # characters: what is shorter stands in any text by chance


@dataclass(frozen=True, slots=True)
class _Topic:
    name: str
    look: Look
    seconds: float


def examine(visit: Visit, on_topic: Callable[[str], None] = lambda _: None) -> Iterator[Result]:
    """Look at everything, and yield what was found, topic by topic; ``on_topic`` hears which one is waited for.

    Nothing is changed, except that a test mail goes out if the visit asks for one. Raises nothing for what is found.
    """
    office, findings = read_office(visit.folder)
    topics = [
        _Topic("program", look_at_program, visit.limit),
        _Topic("settings", partial(look_at_settings, office, findings), visit.limit),
    ]
    if office is not None:
        topics += [
            _Topic("files", partial(look_at_files, office, visit), visit.limit),
            _Topic("store", partial(look_at_store, office, visit), visit.limit),
            _Topic("work", partial(look_at_work, office, visit), visit.limit),
            *(_Topic(name, look, visit.limit) for name, look in _far_topics(office, visit)),
        ]
    hide = _hiding(office)
    running = [_Running(topic) for topic in topics]
    for each in running:
        on_topic(each.topic.name)
        yield from map(hide, each.results())
    if office is None:
        yield skipped("no-settings", "All else depends on office.toml: correct it, then run doctor again.")
    elif visit.to:  # only now: the relay and the inbox were looked at in peace
        on_topic("test mail")
        last = _Topic("test mail", partial(look_at_round_trip, office, visit), visit.limit + visit.wait)
        yield from map(hide, _Running(last).results())


def _far_topics(office: Office, visit: Visit) -> tuple[tuple[str, Look], ...]:
    looks: tuple[tuple[str, Look], ...] = (
        ("relay", partial(look_at_relay, office, visit)),
        ("domains", partial(look_at_domains, office, visit)),
        ("inbox", partial(look_at_inbox, office, visit)),
    )
    if not visit.offline:
        return looks
    return tuple((name, partial(_not_asked, name)) for name, _ in looks)


def _not_asked(name: str) -> Results:
    yield skipped(f"{name}-offline", "Not looked at, as --offline was given.")


class _Running:
    """A topic that is being looked at."""

    def __init__(self, topic: _Topic) -> None:
        self.topic = topic
        self._found: Queue[Result | None] = Queue()
        self._end = time.monotonic() + topic.seconds
        Thread(target=self._run, name=f"doctor: {topic.name}", daemon=True).start()

    def results(self) -> Results:
        """Yield what is found until the topic is done, or its time is over."""
        while True:
            try:
                found = self._found.get(timeout=max(0.0, self._end - time.monotonic()))
            except Empty:
                yield replace(
                    error(
                        "too-slow",
                        f"This took more than {self.topic.seconds:.0f} seconds and was left.",
                        "A server or a disk does not answer; see above how far it got, and run doctor again.",
                    ),
                    topic=self.topic.name,
                )
                return
            if found is None:
                return
            yield found

    def _run(self) -> None:
        try:
            for result in self.topic.look():
                self._tell(result)
        except CircularsError as fault:
            self._tell(of_error("failed", fault))
        except Exception as fault:  # the last resort, as in cli.main: what one look stumbles over hides no other
            told = f"This could not be looked at: {type(fault).__name__}: {fault}"
            self._tell(error("failed", told, "Look at what it names; if that is in order, tell the developers."))
        finally:
            self._found.put(None)

    def _tell(self, result: Result) -> None:
        self._found.put(replace(result, topic=self.topic.name))


def _hiding(office: Office | None) -> Callable[[Result], Result]:
    """Return what takes the office's secrets out of a result, wherever a server or a library repeats them."""
    secrets = _secrets(office, os.environ) if office is not None else ()

    def hide(result: Result) -> Result:
        return replace(
            result,
            message=without_secrets(result.message, secrets),
            hint=without_secrets(result.hint, secrets),
        )

    return hide


def _secrets(office: Office, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return what the office's settings call a secret, the longest first."""
    names = [office.inbox.password_env]
    logins = [office.inbox.oauth]
    for transport in office.transports.values():
        if isinstance(transport, SmtpTransport):
            names.append(transport.password_env)
            logins.append(transport.oauth)
    for oauth in filter(None, logins):
        names += [oauth.client_secret_env, oauth.refresh_token_env]
    found = {find_secret(name, environment) for name in names if name}
    with suppress(OSError, ValueError):
        found.add((office.folder / KEY_NAME).read_text("ascii").strip())
    return tuple(sorted((text for text in found if len(text) >= _SHORTEST_SECRET), key=len, reverse=True))
