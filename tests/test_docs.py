"""The documentation is true: its sessions run, its tables hold, and it leaves out no command, key, field or state.

A block that begins with ```console test is run in a fresh folder, all blocks of a document one after the other. Lines
with ``$`` are commands; the lines below one must occur in its output, in their order. ``…`` stands for anything,
``DIGEST`` for the digest of the latest plan. A command fails the test unless ``$ echo $?`` follows and shows its code.
```KIND test PATH writes a file. ```console demo shows lines of the demo.
"""

from __future__ import annotations

import ast
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import typer.main

from cli.demo import run_demo
from cli.main import app, main
from letters.fields import ROOTS, DatedDeadline, PlacedEvent, PlaceName
from letters.model import Event
from letters.printing import FILTERS, Printing
from locales.dates import Month
from locales.languages import LANGUAGES
from locales.locale import load_locale
from office.expressions import Scope, parse_expression
from office.model import (
    Contact,
    FilesTransport,
    Inbox,
    Mail,
    OAuth,
    OfficeLook,
    Roles,
    SendingLog,
    Series,
    Signatory,
    SmtpTransport,
)
from recipients.columns import FIELD_NAMES
from store.register import CHANNELS, STATES
from templates.merging import Reason

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDES = {path.name: path.read_text("utf-8") for path in DOCUMENTS if path.parent.name != "decisions"}
BLOCK = re.compile(r"^```(\S+) (test|demo)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
WIDTH = "100"  # columns of the terminal in which the sessions were shown


@dataclass(frozen=True)
class Block:
    kind: str
    verb: str
    path: str
    text: str


def blocks(name: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall(GUIDES[name])]


def require_lines(shown: list[str], output: str, where: str) -> None:
    """Assert that the lines occur in the output in their order; white space does not matter, ``…`` is anything."""
    said = [" ".join(line.split()) for line in output.splitlines()]
    at = 0
    for line in shown:
        wanted = " ".join(line.split())
        if wanted in {"", "…"}:
            continue
        pattern = re.compile(".*".join(re.escape(part.strip()) for part in wanted.split("…")))
        found = next((number for number, text in enumerate(said[at:], start=at) if pattern.search(text)), None)
        assert found is not None, f"{where} does not print «{line}», but:\n{output}"
        at = found + 1


# Sessions


class Session:
    """Runs commands as the shell would, in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        self.digest = ""
        self.code = 0

    def play(self, text: str) -> None:
        steps = [step for step in re.split(r"^\$ ", text, flags=re.MULTILINE) if step.strip()]
        for number, step in enumerate(steps):
            command, *shown = step.splitlines()
            output = self.run(command.replace("DIGEST", self.digest or "DIGEST"))
            followed = number + 1 < len(steps) and steps[number + 1].startswith("echo $?")
            assert self.code == 0 or followed, f"«{command}» ended with {self.code}:\n{output}"
            require_lines([line.replace("DIGEST", self.digest) for line in shown], output, f"«{command}»")

    def run(self, command: str) -> str:
        words = shlex.split(command, comments=True)
        match words:
            case ["cd", folder]:
                self.monkeypatch.chdir(folder)
                return ""
            case ["echo", "$?"]:
                code, self.code = self.code, 0
                return str(code)
            case ["circulars", *_]:
                return self.circulars(words)
        raise AssertionError(f"a session cannot run «{command}»")

    def circulars(self, words: list[str]) -> str:
        self.monkeypatch.setattr(sys, "argv", words)
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as ending:
            main()
        self.code = int(ending.value.code or 0)
        captured = self.capsys.readouterr()
        if words[1] == "plan":
            self.digest = DIGEST.findall(captured.out)[-1] if DIGEST.search(captured.out) else ""
        return captured.out + captured.err


@pytest.fixture
def session(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Session:
    (tmp_path / "desk").mkdir()
    monkeypatch.chdir(tmp_path / "desk")
    monkeypatch.setenv("COLUMNS", WIDTH)
    return Session(capsys, monkeypatch)


@pytest.mark.parametrize("name", [name for name in GUIDES if any(block.verb == "test" for block in blocks(name))])
def test_sessions_run_as_shown(name: str, session: Session) -> None:
    for block in blocks(name):
        if block.verb == "test" and block.kind == "console":
            session.play(block.text)
        elif block.verb == "test":
            Path(block.path).parent.mkdir(parents=True, exist_ok=True)
            Path(block.path).write_text(block.text, "utf-8")


def test_the_readme_shows_the_demo(session: Session) -> None:
    (block,) = [block for block in blocks("README.md") if block.verb == "demo"]
    run_demo(Path("demo"))
    shown = block.text.replace("DIGEST", "…").splitlines()[1:]
    require_lines(shown, session.capsys.readouterr().out, "the demo")


# Completeness


def commands(command: Any, path: str = "circulars") -> Iterator[tuple[str, Any]]:
    """Yield every command with its path; Typer hands out Click's classes, its own copy of them or the library's."""
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from commands(inner, f"{path} {name}")
    else:
        yield path, command


COMMANDS = dict(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_and_option_is_documented(path: str) -> None:
    row = re.search(rf"^\| `{re.escape(path)}[` ].*$", GUIDES["commands.md"], re.MULTILINE)
    assert row is not None, f"docs/commands.md has no row for «{path}»"
    options = [parameter.opts[0] for parameter in COMMANDS[path].params if parameter.param_type_name == "option"]
    for option in set(options) - {"--office", "--help"}:
        assert re.search(rf"`{option}\b", row[0]), f"docs/commands.md does not name {option} of «{path}»"


def test_no_command_is_promised_that_does_not_exist() -> None:
    for name, text in GUIDES.items():
        for told in re.findall(r"`circulars ([a-z]+)|^\$ circulars ([a-z]+)", text, re.MULTILINE):
            verb = "".join(told)
            assert any(path.split()[1] == verb for path in COMMANDS), f"{name} speaks of «circulars {verb}»"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_help_has_an_example_that_can_be_read(path: str) -> None:
    example = re.search(r"^Example: (circulars .+)$", COMMANDS[path].help or "", re.MULTILINE)
    assert example is not None, f"the help of «{path}» has no example"
    words = shlex.split(example[1])
    depth = len(path.split())
    assert words[:depth] == path.split()
    COMMANDS[path].make_context(path, words[depth:])


READERS = {"text", "texts", "choice", "flag", "integer", "raw", "table", "array", "has"}  # of office.tables.TableReader


def keys_read(*files: str) -> set[str]:
    """Return the keys that some code asks a table for: ``table.text("date")``, ``read_moment(entry, "start")``."""
    keys: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(key)), *_]):
                    keys |= {key} if method in READERS else set()
                case ast.Call(func=ast.Name(), args=[table, ast.Constant(value=str(key)), *_]):
                    keys |= {key} if ast.unparse(table).startswith(("table", "entry", "reader")) else set()
    return keys


def named_keys(name: str) -> set[str]:
    return set(re.findall(r"`\[*\"?([a-z_]+)(?:\.NAME)?\]*`", GUIDES[name]))


def test_every_key_of_a_letter_is_documented() -> None:
    keys = keys_read("letters/reading.py", "letters/reading_facts.py")
    assert {"reference", "audience", "remind", "start", "contacts"} <= keys
    assert keys <= named_keys("secretariat.md"), "docs/secretariat.md leaves keys out"


def test_every_key_of_an_office_is_documented() -> None:
    keys = keys_read("office/reading.py")
    for model in (
        Series,
        Signatory,
        Contact,
        OfficeLook,
        Roles,
        Mail,
        FilesTransport,
        SmtpTransport,
        Inbox,
        OAuth,
        SendingLog,
    ):
        keys |= {field.name for field in fields(model)} - {"key"}
    assert {"name", "two_person_rule", "pattern", "ca_file", "source", "tel"} <= keys
    assert keys <= named_keys("installation.md"), "docs/installation.md leaves keys out"


def test_every_field_filter_column_and_state_is_documented() -> None:
    secretariat, tracking = GUIDES["secretariat.md"], GUIDES["tracking.md"]
    for root in ROOTS:
        assert f"{{{{ {root}" in secretariat, f"the field {root}"
    for name in FILTERS:
        assert f"| `{name}` |" in secretariat, f"the filter {name}"
    for column in FIELD_NAMES:
        assert f"`{column}`" in secretariat or f"`recipient.{column}`" in secretariat, f"the column {column}"
    for reason in Reason:
        assert f"| `{reason}` |" in secretariat, f"the exclusion {reason}"
    for state in STATES:
        assert f"`{state}`" in tracking, f"the state {state}"
    for channel in CHANNELS:
        assert channel in GUIDES["commands.md"], f"the way {channel}"


# Tables


def printed_facts() -> Scope:
    def event(start: object, end: object, *, provisional: bool = False) -> PlacedEvent:
        known = Event(key="", start=start, end=end, provisional=provisional)  # type: ignore[arg-type]
        return PlacedEvent(event=known, place=PlaceName("", "geneva"))

    return {
        "deadlines": {"confirm": DatedDeadline(date=date(2022, 4, 15), provisional=False)},
        "events": {
            "forum": event(date(2024, 5, 27), date(2024, 5, 31)),
            "week": event(date(2022, 5, 30), date(2022, 6, 3)),
            "days": event(date(2018, 3, 20), date(2018, 3, 21)),
            "phase": event(Month(2020, 1), Month(2020, 2)),
            "meeting": event(date(2019, 11, 25), date(2019, 11, 29), provisional=True),
            "online": event(date(2022, 3, 15), None),
            "submissions": event(None, date(2022, 6, 3)),
            "launch": event(datetime(2019, 6, 4, 16), datetime(2019, 6, 4, 17)),  # noqa: DTZ001 - only its hours print
        },
        "facts": {
            "entries": 140000,
            "opened": date(2016, 3, 1),
            "names": ["A", "B", "C"],
            "host": "BR",
            "session": 3,
            "share": 42.5,
        },
        "texts": {"theme": "ICT"},
    }


FORMS = [
    line
    for name in ("translators.md", "languages.md")
    for line in GUIDES[name].splitlines()
    if re.match(r"\| `\w+\.\w+", line)
]


def test_the_table_of_forms_is_there() -> None:
    assert len(FORMS) > 15


@pytest.mark.parametrize("row", FORMS, ids=[row.split("`")[1] for row in FORMS])
def test_fields_print_what_the_table_of_forms_says(row: str) -> None:
    field, *shown = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip("|"))]
    expression = parse_expression(field.strip("`"))
    for language, cell in zip(LANGUAGES, shown, strict=True):
        printing = Printing(load_locale(language, home=(ZoneInfo("Europe/Zurich"), "geneva")))
        printed = printing.text(expression.evaluate(printed_facts(), printing.filters))
        assert " ".join(printed.split()) == " ".join(cell.split()), language


# Links


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_files_named_in_the_architecture_exist() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+(?:[A-Za-z_.]+/?)*)`", GUIDES["architecture.md"])
    assert len(named) > 15
    for name in named:
        assert (ROOT / name.replace("LANGUAGE", "fr")).exists() or name in {"archive/", "recipients/"}, name


@pytest.mark.parametrize("path", DOCUMENTS, ids=[path.name for path in DOCUMENTS])
def test_links_within_the_documentation_resolve(path: Path) -> None:
    text = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (path.parent / file) if file else path
        assert there.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in anchors(there.read_text("utf-8")), f"{path.name} links to {target}"
