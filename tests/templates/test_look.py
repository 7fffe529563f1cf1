"""What an office's documents have in common: the templates in force, its logo, its colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError
from office.model import OfficeLook
from templates.look import load_look, look_findings
from tests.templates.test_letterhead_habitats import picture


def test_logo_and_colour_of_office_toml_are_the_looks(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(picture(40, 30).content)
    settings = OfficeLook(logo="logo.png", colour="#c00000", typeface="serif")
    assert look_findings(tmp_path, settings) == ()
    look = load_look(tmp_path, settings)
    assert (look.logo, look.colour, look.typeface) == (picture(40, 30), "#c00000", "serif")
    assert load_look(tmp_path).logo is None


@pytest.mark.parametrize(("name", "content"), [("none.png", None), ("fake.png", b"GIF89a"), ("empty.jpeg", b"")])
def test_a_logo_that_cannot_be_shown_is_a_fault_of_office_toml(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    (found,) = look_findings(tmp_path, OfficeLook(logo=name))
    assert (found.code, found.file) == ("bad-logo", "office.toml")
    assert name in found.message
    assert found.hint
    with pytest.raises(InputError) as stopped:
        load_look(tmp_path, OfficeLook(logo=name))
    assert stopped.value.findings == (found,)
