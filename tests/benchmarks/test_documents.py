from __future__ import annotations

import json

import pytest

pytest.importorskip("docxtpl", reason="the extra «bench» is not installed")

from benchmarks.documents import (
    distinct_documents,
    documents_per_cpu_second,
    libreoffice_per_cpu_second,
    main,
    require_same_letter,
)

RATES = {
    *("docx_per_cpu_second", "pdf_per_cpu_second", "with_zlib_per_cpu_second", "stored_per_cpu_second"),
    *("again_per_cpu_second", "docxtpl_per_cpu_second", "docx_mailmerge2_per_cpu_second", "python_docx_per_cpu_second"),
    "libreoffice_per_cpu_second",
}
RATIOS = {"ratio_docxtpl", "ratio_docx_mailmerge2", "ratio_python_docx", "ratio_libreoffice_pdf"}


@pytest.mark.packages
def test_the_figures_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--documents", "200", "--peers", "5", "--pages", "3", "--addressees", "100", "--json"]
    monkeypatch.setattr("sys.argv", ["documents", *arguments])
    main()
    figures = json.loads(capsys.readouterr().out)
    assert set(figures) >= RATES | RATIOS
    assert all(figures[name] > 0 for name in RATES | RATIOS)
    assert figures["ratio_docxtpl"] > 1
    assert figures["libreoffice_converted"] == [3, 3]
    assert 80_000 < figures["docx_bytes"]["joined"] < figures["docx_bytes"]["stored"] < 100_000
    assert figures["distinct"] == {"20000": 2}
    assert set(figures["peak_mb"]) == {"1", "100"}


def test_the_same_letter_by_all_of_them() -> None:
    made = documents_per_cpu_second(ours=20, peers=5)
    assert {"ours", "with_zlib", "stored", "docxtpl", "docx_mailmerge2", "python_docx"} == set(made)
    assert all(rate > 0 for rate in made.values())


def test_another_letter_is_no_comparison() -> None:
    from benchmarks.document_letter import forms, values

    form = forms()
    with pytest.raises(AssertionError, match="other"):
        require_same_letter({"ours": form.docx_for(values(1)), "other": form.docx_for(values(2))})


def test_two_salutations_are_two_documents() -> None:
    assert distinct_documents(300) == 2


def test_without_libreoffice(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert libreoffice_per_cpu_second(3) == (None, 0)
    assert "LibreOffice (soffice) is not installed" in capsys.readouterr().err


def test_without_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.documents.find_spec", lambda _: None)
    monkeypatch.setattr("sys.argv", ["documents"])
    with pytest.raises(SystemExit, match=r"pip install -e '\.\[bench\]'"):
        main()


def test_as_a_table(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    figures = dict.fromkeys(RATES | RATIOS, 7.5) | {"libreoffice_per_cpu_second": None, "ratio_libreoffice_pdf": None}
    others = {"docx_bytes": {}, "distinct": {}, "peak_mb": {}, "libreoffice_converted": [0, 3]}
    monkeypatch.setattr("benchmarks.documents.measure", lambda **_: figures | others)
    monkeypatch.setattr("sys.argv", ["documents"])
    main()
    shown = capsys.readouterr().out
    assert "docx-mailmerge2" in shown
    assert "not installed" in shown
    assert "7.5 ×" in shown
