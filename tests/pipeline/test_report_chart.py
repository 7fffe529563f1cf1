"""The chart says what the register says, and is XML whatever the letter is called."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from lxml.etree import fromstring

from pipeline.report_chart import HEIGHT, LEFT, RIGHT, TOP, WIDTH, Curve, draw_chart

ZONE = ZoneInfo("Europe/Zurich")
ISSUED = datetime(2022, 3, 21, 9, tzinfo=UTC)
DUE = datetime(2022, 4, 14, 22, tzinfo=UTC)  # the end of the 14th in Geneva
SVG = "{http://www.w3.org/2000/svg}"


def curve(moments: int, *, parties: int = 40, due: datetime | None = DUE, ask: str = "attendance") -> Curve:
    return Curve(
        ask=ask, parties=parties, due=due, moments=tuple(ISSUED + timedelta(days=number) for number in range(moments))
    )


def draw(*curves: Curve, title: str = "CL-22/010", until: datetime = DUE) -> str:
    return draw_chart(title, curves, issued_at=ISSUED, until=until, zone=ZONE)


def test_the_words_tell_what_the_lines_show() -> None:
    picture = fromstring(draw(curve(30), until=DUE + timedelta(days=10)))
    told = picture.findtext(f"{SVG}desc")
    assert told == "attendance: 30 of 40 replied, 25 of them by the deadline, 2022-04-14"
    assert "deadline 2022-04-14" in "".join(map(str, picture.itertext()))


def test_a_line_climbs_to_the_share_that_replied_and_stays_within_the_frame() -> None:
    picture = fromstring(draw(curve(20)))
    path = picture.findall(f"{SVG}path")[-2].get("d", "")
    heights = [float(y) for y in re.findall(r"V([\d.]+)", path)]
    assert heights == sorted(heights, reverse=True)
    assert heights[-1] == round(TOP + 0.5 * (HEIGHT - TOP - 56), 1)  # 20 of 40
    across = [float(x) for x in re.findall(r"[MH]([\d.]+)", path)]
    assert across == sorted(across)
    assert min(across) == LEFT
    assert max(across) <= WIDTH - RIGHT


def test_a_hundred_thousand_replies_make_a_small_picture() -> None:
    moments = tuple(ISSUED + timedelta(seconds=number) for number in range(100_000))
    drawn = draw(Curve(ask="census", parties=140_000, due=None, moments=moments))
    assert len(drawn) < 60_000
    assert "100,000 of 140,000 replied" in drawn


def test_nothing_asked_no_reply_and_no_party_are_drawn_too() -> None:
    for picture in (draw(), draw(curve(0)), draw(curve(0, parties=0, due=None), until=ISSUED)):
        assert fromstring(picture).tag == f"{SVG}svg"


def test_names_cannot_break_out_of_the_picture() -> None:
    hostile = "</title><script>alert(1)</script> & \x1b[31m \u202e"
    drawn = draw(curve(1, ask=hostile), title=hostile * 3)
    picture = fromstring(drawn)
    assert not picture.findall(f".//{SVG}script")
    assert "\x1b" not in drawn
    assert "\u202e" not in drawn


def test_many_asks_have_their_own_strokes_and_a_year_has_few_labels() -> None:
    asks = [curve(3, ask=f"ask-{number}", due=DUE + timedelta(days=number)) for number in range(8)]
    drawn = draw(*asks, until=ISSUED + timedelta(days=400))
    assert len(set(re.findall(r'stroke-dasharray="([^"]*)" ?/?', drawn))) >= 6
    assert len(re.findall(r">\d{4}-\d\d-\d\d<", drawn)) <= 14
