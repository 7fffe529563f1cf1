"""What the typefaces can show."""

from __future__ import annotations

from templates.pdf.typefaces import displayable, font_files, undisplayable


def test_six_languages_can_be_shown() -> None:
    text = "Œuvre «été» – Ñandú, Привет № 5, مرحباً ١٢، 部长阁下：2031年 “引号” …\u00a0\u202f\u2011"
    assert undisplayable(text) == ""
    assert displayable(text) == text


def test_what_cannot_be_shown_is_seen() -> None:
    assert undisplayable("กé中😀ก\ue000") == "ก\ue000😀"
    assert displayable("a ก b") == "a � b"
    assert displayable("a\ufeffb\u200bc\ufe0f") == "abc"


def test_typefaces_come_with_the_installation() -> None:
    names = " ".join(path.name for path in font_files())
    assert all(name in names for name in ("NotoSans[", "NotoSerif[", "Amiri-Regular", "NotoSansCJK"))
    assert all("site-packages" in path.parts for path in font_files())
