"""`translate export` and `translate import`."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import polib
import pytest

from locales.exchange.comparing import Kind
from office.errors import InputError, NotFoundError, RefusedError
from pipeline.catalogues import export_catalogues
from pipeline.desk import Desk
from pipeline.exchanging import SUFFIXES, Incoming, apply_import, export, preview_import
from pipeline.letter_folders import open_draft, released_languages
from pipeline.translating import translation_status
from tests.pipeline.offices import FRENCH, LETTER, SLUG, desk_at, edit, write_letter

FIRST, SECOND, THIRD = FRENCH


def sent_out(desk: Desk, folder: Path, kind: str = "docx") -> Path:
    """Export, and return the file as it lies on a translator's disk."""
    made = export(desk, SLUG, "fr", kind)
    path = folder / made.name
    path.write_bytes(made.content)
    return path


def rewrite(path: Path, row: int, text: str) -> None:
    document = docx.Document(str(path))
    document.tables[0].rows[row].cells[1].text = text
    document.save(str(path))


def kinds(incoming: Incoming) -> list[Kind]:
    return [change.kind for change in incoming.changes]


def wording(folder: Path, msgid: str) -> str:
    catalogue = polib.pofile(str(folder / "locales" / "fr" / "letters" / f"{SLUG}.po"))
    return str(next(entry.msgstr for entry in catalogue if entry.msgid == msgid))


@pytest.mark.parametrize("kind", SUFFIXES)
def test_what_goes_out_and_comes_back_changes_nothing(kind: str, folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path, kind)
        assert file.name == f"{SLUG}.fr.{SUFFIXES[kind]}"
        incoming = preview_import(desk, file)
        assert (incoming.slug, incoming.language, incoming.left_out) == (SLUG, "fr", 0)
        assert set(kinds(incoming)) == {Kind.SAME}
        assert incoming.findings == ()
        assert incoming.changes_nothing
        assert incoming.released_by == "R. Reviser"
        assert export(desk, SLUG, "fr", kind).content == file.read_bytes()


def test_remarks_go_out_too_and_come_back_once(folder: Path, tmp_path: Path) -> None:
    edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", 'msgctxt "body"', '# Lamps or lights?\nmsgctxt "body"')
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path, "xliff")
        assert '<note from="translator" annotates="target">Lamps or lights?</note>' in file.read_text("utf-8")
        assert preview_import(desk, file).changes_nothing


def test_the_kind_is_told_by_what_the_file_holds(desk: Desk, tmp_path: Path) -> None:
    for kind in SUFFIXES:
        file = sent_out(desk, tmp_path, kind).rename(tmp_path / f"{kind}.bin")
        assert set(kinds(preview_import(desk, file))) == {Kind.SAME}


def test_changes_are_shown_then_written_and_take_the_release_back(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path)
        rewrite(file, 1, "Recensement des phares")
        incoming = preview_import(desk, file)
        assert kinds(incoming) == [Kind.CHANGED, Kind.SAME, Kind.SAME]
        assert wording(folder, FIRST) == FRENCH[FIRST]
        (shown,) = [change for change in incoming.as_json()["changes"] if change["kind"] == "changed"]  # type: ignore[attr-defined]
        assert {"change": "added", "text": "phares"} in shown["differences"]
        apply_import(desk, incoming)
        assert wording(folder, FIRST) == "Recensement des phares"
        assert "fr" not in released_languages(desk, open_draft(desk, SLUG))
        assert preview_import(desk, file).changes_nothing


def test_a_letter_that_has_moved_on(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path)
        rewrite(file, 1, "Recensement des phares")
        rewrite(file, 3, "Prière de répondre **au plus tard le {{ deadlines.reply | date }}**.")
    body = folder / "letters" / SLUG / "body.md"
    edit(body, "Please answer **by", "Please answer all questions **by")
    body.write_text(body.read_text("utf-8") + "\nThe lamps thank you for your care.\n", "utf-8")
    with desk_at(folder) as desk:
        incoming = preview_import(desk, file)
        assert kinds(incoming) == [Kind.CHANGED, Kind.SAME, Kind.MOVED_ON]
        assert incoming.left_out == 1
        apply_import(desk, incoming)
        (version,) = translation_status(desk, SLUG)
        assert (version.segments, version.done, version.to_revise, version.new) == (4, 2, 1, 1)
        again = export(desk, SLUG, "fr", "docx")
    cells = docx.Document(io.BytesIO(again.content)).tables[0].rows[3].cells
    assert cells[0].text.startswith("3\nto revise\nPlease answer all questions")
    assert f"Before: {THIRD}" in cells[0].text
    assert cells[1].text.startswith("Prière de répondre")


def test_moving_a_deadline_makes_nothing_to_revise(folder: Path) -> None:
    edit(folder / "letters" / SLUG / "letter.toml", "date = 2031-04-30", "date = 2031-05-15")
    edit(folder / "letters" / SLUG / "letter.toml", "lights = 1240", "lights = 1300")
    with desk_at(folder) as desk:
        export_catalogues(desk, SLUG)
        (version,) = translation_status(desk, SLUG)
    assert (version.done, version.to_revise, version.new) == (3, 0, 0)


def test_somebody_else_was_faster(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path)
        rewrite(file, 1, "Recensement des phares")
        incoming = preview_import(desk, file)
        edit(folder / "locales" / "fr" / "letters" / f"{SLUG}.po", "Recensement des feux", "Liste des feux")
        with pytest.raises(RefusedError, match="since it was compared"):
            apply_import(desk, incoming)
        assert wording(folder, FIRST) == "Liste des feux côtiers"
        assert kinds(preview_import(desk, file))[0] is Kind.CONFLICT


