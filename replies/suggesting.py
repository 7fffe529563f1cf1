"""What a reply seems to say, for the person who decides: a suggestion with its sentence, or none.

Wordings are data (`replies.wording`); nothing is learnt, nothing guessed. A wrong suggestion is worse than none: a
wording under a negation that it does not contain, under a condition or in a question says nothing, and a mail that
says two things of the same ask gets an empty suggestion that tells why. A party that does not send whom we asked but
somebody else takes part: «cannot attend, but will be represented» is an acceptance, though an unsure one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from replies.invitations import CalendarAnswer
from replies.sentences import Sentence, sentences
from replies.wording import TAKEN, Claim, Wording, all_claims, all_wordings, bare, comparable

Confidence = Literal["likely", "unsure"]
QUESTION = "question"  # no state of the register: staff must answer

_MOST_TEXT = 20_000  # characters of a mail that are looked at; beyond are annexes
_MOST_SENTENCES = 200
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)  # RFC 3676 section 4.3
_GENERAL = {"accepted": frozenset({"attendance", "statement"})}  # what «we accept» can speak of; else anything
# What a calendar's answer suggests: who delegates sends somebody; a tentative answer and another date are none.
_CALENDAR = {"accepted": "accepted", "declined": "declined", "delegated": "accepted", "tentative": "", "proposed": ""}
_ENCLOSED = frozenset({"contributed", "answered"})
_LONGEST_NAME = 5  # words
_LONGEST_THANKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """What a reply seems to say. The sentence stands at ``text[start:end]`` of the text that was asked about.

    ``state`` is one of the register's, or `QUESTION`, or empty: the signs speak against each other or under a
    condition, and staff must read. ``what`` is the kind of ask that the sentence speaks of, empty for all of them.
    """

    state: str
    what: str
    confidence: Confidence
    sentence: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """A claim found in a sentence, in these words."""

    claim: Claim
    words: str
    sentence: Sentence

    @property
    def state(self) -> str:
        """A state of the register, or ``represented`` or ``later``."""
        return self.claim.state

    @property
    def what(self) -> str:
        """The kind of ask, empty for any."""
        return self.claim.what


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """All that a text holds: what it says, what it says under a condition, what it asks, and conditions alone."""

    signs: tuple[_Sign, ...]
    clouded: tuple[_Sign, ...]
    questions: tuple[Sentence, ...]
    provisos: tuple[Sentence, ...]


def suggest(text: str, *, asks: Sequence[str], has_attachments: bool = False) -> Suggestion | None:
    """Suggest what the new text of a reply says of the kinds of asks in ``asks`` (``what`` in letter.toml).

    Returns None where the text says nothing that is known.
    """
    signature = _SIGNATURE.search(text)
    body = text[: signature.start() if signature else len(text)][:_MOST_TEXT]
    said = tuple(islice(sentences(body), _MOST_SENTENCES))
    read = _read(said)
    return _about_asks(read, asks, has_attachments=has_attachments) or _in_short(said, read, asks) or _otherwise(read)


def suggest_from_calendar(answer: CalendarAnswer) -> Suggestion | None:
    """Suggest what a calendar program answered; it speaks of attendance, and stands nowhere in the mail's text."""
    state = _CALENDAR.get(answer.status)
    if state is None:
        return None
    return Suggestion(
        state=state,
        what="attendance",
        confidence="unsure" if answer.status != state or answer.comment else "likely",
        sentence=answer.sentence,
        start=0,
        end=0,
        why="the calendar's answer" + (f", with a comment: {answer.comment}" if answer.comment else ""),
    )


