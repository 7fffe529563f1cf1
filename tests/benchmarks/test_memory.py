from __future__ import annotations

import json

import pytest

from benchmarks.memory import main, sentences


def test_the_figures_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["memory", "--sentences", "2000", "--json"])
    main()
    figures = json.loads(capsys.readouterr().out)
    assert {"read_tmx", "index", "exact_mean", "similar_mean", "similar_worst", "unlike_mean"} <= set(figures)
    assert figures["similar_mean"] < 20


def test_every_run_sees_the_same_sentences() -> None:
    assert sentences(50) == sentences(50)
    assert len(set(sentences(50))) == 50
