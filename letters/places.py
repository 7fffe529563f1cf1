"""Where a letter's files lie in its office, and how findings name them; ``slug`` is the name of its folder."""

from __future__ import annotations

from pathlib import Path

from office.model import Office

FACTS = "letter.toml"


def letter_folder(slug: str, office: Office) -> Path:
    """Return the folder of the letter's facts and texts."""
    return office.folder / "letters" / slug


def letter_file(slug: str, name: str = FACTS) -> str:
    """Return the name of one of the letter's files as findings show it, relative to the office."""
    return f"letters/{slug}/{name}"


def catalogue_file(slug: str, language: str) -> str:
    """Return the name of the letter's translation as findings show it."""
    return f"locales/{language}/letters/{slug}.po"


def catalogue_path(slug: str, office: Office, language: str) -> Path:
    """Return the path of the letter's translation."""
    return office.folder / catalogue_file(slug, language)
