"""What the panes of the triage screen show. Whatever comes from a mail is text: no markup, no control characters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from textual.content import Content

from cli.output import harmless
from pipeline.sheets import delegates_cell
from pipeline.triage import MailOnDesk, Reading, Waiting
from replies.suggesting import QUESTION
from store.delegates import Delegate

STATES = {
    "a": "accepted",
    "d": "declined",
    "k": "acknowledged",
    "n": "nominated",
    "c": "contributed",
    "r": "registered",
    "w": "answered",
    "e": "excused",
}
# The kinds of asks that such an answer is given to; the others fit any.
_OWN_KINDS = {
    "accepted": ("attendance", "statement"),
    "nominated": ("nomination",),
    "contributed": ("contribution", "information"),
    "registered": ("registration",),
}
KEYS = "a accepted  d declined  k acknowledged  s aside  u undo  o party  ? help  q quit"
HELP = """\
Up, Down       the mail before, the next one
PageUp, PageDown   scroll the mail
Tab, 1-9       whose answer it is: choose among the candidates
o              … or name the letter and the party yourself
Left, Right    which ask the mail answers
m              whom the mail names: delegation, function, speaker
Enter          confirm what is suggested
a  accepted       d  declined       k  acknowledged
n  nominated      c  contributed    r  registered
w  answered (where no other fits)   e  excused
s              set aside: it is no answer; it stays filed
u              take back your latest decision
q              leave

Nothing is sent and nothing is deleted here. Every decision,
and every one taken back, stays in the history.

Any key closes this page."""


def line_of(mail: Waiting, zone: tzinfo) -> Content:
    """Return the line of a mail in the list."""
    day = mail.received_at.astimezone(zone)
    return _text(f"{mail.number:>5} {day:%Y-%m-%d} {mail.party or '?':<10.10} {mail.sender:<26.26} {mail.subject}")


def text_of(mail: MailOnDesk, reading: Reading | None) -> Content:
    """Return the mail: why it is here, its new words with the sentence of the suggestion marked, what is attached."""
    row = mail.row
    head = Content.assemble((_line(row.subject), "bold"), "\n", f"from {_line(row.sender)} · {row.kind}\n")
    reason = Content.assemble((_line(row.reason), "$text-warning"), "\n") if row.state == "triage" else Content("")
    words = _text(mail.text) if mail.text.strip() else Content.styled("(no words of its own)", "dim")
    suggestion = reading.suggestion if reading else None
    if suggestion is not None and suggestion.end:
        words = words.stylize("black on ansi_bright_yellow", suggestion.start, suggestion.end)
    files = "".join(f"\nattached: {_line(file.name)} ({file.size:,} bytes)" for file in mail.files)
    return Content.assemble(head, reason, "\n", words, "\n", (files, "dim"))


def side_of(mail: MailOnDesk, readings: Sequence[Reading], place: int, ask: int, named: Sequence[Delegate]) -> Content:
    """Return whose answer the mail may be, which asks are open, what it seems to say, whom it names, the evidence."""
    pieces: list[Content] = [Content.styled("Whose answer", "bold")]
    for number, reading in enumerate(readings, 1):
        mark, style = ("▸", "reverse") if number == place + 1 else (" ", "")
        pieces.append(Content.styled(f"{mark}{number} {_line(f'{reading.party} · {reading.reference}')}", style))
    if not readings:
        pieces.append(Content("not known: press o"))
    else:
        chosen = readings[place]
        pieces += [Content(""), Content.styled("Which ask", "bold"), *_asks(chosen, ask)]
        pieces += [Content(""), Content.styled("It seems to say", "bold"), *_suggestion(chosen)]
    pieces += [Content(""), Content.styled("Whom it names (m)", "bold"), *_people(named, mail.people)]
    pieces += [Content(""), Content.styled("Why it was understood so", "bold")]
    pieces += [Content.styled(_line(sentence), "dim") for sentence in mail.row.evidence]
    return Content("\n").join(pieces)


def _asks(reading: Reading, ask: int) -> list[Content]:
    if not reading.asks:
        return [Content("all are decided")]
    names = ["whichever it fits", *(f"{open_ask.id} ({open_ask.state})" for open_ask in reading.asks)]
    return [
        Content.styled(f"{'▸' if place == ask else ' '} {_line(name)}", "reverse" if place == ask else "")
        for place, name in enumerate(names)
    ]


def _people(named: Sequence[Delegate], found: Sequence[Delegate]) -> list[Content]:
    """Those who will be recorded; where nobody has looked through the names yet, only how many there seem to be."""
    if named:
        return [Content(_line(line)) for line in delegates_cell(named).split(" | ")]
    return [Content.styled(f"{len(found)} in a list, not recorded yet" if found else "nobody", "dim")]


def _suggestion(reading: Reading) -> list[Content]:
    found = reading.suggestion
    if found is None:
        return [Content("nothing that is known: read it")]
    said = {"": "unclear", QUESTION: "a question: staff must answer"}.get(found.state, found.state)
    head = Content.styled(_line(f"{said} ({found.confidence})" if found.state else said), "bold $text-success")
    quoted = [Content(_line(f"«{found.sentence}»"))] if found.sentence and not found.end else []
    return [head, *quoted, Content.styled(_line(found.why), "dim")]


def enter_line(reading: Reading | None) -> Content:
    """Return what the Enter key would do."""
    if reading is None or reading.suggestion is None or not reading.settles:
        return Content.styled("Enter: nothing to confirm; a d k n c r decide, s sets aside, ? explains", "dim")
    asks = ", ".join(reading.settles)
    return Content.assemble(("Enter", "reverse"), _line(f": {reading.party} → {asks} {reading.suggestion.state}"))


def targets(reading: Reading, state: str, ask: int) -> tuple[str, ...]:
    """Return the asks that a key decides.

    The one that is chosen; else those for which the same state is suggested; else, of the expected ones, those whose
    kind such an answer is given to, or all.
    """
    if ask:
        return (reading.asks[ask - 1].id,)
    if reading.suggestion is not None and reading.suggestion.state == state:
        return reading.settles
    expected = [one for one in reading.asks if one.expected]
    own = [one for one in expected if one.what in _OWN_KINDS.get(state, ())]
    return tuple(one.id for one in own or expected)


def _line(text: str) -> str:
    return " ".join(harmless(text).split())


def _text(text: str) -> Content:
    return Content(harmless(text).replace("\t", " "))
