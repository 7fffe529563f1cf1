"""What a file that came back would change in a catalogue: shown first, then written.

Every unit of the file finds its segment: by context and source, by its key, by its source alone, and last by likeness,
for a letter whose text has changed meanwhile. Nothing that a unit says is lost: what no segment wants is kept as an
obsolete entry, and a wording that gives way to another stays as a comment beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from locales.catalogue import Catalogue, Entry
from locales.exchange.exported import Exported
from locales.exchange.keys import unit_key, wording_mark
from locales.exchange.model import Unit
from locales.exchange.repairing import field_faults, repair
from locales.merging import fold
from locales.pairing import Key, pair


class Kind(StrEnum):
    """What becomes of a unit."""

    NEW = "new"  # the segment had no translation
    REVISED = "revised"  # it was to revise, and is done
    CHANGED = "changed"  # it had another one
    MOVED_ON = "moved-on"  # its source has changed since the file was made: comes in, to revise
    CONFLICT = "conflict"  # changed here too since the file was made: comes in, to revise; the other one is a comment
    OLDER = "older"  # as it once went out, and changed here since: left as it is
    UNMATCHED = "unmatched"  # no segment is like it: kept as obsolete
    TWICE = "twice"  # the file has another unit for the same segment: kept as a comment
    SAME = "same"
    EMPTY = "empty"  # no translation in the file


WRITTEN = frozenset({Kind.NEW, Kind.REVISED, Kind.CHANGED, Kind.MOVED_ON, Kind.CONFLICT})
KEPT_ASIDE = frozenset({Kind.UNMATCHED, Kind.TWICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A unit of the file beside its segment. ``old`` is the catalogue's wording, ``new`` the file's, made fit.

    For an unmatched unit, ``context`` and ``msgid`` are the file's own. ``previous`` is the source that ``new`` was
    made for, where that is not the segment's. ``faults`` tell which fields it has lost or added.
    """

    kind: Kind
    context: str
    msgid: str
    old: str = ""
    new: str = ""
    to_revise: bool = False
    previous: str = ""
    remark: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """How a language version stands: its catalogue, up to date with its letter's segments, ``(context, msgid)``.

    ``aside`` are the wordings of obsolete entries, ``exported`` the marks of those that translators have, ``remarks``
    the comments of entries by context and folded msgid.
    """

    catalogue: Catalogue
    segments: tuple[Key, ...]
    aside: frozenset[str] = frozenset()
    exported: Exported = field(default_factory=dict)
    remarks: Mapping[Key, str] = field(default_factory=dict)

    def new_remark(self, unit: Unit, context: str, msgid: str) -> str:
        """Return the unit's remark, nothing if it stands in the catalogue."""
        there = self.remarks.get((context, fold(msgid)), "")
        return "" if fold(unit.remark) in fold(there) else unit.remark

    def marks(self, context: str, msgid: str) -> frozenset[str]:
        """Return the marks of the wordings of a segment that went out."""
        return self.exported.get(unit_key(context, msgid), frozenset())


def compare(units: Sequence[Unit], present: Present) -> tuple[Change, ...]:
    """Tell what becomes of each unit: in the order of the letter, what is not of the letter last."""
    wanted = {(context, fold(msgid)): msgid for context, msgid in present.segments}
    found = _match(units, list(wanted), present.catalogue)
    order = {key: place for place, key in enumerate(wanted)}
    places = sorted(range(len(units)), key=lambda place: order.get(found.get(place, ("", "")), len(order)))
    seen: set[Key] = set()
    changes: list[Change] = []
    for place in places:
        unit, key = units[place], found.get(place)
        if key is None:
            changes.append(_unmatched(unit, present))
            continue
        change = _change(unit, key[0], wanted[key], present)
        if change.kind is not Kind.EMPTY and key in seen:
            change = _again(change)
        if change.kind is not Kind.EMPTY:
            seen.add(key)
        changes.append(change)
    return tuple(changes)


