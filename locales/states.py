"""The States of the world as the United Nations names them.

The tables (`locales.state_tables`) hold the 193 Members, the two observer States, and the two States that belong to
specialised agencies only, with the names of the UN terminology service (UNTERM) in the six official languages, the
codes of ISO 3166-1 and of the UN Statistics Division's standard M49 with its geographic regions, the regional groups of
the General Assembly, and the languages in which the United Nations usually writes to each.
CLDR's names differ for dozens of States and are accepted when reading, never printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, cast

from locales.languages import LANGUAGES
from locales.state_tables import FORMS, Row, Tables, built_in_tables, read_office_tables, states_stamp
from office.files import Stamp
from office.folding import folded
from office.suggestions import did_you_mean

# Words that say nothing of which State is meant, and those that lists abbreviate or write in another language.
_IDLE_WORDS = frozenset({"the", "la", "le", "les", "el", "los", "las", "of", "de", "du", "des", "del"})
_TITLES = frozenset(
    {"republic", "kingdom", "state", "federal", "islamic", "democratic", "people", "arab", "and", "et", "y"}
)
# Who speaks for a State, where a list has that in the place of its name; spelt as `_normalise` leaves them.
_ORGANS = frozenset(
    {
        *("government", "embassy", "mission", "permanent", "gouvernement", "ambassade", "permanente", "gobierno"),
        *("embajada", "mision", "правительство", "посольство", "постоянное", "представительство"),
        *("حكومة", "سفارة", "بعثة", "دايمة"),
    }
)
_CHINESE_ORGANS = re.compile("(?<=.)(?:政府|大使馆|常驻代表团)$")
_ELISIONS = re.compile(r"\b[dl]['’ʼ`´]|['’ʼ`´]s\b")
_WHOLE_WORDS = {
    "st": "saint", "ste": "sainte", "sta": "santa", "rep": "republic", "dem": "democratic", "fed": "federated",
    "sts": "states", "is": "islands", "isl": "islands", "republique": "republic", "republica": "republic",
    "pop": "popular", "populaire": "popular", "democratique": "democratic", "democratica": "democratic",
}  # fmt: skip
_ARABIC_ARTICLE = re.compile(r"^ال(?=\w{3})")
_NOT_WORDS = re.compile(r"[\W_]+")
_BETWEEN_NAMES = re.compile(r"[()（）\[\]/|;=]|\s[-–—]\s")
_BRACKETED = re.compile(r"([^()（）]+)[(（]([^()（）]+)[)）]")
_ONE_SLIP = 95.0  # one letter too many, missing, wrong, or exchanged with its neighbour
_FEW_STATES = 5  # a word that more of them have, such as «Republic», suggests none
_SUGGESTION_CUTOFF = 78.0  # of 100; below that, suggestions are of other States as often as not

Status = Literal["member", "observer", "agency"]
Group = Literal["africa", "asia-pacific", "eastern-europe", "latin-america-caribbean", "western-europe-others", "none"]
Region = Literal["africa", "americas", "asia", "europe", "oceania"]


class UnknownStateError(LookupError):
    """A code that is no State's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One State.

    ``status`` is ``member`` or ``observer`` of the United Nations, or ``agency`` for a State that belongs to
    specialised agencies only. ``group`` is its regional group in the General Assembly, ``region`` its geographic
    region (M49): Cyprus lies in Asia and votes with Asia-Pacific, Türkiye lies in Asia and votes with Western Europe.
    ``languages`` are those of correspondence, the first preferred; ``sources`` says of each whence it is known:
    ``stated`` by the State, an ``official`` language there, or ``assumed``. ``forms`` are its names by language and
    form (`FORMS`), ``notes`` remarks on them. ``variants`` are other names by which people call it.
    """

    iso2: str
    iso3: str
    m49: str
    status: Status
    group: Group
    region: Region
    languages: tuple[str, ...]
    sources: tuple[str, ...]
    forms: Mapping[str, Mapping[str, str]]
    notes: Mapping[str, str]
    variants: tuple[str, ...] = ()

    @property
    def names(self) -> Mapping[str, str]:
        """The UN short names by language."""
        return {language: forms["short"] for language, forms in self.forms.items()}

    def name(self, language: str, form: str = "short") -> str:
        """Return a name in one of `FORMS`; raises ValueError for another form and KeyError for another language."""
        if form not in FORMS:
            raise ValueError(f"«{form}» is no form of a State's name. {did_you_mean(form, FORMS)}")
        return self.forms[language][form]


@cache
def states() -> tuple[State, ...]:
    """Return every State, in the order of their English names."""
    return tuple(_build_states(Tables()).values())


def state(code: str) -> State:
    """Return the State of an ISO 3166-1 alpha-2 code in capitals; raises `UnknownStateError`."""
    try:
        return _by_code()[code]
    except KeyError:
        raise UnknownStateError(f"«{code}» is not the two-letter code of a State") from None


def office_states(folder: Path | None) -> Mapping[str, State]:
    """Return every State by its alpha-2 code, with the cells that an office changes.

    ``folder`` is the office's ``locales``; what is faulty there is left out (`state_tables.read_office_tables` says
    what).
    """
    if folder is None:
        return _office_states(None, ())
    return _office_states(folder, states_stamp(folder))


@lru_cache(maxsize=4096)
def find_state(text: str) -> State | None:
    """Return the State that ``text`` names exactly: a code, a name in six languages, or a common variant.

    Case, accents, articles and punctuation do not matter, nor does the order of «Korea, Republic of». Two
    letters are always a code: «NA» is Namibia and «NO» Norway.
    """
    code = text.strip().upper()
    if len(code) in {2, 3} and code in _by_code():
        return _by_code()[code]
    names = _by_name()
    found = names.get(_normalise(text))
    if found is None and text.count(",") == 1:
        last, first = text.split(",")
        found = names.get(_normalise(f"{first} {last}"))
    if found is None and (bracketed := _BRACKETED.fullmatch(text.strip())):
        found = names.get(_normalise(f"{bracketed[2]} {bracketed[1]}"))
    return found or _named_twice(text)


def _named_twice(text: str) -> State | None:
    """Return the State that all parts of a text name alike: «Kenya (KE)», «Türkiye / Turkey»."""
    parts = [part for part in _BETWEEN_NAMES.split(text) if part.strip()]
    found = [find_state(part) for part in parts] if len(parts) > 1 else []
    return found[0] if found and all(state is found[0] for state in found) else None


def suggest_states(text: str) -> tuple[State, ...]:
    """Return up to three States whose names come near ``text``, the nearest first."""
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import OSA

    wanted = _without_organ(_normalise(text))
    if len(wanted) < 3:
        return ()
    slips = process.extract(wanted, _by_name().keys(), scorer=OSA.distance, score_cutoff=1, limit=12)
    having = _names_by_word().get(wanted, ())
    few = len({_by_name()[name].iso2 for name in having}) <= _FEW_STATES
    scores: dict[str, float] = dict.fromkeys(having if few else (), _SUGGESTION_CUTOFF)
    scores |= {name: _ONE_SLIP for name, _, _ in slips if len(name) > 3 or not name.isascii()}
    scores |= dict.fromkeys(_named_among(wanted.split()), _ONE_SLIP)
    for scorer in (fuzz.token_sort_ratio, fuzz.ratio):
        near = process.extract(wanted, _by_name().keys(), scorer=scorer, score_cutoff=_SUGGESTION_CUTOFF, limit=12)
        scores |= {name: max(score, scores.get(name, 0)) for name, score, _ in near}
    ranked = [_by_name()[name] for name in sorted(scores, key=lambda name: -scores[name])]
    return tuple({entry.iso2: entry for entry in ranked}.values())[:3]


def _without_organ(name: str) -> str:
    """Return what follows «Government of», «Embassy of» in a normalised name."""
    words = _CHINESE_ORGANS.sub("", name).split()
    return " ".join(word for word in words if word not in _ORGANS)


def _named_among(words: list[str]) -> list[str]:
    """Return the words that are States' names, if the rest are titles: «Republic of China», «Iran/Iraq»."""
    named = [word for word in words if word in _by_name()]
    return named if all(word in named or word in _TITLES for word in words) else []


