"""From a source to the store: every new mail filed, and remembered only when it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, replace

from office.clock import Clock
from office.model import Office
from office.tokens import Tokens
from replies.filing import Filed, file_source_mail
from replies.matching import SentLetters, no_letters
from replies.sources import Source, SourceMail, Unreadable
from replies.sources.opening import open_source
from store.database import Store
from store.fetching import Known, known_of, remember_mails, remember_position

_REMEMBERED_AT_ONCE = 100  # mails; what a broken run looks at again


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackSummary:
    """What one run found. ``kinds`` counts the new mails; ``problems`` are mails that could not be read, and why.

    ``already_known`` counts copies of mails that had been filed from elsewhere; what an earlier run has fetched from
    the same source is not looked at again.
    """

    kinds: Mapping[str, int]
    filed: int
    triage: int
    already_known: int
    problems: tuple[str, ...]


class Fetcher:
    """Files the new mails of a source, as often as it is asked to."""

    def __init__(
        self,
        source: Source,
        store: Store,
        office: Office,
        tokens: Tokens,
        clock: Clock,
        *,
        letters: SentLetters,
    ) -> None:
        self._letters = letters
        self._source = source
        self._store = store
        self._office = office
        self._tokens = tokens
        self._clock = clock
        self._known: Known | None = None

    def fetch(self, limit: int | None = None) -> Generator[tuple[SourceMail, Filed] | Unreadable, None, None]:
        """File what is new, mail by mail, at most ``limit``; what is filed is remembered however this ends.

        Raises `CircularsError` where the source or the store fails; calling again goes on from there.
        """
        if self._known is None:
            with self._store.read() as connection:
                self._known = known_of(connection, self._source.name)
        done: list[tuple[SourceMail, Filed]] = []
        left = limit
        try:
            for item in self._source.mails(self._known):
                if isinstance(item, Unreadable):
                    yield item
                    continue
                filed = file_source_mail(
                    self._store, self._office, self._tokens, item, self._clock, letters=self._letters
                )
                done.append((item, filed))
                if len(done) == _REMEMBERED_AT_ONCE:
                    self._source.stored(self._remember(done))
                    done = []
                yield item, filed
                if left is not None and (left := left - 1) == 0:
                    break
        finally:
            marks = self._remember(done)
        self._source.stored(marks)

    def _remember(self, done: list[tuple[SourceMail, Filed]]) -> list[str]:
        """Write down what is in the store, and return its marks."""
        marks = {mail.mark: filed.inbound_id for mail, filed in done if mail.mark}
        positions = [mail.position for mail, _ in done if mail.position is not None]
        if self._known is None or not (marks or positions):
            return []
        with self._store.write() as connection:
            remember_mails(connection, self._source.name, marks)
            if positions:
                remember_position(connection, self._source.name, positions[-1], self._clock())
                self._known = replace(self._known, position=positions[-1])
        self._known.names.update(marks)
        return list(marks)


def track(
    store: Store,
    office: Office,
    tokens: Tokens,
    *,
    source: str,
    limit: int | None = None,
    clock: Clock,
    letters: SentLetters = no_letters,
    progress: Callable[[str], None] | None = None,
) -> TrackSummary:
    """Fetch the new mails of ``source`` (the office's own if empty), at most ``limit``, and file them.

    ``letters`` returns what an addressee was sent; ``progress`` is called with each mail's name. Raises
    `CircularsError` where the source cannot be read; no mail stops the run.
    """
    kinds: Counter[str] = Counter()
    states: Counter[str] = Counter()
    problems: list[str] = []
    place = open_source(office, source, clock=clock)
    try:
        for item in Fetcher(place, store, office, tokens, clock, letters=letters).fetch(limit):
            if isinstance(item, Unreadable):
                problems.append(f"{item.name}: {item.reason}")
                continue
            mail, filed = item
            if progress is not None:
                progress(mail.name)
            states[filed.state] += 1
            if filed.state != "known":
                kinds[filed.kind] += 1
    finally:
        place.close()
    return TrackSummary(
        kinds=dict(kinds),
        filed=states["filed"],
        triage=states["triage"],
        already_known=states["known"],
        problems=tuple(problems),
    )
