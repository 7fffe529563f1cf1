"""The digest: what changes it, and what must not."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letters.blocks import Text
from recipients.model import Channel, Recipient, Row
from templates.digest import (
    ROUTING,
    DigestBuilder,
    digest_of,
    entry_digest,
    entry_parts,
    fields_of,
    form_digest,
    form_mark,
    form_parts,
)
from templates.look import Look
from templates.merging import Excluded, Merged, Reason
from templates.rendering import compile_forms, forms_from_archive
from tests.templates.samples import ENGLISH, FRENCH

FORM = "f" * 64
PERSON = Recipient(
    key="lens",
    party="SE",
    name="Rosa Lindqvist",
    country="SE",
    to=("rosa@lens.example.com",),
    cc=("aide@lens.example.com",),
)
MERGED = Merged(recipient=PERSON, class_name="academia", language="en", rule="country", values=("Sweden", True))
TERMS: dict[str, object] = {
    "asks": [["census", "information", "2031-05-01T00:00:00+02:00", False, True]],
    "attach": ["docx"],
}
FORMS = {"en/academia": FORM}


def people(count: int = 5) -> list[Merged | Excluded]:
    outcomes: list[Merged | Excluded] = [
        replace(MERGED, recipient=replace(PERSON, key=f"key-{number}"), values=(f"Country {number}", number % 2 == 0))
        for number in range(count)
    ]
    outcomes.append(excluded(Reason.FAULTY, None, {"key": "broken", "email": "no-address"}))
    outcomes.append(excluded(Reason.LANGUAGE_WAITS, replace(PERSON, key="waits")))
    return outcomes


def excluded(
    reason: Reason, recipient: Recipient | None, cells: dict[str, str] | None = None, number: int = 7
) -> Excluded:
    return Excluded(list_name="keepers", row=Row(number=number, cells=cells or {}, recipient=recipient), reason=reason)


def digest(outcomes: Iterable[Merged | Excluded], **given: Any) -> str:
    builder = DigestBuilder(given.get("reference", "LU-31/001"))
    for outcome in outcomes:
        builder.add(outcome, given.get("form", FORM))
    return builder.digest(forms=given.get("forms", FORMS), terms=given.get("terms", TERMS))


BASE = digest(people())


@given(st.permutations(people()))
def test_the_order_of_rows_does_not_matter(outcomes: list[Merged | Excluded]) -> None:
    assert digest(outcomes) == BASE


def test_nor_do_what_staff_read_and_where_the_row_stood() -> None:
    outcomes = people()
    first = outcomes[0]
    assert isinstance(first, Merged)
    outcomes[0] = replace(first, rule="addressee", recipient=replace(first.recipient, title="Dr", gender="f"))
    outcomes[-1] = replace(excluded(Reason.LANGUAGE_WAITS, replace(PERSON, key="waits"), number=99), detail="fr")
    outcomes[-2] = excluded(Reason.FAULTY, None, {"key": "broken", "email": "no-address"}, number=3)
    assert digest(outcomes) == BASE


def test_who_has_it_or_is_not_chosen_is_no_part_of_it() -> None:
    issued = excluded(Reason.ISSUED, replace(PERSON, key="has-it"))
    not_chosen = excluded(Reason.NOT_CHOSEN, replace(PERSON, key="other"))
    assert digest([*people(), issued, not_chosen]) == BASE


def recipient_change(**change: Any) -> Callable[[], str]:
    def changed() -> str:
        outcomes = people()
        first = outcomes[0]
        assert isinstance(first, Merged)
        return digest([replace(first, recipient=replace(first.recipient, **change)), *outcomes[1:]])

    return changed


def merged_change(**change: Any) -> Callable[[], str]:
    def changed() -> str:
        outcomes = people()
        first = outcomes[0]
        assert isinstance(first, Merged)
        return digest([replace(first, **change), *outcomes[1:]])

    return changed


CHANGES: dict[str, Callable[[], str]] = {
    "key": recipient_change(key="another"),
    "party": recipient_change(party="NO"),
    "channel": recipient_change(channel=Channel.BOTH),
    "name before the mailbox": recipient_change(name="Rosa Lind"),
    "mailbox": recipient_change(to=("rosa@lens.example.org",)),
    "second mailbox": recipient_change(to=("rosa@lens.example.com", "second@lens.example.com")),
    "copy": recipient_change(cc=()),
    "copy becomes to": recipient_change(to=("rosa@lens.example.com", "aide@lens.example.com"), cc=()),
    "value": merged_change(values=("Country 0.", True)),
    "truth": merged_change(values=("Country 0", False)),
    "truth as text": merged_change(values=("Country 0", "true")),
    "language": merged_change(language="fr"),
    "class": merged_change(class_name="governments"),
    "form": lambda: digest(people(), form="e" * 64),
    "forms": lambda: digest(people(), forms={"en/academia": "e" * 64}),
    "another form": lambda: digest(people(), forms={**FORMS, "fr/academia": "e" * 64}),
    "reference": lambda: digest(people(), reference="LU-31/002"),
    "deadline": lambda: digest(
        people(), terms=TERMS | {"asks": [["census", "information", "2031-05-02T00:00:00+02:00", False, True]]}
    ),
    "ask": lambda: digest(people(), terms=TERMS | {"asks": []}),
    "attachment": lambda: digest(people(), terms=TERMS | {"attach": []}),
    "one more": lambda: digest(people(6)),
    "one less": lambda: digest(people(4)),
    "faulty row": lambda: digest(
        [*people()[:-2], excluded(Reason.FAULTY, None, {"key": "broken", "email": "other"}), people()[-1]]
    ),
    "faulty row mended": lambda: digest([*people()[:-2], people()[-1]]),
    "exclusion gone": lambda: digest(people()[:-1]),
    "exclusion for another reason": lambda: digest(
        [*people()[:-1], excluded(Reason.NO_AUDIENCE, replace(PERSON, key="waits"))]
    ),
    "exclusion twice": lambda: digest([*people(), people()[-1]]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_changes_it(change: Callable[[], str]) -> None:
    assert change() != BASE


def test_all_changes_are_told_apart() -> None:
    digests = {name: change() for name, change in CHANGES.items()}
    for (one, first), (other, second) in itertools.combinations(digests.items(), 2):
        assert first != second, (one, other)


def test_fields_are_told_apart_without_their_values() -> None:
    changed: dict[str, Merged] = {
        "channel": replace(MERGED, recipient=replace(PERSON, channel=Channel.BOTH)),
        "name": replace(MERGED, recipient=replace(PERSON, name="Rosa Lind")),
        "mailbox": replace(MERGED, recipient=replace(PERSON, to=("rosa@lens.example.org",))),
        "copies": replace(MERGED, recipient=replace(PERSON, cc=())),
        "party": replace(MERGED, recipient=replace(PERSON, party="NO")),
        "reminder": replace(MERGED, reminder=("Sweden",)),
        "form": replace(MERGED, language="fr"),
    }
    before = fields_of(entry_parts("R", MERGED))
    assert len(before) == len(ROUTING) + len(MERGED.values)
    for name, merged in changed.items():
        after = fields_of(entry_parts("R", merged))
        assert [place for place, mark in enumerate(after) if mark != before[place]] == [ROUTING.index(name)]
    other = fields_of(entry_parts("R", replace(MERGED, values=("Norway", True))))
    assert [mark == its for mark, its in zip(before, other, strict=True)] == [True] * len(ROUTING) + [False, True]
    assert before[0] == form_mark(MERGED.form_name)
    somebody = fields_of(entry_parts("R", replace(MERGED, recipient=replace(PERSON, key="other"))))
    assert not set(before[1:]) & set(somebody[1:])  # salted
    assert not set(before[1:]) & set(fields_of(entry_parts("S", MERGED))[1:])


def test_parts_of_a_form_are_told_apart(look: Look) -> None:
    before = form_parts(compile_forms(ENGLISH, look))
    after = form_parts(compile_forms(replace(ENGLISH, date_line=(Text("Geneva, 5 March 2031"),)), look))
    assert {"subject", "text", "html", "docx"} <= before.keys() == after.keys()
    assert {name for name in before if before[name] != after[name]} >= {"text", "html", "docx"}
    assert before["subject"] == after["subject"]


def test_values_cannot_flow_into_their_neighbours() -> None:
    one = entry_digest("R", replace(MERGED, values=("a", "bc")), FORM)
    assert entry_digest("R", replace(MERGED, values=("ab", "c")), FORM) != one
    assert entry_digest("R", replace(MERGED, values=("a,", "bc")), FORM) != one


def test_a_form_is_digested_by_what_it_says(look: Look) -> None:
    forms = compile_forms(ENGLISH, look)
    again = compile_forms(ENGLISH, look)
    assert form_digest(forms) == form_digest(again) == form_digest(forms_from_archive(forms.to_archive()))
    others = [
        compile_forms(FRENCH, look),
        compile_forms(replace(ENGLISH, date_line=(Text("Geneva, 4 March 2031"),)), look),
        compile_forms(replace(ENGLISH, signature_note=""), look),
        compile_forms(replace(ENGLISH, references=(("Ref.", "CL-31/005"),)), look),
    ]
    assert len({form_digest(forms), *map(form_digest, others)}) == 5


def test_canonical_shapes() -> None:
    assert digest_of({"b": 1, "a": [1, 2]}) == digest_of({"a": [1, 2], "b": 1})
    assert digest_of({"a": [2, 1]}) != digest_of({"a": [1, 2]})
    assert digest_of("é") != digest_of("e\u0301")
    assert len(digest_of("\ud800")) == 32  # half a pair, from a list in a strange encoding
