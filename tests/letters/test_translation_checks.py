"""The checks of what is typed in translations: what each finds, and what is no fault."""

from __future__ import annotations

from typing import Any

import pytest

from letters.checking import check_letter
from letters.checks.endings import check_endings
from letters.checks.lengths import check_lengths
from letters.checks.spaces import check_spaces
from letters.checks.verbatim import check_verbatim
from letters.checks.versions import FIELD_MARK, Pair
from locales.locale import load_locale
from office.findings import Level
from tests.patience import within

LOCALES = {tag: load_locale(tag) for tag in ("ar", "zh", "en", "fr", "ru", "es")}
F = FIELD_MARK


def pair(source: str, text: str, language: str = "fr", source_language: str = "en") -> Pair:
    return Pair(source_language=source_language, language=language, source=source, text=text, file="a.po", line=3)


def endings(*said: str) -> list[str]:
    return [finding.code for finding in check_endings([pair(*said)])]


@pytest.mark.parametrize(
    ("source", "text", "language", "code"),
    [
        ("We met.", "我们开会了", "zh", "end_stop"),
        ("We met.", "我们开会了，", "zh", "end_stop"),
        ("A heading", "Un titre.", "fr", "end_stop"),
        ("We met.", "اجتمعنا۔", "ar", "end_stop"),
        ("We ask:", "Nous demandons", "fr", "end_colon"),
        ("We ask:", "我们要求。", "zh", "end_colon"),
        ("Who?", "Qui", "fr", "end_question"),
        ("Who?", "من", "ar", "end_question"),
        ("Come!", "Venez.", "fr", "end_exclamation"),
        ("and so on…", "и так далее", "ru", "end_ellipsis"),
        ("Really?!", "Vraiment?", "fr", "end_interrobang"),
        ("first;", "первый.", "ru", "end_semicolon"),
        ("first;", "premier\u037e", "fr", "end_semicolon"),
        (f"until {F}.", f"jusqu'au {F}", "fr", "end_stop"),
        (f"until {F}", f"截至{F}。", "zh", "end_stop"),
        ("(He said so.)", "(Il l'a dit)", "fr", "end_stop"),
    ],
)
def test_an_ending_that_differs(source: str, text: str, language: str, code: str) -> None:
    found = list(check_endings([pair(source, text, language)]))
    assert [finding.code for finding in found] == [code]
    assert (found[0].file, found[0].line) == ("a.po", 3)
    assert found[0].hint


@pytest.mark.parametrize(
    ("source", "text", "language"),
    [
        ("We met.", "我们开会了。", "zh"),
        ("We met.", "اجتمعنا.", "ar"),
        ("Who?", "من؟", "ar"),
        ("Who?", "谁？", "zh"),
        ("Who?", "Qui ?", "fr"),
        ("first; and", "premier;", "fr"),
        ("first; and", "第一；以及", "zh"),
        ("first,", "первый;", "ru"),
        ("first", "premier,", "fr"),
        ("first;", "أولاً؛", "ar"),
        ('He said "so."', "Il a dit «oui.»", "fr"),
        ('He said "so".', "他说“是”。", "zh"),
        ("Papers, pens etc.", "文件、笔等", "zh"),
        (f"before {F}.", f"до {F}", "ru"),  # it ends with «г.»
        ("in 2022", "в 2022 г.", "ru"),
        (f"until {F}", f"jusqu'au {F}", "fr"),
        ("and so on…", "等等……", "zh"),
        ("and so on...", "etcétera…", "es"),
        ("What?!", "Quoi!?", "fr"),
        ("", "", "fr"),
        ("It was corrected.¹", "Cela a été corrigé¹.", "fr"),
    ],
)
def test_an_ending_that_agrees(source: str, text: str, language: str) -> None:
    assert endings(source, text, language) == []


@pytest.mark.parametrize(
    ("source", "text", "language", "code"),
    [
        ("a b", "a  b", "fr", "double_space"),
        ("a b", "a \u00a0b", "fr", "double_space"),
        ("theme", " thème", "fr", "begin_space"),
        ("theme", "thème ", "fr", "end_space"),
        ("theme", "thè\u200bme", "fr", "zero-width-space"),
        ("the house", "la la maison", "fr", "duplicate"),
        ("the house", "в в доме в доме", "ru", ""),
        ("in the house", "в доме доме", "ru", "duplicate"),
    ],
)
def test_spaces(source: str, text: str, language: str, code: str) -> None:
    assert [finding.code for finding in check_spaces([pair(source, text, language)])] == [code] * bool(code)


