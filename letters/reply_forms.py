"""The reply form of a letter: an annex in which a party ticks and writes what it answers, and sends back.

The words are those of reply-form.md, or the built-in ones of the language: for each ask that can be answered by mail
or by post, what may be ticked and where to write; below, who answers. It holds no field of the addressee, so that it
is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from letters.blocks import Block, Heading, Inline, Link, List, ListItem, Paragraph, Text, joined
from letters.composed import Line
from letters.daily import due_words
from letters.fields import shown_reference
from letters.frame import Frame
from letters.model import Ask, Letter
from letters.phrasing import ask_name, filled
from letters.printing import to_be_confirmed
from letters.wording import Voice
from office.model import Office

BLANK = "_" * 30  # a line to write on
# What can be ticked for an ask, and the lines to write on below; keys of the phrases «reply-form».
_CHOICES = {
    "attendance": ("will-attend", "will-not-attend"),
    "statement": ("will-speak", "will-not-speak"),
    "contribution": ("contribution-attached", "contribution-follows", "no-contribution"),
    "nomination": ("nominates", "no-nomination"),
    "registration": ("registers", "no-registration"),
    "information": ("information-attached", "no-information"),
}
_LINES = {
    "statement": ("speaker",),
    "nomination": ("name", "function", "email"),
    "registration": ("name", "function", "email"),
    "information": ("remarks",),
}
_SIGNING = ("party", "name", "function", "date", "signature")


def asks_on_form(letter: Letter) -> tuple[Ask, ...]:
    """Return the asks that a form can answer: by mail or by post; those answered on the web alone are left out."""
    return tuple(ask for ask in letter.asks if {"mail", "post"} & set(ask.reply))


def return_addresses(letter: Letter, office: Office) -> tuple[str, ...]:
    """Return the mail addresses to which the form goes back: the contacts', else that for replies."""
    contacts = (office.contacts.get(key) for key in letter.contacts)
    found = dict.fromkeys(contact.email for contact in contacts if contact is not None and contact.email)
    return tuple(found) or (office.mail.reply,)


class ReplyForm:
    """Writes the built-in form in one language."""

    def __init__(self, voice: Voice, frame: Frame) -> None:
        self.voice = voice
        self.frame = frame
        self.letter = voice.letter
        self.locale = voice.locale

    def title(self) -> tuple[Line, ...]:
        """Return the title, below the annex's label."""
        return ((Text(self._phrase("title")),),)

    def blocks(self) -> tuple[Block, ...]:
        """Return the form."""
        reference = Text(shown_reference(self.letter, self.voice.office))
        about = {"reference": reference, "date": Text(self.locale.date(self.letter.date))}
        return (
            Paragraph(filled(self._phrase("about"), about)),
            self._return(),
            *(block for ask in asks_on_form(self.letter) for block in self._ask(ask)),
            *(self._line(key) for key in _SIGNING),
        )

    def _return(self) -> Paragraph:
        addresses = return_addresses(self.letter, self.voice.office)
        before, _, after = self._phrase("return").partition("{address}")
        return Paragraph(joined((Text(before), *self._linked(addresses), Text(after))))

    def _linked(self, addresses: Sequence[str]) -> Iterator[Inline]:
        """Yield mail addresses, each a link, joined as the language joins words."""
        rest = self.locale.join(addresses)
        for address in addresses:
            before, _, rest = rest.partition(address)
            if before:
                yield Text(before)
            yield Link((Text(f"mailto:{address}"),), (Text(address),))

    def _ask(self, ask: Ask) -> Iterator[Block]:
        yield Heading(2, self._heading(ask))
        keys = _CHOICES.get(ask.what, ())  # none for an ask that does not say what it asks, which is reported
        choices = tuple(ListItem((Paragraph((Text(self._phrase(key)),)),), ticked=False) for key in keys)
        yield List(ordered=False, start=1, items=choices)
        yield from (self._line(key) for key in _LINES.get(ask.what, ()))

    def _heading(self, ask: Ask) -> tuple[Inline, ...]:
        what = Text(ask_name(ask, self.voice, self.frame))
        said = deadline_said(ask, self.voice)
        if not said:
            return (what,)
        return filled(self.frame.phrase("reminder", "ask", at="asks"), {"what": what, "deadline": Text(said)})

    def _line(self, key: str) -> Paragraph:
        kind = "label" if key in {"date", "email"} else "reply-form"
        label = self.locale.typography.label(self.frame.phrase(kind, key, at="reply_form"))
        space = "" if label.endswith("：") else " "
        return Paragraph((Text(f"{label}{space}{BLANK}"),))

    def _phrase(self, key: str) -> str:
        return self.frame.phrase("reply-form", key, at="reply_form")


def deadline_said(ask: Ask, voice: Voice) -> str:
    """Return the last moment for an ask in the house style; empty for none. A provisional one says so."""
    deadline = voice.letter.deadlines.get(ask.deadline)
    if deadline is None:
        return ""
    zone = voice.office.zone
    said = due_words(deadline.cut_off(zone), zone, voice.office.place, voice.locale)
    return f"{said} {to_be_confirmed(voice.locale)}" if deadline.provisional else said