def test_a_second_version_of_a_file_is_no_conflict(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path)
        for text in ("Recensement des phares", "Recensement de tous les phares"):
            rewrite(file, 1, text)
            incoming = preview_import(desk, file)
            assert kinds(incoming)[0] is Kind.CHANGED
            apply_import(desk, incoming)
        rewrite(file, 1, "Recensement des phares")
        assert kinds(preview_import(desk, file))[0] is Kind.OLDER


def test_a_file_that_does_not_say_what_it_is_of(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "words.po"
    file.write_text(f'msgid "{FIRST}"\nmsgstr "Recensement"\n', "utf-8")
    with desk_at(folder) as desk:
        with pytest.raises(InputError, match="which letter") as caught:
            preview_import(desk, file)
        assert "--ref" in caught.value.hint
        with pytest.raises(InputError, match="its language"):
            preview_import(desk, file, ref=SLUG)
        with pytest.raises(NotFoundError, match="«ru»"):
            preview_import(desk, file, ref=SLUG, language="ru")
        incoming = preview_import(desk, file, ref=SLUG, language="fr")
        assert (kinds(incoming), incoming.left_out) == ([Kind.CHANGED], 2)


def test_a_file_of_another_letter_is_told(folder: Path, tmp_path: Path) -> None:
    write_letter(folder, "second", letter=LETTER)
    with desk_at(folder) as desk:
        incoming = preview_import(desk, sent_out(desk, tmp_path), ref="second")
    assert incoming.slug == "second"
    assert [finding.code for finding in incoming.findings] == ["other-letter"]
    assert set(kinds(incoming)) == {Kind.NEW}


def test_a_file_in_another_language_is_told(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path, "po")
        file.write_text(file.read_text("utf-8").replace("Language: fr", "Language: es_MX"), "utf-8")
        with pytest.raises(NotFoundError, match="«es»"):
            preview_import(desk, file)
        incoming = preview_import(desk, file, language="fr")
    assert [finding.code for finding in incoming.findings] == ["other-language"]
    assert [incoming.number(change) for change in incoming.changes] == [1, 2, 3]


def as_poedit(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def without_contexts(text: str) -> bytes:
    return "\n".join(line for line in text.split("\n") if not line.startswith("msgctxt")).encode()


def in_utf16(text: str) -> bytes:
    return text.replace("UTF-8", "UTF-16").encode("utf-16")


def in_latin(text: str) -> bytes:
    return text.replace("UTF-8", "ISO-8859-1").encode("latin-1")


def reordered(text: str) -> bytes:
    head, *entries = text.strip().split("\n\n")
    return "\n\n".join([head.replace("Language: fr", "Language: fr_CH"), *reversed(entries)]).encode()


@pytest.mark.parametrize("tool", [as_poedit, without_contexts, in_utf16, in_latin, reordered])
def test_po_as_tools_write_it(tool: Callable[[str], bytes], folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path, "po")
        file.write_bytes(tool(file.read_text("utf-8").replace("côtiers", "de la côte")))
        assert kinds(preview_import(desk, file)) == [Kind.CHANGED, Kind.SAME, Kind.SAME]


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"PK\x03\x04", b"%PDF-1.7", b"{\\rtf1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xde\x12\x04\x95",
        b"<tmx version='1.4'/>", b"<html></html>", b"<xliff/>", b'msgid "a\nmsgstr', b'msgid "a"\nmsgstr "\xff"\n',
        b'<?xml version="1.0"?><!DOCTYPE xliff [<!ENTITY x "y">]><xliff version="1.2">&x;</xliff>',
    ],
)  # fmt: skip
def test_what_cannot_be_imported_says_so(content: bytes, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "back.xyz"
    file.write_bytes(content)
    with desk_at(folder) as desk, pytest.raises(InputError) as caught:
        preview_import(desk, file, ref=SLUG, language="fr")
    assert caught.value.findings
    assert all(finding.message for finding in caught.value.findings)


def test_what_is_not_there(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        preview_import(desk, tmp_path / "nothing.po")
    with pytest.raises(NotFoundError, match="«odt»"):
        export(desk, SLUG, "fr", "odt")
    with pytest.raises(NotFoundError, match="«ru»"):
        export(desk, SLUG, "ru", "docx")


def test_a_spoilt_catalogue_stays_as_it_is(folder: Path, tmp_path: Path) -> None:
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path)
        path = folder / "locales" / "fr" / "letters" / f"{SLUG}.po"
        path.write_text(path.read_text("utf-8") + '\nmsgid "unfinished', "utf-8")
        before = path.read_bytes()
        with pytest.raises(InputError, match="left as it is"):
            preview_import(desk, file)
        assert path.read_bytes() == before


@pytest.mark.packages
def test_msgfmt_has_no_complaint(folder: Path, tmp_path: Path) -> None:
    edit(folder / "letters" / SLUG / "body.md", "Please answer **by", "Please answer all questions **by")
    with desk_at(folder) as desk:
        file = sent_out(desk, tmp_path, "po")
        done = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", str(file)], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b"")
        # msgmerge and msgcat write it back as GNU gettext does.
        subprocess.run(["msgcat", "--no-wrap", "-o", str(tmp_path / "cat.po"), str(file)], check=True)
        assert set(kinds(preview_import(desk, tmp_path / "cat.po"))) == {Kind.SAME}
    text = file.read_text("utf-8")
    assert "#. Paragraph" in text
    assert "#. Heading" in text
    assert "#| msgid" in text