@pytest.mark.parametrize(
    ("source", "text", "language"),
    [
        ("one.  Two", "un.  Deux", "fr"),
        ("we meet", "nous nous réunissons", "fr"),
        ("Partner and Strategic partner", "وشريك وشريك استراتيجي", "ar"),
        ("thanks", "谢谢 谢谢", "zh"),
        ("Baden Baden", "Baden Baden", "fr"),
        ("that, that", "cela, cela", "fr"),
    ],
)
def test_spaces_that_are_meant(source: str, text: str, language: str) -> None:
    assert list(check_spaces([pair(source, text, language)])) == []


def verbatim(source: str, text: str, language: str = "fr", source_language: str = "en") -> list[str]:
    return [finding.code for finding in check_verbatim([pair(source, text, language, source_language)], LOCALES)]


@pytest.mark.parametrize(
    ("source", "text", "language", "code"),
    [
        ("7,000 entries", "6 000 entrées", "fr", "number-differs"),
        ("7,000 entries", "beaucoup d'entrées", "fr", "number-differs"),
        ("many entries", "7 000 entrées", "fr", "number-differs"),
        ("5 phases", "6 этапов", "ru", "number-differs"),
        ("140 countries", "١٥٠ بلداً", "ar", "number-differs"),
        ("1.4 million people", "150万人", "zh", "number-differs"),
        ("on 15 April 2024", "le 16 avril 2024", "fr", "date-differs"),
        ("on 15 April", "4月16日", "zh", "date-differs"),
        ("soon", "до 15 апреля 2024 г.", "ru", "date-differs"),
        ("resolution A/RES/70/125", "résolution A/RES/70/126", "fr", "reference-differs"),
        ("resolution A/70/1", "résolution de l'Assemblée", "fr", "reference-differs"),
        ("see https://example.org/a", "voir https://example.org/b", "fr", "url"),
        ("see https://example.org/a", "voir le site", "fr", "url"),
        ("write to a@example.org", "écrire à b@example.org", "fr", "email-differs"),
    ],
)
def test_what_is_typed_must_be_the_same(source: str, text: str, language: str, code: str) -> None:
    assert verbatim(source, text, language) == [code]


@pytest.mark.parametrize(
    ("source", "text", "language"),
    [
        ("7,000 entries", "7 000 entrées", "fr"),
        ("7,000 entries", "7\u00a0000 записей", "ru"),
        ("7,000 entries", "٧٬٠٠٠ مدخل", "ar"),
        ("7,000 entries", "７０００个条目", "zh"),
        ("7,000 entries", "7000 entradas", "es"),
        ("1.5 per cent", "1,5 pour cent", "fr"),
        ("1.4 million people", "1,4 млн человек", "ru"),
        ("1.4 million people", "140万人", "zh"),
        ("2 billion people", "2 mil millones de personas", "es"),
        ("three phases", "3 этапа", "ru"),
        ("fifteen days", "15天", "zh"),
        ("the 21st century", "XXI век", "ru"),
        ("on 15 April 2024", "2024年4月15日", "zh"),
        ("on 15 April 2024", "le 15 avril", "fr"),
        ("from 27 to 31 May 2024", "с 27 по 31 мая 2024 года", "ru"),
        ("resolution A/RES/70/125", "القرار A/RES/70/125", "ar"),
        ("WSIS+20 and COVID-19", "SMSI+20 et COVID-19", "fr"),
        ("see https://example.org/en/a", "voir https://example.org/fr/a.", "fr"),
        ("see https://en.example.org/a", "voir https://fr.example.org/a", "fr"),
        ("write to A@example.org", "écrire à a@example.org", "fr"),
        ("at 4 p.m.", "à 16 heures", "fr"),
        ("at 16:30", "a las 16.30 horas", "es"),
        ("at 16:00", "16时", "zh"),
        ("resolution 70/125", "第70/125号决议", "zh"),
        ("See https://www.example.int/en/list daily.", "见https://www.example.int/zh/list，每日更新。", "zh"),
        ("Write to help@example.int for advice.", "请致函help@example.int咨询。", "zh"),
        ("In the 1990s it grew.", "20世纪90年代有所增长。", "zh"),
        ("It opens at 1630 hours.", "Ouverture à 16 h 30.", "fr"),
        ("It opens at 1600 hours.", "16时开门。", "zh"),
        ("between 3 and 7 April 2025", "entre el 3 y el 7 de abril de 2025", "es"),
    ],
)
def test_what_is_the_same_in_its_own_form(source: str, text: str, language: str) -> None:
    assert verbatim(source, text, language) == []
    assert verbatim(text, source, "en", language) == []


