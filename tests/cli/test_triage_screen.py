"""The screen of `triage`, driven by keys at 80 × 24."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from cli.triage_panes import HELP, STATES, targets
from cli.triage_questions import Help, PartyQuestion
from cli.triage_screen import TriageApp
from pipeline.desk import Desk
from pipeline.tracking import track
from pipeline.triage import OpenAsk, Reading, decide, open_mail, to_decide
from replies.suggesting import QUESTION, Suggestion
from store import inbound
from store.delegates import Delegate, delegates_of
from store.register import STATES as KNOWN_STATES
from store.schema import inbound as mails
from tests.pipeline.answers import LATER, deliver, reply, states
from tests.pipeline.offices import copy_office, desk_at, fixed_clock


@pytest.fixture(scope="module")
def waiting_office(sent_small_office: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sent small office with three mails that wait; do not change it."""
    folder = copy_office(sent_small_office, tmp_path_factory.mktemp("waiting") / "office")
    with desk_at(folder, clock=fixed_clock(LATER)) as desk:
        stranger = reply(
            desk,
            "fr-minister",
            "[bold red]We will attend.[/] \x1b[2J\x1b]0;owned\x07\u202egnp.exe",
            sender="alex@stranger.example.net",
            To="circulars@example.int",
            In_Reply_To="<no@example.net>",
            Subject="[blink]Lamps[/blink] \x1b[31m",
        )
        minister = reply(desk, "ke-minister", "Dear all,\n\nThe Minister will attend.\n")
        for mail in (
            minister,
            reply(desk, "lens", "Thank you."),
            stranger,
        ):  # one by one, for the order of their numbers
            deliver(desk, mail)
            track(desk)
        with desk.store.write() as connection:  # whatever filing guesses: it may be from either of two
            candidates = [{"circular_id": 1, "reference": "LU-31/001", "party": party} for party in ("FR", "BT")]
            details = {**inbound.mail_by_id(connection, 3).details, "candidates": candidates}
            changed = update(mails).where(mails.c.id == 3).values(evidence=json.dumps(details))
            connection.execute(changed)
    return folder


@pytest.fixture
def desk(waiting_office: Path, tmp_path: Path) -> Iterator[Desk]:
    """A copy of it, open."""
    with desk_at(copy_office(waiting_office, tmp_path / "office"), clock=fixed_clock(LATER)) as desk:
        yield desk


class Seen:
    """What stands on the screen after the keys were pressed."""

    def __init__(self, app: TriageApp) -> None:
        screen = app.screen_stack[0]
        self.text = {one.id: str(one.content) for one in screen.query(Static) if one.id}
        self.words = screen.query_one("#words", Static).content
        mails = screen.query_one(OptionList)
        self.mails = [str(mails.get_option_at_index(place).prompt) for place in range(mails.option_count)]
        self.place = mails.highlighted
        self.over = type(app.screen).__name__
        self.lines = [strip.text for strip in screen._compositor.render_strips()]


def press(desk: Desk, *keys: str) -> Seen:
    """Open the screen, press the keys, and return what it shows; «text:…» types a text."""

    async def run() -> Seen:
        app = TriageApp(desk)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            for key in keys:
                await pilot.press(*(key.removeprefix("text:") if key.startswith("text:") else [key]))
                await pilot.pause()
            return Seen(app)

    return asyncio.run(run())


def test_what_it_shows_at_first(desk: Desk) -> None:
    seen = press(desk)
    assert len(seen.mails) == 3
    assert "minister@ke.example.org" in seen.mails[0]
    assert "The Minister will attend." in seen.text["words"]
    assert "▸1 KE · LU-31/001" in seen.text["whose"]
    assert "accepted (likely)" in seen.text["whose"]
    assert seen.text["enter"] == "Enter: KE → meeting accepted"


def test_all_of_it_fits_on_a_small_terminal(desk: Desk) -> None:
    seen = press(desk)
    assert len(seen.lines) == 24
    assert {len(line) for line in seen.lines} == {80}
    shown = "\n".join(seen.lines)
    for words in ("The Minister will attend.", "KE · LU-31/001", "Enter: KE → meeting accepted", "q quit"):
        assert words in shown


def test_the_sentence_is_marked(desk: Desk) -> None:
    words = press(desk).words
    assert isinstance(words, Content)
    marked = [words.plain[span.start : span.end] for span in words.spans if "bright_yellow" in str(span.style)]
    assert marked == ["The Minister will attend."]