@lru_cache(maxsize=8)
def _office_states(folder: Path | None, stamp: Stamp) -> Mapping[str, State]:
    if folder is None or not any(size for _, size in stamp):
        return {entry.iso2: entry for entry in states()}
    return _build_states(read_office_tables(folder)[0])


def _build_states(own: Tables) -> dict[str, State]:
    base = built_in_tables()
    built = {}
    for code, row in base.states.items():
        names = {tag: {**base.names[code, tag], **own.names.get((code, tag), {})} for tag in LANGUAGES}
        built[code] = _build_state({**row, **own.states.get(code, {})}, names)
    return built


def _build_state(row: Row, names: Mapping[str, Row]) -> State:
    return State(
        iso2=row["iso2"],
        iso3=row["iso3"],
        m49=row["m49"],
        status=cast("Status", row["status"]),
        group=cast("Group", row["group"]),
        region=cast("Region", row["region"]),
        languages=tuple(row["languages"].split()),
        sources=tuple(row["sources"].split()),
        forms={tag: {form: cells[form] for form in FORMS} for tag, cells in names.items()},
        notes={tag: cells["note"] for tag, cells in names.items() if cells["note"]},
        variants=tuple(filter(None, row["variants"].split("|"))),
    )


@cache
def _by_code() -> dict[str, State]:
    return {entry.iso2: entry for entry in states()} | {entry.iso3: entry for entry in states()}


@cache
def _names_by_word() -> dict[str, list[str]]:
    """Names by each of their words: «Korea» is a part of two."""
    found: dict[str, list[str]] = {}
    for name in _by_name():
        for word in name.split():
            found.setdefault(word, []).append(name)
    return found


@cache
def _by_name() -> dict[str, State]:
    """Every normalised name; short names last, so that no variant hides one."""
    named = {_normalise(variant): entry for entry in states() for variant in entry.variants}
    named |= {_normalise(forms["formal"]): entry for entry in states() for forms in entry.forms.values()}
    return named | {_normalise(name): entry for entry in states() for name in entry.names.values()}


def _normalise(name: str) -> str:
    """Return the name's words without case, accents, punctuation and articles, abbreviations written out."""
    letters = _NOT_WORDS.sub(" ", _ELISIONS.sub(" ", folded(name.replace("&", " and "))))
    words = [_WHOLE_WORDS.get(word, word) for word in letters.split()]
    return " ".join([_ARABIC_ARTICLE.sub("", word) for word in words if word not in _IDLE_WORDS] or words)
