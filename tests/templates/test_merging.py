"""Letter × addressees: who gets which form with which values, and why somebody gets nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from letters.model import Audience, Letter
from letters.reading import read_letter
from office.errors import InputError, NotFoundError
from office.expressions import parse_expression
from office.model import Office
from office.reading import load_office
from templates.forms import pack_values
from templates.merging import Excluded, Merged, Merger, Reason, form_name, values_hash
from tests.pipeline.offices import SLUG, copy_office, edit, write_office


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_office(tmp_path_factory.mktemp("merging") / "office")


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return copy_office(original, tmp_path / "office")


@pytest.fixture
def office(folder: Path) -> Office:
    return load_office(folder)


@pytest.fixture
def letter(office: Office) -> Letter:
    letter, findings = read_letter(office.folder / "letters" / SLUG, office)
    assert letter is not None, findings
    return replace(letter, reference="LU-31/001")


def merger(letter: Letter, office: Office, **limits: Any) -> Merger:
    return Merger(letter, office, **{"released": ("en", "fr"), **limits})


def outcomes(merger: Merger) -> tuple[dict[str, Merged], list[tuple[str, Reason]]]:
    found, left_out = {}, []
    for outcome in merger.merge_lists():
        if isinstance(outcome, Merged):
            assert outcome.recipient.key not in found
            found[outcome.recipient.key] = outcome
        else:
            left_out.append((key_of(outcome), outcome.reason))
    return found, left_out


def key_of(excluded: Excluded) -> str:
    return excluded.row.recipient.key if excluded.row.recipient else excluded.row.cells["key"]


def audience(list_name: str, name: str, where: str = "", **rest: Any) -> Audience:
    terms: dict[str, Any] = {"salutation": "individual", "closing": "distinguished", "collective": True, **rest}
    return Audience(list_name=list_name, name=name, where=parse_expression(where) if where else None, **terms)


def write_list(office: Office, name: str, rows: Sequence[str], heading: str = "key,organisation,country,email") -> None:
    (office.folder / "recipients" / f"{name}.csv").write_text("\n".join([heading, *rows]) + "\n", "utf-8")


def test_everybody_is_merged_or_excluded(letter: Letter, office: Office) -> None:
    found, left_out = outcomes(merger(letter, office))
    assert {key: (one.class_name, one.language, one.rule) for key, one in found.items()} == {
        "no-minister": ("governments", "en", "country"),
        "no-mission": ("governments", "en", "country"),
        "fr-minister": ("governments", "fr", "country"),
        "ke-minister": ("governments", "fr", "addressee"),
        "bt-minister": ("governments", "en", "country"),
        "lens": ("academia", "en", "country"),
        "optique": ("academia", "fr", "addressee"),
        "prism": ("academia", "en", "country"),
    }
    assert left_out == [("club", Reason.NO_AUDIENCE), ("broken", Reason.FAULTY)]


def test_values_go_by_gender_and_language(letter: Letter, office: Office) -> None:
    merging = merger(letter, office)
    found, _ = outcomes(merging)
    lines = {
        key: merging.forms[one.form_name].text_for(one.values).splitlines()
        for key, one in found.items()
        if one.class_name == "academia"
    }
    assert "Dear Madam," in lines["lens"]
    assert "Dear Sir/Madam," in lines["prism"]
    assert "Monsieur," in lines["optique"]
    assert "Norway" in merging.forms["en/governments"].text_for(found["no-minister"].values)
    assert "Kenya" in merging.forms["fr/governments"].text_for(found["ke-minister"].values)


def test_forms_are_compiled_once_and_only_those_needed(letter: Letter, office: Office) -> None:
    merging = merger(letter, office, only_languages=("fr",))
    outcomes(merging)
    assert sorted(merging.forms) == ["fr/academia", "fr/governments"]
    assert merging.compiled("fr", "academia") is merging.compiled("fr", "academia")
    assert form_name("fr", "academia") == "fr/academia"


def test_the_first_audience_that_matches_decides(letter: Letter, office: Office) -> None:
    letter = replace(
        letter,
        audiences=(
            audience("keepers", "kenya", "country == 'KE'"),
            audience("keepers", "ministers", "role == 'minister'"),
            audience("keepers", "rest"),
        ),
    )
    found, left_out = outcomes(merger(letter, office))
    assert found["ke-minister"].class_name == "kenya"
    assert found["no-minister"].class_name == "ministers"
    assert found["no-mission"].class_name == found["club"].class_name == "rest"
    assert left_out == [("broken", Reason.FAULTY)]


def test_a_key_on_two_lists_gets_one_letter(letter: Letter, office: Office) -> None:
    write_list(
        office, "others", ["lens,Institute,SE,other@lens.example.com", "harbour,Harbour,IE,h@harbour.example.com"]
    )
    letter = replace(letter, audiences=(audience("keepers", "a"), audience("others", "b")))
    found, left_out = outcomes(merger(letter, office))
    assert found["lens"].class_name == "a"
    assert found["lens"].recipient.to == ("rosa@lens.example.com",)
    assert found["harbour"].class_name == "b"
    assert ("lens", Reason.REPEATED) in left_out


def test_a_list_comes_again_after_another(letter: Letter, office: Office) -> None:
    write_list(office, "others", ["prism,Prism,GB,p@prism.example.com", "harbour,Harbour,IE,h@harbour.example.com"])
    letter = replace(
        letter,
        audiences=(
            audience("keepers", "ministers", "role == 'minister'"),
            audience("others", "others"),
            audience("keepers", "rest", "category != 'civil-society'"),
        ),
    )
    found, left_out = outcomes(merger(letter, office))
    assert {key: one.class_name for key, one in found.items()} == {
        **dict.fromkeys(["no-minister", "fr-minister", "ke-minister", "bt-minister"], "ministers"),
        **dict.fromkeys(["prism", "harbour"], "others"),
        **dict.fromkeys(["no-mission", "lens", "optique"], "rest"),
    }
    assert left_out == [("broken", Reason.FAULTY), ("prism", Reason.REPEATED), ("club", Reason.NO_AUDIENCE)]


def test_who_has_the_letter_and_who_is_not_chosen(letter: Letter, office: Office) -> None:
    found, left_out = outcomes(
        merger(letter, office, issued=frozenset({"lens", "ke-minister"}), only_keys=("lens", "prism"))
    )
    assert list(found) == ["prism"]
    assert dict(left_out) == {
        "lens": Reason.ISSUED, "ke-minister": Reason.ISSUED, "club": Reason.NO_AUDIENCE, "broken": Reason.FAULTY,
        **dict.fromkeys(["no-minister", "no-mission", "fr-minister", "bt-minister", "optique"], Reason.NOT_CHOSEN),
    }  # fmt: skip


def test_a_language_that_is_not_released(letter: Letter, office: Office) -> None:
    found, left_out = outcomes(merger(letter, office, released=("en",)))
    assert {one.language for one in found.values()} == {"en"}
    assert {key for key, reason in left_out if reason is Reason.LANGUAGE_WAITS} == {
        "fr-minister", "ke-minister", "optique",
    }  # fmt: skip
    found, left_out = outcomes(merger(letter, office, released=("en",), fall_back=True))
    assert len(found) == 8
    assert found["ke-minister"].rule == "country"  # its own language, French, does not go out
    assert not [key for key, reason in left_out if reason is Reason.LANGUAGE_WAITS]


def test_languages_are_chosen_within_those_asked_for(letter: Letter, office: Office) -> None:
    """--lang limits the batch; it does not change anybody's language."""
    found, left_out = outcomes(merger(letter, office, only_languages=("en",)))
    assert {one.language for one in found.values()} == {"en"}
    assert ("fr-minister", Reason.NOT_CHOSEN) in left_out


