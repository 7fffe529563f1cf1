"""Saving what came with a mail, through the command."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from office.errors import NotFoundError
from pipeline.attachments import save_attachments
from pipeline.desk import Desk
from pipeline.tracking import track
from tests.pipeline.offices import desk_at


def deliver(desk: Desk) -> int:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "minister@ke.example.org"
    mail["Subject"] = "Re: LU-31/001"
    mail["Message-ID"] = "<scan@ke.example.org>"
    mail.set_content("Please find it enclosed.\n")
    mail.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="../scan\u202e.pdf")
    path = desk.office.folder / "inbox" / "new" / "1"
    path.write_bytes(mail.as_bytes())
    assert track(desk).filed == 1
    return 1


def test_attachments_are_saved_under_safe_names(sent_folder: Path, tmp_path: Path) -> None:
    with desk_at(sent_folder) as desk:
        number = deliver(desk)
        with pytest.raises(NotFoundError):
            save_attachments(desk, 99, tmp_path)
    target = tmp_path / "scans"
    for name in ("scan.pdf", "scan (2).pdf"):
        ran = CliRunner().invoke(
            app, ["triage", str(number), "--save", str(target), "--office", str(sent_folder)], catch_exceptions=False
        )
        assert (ran.exit_code, ran.stdout.replace("\n", "").endswith(name)) == (0, True)
    assert (target / "scan.pdf").read_bytes() == b"%PDF"
