"""What the triage screen asks, and its page of help: each over the screen, until it is answered."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from cli.output import harmless
from cli.triage_panes import HELP


class PartyQuestion(ModalScreen[tuple[str, str] | None]):
    """Asks which letter a mail answers, and for whom."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)")]

    def __init__(self, reference: str) -> None:
        super().__init__()
        self._reference = reference

    def compose(self) -> ComposeResult:
        """Two lines to fill in."""
        with Vertical():
            yield Static("Which letter does it answer? Its reference or folder", markup=False)
            yield Input(self._reference, id="letter", select_on_focus=False)
            yield Static("Who answers? A party, country, mailbox or name · Esc: leave", markup=False)
            yield Input(id="party")

    def on_mount(self) -> None:
        """Begin with what is not known."""
        self.query_one("#party" if self._reference else "#letter", Input).focus()

    def on_input_submitted(self) -> None:
        """Go on to the empty line, or back to the mail."""
        answers = {one.id: one.value.strip() for one in self.query(Input)}
        for name, value in answers.items():
            if not value:
                self.query_one(f"#{name}", Input).focus()
                return
        self.dismiss((answers["letter"], answers["party"]))


class PeopleQuestion(ModalScreen[str]):
    """The persons whom a mail names, one a line, to be put right."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "keep", priority=True)]

    def __init__(self, people: str) -> None:
        super().__init__()
        self._people = people

    def compose(self) -> ComposeResult:
        """A line for each."""
        with Vertical():
            yield Static("One a line: Name; function; speaker (who takes the floor)", markup=False)
            yield TextArea(harmless(self._people), tab_behavior="focus", compact=True)
            yield Static("Esc: back to the mail. They are recorded with your decision.", markup=False)

    def on_mount(self) -> None:
        """Go on behind the last one."""
        lines = self.query_one(TextArea)
        lines.move_cursor(lines.document.end)

    def action_keep(self) -> None:
        """Go back with what stands there."""
        self.dismiss(self.query_one(TextArea).text)


class Help(ModalScreen[None]):
    """The keys, until one is pressed."""

    def compose(self) -> ComposeResult:
        """One page of text."""
        yield Static(HELP, markup=False)

    def on_key(self, event: Key) -> None:
        """Any key closes it, and does nothing else."""
        event.stop()
        self.dismiss(None)
