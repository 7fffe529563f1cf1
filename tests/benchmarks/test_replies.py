from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.replies import main, score

REPORTS = Path(__file__).parents[1] / "replies" / "reports"
KEYS = ["recipients_found", "exact", "wrong", "permanence", "reason_group", "machine"]


def test_the_suites_own_reports_as_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["replies", str(REPORTS), "--json"])
    main()
    figures = json.loads(capsys.readouterr().out)
    assert list(figures) == KEYS
    assert {key: figures[key]["share"] for key in KEYS} == dict.fromkeys(KEYS, 1.0) | {"wrong": 0.0}


def test_faults_are_told_by_mail(tmp_path: Path) -> None:
    expected = [
        {"recipient": "zoe@example.org", "alias": "other@example.org", "permanent": True, "reason": "userunknown"},
        {"recipient": "ana@example.org", "alias": None, "permanent": False, "reason": "mailboxfull"},
    ]
    (tmp_path / "expected.json").write_text(json.dumps({"exchange-arabic.eml": expected}))
    (tmp_path / "exchange-arabic.eml").write_bytes((REPORTS / "exchange-arabic.eml").read_bytes())
    result = score(tmp_path)
    assert {key: (value["right"], value["of"]) for key, value in result.as_json().items()} == {
        "recipients_found": (1, 2), "exact": (0, 1), "wrong": (0, 1), "permanence": (0, 1), "reason_group": (0, 1),
        "machine": (1, 1),
    }  # fmt: skip
    assert "not found: zoe@example.org" in result.faults["exchange-arabic.eml"]


def test_alias_counts_and_a_stranger_is_wrong(tmp_path: Path) -> None:
    raw = (REPORTS / "exchange-arabic.eml").read_bytes()
    entry = {"recipient": "zoe@example.org", "alias": "ANA@example.org", "permanent": None, "reason": "feedback"}
    known = {"alias.eml": [entry], "wrong.eml": [entry | {"alias": None}]}
    (tmp_path / "expected.json").write_text(json.dumps(known))
    for name in known:
        (tmp_path / name).write_bytes(raw)
    figures = score(tmp_path).as_json()
    assert (figures["recipients_found"]["right"], figures["exact"]["right"], figures["wrong"]["right"]) == (1, 1, 1)
    assert figures["permanence"]["of"] == 0