def _match(units: Sequence[Unit], wanted: Sequence[Key], catalogue: Catalogue) -> dict[int, Key]:
    """Return the segment of each unit, by the unit's place. A segment's first unit is the one that says so clearest."""
    known, by_mark = set(wanted), {unit_key(*key): key for key in wanted}
    found: dict[int, Key] = {}
    for place, unit in enumerate(units):
        key = (unit.context, fold(unit.msgid))
        if key in known:
            found[place] = key
        elif unit.key in by_mark:
            found[place] = by_mark[unit.key]
    taken = set(found.values())
    by_text: dict[str, list[Key]] = {}
    for key in wanted:
        by_text.setdefault(key[1], []).append(key)
    left = [place for place in range(len(units)) if place not in found]
    for place in left:
        same = by_text.get(fold(units[place].msgid))
        if same:
            found[place] = next((key for key in same if key not in taken), same[0])
            taken.add(found[place])
    left = [place for place in left if place not in found and units[place].msgstr.strip()]
    open_keys = [key for key in wanted if key not in taken and _is_open(catalogue.find(*key))]
    moved = pair(open_keys, [(units[place].context, fold(units[place].msgid)) for place in left])
    found.update({left[unit]: open_keys[segment] for segment, unit in moved.items()})
    return found


def _is_open(entry: Entry | None) -> bool:
    """A translation that is done is not taken away for one that was made for another source."""
    return entry is None or not entry.is_done


def _change(unit: Unit, context: str, msgid: str, present: Present) -> Change:
    entry = present.catalogue.find(context, msgid)
    new = repair(unit.msgstr, msgid)
    old = entry.msgstr if entry else ""
    is_its_source = fold(unit.msgid) == fold(msgid) or unit.key == unit_key(context, msgid)
    kind = _kind(unit, new, entry, present.marks(context, msgid) | present.marks(context, unit.msgid))
    if kind in WRITTEN and not is_its_source:
        kind = Kind.SAME if new == repair(old, msgid) else Kind.MOVED_ON
    to_revise = unit.to_revise or kind in {Kind.MOVED_ON, Kind.CONFLICT}
    previous = unit.previous or (entry.previous if entry else "")
    return Change(
        kind=kind,
        context=context,
        msgid=msgid,
        old=old,
        new=new,
        to_revise=to_revise,
        previous=(previous if is_its_source else unit.msgid) if to_revise else "",
        remark=present.new_remark(unit, context, msgid),
        faults=field_faults(msgid, new) if new else (),
    )


def _kind(unit: Unit, new: str, entry: Entry | None, marks: frozenset[str]) -> Kind:
    if not new:
        return Kind.EMPTY
    if entry is None or not entry.msgstr.strip():
        return Kind.NEW
    is_revised = entry.to_revise and not unit.to_revise
    if new == repair(entry.msgstr, entry.msgid):
        return Kind.REVISED if is_revised else Kind.SAME
    if marks & {wording_mark(unit), _mark(entry, new)}:
        return Kind.OLDER
    if marks and not marks & {_mark(entry, entry.msgstr)}:
        return Kind.CONFLICT
    return Kind.REVISED if is_revised else Kind.CHANGED


def _mark(entry: Entry, wording: str) -> str:
    return wording_mark(Unit(context=entry.context, msgid=entry.msgid, msgstr=wording))


def _again(change: Change) -> Change:
    """A further unit for a segment: its wording is kept beside the first one's."""
    kind = Kind.SAME if change.kind is Kind.SAME else Kind.TWICE
    return Change(
        kind=kind, context=change.context, msgid=change.msgid, old=change.old, new=change.new, remark=change.remark
    )


def _unmatched(unit: Unit, present: Present) -> Change:
    new = repair(unit.msgstr, unit.msgid)
    msgid = unit.msgid.strip() or f"({unit.key or 'without a source'})"
    kind = Kind.EMPTY if not new else Kind.SAME if new in present.aside else Kind.UNMATCHED
    remark = present.new_remark(unit, unit.context, msgid)
    return Change(kind=kind, context=unit.context, msgid=msgid, new=new, remark=remark)
