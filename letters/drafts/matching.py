"""The frame of a draft matched with what the office has: keys of its signatories, contacts, places, lines, protocol."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from letters.drafts.framing import Framed, Part, plain
from letters.drafts.model import Noted, Paragraph
from letters.drafts.words import ORIGINAL
from letters.fields import name_in
from letters.model import Kind, Signature
from letters.reading import DEFAULT_CLOSING, DEFAULT_SALUTATION, MAX_REFERENCE
from locales.addresses import MAILBOX
from locales.date_reading import read_dates
from locales.locale import Locale
from office.model import Contact, Office

_USUAL = (DEFAULT_SALUTATION, "minister", "ambassador")
_MOST_COLLECTIVE = ("collective", "unknown", "f", "m")  # which cell a salutation is taken for, the widest first


@dataclass(kw_only=True)
class Matched:
    """What letter.toml can say of the frame. ``proposed`` are lines for a person to take over, as comments.

    An empty value is one that the draft does not give, or that the office does not know.
    """

    date: date | None = None
    place: str = ""
    unit: str = ""
    kind: Kind = Kind.CIRCULAR
    reference: str = ""
    file_reference: str = ""
    signatory: str = ""
    signature: Signature = Signature.NONE
    contacts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    salutation: str = DEFAULT_SALUTATION
    personal: bool = False
    closing: str = DEFAULT_CLOSING
    copies: tuple[str, ...] = ()
    proposed: list[str] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)  # keys of letter.toml


def match_frame(framed: Framed, margins: Iterable[str], office: Office, locale: Locale) -> Matched:
    """Match a draft's frame; what cannot be matched is noted, with what to do."""
    matcher = _Matcher(framed, tuple(margins), office, locale)
    matcher.match()
    return matcher.found


def _rarity(role: str) -> int:
    """Return how late a role is thought of where several are greeted in the same words."""
    return _USUAL.index(role) if role in _USUAL else len(_USUAL)


