from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.file_names import numbered, safe_file_name


@pytest.mark.parametrize(
    ("given_name", "name"),
    [
        ("nomination.pdf", "nomination.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\con.txt", "_con.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        (".bashrc", "bashrc"),
        ("-rf", "_-rf"),
        ("a\x1b[2Jb\n.pdf", "a[2Jb.pdf"),
        ("NUL", "_NUL"),
        ("..", "attachment-3.pdf"),
        ("", "attachment-3.pdf"),
        ("الرد.docx", "الرد.docx"),
        ('a<b>c:"d"|e?*.xlsx', "a_b_c__d__e__.xlsx"),
    ],
)
def test_names(given_name: str, name: str) -> None:
    assert safe_file_name(given_name, media_type="application/pdf", number=3) == name


@given(st.text(max_size=400))
def test_whatever_the_name_it_stays_in_its_folder(name: str) -> None:
    safe = safe_file_name(name)
    assert 0 < len(safe.encode()) <= 245
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*\0')
    assert safe not in {".", ".."}
    assert safe[0] not in ".-~ "
    assert safe[-1] not in ". "


def test_an_ending_stays_on_a_long_name_and_on_a_further_one() -> None:
    assert safe_file_name("x" * 300 + ".docx").endswith("x.docx")
    assert numbered("scan.pdf", 2) == "scan (2).pdf"
    assert numbered("scan", 2) == "scan (2)"
