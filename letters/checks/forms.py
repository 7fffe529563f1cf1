"""The reply form: what it cannot ask, and what is not printed because the letter has none."""

from __future__ import annotations

from collections.abc import Iterator

from letters.checks.versions import Versions
from letters.places import letter_file
from letters.reply_forms import asks_on_form
from letters.segments import REPLY_FORM
from office.findings import Finding, Level


def check_reply_form(versions: Versions) -> Iterator[Finding]:
    """Yield what is wrong with a letter's reply form."""
    letter, document = versions.letter, versions.documents.get(REPLY_FORM)
    line = letter.lines.get("reply_form")
    if not letter.reply_form:
        if document is not None:
            message = "nobody gets reply-form.md: the letter has no reply form"
            hint = "Write reply_form = true in letter.toml, or remove the file."
            yield _finding(Level.WARNING, "text-not-used", message, hint, document.file)
        return
    file = letter_file(letter.slug)
    if document is not None:
        yield from _addressed(versions)
    elif not asks_on_form(letter):
        message = "the reply form would ask nothing: no ask can be answered by mail or by post"
        hint = 'Give an ask reply = ["mail"], or write the form yourself, in reply-form.md.'
        yield _finding(Level.ERROR, "reply-form-empty", message, hint, file, line)
    for index, ask in enumerate(letter.asks if document is None else ()):
        if ask not in asks_on_form(letter):
            message = f"the reply form leaves «{ask.id}» out, which is answered on the web alone"
            hint = 'Add "mail" to its reply if a form may answer it as well.'
            at = letter.lines.get(f"asks.{index}.reply", ask.line)
            yield _finding(Level.NOTE, "reply-form-leaves-out", message, hint, file, at)


def _addressed(versions: Versions) -> Iterator[Finding]:
    """Find fields of the addressee in a form that would otherwise be the same for all."""
    collective = [audience.name for audience in versions.letter.audiences if audience.collective]
    for use in versions.uses:
        if use.stem == REPLY_FORM and collective and use.expression.reads("recipient"):
            message = (
                f"«{use.expression.source}» makes the reply form of «{collective[0]}» another one for each addressee"
            )
            hint = "Take it out: who answers writes it in. A letter that is the same for all is made once."
            yield _finding(Level.WARNING, "reply-form-personal", message, hint, use.file, use.line)


def _finding(level: Level, code: str, message: str, hint: str, file: str, line: int | None = None) -> Finding:  # noqa: PLR0917 - a finding has as many parts
    return Finding(level=level, code=code, message=message, hint=hint, file=file, line=line)
