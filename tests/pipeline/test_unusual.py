"""Letters that a person must look at: of each kind how many, the most unusual ones, how they look."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from office.errors import InputError
from pipeline.desk import Desk
from pipeline.planning import plan
from pipeline.surveying import PlanOptions
from pipeline.unusual import KINDS, SHOWN, Unusual
from tests.pipeline.offices import LETTER, SLUG, desk_at, edit, translate, write_letter

WORDS = """\
# Lights

{{ recipient.organisation }} of {{ recipient.region }}.

{% if recipient.country %}

In {{ recipient.country }}.

{% endif %}
"""


def unusual(desk: Desk, slug: str = SLUG, **options: object) -> Mapping[str, Unusual]:
    found = plan(desk, slug, PlanOptions(**options)).unusual  # type: ignore[arg-type]
    kinds = [one.kind for one in found]
    assert kinds == [kind for kind in KINDS if kind in kinds]  # in their order
    return {one.kind: one for one in found}


def keys(one: Unusual) -> list[str]:
    return [letter.key for letter in one.letters]


def test_the_small_office(desk: Desk) -> None:
    found = unusual(desk)
    gender = found["missing-gender"]  # only the letters to academia greet each addressee
    assert (gender.count, keys(gender)) == (1, ["prism"])
    (prism,) = gender.letters
    assert (prism.name, prism.language, prism.class_name) == ("Sam Field", "en", "academia")
    assert prism.looks == "Academia · Dear Sir/Madam,"
    mailboxes = found["several-mailboxes"]
    assert (mailboxes.count, keys(mailboxes)) == (1, ["no-mission"])
    assert mailboxes.letters[0].detail == "mission@no.example.org, second@no.example.org"
    longest = found["longest-name"]
    assert keys(longest)[:2] == ["no-mission", "bt-minister"]  # without a name: their organisations
    assert [letter.detail for letter in longest.letters] == ["17 characters", "17 characters", "14 characters"]


def test_no_gender_where_no_word_goes_by_it(folder: Path) -> None:
    with desk_at(folder) as desk:
        edit(folder / "letters" / SLUG / "letter.toml", 'address = "personal"', 'address = "collective"')
        assert "missing-gender" not in unusual(desk)


def test_languages_that_are_not_the_first_wish(folder: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "government,KE,fr", "government,KE,sw; fr")
    edit(folder / "recipients" / "keepers.csv", "academia,BE,fr", "academia,BE,nl")
    with desk_at(folder) as desk:
        found = unusual(desk)["fallback-language"]
    assert {letter.key: letter.detail for letter in found.letters} == {
        "ke-minister": "sw was wished, fr it is", "optique": "nl was wished, fr it is",
    }  # fmt: skip
    translate(folder, released=False)
    with desk_at(folder) as desk:
        found = unusual(desk, fall_back=True)["fallback-language"]
    assert {letter.key for letter in found.letters} >= {"ke-minister", "optique"}


def test_paper_that_nobody_can_deliver(folder: Path) -> None:
    with desk_at(folder) as desk:
        assert "paper-without-address" not in unusual(desk)
    edit(folder / "recipients" / "keepers.csv", "Ministry of Lamps,government,BT,", "Ministry of Lamps,government,,")
    with desk_at(folder) as desk:
        found = unusual(desk)["paper-without-address"]
    assert [(letter.key, letter.detail) for letter in found.letters] == [("bt-minister", "on paper, without country")]


def test_empty_fields_but_not_those_that_a_condition_asks_about(folder: Path) -> None:
    write_letter(folder, "lights", letter=LETTER.replace('languages = ["en", "fr"]', 'languages = ["en"]'), body=WORDS)
    path = folder / "recipients" / "keepers.csv"
    heading, *rows = path.read_text("utf-8").splitlines()
    regions = {"prism": "", "lens": "North"}
    lines = [f"{heading},region", *(f"{row},{regions.get(row.split(',')[0], 'South')}" for row in rows)]
    path.write_text("\n".join(lines).replace("academia,SE", "academia,") + "\n", "utf-8")
    with desk_at(folder) as desk:
        found = unusual(desk, "lights")["empty-value"]
    assert found.count == 1
    assert [(letter.key, letter.detail) for letter in found.letters] == [("prism", "nothing to print for region")]


def test_salutations_that_nobody_confirmed_until_somebody_does(folder: Path) -> None:
    with desk_at(folder) as desk:
        before = unusual(desk)["unreviewed-salutation"]
    assert {letter.key: letter.detail for letter in before.letters} == {
        "lens": "«Dear Madam,», 1 times", "optique": "«Monsieur,», 1 times",
    }  # fmt: skip
    assert before.count == 2
    protocol = folder / "locales" / "en" / "protocol.toml"
    protocol.parent.mkdir(parents=True, exist_ok=True)
    protocol.write_text('[salutation.individual]\nf = { text = "Dear Madam,", reviewed = true }\n', "utf-8")
    with desk_at(folder) as desk:
        assert keys(unusual(desk)["unreviewed-salutation"]) == ["optique"]


@pytest.mark.parametrize("large", [10_000, 0], ids=["here", "apart"])
def test_a_letter_with_more_pages_than_the_copy_for_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    monkeypatch.setattr("pipeline.unusual.LARGE", large)
    monkeypatch.chdir(folder)
    (folder / "pickle.py").write_text("raise SystemExit('a file of the office was run')", "utf-8")
    body = "# Lights\n\n" + "{{ recipient.organisation }}\n\n" * 20
    write_letter(folder, "lights", letter=LETTER.replace('languages = ["en", "fr"]', 'languages = ["en"]'), body=body)
    edit(folder / "recipients" / "keepers.csv", "Prism College", "Prism College " + "of the Refraction of Light " * 12)
    with desk_at(folder) as desk:
        found = unusual(desk, "lights")["overfull-page"]
    assert keys(found) == ["prism"]
    pages, usual = (int(word) for word in found.letters[0].detail.split() if word.isdigit())
    assert pages > usual >= 1


def test_what_is_kept_does_not_grow_with_the_list(folder: Path) -> None:
    path = folder / "recipients" / "keepers.csv"
    mailboxes = (f"a{number}@x.example.org; b{number}@x.example.org" for number in range(400))
    rows = (f"k{number},,Person,,,House,academia,GB,,{both},,email\n" for number, both in enumerate(mailboxes))
    path.write_text(path.read_text("utf-8") + "".join(rows), "utf-8")
    with desk_at(folder) as desk:
        found = unusual(desk)
    assert found["several-mailboxes"].count == 401
    assert found["missing-gender"].count == 401
    assert all(len(one.letters) <= SHOWN for one in found.values())


def test_the_choice_does_not_depend_on_the_order_of_rows(folder: Path) -> None:
    path = folder / "recipients" / "keepers.csv"
    with desk_at(folder) as desk:
        before = [one.as_json() for one in plan(desk, SLUG).unusual]
    heading, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([heading, *reversed(rows)]) + "\n", "utf-8")
    with desk_at(folder) as desk:
        assert [one.as_json() for one in plan(desk, SLUG).unusual] == before


# Previews


def test_previews_are_written_under_safe_names(folder: Path, tmp_path: Path) -> None:
    edit(folder / "recipients" / "keepers.csv", "prism,,Sam", "../../prism/..,,Sam")
    target = tmp_path / "look" / "here"
    with desk_at(folder) as desk:
        found = plan(desk, SLUG, previews=target).unusual
    files = {letter.preview for one in found for letter in one.letters}
    assert files == {str(path) for path in target.iterdir()}
    assert {path.name for path in tmp_path.iterdir()} == {"office", "look"}
    assert all(path.read_bytes().startswith((b"%PDF-", b"PK")) for path in target.iterdir())


def test_a_folder_that_cannot_be_written_stops_the_plan(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with desk_at(folder) as desk, pytest.raises(InputError, match="previews cannot be written"):
        plan(desk, SLUG, previews=tmp_path / "file")
