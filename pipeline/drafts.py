"""`new --from DRAFT.docx`: a letter from a draft that was written in Word."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from letters.checks.renewals import DRAFT
from letters.composing import try_to_compose
from letters.drafts.addresses import Addresses
from letters.drafts.facts_file import Assumed, facts_text
from letters.drafts.framing import Framed, divide
from letters.drafts.languages import language_of, other_script
from letters.drafts.matching import Matched, match_frame
from letters.drafts.model import Comment, Draft, Noted, Paragraph, Span
from letters.drafts.proving import differences
from letters.drafts.reading import read_draft
from letters.drafts.stating import Facts, Stater
from letters.drafts.writing import Writer
from letters.reading import read_letter
from locales.locale import Locale, office_locale
from office.errors import InputError, NotFoundError
from office.findings import Finding, Level
from office.model import Office
from office.suggestions import did_you_mean
from office.ziplayout import MAX_FILE
from pipeline.desk import Desk
from pipeline.drafting import list_names
from pipeline.letter_folders import folder_to_make, require_series
from store.circulars import reference_taken

WORD_FILES = (".docx", ".docm", ".dotx", ".dotm", ".doc", ".odt", ".rtf", ".pdf")
_MOST_REMARKS = 60  # in to_confirm; the list that the command prints has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A letter made of a draft: what was made of each place, and what a person must look at."""

    folder: Path
    file: str
    language: str
    changes: int  # tracked insertions, deletions and moves, all accepted
    annexes: int
    noted: tuple[Noted, ...]
    comments: tuple[Comment, ...]
    facts: Facts
    links: dict[str, str]
    findings: tuple[Finding, ...]  # what prevents composing it, if anything does


def is_draft(name: str) -> bool:
    """Tell whether what stands after `--from` is a file of a word processor; else it is an earlier letter."""
    path = Path(name)
    return path.suffix.lower() in WORD_FILES or (path.suffix != "" and path.is_file())


