from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locales.catalogue import read_catalogue, release
from locales.merging import update_catalogue
from office.errors import InputError

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
GOOD = (
    HEADER
    + 'msgctxt "body"\nmsgid "Dear {{ recipient.name }}"\nmsgstr "Cher {{ recipient.name }}"\n\n'
    + '#, fuzzy\n#| msgid "Old"\nmsgctxt "body"\nmsgid "New"\nmsgstr "Ancien"\n\n'
    + '#~ msgctxt "body"\n#~ msgid "Gone"\n#~ msgstr "Parti"\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "locales" / "fr" / "letters" / "forum.po"


def write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_a_file_that_is_not_there_is_empty(path: Path) -> None:
    catalogue = read_catalogue(path)
    assert (catalogue.entries, catalogue.findings, catalogue.is_released) == ((), (), False)


def test_entries_are_found_whatever_their_white_space(path: Path) -> None:
    write(path, GOOD)
    catalogue = read_catalogue(path)
    assert catalogue.findings == ()
    entry = catalogue.find("body", " Dear\n{{ recipient.name }} ")
    assert entry is not None
    assert (entry.msgstr, entry.to_revise, entry.line) == ("Cher {{ recipient.name }}", False, 4)
    revise = catalogue.find("body", "New")
    assert revise is not None
    assert (revise.to_revise, revise.previous, revise.is_done) == (True, "Old", False)
    assert catalogue.find("annex-1", "New") is None
    assert catalogue.find("body", "Gone") is None


def test_an_entry_without_context_serves_all(path: Path) -> None:
    write(path, HEADER + 'msgid "A"\nmsgstr "a"\n')
    assert read_catalogue(path).find("body", "A") is not None


SPOILT: dict[str, tuple[bytes, str, int | None]] = {
    "words": (b"garbage", "catalogue-syntax", 1),
    "a-path": (b"/etc/hostname", "catalogue-syntax", 1),
    "open-quote": (b'msgid "a\nmsgstr "b"\n', "catalogue-syntax", 1),
    "open-quote-later": (GOOD.encode() + b'msgid "a"\nmsgstr "b\n', "catalogue-syntax", 18),
    "quote-inside": (b'msgid "a"b"\nmsgstr ""\n', "catalogue-syntax", 1),
    "merge-conflict": (GOOD.encode() + b"<<<<<<< ours\n", "catalogue-syntax", 17),
    "msgstr-first": (b'msgstr "x"\n', "catalogue-syntax", 1),
    "html": (b"<!doctype html>\n", "catalogue-syntax", 1),
    "cp1252": (HEADER.encode() + 'msgid "a"\nmsgstr "été"\n'.encode("cp1252"), "catalogue-encoding", 5),
    "utf-16": (GOOD.encode("utf-16"), "catalogue-encoding", 1),
    "zip": (b"PK\x03\x04\xff\xfe", "catalogue-encoding", 1),
    "control": (b'msgid "a"\nmsgstr "b\x07"\n', "catalogue-character", 1),
    "escaped-control": (b'msgid "a"\nmsgstr "b\\r"\n', "catalogue-character", 1),
    "nul": (b'msgid "a\x00"\nmsgstr "b"\n', "catalogue-character", 1),
    "sentinel": (HEADER.encode() + 'msgid "a"\nmsgstr "\ue0001\ue001"\n'.encode(), "catalogue-character", 4),
    "override": (HEADER.encode() + 'msgid "a"\nmsgstr "\u202eb"\n'.encode(), "catalogue-character", 4),
    "twice": (HEADER.encode() + b'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "catalogue-duplicate", 7),
}


@pytest.mark.parametrize(("data", "code", "line"), SPOILT.values(), ids=SPOILT)
def test_a_spoilt_file_is_a_finding_and_stays_as_it_is(path: Path, data: bytes, code: str, line: int | None) -> None:
    write(path, data)
    (finding,) = read_catalogue(path).findings
    assert (finding.level, finding.code, finding.line) == ("error", code, line)
    assert finding.file == "locales/fr/letters/forum.po"
    with pytest.raises(InputError) as caught:
        release(path, "Aba", date(2022, 3, 1), facts={})
    assert caught.value.findings == (finding,)
    if code in ("catalogue-syntax", "catalogue-encoding"):
        with pytest.raises(InputError):
            update_catalogue(path, "fr", [("body", "a", "body.md:1")])
    assert path.read_bytes() == data


def test_a_folder_or_a_huge_file_in_its_place_is_a_finding(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.mkdir(parents=True)
    assert [finding.code for finding in read_catalogue(path).findings] == ["catalogue-unreadable"]
    path.rmdir()
    write(path, GOOD)
    monkeypatch.setattr("locales.po.MAX_BYTES", 10)
    assert [finding.code for finding in read_catalogue(path).findings] == ["catalogue-unreadable"]


def test_a_very_long_line_is_judged_at_once(path: Path) -> None:
    write(path, HEADER + " " * 200_000 + "!\n")
    assert [finding.code for finding in read_catalogue(path).findings] == ["catalogue-syntax"]


def test_the_first_of_two_equal_entries_is_used(path: Path) -> None:
    write(path, HEADER + 'msgid "a"\nmsgstr "b"\n\nmsgid " a "\nmsgstr "c"\n')
    found = read_catalogue(path).find("", "a")
    assert found is not None
    assert found.msgstr == "b"


def test_a_release_holds_until_a_word_changes(path: Path) -> None:
    write(path, GOOD)
    released = release(path, "Aba Mensah\nX-Released-Digest: 0", date(2022, 3, 1), facts={"deadlines.reply": "0a1b"})
    assert released.is_released
    assert (released.released_by, released.released_on) == ("Aba Mensah X-Released-Digest: 0", "2022-03-01")
    before = path.read_text()
    write(path, before.replace("\n", "\r\n"))
    assert read_catalogue(path).is_released
    write(path, before.replace("Cher", "Chère"))
    assert not read_catalogue(path).is_released
    write(path, before.replace("#, fuzzy\n", ""))
    assert not read_catalogue(path).is_released
    write(path, before + '\nmsgctxt "body"\nmsgid "More"\nmsgstr ""\n')
    assert not read_catalogue(path).is_released


def test_there_must_be_something_to_release(path: Path) -> None:
    with pytest.raises(InputError, match="no catalogue"):
        release(path, "Aba", date(2022, 3, 1), facts={})


def test_nothing_is_left_beside_the_file(path: Path) -> None:
    write(path, GOOD)
    path.chmod(0o640)
    release(path, "Aba", date(2022, 3, 1), facts={})
    assert [entry.name for entry in path.parent.iterdir()] == ["forum.po"]
    assert path.stat().st_mode & 0o777 == 0o640


WORDS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Co", "Cs", "Zl", "Zp"),
        exclude_characters="\u202a\u202b\u202c\u202d\u202e",
    )
    | st.sampled_from('\n\t"\\{}n'),
    min_size=1,
    max_size=120,
)


@given(segments=st.dictionaries(WORDS.filter(str.strip), WORDS, max_size=6))
def test_words_survive_writing_and_reading(segments: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    import polib

    path = tmp_path_factory.mktemp("round") / "letter.po"
    po = polib.POFile()
    po.metadata["Content-Type"] = "text/plain; charset=UTF-8"
    folded = set()
    for msgid, msgstr in segments.items():
        if " ".join(msgid.split()) not in folded:
            po.append(polib.POEntry(msgctxt="body", msgid=msgid, msgstr=msgstr))
        folded.add(" ".join(msgid.split()))
    path.write_text(str(po) + "\n", encoding="utf-8", newline="\n")
    catalogue = read_catalogue(path)
    assert catalogue.findings == ()
    for entry in po:
        found = catalogue.find("body", entry.msgid)
        assert found is not None
        assert found.msgstr == entry.msgstr
    if segments:
        assert release(path, "Aba", date(2022, 3, 1), facts={}).is_released


@given(
    data=st.binary(max_size=200) | st.text(st.sampled_from('msgidstrctxt "\n#~|,\\[]01'), max_size=200).map(str.encode)
)
def test_no_file_however_broken_raises(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("broken") / "letter.po"
    path.write_bytes(data)
    read_catalogue(path)
