"""`check_letter`: what it finds, where, and that it stays quiet otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from letters.checking import check_letter
from locales.catalogue import release
from office.findings import Finding, Level

COLUMNS = {"ministers": frozenset({"name", "role", "country", "gender"})}
NOT_FAULTS = {"unreviewed-protocol"}  # depends on the tables of protocol, not on the letter


def check(desk: Any, letter: Any, columns: Mapping[str, frozenset[str]] = COLUMNS) -> list[Finding]:
    findings = check_letter(letter, desk.office, columns=columns)
    for finding in findings:
        assert finding.message
        assert finding.hint, finding
        assert finding.file, finding
    return [finding for finding in findings if finding.code not in NOT_FAULTS]


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


def only(findings: list[Finding], code: str) -> Finding:
    (found,) = [finding for finding in findings if finding.code == code]
    return found


@pytest.fixture
def quiet(facts: str, body: str) -> tuple[str, str]:
    """A letter in which everything is used and right."""
    facts = facts.replace('[events.later]\nstart = "2024-09"\nprovisional = true\n', "").replace("host = true\n", "")
    return facts, body + "\nThe opening is at {{ events.session | time }}.\n"


def test_a_good_letter_is_quiet(desk: Any, quiet: tuple[str, str], french: dict[tuple[str, str], str]) -> None:
    name_the_office(desk)
    opening = "The opening is at {{ events.session | time }}."
    letter = desk.letter(*quiet, french=french | {("body", opening): "L'ouverture est à {{ events.session | time }}."})
    assert codes(check(desk, letter)) == {"not-released"}
    path = desk.office.folder / "locales/fr/letters/meeting.po"
    release(path, "A. Reviser", date(2024, 3, 1), facts={})
    assert check(desk, letter) == []
    path.write_text(path.read_text(encoding="utf-8").replace("ouverture", "inauguration"), encoding="utf-8")
    found = only(check(desk, letter), "release-outdated")
    assert "A. Reviser" in found.message


@pytest.mark.parametrize(
    ("moment", "clock"),
    [("2024-04-17T16:00:00Z", "18:00"), ("2024-04-17T23:30:00+00:00", "2024-04-18 01:30")],
)
def test_a_time_of_another_zone(desk: Any, facts: str, moment: str, clock: str) -> None:
    found = only(check(desk, desk.letter(facts.replace("2024-04-17", moment))), "time-of-another-zone")
    assert found.level is Level.WARNING
    assert clock in found.message


def test_a_time_with_the_offset_of_the_office(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace("2024-04-17", "2024-04-17T16:00:00+02:00"))
    assert "time-of-another-zone" not in {finding.code for finding in check(desk, letter)}


@pytest.mark.parametrize(
    ("day", "code", "level"),
    [
        ("2024-03-04", "deadline-before-letter", Level.ERROR),
        ("2024-02-01", "deadline-before-letter", Level.ERROR),
        ("2024-04-20", "deadline-on-weekend", Level.WARNING),
        ("2024-03-29", "deadline-on-holiday", Level.WARNING),
    ],
)
def test_deadlines(desk: Any, facts: str, day: str, code: str, level: Level) -> None:
    letter = desk.letter(facts.replace("2024-04-17", day))
    found = only(check(desk, letter), code)
    assert (found.level, found.line) == (level, letter.lines["deadlines.confirm.date"])
    if day == "2024-03-29":
        assert "Good Friday" in found.message
        assert "2024-03-28" in found.hint


@pytest.mark.parametrize(
    ("replace", "by", "code", "line"),
    [
        ('salutation = "minister"', 'salutation = "individual"', "plain-salutation", "audience.0.salutation"),
        ('closing = "highest"', 'closing = "distinguished"', "plain-closing", "audience.0.closing"),
        ('kind = "invitation"', 'kind = "addendum"', "no-relation", "kind"),
        ('list = "ministers"', 'list = "ministers"\nwhere = "rule == 1"', "unknown-column", "audience.0.where"),
        ('deadline = "confirm"', "expected = true", "ask-without-deadline", "asks.0"),
        ("entries = 7000", "entries = 7000\nspare = 5", "unused-fact", "facts.spare"),
        ("[asks]", "[asks]", "unused-fact", "events.later"),
    ],
)
def test_facts(desk: Any, facts: str, replace: str, by: str, code: str, line: str) -> None:
    changed = facts.replace(replace, by)
    if code == "ask-without-deadline":
        changed = changed.replace('remind = ["-14d", "+2d"]\n', "")
    letter = desk.letter(changed)
    assert (code, letter.lines[line]) in [(finding.code, finding.line) for finding in check(desk, letter)]


def test_a_minister_is_recognised_by_the_filter(desk: Any, facts: str) -> None:
    letter = desk.letter(
        facts.replace('list = "ministers"', 'list = "all"\nwhere = "role == \'minister\'"')
        .replace('lines = ["ministers-of-member-states"]', "")
        .replace('salutation = "minister"', 'salutation = "individual"')
    )
    assert "plain-salutation" in codes(check(desk, letter))


def test_unconfirmed_protocol_is_named(desk: Any) -> None:
    overlay = desk.office.folder / "locales" / "en" / "protocol.toml"
    letter = desk.letter()
    overlay.parent.mkdir(parents=True, exist_ok=True)
    overlay.write_text(
        '[salutation.minister]\ncollective = { text = "Ministers,", source = "us", reviewed = false }\n',
        encoding="utf-8",
    )
    findings = check_letter(letter, desk.office, columns={})
    found = [finding for finding in findings if finding.code == "unreviewed-protocol"]
    assert len(found) == 1
    assert "en: close «highest»" not in found[0].message
    assert "en: salutation minister (collective)" in found[0].message
    assert found[0].level is Level.WARNING


def test_links_of_asks_and_deadlines_must_be_shown(desk: Any) -> None:
    letter = desk.letter(body="# S\n\nWords\n", french={})
    found = check(desk, letter)
    assert only(found, "ask-link-not-shown").line == letter.lines["asks.0.reply"]
    assert only(found, "deadline-not-shown").line == letter.lines["deadlines.confirm"]


def test_columns_of_lists(desk: Any) -> None:
    text = "# S\n\n{{ recipient.contry }}\n\n{% if recipient.seats %}\na\n{% endif %}\n"
    letter = desk.letter(body=text, french={})
    found = [f for f in check(desk, letter) if f.code == "unknown-column"]
    assert [(f.file, f.line, f.hint) for f in found] == [
        ("letters/meeting/body.md", 3, "Did you mean «country»?"),
        ("letters/meeting/body.md", 5, "Known here: country, gender, name, role."),
    ]
    assert "unknown-column" not in codes(check(desk, letter, {}))


def test_personal_attachments_are_named(desk: Any, facts: str) -> None:
    letter = desk.letter(
        facts.replace('contacts = ["forum"]', 'attach = ["docx"]'), "# S\n\n{{ recipient.country }}\n", french={}
    )
    assert "recipient.country" in only(check(desk, letter), "personal-attachment").message


def test_a_pdf_is_the_same_for_all(desk: Any, facts: str) -> None:
    """Each field in the way is named with its place; those of a reminder are not: no PDF goes with it."""
    attached = facts.replace('contacts = ["forum"]', 'attach = ["pdf"]')
    text = '# S\n\nFor all.\n\n{% if recipient.role == "minister" %}\n\nTo {{ recipient.country }}\n\n{% endif %}\n'
    letter = desk.letter(attached, text, french={})
    desk.write("reminder.md", "# S\n\n{{ recipient.country }}\n")
    found = [(f.file, f.line, f.level) for f in check(desk, letter) if f.code == "field-in-pdf"]
    assert found == [("letters/meeting/body.md", line, Level.ERROR) for line in (5, 7)]
    own = attached.replace('salutation = "minister"', 'salutation = "minister"\naddress = "personal"')
    personal = desk.letter(own, "# S\n\nAll.\n", french={})
    frame = only(check(desk, personal), "field-in-pdf")
    assert (frame.file, frame.line) == ("letters/meeting/letter.toml", personal.audiences[0].line)
    assert frame.message.startswith("the salutation and the close differ for each addressee of «ministers»:")
    note = own.replace('kind = "invitation"', 'kind = "note-verbale"')
    frame = only(check(desk, desk.letter(note, "# S\n\nAll.\n", french={})), "field-in-pdf")
    assert frame.message.startswith("whom the note greets differs for each addressee of «ministers»:")
    assert "field-in-pdf" not in codes(check(desk, desk.letter(attached, "# S\n\nAll.\n", french={})))


def test_texts_that_nobody_reads(desk: Any) -> None:
    letter = desk.letter()
    desk.write("body.minister.md", "# S\n\nText\n")
    found = only(check(desk, letter), "text-not-used")
    assert found.hint == "Did you mean «body.ministers»?"


def test_a_language_that_was_not_begun_is_one_finding(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace('["en", "fr"]', '["en", "fr", "es"]'))
    found = only(check(desk, letter), "language-missing")
    assert found.file == "locales/es/letters/meeting.po"
    assert "segment-missing" not in codes(check(desk, letter))


def test_faults_of_the_source_are_told_once(desk: Any) -> None:
    letter = desk.letter(body="# S\n\n{{ facts.entriess }}\n", french={})
    found = [finding for finding in check(desk, letter) if finding.code == "unknown-field"]
    assert [(finding.line, finding.hint) for finding in found] == [(3, "Did you mean «entries»?")]


def test_a_reminder_is_checked_as_well(desk: Any) -> None:
    letter = desk.letter()
    desk.write("reminder.md", "# Reminder\n\n{{ deadlines.confrim }}\n")
    found = only(check(desk, letter), "unknown-field")
    assert (found.file, found.line) == ("letters/meeting/reminder.md", 3)


RULES = 'remind = ["-14d", "+2d"]'


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ((RULES, RULES + "\nexpected = false"), "reminder-of-an-offer", Level.WARNING),
        (('rule = "before"', 'rule = "before"\nprovisional = true'), "reminder-of-provisional", Level.NOTE),
        ((RULES, 'remind = ["-3d", "-3d cc"]'), "reminder-twice", Level.WARNING),
        ((RULES, 'remind = ["-40d"]'), "reminder-before-letter", Level.WARNING),
    ],
)
def test_rules_that_remind_nobody_or_too_early(
    desk: Any, facts: str, change: tuple[str, str], code: str, level: Level
) -> None:
    found = only(check(desk, desk.letter(facts.replace(*change))), code)
    assert found.level is level
    assert found.line is not None


def test_a_reminder_that_nobody_gets(desk: Any, facts: str) -> None:
    letter = desk.letter(facts.replace(RULES, ""))
    desk.write("reminder.md", "# Reminder\n\nText\n")
    assert only(check(desk, letter), "reminder-not-used").level is Level.NOTE


@pytest.mark.parametrize("rule", ["14d", "-14", "-1w", "+2d bcc", "-9999d", "+2d  cc"])
def test_a_rule_that_is_none(faults_of: Any, facts: str, rule: str) -> None:
    assert "bad-reminder" in faults_of(facts.replace(RULES, f'remind = ["{rule}"]'))


@pytest.mark.parametrize(
    ("source", "translation", "code", "level"),
    [
        ("Before {{ deadlines.confirm | date }}", "Bientôt", "placeholders", Level.ERROR),
        ("Soon", "Avant le {{ deadlines.confirm | date }}", "placeholders", Level.WARNING),
        ("See [the site]({{ links.site }})", "Voir le site", "md-link", Level.ERROR),
        ("Write to {{ contacts.forum.email }}", "Écrire à forum@example.int", "md-link", Level.ERROR),
        ("See", "Voir [le site]({{ links.site }})", "md-link", Level.WARNING),
        ("A **bold** word", "Un mot gras", "md-syntax", Level.WARNING),
        ("An *italic* word", "Un mot **gras**", "md-syntax", Level.WARNING),
        ("A word", "Un *mot*", "md-syntax", Level.WARNING),
        ("**Important.** Please", "**重要。**请", "md-syntax", Level.WARNING),
        ("A word", "# Un mot", "md-syntax", Level.WARNING),
        ("One two three four five six", "One two three four five six", "same", Level.WARNING),
        ("A word", "Un {{ mot", "unclosed-field", Level.ERROR),
        ("A word", "[Un mot](javascript:alert)", "bad-link", Level.ERROR),
        ("A word", "Un mot {% if a %}", "condition-inside-text", Level.ERROR),
    ],
)
def test_what_translations_lose(
    desk: Any, french: dict[tuple[str, str], str], source: str, translation: str, code: str, level: Level
) -> None:
    letter = desk.letter(body=f"# S\n\n{source}\n", french=french | {("body", "S"): "S", ("body", source): translation})
    found = [finding for finding in check(desk, letter) if finding.code == code]
    assert {(finding.level, finding.file) for finding in found} == {(level, "locales/fr/letters/meeting.po")}


def test_the_form_of_a_fact_is_the_translators_choice(desk: Any, french: dict[tuple[str, str], str]) -> None:
    source = "From {{ events.meeting.start | date }} {{ facts.entries | number }}"
    letter = desk.letter(
        body=f"# S\n\n{source}\n",
        french=french
        | {
            ("body", "S"): "S",
            ("body", source): '{{ facts.entries }} {{ events.meeting | range("on") }} '
            '{{ signatory | agree("heureux", "heureuse", "heureux/se") }}',
        },
    )
    assert not {"placeholders"} & codes(check(desk, letter))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("before 17 April 2024", "date-typed"),
        ("before 17 April", "date-typed"),
        ("on 3rd May 2025", "date-typed"),
        ("on May 3, 2025", "date-typed"),
        ("in May 2025", "date-typed"),
        ("on 2025-05-03", "date-typed"),
        ("on 3.5.2025", "date-typed"),
        ("from 27-31 May 2024", "date-typed"),
        ("at 1600 hours", "time-typed"),
        ("at 16:00-17:00", "time-typed"),
        ("more than 7,000 entries", "number-typed"),
        ("more than 7000 entries", "number-typed"),
        ("more than 7 000 entries", "number-typed"),
        ("resolution A/RES/70/125", "reference-typed"),
        ("resolution A/70/1", "reference-typed"),
        ("circular CL-24/007", "reference-typed"),
        ("see https://www.example.int/en/meeting", "link-typed"),
        ("see [this](https://example.org/)", "link-typed"),
        ("write to forum@example.int", "address-typed"),
        ("write [us](mailto:forum@example.int)", "address-typed"),
    ],
)
def test_typed_facts(desk: Any, text: str, code: str) -> None:
    letter = desk.letter(body=f"# S\n\nWe write {text}.\n", french={})
    found = [finding for finding in check(desk, letter) if finding.code.endswith("-typed")]
    assert [(finding.code, finding.line, finding.level) for finding in found] == [(code, 3, Level.WARNING)]


def test_a_scaled_number_is_another_number(desk: Any) -> None:
    letter = desk.letter(body="# S\n\nIt cost 7000 million.\n", french={})
    assert "number-typed" not in {finding.code for finding in check(desk, letter)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "avant le 17 avril 2024"),
        ("fr", "le 1er mars 2025"),
        ("es", "antes del 17 de abril de 2024"),
        ("ru", "до 17 апреля 2024 г."),
        ("zh", "2024年4月17日之前"),
        ("zh", "4月17日"),
        ("ar", "17 أبريل 2024"),
        ("ar", "١٧ أبريل ٢٠٢٤"),
    ],
)
def test_typed_dates_in_every_language(desk: Any, facts: str, language: str, text: str) -> None:
    letter = desk.letter(facts.replace('["en", "fr"]', f'["en", "{language}"]'), "# S\n\nSoon\n", french={})
    desk.translate({("body", "Soon"): text}, language)
    found = [finding for finding in check(desk, letter) if finding.code == "date-typed"]
    assert [finding.file for finding in found] == [f"locales/{language}/letters/meeting.po"]


@pytest.mark.parametrize(
    "text",
    [
        "the Forum 2022 and the 2030 Agenda",
        "in 2005 and later",
        "you may 3 times reply",
        "we march 12 days",
        "27 entries in 140 countries",
        "Room A/B, and/or 24/7",
        "version 1.2.3",
        "at 9:15, in a ratio of 3:1",
        "{{ deadlines.confirm | date }}",
    ],
)
def test_what_is_no_typed_fact(desk: Any, text: str) -> None:
    letter = desk.letter(body=f"# S\n\nWe write {text}.\n", french={})
    assert not [finding for finding in check(desk, letter) if finding.code.endswith("-typed")]


def test_an_office_without_a_name_in_a_language(desk: Any) -> None:
    letter = desk.letter()
    found = only(check(desk, letter), "office-name-untranslated")
    assert (found.level, found.line) == (Level.NOTE, letter.lines["languages"])
    assert "locales/fr/frame.po" in found.hint
    name_the_office(desk)
    assert "office-name-untranslated" not in {finding.code for finding in check(desk, letter)}


def name_the_office(desk: Any) -> None:
    path = desk.office.folder / "locales" / "fr" / "frame.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgctxt "office"\nmsgid "Example Union"\nmsgstr "Union Exemple"\n',
        encoding="utf-8",
    )


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2024-05-27T09:30:00", "2024-05-31T18:00:00", "several days"),
        ("2024-05-27T18:00:00", "2024-05-28T02:00:00", "several days"),
        ("2024-10-27T02:00:00+02:00", "2024-10-27T02:00:00+01:00", "the clock is changed"),
        ("2024-03-31T01:00:00", "2024-03-31T04:00:00", "the clock is changed"),
        ("2024-05-27T09:30:00", "2024-05-27T18:00:00", ""),
        ("2024-05-27T18:00:00", "2024-05-28T00:00:00", ""),
    ],
)
def test_hours_that_are_no_span_of_one_day(desk: Any, facts: str, start: str, end: str, why: str) -> None:
    facts = facts.replace("start = 2024-05-27T16:00:00\nend = 2024-05-27T17:00:00", f"start = {start}\nend = {end}")
    for body, is_span in (("{{ events.session | time }}", True), ("{{ events.session.start | time }}", False)):
        found = [f for f in check(desk, desk.letter(facts, f"# A\n\n{body}\n")) if f.code == "hours-of-several-days"]
        assert len(found) == (1 if why and is_span else 0)
        for one in found:
            assert why in one.message
            assert "events.session.end | time" in one.hint
            assert (one.file, one.line) == ("letters/meeting/body.md", 3)
