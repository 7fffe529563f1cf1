"""Check a letter before anything is planned: facts, words, protocol and translations, all findings at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from letters.addressees import NOT_LOOKED_AT, SpokenTo
from letters.checks.attached import check_attached
from letters.checks.carried import check_carried
from letters.checks.dates import check_dates, check_hours
from letters.checks.endings import check_endings
from letters.checks.forms import check_reply_form
from letters.checks.glossary import check_glossary
from letters.checks.lengths import check_lengths
from letters.checks.links import check_links
from letters.checks.persons import check_persons
from letters.checks.protocol import check_office_name, check_protocol
from letters.checks.releases import check_releases
from letters.checks.reminders import check_reminders
from letters.checks.renewals import check_confirmed
from letters.checks.spaces import check_spaces
from letters.checks.translations import check_translations
from letters.checks.typed import check_typed
from letters.checks.typography import check_typography
from letters.checks.unreviewed import check_unreviewed
from letters.checks.usage import check_columns, check_usage
from letters.checks.verbatim import check_verbatim
from letters.checks.versions import Versions
from letters.composing import try_to_compose, without_repeats
from letters.model import Letter
from letters.places import catalogue_file, catalogue_path
from letters.reminding import try_to_compose_reminder
from letters.segments import REMINDER
from locales.glossary import read_glossary
from locales.locale import office_locale
from office.findings import Finding, Level
from office.model import Office

MAX_MISSING = 20  # segments named one by one in a language
_ORDER = {Level.ERROR: 0, Level.WARNING: 1, Level.NOTE: 2}


def check_letter(
    letter: Letter, office: Office, *, columns: Mapping[str, frozenset[str]], spoken_to: SpokenTo = NOT_LOOKED_AT
) -> tuple[Finding, ...]:
    """Return everything that can be known to be wrong with a letter, or worth a look, without its addressees.

    ``columns`` are the names that each list (by its name) offers as ``recipient.<name>``; a list that is not there
    is not checked. ``spoken_to`` is whom personal audiences speak to, where their lists have been read.
    Errors come first, then warnings, then notes; each in the order of files and lines.
    """
    versions = Versions(letter, office)
    locales = {language: office_locale(office, language) for language in letter.languages}
    findings = [
        *_texts(letter, office, versions),
        *check_confirmed(letter),
        *check_dates(letter, office),
        *check_hours(versions),
        *check_reminders(letter, office),
        *check_reply_form(versions),
        *check_protocol(letter, spoken_to),
        *check_unreviewed(letter, versions, locales, spoken_to),
        *check_persons(letter, office, versions, locales),
        *check_office_name(letter, office, locales),
        *check_translations(versions),
        *check_verbatim(versions.pairs, locales),
        *check_endings(versions.pairs),
        *check_spaces(versions.pairs),
        *check_lengths(versions.pairs),
        *check_glossary(versions.pairs, read_glossary(office.folder / "locales")),
        *check_releases(versions),
        *check_links(versions),
        *check_typed(letter, office, versions, locales),
        *check_typography(versions, locales),
        *check_carried(versions, locales),
        *check_columns(letter, office, versions, columns),
        *check_usage(letter, office, versions),
        *check_attached(letter, office, versions),
    ]
    return tuple(sorted(without_repeats(findings), key=lambda f: (_ORDER[f.level], f.file, f.line or 0)))


def _texts(letter: Letter, office: Office, versions: Versions) -> Iterator[Finding]:
    """Compose every language and class, the reminder too: what prevents it."""
    for language in letter.languages:
        found: list[Finding] = []
        for class_name in dict.fromkeys(audience.name for audience in letter.audiences):
            found.extend(try_to_compose(letter, office, language=language, class_name=class_name)[1])
            if letter.reminds or REMINDER in versions.documents:
                found.extend(try_to_compose_reminder(letter, office, language=language, class_name=class_name)[1])
        yield from _without_untranslated(letter, office, language, without_repeats(found))


def _without_untranslated(
    letter: Letter, office: Office, language: str, findings: tuple[Finding, ...]
) -> Iterator[Finding]:
    """Say once that a language has not been begun, and name a few of the segments that another one lacks."""
    missing = [finding for finding in findings if finding.code == "segment-missing"]
    yield from (finding for finding in findings if finding.code != "segment-missing")
    if missing and not catalogue_path(letter.slug, office, language).exists():
        yield Finding(
            level=Level.ERROR,
            code="language-missing",
            message=f"the letter has not been translated into «{language}» ({len(missing)} segments)",
            hint=f"Begin with: circulars translate export {letter.slug} --lang {language}; or take it off languages.",
            file=catalogue_file(letter.slug, language),
        )
        return
    yield from missing[:MAX_MISSING]
    if len(missing) > MAX_MISSING:
        yield Finding(
            level=Level.ERROR,
            code="segment-missing",
            message=f"{len(missing) - MAX_MISSING} more segments have no translation into «{language}»",
            hint=f"circulars translate status {letter.slug} counts them.",
            file=catalogue_file(letter.slug, language),
        )