def test_enter_confirms_and_u_takes_back(desk: Desk) -> None:
    seen = press(desk, "enter")
    assert states(desk, "KE") == {"census": "received", "meeting": "accepted", "photos": "silent"}
    assert seen.text["told"] == "Mail 1: KE meeting accepted. u takes it back."
    assert "nothing to confirm" in seen.text["enter"]
    seen = press(desk, "w", "u", "u")
    assert states(desk, "KE")["census"] == "received"
    assert "Nothing was decided here" in seen.text["told"]


def test_one_round(desk: Desk) -> None:
    seen = press(desk, "enter", "w", "s")
    assert states(desk, "KE") == {"census": "answered", "meeting": "accepted", "photos": "silent"}
    assert states(desk, "lens")["meeting"] == "silent"
    assert len(seen.mails) == 1
    seen = press(desk, "s")
    assert seen.mails == []
    assert seen.text["words"] == "Nothing waits for a decision."
    keys = ("enter", "a", "s", "u", "o", "m", "tab", "left", "up", "down", "pagedown", "1")
    assert press(desk, *keys).over == "TriageScreen"


def test_undo_brings_the_mail_back_to_the_screen(desk: Desk) -> None:
    seen = press(desk, "d", "u")
    assert len(seen.mails) == 3
    assert seen.place == 0
    assert seen.text["told"] == "Mail 1: taken back: KE: census declined, KE: meeting declined."
    seen = press(desk, "down", "s", "u")
    assert seen.place == 1
    assert states(desk, "lens")["meeting"] == "received"


@pytest.mark.parametrize(
    ("key", "state"), [("a", "accepted"), ("d", "declined"), ("k", "acknowledged"), ("e", "excused")]
)
def test_letters_decide(desk: Desk, key: str, state: str) -> None:
    press(desk, key)
    assert states(desk, "KE")["meeting"] == state


def test_an_ask_is_chosen(desk: Desk) -> None:
    seen = press(desk, "right")
    assert "▸ census (received)" in seen.text["whose"]
    press(desk, "right", "right", "left", "d")
    assert states(desk, "KE") == {"census": "declined", "meeting": "received", "photos": "silent"}
    press(desk, "left", "c")  # round to the last one, an offer
    assert states(desk, "KE")["photos"] == "contributed"


def test_mails_are_chosen(desk: Desk) -> None:
    assert press(desk, "down").place == 1
    assert press(desk, "down", "down", "down", "down").place == 2
    assert press(desk, "down", "up", "up").place == 0
    assert "Thank you." in press(desk, "down").text["words"]


def test_candidates_are_chosen(desk: Desk) -> None:
    names = [reading.party for reading in open_mail(desk, 3).readings]
    assert names == ["FR", "BT"]
    seen = press(desk, "down", "down", "tab")
    assert f"▸2 {names[1]} · LU-31/001" in seen.text["whose"]
    assert f"▸1 {names[0]}" in press(desk, "down", "down", "tab", "1", "9").text["whose"]
    assert f"Enter: {names[1]} → meeting accepted" == press(desk, "down", "down", "2").text["enter"]
    assert f"▸1 {names[0]}" in press(desk, "down", "down", *["tab"] * len(names)).text["whose"]


def test_another_party_is_named(desk: Desk) -> None:
    seen = press(desk, "down", "down", "o", "text:Norway", "enter")
    assert "NO · LU-31/001" in seen.text["whose"]
    assert seen.text["enter"] == "Enter: NO → meeting accepted"
    press(desk, "down", "down", "o", "text:Norway", "enter", "enter")
    assert states(desk, "NO")["meeting"] == "accepted"


def test_a_party_that_is_not_there(desk: Desk) -> None:
    seen = press(desk, "o", "text:Atlantis", "enter")
    assert "Atlantis" in seen.text["told"]
    assert seen.over == "TriageScreen"
    assert press(desk, "o", "enter").over == "PartyQuestion"  # still to be filled in
    assert press(desk, "o", "text:Nor", "escape").over == "TriageScreen"


def test_letters_typed_into_a_question_decide_nothing(desk: Desk) -> None:
    before = to_decide(desk)
    assert press(desk, "o", "text:adkncrwesu").over == PartyQuestion.__name__
    assert to_decide(desk) == before