def _about_asks(read: _Reading, asks: Sequence[str], *, has_attachments: bool) -> Suggestion | None:
    """What is said of the first ask of which anything is said."""
    general = [sign for sign in read.signs if not sign.what and any(_speaks_of(sign, what) for what in asks)]
    for what in dict.fromkeys(asks):
        signs = [sign for sign in read.signs if _speaks_of(sign, what)]
        clouded = [sign for sign in read.clouded if _speaks_of(sign, what)]
        if not signs and not clouded:
            continue
        contrary = _against([*signs, *general], clouded, read.provisos)
        if contrary is not None:
            return contrary
        return _decided(what, signs, read, asked=len(set(asks)), has_attachments=has_attachments)
    return None


def _speaks_of(sign: _Sign, what: str) -> bool:
    if sign.state in {"acknowledged", "later"}:
        return False
    return sign.what == what or (not sign.what and what in _GENERAL.get(sign.state, (what,)))


def _against(signs: list[_Sign], clouded: list[_Sign], provisos: tuple[Sentence, ...]) -> Suggestion | None:
    """Return the empty suggestion of a text that is conditional, or contradicts itself."""
    if clouded:
        return _empty(clouded[0].sentence, f"«{clouded[0].words}» stands under a negation, a condition or a doubt")
    if provisos:
        return _empty(provisos[0], f"«{signs[0].words}», but with a proviso")
    states = {sign.state for sign in signs}
    if len(states) > 1 and "represented" not in states:
        said = " and ".join(f"«{sign.words}» ({sign.state})" for sign in {s.state: s for s in signs}.values())
        return _empty(signs[-1].sentence, f"it says {said}")
    return None


def _decided(what: str, signs: list[_Sign], read: _Reading, *, asked: int, has_attachments: bool) -> Suggestion:
    chosen = next((sign for sign in signs if sign.state == "represented"), None)
    chosen = chosen or next((sign for sign in signs if sign.claim.sure), signs[0])
    state = "accepted" if chosen.state == "represented" else chosen.state
    doubts = []
    if not chosen.claim.sure:
        doubts.append("it is said in a roundabout way")
    if any(sign.state == "declined" for sign in signs) and state == "accepted":
        doubts.append("somebody else comes in the addressee's place")
    if not chosen.what and asked > 1:
        doubts.append("the letter asks more than one thing")
    if state in _ENCLOSED and not has_attachments:
        doubts.append("nothing is attached")
    if read.questions:
        doubts.append("the mail also asks something")
    spoken_of = what if state in _GENERAL else chosen.what
    return _made(state, spoken_of, chosen.sentence, f"«{chosen.words}»", doubts)


def _in_short(said: Sequence[Sentence], read: _Reading, asks: Sequence[str]) -> Suggestion | None:
    """An answer of a few words: a line or sentence of its own, with at most a greeting before it."""
    if read.signs or read.clouded or read.provisos or read.questions:
        return None
    worded = [sentence for sentence in said if bare(sentence.text)]
    for wording in all_wordings():
        first, rest = _opening(worded, wording)
        state = "" if first is None or not _is_closing(rest, wording) else _short_state(first, wording)
        if first is not None and state and all(what in _GENERAL.get(state, (what,)) for what in asks):
            several = len(set(asks)) > 1 and state != "acknowledged"
            return _made(state, "", first, "these words alone", ["the letter asks more than one thing"] * several)
    return None


def _opening(found: list[Sentence], wording: Wording) -> tuple[Sentence | None, list[Sentence]]:
    """Return the first sentence that is no greeting, and those that follow it."""
    while found and wording.greetings.match(bare(found[0].text)):
        found = found[1:]
    return (found[0], found[1:]) if found else (None, [])


def _short_state(sentence: Sentence, wording: Wording) -> str:
    """Return what a sentence of a few words says: «yes», «yes, we accept», with or without thanks behind it."""
    pieces = [bare(piece) for piece in comparable(sentence.text).split(",")]
    if len(pieces) > 1 and len(pieces[-1].split()) <= _LONGEST_THANKS and wording.closings.match(pieces[-1]):
        pieces.pop()
    whole = bare(sentence.text)
    return next(
        (state for state, answers in wording.short.items() if whole in answers or answers.issuperset(pieces)), ""
    )


