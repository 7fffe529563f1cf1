"""An office's own files, laid over the built-in data: what they change, and what their faults lead to."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from locales.locale import load_locale, overlay_findings
from locales.protocol import Wording

PO_HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'

MADAME = Wording(text="Madame,", vocative="Madame")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "locales" / "fr").mkdir(parents=True)
    return tmp_path / "locales"


def write(folder: Path, name: str, text: str) -> None:
    (folder / "fr" / name).write_text(text, encoding="utf-8")


def codes(folder: Path) -> list[str]:
    return [finding.code for finding in overlay_findings(folder)]


def test_no_overlay_is_no_fault(folder: Path) -> None:
    assert overlay_findings(folder / "nowhere") == ()
    assert load_locale("fr", folder / "nowhere").date(date(2022, 3, 1)) == "1er mars 2022"


def test_an_office_lays_its_own_words_over_the_built_in_ones(folder: Path) -> None:
    write(
        folder,
        "frame.po",
        PO_HEADER
        + 'msgctxt "place"\nmsgid "bern"\nmsgstr "Berne"\n\n'
        + 'msgctxt "label"\nmsgid "email"\nmsgstr "Mél."\n\n'
        + 'msgctxt "title"\nmsgid "director"\nmsgstr "Directeur ou directrice"\n\n'
        + 'msgid "Example Telecommunication Union"\nmsgstr "Union exemplaire"\n\n'
        + 'msgid "regulators"\nmsgstr "Régulateurs"\n',
    )
    assert overlay_findings(folder) == ()
    locale = load_locale("fr", folder)
    assert locale.date_line("bern", date(2022, 3, 1)) == "Berne, le 1er mars 2022"
    assert locale.phrase("label", "email") == "Mél."
    assert locale.phrase("label", "phone") == "Téléphone"
    assert locale.phrase("title", "director", "f") == "Directeur ou directrice"
    assert locale.phrase("office", "Example Telecommunication Union") == "Union exemplaire"
    assert locale.phrase("line", "regulators") == "Régulateurs"
    assert "regulators" in locale.keys("line")
    assert load_locale("fr").phrase("label", "email") == "Courriel"


def test_an_entry_without_a_kind_does_not_change_the_reminder(folder: Path) -> None:
    write(folder, "frame.po", PO_HEADER + 'msgid "subject"\nmsgstr "Concerne"\n')
    locale = load_locale("fr", folder)
    assert locale.phrase("label", "subject") == "Concerne"
    assert locale.phrase("reminder", "subject").startswith("Rappel")


def test_an_office_lays_its_own_forms_over_the_built_in_ones(folder: Path) -> None:
    write(
        folder,
        "locale.toml",
        '[time]\nsingle = "{hh}:{mm}"\n[range.prose]\ntwo-days = "du {d1} au {d2} {month2} {year2}"\n',
    )
    assert overlay_findings(folder) == ()
    locale = load_locale("fr", folder)
    assert locale.time(time(9, 5)) == "09:05"
    assert locale.range(date(2018, 3, 20), date(2018, 3, 21)) == "du 20 au 21 mars 2018"


def test_protocol_is_laid_over_cell_by_cell(folder: Path) -> None:
    write(
        folder,
        "protocol.toml",
        '[salutation.minister]\nf = { text = "Excellence,", source = "Protocol, 2024", reviewed = true }\n'
        "[salutation.professor]\nm = { reviewed = true }\n"
        '[salutation.judge]\nm = { text = "Monsieur le Juge," }\n'
        '[closing.cordial]\ntext = "Recevez, {vocative}, nos salutations."\n'
        '[closing.high]\ntext = "Bien à vous,"\n',
    )
    assert overlay_findings(folder) == ()
    locale = load_locale("fr", folder)
    own = locale.salutation("minister", gender="f", collective=False)
    assert (own.text, own.vocative, own.reviewed, own.source) == ("Excellence,", "Excellence", True, "Protocol, 2024")
    assert locale.salutation("minister", gender="m", collective=False).text == "Monsieur le Ministre,"
    signed_off = locale.salutation("professor", gender="m", collective=False)
    assert (signed_off.text, signed_off.reviewed) == ("Monsieur le Professeur,", True)
    assert not locale.salutation("judge", gender="m", collective=False).reviewed
    assert locale.closing("cordial", MADAME).text == "Recevez, Madame, nos salutations."
    assert locale.closing("high", Wording(text="")).text == "Bien à vous,"
    with pytest.raises(LookupError):
        locale.salutation("judge", gender="f", collective=False)
    with pytest.raises(LookupError):
        locale.closing("cordial", Wording(text=""))


def test_a_changed_file_is_read_again(folder: Path) -> None:
    write(folder, "locale.toml", '[numbers]\ngroup = "."\n')
    assert load_locale("fr", folder).number(1000) == "1.000"
    write(folder, "locale.toml", '[numbers]\ngroup = "·"\n')
    assert load_locale("fr", folder).number(1000) == "1·000"


HOSTILE_TABLES = {
    "not-toml": "[range.prose\nday = 1",
    "nothing-but-nul": "\0",
    "deeply-nested": "a = " + "[" * 5000 + "]" * 5000,
    "attribute": '[date.prose]\nday = "{d.__class__} {year}"',
    "unknown-field": '[date.prose]\nday = "{day} {year}"',
    "no-year": '[date.block]\nday = "{d} {month}"',
    "lonely-brace": '[range.prose]\ndays = "du {d1 au {d2}"',
    "first-of-one": '[range.prose]\nday = "le {d1} {year}"',
    "day-of-a-month": '[range.compact]\nmonths = "{d1} {month1} {year1}"',
    "number-as-text": "[time]\nsingle = 5",
    "eleven-months": '[months]\nof = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"]',
    "months-no-list": '[months]\nof = "abcdefghijkl"',
    "control-character": '[join]\nlast = " e\\u0007t "',
    "private-use": '[typography]\ncolon = "\\uE000"',
    "override": '[typography]\ncolon = "\\u202E"',
    "zero-digits": "[numbers]\ngroup-from = 0",
    "no-decimal-sign": '[numbers]\ndecimal = ""',
    "unknown-table": '[dates]\nprose = "x"',
    "table-for-value": '[time.single]\nx = "y"',
    "value-for-table": 'range = "x"',
    "too-long": f'[join]\nlast = "{"x" * 5000}"',
}


@pytest.mark.parametrize("text", HOSTILE_TABLES.values(), ids=HOSTILE_TABLES)
def test_a_spoilt_locale_table_is_a_finding_and_the_built_in_data_serve(folder: Path, text: str) -> None:
    write(folder, "locale.toml", text)
    (finding,) = overlay_findings(folder)
    assert finding.level == "error"
    assert finding.file == "locales/fr/locale.toml"
    assert finding.message
    locale = load_locale("fr", folder)
    assert locale.range(date(2024, 5, 27), date(2024, 5, 31)) == "du 27 au 31 mai 2024"
    assert locale.time(time(9)) == "9 h 00"
    assert locale.number(1000) == "1\u00a0000"
    assert locale.join(["A", "B"]) == "A et B"


def test_a_table_in_another_encoding_is_a_finding(folder: Path) -> None:
    (folder / "fr" / "locale.toml").write_bytes('[join]\nlast = "à"'.encode("cp1252"))
    assert codes(folder) == ["overlay-unreadable"]


def test_a_folder_in_the_place_of_a_file_is_a_finding(folder: Path) -> None:
    for name in ("locale.toml", "protocol.toml", "frame.po"):
        (folder / "fr" / name).mkdir()
    assert codes(folder) == ["overlay-unreadable", "overlay-unreadable", "catalogue-unreadable"]
    assert load_locale("fr", folder).phrase("label", "email") == "Courriel"


@pytest.mark.parametrize("text", ["[numbers]\ngroup-from = " + "9" * 5000, ".".join(["a"] * 5000) + " = 1"])
def test_a_table_beyond_all_measure_is_a_finding(folder: Path, text: str) -> None:
    write(folder, "locale.toml", text)
    assert len(codes(folder)) == 1


def test_findings_of_a_table_name_the_line(folder: Path) -> None:
    write(folder, "locale.toml", '# ours\n[time]\nsingle = "{hh}"\nrange = "{nonsense}"\n')
    (finding,) = overlay_findings(folder)
    assert (finding.code, finding.line) == ("overlay-value", 4)
    assert "{hh1}" in finding.message
    write(folder, "locale.toml", "[time]\nsingle = \n")
    (finding,) = overlay_findings(folder)
    assert (finding.code, finding.line) == ("overlay-syntax", 2)


@pytest.mark.parametrize(
    "text",
    [
        '[salutation.minister]\nm = "Monsieur,"',
        '[salutation.minister]\nx = { text = "Monsieur," }',
        "[salutation.minister]\nm = { text = 1 }",
        '[salutation.minister]\nm = { text = "Monsieur,\\u0000" }',
        '[salutation.minister]\nm = { reviewed = "yes" }',
        '[closing.high]\ntext = "{name}, bien à vous"',
        '[closing]\nhigh = "bien à vous"',
        "[[salutation]]\nminister = 1",
        '[salutation.minister]\nany = { text = "Monsieur {name}," }',
        '[address.minister]\nm = { text = "S. E. {recipient.email}" }',
        '[reference.minister]\nany = { text = "{name}" }',
        '[note-addressee.permanent-mission]\nany = { text = "à {name}" }',
        '[note.sender]\nany = { text = "Le Secrétariat" }',
        '[note.greeting]\nany = { text = "Bonjour" }',
        '[address-lines]\norder = ["name", "title"]',
        '[persons]\nwords = "je"',
        '[agreement.forms]\nheureux = ""',
    ],
)
def test_a_spoilt_protocol_table_is_a_finding_and_the_built_in_words_serve(folder: Path, text: str) -> None:
    write(folder, "protocol.toml", text)
    assert len(codes(folder)) == 1
    locale = load_locale("fr", folder)
    assert locale.salutation("minister", gender="m", collective=False).text == "Monsieur le Ministre,"
    assert locale.closing("high", MADAME).text == "Veuillez agréer, Madame, l'assurance de ma haute considération."


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<<<<<<< HEAD\n", "catalogue-syntax"),
        ('msgctxt "label"\nmsgid "email"\nmsgstr "M\ue000l"\n', "catalogue-character"),
        ('#, fuzzy\nmsgctxt "label"\nmsgid "email"\nmsgstr "Mél"\n', "phrase-unfinished"),
        ('msgctxt "label"\nmsgid "email"\nmsgstr ""\n', "phrase-unfinished"),
        ('msgctxt "label"\nmsgid "page"\nmsgstr "Page {page.__class__}"\n', "phrase-fields"),
        ('msgctxt "reminder"\nmsgid "subject"\nmsgstr "Rappel"\n', "phrase-fields"),
    ],
)
def test_a_spoilt_frame_is_a_finding_and_the_built_in_words_serve(folder: Path, text: str, code: str) -> None:
    write(folder, "frame.po", PO_HEADER + text)
    assert codes(folder) == [code]
    locale = load_locale("fr", folder)
    assert locale.phrase("label", "email") == "Courriel"
    assert locale.phrase("label", "page") == "Page {page} sur {pages}"
    assert locale.phrase("reminder", "subject") == "Rappel: {reference}"


def test_findings_name_the_line_in_the_frame(folder: Path) -> None:
    write(folder, "frame.po", PO_HEADER + '# ours\nmsgctxt "label"\nmsgid "email"\nmsgstr ""\n')
    (finding,) = overlay_findings(folder)
    assert (finding.file, finding.line) == ("locales/fr/frame.po", 4)