def test_whom_the_mail_names_is_recorded_with_the_decision(desk: Desk) -> None:
    deliver(desk, reply(desk, "no-mission", "We will attend.\n\nDelegation:\n1. Kari Lind, Director\n2. Ole Berg"))
    track(desk)
    place = next(n for n, mail in enumerate(to_decide(desk).mails) if mail.party == "NO")
    seen = press(desk, *["down"] * place)
    assert "2 in a list, not recorded yet" in seen.text["whose"]
    typed = ("enter", "text:Liv", ";", "text:Envoy", ";", "text:speaker", "escape")
    seen = press(desk, *["down"] * place, "m", *typed, "enter")
    assert seen.over == "TriageScreen"
    with desk.store.read() as connection:
        (named,) = delegates_of(connection, 1, "NO").values()
    assert named == (
        Delegate(name="Kari Lind", function="Director"),
        Delegate(name="Ole Berg"),
        Delegate(name="Liv", function="Envoy", speaker=True),
    )


def test_nobody_is_recorded_who_was_not_looked_at(desk: Desk) -> None:
    deliver(desk, reply(desk, "no-mission", "We will attend.\n\nDelegation:\n1. Kari Lind, Director"))
    track(desk)
    place = next(n for n, mail in enumerate(to_decide(desk).mails) if mail.party == "NO")
    press(desk, *["down"] * place, "enter")
    with desk.store.read() as connection:
        assert delegates_of(connection, 1, "NO") == {}


def test_help_is_closed_by_any_key_that_does_nothing_else(desk: Desk) -> None:
    before = to_decide(desk)
    assert press(desk, "question_mark").over == Help.__name__
    assert press(desk, "question_mark", "d").over == "TriageScreen"
    assert to_decide(desk) == before
    for key, state in STATES.items():
        assert f"{key}  {state}" in HELP


def test_a_mail_cannot_touch_the_screen(desk: Desk) -> None:
    seen = press(desk, "down", "down")
    everything = "\n".join([*seen.lines, *seen.text.values(), *seen.mails])
    assert "[bold red]We will attend.[/]" in seen.text["words"]
    assert "[blink]Lamps[/blink]" in seen.mails[2]
    for character in "\x1b\x07\u202e":
        assert character not in everything


def test_a_colleague_was_quicker(desk: Desk) -> None:
    async def run() -> str:
        app = TriageApp(desk)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            decide(desk, 1, state="declined", asks=["meeting"])
            await pilot.press("enter")
            await pilot.pause()
            return Seen(app).text["told"]

    assert "by now: look again" in asyncio.run(run())
    assert states(desk, "KE")["meeting"] == "declined"


def test_q_leaves(desk: Desk) -> None:
    async def run() -> bool:
        app = TriageApp(desk)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("q")
            await pilot.pause()
            return app.is_running

    assert asyncio.run(run()) is False


def test_every_key_gives_a_state_that_exists() -> None:
    assert set(STATES.values()) <= set(KNOWN_STATES)


def test_what_a_key_decides() -> None:
    asks = (
        OpenAsk(id="coming", what="attendance", expected=True, state="open"),
        OpenAsk(id="words", what="statement", expected=True, state="open"),
        OpenAsk(id="expert", what="nomination", expected=True, state="open"),
        OpenAsk(id="paper", what="contribution", expected=False, state="open"),
    )
    suggestion = Suggestion(
        state="declined", what="statement", confidence="likely", sentence="", start=0, end=0, why=""
    )
    read = Reading(reference="X", party="KE", asks=asks, suggestion=suggestion, settles=("words",))
    assert targets(read, "declined", 0) == ("words",)
    assert targets(read, "accepted", 0) == ("coming", "words")
    assert targets(read, "nominated", 0) == ("expert",)
    assert targets(read, "acknowledged", 0) == ("coming", "words", "expert")
    assert targets(read, "contributed", 4) == ("paper",)
    assert QUESTION not in STATES.values()


def test_the_letter_is_filled_in_where_it_is_known(desk: Desk) -> None:
    async def run() -> list[str]:
        app = TriageApp(desk)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("o")
            await pilot.pause()
            return [one.value for one in app.screen.query(Input)]

    assert asyncio.run(run()) == ["LU-31/001", ""]
