"""What the benchmark of sending is made of; its figures need Postfix's smtp-sink and smtp-source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.delivery import forms_of_28_kb, main, office_with, ours, prepare, send_all, server
from benchmarks.delivery_peers import Cost
from delivery.mail_form import MailForm
from delivery.message import SPECIMEN, build
from tests.delivery.certificates import make_certificate
from tests.delivery.samples import REFERENCE


def test_the_message_has_the_size_of_the_comparison() -> None:
    form = MailForm(forms_of_28_kb(), reference=REFERENCE, zone="Europe/Zurich")
    assert 27_500 < len(build(form, ("Madame la Ministre,", True), SPECIMEN)) < 28_500


def test_all_is_sent_over_tls_and_over_a_slow_line(tmp_path: Path) -> None:
    prepare(tmp_path, 30)
    make_certificate(tmp_path)
    certificate = str(tmp_path / "relay.pem"), str(tmp_path / "relay.key")
    with server("benchmarks.discarding_sink", *certificate) as port, server("benchmarks.slow_line", str(port)) as line:
        sent = send_all(tmp_path, line, 3)
    assert sent.cost.messages == 30
    assert sent.cost.wall > 30 / 3 * 0.02  # no connection is faster than its line
    assert sent.peak_mb > 10


def test_the_sender_runs_in_a_process_of_its_own() -> None:
    with office_with(5) as office, server("benchmarks.discarding_sink") as port:
        assert ours(office, port, 2).cost.messages == 5


def test_without_postfix_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.delivery.shutil.which", lambda _name, path: path and None)
    with pytest.raises(SystemExit, match="apt install postfix"):
        main(["--messages", "10"])


@pytest.mark.packages
def test_the_figures_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    # Its environment is made with pip, from the net.
    monkeypatch.setattr("benchmarks.delivery.mailmerge", lambda *_, messages: Cost(messages, 1.0, 1.0))
    monkeypatch.setattr("benchmarks.delivery.RUNS", 1)
    main(["--json", "--messages", "280", "--connections", "4"])
    figures = json.loads(capsys.readouterr().out)
    assert {"messages_per_cpu_second", "ratio_mailmerge", "ratio_smtplib", "ratio_smtp_source", "peak_mb_140k"} <= set(
        figures
    )
    assert figures["line_20ms_per_second"] < figures["connections"] / 0.02
