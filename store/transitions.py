"""How the state of a message may change: no other change happens, whoever writes (docs/decisions/0014).

Each UPDATE carries its condition on the state before. A restart never turns «sending» into «queued»: only the living
sender that claimed a row does, when its connection broke before the end of the message.
"""

from __future__ import annotations

from collections.abc import Mapping

from store.messages import State

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({
        State.CLAIMED,  # by a sender
        State.DEFERRED,  # until a working day of the addressee's country
        State.IN_DOUBT,  # the send journal knows that it has gone
        State.PRINTED,  # on paper, by `print --done`
        State.WITHDRAWN,
    }),
    State.CLAIMED: frozenset({
        State.SENDING,  # the intent, durable before the first byte of the message
        State.SENT,  # written as a file: a second time it would take the place of the first
        State.QUEUED,  # not tried, or its sender died
        State.DEFERRED, State.REFUSED,  # before the message itself: at its envelope
        State.SUPPRESSED, State.PRINTED, State.WITHDRAWN, State.IN_DOUBT,
    }),
    State.SENDING: frozenset({
        State.SENT, State.DEFERRED, State.REFUSED,  # the answer to the final dot
        State.QUEUED,  # by its living sender: the connection broke before the final dot
        State.IN_DOUBT,  # no answer, or its sender died
        State.DELIVERED, State.BOUNCED,  # a report came before the answer was recorded
    }),
    State.DEFERRED: frozenset({State.CLAIMED, State.QUEUED, State.IN_DOUBT, State.PRINTED, State.WITHDRAWN}),
    State.IN_DOUBT: frozenset({State.SENT, State.QUEUED, State.REFUSED, State.DELIVERED, State.BOUNCED}),
    State.SENT: frozenset({State.DELIVERED, State.BOUNCED}),
    State.DELIVERED: frozenset({State.BOUNCED}),  # forwarded behind the server that reported delivery
    State.REFUSED: frozenset({State.QUEUED}),  # `retry --failed`
    State.SUPPRESSED: frozenset({State.QUEUED}),  # `unsuppress`
    State.BOUNCED: frozenset(),
    State.PRINTED: frozenset(),
    State.WITHDRAWN: frozenset(),
}  # fmt: skip
