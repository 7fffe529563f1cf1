"""The segments of a letter: what is translated, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from letters.inline import has_order, has_words
from letters.markdown import Document, Speak, read_document
from letters.model import Letter
from letters.places import letter_file, letter_folder
from letters.sources import read_source
from locales.catalogue import fold
from locales.languages import LANGUAGES
from locales.marks import FIELD, NOTE
from office.findings import Finding
from office.model import Office

TEXTS_CONTEXT = "letter"  # msgctxt of [texts] in letter.toml
REMINDER = "reminder"  # the stem of the reminder's text
REPLY_FORM = "reply-form"  # that of the form to fill in and send back
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff][^\s\u3400-\u9fff]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One piece of text in the source language. ``context`` is the file's stem, ``file`` relative to the office."""

    context: str
    msgid: str
    file: str
    line: int | None = None

    @property
    def place(self) -> str:
        """The file and line, as catalogues name it."""
        return f"{self.file}:{self.line}" if self.line else self.file


def text_stems(letter: Letter, office: Office) -> tuple[str, ...]:
    """Return the stems of the letter's texts that are there: body, body.<class>, annex-1 …, reply-form, reminder."""
    folder = letter_folder(letter.slug, office)
    present = {path.name.removesuffix(".md") for path in folder.glob("*.md") if path.is_file()}
    classes = sorted({f"body.{audience.name}" for audience in letter.audiences} & present)
    wanted = ["body", *classes, *annex_stems(folder), REPLY_FORM, REMINDER]
    return tuple(stem for stem in wanted if stem in present)


def annex_stems(folder: Path) -> tuple[str, ...]:
    """Return ``annex-1``, ``annex-2.en`` … as far as the numbers go on without a gap.

    A language behind the number says that the annex is printed as it stands, in that language, in every version.
    """
    stems: list[str] = []
    while files := annex_files(folder, len(stems) + 1):
        stems.append(files[0])
    return tuple(stems)


def annex_files(folder: Path, number: int) -> tuple[str, ...]:
    """Return the stems of all files for the annex of this number; only the first is read."""
    stems = [f"annex-{number}", *(f"annex-{number}.{tag}" for tag in LANGUAGES)]
    return tuple(stem for stem in stems if (folder / f"{stem}.md").is_file())


def own_language(stem: str) -> str:
    """Return the language that a text is printed in whatever the letter's; empty for one that is translated."""
    name, _, tag = stem.partition(".")
    return tag if name.startswith("annex-") else ""


def body_stem(letter: Letter, office: Office, class_name: str) -> str:
    """Return the stem of the text for a class: ``body.<class>`` if there is such a file, else ``body``."""
    own = f"body.{class_name}"
    return own if class_name and (letter_folder(letter.slug, office) / f"{own}.md").is_file() else "body"


def read_text(letter: Letter, office: Office, stem: str, speak: Speak | None = None) -> Document:
    """Read one of the letter's texts, with its findings; ``speak`` gives the words (default: the source's own)."""
    file = letter_file(letter.slug, f"{stem}.md")
    text, problems = read_source(letter_folder(letter.slug, office) / f"{stem}.md", file=file)
    return Document(file=file, findings=problems) if problems else read_document(text, file=file, speak=speak)


def segments(letter: Letter, office: Office, *, optional: bool = False) -> tuple[Segment, ...]:
    """Return every segment that needs words of its own in each language, once per context, in reading order.

    Segments that consist of fields and figures alone need no translation and are left out; with ``optional``, those
    of several fields are there, which a language may arrange in its own way, and otherwise stay as in the source.
    """
    found: list[Segment] = []
    for key, text in letter.texts.items():
        line = letter.lines.get(f"texts.{key}")
        found.append(Segment(context=TEXTS_CONTEXT, msgid=text, file=letter_file(letter.slug), line=line))
    for stem in (stem for stem in text_stems(letter, office) if not own_language(stem)):
        document = read_text(letter, office, stem)
        found.extend(
            Segment(context=stem, msgid=place.msgid, file=document.file, line=place.line) for place in document.places
        )
    return tuple(_once(s for s in found if has_words(s.msgid) or (optional and has_order(s.msgid))))


def unreadable_texts(letter: Letter, office: Office) -> tuple[Finding, ...]:
    """Return why texts of the letter cannot be read: which segments they have is then not known."""
    folder = letter_folder(letter.slug, office)
    files = [f"{stem}.md" for stem in dict.fromkeys(("body", *text_stems(letter, office)))]
    return tuple(
        fault for name in files for fault in read_source(folder / name, file=letter_file(letter.slug, name))[1]
    )


def segment_numbers(letter: Letter, office: Office) -> dict[tuple[str, str], int]:
    """Return the number of each segment, by context and msgid, as exchange files and reading copies count them."""
    everything = segments(letter, office, optional=True)
    return {(segment.context, fold(segment.msgid)): number for number, segment in enumerate(everything, start=1)}


def word_count(message: str) -> int:
    """Return how many words a segment has to translate; fields are none, and each Chinese character is one."""
    return len(_WORD.findall(NOTE.sub(" ", FIELD.sub(" ", message))))


def _once(found: Iterable[Segment]) -> Iterable[Segment]:
    seen: set[tuple[str, str]] = set()
    for segment in found:
        key = (segment.context, fold(segment.msgid))
        if key not in seen:
            seen.add(key)
            yield segment
