"""What a letter took over from an earlier one or a draft, and what of that is still to be looked at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from letters.checks.versions import Versions
from letters.model import Letter
from letters.places import letter_file
from office.findings import Finding, Level
from office.suggestions import did_you_mean

DRAFT = "draft: "  # what begins a line of ``to_confirm`` that is no name but a remark of whoever read the draft
_YEAR = re.compile(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/])")


def check_confirmed(letter: Letter) -> Iterator[Finding]:
    """Yield what ``to_confirm`` names: nothing of it may go out before somebody has looked at it."""
    known = {"contacts": ", ".join(letter.contacts)}
    known |= {f"facts.{key}": str(value) for key, value in letter.facts.items()}
    known |= {f"links.{key}": next(iter(link.values()), "") for key, link in letter.links.items()}
    known |= {f"texts.{key}": text for key, text in letter.texts.items()}
    known |= _known_of_drafts(letter)
    earlier = next((relation.to for relation in letter.relates if relation.relation == "renews"), "")
    whence = f"taken over from {earlier}" if earlier else "taken over from an earlier letter or a draft"
    for number, name in enumerate(letter.to_confirm):
        if name in known:
            level, code = Level.ERROR, "unconfirmed"
            message = f"«{name}» ({known[name][:60]}) is {whence}, and nobody has confirmed it"
            hint = "Correct it if need be, then take its name off to_confirm."
        elif name.startswith(DRAFT):
            level, code = Level.ERROR, "unconfirmed"
            message = f"in the draft, {name.removeprefix(DRAFT)[:400]}"
            hint = "Look at it, then take the line off to_confirm."
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


def _known_of_drafts(letter: Letter) -> dict[str, str]:
    """Return what a draft tells of a letter beside its figures: days, asks, whom it is from and for."""
    known = {"date": str(letter.date), "signatory": letter.signatory, "asks": ", ".join(ask.id for ask in letter.asks)}
    known["audience"] = ", ".join(audience.name for audience in letter.audiences)
    known |= {f"deadlines.{key}": f"{one.rule} {one.date}" for key, one in letter.deadlines.items()}
    for key, event in letter.events.items():
        known[f"events.{key}"] = " to ".join(str(moment) for moment in (event.start, event.end) if moment is not None)
    return known


def check_years(versions: Versions, earlier: Letter) -> Iterator[Finding]:
    """Yield what still speaks of the year of the letter that this one renews: segments, and facts once confirmed."""
    past, own = (
        {letter.date.year, *(moment.year for event in letter.events.values() if (moment := event.start))}
        for letter in (earlier, versions.letter)
    )
    for what, said, hint, file, line in (*_segments(versions), *_confirmed(versions.letter)):
        years = {int(year) for year in _YEAR.findall(said)} & (past - own)
        if years:
            message = f"{what} still says {min(years)}, the year of {earlier.reference or earlier.slug}"
            yield Finding(level=Level.WARNING, code="year-of-renewed", message=message, hint=hint, file=file, line=line)


def _segments(versions: Versions) -> Iterator[tuple[str, str, str, str, int | None]]:
    hint = "Correct it here; the translations of this segment are then to revise."
    for version in versions.all:
        if version.is_source:
            yield "the text", version.plain, hint, version.file, version.line


def _confirmed(letter: Letter) -> Iterator[tuple[str, str, str, str, int | None]]:
    """Yield the rooms, links and short texts that nobody has to confirm any more."""
    said = {f"events.{key}.room": event.room for key, event in letter.events.items()}
    said |= {f"links.{key}": " ".join(dict.fromkeys(link.values())) for key, link in letter.links.items()}
    said |= {f"texts.{key}": text for key, text in letter.texts.items()}
    for name, text in said.items():
        if name not in letter.to_confirm:
            # in an address, a year stands between strokes and hyphens
            apart = re.sub(r"[/._-]", " ", text)
            yield f"«{name}»", apart, "Correct it if need be.", letter_file(letter.slug), letter.lines.get(name)
