"""The frame around a letter's text: unit, date line, references, contacts, addressees, protocol, signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from letters.blocks import Inline, Text, Value
from letters.composed import ContactBlock, Line, SlotSpec
from letters.fields import name_in, shown_reference
from letters.model import Audience, Kind, Letter, Signature
from letters.notes import note_lines
from letters.places import letter_file
from letters.slots import Slots
from locales.locale import Locale
from locales.missing import MissingWords
from locales.protocol import Kind as WordKind
from locales.protocol import Wording
from office.errors import InputError
from office.findings import Finding, Level
from office.model import Contact, Office
from office.pictures import Picture, read_picture
from office.suggestions import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """How the addressees of a class are spoken to, in one language."""

    lead: str
    addressees: tuple[str, ...]
    address: Value | None
    salutation: Line
    closing: Line


class Frame:
    """Builds the frame of a letter in one language. Words that the language lacks are in ``findings``."""

    def __init__(self, letter: Letter, office: Office, locale: Locale) -> None:
        self.letter = letter
        self.office = office
        self.locale = locale
        self.findings: list[Finding] = []

    @property
    def is_note(self) -> bool:
        """A note verbale: in the third person, with sentences of its own for salutation and close, unsigned."""
        return self.letter.kind is Kind.NOTE_VERBALE

    def phrase(self, kind: str, key: str, *, at: str, gender: str = "") -> str:
        """Return a phrase; one that is missing is reported at the key ``at`` of letter.toml."""
        if not key:
            return ""
        try:
            return self.locale.phrase(kind, key, gender)
        except MissingWords as missing:
            self._report("missing-phrase", missing, self.letter.lines.get(at))
            return key

    def label(self, key: str, *, at: str) -> str:
        """Return a label with the house's colon."""
        return self.locale.typography.label(self.phrase("label", key, at=at))

    def unit(self) -> str:
        """Return the issuing unit."""
        return self.phrase("unit", self.letter.unit, at="unit")

    def date_line(self) -> str:
        """Return place and date."""
        self.phrase("place", self.letter.place, at="place")
        return self.locale.date_line(self.letter.place, self.letter.date)

    def references(self) -> tuple[tuple[str, str], ...]:
        """Return the references with their labels."""
        pairs = [("reference", shown_reference(self.letter, self.office))]
        pairs.append(("file-reference", self.letter.file_reference))
        return tuple((self.label(key, at="reference"), value) for key, value in pairs if value)

    def contacts(self) -> tuple[ContactBlock, ...]:
        """Return the blocks of those whom to ask."""
        return tuple(
            self._contact(self.office.contacts[key]) for key in self.letter.contacts if key in self.office.contacts
        )

    def _contact(self, contact: Contact) -> ContactBlock:
        lines = [("", self.locale.person(name_in(contact, self.locale.tag), contact.gender), "")]
        for key, value, scheme in (
            ("phone", contact.tel, "tel"),
            ("fax", contact.fax, ""),
            ("email", contact.email, "mailto"),
        ):
            if value:
                lines.append((self.label(key, at="contacts"), value, scheme))
        return ContactBlock(lines=tuple(lines))

    def signature_note(self) -> str:
        """Return «(original signed)», «(signed)» or nothing; «(signed)» is for outputs that do not show a facsimile."""
        way = self.letter.signature
        if self.is_note or way is Signature.NONE:
            return ""
        words = self.phrase("signature", str(Signature.SIGNED if way is Signature.FACSIMILE else way), at="signature")
        return words if words.startswith(("(", "（")) else f"({words})"

    def facsimile(self) -> Picture | None:
        """Return the picture of the signature if the letter shows one; what is in its way is reported."""
        signatory = self.office.signatories.get(self.letter.signatory)
        if self.is_note or self.letter.signature is not Signature.FACSIMILE or signatory is None:
            return None
        if not signatory.facsimile:
            message = f"the signatory «{signatory.key}» has no picture of the signature"
            hint = f'Write facsimile = "signature.png" below [signatories.{signatory.key}] in office.toml.'
            self._fault("facsimile-missing", message, f'{hint} Or choose signature = "signed".')
            return None
        try:
            return read_picture(self.office.folder / signatory.facsimile)
        except InputError as error:
            self._fault("facsimile-unreadable", str(error), error.hint)
            return None

    def _fault(self, code: str, message: str, hint: str) -> None:
        line = self.letter.lines.get("signature")
        file = letter_file(self.letter.slug)
        self.findings.append(Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=file, line=line))

    def copies_label(self) -> str:
        """Return «Copy:» or «Copies:»; nothing if nobody gets one."""
        copies = self.letter.copies
        return self.label("copy" if len(copies) == 1 else "copies", at="copies") if copies else ""

    def copies(self) -> tuple[str, ...]:
        """Return the lines of those who get a copy."""
        return tuple(self._copy(key, f"copies.{at}") for at, key in enumerate(self.letter.copies))

    def _copy(self, key: str, at: str) -> str:
        """Return whom a line names; the line itself may speak to them: «To the Permanent Missions»."""
        return self.phrase("copy" if self.locale.has_phrase("copy", key) else "line", key, at=at)

    def signatory(self) -> tuple[str, str]:
        """Return the signatory's name and title."""
        signatory = self.office.signatories.get(self.letter.signatory)
        if self.is_note or signatory is None:
            return "", ""
        title = self.phrase("title", signatory.title, at="signatory", gender=signatory.gender)
        return name_in(signatory, self.locale.tag), title

    def _addressees(self, audience: Audience) -> tuple[str, tuple[str, ...]]:
        """Return the line that introduces the others, if the first one has such a form, and the others."""
        keys = audience.lines
        lead = ""
        if len(keys) > 1 and self.locale.has_phrase("lead", keys[0]):
            lead, keys = self.locale.phrase("lead", keys[0]), keys[1:]
        return lead, tuple(self.phrase("line", key, at=self._key(audience, "lines")) for key in keys)

    def protocol(self, audience: Audience, slots: Slots) -> Protocol:
        """Return how a class is addressed; a personal salutation and close become slots."""
        lead, lines = self._addressees(audience)
        address = None
        if not audience.collective and not lines:
            address = Value(slots.number(self._address(audience)))
        if self.is_note:
            first, last = self._note(audience, slots)
            return Protocol(lead=lead, addressees=lines, address=address, salutation=first, closing=last)
        salutation, closing = self._words(audience, gender="", collective=audience.collective)
        if audience.collective:
            return Protocol(
                lead=lead, addressees=lines, address=address, salutation=_line(salutation), closing=_line(closing)
            )
        for gender in ("m", "f"):
            self._words(audience, gender=gender, collective=False)
        opening = SlotSpec(name="@salutation", role=audience.salutation, master=salutation)
        close = SlotSpec(name="@closing", role=audience.salutation, rank=audience.closing, master=closing)
        return Protocol(
            lead=lead,
            addressees=lines,
            address=address,
            salutation=(Value(slots.number(opening)),),
            closing=(Value(slots.number(close)),),
        )

    def _address(self, audience: Audience) -> SlotSpec:
        """Return the slot of the addressee's own address; in the copy for the file, all of the class are named."""
        everybody = self._checked("address", audience)
        return SlotSpec(name="@address", role=audience.salutation, master=everybody)

    def _note(self, audience: Audience, slots: Slots) -> tuple[Line, Line]:
        """Return the first and the last sentence of a note verbale."""
        everybody = self._checked("note-addressee", audience)
        addressee: Inline = Text(everybody)
        if not audience.collective:
            addressee = Value(slots.number(SlotSpec(name="@addressee", role=audience.salutation, master=everybody)))
        try:
            return note_lines(self.locale, self.office.name, addressee)
        except MissingWords as missing:
            self._report("missing-note-words", missing, self.letter.lines.get("kind"))
            return (), ()

    def _checked(self, kind: WordKind, audience: Audience) -> str:
        """Return a class's collective words of a kind; cells that its addressees need and miss are reported."""
        everybody = ""
        cells = [("", True)] if audience.collective else [("", True), ("m", False), ("f", False), ("", False)]
        for gender, collective in cells:
            try:
                word = self.locale.protocol.word(kind, audience.salutation, gender=gender, collective=collective)
                everybody = word.text if collective else everybody
            except MissingWords as missing:
                self._report(f"missing-{kind}", missing, self._line_of(audience, "salutation"))
        return everybody

    def _words(self, audience: Audience, *, gender: str, collective: bool) -> tuple[str, str]:
        """Return salutation and close; a cell that is missing in the tables is reported."""
        salutation, closing = Wording(text=""), ""
        try:
            salutation = self.locale.salutation(audience.salutation, gender=gender, collective=collective)
        except MissingWords as missing:
            self._report("missing-salutation", missing, self._line_of(audience, "salutation"))
        try:
            closing = self.locale.closing(audience.closing, salutation).text
        except MissingWords as missing:
            self._report("missing-closing", missing, self._line_of(audience, "closing"))
        return salutation.text, closing

    def _key(self, audience: Audience, key: str) -> str:
        return f"audience.{self.letter.audiences.index(audience)}.{key}"

    def _line_of(self, audience: Audience, key: str) -> int | None:
        return self.letter.lines.get(self._key(audience, key), audience.line)

    def _report(self, code: str, missing: MissingWords, line: int | None) -> None:
        known = self._known(missing.kind)
        key = missing.key.partition(".")[0]
        suggestion = did_you_mean(key, known) if key not in known else ""
        self.findings.append(
            Finding(
                level=Level.ERROR,
                code=code,
                message=str(missing),
                hint=" ".join(part for part in (suggestion, missing.hint) if part),
                file=letter_file(self.letter.slug),
                line=line,
            )
        )

    def _known(self, kind: str) -> Iterable[str]:
        """Return the keys that words of a kind have in this language."""
        match kind:
            case "salutation" | "address" | "position" | "reference" | "note-addressee":
                return self.locale.protocol.roles(kind)
            case "closing":
                return self.locale.ranks()
        return self.locale.keys(kind)


def _line(text: str) -> Line:
    return (Text(text),) if text else ()
