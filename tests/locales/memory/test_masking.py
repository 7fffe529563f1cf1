"""Facts are left aside when sentences are compared, and put back where they belong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.languages import LANGUAGES
from locales.locale import load_locale
from locales.memory.masking import key_of, mask, refill
from tests.patience import within


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Reply by {{ deadlines.reply | date }}.", "Reply by {{ deadlines.confirm | date }}."),
        ("en", "The Forum 2018 meets.", "The Forum 2022 meets."),
        ("en", "7 of {{ a_5.b }}5 or 1,000", "8 of {{ c.d }}6 or 2,000"),
        ("en", "Reply by 15 April 2022.", "Reply by 3 May 2023."),
        ("fr", "Répondez avant le 1er mai 2019.", "Répondez avant le 15 avril 2022."),
        ("zh", "请于2022年4月15日前答复。", "请于2023年5月3日前答复。"),
        ("ar", "في عام 2022", "في عام 2023"),
        ("ru", "до 15 апреля 2022 года", "до 3 мая 2023 года"),
    ],
)
def test_texts_that_differ_in_their_facts_have_one_key(language: str, one: str, other: str) -> None:
    assert mask(one, language).key == mask(other, language).key == key_of(one, language)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Reply by {{ deadlines.reply | date }}.", "Reply by 2022."), ("Come in May.", "Come in June."), ("A B", "A C")],
)
def test_other_texts_have_another(one: str, other: str) -> None:
    assert mask(one, "en").key != mask(other, "en").key


@pytest.mark.parametrize(
    ("language", "target", "old", "new", "filled", "certain"),
    [
        ("fr", "Forum 2018 du SMSI", "WSIS Forum 2018", "WSIS Forum 2022", "Forum 2022 du SMSI", True),
        (  # the field's name is the letter's, its form the translator's
            "fr", "avant le {{ deadlines.reply | date(\"dm\") }}", "by {{ deadlines.reply | date }}",
            "by {{ deadlines.confirm | date }}", "avant le {{ deadlines.confirm | date(\"dm\") }}", True,
        ),
        ("fr", "le 15 avril 2022", "on 15 April 2022", "on 3 May 2023", "le 3 mai 2023", True),
        ("fr", "140 000 photos de 7 pays", "140,000 photos from 7 States", "150,000 photos from 9 States",
         "150 000 photos de 9 pays", True),
        ("ar", "بحلول عام ٢٠٣٠", "by 2030", "by 2045", "بحلول عام ٢٠٤٥", True),
        (  # the order of the language stays
            "zh", "{{ facts.b }}的{{ facts.a }}", "{{ facts.a }} of {{ facts.b }}", "{{ facts.c }} of {{ facts.d }}",
            "{{ facts.d }}的{{ facts.c }}", True,
        ),
        (  # what the source does not have is the translator's
            "fr", "Je serais {{ signatory | agree(\"ravi\", \"ravie\", \"ravi(e)\") }} de 5", "Glad of 5", "Glad of 6",
            "Je serais {{ signatory | agree(\"ravi\", \"ravie\", \"ravi(e)\") }} de 6", True,
        ),
        ("fr", "deux salles", "2 rooms", "3 rooms", "deux salles", False),  # said in words: nothing to put it into
        ("fr", "5 et 5", "5 and 5", "5 and 6", "5 et 5", False),  # which is which?
        ("fr", "le {{ facts.a | date }}", "on {{ facts.a | date }}", "on {{ facts.a | range }}",
         "le {{ facts.a | range }}", False),
        ("fr", "vu {{ facts.a }}", "seen {{ facts.a }}", "seen {{ links.a }}", "vu {{ links.a }}", False),
    ],
)  # fmt: skip
def test_new_facts_take_the_places_of_the_old(
    language: str, target: str, old: str, new: str, filled: str, certain: bool
) -> None:
    made = refill(mask(target, language), mask(old, "en"), mask(new, "en"))
    assert (made.text.replace("\u00a0", " "), made.certain) == (filled, certain)


def test_in_a_like_sentence_only_sure_facts_move() -> None:
    old = mask("Write to us by {{ deadlines.reply | date }}, on {{ links.form }}.", "en")
    new = mask("Please write to us by {{ deadlines.confirm | date }}, on {{ links.page }} or {{ links.form }}.", "en")
    target = mask("Écrivez avant le {{ deadlines.reply | date }}, sur {{ links.form }}.", "fr")
    made = refill(target, old, new)
    assert made.text == "Écrivez avant le {{ deadlines.confirm | date }}, sur {{ links.form }}."
    assert not made.certain


PARTS = st.lists(
    st.sampled_from(
        ["{{ a.b | date }}", "{{ a.c | date }}", "{{ c.d }}", "15 April 2022", "1 May 2023", "7,000", "٣", "18"]
    )
    | st.sampled_from(["words", "会议"])
).map(" ".join)


@settings(deadline=None)  # the first reading of a language takes its time
@given(PARTS, PARTS, PARTS, st.sampled_from(LANGUAGES))
def test_any_facts_may_meet_any_others(old: str, new: str, target: str, language: str) -> None:
    made = refill(mask(target, language), mask(old, "en"), mask(new, "en"))
    assert bool(made.text.strip()) == bool(target.strip())
    if old == new:
        assert made.text == target


@settings(deadline=None)  # the first reading of a language takes its time
@given(PARTS, st.sampled_from(LANGUAGES))
def test_the_same_facts_change_nothing(text: str, language: str) -> None:
    masked = mask(text, language)
    assert [text[fact.start : fact.end] for fact in masked.facts] == [fact.text for fact in masked.facts]
    made = refill(masked, masked, masked)
    assert (made.text, made.certain) == (text, True)


@pytest.mark.parametrize("piece", ["1 ", "2022 ", "2022 May ", "{{", "{{ a }}", "1.", "1 000", "15 April 2022"])
def test_no_text_takes_long(piece: str) -> None:
    load_locale("en")
    with within(3):
        masked = mask(piece * (10_000 // len(piece)), "en")
        refill(masked, masked, masked)
