"""What differs between two plans of a letter: letter by letter, field by field, and in its own words.

Told from hashes alone: neither plan keeps an addressee's values.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.plans import Entry, Plan
from templates.digest import ROUTING, fields_of, form_mark, form_parts
from templates.merging import Reason
from templates.rendering import Forms

LISTED = 1000  # letters that are named, with their fields
EXAMPLES = 5  # of a kind, in a sentence
REMINDER = "/reminder"  # ends the names of reminders' forms
NEW, GONE = ("new",), ("no longer needed",)  # forms that only one of two plans has

# Values of the frame, as staff call them.
_FRAME = {
    "@salutation": "salutation", "@closing": "closing", "@address": "address", "@addressee": "whom the note greets",
}  # fmt: skip
# Parts of a compiled form (`Forms.as_json`), as staff call them.
_PARTS = {"subject": "subject", "text": "text", "html": "look of the mail", "docx": "Word document", "pdf": "PDF"}
_LEADING = ("subject", "text")  # the others differ wherever these do
# What goes for all letters alike (`Survey.terms`), as staff call it.
_TERMS = {
    "asks": "what is asked by when", "attach": "what is attached", "calendar": "the calendar entries",
    "mail": "the office's mail addresses", "moves": "which deadlines of the corrected circular it moves",
    "continues": "which letter it continues", "lists": "the lists that one may leave",
}  # fmt: skip
LEFT_OUT = "who is left out"
_COLUMN = re.compile(r"\brecipient\.(\w+)")

# What a plan keeps of each form, by its name: the names of its «values», and a short hash of each of its «parts».
FormFields = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterChange:
    """One letter that is new, gone, or differs; ``fields`` are those that differ, empty if only its words do."""

    key: str
    change: str  # added | removed | changed
    fields: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints."""
        return {"key": self.key, "change": self.change, "fields": list(self.fields)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What differs from an earlier plan, whose digest is ``since``.

    ``fields`` count the letters in which a field differs, ``differing`` those in which any does; ``forms`` are the
    parts of the letter itself that differ, by the form's name. ``terms`` are what goes for all letters and differs, in
    words. ``letters`` are the first `LISTED` of those concerned.
    """

    since: str
    same: bool
    added: int
    removed: int
    changed: int
    differing: int
    fields: Mapping[str, int]
    forms: Mapping[str, tuple[str, ...]]
    letters: tuple[LetterChange, ...]
    terms: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Return the shape that `plan --json` prints under ``changed``."""
        return {
            **{name: getattr(self, name) for name in ("since", "same", "added", "removed", "changed")},
            "fields": dict(self.fields),
            "forms": sorted(self.forms),
            "parts": {name: list(parts) for name, parts in self.forms.items()},
            "terms": list(self.terms),
            "examples": {change: self._keys(change) for change in ("added", "removed", "changed")},
            "letters": [letter.as_json() for letter in self.letters],
        }

    def _keys(self, change: str, *, by_field: bool = False) -> list[str]:
        keys = (one.key for one in self.letters if one.change == change and (one.fields or not by_field))
        return [key for key, _ in zip(keys, range(EXAMPLES), strict=False)]

    def told(self) -> list[str]:
        """Return the differences in words, such as «7 letters differ: salutation 3, address 4 (for example ke)»."""
        said = []
        for change, count in (("added", self.added), ("removed", self.removed)):
            if count:
                said.append(f"{_letters(count)} {change} ({_examples(self._keys(change), count)})")
        if self.differing:
            one = self.differing == 1
            fields = ", ".join(name if one else f"{name} {count:,}" for name, count in self.fields.items())
            keys = _examples(self._keys("changed", by_field=True), self.differing)
            said.append(f"{_letters(self.differing)} {'differs' if one else 'differ'}: {fields} ({keys})")
        alike = defaultdict(list)
        for name, parts in self.forms.items():
            if parts in (NEW, GONE):
                continue  # told by the letters added or removed
            letter = name.removesuffix(REMINDER)
            alike["the letter itself" if letter == name else "the reminder", parts].append(letter)
        for (what, parts), names in alike.items():
            said.append(
                " ".join(filter(None, (what, f"({', '.join(parts)})" if parts else ""))) + f", for {', '.join(names)}"
            )
        said.extend(self.terms)
        return said or ([] if self.same else [LEFT_OUT])


def _letters(count: int) -> str:
    return f"{count:,} letter{'' if count == 1 else 's'}"


def _examples(keys: Sequence[str], count: int) -> str:
    return f"{'for example ' if count > len(keys) else ''}{', '.join(keys)}"


def form_fields(forms: Forms) -> dict[str, object]:
    """Return what a plan keeps of a form, to tell later what changed."""
    return {"values": [_field_name(slot.name) for slot in forms.slots], "parts": form_parts(forms)}


def _field_name(source: str) -> str:
    """Return what staff call a value: a part of the frame, or the column that it is made of."""
    columns = dict.fromkeys(_COLUMN.findall(source))
    return _FRAME.get(source) or ", ".join(columns) or ("gender" if "agree" in source else "courtesy")


def compare(
    before: Plan,
    entries: Iterable[Entry],
    now: Iterable[Entry],
    *,
    digest: str,
    forms: Mapping[str, str],
    fields: FormFields,
    terms: Mapping[str, object] | None = None,
    excluded: Mapping[str, int] | None = None,
    issued: Iterable[str] = (),
) -> Changes:
    """Say what differs from the plan ``before``.

    ``entries`` are what it said of each addressee, ``now`` what the new one says, both by their keys' code points;
    ``forms``, ``fields``, ``terms`` and ``excluded`` are the new plan's. Whoever has the letter
    meanwhile (``issued``) is not gone.
    """
    has_it = frozenset(issued)
    counts: Counter[str] = Counter()
    by_field: Counter[str] = Counter()
    letters: list[LetterChange] = []
    for old, new in _side_by_side(entries, now):
        if new is None and old is not None and old[0] in has_it:
            continue
        letter = _letter_change(before, old, new, fields)
        counts[letter.change] += 1
        counts["differing"] += bool(letter.fields)
        by_field.update(letter.fields)
        if len(letters) < LISTED:
            letters.append(letter)
    names = sorted(name for name in forms.keys() | before.forms.keys() if forms.get(name) != before.forms.get(name))
    return Changes(
        since=before.digest,
        same=before.digest == digest,
        added=counts["added"],
        removed=counts["removed"],
        changed=counts["changed"],
        differing=counts["differing"],
        fields=dict(by_field.most_common()),
        forms={name: _parts(before.fields.get(name), fields.get(name)) for name in names},
        letters=tuple(letters),
        terms=(
            *_differing_terms(before.summary.get("terms"), terms),
            *_differing_exclusions(before.summary.get("excluded"), excluded),
        ),
    )


def _differing_terms(before: object, now: Mapping[str, object] | None) -> tuple[str, ...]:
    """Name what goes for all letters and differs; nothing where the earlier plan does not say."""
    if now is None or not isinstance(before, Mapping):
        return ()
    after = json.loads(json.dumps(now))  # as the store gives it back
    names = [name for name in _TERMS if before.get(name) != after.get(name)]
    entries, others = before.get("calendar") or {}, after.get("calendar") or {}
    if all(entries[language] == others[language] for language in entries.keys() & others.keys()):
        names = [name for name in names if name != "calendar"]  # (no longer) attached, or for (no longer) so many
    return tuple(_TERMS[name] for name in names)


def _differing_exclusions(before: object, now: Mapping[str, int] | None) -> tuple[str, ...]:
    if now is None or not isinstance(before, Mapping):
        return ()
    reasons = (before.keys() | now.keys()) - {Reason.ISSUED, Reason.NOT_CHOSEN}  # no part of what is approved
    return (LEFT_OUT,) if any(before.get(reason, 0) != now.get(reason, 0) for reason in reasons) else ()


def _side_by_side(entries: Iterable[Entry], now: Iterable[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Yield the entries of the same key that differ, and those that have none on the other side."""
    before, after = iter(entries), iter(now)
    old, new = next(before, None), next(after, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old[0] < new[0]):
            yield old, None
            old = next(before, None)
        elif old is None or new[0] < old[0]:
            yield None, new
            new = next(after, None)
        else:
            if old[1] != new[1]:
                yield old, new
            old, new = next(before, None), next(after, None)


def _letter_change(before: Plan, old: Entry | None, new: Entry | None, fields: FormFields) -> LetterChange:
    if old is None or new is None:
        entry = old or new
        assert entry is not None  # noqa: S101 - one of both is always there
        return LetterChange(key=entry[0], change="added" if old is None else "removed")
    differing = _differing(_Fields(before.fields, old[2]), _Fields(fields, new[2])) if old[2] and new[2] else ()
    return LetterChange(key=new[0], change="changed", fields=tuple(differing))


class _Fields:
    """The short hashes of one letter's fields, under their names."""

    def __init__(self, described: FormFields, parts: bytes) -> None:
        mark, *hashes = fields_of(parts)
        self.form = next((name for name in described if form_mark(name) == mark), "")
        values = described.get(self.form, {}).get("values", [])
        self.routing = dict(zip(ROUTING[1:], hashes, strict=False))
        self.values: dict[str, list[bytes]] = {}
        for name, value in zip(values, hashes[len(self.routing) :], strict=False):
            self.values.setdefault(name, []).append(value)


def _differing(old: _Fields, new: _Fields) -> list[str]:
    """Name the fields that differ. Another language or class has other values altogether."""
    routing = [name for name, value in new.routing.items() if old.routing.get(name) != value]
    values = [name for name, value in new.values.items() if old.values.get(name, value) != value]
    if old.form != new.form:
        (before, old_class), (after, new_class) = (one.form.partition("/")[::2] for one in (old, new))
        values = [*(["language"] if before != after else []), *(["class"] if old_class != new_class else [])]
    found = [*values, *(name for name in routing if name != "reminder")]
    return found or routing  # the reminder repeats values of the letter: named where it differs alone


def _parts(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Name the parts of a form that differ; those that repeat the text only where the text is the same."""
    if old is None or new is None:
        return NEW if old is None else GONE
    before, after = old.get("parts", {}), new.get("parts", {})
    names = [name for name in {**before, **after} if before and before.get(name) != after.get(name)]
    if any(name in names for name in _LEADING):
        names = [name for name in names if name in _LEADING]
    return tuple(dict.fromkeys(_PARTS.get(name, "layout") for name in names))