def lengths(source: str, text: str, language: str) -> list[str]:
    return [finding.code for finding in check_lengths([pair(source, text, language)])]


LONG = "Governments, the private sector, civil society and academia meet there on an equal footing."
CHINESE = "各国政府、私营部门、民间社会和学术界在此平等地共聚一堂。"


def test_lengths() -> None:
    assert lengths(LONG, CHINESE, "zh") == []
    assert lengths(LONG, CHINESE[:12], "zh") == ["length-ratio"]
    assert lengths(LONG, CHINESE * 2, "zh") == ["length-ratio"]
    assert lengths(LONG, LONG, "fr") == []
    assert lengths(LONG, LONG[:40], "fr") == ["length-ratio"]
    assert lengths("In brief", "Une phrase qui est bien plus longue", "fr") == []
    assert lengths(LONG + F * 4, CHINESE + F * 4, "zh") == []


def test_addresses_and_latin_words_do_not_grow_with_the_language() -> None:
    address = "https://www.example.int/forum/zh/programme"
    assert not list(check_lengths([pair(f"会议日程见{address}，每日更新。", f"Программа: {address}.", "ru", "zh")]))
    own = "Обсуждались ICT4D, 5G, Wi-Fi и COVID-19, а также G20."
    assert not list(check_lengths([pair("讨论了ICT4D、5G、Wi-Fi和COVID-19以及G20。", own, "ru", "zh")]))


@pytest.mark.parametrize(
    ("source", "text", "language", "code"),
    [
        ("Write to help@example.int for advice.", "请致函helps@example.int咨询。", "zh", "email-differs"),
        ("See https://www.example.int/list daily.", "见https://www.example.int/lists，每日更新。", "zh", "url"),
        ("In the 1990s it grew.", "20世纪80年代有所增长。", "zh", "number-differs"),
        ("It opens at 1630 hours.", "Ouverture à 17 h 30.", "fr", "number-differs"),
    ],
)
def test_what_differs_beside_chinese_words_and_clocks(source: str, text: str, language: str, code: str) -> None:
    assert [finding.code for finding in check_verbatim([pair(source, text, language)], LOCALES)] == [code]


def test_they_come_with_the_letter(desk: Any, french: dict[tuple[str, str], str]) -> None:
    source = "We met with 30 of them."
    words = french | {("body", "S"): "S", ("body", source): "Nous  en avons vu 40"}
    words[("letter", "Bridges between networks")] = "Des ponts "
    letter = desk.letter(body=f"# S\n\n{source}\n\n{{{{ texts.theme }}}}\n", french=words)
    found = check_letter(letter, desk.office, columns={})
    codes = {finding.code: finding.line for finding in found if finding.file == "locales/fr/letters/meeting.po"}
    assert {"number-differs", "double_space", "end_stop", "end_space"} <= codes.keys()
    assert codes["end_space"] == 4


def test_the_glossary(desk: Any, french: dict[tuple[str, str], str]) -> None:
    words = french | {("body", "S"): "S", ("body", "All stakeholders met."): "Tous les acteurs étaient là."}
    letter = desk.letter(body="# S\n\nAll stakeholders met.\n", french=words)
    (desk.office.folder / "locales" / "glossary.csv").write_text(
        "en,fr,note\nstakeholder*,partie* prenante*,house style\n", encoding="utf-8"
    )
    (found,) = [item for item in check_letter(letter, desk.office, columns={}) if item.code == "check_glossary"]
    assert "«stakeholder»" in found.message
    assert "partie… prenante…" in found.message
    assert "house style" in found.hint
    assert (found.file, found.level) == ("locales/fr/letters/meeting.po", Level.WARNING)


@pytest.mark.parametrize(
    "text",
    [
        "A-" * 5000,
        "A/1-" * 2500,
        "1,111," * 1600,
        "1 million " * 1000,
        "a@" * 5000,
        "?!" * 5000,
        " " * 10000,
        "1/1/" * 2500,
    ],
)
def test_texts_that_are_meant_to_take_long(text: str) -> None:
    with within(2):
        for check in (check_endings, check_spaces, check_lengths):
            list(check([pair(text, text[:-1])]))
        for finding in check_verbatim([pair(text, text[:-1])], LOCALES):
            assert len(finding.message) < 1000
