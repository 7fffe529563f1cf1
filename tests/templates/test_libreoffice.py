"""An office program opens what is made: LibreOffice turns each document into PDF and its text is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from templates.look import Look
from templates.rendering import compile_forms
from tests.templates.samples import LETTERS

EXPECTED = {
    "en": ["Example Lighthouse Union", "The Union keeps count of the lights of Côte d’Ivoire.", "Annex 1", "1/3"],
    "fr": ["Madame la Ministre, Monsieur le Ministre,", "Tél.: +41 22 555 01 02"],
    "ar": ["CL-31/004", "lamps@example.int", "70/125"],
    "zh": ["示例灯塔联盟", "各位部长阁下：", "顺致最崇高的敬意。"],
}


@pytest.mark.packages
def test_libreoffice_opens_every_language(look: Look, tmp_path: Path) -> None:
    names = []
    for language, (composed, values) in LETTERS.items():
        path = tmp_path / f"{language}.docx"
        path.write_bytes(compile_forms(composed, look).docx_for(values))
        names.append(str(path))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), *names]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    for language, expected in EXPECTED.items():
        command = ["pdftotext", "-layout", str(tmp_path / f"{language}.pdf"), "-"]
        text = subprocess.run(command, check=True, capture_output=True, timeout=60).stdout.decode()
        assert [found for found in expected if _squeezed(found) not in _squeezed(text)] == []


def _squeezed(text: str) -> str:
    return "".join(text.split())
