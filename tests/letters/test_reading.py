"""letter.toml into typed values, all faults at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from letters.model import Kind, Signature
from locales.dates import Month

FaultsOf = Callable[[str], dict[str, int | None]]
MINIMAL = 'reference = "A-1"\ndate = 2024-03-04\nsignatory = "head"\n[[audience]]\nlist = "all"\n'


def test_a_whole_letter(desk: Any, facts: str) -> None:
    letter = desk.letter(facts)
    assert (letter.slug, letter.reference, letter.kind) == ("meeting", "CL-24/007", Kind.INVITATION)
    assert letter.date == date(2024, 3, 4)
    assert letter.events["session"].start == datetime(2024, 5, 27, 16, tzinfo=ZoneInfo("Europe/Zurich"))
    assert letter.events["later"].start == Month(2024, 9)
    assert letter.deadlines["confirm"].cut_off(desk.office.zone).astimezone(UTC) == datetime(
        2024, 4, 16, 22, tzinfo=UTC
    )
    assert letter.asks[0].reply == ("mail", "link:site")
    assert letter.links["site"] == {
        "en": "https://www.example.int/en/meeting",
        "fr": "https://www.example.int/fr/meeting",
    }
    assert letter.facts == {"entries": 7000, "review": "A/RES/70/125", "host": True}
    assert letter.lines["deadlines.confirm.date"] == facts.splitlines().index("date = 2024-04-17") + 1


def test_defaults_come_from_the_office(desk: Any) -> None:
    letter = desk.letter(MINIMAL, french={})
    assert letter.languages == desk.office.languages
    assert (letter.place, letter.source, letter.signature) == ("geneva", "en", Signature.ORIGINAL_SIGNED)
    assert letter.audiences[0].name == "all"
    assert letter.audiences[0].collective


def test_a_series_stands_for_a_reference(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace('reference = "CL-24/007"', 'series = "CL"'))
    assert (letter.reference, letter.series) == ("", "CL")
    assert desk.compose(letter).references[0][1] == "CL-24/…"


def test_a_note_verbale_needs_no_signatory(desk: Any) -> None:
    letter = desk.letter(MINIMAL.replace('signatory = "head"', 'kind = "note-verbale"'), french={})
    assert letter.signatory == ""


def test_all_faults_come_at_once(faults_of: FaultsOf) -> None:
    found = faults_of(
        'reference = "A-1"\n'
        'colour = "red"\n'
        "date = 2024-03-04\n"
        'signatory = "haed"\n'
        'languages = ["en", "de"]\n'
        'attach = ["doc"]\n'
        'contacts = ["forun"]\n'
        'kind = "party"\n'
        "[[audience]]\n"
        'list = "../etc"\n'
        "where = \"role = 'x'\"\n"
        "[events.e]\n"
        "start = 2024-05-02\n"
        "end = 2024-05-01\n"
        "[deadlines.d]\n"
        'date = "2024-05-01"\n'
        "[[asks]]\n"
        'id = "a"\n'
        'what = "attendance"\n'
        'deadline = "dd"\n'
        'reply = ["link:x"]\n'
        'remind = ["14"]\n'
        "[links]\n"
        'bad = "javascript:alert(1)"\n'
        "[facts]\n"
        "many = inf\n"
    )
    assert found == {
        "unknown-key": 2,
        "unknown-signatory": 4,
        "unknown-language": 5,
        "unknown-attachment": 6,
        "unknown-contact": 7,
        "unknown-value": 8,
        "unusable-name": 10,
        "bad-expression": 11,
        "ends-before-start": 14,
        "not-a-date": 16,
        "unknown-deadline": 20,
        "unknown-link": 21,
        "bad-reminder": 22,
        "bad-link": 24,
        "bad-fact": 26,
    }


@pytest.mark.parametrize(
    ("replace", "by", "code"),
    [
        ("date = 2024-03-04", "", "missing-key"),
        ("date = 2024-03-04", "date = 2024-03-04T10:00:00", "wrong-kind"),
        ("date = 2024-03-04", "date = 0024-03-04", "implausible-date"),
        ('reference = "A-1"', "", "missing-key"),
        ('reference = "A-1"', 'reference = ""', "missing-key"),
        ('reference = "A-1"', 'reference = "A\\nBcc: x@example.com"', "bad-character"),
        ('reference = "A-1"', 'reference = "A\\uE010"', "bad-character"),
        ('reference = "A-1"', 'reference = "A-1"\nseries = "CL"', "two-references"),
        ('reference = "A-1"', 'series = "CM"', "unknown-series"),
        ('reference = "A-1"', f'reference = "{"A" * 101}"', "reference-too-long"),
        ('signatory = "head"', "", "missing-key"),
        ('signatory = "head"', 'signatory = "head"\nlanguages = ["fr"]', "source-not-a-language"),
        ('signatory = "head"', 'signatory = "head"\nlanguages = []', "no-language"),
        ('signatory = "head"', 'signatory = "head"\nrelates = [{ to = "B-1", as = "follows" }]', "unknown-value"),
        ('signatory = "head"', 'signatory = "head"\naudience = "all"', "toml-syntax"),
        ('list = "all"', "", "missing-key"),
        ('list = "all"', 'list = ""', "unusable-name"),
        ('list = "all"', 'list = "all"\nclass = "a/b"', "unusable-name"),
        ('list = "all"', 'list = "all"\n[[audience]]\nlist = "all"\nclosing = "high"', "class-differs"),
        ('list = "all"', 'list = "all"\nwhere = "role | upper"', "bad-expression"),
        ('list = "all"', 'list = "all"\n[events.e]\nplace = "geneva"', "missing-key"),
        ('list = "all"', 'list = "all"\n[events.e]\nstart = 2024-05-01\nend = "2024-06"', "mixed-dates"),
        ('list = "all"', 'list = "all"\n[links.x]\nen = "https://example.org/"', "link-without-language"),
        ('list = "all"', 'list = "all"\n[links]\nx = "https://"', "bad-link"),
        ('list = "all"', 'list = "all"\n[links]\nx = "https://[bad/"', "bad-link"),
        ('list = "all"', 'list = "all"\n[links]\nx = "https://example.org/a b"', "bad-link"),
        ('list = "all"', 'list = "all"\n[links]\nx = "https://example.org/{language}"', "bad-link"),
        ('list = "all"', 'list = "all"\n[facts]\nx = { a = 1 }', "bad-fact"),
        ('list = "all"', f'list = "all"\n[facts]\nx = {"9" * 400}', "bad-fact"),
        ('list = "all"', 'list = "all"\n[facts]\nx = [inf, nan]', "bad-fact"),
        ('list = "all"', 'list = "all"\n[facts]\nzip-code = 1', "unusable-name"),
        ('list = "all"', 'list = "all"\n[texts]\nx = 5', "wrong-kind"),
        ('list = "all"', 'list = "all"\n[[asks]]\nid = "a"\nwhat = "dance"', "unknown-value"),
        ('list = "all"', 'list = "all"\n[[asks]]\nid = "a"', "missing-key"),
        ('list = "all"', 'list = "all"\n[[asks]]\nid = "a b"\nwhat = "attendance"', "unusable-name"),
        (
            'list = "all"',
            'list = "all"\n[[asks]]\nid = "a"\nwhat = "attendance"\nremind = ["-1d"]',
            "no-deadline",
        ),
        (
            'list = "all"',
            'list = "all"\n[[asks]]\nid = "a"\nwhat = "attendance"\n[[asks]]\nid = "a"\nwhat = "statement"',
            "given-twice",
        ),
    ],
)
def test_faults(faults_of: FaultsOf, replace: str, by: str, code: str) -> None:
    assert replace in MINIMAL
    assert code in faults_of(MINIMAL.replace(replace, by))


def test_no_audience(faults_of: FaultsOf) -> None:
    assert "no-audience" in faults_of('reference = "A"\ndate = 2024-03-04\nsignatory = "head"\n')


def test_a_letter_without_a_file(desk: Any) -> None:
    letter, findings = desk.read("nothing")
    assert letter is None
    assert [finding.code for finding in findings] == ["missing-file"]


def test_suggestions(desk: Any) -> None:
    desk.write("letter.toml", MINIMAL.replace("signatory", "signatry"))
    _, findings = desk.read()
    hints = {finding.code: finding.hint for finding in findings}
    assert hints["unknown-key"] == "Did you mean «signatory»?"
