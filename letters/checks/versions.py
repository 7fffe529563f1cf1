"""Every segment of a letter in every language, side by side: what the checks of texts work on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from letters.blocks import Emphasis, Field, Inline, LineBreak, Link, Strong, Text
from letters.inline import Words, has_words, read_words
from letters.markdown import Document, Place
from letters.model import Letter
from letters.places import catalogue_file, catalogue_path, letter_file
from letters.segments import TEXTS_CONTEXT, own_language, read_text, text_stems
from locales.catalogue import Catalogue, read_catalogue
from office.expressions import Expression
from office.findings import Finding, Level
from office.model import Office

FIELD_MARK = "\ufffc"  # stands for a field in `Version.plain`


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One segment in one language. ``words`` are those of that language, ``source`` those of the source language."""

    language: str
    stem: str
    place: Place
    source: Words
    words: Words
    text: str  # the Markdown of ``words``
    file: str
    line: int | None
    is_source: bool = False  # whether this is the source's own wording

    @property
    def plain(self) -> str:
        """The characters that are typed, without marks of emphasis; each field is `FIELD_MARK`."""
        return plain_text(self.words.children)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What is typed in a segment or short text of the source, and in its translation; fields are `FIELD_MARK`."""

    source_language: str
    language: str
    source: str
    text: str
    file: str
    line: int | None

    def finding(self, code: str, message: str, hint: str) -> Finding:
        """Return a warning at the translation."""
        return Finding(level=Level.WARNING, code=code, message=message, hint=hint, file=self.file, line=self.line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """An expression in a text, with its place. ``language`` is empty for a condition, which all languages share."""

    expression: Expression
    language: str
    stem: str
    file: str
    line: int | None


class Versions:
    """All texts of a letter, read once."""

    def __init__(self, letter: Letter, office: Office) -> None:
        self.letter = letter
        self.office = office
        self.documents: dict[str, Document] = {
            stem: read_text(letter, office, stem) for stem in text_stems(letter, office)
        }
        self.catalogues: Mapping[str, Catalogue] = {
            language: read_catalogue(catalogue_path(letter.slug, office, language))
            for language in letter.languages
            if language != letter.source
        }

    @cached_property
    def all(self) -> tuple[Version, ...]:
        """Every version of every segment; segments that a language lacks are left out.

        So are texts in a language of their own that the letter does not go out in.
        """
        return tuple(version for version in self._everything if version.language in self.letter.languages)

    @cached_property
    def _everything(self) -> tuple[Version, ...]:
        return tuple(version for stem, file, place in self._places() for version in self._of(stem, file, place))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every expression in every language, conditions as well."""
        found = [
            Use(
                expression=expression, language=version.language, stem=version.stem, file=version.file,
                line=version.line,
            )
            for version in self._everything
            for expression in version.words.fields
        ]  # fmt: skip
        found += [
            Use(expression=expression, language="", stem=stem, file=document.file, line=line)
            for stem, document in self.documents.items()
            for expression, line in document.conditions
        ]
        return tuple(found)

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every translation beside its source, segments first, then the words of [texts]."""
        found = [
            Pair(
                source_language=self.letter.source,
                language=version.language,
                source=plain_text(version.source.children),
                text=version.plain,
                file=version.file,
                line=version.line,
            )
            for version in self.all
            if not version.is_source
        ]
        found += [pair for text in self.letter.texts.values() for pair in self._text_pairs(text)]
        return tuple(found)

    def _places(self) -> Iterator[tuple[str, str, Place]]:
        for stem, document in self.documents.items():
            for place in document.places:
                yield stem, document.file, place

    def _of(self, stem: str, file: str, place: Place) -> Iterator[Version]:
        source = read_words(place.source)
        yield Version(
            language=own_language(stem) or self.letter.source,
            stem=stem,
            place=place,
            source=source,
            words=source,
            text=place.source,
            file=file,
            line=place.line,
            is_source=True,
        )
        for language, catalogue in self.catalogues.items() if not own_language(stem) else ():
            entry = catalogue.find(stem, place.msgid)
            if entry is not None and entry.msgstr.strip():
                yield Version(
                    language=language,
                    stem=stem,
                    place=place,
                    source=source,
                    words=read_words(entry.msgstr),
                    text=entry.msgstr,
                    file=catalogue_file(self.letter.slug, language),
                    line=entry.line,
                )

    def carried(self) -> Iterator[tuple[str, str, Place]]:
        """Yield the segments without words that a language prints as the source has them: language, stem and place.

        A language that nobody has begun is left out.
        """
        for stem, _, place in self._places():
            is_carried = not has_words(place.msgid) and not own_language(stem)
            for language, catalogue in self.catalogues.items() if is_carried else ():
                entry = catalogue.find(stem, place.msgid)
                if catalogue.entries and (entry is None or not entry.msgstr.strip()):
                    yield language, stem, place

    def short_texts(self) -> Iterator[tuple[str, str, str, int | None]]:
        """Yield the words of [texts] in every language: language, words, file and line."""
        for key, text in self.letter.texts.items():
            file = letter_file(self.letter.slug)
            yield self.letter.source, text, file, self.letter.lines.get(f"texts.{key}")
            yield from ((pair.language, pair.text, pair.file, pair.line) for pair in self._text_pairs(text))

    def _text_pairs(self, text: str) -> Iterator[Pair]:
        """Yield one of [texts] beside each translation that it has."""
        for language, catalogue in self.catalogues.items():
            entry = catalogue.find(TEXTS_CONTEXT, text)
            if entry is not None and entry.msgstr.strip():
                yield Pair(
                    source_language=self.letter.source,
                    language=language,
                    source=text,
                    text=entry.msgstr,
                    file=catalogue_file(self.letter.slug, language),
                    line=entry.line,
                )


def plain_text(children: tuple[Inline, ...]) -> str:
    """Return what is typed in a segment, fields as `FIELD_MARK`."""
    pieces: list[str] = []
    for child in children:
        match child:
            case Text(text=text):
                pieces.append(text)
            case Strong(children=inner) | Emphasis(children=inner) | Link(children=inner):
                pieces.append(plain_text(inner))
            case LineBreak():
                pieces.append("\n")
            case Field():
                pieces.append(FIELD_MARK)
    return "".join(pieces)


def every_inline(children: tuple[Inline, ...]) -> Iterator[Inline]:
    """Yield all inlines at any depth."""
    for child in children:
        yield child
        if isinstance(child, Strong | Emphasis | Link):
            yield from every_inline(child.children)