def _is_closing(rest: list[Sentence], wording: Wording) -> bool:
    """Tell whether nothing follows but a closing or the sender's name, and whatever stands below these."""
    if not rest:
        return True
    return wording.closings.match(bare(rest[0].text)) is not None or _is_name(rest[0].text)


def _is_name(text: str) -> bool:
    words = text.split()
    return len(words) <= _LONGEST_NAME and all(word[0].isupper() and word[-1].isalpha() for word in words)


def _otherwise(read: _Reading) -> Suggestion | None:
    """Neither an answer nor half of one: a question, an acknowledgement, or nothing."""
    if read.questions:
        return _made(QUESTION, "", read.questions[0], "it asks something", [])
    for sign in read.signs:
        if sign.state in {"acknowledged", "later"}:
            return _made("acknowledged", "", sign.sentence, f"«{sign.words}»", [])
    return None


def _made(state: str, what: str, sentence: Sentence, why: str, doubts: list[str]) -> Suggestion:
    return Suggestion(
        state=state,
        what=what,
        confidence="unsure" if doubts or not state else "likely",
        sentence=sentence.text,
        start=sentence.start,
        end=sentence.end,
        why="; ".join([why, *doubts]),
    )


def _empty(sentence: Sentence, why: str) -> Suggestion:
    return _made("", "", sentence, why, [])


def _read(said: Sequence[Sentence]) -> _Reading:
    signs: list[_Sign] = []
    clouded: list[_Sign] = []
    questions: list[Sentence] = []
    provisos: list[Sentence] = []
    for sentence in said:
        text = _without_courtesies(comparable(sentence.text))
        if sentence.is_question or _any_of(text, "questions"):
            questions.append(sentence)
            continue
        found, rest = _signs(sentence, text)
        clear, doubtful = _sorted_out(found, rest)
        signs += clear
        clouded += doubtful
        if _any_of(rest, "provisos"):
            provisos.append(sentence)
    return _Reading(signs=tuple(signs), clouded=tuple(clouded), questions=tuple(questions), provisos=tuple(provisos))


def _without_courtesies(text: str) -> str:
    for wording in all_wordings():
        text = wording.empty.sub(" ", text)
    return text


def _signs(sentence: Sentence, text: str) -> tuple[list[_Sign], str]:
    """Return the wordings found in a sentence, and its text with a mark in the place of each."""
    found = []
    for claim in all_claims():
        match = claim.pattern.search(text)
        if match is not None:
            found.append(_Sign(claim=claim, words=match[0].strip(" ,"), sentence=sentence))
            text = claim.pattern.sub(TAKEN, text)
    return found, text


def _sorted_out(found: list[_Sign], rest: str) -> tuple[list[_Sign], list[_Sign]]:
    """Divide a sentence's signs into those that hold, and those that the rest of the sentence puts in doubt."""
    postponed = any(sign.state == "later" for sign in found)
    negated_before = any(wording.negated.search(rest) for wording in all_wordings())
    clear, doubtful = [], []
    for sign in found:
        # A gap in a pattern may have taken a condition or a negation along.
        seen = rest if sign.claim.negated_twice else f"{rest} {sign.words}"
        conditional = _any_of(seen, "hedges", "provisos")
        negated = negated_before if sign.state == "declined" else _any_of(seen, "negations", "regrets")
        if sign.state == "later":
            clear.append(sign)
        elif sign.state == "acknowledged":
            clear += [] if negated or conditional else [sign]
        elif conditional and postponed:
            continue  # «we shall inform you whether the Minister will attend» says only that an answer will come
        elif conditional or postponed or negated:
            doubtful.append(sign)
        else:
            clear.append(sign)
    return clear, doubtful


def _any_of(text: str, *names: str) -> bool:
    """Tell whether a text holds anything of those parts of the wordings, in any language."""
    return any(getattr(wording, name).search(text) for wording in all_wordings() for name in names)
