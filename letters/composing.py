"""Compose a letter in its language or two for one class: words, facts and frame; only the addressee is still open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from letters.annexes import compose_annexes, spoken_words
from letters.blocks import Text
from letters.composed import Composed
from letters.fields import shown_reference
from letters.footnotes import Footnotes
from letters.frame import Frame
from letters.model import Audience, Letter, Signature
from letters.segments import body_stem, segment_numbers
from letters.wording import Voice
from locales.languages import MOST_LANGUAGES, languages_of
from office.errors import InputError, NotFoundError
from office.findings import Finding, Level, has_errors
from office.model import Office
from office.suggestions import did_you_mean


def compose(letter: Letter, office: Office, *, language: str, class_name: str) -> Composed:
    """Return the letter in ``language``, such as ``fr`` or ``fr+ar``, for the class ``class_name``.

    Raises InputError with every finding if a segment is not translated, a fact is unknown or words of protocol are
    missing, and NotFoundError for a language or class that the letter does not have.
    """
    composed, findings = try_to_compose(letter, office, language=language, class_name=class_name)
    return composed_or_faults(composed, findings, f"«{letter.slug}»", language, class_name)


def composed_or_faults(
    composed: Composed, findings: Iterable[Finding], what: str, language: str, class_name: str
) -> Composed:
    """Return what is composed, or raise InputError if there are errors among the findings."""
    errors = tuple(finding for finding in findings if finding.level is Level.ERROR)
    if errors:
        count = "one fault" if len(errors) == 1 else f"{len(errors)} faults"
        raise InputError(
            f"{what} cannot be written in «{language}» for «{class_name}»: {count}.",
            hint="Correct what is listed; circulars check shows it again.",
            findings=errors,
        )
    return composed


def try_to_compose(
    letter: Letter, office: Office, *, language: str, class_name: str, is_numbered: bool = False
) -> tuple[Composed, tuple[Finding, ...]]:
    """Compose as far as possible, and say what is wrong. With errors among the findings it is for looking at.

    ``is_numbered``: each segment has its number before it, for translators.
    """
    audience = class_audience(letter, class_name)
    require_language(letter, language)
    numbers = segment_numbers(letter, office) if is_numbered else {}
    footnotes = Footnotes()

    def part(tag: str, first_slot: int) -> tuple[Composed, tuple[Finding, ...]]:
        voice = Voice(
            letter, office, tag, audience=audience, first_slot=first_slot, numbers=numbers, footnotes=footnotes
        )
        return _part(voice, audience)

    return stacked(language, part)


def stacked(
    language: str, compose_part: Callable[[str, int], tuple[Composed, tuple[Finding, ...]]]
) -> tuple[Composed, tuple[Finding, ...]]:
    """Compose a part for each language of the tag ``language``, the second below the first.

    ``compose_part`` is given a language and the number of its first slot.
    """
    first, *others = languages_of(language)
    composed, findings = compose_part(first, 0)
    for other in others:
        second, more = compose_part(other, len(composed.slots))
        composed, findings = replace(composed, second=second), (*findings, *more)
    return composed, without_repeats(findings)


def _part(voice: Voice, audience: Audience) -> tuple[Composed, tuple[Finding, ...]]:
    frame = Frame(voice.letter, voice.office, voice.locale)
    parts = frame_parts(frame, voice, audience)
    body = voice.document(body_stem(voice.letter, voice.office, audience.name))
    annexes = compose_annexes(voice, frame)
    composed = replace(
        parts,
        subject=body.subject,
        body=body.blocks,
        facsimile=frame.facsimile(),
        copies_label=frame.copies_label(),
        copies=frame.copies(),
        annexes=annexes,
        slots=tuple(voice.slots.specs),
    )
    findings = [*voice.findings, *frame.findings]
    if not body.blocks and not has_errors(findings):
        findings.append(_empty(body.file))
    return composed, tuple(findings)


def frame_parts(frame: Frame, voice: Voice, audience: Audience) -> Composed:
    """Return a letter's frame with nothing in it yet: no subject, no text, no annexes."""
    protocol = frame.protocol(audience, voice.slots)
    signatory_name, signatory_title = frame.signatory()
    contacts = frame.contacts()
    return Composed(
        slug=voice.letter.slug,
        language=voice.language,
        direction=voice.locale.direction,
        class_name=audience.name,
        office_name=voice.locale.phrase("office", voice.office.name),
        unit=frame.unit(),
        kind=frame.phrase("kind", voice.letter.kind, at="kind"),
        date_line=(Text(frame.date_line()),),
        date=voice.letter.date,
        reference=shown_reference(voice.letter, voice.office),
        references=frame.references(),
        contact_label=frame.label("contact", at="contacts") if contacts else "",
        contacts=contacts,
        addressees=protocol.addressees,
        addressees_lead=protocol.lead,
        address=protocol.address,
        subject_label=frame.label("subject", at="kind"),
        subject=(),
        salutation=protocol.salutation,
        body=(),
        closing=protocol.closing,
        signature=Signature.NONE if frame.is_note else voice.letter.signature,
        signature_note=frame.signature_note(),
        signatory_name=signatory_name,
        signatory_title=signatory_title,
        spoken=spoken_words(voice.locale),
        annexes=(),
        slots=(),
    )


def require_language(letter: Letter, language: str) -> None:
    """Raise NotFoundError for a language, or a pair such as ``fr+ar``, that the letter does not go out in."""
    wanted = languages_of(language)
    if len(wanted) > len(set(wanted)) or len(wanted) > MOST_LANGUAGES:
        raise NotFoundError(
            f"«{language}» is not how the languages of a letter are named.",
            hint="Name one, or two different ones: fr+ar",
        )
    for tag in wanted:
        if tag not in letter.languages:
            raise NotFoundError(
                f"The letter «{letter.slug}» does not go out in «{tag}».", hint=did_you_mean(tag, letter.languages)
            )


def without_repeats(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in order, each once."""
    return tuple(dict.fromkeys(findings))


def class_audience(letter: Letter, class_name: str) -> Audience:
    """Return the audience of a class; raises NotFoundError."""
    for audience in letter.audiences:
        if audience.name == class_name:
            return audience
    names = [audience.name for audience in letter.audiences]
    raise NotFoundError(
        f"The letter «{letter.slug}» has no class «{class_name}».", hint=did_you_mean(class_name, names)
    )


def _empty(file: str) -> Finding:
    return Finding(
        level=Level.ERROR,
        code="empty-text",
        message="the text has a subject and nothing below it",
        hint="Write the letter below its subject.",
        file=file,
        line=1,
    )
