"""Web addresses, mailboxes, telephone numbers of a draft: links of the letter, and contacts of the office."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from letters.drafts.model import Noted, Paragraph
from letters.inline import refused_address
from letters.reading_facts import MAX_LINK
from locales.addresses import MAILBOX, WEB_ADDRESS
from office.model import Contact

_PHONE = re.compile(r"(?<![\w/])\+\d[\d ().-]{6,}\d")
_MARKS = ".,;:!?'’"
_NOT_IN_LINKS = re.compile(r"[\s<>\"\\^`|{}]")


@dataclass(slots=True)
class Addresses:
    """The addresses that a draft names; ``chosen`` are the letter's contacts, which come before others."""

    language: str
    contacts: Mapping[str, Contact]
    chosen: tuple[str, ...] = ()
    links: dict[str, str] = field(default_factory=dict)
    where: dict[str, tuple[str, str]] = field(default_factory=dict)
    noted: list[Noted] = field(default_factory=list)

    def puts(
        self, paragraph: Paragraph, text: str, linked: Sequence[tuple[int, int]]
    ) -> Iterator[tuple[int, int, str, str]]:
        """Yield (start, end, Markdown, what it prints) for the addresses that are typed in a paragraph.

        Those that are ``linked`` already are left alone.
        """
        for start, end in linked:
            text = text[:start] + " " * (end - start) + text[end:]
        taken: list[tuple[int, int]] = []
        for match in WEB_ADDRESS.finditer(text):
            address = match[0].rstrip(_MARKS)
            start, end = match.start(), match.start() + len(address)
            taken.append((start, end))
            key = self.known(address) or self.link(address if "://" in address else f"https://{address}", paragraph)
            if key and "://" in address:
                yield start, end, f"{{{{ links.{key} }}}}", address
            elif key:
                made = f"links.{key}, taken to begin with https://"
                self.noted.append(Noted(paragraph.place, address, made, "Try the address."))
                yield start, end, f"[{escaped_address(address)}]({{{{ links.{key} }}}})", address
        for match in MAILBOX.finditer(text):
            if any(start <= match.start() < end for start, end in taken):
                continue
            contact = self.contact(email=match[0])
            if contact:
                yield match.start(), match.end(), f"{{{{ contacts.{contact}.email }}}}", match[0]
            else:
                todo = "Add a contact to office.toml, and print {{ contacts.….email }}."
                self.noted.append(Noted(paragraph.place, match[0], "a mailbox of nobody in office.toml", todo))
        for match in _PHONE.finditer(text):
            contact = self.contact(tel=match[0])
            if contact and self.contacts[contact.replace("_", "-")].tel == match[0]:
                yield match.start(), match.end(), f"{{{{ contacts.{contact}.tel }}}}", match[0]
            else:
                todo = "Add a contact to office.toml, and print {{ contacts.….tel }}."
                self.noted.append(Noted(paragraph.place, match[0], "a number of nobody in office.toml", todo))
                yield match.start(), match.end(), "", match[0]  # no figure of the letter either

    def target(self, address: str, words: str, paragraph: Paragraph) -> str:
        """Return what a link leads to, as Markdown has it between brackets; empty if a letter cannot lead there."""
        if address.lower().startswith("mailto:"):
            mailbox = address[7:].partition("?")[0]
            contact = self.contact(email=mailbox)
            if contact:
                return f"mailto:{{{{ contacts.{contact}.email }}}}"
            return f"mailto:{mailbox}" if MAILBOX.fullmatch(mailbox) else self.refuse(address, words, paragraph)
        key = self.link(address, paragraph)
        return f"{{{{ links.{key} }}}}" if key else self.refuse(address, words, paragraph)

    def refuse(self, address: str, words: str, paragraph: Paragraph) -> str:
        """Tell of a link that a letter cannot have: to a file, to a place in the draft."""
        made = f"a link to «{address[:80]}», left out; its words stay"
        self.noted.append(Noted(paragraph.place, words, made, "Link it to an address that begins with https://."))
        return ""

    def link(self, address: str, paragraph: Paragraph) -> str:
        """Return the key of a web address; empty for what is none."""
        try:
            is_web = refused_address(address) == "" and urlsplit(address).scheme in {"http", "https"}
            host = urlsplit(address).hostname if is_web else None
        except ValueError:
            host = None
        if not host or len(address) > MAX_LINK or _NOT_IN_LINKS.search(address):
            return ""
        own = self.per_language(address)
        for key, known in self.links.items():
            if known == own:
                return key
        key = self.new_key(address)
        self.links[key] = own
        self.where[f"links.{key}"] = paragraph.place, address
        todo = "Does each language have its own page there? Then keep {lang}." if own != address else ""
        self.noted.append(Noted(paragraph.place, address, f"links.{key} = {own}", todo))
        return key

    def known(self, address: str) -> str:
        """Return the link that an address without http:// stands for, if the draft has it elsewhere with it."""
        wanted = (f"http://{address}", f"https://{address}") if "://" not in address else ()
        own = {self.per_language(one).rstrip("/") for one in wanted}
        return next((key for key, link in self.links.items() if link.rstrip("/") in own), "")

    def per_language(self, address: str) -> str:
        """Return an address with {lang} in the place of the draft's language, where that is a part of its path."""
        head, slash, path = address.partition("://")[2].partition("/")
        scheme = address.partition("://")[0]
        parts = ["{lang}" if part == self.language else part for part in re.split(r"([/?#&=])", path)]
        return f"{scheme}://{head}{slash}{''.join(parts)}"

    def new_key(self, address: str) -> str:
        """Return a name made of the last word of the path, else of the web site."""
        parts = urlsplit(address)
        words = [word for word in re.split(r"[^A-Za-z0-9]+", parts.path) if len(word) > 2 and word[0].isalpha()]
        site = [word for word in (parts.hostname or "").split(".") if word not in {"www", "http"}]
        named = re.sub(r"[^a-z0-9]+", "_", (words or site or ["link"])[-1 if words else 0].lower()).strip("_")
        named = named if named[:1].isalpha() else f"link_{named}".rstrip("_")
        number = 1
        while (key := named if number == 1 else f"{named}_{number}") in self.links:
            number += 1
        return key

    def contact(self, *, email: str = "", tel: str = "") -> str:
        """Return the contact with a mailbox or telephone, as fields name it; empty if there is none."""
        digits = re.sub(r"\D", "", tel)
        ordered = [*self.chosen, *(key for key in self.contacts if key not in self.chosen)]
        for key in ordered:
            contact = self.contacts[key]
            if (email and contact.email == email) or (digits and re.sub(r"\D", "", contact.tel) == digits):
                return key.replace("-", "_")
        return ""


def escaped_address(address: str) -> str:
    """Return an address as words of Markdown."""
    return re.sub(r"([\\`*_\[\]<>&|~{}%#])", r"\\\1", address)
