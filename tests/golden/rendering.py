"""The sample letters as text: what is kept in ``tests/golden/letters`` and compared whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from locales.languages import LANGUAGES
from pipeline.desk import open_desk
from pipeline.drafting import init_office, preview

FOLDER = Path(__file__).parent / "letters"
SLUGS = ("forum-2018", "forum-2020", "forum-2022", "stocktaking-2015", "summit-2024")
REMINDERS = tuple(f"forum-2022.reminder.{language}" for language in LANGUAGES)  # the built-in one
BILINGUAL = ("forum-2018.fr+ar", "forum-2022.zh+en", "forum-2022.reminder.ar+ru")  # two of the others each
NAMES = (*(f"{slug}.{language}" for slug in SLUGS for language in LANGUAGES), *REMINDERS)


def render(office: Path, names: Iterable[str] = NAMES) -> Iterator[tuple[str, str]]:
    """Make an office in ``office`` and yield the name and the text of each master copy."""
    init_office(office)
    with open_desk(office, lambda: datetime(2026, 1, 5, 9, tzinfo=UTC)) as desk:
        for name in names:
            slug, *reminder, language = name.split(".")
            yield name, preview(desk, slug, language=language, reminder=bool(reminder)).content.decode()


def golden_file(name: str) -> Path:
    """Return where a letter's text is kept."""
    return FOLDER / f"{name}.txt"
