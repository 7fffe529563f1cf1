"""Colours that can be read: contrast as WCAG 2.2 measures it (relative luminance; 1.4.3: at least 4.5 to 1)."""

from __future__ import annotations

LEAST = 4.5
_STEP = 0.05  # of the way to white or black


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (``#rrggbb``), from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, on: str, least: float = LEAST) -> str:
    """Return the colour, if need be made darker or lighter until its contrast with the background ``on`` is enough."""
    end = max(("#000000", "#ffffff"), key=lambda extreme: contrast(extreme, on))
    part, shade = 0.0, colour.lower()
    while contrast(shade, on) < least and part < 1:
        part = min(1.0, part + _STEP)
        mixed = (round(a + (b - a) * part) for a, b in zip(_channels(colour), _channels(end), strict=True))
        shade = f"#{bytes(mixed).hex()}"
    return shade


def _channels(colour: str) -> bytes:
    return bytes.fromhex(colour.removeprefix("#"))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
