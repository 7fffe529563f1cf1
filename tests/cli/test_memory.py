"""What `translate prefill` and `translate memory` print."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run
from tests.pipeline.test_prefilling import NEXT, next_letter


def test_prefill_shows_differences_and_counts(run: Run, sent_folder: Path) -> None:
    next_letter(sent_folder)
    ended = run("translate", "prefill", NEXT, "--dry-run", at=sent_folder)
    assert ended.code == 0
    assert "LU-31/001: Census of [-coastal-]{+inland+} lights" in ended.out
    assert "Nothing was written." in ended.out
    (told,) = run("translate", "prefill", NEXT, "--json", at=sent_folder).json
    assert {key: told[key] for key in ("language", "open", "exact", "similar", "in_part", "left")} == {
        "language": "fr", "open": 4, "exact": 1, "similar": 1, "in_part": 1, "left": 1,
    }  # fmt: skip
    assert told["segments"][0]["sentences"][0]["origin"] == "LU-31/001"
    assert "→ Revise them" not in run("translate", "prefill", NEXT, "--lang", "fr", "--dry-run", at=sent_folder).out


def test_a_sentence_is_looked_up_with_or_without_find(run: Run, sent_folder: Path) -> None:
    short = run("translate", "memory", "Census of coastal lights", "--lang", "fr", at=sent_folder)
    assert short.code == 0
    assert "Recensement des feux côtiers" in short.out
    assert run("translate", "memory", "find", "Census of coastal lights", "--lang", "fr", at=sent_folder) == short
    (match,) = run("translate", "memory", "Recensement des feux", "--source", "fr", "--lang", "en", "--json").json
    assert (match["text"], match["exact"], match["released"]) == ("Census of coastal lights", False, True)
    assert "Nothing like it" in run("translate", "memory", "Quite another thing", "--lang", "fr").out
    wrong = run("translate", "memory", "Census", "--lang", "frr", at=sent_folder)
    assert (wrong.code, "Did you mean «fr»?" in wrong.err) == (1, True)


def test_tmx_out_and_in(run: Run, sent_folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.tmx"
    assert "3 units" in run("translate", "memory", "export", "--out", file, at=sent_folder).out
    assert "locales/memory/out.tmx: 3 units (en 3, fr 3)" in run("translate", "memory", "import", file).out
    assert run("translate", "memory", "import", file, "--json").json["units"] == 3
    file.write_text("<tmx>")
    torn = run("translate", "memory", "import", file)
    assert torn.code == 1
    assert "is not valid XML" in torn.err
