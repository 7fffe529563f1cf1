"""What an office's own circular.typ may not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from templates.look import BUILTIN, load_look, look_findings
from templates.pdf import faults
from templates.pdf.faults import sheet_findings

NAME = "templates/circular.typ"
GOOD = (BUILTIN / "circular.typ").read_text("utf-8")


def codes(source: str) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.line) for finding in sheet_findings(NAME, source.encode())]


def test_the_built_in_one_has_no_fault() -> None:
    assert codes(GOOD) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('#let a = 1\n#import "@preview/x:1.0.0": *', [("template-reaches-out", 2)]),
        ('#let p = "@preview/x:1.0.0"\n#{ import p }', [("template-reaches-out", 2)]),
        ('#include "other.typ"\n#eval("1")\n#plugin("x.wasm")', [("template-reaches-out", n) for n in (1, 2, 3)]),
        ('/*\n// */ #import "@local/x:1.0.0"', [("template-reaches-out", 2)]),
        ('#let a = "\n// "\n#let b = "\n// "; #import "@preview/x:1.0.0"', [("template-reaches-out", 4)]),
        ('`\n// `#include "other.typ"', [("template-reaches-out", 2)]),
        ('// to import\r#import "@preview/x:1.0.0"', [("template-reaches-out", 1)]),
        ('// to import\u2028#import "@preview/x:1.0.0"', [("template-reaches-out", 1)]),
        ('// to import\n#import "letter.typ": *\n#let circular(letter) = letter.important', [("bad-pdf-template", 3)]),
        ("#let circular(letter) = read(\"/etc/passwd\")", [("bad-pdf-template", 1)]),
        ("#let circular(letter) = {\n", [("bad-pdf-template", 1)]),
        ("#let other = 1", [("bad-pdf-template", None)]),
    ],
)  # fmt: skip
def test_faults_have_their_line(source: str, found: list[tuple[str, int | None]]) -> None:
    assert codes(source) == found


def test_not_utf_8_and_too_large() -> None:
    assert [finding.code for finding in sheet_findings(NAME, b"\xff\xfe")] == ["template-encoding"]
    assert [finding.code for finding in sheet_findings(NAME, b" " * 600_000)] == ["template-too-large"]


def test_a_template_that_runs_away_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "TIME_LIMIT", 2)
    endless = "#let circular(letter) = for i in range(9999999) { for j in range(9999999) { } }"
    assert codes(endless) == [("template-runs-away", None)]
    assert codes("#let circular(letter) = { let a = (1,) * 900000000; (a + a).len() }") == [
        ("template-runs-away", None)
    ]


def test_an_office_s_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    path = tmp_path / "templates" / "circular.typ"
    path.write_text(GOOD.replace("25mm", "30mm"), "utf-8")
    assert look_findings(tmp_path) == ()
    assert "30mm" in load_look(tmp_path).sheet
