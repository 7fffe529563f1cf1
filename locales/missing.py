"""Words that a language lacks: errors that carry what is missing, so that a check can say it with its place.

LookupError
├── UnknownLanguage   a tag outside `locales.languages.LANGUAGES`
├── MissingPhrase     no label, place, unit, title … under this key (frame.po)
└── MissingWording    no salutation for this role, or no close for this rank (protocol.toml)
"""

from __future__ import annotations


class UnknownLanguage(LookupError):  # noqa: N818 - the name says what is wrong
    """The product has no data for this language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"There is no language «{language}» here.")
        self.language = language


class MissingWords(LookupError):  # noqa: N818
    """Something that the language's data do not say. ``kind`` and ``key`` name it; ``file`` is where it belongs."""

    file = ""

    def __init__(self, kind: str, key: str, language: str) -> None:
        self.kind = kind
        self.key = key
        self.language = language
        super().__init__(f"The language «{language}» has no {kind} «{key}».")

    @property
    def hint(self) -> str:
        """What to do about it."""
        return f"Add it to locales/{self.language}/{self.file}."


class MissingPhrase(MissingWords):
    """No phrase of this kind and key. An office adds it to its frame.po: msgctxt = kind, msgid = key."""

    file = "frame.po"


class MissingWording(MissingWords):
    """No salutation or close: a missing cell of the protocol table is an error, never a guess."""

    file = "protocol.toml"
