"""The chart of `report --as svg`: how many had replied by when, beside the deadline."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

WIDTH, HEIGHT = 960, 480  # of the picture, in pixels
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 64, 56  # margins
LEGEND_LINE = 20
# Told apart by colour-blind eyes, and by their strokes on a black-and-white print.
_LINES = (
    ("#00429d", ""), ("#c4451c", "8 4"), ("#2e7d32", "2 3"), ("#6a1b9a", "10 3 2 3"), ("#8d6e00", "5 5"),
    ("#00838f", "1 4"),
)  # fmt: skip
_MOST_POINTS = 800  # more steps than this are not to be seen
_STEPS = (1, 2, 7, 14, 30, 61, 122, 365, 730)  # days between the labels of the time axis
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One ask: ``moments`` are when its replies came, in order; ``due`` the first moment that is too late."""

    ask: str
    parties: int
    due: datetime | None
    moments: tuple[datetime, ...]


def draw_chart(title: str, curves: Sequence[Curve], *, issued_at: datetime, until: datetime, zone: ZoneInfo) -> str:
    """Return an SVG picture: the share of parties that had replied, from the issue until now or the last deadline."""
    ends = [until, *(curve.due for curve in curves if curve.due), *(c.moments[-1] for c in curves if c.moments)]
    begins = [issued_at, *(curve.moments[0] for curve in curves if curve.moments)]
    axis = _Axis(start=min(begins), end=max(*ends, min(begins) + timedelta(days=1)), now=until)
    box = f"0 0 {WIDTH} {HEIGHT + LEGEND_LINE * len(curves)}"
    pieces = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" font-family="sans-serif" font-size="13" role="img">',
        f"<title>{_text(title)}</title>",
        f"<desc>{_text('; '.join(_summary(curve, zone) for curve in curves) or 'Nothing is asked.')}</desc>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" font-size="17" font-weight="bold">{_text(_cut(title, 96))}</text>',
        f'<text x="{LEFT}" y="48" fill="#555555">Share of the parties that had replied</text>',
        *_grid(axis, zone),
        *_deadlines(curves, axis, zone),
    ]
    for number, curve in enumerate(curves):
        colour, dashes = _LINES[number % len(_LINES)]
        stroke = f'stroke="{colour}" stroke-width="2.5" fill="none" stroke-dasharray="{dashes}"'
        pieces.append(f'<path d="{_steps(curve, axis)}" {stroke}/>')
        y = HEIGHT + LEGEND_LINE * number
        pieces.append(f'<path d="M{LEFT} {y - 4}h36" {stroke}/>')
        pieces.append(f'<text x="{LEFT + 46}" y="{y}">{_text(_cut(_summary(curve, zone), 110))}</text>')
    return "\n".join([*pieces, "</svg>\n"])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    start: datetime
    end: datetime
    now: datetime

    def x(self, moment: datetime) -> float:
        """Return where a moment lies, in pixels from the left."""
        share = (moment - self.start) / (self.end - self.start)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * (HEIGHT - TOP - BOTTOM), 1)


def _grid(axis: _Axis, zone: ZoneInfo) -> Iterator[str]:
    for percent in range(0, 101, 25):
        y = _y(percent / 100)
        yield f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{"#999999" if not percent else "#dddddd"}"/>'
        yield f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end" fill="#555555">{percent} %</text>'
    days = (axis.end - axis.start) / timedelta(days=1)
    step = next((step for step in _STEPS if days / step <= _MOST_LABELS), round(days / _MOST_LABELS))
    day = axis.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while day <= axis.end:
        x = axis.x(day)
        yield f'<path d="M{x} {_y(0)}v6" stroke="#999999"/>'
        yield f'<text x="{x}" y="{_y(0) + 22}" text-anchor="middle" fill="#555555">{day:%Y-%m-%d}</text>'
        day += timedelta(days=step)


def _deadlines(curves: Sequence[Curve], axis: _Axis, zone: ZoneInfo) -> Iterator[str]:
    for number, due in enumerate(sorted({curve.due for curve in curves if curve.due})):
        x = axis.x(due)
        yield f'<path d="M{x} {TOP}V{_y(0)}" stroke="#b00020" stroke-dasharray="4 3"/>'
        anchor = "end" if x > WIDTH / 2 else "start"
        shift = -6 if anchor == "end" else 6
        label = f"deadline {due.astimezone(zone) - timedelta(seconds=1):%Y-%m-%d}"
        yield f'<text x="{x + shift}" y="{TOP + 14 + 16 * number}" text-anchor="{anchor}" fill="#b00020">{label}</text>'


def _steps(curve: Curve, axis: _Axis) -> str:
    """Return a path that goes up at each reply, in at most `_MOST_POINTS` steps."""
    path = [f"M{axis.x(axis.start)} {_y(0)}"]
    last = axis.now if not curve.moments else max(axis.now, curve.moments[-1])
    if curve.parties:
        stride = max(1, len(curve.moments) // _MOST_POINTS)
        path.extend(
            f"H{axis.x(curve.moments[number])}V{_y(min(1.0, (number + 1) / curve.parties))}"
            for number in range(stride - 1, len(curve.moments), stride)
        )
        path.append(f"V{_y(min(1.0, len(curve.moments) / curve.parties))}")
    path.append(f"H{axis.x(last)}")
    return "".join(path)


def _summary(curve: Curve, zone: ZoneInfo) -> str:
    told = f"{curve.ask}: {len(curve.moments):,} of {curve.parties:,} replied"
    if curve.due is None:
        return told
    in_time = bisect_right(curve.moments, curve.due - timedelta(microseconds=1))
    day = curve.due.astimezone(zone) - timedelta(seconds=1)
    return f"{told}, {in_time:,} of them by the deadline, {day:%Y-%m-%d}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _text(text: str) -> str:
    """Return text for XML 1.0, which has no place for control characters."""
    return escape("".join(c if c.isprintable() else " " for c in text))