def import_draft(desk: Desk, slug: str, path: Path, *, language: str = "", series: str = "") -> Imported:
    """Make a letter in the folder ``slug`` of the draft at ``path``.

    ``language`` is that of the draft; left out, it is told by the text. Raises InputError for a file that cannot be
    read or whose language is none of the office's, NotFoundError and RefusedError as `new` does; nothing is made then.
    """
    require_series(desk, series)
    folder = folder_to_make(desk, slug)
    draft = read_draft(_content(path), name=path.name)
    tag = _language(desk.office, draft, language, path.name)
    making = _Making(desk, slug, path.name, draft, office_locale(desk.office, tag), series)
    texts = making.texts()
    aside = folder.with_name(f".{slug}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        for name, text in texts.items():
            (aside / name).write_text(text, "utf-8")
        findings = making.prove(aside)
        (aside / "letter.toml").write_text(making.facts_file(), "utf-8")
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return Imported(
        folder=folder, file=path.name, language=tag, changes=draft.changes,
        annexes=len(making.framed.annexes), noted=making.all_noted(), comments=draft.comments,
        facts=making.stater.facts, links=making.stater.addresses.links, findings=findings,
    )  # fmt: skip


def _content(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise InputError(f"{path.name} is a folder.", hint="Name the draft itself: a file that ends in .docx.")
        if path.stat().st_size > MAX_FILE:
            raise InputError(
                f"{path.name} is larger than {MAX_FILE // 1_000_000} MB.",
                hint="Take the pictures out (they cannot stand in a letter), and save it again.",
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"There is no file {path}.", hint="Look at the name and the folder.") from None
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        raise InputError(f"{path.name} cannot be read: {reason}.", hint="Close it in Word; check its rights.") from None


def _language(office: Office, draft: Draft, given: str, name: str) -> str:
    if given and given not in office.languages:
        raise NotFoundError(f"The office does not write in «{given}».", hint=did_you_mean(given, office.languages))
    found = given or language_of(draft, office.languages)
    if not draft.text.strip():
        raise InputError(f"{name} holds no text.", hint="If its text is a picture or a scan, it must be typed.")
    if not found:
        raise InputError(f"Nobody can tell in which language {name} is written.", hint="Say it: --lang fr")
    return found


class _Making:
    """One draft becoming a letter."""

    def __init__(self, desk: Desk, slug: str, file: str, draft: Draft, locale: Locale, series: str) -> None:  # noqa: PLR0917 - what one import is about
        self.desk, self.slug, self.file, self.draft, self.locale, self.series = desk, slug, file, draft, locale, series
        office = desk.office
        self.framed: Framed = divide(draft.blocks, locale)
        self.matched: Matched = match_frame(self.framed, draft.margins, office, locale)
        self.written = self.matched.date or desk.today
        addresses = Addresses(locale.tag, office.contacts, self.matched.contacts)
        ours = [re.compile(_pattern(one.pattern)) for one in office.series.values()]
        self.stater = Stater(locale, self.written, office.zone, addresses, ours)
        self.writer = Writer(self.stater, draft.notes)
        self.proof: list[Noted] = []
        self._tell_taken()
        if other_script(draft, locale.tag):
            todo = "A letter is written in one language and translated: take the other out of body.md."
            self.proof.append(Noted("the draft", "", "a part of it is in another language", todo))

    def _tell_taken(self) -> None:
        """Tell if another letter has the draft's reference."""
        reference = self.matched.reference
        with self.desk.store.read() as connection:
            if reference and reference_taken(connection, reference, self.slug):
                todo = "Correct it in letter.toml: no two letters have the same."
                self.proof.append(Noted("the draft", reference, "the reference of another letter", todo))

    # Texts

    def texts(self) -> dict[str, str]:
        """Return the texts by file name, letter.toml as before the proof. Raises InputError if no text is left."""
        if not any(not isinstance(block, Paragraph) or block.text.strip() for block in self.framed.body):
            raise InputError(
                f"{self.file} has no text below its salutation.",
                hint="If it is a form or a table of addresses, begin with: circulars new; and copy the words.",
            )
        texts = {"body.md": self.writer.document(self.subject(), self.framed.body)}
        for number, annex in enumerate(self.framed.annexes, start=1):
            title = annex.title or (self.without_title(annex.label),)
            texts[f"annex-{number}.md"] = self.writer.document(title, annex.blocks)
        texts["letter.toml"] = self.facts_file()
        return texts

    def subject(self) -> tuple[Paragraph, ...]:
        if self.framed.subject_below:
            place, said = self.framed.subject[0].place, self.framed.subject[0].text
            self.proof.append(Noted(place, said, "the subject, which the letter prints above the salutation"))
        if self.framed.subject:
            return self.framed.subject
        words = self.locale.phrase("kind", str(self.matched.kind))
        todo = f"«{words}» stands there: write the subject at the top of body.md."
        self.proof.append(Noted("the draft", "", "no subject was found", todo))
        return (Paragraph(place="the subject", spans=(Span(words),)),)

    def without_title(self, label: Paragraph) -> Paragraph:
        words = self.locale.phrase("label", "annex")
        todo = f"«{words}» stands there: write its title at the top of the annex."
        self.proof.append(Noted(label.place, label.text, "an annex without a title", todo))
        return replace(label, spans=(Span(words),))

    def facts_file(self) -> str:
        """Return letter.toml."""
        office, matched = self.desk.office, self.matched
        self.stater.facts.where.update(self.stater.addresses.where)
        series = self.series or next(iter(office.series), "")
        if self.series and matched.reference:
            made = f"the series {self.series} numbers the letter instead"
            matched.noted.append(Noted("the draft", matched.reference, made))
        reference = matched.reference if not self.series else ""
        assumed = Assumed(
            file=self.file,
            date=self.written,
            place=matched.place or office.place,
            reference=reference or ("" if series else self.slug),
            series=series,
            source=self.locale.tag,
            languages=office.languages,
            signatory=matched.signatory or next(iter(office.signatories), ""),
            list_name=self.list_name(),
            remarks=tuple(self.remarks()),
        )
        return facts_text(matched, self.stater.facts, self.stater.addresses.links, assumed)

    def list_name(self) -> str:
        """Return the list that fits the salutation best; it is to be confirmed."""
        names = list_names(self.desk.office.folder / "recipients")
        wide = [name for name in names if name.startswith("stakeholder")]
        is_wide = self.matched.salutation == "individual" and wide
        return wide[0] if is_wide else next(iter(names), "ministers")

    # What a person must look at

    def all_noted(self) -> tuple[Noted, ...]:
        """Return what was made of each place, in the order of the draft as far as it has one."""
        left = [Noted(one.place, "", f"{one.what}: left behind", _instead(one.what)) for one in self.draft.left]
        noted = [
            *self.matched.noted, *left, *self._frame_notes(), *self.stater.noted, *self.stater.addresses.noted,
            *self.writer.noted, *self.proof,
        ]  # fmt: skip
        return tuple(sorted(dict.fromkeys(noted), key=lambda one: _number(one.place)))

    def _frame_notes(self) -> Iterator[Noted]:
        """Tell of footnotes that hang on lines of the frame, which cannot have them."""
        lines = [part.paragraph for part in (*self.framed.head, *self.framed.tail)]
        for line in lines:
            if any(span.note for span in line.spans):
                yield Noted(
                    line.place, line.text, "its footnote is left out", "The frame of a letter has no footnotes."
                )

    def remarks(self) -> Iterator[str]:
        """Yield what to_confirm says beside the names of facts: each thing to do, each comment."""
        told = ("events.", "deadlines.", "links.", "facts.")
        things = [
            f"{DRAFT}{one.place}: {_quoted(one.words)}{one.made}. {one.todo}"
            for one in self.all_noted()
            if one.todo and not one.made.startswith(told)
        ]
        things += [
            f"{DRAFT}{one.place}: {one.author or 'somebody'} remarks {_quoted(one.words, 'at ')}«{one.text[:200]}»"
            for one in self.draft.comments
        ]
        yield from things[:_MOST_REMARKS]
        if len(things) > _MOST_REMARKS:
            yield f"{DRAFT}{len(things) - _MOST_REMARKS} things more, which circulars new listed"

    # Proof

    def prove(self, aside: Path) -> tuple[Finding, ...]:
        """Compose the letter, note where its words are not those of the draft, and return what prevents composing."""
        letter, findings = read_letter(aside, self.desk.office)
        if letter is None:
            return findings
        class_name = letter.audiences[0].name
        composed, more = try_to_compose(letter, self.desk.office, language=letter.source, class_name=class_name)
        told = {one.words for one in self.matched.noted if one.todo}
        self.proof += differences(self.draft, self.framed, composed, told)
        own, shown = f"letters/{aside.name}/", f"letters/{self.slug}/"
        errors = [one for one in (*findings, *more) if one.level is Level.ERROR]
        return tuple(replace(one, file=one.file.replace(own, shown)) for one in errors)


def _instead(what: str) -> str:
    """Return what to do about a thing that a letter's text cannot hold."""
    if "mail-merge" in what:
        return "Write the addressee's column there: {{ recipient.… }}."
    return "Put it into the letterhead, into a file to attach, or into words."


def _pattern(pattern: str) -> str:
    parts: Sequence[str] = re.split(r"(\{\w+(?::[^}]*)?\})", pattern)
    return "".join(r"\d+" if part.startswith("{") else re.escape(part) for part in parts)


def _number(place: str) -> tuple[int, str]:
    digits = re.search(r"paragraph (\d+)", place)
    return (int(digits[1]) if digits else 0, "") if not place.startswith(("footnote", "endnote")) else (10**9, place)


def _quoted(words: str, before: str = "") -> str:
    shown = " ".join(words.split())
    return f"{before}«{shown[:80]}{'…' if len(shown) > 80 else ''}» " if shown else ""
