"""An office's own tables of States: single cells laid over the built-in ones, and what their faults lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from locales.locale import load_locale, overlay_findings
from locales.missing import MissingPhrase
from locales.state_tables import MAX_BYTES, read_office_tables
from locales.states import office_states, state

NAMES = "state_names.csv"
STATES = "states.csv"
FORMS = "iso2,language,short,the,of,in,from\nCI,en,Ivory Coast,the Ivory Coast,of the Ivory Coast,in it,from it\n"


def write(folder: Path, name: str, text: str | bytes) -> None:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))


def codes(folder: Path) -> list[str]:
    return [finding.code for finding in read_office_tables(folder)[1]]


def test_without_tables_of_its_own_an_office_has_the_built_in_ones(tmp_path: Path) -> None:
    assert office_states(tmp_path) == office_states(None)
    assert office_states(tmp_path)["FR"] is state("FR")
    assert codes(tmp_path / "nowhere") == []


@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_an_office_changes_single_cells(tmp_path: Path, bom: str) -> None:
    write(tmp_path, NAMES, bom + FORMS)
    write(tmp_path, STATES, bom + "iso2;languages;sources\r\nci;en fr;stated\r\n")
    assert codes(tmp_path) == []
    own = office_states(tmp_path)["CI"]
    assert own.name("en", "of") == "of the Ivory Coast"
    assert own.name("en", "formal") == "Republic of Côte d'Ivoire"  # a cell that it left alone
    assert own.names["fr"] == "Côte d'Ivoire"
    assert (own.languages, own.sources) == (("en", "fr"), ("stated", "stated"))
    assert state("CI").names["en"] == "Côte d'Ivoire"


def test_a_language_prints_the_offices_own_names(tmp_path: Path) -> None:
    assert load_locale("en", tmp_path).country("CI") == "Côte d'Ivoire"
    write(tmp_path, NAMES, FORMS)
    english = load_locale("en", tmp_path)
    assert english.country("CI") == "Ivory Coast"
    assert english.country("Ivory Coast", "the") == "the Ivory Coast"  # the name that it prints leads to the State
    assert load_locale("fr", tmp_path).country("CI", "of") == "de la Côte d'Ivoire"
    (tmp_path / NAMES).unlink()
    assert load_locale("en", tmp_path).country("CI") == "Côte d'Ivoire"


def test_languages_without_a_source_are_stated_by_the_office(tmp_path: Path) -> None:
    write(tmp_path, STATES, "iso2,languages\nJP,fr en\n")
    assert office_states(tmp_path)["JP"].sources == ("stated", "stated")
    write(tmp_path, STATES, "iso2,languages,sources\nJP,fr en,official assumed\n")
    assert office_states(tmp_path)["JP"].sources == ("official", "assumed")


@pytest.mark.parametrize(
    ("name", "text", "code", "line"),
    [
        (NAMES, "iso2,language,short\nXX,en,Nowhere\n", "state-unknown", 2),
        (NAMES, "iso2,language,short\n\nFR,de,Frankreich\n", "state-language", 3),
        (NAMES, "iso2,language,gloss\nFR,en,France\n", "states-heading", 1),
        (NAMES, "language,of\nen,of France\n", "states-heading", 1),
        (NAMES, "iso2,language,of\nFR,en,of France\nfr,EN,of the France\n", "state-twice", 3),
        (NAMES, "iso2,language,of\nFR,en,of \x07 France\n", "state-cell", 2),
        (NAMES, f"iso2,language,of\nFR,en,of {'x' * 300}\n", "state-cell", 2),
        (NAMES, 'iso2,language,of\nFR,en,"of\nFrance"\n', "state-cell", 3),
        (NAMES, "iso2,language,short\nFR,en,Gaul\n", "state-forms", 2),
        (NAMES, "iso2,language,of\nFR,en,of France,more\n", "states-unreadable", None),
        (NAMES, "iso2,language,of\nFR,en,of Côte\n".encode("cp1252"), "states-unreadable", None),
        (NAMES, b"iso2," + b"x" * MAX_BYTES, "states-unreadable", None),
        (STATES, "iso2,languages\nFR,fr de\n", "state-cell", 2),
        (STATES, "iso2,languages\nFR,fr fr\n", "state-cell", 2),
        (STATES, "iso2,languages,sources\nFR,fr,rumour\n", "state-cell", 2),
        (STATES, "iso2,iso3\nFR,XXX\n", "states-heading", 1),
    ],
)
def test_faults_are_findings_and_the_built_in_cell_serves(
    tmp_path: Path, name: str, text: str | bytes, code: str, line: int | None
) -> None:
    write(tmp_path, name, text)
    _, findings = read_office_tables(tmp_path)
    assert [(finding.code, finding.line, finding.file) for finding in findings] == [(code, line, f"locales/{name}")]
    assert all(finding.hint for finding in findings)
    assert findings == overlay_findings(tmp_path)
    if code != "state-forms":
        assert office_states(tmp_path)["FR"].name("en", "of") == "of France"
        assert office_states(tmp_path)["FR"].languages in {("fr", "en"), ("fr",)}


def test_all_faults_are_told_and_sound_rows_are_used(tmp_path: Path) -> None:
    write(tmp_path, NAMES, "iso2,language,of\nXX,en,of X\nFR,fr,de France\nFR,xx,of X\n")
    assert codes(tmp_path) == ["state-unknown", "state-language"]
    assert office_states(tmp_path)["FR"].name("fr", "of") == "de France"


def test_a_locale_names_a_state_by_its_code_or_any_name() -> None:
    french = load_locale("fr")
    for named in ("PH", "Philippines", "Filipinas", "Филиппины"):
        assert french.country(named, "of") == "des Philippines"
    with pytest.raises(MissingPhrase):
        french.country("Atlantis")
    with pytest.raises(ValueError, match="Did you mean «formal»"):
        french.country("PH", "form")
