"""Links whose words say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from letters.checks.links import check_links
from letters.checks.versions import Versions
from letters.places import letter_folder
from letters.reading import read_letter
from office.reading import load_office
from tests.pipeline.offices import ENGLISH_LETTER, write_letter, write_office


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("here", ["here"]),
        ("**Click here**", ["Click here"]),
        ("(this link)", ["this link"]),
        ("the page of the census", []),
        ("https://www.example.int/census", []),
        ("here you can answer", []),
    ],
)
def test_words_that_do_not_tell_where_a_link_leads(tmp_path: Path, words: str, expected: list[str]) -> None:
    folder = write_office(tmp_path / "office")
    letter = ENGLISH_LETTER + '[links]\ncensus = "https://www.example.int/census"\n'
    write_letter(folder, "other", letter=letter, body=f"# Subject\n\nAnswer [{words}]({{{{ links.census }}}}).\n")
    office = load_office(folder)
    read, _ = read_letter(letter_folder("other", office), office)
    assert read is not None
    found = list(check_links(Versions(read, office)))
    assert [finding.message.split("«")[1].split("»")[0] for finding in found] == expected
    assert all((finding.line, finding.level.value) == (3, "warning") for finding in found)
