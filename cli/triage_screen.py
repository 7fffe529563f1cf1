"""The screen of `circulars triage`: the mails above, one of them on the left, what it seems to say on the right."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static

from cli.output import harmless
from cli.triage_panes import KEYS, STATES, enter_line, line_of, side_of, targets, text_of
from cli.triage_questions import Help, PartyQuestion, PeopleQuestion
from office.errors import CircularsError
from pipeline.desk import Desk
from pipeline.sheets import delegates_cell, parse_delegates
from pipeline.triage import MailOnDesk, Reading, decide, open_mail, read_as, set_aside, to_decide, undo
from store.delegates import Delegate


class TriageScreen(Screen[None]):
    """Staff read one mail after the other and decide with one key; what they decide is in the register at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose_mail(-1)"),
        Binding("down", "choose_mail(1)"),
        Binding("pageup", "scroll_mail(-1)"),
        Binding("pagedown,space", "scroll_mail(1)"),
        Binding("tab", "next_reading"),
        Binding("left", "choose_ask(-1)"),
        Binding("right", "choose_ask(1)"),
        Binding("enter", "confirm"),
        Binding("s", "set_aside"),
        Binding("u", "undo"),
        Binding("o", "name_party"),
        Binding("m", "name_people"),
        Binding("question_mark", "help"),
        Binding("q", "app.quit"),
        *(Binding(key, f"decide('{state}')") for key, state in STATES.items()),
        *(Binding(str(number), f"choose_reading({number - 1})") for number in range(1, 10)),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._numbers: tuple[int, ...] = ()
        self._mail: MailOnDesk | None = None
        self._readings: tuple[Reading, ...] = ()
        self._reading = 0
        self._ask = 0  # 0 for all that are expected, else the place among the open ones
        self._named: tuple[Delegate, ...] = ()
        self._decided: list[int] = []

    def compose(self) -> ComposeResult:
        """Lay the panes out; none takes the focus, for every key is the screen's."""
        mails = OptionList(id="mails", markup=False)
        mails.can_focus = False
        yield mails
        with Horizontal():
            with VerticalScroll(id="text", can_focus=False):
                yield Static(id="words", markup=False)
            with VerticalScroll(id="side", can_focus=False):
                yield Static(id="whose", markup=False)
        yield Static(id="enter", markup=False)
        yield Static(id="told", markup=False)
        yield Static(KEYS, id="keys", markup=False)

    def on_mount(self) -> None:
        """Show the first mail."""
        self._fetch(0)

    def action_choose_mail(self, step: int) -> None:
        """Show the mail before or after."""
        self._open(self._place + step)

    def action_scroll_mail(self, pages: int) -> None:
        """Scroll the mail's text."""
        pane = self.query_one("#text", VerticalScroll)
        pane.scroll_relative(y=pages * max(1, pane.size.height - 1), animate=False)

    def action_next_reading(self) -> None:
        """Choose the next candidate."""
        if self._readings:
            self.action_choose_reading((self._reading + 1) % len(self._readings))

    def action_choose_reading(self, place: int) -> None:
        """Choose a candidate."""
        if place < len(self._readings):
            self._reading, self._ask = place, 0
            self._show()

    def action_choose_ask(self, step: int) -> None:
        """Choose which ask a key decides."""
        if self._chosen is not None:
            self._ask = (self._ask + step) % (len(self._chosen.asks) + 1)
            self._show()

    def action_confirm(self) -> None:
        """Decide as suggested."""
        reading = self._chosen
        if reading is not None and reading.suggestion is not None and reading.settles:
            self._decide(reading, reading.suggestion.state, reading.settles)
        else:
            self._tell("There is nothing to confirm: read the mail, and decide.")

    def action_decide(self, state: str) -> None:
        """Decide what the mail says, whatever was suggested."""
        reading = self._chosen
        if reading is None:
            self._tell("Whose answer it is, is not known: press o and name the party.")
            return
        asks = targets(reading, state, self._ask)
        if asks:
            self._decide(reading, state, asks)
        else:
            self._tell("Every ask is decided: choose one with Left and Right, or set the mail aside.")

    def action_set_aside(self) -> None:
        """Decide that the mail is no answer."""
        if self._mail is not None:
            number = self._mail.row.id
            try:
                set_aside(self._desk, number, "")
            except CircularsError as error:
                self._tell(error.told)
                return
            self._decided.append(number)
            self._fetch(self._place)
            self._tell(f"Mail {number} is set aside. u takes it back.")

    def action_undo(self) -> None:
        """Take back the latest decision made on this screen."""
        if not self._decided:
            self._tell("Nothing was decided here. An earlier decision: circulars triage N --undo")
            return
        number = self._decided.pop()
        try:
            told = undo(self._desk, number)
        except CircularsError as error:
            self._tell(error.told)
            return
        self._fetch(self._place, number)
        self._tell(f"Mail {number}: taken back: {told}.")

    def action_name_party(self) -> None:
        """Ask for the letter and the party."""
        if self._mail is not None:
            known = self._chosen.reference if self._chosen else self._mail.row.reference
            self.app.push_screen(PartyQuestion(known), self._add_reading)

    def action_name_people(self) -> None:
        """Look through the persons that the mail names; they are recorded with the next decision about it."""
        if self._mail is not None:
            people = self._named or self._mail.people
            self.app.push_screen(PeopleQuestion(delegates_cell(people).replace(" | ", "\n")), self._keep_people)

    def _keep_people(self, text: str | None) -> None:
        self._named = parse_delegates(text or "")
        self._show()

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(Help())

    @property
    def _place(self) -> int:
        return self.query_one(OptionList).highlighted or 0

    @property
    def _chosen(self) -> Reading | None:
        return self._readings[self._reading] if self._readings else None

    def _decide(self, reading: Reading, state: str, asks: tuple[str, ...]) -> None:
        assert self._mail is not None  # noqa: S101 - a reading is one of a mail
        number = self._mail.row.id
        try:
            if read_as(self._desk, self._mail, reading.reference, reading.party).asks != reading.asks:
                self._fetch(self._place, number)
                self._tell(f"The register says something else of {reading.party} by now: look again.")
                return
            whose = {"ref": reading.reference, "party": reading.party}
            decide(self._desk, number, state=state, **whose, asks=asks, delegates=self._named)
        except CircularsError as error:
            self._tell(error.told)
            return
        self._decided.append(number)
        self._fetch(self._place)
        self._tell(f"Mail {number}: {reading.party} {', '.join(asks)} {state}. u takes it back.")

    def _add_reading(self, named: tuple[str, str] | None) -> None:
        if named is None or self._mail is None:
            return
        try:
            reading = read_as(self._desk, self._mail, *named)
        except CircularsError as error:
            self._tell(error.told)
            return
        self._readings = (*self._readings, reading)
        self.action_choose_reading(len(self._readings) - 1)

    def _fetch(self, place: int, number: int | None = None) -> None:
        """Read anew what waits; show the mail of that number, or else the one at that place."""
        waiting = to_decide(self._desk).mails
        self._numbers = tuple(mail.number for mail in waiting)
        mails = self.query_one(OptionList)
        mails.clear_options()
        mails.add_options(line_of(mail, self._desk.office.zone) for mail in waiting)
        self._open(self._numbers.index(number) if number in self._numbers else place)

    def _open(self, place: int) -> None:
        if not self._numbers:
            self._mail, self._readings = None, ()
            self._show()
            return
        place = min(max(place, 0), len(self._numbers) - 1)
        self.query_one(OptionList).highlighted = place
        self._mail = open_mail(self._desk, self._numbers[place])
        self._readings, self._reading, self._ask, self._named = self._mail.readings, 0, 0, ()
        pane = self.query_one("#text", VerticalScroll)
        pane.scroll_home(animate=False)
        pane.border_title = f"mail {self._mail.row.id} · {place + 1} of {len(self._numbers)}"
        self._show()

    def _show(self) -> None:
        words, whose = Content("Nothing waits for a decision."), Content("")
        if self._mail is not None:
            words = text_of(self._mail, self._chosen)
            whose = side_of(self._mail, self._readings, self._reading, self._ask, self._named)
        self.query_one("#words", Static).update(words)
        self.query_one("#whose", Static).update(whose)
        self.query_one("#enter", Static).update(enter_line(self._chosen))
        self._tell("")

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Content(" ".join(harmless(text).split())))


class TriageApp(App[None]):
    """The application around the screen."""

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    #mails { height: 5; border: none; padding: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    #text { width: 3fr; border: round $primary; padding: 0 1; }
    #side { width: 2fr; border: round $primary; padding: 0 1; }
    #enter, #told, #keys { height: 1; }
    #told { color: $text-warning; }
    #keys { color: $text-muted; }
    ModalScreen { align: center middle; }
    PeopleQuestion TextArea { height: 10; }
    ModalScreen > * { width: 66; height: auto; border: round $primary; background: $surface; }
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    def get_default_screen(self) -> Screen[None]:
        """Show the one screen."""
        return TriageScreen(self._desk)