def test_no_wording_for_one_addressee_leaves_out_that_one(letter: Letter, office: Office) -> None:
    path = office.folder / "recipients" / "keepers.csv"
    heading, *rows = path.read_text("utf-8").splitlines()
    rows = [row.replace(",", ",many," if row.startswith("lens") else ",3,", 1) for row in rows]
    path.write_text("\n".join([heading.replace("key,", "key,ships,"), *rows]) + "\n", "utf-8")
    body = office.folder / "letters" / SLUG / "body.md"
    edit(body, "Please answer", "Ships: {{ recipient.ships | number }}.\n\nPlease answer")
    found, left_out = outcomes(merger(replace(letter, languages=("en",)), office, released=("en",)))
    assert {reason for key, reason in left_out if key == "lens"} == {Reason.WORDING}, left_out
    assert "prism" in found


def test_an_audience_that_asks_for_a_column_that_is_not_there(letter: Letter, office: Office) -> None:
    letter = replace(letter, audiences=(audience("keepers", "x", "rank == 'high'"),))
    found, left_out = outcomes(merger(letter, office))
    assert not found
    assert {reason for _, reason in left_out} == {Reason.WORDING, Reason.FAULTY}


def test_faults_of_the_whole(letter: Letter, office: Office) -> None:
    with pytest.raises(NotFoundError):
        list(merger(replace(letter, audiences=(audience("nowhere", "x"),)), office).merge_lists())
    edit(office.folder / "letters" / SLUG / "body.md", "facts.lights", "facts.lamps")
    with pytest.raises(InputError) as caught:
        list(merger(letter, office).merge_lists())
    assert caught.value.findings


def test_only_some_are_looked_at(letter: Letter, office: Office) -> None:
    merging = merger(letter, office)
    seen = list(merging.merge_lists(lambda recipient: recipient.country == "BE"))
    assert [one.recipient.key for one in seen if isinstance(one, Merged)] == ["optique"]
    assert list(merging.forms) == ["fr/academia"]


def test_corrections_lie_over_the_list(letter: Letter, office: Office) -> None:
    write_list(office, "corrections", ["prism,dean@prism.example.com"], "key,email")
    found, _ = outcomes(merger(letter, office))
    assert found["prism"].recipient.to == ("dean@prism.example.com",)


def test_hashes_of_values_are_salted() -> None:
    one = values_hash("LU-31/001", "lens", pack_values(("Sweden", True)))
    assert len(one) == 32
    others = [
        values_hash("LU-31/002", "lens", pack_values(("Sweden", True))),
        values_hash("LU-31/001", "prism", pack_values(("Sweden", True))),
        values_hash("LU-31/001", "lens", pack_values(("Norway", True))),
        values_hash("LU-31/001", "lens", pack_values(("Sweden", False))),
    ]
    assert len({one, *others}) == 5
    assert values_hash("LU-31/001", "lens", pack_values(("Sweden", True))) == one
