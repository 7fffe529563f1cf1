"""circular.html: what an office may write, and what it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from letters.blocks import Text, Value
from office.errors import InputError
from templates.look import BUILTIN, load_look, look_findings
from templates.page import page_findings
from templates.rendering import compile_forms
from tests.templates.samples import ENGLISH, ENGLISH_VALUES


def codes(source: str | bytes) -> list[tuple[str, int | None]]:
    data = source.encode() if isinstance(source, str) else source
    return [(finding.code, finding.line) for finding in page_findings("templates/circular.html", data)]


def test_the_built_in_template_has_no_faults() -> None:
    assert page_findings("circular.html", (BUILTIN / "circular.html").read_bytes()) == ()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ body }}\n{{ bodi }}", [("template-unknown-name", 2)]),
        ("{{ subject }}", [("template-no-body", 1)]),
        ("{{ body }}\n\n{% if %}", [("template-syntax", 3)]),
        ("{{ body | safe }}", [("template-not-allowed", 1)]),
        ("{% autoescape false %}{{ body }}{% endautoescape %}", [("template-not-allowed", 1)]),
        ("{% include '/etc/passwd' %}{{ body }}", [("template-not-allowed", 1)]),
        ("{{ 'a' * 300000000 }}{{ body }}", [("template-not-allowed", 1)]),
        ("{{ office.__class__ }}{{ body }}", [("template-unknown-name", 1)]),
        ("{{ office['upper']() }}{{ body }}", [("template-not-allowed", 1)]),
        ("{% for a in range(9) %}{{ body }}{% endfor %}", [("template-not-allowed", 1)]),
        ("{% for a in body %}{{ a }}{% endfor %}", [("template-not-allowed", 1)]),
        ("{% macro x() %}{{ body }}{% endmacro %}", [("template-not-allowed", 1)]),
        ("{{ '\\ue010' }}{{ body }}", [("template-not-allowed", 1)]),
        ("\ue010{{ body }}", [("template-not-allowed", 1)]),
        ("{{ a }}{{ b }}{{ body }}", [("template-unknown-name", 1)] * 2),
        (b"\xff{{ body }}", [("template-encoding", 1)]),
        (b"x" * 500_001, [("template-too-large", 1)]),
        ("{% for a in subject %}" * 3 + "{{ body }}" + "{% endfor %}" * 3, [("template-not-allowed", 1)]),
        ("{% if body %}" * 150 + "{{ body }}" + "{% endif %}" * 150, [("template-syntax", 1)]),
        ("{{ body " + "and body " * 5000 + "}}", [("template-syntax", 1)]),
        ("{{ " + "(" * 500 + "body" + ")" * 500 + " }}", [("template-syntax", 1)]),
    ],
)
def test_faults(source: str | bytes, expected: list[tuple[str, int | None]]) -> None:
    assert codes(source) == expected


def test_a_suggestion_is_made() -> None:
    (finding,) = page_findings("templates/circular.html", b"{{ body }}{{ signatry }}")
    assert "«signatory»" in finding.hint


def test_an_office_lays_its_own_over_the_built_in(tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    own = "<p>{{ office }}</p>{% for line in addressees if line %}{{ loop.index }} {{ line }};{% endfor %}{{ body }}"
    (folder / "circular.html").write_text(own, encoding="utf-8")
    assert look_findings(tmp_path) == ()
    page = compile_forms(ENGLISH, load_look(tmp_path)).html_for(ENGLISH_VALUES)
    assert page.startswith("<p>Example Lighthouse Union</p>1 Governments;2 Private sector;3 Academia;<p style=")


def test_faults_of_an_office_stop_it(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "circular.html").write_text("{{ nobody }}")
    with pytest.raises(InputError) as caught:
        load_look(tmp_path)
    assert [finding.place for finding in caught.value.findings] == ["templates/circular.html:1"]


def test_a_template_that_cuts_an_addressees_value_in_two_is_told(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "circular.html").write_text("{{ salutation|last }}{{ body|first }}{{ title_line|first }}")
    letter = replace(ENGLISH, subject=((Value(1), Text(" and its lights")),))
    with pytest.raises(InputError, match="changes the places"):
        compile_forms(letter, load_look(tmp_path))