class _Matcher:
    def __init__(self, framed: Framed, margins: tuple[str, ...], office: Office, locale: Locale) -> None:
        self.framed = framed
        self.margins = margins
        self.office = office
        self.locale = locale
        self.found = Matched()
        self.used: set[int] = set()  # parts, by identity

    def match(self) -> None:
        """Match everything."""
        self.dated()
        self.references()
        self.units()
        self.contacts()
        self.addressees()
        self.spoken_to()
        self.signed()
        self.copied()
        self.kinds()
        for part in (*self.framed.head, *self.framed.tail):
            if id(part) not in self.used:
                self.lose(part)

    def note(self, part: Part, made: str, todo: str = "") -> None:
        self.used.add(id(part))
        self.found.noted.append(Noted(part.paragraph.place, part.text, made, todo))

    def lose(self, part: Part) -> None:
        """Tell of a line that has no place in a letter's facts."""
        self.found.proposed.append(f"{part.paragraph.place}: {part.text}")
        self.note(part, "left out", "The letter does not print it. If it matters, put it into the text or letter.toml.")

    def key_of(self, kind: str, text: str) -> str:
        """Return the key of the phrase that says ``text``; empty if none does."""
        wanted = plain(text)
        for key in sorted(self.locale.keys(kind)):
            said = {plain(self.locale.phrase(kind, key, gender)) for gender in ("", "m", "f")}
            if wanted and wanted in said:
                return key
        return ""

    # Date and references

    def dated(self) -> None:
        for part in self.framed.of("date-line", "date"):
            dates = read_dates(part.text, self.locale)
            day = dates[0].first if dates else None
            if not isinstance(day, date) or self.found.date is not None:
                continue
            self.found.date = day
            rest = part.text[: dates[0].start] + " " + part.text[dates[0].end :]
            place = re.sub(r"^[\W_]+|[\W_]+(?:le|el|den)?[\W_]*$", "", rest.strip())
            key = self.key_of("place", place) if place else self.office.place
            if key:
                self.found.place = key
                self.note(part, f"date = {day}, place = {key}")
            else:
                self.found.proposed.append(f'place = "{place}"  # its name in each language: locales/…/frame.po')
                self.note(
                    part, f"date = {day}", f"The office has no place «{place}»: add it to its frame.po, or correct it."
                )
        if self.found.date is None:
            self.found.unconfirmed.append("date")
            self.found.noted.append(
                Noted("the draft", "", "no date was found; today's stands there", "Set date in letter.toml.")
            )

    def references(self) -> None:
        values = [part for part in self.framed.of("reference") if 0 < len(part.text) <= MAX_REFERENCE]
        loose = [part for part in self.framed.of("unknown") if self.is_ours(part.text)]
        for part in values or loose[:1]:
            if not self.found.reference:
                self.found.reference = part.text
                self.note(part, f"reference = {part.text}")
            elif not self.found.file_reference:
                self.found.file_reference = part.text
                self.note(part, f"file_reference = {part.text}")
        for part in self.framed.of("file-reference"):
            self.found.file_reference = self.found.file_reference or part.text
            self.note(part, f"file_reference = {part.text}")
        if not self.found.reference:
            words = [word for line in self.margins for word in line.split()]
            self.found.reference = next((word for word in words if self.is_ours(word)), "")
            if self.found.reference:
                made = f"reference = {self.found.reference}, found in a header or footer"
                self.found.noted.append(Noted("the draft", self.found.reference, made, "Is it this letter's own?"))
            else:
                todo = 'If it has one: reference = "…" in letter.toml, in the place of series.'
                self.found.noted.append(Noted("the draft", "", "no reference was found", todo))

    def is_ours(self, text: str) -> bool:
        return any(series.has_made(text) for series in self.office.series.values())

    def units(self) -> None:
        """Find the unit among the lines of the head and the headers; what the letterhead prints is no line to lose."""
        office_name = {plain(self.office.name), plain(self.locale.phrase("office", self.office.name))}
        for line in self.margins:
            self.found.unit = self.found.unit or self.key_of("unit", line)
        for part in self.framed.head:
            if part.kind != "unknown":
                continue
            if plain(part.text) in office_name:
                self.note(part, "the letterhead prints it")
            elif key := self.key_of("unit", part.text):
                self.found.unit = key
                self.note(part, f"unit = {key}")

    # Contacts and addressees

    def contacts(self) -> None:
        groups: list[dict[str, Part]] = []
        for part in self.framed.head:
            if part.kind not in {"contact", "phone", "fax", "email"} or id(part) in self.used:
                continue
            if part.kind == "contact" or not groups or part.kind in groups[-1]:
                groups.append({})
            groups[-1][part.kind] = part
        for group in groups:
            self.contact(group)

    def contact(self, group: dict[str, Part]) -> None:
        said = {kind: part.text for kind, part in group.items()}
        key = self.known_contact(said)
        if key:
            self.found.contacts = (*self.found.contacts, key)
            self.found.unconfirmed.append("contacts")
            for part in group.values():
                self.note(part, f"contacts = {key}")
            return
        name, gender = self.without_courtesy(said.get("contact", ""))
        values = {"name": name or "?", "gender": gender, "tel": said.get("phone", ""), "fax": said.get("fax", "")}
        mailbox = MAILBOX.search(said.get("email", ""))
        values["email"] = mailbox[0] if mailbox else ""
        lines = [f'{what} = "{value}"' for what, value in values.items() if value]
        self.found.proposed += ['For office.toml, and then contacts = ["…"] here:', "[contacts.…]", *lines]
        for part in group.values():
            self.note(
                part,
                "a contact that office.toml does not have",
                "Take it over from the end of letter.toml, then name it.",
            )

    def known_contact(self, said: dict[str, str]) -> str:
        """Return the contact that fits best, by mailbox, telephone and name; two of the three, or all that is said."""
        scores = {key: self.fit(contact, said) for key, contact in self.office.contacts.items()}
        best = max(scores, key=lambda key: scores[key], default="")
        given = sum(1 for kind in ("contact", "phone", "email") if said.get(kind))
        return best if best and scores[best] >= min(2, given) and scores[best] > 0 else ""

    def fit(self, contact: Contact, said: dict[str, str]) -> int:
        name, _ = self.without_courtesy(said.get("contact", ""))
        names = {plain(contact.name), *(plain(other) for other in contact.names.values())} - {""}
        phone = re.sub(r"\D", "", said.get("phone", ""))
        return (
            2 * (plain(name) in names)
            + (bool(phone) and phone == re.sub(r"\D", "", contact.tel))
            + (bool(contact.email) and contact.email.lower() in said.get("email", "").lower())
        )

    def without_courtesy(self, text: str) -> tuple[str, str]:
        """Return a person's name without «Mme» or «M.», and the gender that it told."""
        for gender in ("f", "m"):
            before, _, after = self.locale.person("\0", gender).partition("\0")
            if text.startswith(before) and text.endswith(after) and (before or after):
                return text[len(before) : len(text) - len(after)].strip(), gender
        return text, ""

    def addressees(self) -> None:
        keys: list[str] = []
        for part in self.framed.head:
            if part.kind != "unknown" or id(part) in self.used:
                continue
            bare = re.sub(r"^[•·–—*-]\s+", "", part.text)
            key = self.key_of("line", bare) or self.key_of("lead", bare)
            if key and key not in keys:
                keys.append(key)
                self.note(part, f"lines = {key}")
        self.found.lines = tuple(keys)

    # Protocol and signature

    def spoken_to(self) -> None:
        salutation = self.framed.salutation
        if salutation is None:
            self.found.unconfirmed.append("audience")
            todo = "Choose the salutation in letter.toml."
            self.found.noted.append(Noted("the draft", "", "no salutation was found", todo))
            self.note_verbale()
        else:
            self.salutation(salutation.place, " ".join(salutation.text.split()))
        closing = self.framed.closing
        if closing is not None:
            self.close(closing.place, " ".join(closing.text.split()))
        else:
            todo = "Choose the close in letter.toml."
            self.found.noted.append(Noted("the draft", "", "no complimentary close was found", todo))

    def note_verbale(self) -> None:
        """Tell of the first sentence of a note verbale, which such a letter prints itself."""
        words = plain(self.locale.phrase("note-verbale", "compliments"))
        for block in self.framed.body[:3]:
            if isinstance(block, Paragraph) and words and words in plain(block.text):
                todo = 'If so: kind = "note-verbale" in letter.toml, and its first and last sentence out of body.md.'
                self.found.noted.append(Noted(block.place, block.text[:60], "this looks like a note verbale", todo))

    def salutation(self, place: str, text: str) -> None:
        wanted = plain(text)
        addressed = " ".join(self.found.lines)  # «ministers» where several are greeted alike
        fitting = [
            (role not in addressed, _MOST_COLLECTIVE.index(cell), _rarity(role), role, cell)
            for (kind, role, cell), word in self.locale.protocol.words.items()
            if kind == "salutation" and wanted and plain(word.text) == wanted
        ]
        self.found.unconfirmed.append("audience")
        if not fitting:
            made = f"salutation = {DEFAULT_SALUTATION}, whose words are others"
            todo = "No role is greeted like this: choose one in letter.toml, or add yours to protocol.toml."
            self.found.noted.append(Noted(place, text, made, todo))
            return
        *_, role, cell = min(fitting)
        self.found.salutation, self.found.personal = role, cell in {"m", "f"}
        address = "personal" if self.found.personal else "collective"
        self.found.noted.append(Noted(place, text, f"salutation = {role}, address = {address}"))

    def close(self, place: str, text: str) -> None:
        ranks = {rank: set(self.closings(rank)) for rank in self.locale.protocol.closings}
        exact = next((rank for rank, said in ranks.items() if plain(text) in said), "")
        if exact:
            self.found.closing = exact
            self.found.noted.append(Noted(place, text, f"closing = {exact}"))
            return

        def likeness(rank: str) -> float:
            return max((SequenceMatcher(None, plain(text), said).ratio() for said in ranks[rank]), default=0.0)

        self.found.closing = max(ranks, key=likeness, default=DEFAULT_CLOSING)
        todo = "The house closes in other words: choose the rank in letter.toml."
        self.found.noted.append(Noted(place, text, f"closing = {self.found.closing}, the nearest", todo))

    def closings(self, rank: str) -> Iterator[str]:
        """Yield the words of a rank after the salutation that was found, in the singular and plural."""
        for cell in ("collective", "unknown", "m", "f"):
            word = self.locale.protocol.words.get(("salutation", self.found.salutation, cell))
            if word is not None:
                yield plain(self.locale.protocol.closing(rank, word).text)

    def signed(self) -> None:
        for part in self.framed.of("signature"):
            original = ORIGINAL.search(part.text) is not None
            self.found.signature = Signature.ORIGINAL_SIGNED if original else Signature.SIGNED
            self.note(part, f"signature = {self.found.signature}")
        names, titles = self.framed.of("name"), self.framed.of("title")
        key = self.signatory(names, titles)
        self.found.signatory = key
        if not key:
            self.found.unconfirmed.append("signatory")
            todo = "Describe who signs in office.toml, and name the key here as signatory."
            for part in (*names, *titles):
                self.found.proposed.append(f"signed: {part.text}")
                self.note(part, "a signatory whom office.toml does not have", todo)
            return
        for part in (*names, *titles):
            self.note(part, f"signatory = {key}")

    def signatory(self, names: tuple[Part, ...], titles: tuple[Part, ...]) -> str:
        """Return who signs, by name; of several of one name, by the title."""
        for part in (*names, *titles):
            fitting = [
                key
                for key, person in self.office.signatories.items()
                if plain(part.text) in {plain(person.name), plain(name_in(person, self.locale.tag))}
            ]
            if fitting:
                return fitting[0]
        return ""

    def copied(self) -> None:
        for part in self.framed.of("copy"):
            key = self.key_of("line", part.text)
            if key:
                self.found.copies = (*self.found.copies, key)
                self.note(part, f"copies = {key}")
            else:
                self.found.proposed.append(f"copy to: {part.text}")
                todo = "Add a line for them to the office's frame.po, and its key to copies in letter.toml."
                self.note(part, "a copy to somebody whom the office has no line for", todo)

    def kinds(self) -> None:
        """Tell the kind by the first words of the subject or a line of the head."""
        said = [line.text for line in self.framed.subject] + [part.text for part in self.framed.head]
        for kind in Kind:
            words = plain(self.locale.phrase("kind", kind)) if self.locale.has_phrase("kind", kind) else ""
            if words and any(plain(line).startswith(words) for line in said):
                self.found.kind = Kind.CIRCULAR if kind is Kind.NOTE_VERBALE else kind
        for part in self.framed.head:
            if id(part) not in self.used and self.key_of("kind", part.text):
                self.note(part, f"kind = {self.found.kind}, which the letter does not print")
