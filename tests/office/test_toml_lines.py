"""Line numbers of TOML keys, and files that cannot be read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from office.toml_lines import read_toml, toml_lines

DOCUMENT = '''# facts
reference = "CL-22/010"
relates = [{ to = "CL-17/051", as = "renews" },
  { to = "CL-18/001", as = "refers-to" }]
attach = [
  "docx", # the letter
  "ics",
]

[[audience]]
list = "ministers"
lines = ["a", "b"]
[[audience]]
list = "others = [not a table]"

[events.forum]
start = 2022-05-30
note = """two
lines [x]
"""
end = 2022-06-03
[links]
"quoted key" = 'x'
forum = { en = "https://a.example", fr.be = "x" }
[[asks]]
id = "one"
[asks.more]
x = 1.5
[[asks]]
id = "two"
'''


def test_every_key_has_its_line() -> None:
    lines = toml_lines(DOCUMENT)
    wanted = {
        "reference": 2,
        "relates": 3,
        "relates.0": 3,
        "relates.0.as": 3,
        "relates.1": 4,
        "relates.1.to": 4,
        "attach.0": 6,
        "attach.1": 7,
        "audience": 10,
        "audience.0": 10,
        "audience.0.list": 11,
        "audience.0.lines.1": 12,
        "audience.1": 13,
        "audience.1.list": 14,
        "events": 16,
        "events.forum": 16,
        "events.forum.start": 17,
        "events.forum.note": 18,
        "events.forum.end": 21,
        "links.quoted key": 23,
        "links.forum.en": 24,
        "links.forum.fr.be": 24,
        "asks.0.id": 26,
        "asks.0.more": 27,
        "asks.0.more.x": 28,
        "asks.1.id": 30,
    }
    assert {key: lines.get(key) for key in wanted} == wanted


def test_every_value_of_tomllib_has_a_line() -> None:
    lines = toml_lines(DOCUMENT)
    waiting: list[tuple[str, object]] = list(tomllib.loads(DOCUMENT).items())
    while waiting:
        key, value = waiting.pop()
        assert key in lines
        if isinstance(value, dict):
            waiting.extend((f"{key}.{name}", item) for name, item in value.items())
        elif isinstance(value, list):
            waiting.extend((f"{key}.{number}", item) for number, item in enumerate(value))


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"a = 1\nb = [1, 2\n", "toml-syntax", 3),
        (b"a = 1\na = 2\n", "toml-syntax", 2),
        (b"a = 1\nplace = geneva\n", "toml-syntax", 2),
        (b"a = 1\nplace\n", "toml-syntax", 2),
        (b"d = 2022-02-30\n", "toml-syntax", 1),
        (b"a = 1\nb = '\xff'\n", "not-utf-8", 2),
        ("a = 1\n".encode("utf-16"), "not-utf-8", 1),
        (b"a = '\0'\n", "toml-syntax", 1),
        (b"a = " + b"[" * 100_000, "toml-syntax", None),
        (b"a = " + b"9" * 100_000, "toml-syntax", None),
        (b"#" * 1_000_001, "file-too-large", None),
        (b"x = '''\nopen", "toml-syntax", 2),
    ],
)
def test_unreadable_files_are_findings(tmp_path: Path, content: bytes, code: str, line: int | None) -> None:
    path = tmp_path / "letter.toml"
    path.write_bytes(content)
    values, lines, findings = read_toml(path, file="letters/x/letter.toml")
    assert (values, lines) == ({}, {})
    assert [(finding.code, finding.line) for finding in findings] == [(code, line)]
    assert findings[0].file == "letters/x/letter.toml"
    assert findings[0].hint


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert read_toml(tmp_path / "letter.toml", file="x")[2][0].code == "missing-file"
    assert read_toml(tmp_path, file="x")[2][0].code == "unreadable-file"


def test_windows_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "letter.toml"
    path.write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r\n")
    assert read_toml(path, file="x") == ({"a": 1, "b": 2}, {"a": 1, "b": 2}, ())


@pytest.mark.parametrize("text", ["a", "[", "[[", "a = [", "a = {b", "]", "a = [[[", "=", "'", '"""', "a = {{{=", "{}"])
def test_broken_text_ends(text: str) -> None:
    toml_lines(text)
    toml_lines(text * 50)


def test_a_very_deep_key_costs_no_more_than_its_length() -> None:
    lines = toml_lines(".".join(["a"] * 100_000) + " = 1\nb = 2")
    assert lines["b"] == 2
    assert len(lines) < 100
