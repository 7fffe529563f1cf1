"""Annexes in a language of their own, copies, and the picture of a signature."""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from typing import Any

from letters.blocks import Link, Paragraph, Text
from letters.checking import check_letter
from letters.composing import try_to_compose
from letters.segments import own_language, segments, text_stems
from letters.stating import Assumed, Stating

OWN = """# Terms of reference

Until {{ deadlines.confirm | date }}, {{ facts.entries | number }} entries: {{ links.site }}.
"""


def composed_with(desk: Any, own: str = OWN, **names: Any) -> Any:
    desk.write("annex-1.md", "# List\n\n{{ date | date }}\n")
    desk.write("annex-2.es.md", own)
    return desk.letter(**names)


def test_it_is_printed_as_it_stands_in_every_version(desk: Any, french: Any) -> None:
    letter = composed_with(desk, french=french | {("annex-1", "List"): "Liste"})
    for language, label in (("en", "Annex 2"), ("fr", "Annexe 2")):
        first, own = desk.compose(letter, language).annexes
        assert (first.language, own.language, own.direction) == ("", "es", "ltr")
        assert own.title == ((Text(label),), (Text("Terms of reference"),))
        (paragraph,) = own.blocks
        assert isinstance(paragraph, Paragraph)
        assert paragraph.children[0] == Text("Until 17 de abril de 2024, 7000 entries: ")
        link = paragraph.children[1]
        assert isinstance(link, Link)
        assert link.target == (Text("https://www.example.int/en/meeting"),)


def test_nothing_is_asked_of_translators(desk: Any) -> None:
    letter = composed_with(desk)
    assert text_stems(letter, desk.office) == ("body", "annex-1", "annex-2.es")
    assert {segment.context for segment in segments(letter, desk.office)} == {"letter", "body", "annex-1"}
    assert (own_language("annex-2.es"), own_language("annex-2"), own_language("body.es")) == ("es", "", "")


def test_in_arabic_it_runs_from_right_to_left(desk: Any) -> None:
    desk.write("annex-1.ar.md", "# الاختصاصات\n\nنص {{ deadlines.confirm | date }}\n")
    (annex,) = desk.compose(desk.letter()).annexes
    assert (annex.language, annex.direction) == ("ar", "rtl")
    assert annex.title[0] == (Text("Annex"),)
    assert annex.blocks == (Paragraph((Text("نص 17 أبريل 2024"),)),)
    assert annex.spoken.box == "خانة للتأشير"


def test_texts_are_those_of_its_language_where_there_are_such(desk: Any) -> None:
    desk.write("annex-1.fr.md", "# Thème\n\n{{ texts.theme }}\n")
    desk.write("annex-2.es.md", "# Tema\n\n{{ texts.theme }}\n")
    first, second = desk.compose(desk.letter()).annexes
    assert first.blocks == (Paragraph((Text("Des ponts entre les réseaux"),)),)
    assert second.blocks == (Paragraph((Text("Bridges between networks"),)),)


def test_it_holds_no_field_of_the_addressee(desk: Any) -> None:
    letter = composed_with(desk, "# T\n\n{{ recipient.country }}\n", french={})
    composed, found = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    assert [(item.code, item.file) for item in found] == [("addressee-in-annex", "letters/meeting/annex-2.es.md")]
    assert composed.slots == ()


def test_two_files_for_one_annex(desk: Any) -> None:
    letter = composed_with(desk)
    desk.write("annex-1.en.md", "# Other\n\nWords.\n")
    desk.write("annex-3.xx.md", "# Unknown\n\nWords.\n")
    found = {(item.code, item.file): item for item in check_letter(letter, desk.office, columns={})}
    assert found["annex-twice", "letters/meeting/annex-1.en.md"].level == "error"
    assert found["text-not-used", "letters/meeting/annex-3.xx.md"].level == "warning"


def test_check_reads_it_in_its_own_language(desk: Any) -> None:
    desk.write("annex-1.fr.md", '# Mandat\n\nUn texte "cité" du 17 avril 2024.\n')
    letter = desk.letter()
    found = [item for item in check_letter(letter, desk.office, columns={}) if "annex-1" in item.file]
    assert [(item.code, item.line) for item in found] == [("date-typed", 3)]
    assert not any(item.code == "segment-missing" for item in found)


def test_it_states_facts_in_its_own_language(desk: Any) -> None:
    stated = Stating(composed_with(desk), desk.office, "fr").letter_statements("ministers", Assumed())
    own = {(item.fact, item.printed) for item in stated if item.part == "annex-2.es"}
    assert ("deadlines.confirm", "17 de abril de 2024") in own
    assert ("links.site", "https://www.example.int/en/meeting") in own


# Copies, reference, signature


def test_copies(desk: Any, facts: str) -> None:
    several = desk.letter('copies = ["permanent-missions", "academia"]\n' + facts)
    assert desk.compose(several).copies_label == "Copies:"
    assert desk.compose(several).copies == ("Permanent Missions", "Academia")
    assert desk.compose(several, "fr").copies[0] == "Missions permanentes"
    one = desk.letter('copies = ["academia"]\n' + facts)
    assert desk.compose(one).copies_label == "Copy:"
    assert (desk.compose(desk.letter()).copies_label, desk.compose(desk.letter()).copies) == ("", ())


def test_a_copy_for_an_unknown_line(desk: Any, facts: str) -> None:
    letter = desk.letter('copies = ["permanent-mission"]\n' + facts)
    _, found = try_to_compose(letter, desk.office, language="en", class_name="ministers")
    assert [(item.code, item.line) for item in found] == [("missing-phrase", 1)]
    assert "permanent-missions" in found[0].hint


def test_the_reference_has_no_label(desk: Any, facts: str) -> None:
    assert desk.compose(desk.letter()).reference == "CL-24/007"
    series = desk.letter(facts.replace('reference = "CL-24/007"', 'series = "CL"'))
    assert desk.compose(series).reference == "CL-24/…"


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0\0")) + chunk(b"IEND", b"")
    )


def with_facsimile(desk: Any, name: str) -> None:
    head = replace(desk.office.signatories["head"], facsimile=name)
    desk.office = replace(desk.office, signatories={**desk.office.signatories, "head": head})


def test_the_picture_of_a_signature(desk: Any, facts: str) -> None:
    letter = desk.letter('signature = "facsimile"\n' + facts)
    with_facsimile(desk, "head.png")
    (desk.office.folder / "head.png").write_bytes(png())
    composed = desk.compose(letter)
    assert composed.facsimile is not None
    assert (composed.facsimile.width, composed.facsimile.height) == (2, 1)
    assert composed.signature_note == "(signed)"
    assert desk.compose(desk.letter()).facsimile is None


def test_a_signature_without_a_picture(desk: Any, facts: str) -> None:
    letter = desk.letter('signature = "facsimile"\n' + facts)

    def found() -> list[tuple[str, int | None]]:
        _, findings = try_to_compose(letter, desk.office, language="en", class_name="ministers")
        assert all(item.hint for item in findings)
        return [(item.code, item.line) for item in findings]

    assert found() == [("facsimile-missing", 1)]
    with_facsimile(desk, "head.png")
    assert found() == [("facsimile-unreadable", 1)]
    (desk.office.folder / "head.png").write_text("no picture")
    assert found() == [("facsimile-unreadable", 1)]
