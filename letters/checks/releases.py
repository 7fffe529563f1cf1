"""Language versions that wait for their reviser."""

from __future__ import annotations

from collections.abc import Iterator

from letters.checks.versions import Versions
from letters.places import catalogue_file
from letters.releases import SIGNATORY_GENDER, release_states
from office.findings import Finding, Level, has_errors

_NAMED = 4  # facts named one by one


def check_releases(versions: Versions) -> Iterator[Finding]:
    """Yield languages that are complete but not released, or that changed after their release."""
    for language, state in release_states(versions).items():
        catalogue = versions.catalogues[language]
        if has_errors(catalogue.findings) or not state.is_complete or state.is_released:
            continue
        if state.is_outdated:
            code = "release-outdated"
            by, on = catalogue.released_by or "somebody", catalogue.released_on or "an unknown day"
            message = f"«{language}» has changed since {by} released it on {on}{_said_of_facts(state.changed)}"
        else:
            code, message = "not-released", f"«{language}» is complete, but nobody has released it: its addressees wait"
        slug = versions.letter.slug
        yield Finding(
            level=Level.WARNING,
            code=code,
            message=message,
            hint=f"Its reviser releases it: circulars translate release {slug} --lang {language} --by NAME",
            file=catalogue_file(slug, language),
        )


def _said_of_facts(changed: tuple[str, ...]) -> str:
    """Return which facts changed, to follow «has changed since …»; empty if none did."""
    if not changed:
        return ""
    if SIGNATORY_GENDER in changed:
        return ": the signatory's gender is another, and a text in the first person may have to agree with it"
    names = ", ".join(changed[:_NAMED]) + (" …" if len(changed) > _NAMED else "")
    return f": the text states {names}, which is not what it was"
