"""A PDF that the mail carries: one for all of a language and class, sealed as its bytes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from delivery.archive import seal, store_form, unseal
from delivery.mail_form import PDF_TYPE, MailForm, compile_mail_form
from office.errors import InputError
from pipeline.drafting import init_office
from pipeline.letter_folders import open_letter
from templates.merging import Merger
from tests.delivery.samples import REFERENCE, sample_forms
from tests.delivery.test_message import ROW
from tests.pipeline.offices import desk_at

CONTENT = b"%PDF-1.7 as it was issued"
ROOT = Path(__file__).parents[2]
# Builds the message again where Typst cannot be had.
AGAIN = """
import sys
sys.modules["typst"] = None
from pathlib import Path
from delivery.archive import unseal
from tests.delivery.test_message import ROW
sys.stdout.buffer.write(unseal(Path(sys.argv[1]).read_bytes()).mime(("Madame,", True), ROW))
"""


def attached(mime: bytes) -> dict[str, tuple[str, bytes]]:
    message = message_from_bytes(mime, policy=default)
    return {
        part.get_filename() or "": (part.get_content_type(), part.get_content()) for part in message.iter_attachments()
    }


def test_it_is_attached_under_the_letter_s_name() -> None:
    form = MailForm(sample_forms(), reference=REFERENCE, zone="Europe/Zurich", attach=("docx", "pdf"), pdf=CONTENT)
    found = attached(form.mime(("Madame,", True), ROW))
    assert found["CL-22-010.fr.pdf"] == (PDF_TYPE, CONTENT)
    assert "CL-22-010.fr.docx" in found


def test_it_comes_back_without_the_renderer(tmp_path: Path) -> None:
    form = MailForm(sample_forms(), reference=REFERENCE, zone="Europe/Zurich", attach=("pdf",), pdf=CONTENT)
    expected = form.mime(("Madame,", True), ROW)
    assert seal(unseal(seal(form))) == seal(form)
    path = tmp_path / f"{store_form(tmp_path, form)}.form"
    made = subprocess.run(
        [sys.executable, "-c", AGAIN, str(path)], check=True, capture_output=True, cwd=ROOT, timeout=60
    )
    assert made.stdout == expected


def test_no_pdf_without_its_bytes() -> None:
    with pytest.raises(ValueError, match="pdf"):
        MailForm(sample_forms(), reference=REFERENCE, zone="Europe/Zurich", attach=("pdf",))


def test_a_letter_that_is_the_same_for_all_and_one_that_is_not(tmp_path: Path) -> None:
    folder = init_office(tmp_path / "office")
    with desk_at(folder) as desk:
        letter = replace(open_letter(desk, "forum-2022").letter, attach=("pdf",))
        merger = Merger(letter, desk.office, released=letter.languages)
        forms = merger.compiled("fr", letter.audiences[0].name)[1]
        form = compile_mail_form(forms, letter, desk.office)
        assert form.pdf == forms.pdf_for(())
        assert form.pdf in {content for _, content in attached(form.mime((), ROW)).values()}
        personal = replace(letter, audiences=tuple(replace(one, collective=False) for one in letter.audiences))
        forms = Merger(personal, desk.office, released=letter.languages).compiled("fr", letter.audiences[0].name)[1]
        with pytest.raises(InputError, match="different one for each"):
            compile_mail_form(forms, personal, desk.office)
