"""A letter's texts in one language: each segment translated, each fact printed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from letters.blocks import Block, Conditional, Emphasis, Field, Inline, Link, Strong, Text, Value, joined
from letters.daily import deadline_slot
from letters.fields import build_scope
from letters.footnotes import Footnotes
from letters.inline import Words, has_words, read_words, refused_address
from letters.markdown import Document, Place, Speak
from letters.model import Audience, Letter
from letters.places import catalogue_file, catalogue_path, letter_file
from letters.printing import ANYBODY, EVERYBODY, Printing
from letters.segment_marks import number_mark
from letters.segments import TEXTS_CONTEXT, read_text
from letters.slots import Slots, require_addressee
from locales.catalogue import Catalogue, Entry, fold, read_catalogue
from locales.locale import Locale, office_locale
from office.expressions import Expression, ExpressionError
from office.findings import Finding, Level
from office.model import Office
from office.suggestions import did_you_mean

KEPT_IN_ADDRESSES = "/@:?&=#%+,;!$'()*~[]"  # what an address may hold beside letters and digits (RFC 3986, section 2)


class Voice:
    """Speaks for one letter in one language. ``findings`` and ``slots`` grow with every text that is read.

    ``deadlines_move``: a field that prints a deadline becomes a slot, as a reminder may have to state a later one.
    ``audience`` is the class that «courtesy» goes by. ``first_slot`` is the number of the first slot: in a bilingual
    letter, the second language counts on. ``numbers`` puts a mark before each segment (`letters.segment_marks`).
    ``is_verbatim``: the texts are in this language already, whatever the letter's source, and are read as they stand.
    ``footnotes`` counts on from what was read before.
    """

    def __init__(
        self,
        letter: Letter,
        office: Office,
        language: str,
        *,
        audience: Audience | None = None,
        deadlines_move: bool = False,
        first_slot: int = 0,
        numbers: Mapping[tuple[str, str], int] | None = None,
        is_verbatim: bool = False,
        footnotes: Footnotes | None = None,
    ) -> None:
        self.letter = letter
        self.office = office
        self.language = language
        self.is_source = language == letter.source
        self._is_verbatim = is_verbatim
        self._audience = audience
        self._deadlines_move = deadlines_move
        self._numbers = numbers or {}
        self.findings: list[Finding] = []
        self.locale: Locale = office_locale(office, language)
        self.slots = Slots(self.locale, first=first_slot)
        self.footnotes = footnotes or Footnotes()
        path = catalogue_path(letter.slug, office, language)
        self.file = catalogue_file(letter.slug, language)
        self.catalogue = Catalogue(path=path) if self.is_source else read_catalogue(path)
        self.findings.extend(self.catalogue.findings)
        self.printing = Printing(self.locale)
        self.texts: Mapping[str, str] = self._texts()
        self.scope = build_scope(letter, office, self.locale, self.texts)

    def document(self, stem: str) -> Document:
        """Read one of the letter's texts, with every fact printed and every condition on facts decided."""
        file = letter_file(self.letter.slug, f"{stem}.md")
        document = read_text(self.letter, self.office, stem, self._speak(stem, file))
        self.findings.extend(document.findings)
        lines = {id(condition): line for condition, line in document.conditions}
        decided = replace(document, blocks=self._decided(document.blocks, file, lines))
        numbered, faults = self.footnotes.numbered(decided)
        self.findings.extend(faults)
        return numbered

    # Translation

    def _texts(self) -> dict[str, str]:
        texts: dict[str, str] = {}
        for key, text in self.letter.texts.items():
            file, line = letter_file(self.letter.slug), self.letter.lines.get(f"texts.{key}")
            entry = self._entry(TEXTS_CONTEXT, text, file, line)
            texts[key] = entry.msgstr if entry is not None else text
        return texts

    def _speak(self, stem: str, file: str) -> Speak:
        def speak(place: Place) -> Words:
            entry = self._entry(stem, place.msgid, file, place.line)
            words = read_words(entry.msgstr if entry is not None else place.source)
            shown, line = (self.file, entry.line) if entry is not None else (file, place.line)
            for fault in words.faults:
                at = line + fault.line if line is not None and entry is None else line
                self._add(Level.ERROR, fault.code, fault.message, fault.hint, shown, at)
            return Words((*self._number(stem, place, entry), *self._printed(words.children, shown, line)))

        return speak

    def _number(self, stem: str, place: Place, entry: Entry | None) -> tuple[Inline, ...]:
        number = self._numbers.get((stem, fold(place.msgid)))
        if number is None:
            return ()
        is_new = entry is None and not self.is_source and has_words(place.msgid)
        return (Text(number_mark(number, "new" if is_new else "to revise" if entry and entry.to_revise else "")),)

    def _entry(self, context: str, msgid: str, file: str, line: int | None) -> Entry | None:
        """Return the translation to use, or None for the source's own words; what is missing is reported."""
        if self.is_source:
            return None
        entry = self.catalogue.find(context, msgid)
        if self._is_verbatim:
            return entry if context == TEXTS_CONTEXT and entry is not None and entry.msgstr.strip() else None
        if entry is not None and entry.msgstr.strip():
            if entry.to_revise:
                message = f"the translation of «{_beginning(msgid)}» is to be revised"
                hint = "Compare it with the source, correct it and take the mark off."
                self._add(Level.ERROR, "segment-to-revise", message, hint, self.file, entry.line)
            return entry
        if has_words(msgid):
            message = f"«{_beginning(msgid)}» has no translation into «{self.language}»"
            hint = f"Translate it in {self.file}; circulars translate export brings that file up to date."
            place = (self.file, entry.line) if entry is not None else (file, line)
            self._add(Level.ERROR, "segment-missing", message, hint, *place)
        return None

    # Facts

    def _printed(self, children: Iterable[Inline], file: str, line: int | None) -> tuple[Inline, ...]:
        printed: list[Inline] = []
        abbreviated = False  # the last child is a fact that ends with the full stop of an abbreviation, «г.»
        for child in children:
            made = self._print(child, file, line)
            if abbreviated and isinstance(made, Text) and made.text.startswith(".") and not made.text.startswith(".."):
                made = Text(made.text[1:])  # which serves for the sentence as well
            abbreviated = self._is_abbreviated(child, made)
            printed.append(made)
        return joined(printed)

    def _is_abbreviated(self, child: Inline, made: Inline) -> bool:
        """Tell whether what is printed ends with a fact's own full stop."""
        match child, made:
            case Field(), Text(text=text):
                return text.endswith(".")
            case Field(), Value(index=index):  # a deadline that may move is printed in the same form
                return str(self.slots.master(index)).endswith(".")
            case (
                (Strong(children=(*_, last)), Strong(children=(*_, end)))
                | (Emphasis(children=(*_, last)), Emphasis(children=(*_, end)))
                | (Link(children=(*_, last)), Link(children=(*_, end)))
            ):
                return self._is_abbreviated(last, end)
        return False

    def _print(self, inline: Inline, file: str, line: int | None) -> Inline:
        match inline:
            case Field(expression=expression):
                return self._value(expression, file, line)
            case Strong(children=children):
                return Strong(self._printed(children, file, line))
            case Emphasis(children=children):
                return Emphasis(self._printed(children, file, line))
            case Link():
                return self._link(inline, file, line)
        return inline

    def _value(self, expression: Expression, file: str, line: int | None) -> Text | Value:
        try:
            if expression.reads("recipient"):
                return self._of_addressee(expression)
            printed = self.printing.text(expression.evaluate(self.scope, self.printing.filters))
            if self._deadlines_move and expression.reads("deadlines"):
                return Value(self.slots.number(deadline_slot(expression, self.letter.deadlines, printed)))
            return Text(printed)
        except ExpressionError as error:
            self._report(error, expression, file, line)
            return Text(f"{{{{ {expression.source} }}}}")

    def _of_addressee(self, expression: Expression) -> Text | Value:
        """Return a slot; for «courtesy» in a letter to all of a class, how they are spoken of together."""
        if "courtesy" not in expression.filters or self._audience is None:
            return Value(self.slots.text(expression))
        require_addressee(expression)
        role, collective = self._audience.salutation, self._audience.collective
        anybody = {"recipient": {ANYBODY: role, EVERYBODY: collective}}
        said = self.printing.text(expression.evaluate(anybody, self.printing.filters))
        return Text(said) if collective else Value(self.slots.text(expression, role=role, master=said))

    def _link(self, link: Link, file: str, line: int | None) -> Inline:
        target: list[Text | Value] = []
        for part in link.target:
            made = self._value(part.expression, file, line) if isinstance(part, Field) else part
            if isinstance(made, Text) and isinstance(part, Field) and target:
                made = Text(quote(made.text, safe=KEPT_IN_ADDRESSES))
            if isinstance(made, Text) and target and isinstance(target[-1], Text):
                target[-1] = Text(target[-1].text + made.text)
            else:
                target.append(made)
        first = target[0]
        reason = refused_address(first.text, whole=len(target) == 1) if isinstance(first, Text) else ""
        if reason and isinstance(first, Text) and "{{" not in first.text:
            hint = "A link leads to an address of the web or to a mailbox: {{ links.… }} or https://…"
            self._add(Level.ERROR, "bad-link", f"the link «{first.text[:80]}» {reason}", hint, file, line)
        return Link(tuple(target), self._printed(link.children, file, line))

    def _decided(self, blocks: Sequence[Block], file: str, lines: dict[int, int]) -> tuple[Block, ...]:
        """Decide the conditions that read facts; those that read the addressee become branches."""
        decided: list[Block] = []
        for block in blocks:
            if not isinstance(block, Conditional) or isinstance(block.condition, int):
                decided.append(block)
                continue
            then, otherwise = (self._decided(part, file, lines) for part in (block.then, block.otherwise))
            condition = block.condition
            try:
                if condition.reads("recipient"):
                    decided.append(Conditional(self.slots.truth(condition), then, otherwise))
                else:
                    is_true = bool(condition.evaluate(self.scope, self.printing.filters))
                    decided.extend(then if is_true else otherwise)
            except ExpressionError as error:
                self._report(error, condition, file, lines.get(id(condition)))
        return tuple(decided)

    # Findings

    def _report(self, error: ExpressionError, expression: Expression, file: str, line: int | None) -> None:
        if any(".".join(path[:2]) in self.letter.undated for path in expression.paths):
            return  # letter.toml has that finding: one for all languages
        if error.name:
            code, hint = "unknown-field", did_you_mean(error.name, error.known)
        else:
            code, hint = "bad-field", "docs/secretariat.md lists what fields can print."
        message = error.message if error.name else f"{{{{ {expression.source} }}}}: {error.message}"
        self._add(Level.ERROR, code, message, hint or "Describe it in letter.toml, or correct the name.", file, line)

    def _add(self, level: Level, code: str, message: str, hint: str, file: str, line: int | None) -> None:  # noqa: PLR0917 - a finding has as many parts
        self.findings.append(Finding(level=level, code=code, message=message, hint=hint, file=file, line=line))


def _beginning(text: str) -> str:
    """Return enough of a text to recognise it by."""
    return text if len(text) <= 50 else text[:49].rstrip() + "…"
