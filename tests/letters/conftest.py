"""A small office for the tests of this floor, and letters written into it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from letters.composed import Composed
from letters.composing import compose
from letters.model import Letter
from letters.reading import read_letter
from office.findings import Finding, has_errors
from office.model import Contact, FilesTransport, Inbox, Mail, Office, Series, Signatory

FACTS = """
reference = "CL-24/007"
kind = "invitation"
date = 2024-03-04
languages = ["en", "fr"]
signatory = "head"
contacts = ["forum"]

[[audience]]
list = "ministers"
lines = ["ministers-of-member-states"]
salutation = "minister"
closing = "highest"

[events.meeting]
start = 2024-05-27
end = 2024-05-31
place = "geneva"

[events.session]
start = 2024-05-27T16:00:00
end = 2024-05-27T17:00:00

[events.later]
start = "2024-09"
provisional = true

[deadlines.confirm]
date = 2024-04-17
rule = "before"

[[asks]]
id = "attendance"
what = "attendance"
deadline = "confirm"
reply = ["mail", "link:site"]
remind = ["-14d", "+2d"]

[links]
site = "https://www.example.int/{lang}/meeting"

[facts]
entries = 7000
review = "A/RES/70/125"
host = true

[texts]
theme = "Bridges between networks"
"""

BODY = """# Meeting of example networks
# {{ events.meeting | range("compact") }}

You are invited {{ events.meeting | range }} to speak about **{{ texts.theme }}**
(resolution {{ facts.review }}), with {{ facts.entries | number }} entries.

Please reply before *{{ deadlines.confirm | date }}* on the [web site]({{ links.site }}).
"""

INVITED = (
    "You are invited {{ events.meeting | range }} to speak about **{{ texts.theme }}** "
    "(resolution {{ facts.review }}), with {{ facts.entries | number }} entries."
)
INVITES = (
    "Vous êtes invités {{ events.meeting | range }} à parler de **{{ texts.theme }}** "
    "(résolution {{ facts.review }}), avec {{ facts.entries | number }} entrées."
)
FRENCH = {
    ("letter", "Bridges between networks"): "Des ponts entre les réseaux",
    ("body", "Meeting of example networks"): "Réunion des réseaux d'exemple",
    ("body", '{{ events.meeting | range("compact") }}'): '{{ events.meeting | range("compact") }}',
    ("body", INVITED): INVITES,
    (
        "body",
        "Please reply before *{{ deadlines.confirm | date }}* on the [web site]({{ links.site }}).",
    ): "Veuillez répondre avant le *{{ deadlines.confirm | date }}* sur le [site web]({{ links.site }}).",
}


def quoted(text: str) -> str:
    """Return a text as a PO file writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


class Desk:
    """Writes letters into an office below ``tmp_path`` and reads them."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(
            folder=folder,
            name="Example Union",
            place="geneva",
            zone=ZoneInfo("Europe/Zurich"),
            languages=("ar", "zh", "en", "fr", "ru", "es"),
            default_language="en",
            profile="itu",
            two_person_rule=False,
            series={"CL": Series(key="CL", pattern="CL-{yy}/{n:03}")},
            signatories={
                "head": Signatory(
                    key="head", name="Ines Marlow", gender="f", title="secretary-general", names={"ru": "Инес Марлоу"}
                ),
                "deputy": Signatory(key="deputy", name="Kim Odera", title="deputy-secretary-general"),
            },
            contacts={
                "forum": Contact(
                    key="forum", name="Ada Brook", gender="f", tel="+41 22 555 01 00", email="forum@example.int"
                ),
                "press-desk": Contact(key="press-desk", name="Press desk", email="press@example.int"),
            },
            mail=Mail(sender="a@example.int", reply="b@example.int", bounce="c@example.int"),
            transports={"files": FilesTransport(key="files")},
            inbox=Inbox(),
            store_url="sqlite:///circulars.db",
        )

    def write(self, name: str, text: str | bytes, slug: str = "meeting") -> Path:
        """Write a file of the letter."""
        path = self.office.folder / "letters" / slug / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def translate(
        self, entries: Mapping[tuple[str, str], str], language: str = "fr", slug: str = "meeting", fuzzy: str = ""
    ) -> Path:
        """Write a translation; the entry whose msgid begins with ``fuzzy`` is to be revised."""
        lines = ['msgid ""', 'msgstr "Content-Type: text/plain; charset=UTF-8\\n"', ""]
        for (context, msgid), msgstr in entries.items():
            if fuzzy and msgid.startswith(fuzzy):
                lines.append("#, fuzzy")
            lines += [f"msgctxt {quoted(context)}", f"msgid {quoted(msgid)}", f"msgstr {quoted(msgstr)}", ""]
        path = self.office.folder / "locales" / language / "letters" / f"{slug}.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def read(self, slug: str = "meeting") -> tuple[Letter | None, tuple[Finding, ...]]:
        """Read the letter as it stands."""
        return read_letter(self.office.folder / "letters" / slug, self.office)

    def letter(
        self, facts: str = FACTS, body: str = BODY, *, french: Mapping[tuple[str, str], str] | None = None
    ) -> Letter:
        """Write and read a letter that must be without errors."""
        self.write("letter.toml", facts)
        self.write("body.md", body)
        self.translate(FRENCH if french is None else french)
        letter, findings = self.read()
        assert letter is not None
        assert not has_errors(findings), findings
        return letter

    def compose(self, letter: Letter, language: str = "en", class_name: str = "ministers") -> Composed:
        """Compose the letter."""
        return compose(letter, self.office, language=language, class_name=class_name)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An office with nothing in it yet."""
    return Desk(tmp_path)


@pytest.fixture
def facts() -> str:
    """The letter.toml of the sample letter."""
    return FACTS


@pytest.fixture
def body() -> str:
    """The body.md of the sample letter."""
    return BODY


@pytest.fixture
def french() -> dict[tuple[str, str], str]:
    """The French of the sample letter: (context, msgid) -> msgstr."""
    return dict(FRENCH)


FaultsOf = Callable[[str], dict[str, int | None]]


@pytest.fixture
def faults_of(desk: Desk) -> FaultsOf:
    """Read a letter.toml and return its findings: code -> line."""

    def faults(text: str) -> dict[str, int | None]:
        desk.write("letter.toml", text)
        _, findings = desk.read()
        for finding in findings:
            assert finding.hint, finding
            assert finding.file == "letters/meeting/letter.toml"
        return {finding.code: finding.line for finding in findings}

    return faults
