"""PDF through LibreOffice: what it wrote is counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from office.errors import InputError
from templates.look import Look
from templates.pdf import office_suite
from templates.pdf.office_suite import BATCH, convert
from templates.rendering import compile_forms
from tests.templates.samples import LETTERS

# Ends well, like LibreOffice, though it wrote a part only: the first three of several documents, none of «never».
FORGETFUL = """#!/bin/sh
shift 6; out=$1; shift
count=0
for source in "$@"; do
  count=$((count + 1))
  if [ $count -le 3 ] && ! grep -q never "$source"; then
    { echo converted; cat "$source"; printf '%%%%EOF'; } > "$out/$(basename "$source" .docx).pdf"
  fi
done
"""


@pytest.fixture
def forgetful(tmp_path: Path) -> str:
    program = tmp_path / "soffice"
    program.write_text(FORGETFUL)
    program.chmod(0o755)
    return str(program)


def test_what_is_missing_is_tried_again_by_itself(forgetful: str) -> None:
    documents = [f"letter {number}".encode() for number in range(5)]
    assert list(convert(documents, program=forgetful)) == [
        b"converted\n" + document + b"%%EOF" for document in documents
    ]


def test_what_cannot_be_converted_is_named(forgetful: str) -> None:
    made = convert([b"fine", b"never"], program=forgetful)
    assert next(made) == b"converted\nfine%%EOF"
    with pytest.raises(InputError, match="document 2"):
        next(made)


def test_batches_are_small_enough_and_nothing_is_lost_between_them(tmp_path: Path) -> None:
    assert BATCH <= 200
    program = tmp_path / "soffice"
    program.write_text(FORGETFUL.replace("-le 3", "-le 200"))
    program.chmod(0o755)
    documents = [f"letter {number}".encode() for number in range(BATCH + 2)]
    assert list(convert(documents, program=str(program))) == [
        b"converted\n" + document + b"%%EOF" for document in documents
    ]
    assert list(convert([], program=str(program))) == []


def test_no_office_suite() -> None:
    with pytest.raises(InputError, match="cannot be started") as caught:
        list(convert([b""], program="soffice-that-is-not-there"))
    assert "--engine" in caught.value.hint


def test_a_program_that_cannot_be_run(forgetful: str) -> None:
    Path(forgetful).chmod(0o644)
    with pytest.raises(InputError, match="cannot be started"):
        list(convert([b""], program=forgetful))


def test_what_does_not_end_is_ended_with_what_it_started_and_half_a_document_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office_suite, "_TO_START", 1)
    monkeypatch.setattr(office_suite, "_FOR_EACH", 0)
    program, started = tmp_path / "soffice", tmp_path / "started"
    program.write_text(f"""#!/bin/sh
shift 6
echo '%PDF-1.7 half' > "$1/0.pdf"
sleep 600 &
echo $! >> {started}
wait
""")
    program.chmod(0o755)
    with pytest.raises(InputError, match="document 1"):
        list(convert([b"letter"], program=str(program)))
    children = started.read_text().split()
    assert len(children) == 2  # it was tried once more
    assert not any(_is_running(child) for child in children)


def _is_running(process: str) -> bool:
    try:
        return Path("/proc", process, "stat").read_text("utf-8").split()[2] != "Z"
    except OSError:
        return False


@pytest.mark.packages
def test_libreoffice_converts_in_order(look: Look) -> None:
    letters = (LETTERS["en"], LETTERS["fr"])
    made = list(convert(compile_forms(composed, look).docx_for(values) for composed, values in letters))
    assert [content[:5] for content in made] == [b"%PDF-"] * 2
    assert made[0] != made[1]
