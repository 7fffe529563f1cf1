"""Lines added to the file of corrections; what staff wrote there stays."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest

from office.errors import InputError
from recipients.corrections import Proposed, add_corrections, read_corrections
from recipients.lists import read_list

LINES = (
    Proposed(key="ke", email="new@ke.example.org", reason="2031-03-10 old@ke.example.org: no such user"),
    Proposed(key="fr", email="", reason="=HYPERLINK(1)"),
)


def test_a_file_that_is_not_there_is_made(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    assert add_corrections(path, LINES) == 2
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert path.read_text("utf-8-sig").splitlines() == [
        "key,email,why corrected",
        "ke,new@ke.example.org,2031-03-10 old@ke.example.org: no such user",
        "fr,,'=HYPERLINK(1)",
    ]
    assert read_corrections(path) == {"ke": {"email": "new@ke.example.org"}, "fr": {}}
    before = path.read_bytes()
    assert add_corrections(path, LINES) == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("encoding", "start"), [("utf-8", ""), ("cp1252", ""), ("utf-16", ""), ("utf-8-sig", "sep=;\r\n")]
)
def test_lines_of_staff_stay(tmp_path: Path, encoding: str, start: str) -> None:
    path = tmp_path / "corrections.csv"
    text = f'{start}Nom;Clé;telephone\r\nÉlise Caron;FR;\'+41 22\r\n"a;b";xx;\r\n'
    path.write_bytes(text.encode(encoding))
    assert add_corrections(path, LINES) == 1
    assert path.read_text("utf-8-sig").splitlines() == [
        *([start.strip()] if start else []),
        "Nom;Clé;telephone;email;why corrected",
        "Élise Caron;FR;'+41 22",
        '"a;b";xx;',
        ";ke;;new@ke.example.org;2031-03-10 old@ke.example.org: no such user",
    ]
    found = read_corrections(path)
    assert found["fr"] == {"name": "Élise Caron", "telephone": "+41 22"}
    assert found["ke"] == {"email": "new@ke.example.org"}


def test_a_file_with_faults_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "corrections.csv"
    path.write_text("key,email\na,x@example.org\nA,y@example.org\n")
    before = path.read_bytes()
    with pytest.raises(InputError):
        add_corrections(path, LINES)
    assert path.read_bytes() == before


def test_a_corrected_mailbox_or_name_makes_no_other_addressee(tmp_path: Path) -> None:
    path, corrections = tmp_path / "list.csv", tmp_path / "corrections.csv"
    path.write_text("name,email,channel\nAna,old@example.org,\nBo Li,,paper\n", "utf-8")
    before = [row.recipient for row in read_list(path)]
    keys = [recipient.key for recipient in before if recipient]
    corrections.write_text(f"key,email,name\nOLD@example.org,new@example.org,\n{keys[1]},,Bo Lee\n", "utf-8")
    after = [row.recipient for row in read_list(path, corrections=corrections)]
    assert [recipient.key for recipient in after if recipient] == keys
    assert [recipient.party for recipient in after if recipient] == keys
    assert [(recipient.to, recipient.name) for recipient in after if recipient] == [
        (("new@example.org",), "Ana"),
        ((), "Bo Lee"),
    ]
