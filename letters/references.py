"""References of letters as people type them: «CL 22-010», «Re: [CL–22／10]», «Отв: cl-22/010»."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from office.folding import with_ascii_digits

# What mail programs put before the subject of an answer or a forwarded mail, in the languages of correspondents.
_PREFIXES = re.compile(
    r"\s*(?:re|ref|r|tr|rv|fw|fwd|aw|wg|sv|vs|antw|odp|res|enc|i|отв|ответ|на|пер|ha"
    r"|答复|答覆|回复|回覆|转发|轉寄|رد|الرد|إعادة توجيه)"
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\))?\s*[:：]",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\W_]+|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")
MAX_TEXT = 200_000  # characters looked at; references stand at the beginning of a mail


def without_prefixes(subject: str) -> str:
    """Return a subject without ``Re:``, ``TR:``, ``Отв:``, ``答复:`` and the like, however many there are."""
    while match := _PREFIXES.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def normalise_reference(text: str) -> str:
    """Return the form in which references are compared: ``CL 22-010`` and ``cl–22／10`` both give ``cl-22-10``.

    Case, width, the kind of dash or stroke, spaces and leading zeros do not matter.
    """
    return _normalise(without_prefixes(text))


def find_references(text: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return those of the ``known`` references that stand in ``text``, in order of appearance.

    Where one contains the other («SMSI 2024», «SMSI 2024 Add.1»), the longer one is meant. A reference that is a mere
    number is never found: it would stand everywhere.
    """
    searched = f"-{_normalise(text[:MAX_TEXT])}-"
    forms = {reference: f"-{_normalise(reference)}-" for reference in known}
    found: list[tuple[int, str]] = []
    for reference, form in sorted(forms.items(), key=lambda item: -len(item[1])):
        if form.strip("-").replace("-", "").isdigit() or len(form) < 4:
            continue
        at = searched.find(form)
        if at >= 0:
            found.append((at, reference))
            searched = searched.replace(form, "-" + "\0" * (len(form) - 2) + "-")
    return tuple(reference for _, reference in sorted(found))


def _normalise(text: str) -> str:
    digits = with_ascii_digits(unicodedata.normalize("NFKC", text).casefold())
    return _ZEROS.sub("", _BETWEEN.sub("-", digits)).strip("-")
