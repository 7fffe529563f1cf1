"""What a letter took over from an earlier one, and what of that is still to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from letters.checks.versions import Versions
from letters.model import Letter
from letters.places import letter_file
from office.findings import Finding, Level
from office.suggestions import did_you_mean

_YEAR = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/])")


def check_confirmed(letter: Letter) -> Iterator[Finding]:
    """Yield what ``to_confirm`` names: nothing of it may go out before somebody has looked at it."""
    known = {"contacts": ", ".join(letter.contacts)}
    known |= {f"facts.{key}": str(value) for key, value in letter.facts.items()}
    known |= {f"links.{key}": next(iter(link.values()), "") for key, link in letter.links.items()}
    known |= {f"texts.{key}": text for key, text in letter.texts.items()}
    earlier = next((relation.to for relation in letter.relates if relation.relation == "renews"), "an earlier letter")
    for number, name in enumerate(letter.to_confirm):
        if name in known:
            level, code = Level.ERROR, "unconfirmed"
            message = f"«{name}» ({known[name][:60]}) is taken over from {earlier}, and nobody has confirmed it"
            hint = "Correct it if need be, then take its name off to_confirm."
        else:
            level, code, message = Level.WARNING, "unknown-fact", f"the letter has no «{name}» to confirm"
            hint = did_you_mean(name, known) or "Take it off to_confirm."
        yield Finding(
            level=level,
            code=code,
            message=message,
            hint=hint,
            file=letter_file(letter.slug),
            line=letter.lines.get(f"to_confirm.{number}", letter.lines.get("to_confirm")),
        )


def check_years(versions: Versions, earlier: Letter) -> Iterator[Finding]:
    """Yield the segments that still speak of the year of the letter that this one renews."""
    past = {earlier.date.year, *(moment.year for event in earlier.events.values() if (moment := event.start))}
    own = {versions.letter.date.year, *(m.year for event in versions.letter.events.values() if (m := event.start))}
    for version in versions.all:
        years = {int(year) for year in _YEAR.findall(version.plain)} & (past - own)
        if version.is_source and years:
            yield Finding(
                level=Level.WARNING,
                code="year-of-renewed",
                message=f"the text still says {min(years)}, the year of {earlier.reference or earlier.slug}",
                hint="Correct it here; the translations of this segment are then to revise.",
                file=version.file,
                line=version.line,
            )
