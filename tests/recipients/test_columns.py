"""Headings are recognised in six languages, however they are written."""

from __future__ import annotations

import pytest

from recipients.columns import FIELD_NAMES, column_name, read_heading


def _fields(*cells: str) -> list[str]:
    return [column.field for column in read_heading(cells, row=1, file="recipients/x.csv").columns]


def _codes(*cells: str) -> list[str]:
    return [finding.code for finding in read_heading(cells, row=1, file="recipients/x.csv").findings]


def test_headings_of_the_design() -> None:
    fields = sorted(FIELD_NAMES - {"language", "country_code"})
    assert _fields(*fields) == fields
    assert _fields(*map(str.upper, fields)) == fields
    assert _codes(*fields) == []


@pytest.mark.parametrize(
    "heading", ["email", "E-Mail", "e_mail", "E mail", "EMAILS", " Email ", "\ufeffemail", "E-mails:"]
)
def test_case_spaces_hyphens_and_underlines_do_not_matter(heading: str) -> None:
    assert _fields(heading) == ["email"]


@pytest.mark.parametrize(
    ("language", "cells"),
    [
        (
            "en",
            ["Key", "Party", "Full name", "Title", "Role", "Gender", "Organization", "Category", "Country", "Language"],
        ),
        ("fr", ["Clé", "Partie", "Nom", "Titre", "Rôle", "Genre", "Organisme", "Catégorie", "Pays", "Langues"]),
        ("es", ["Clave", "Parte", "Nombre", "Título", "Rol", "Género", "Organización", "Categoría", "País", "Idioma"]),
        ("ru", ["Ключ", "Сторона", "ФИО", "Должность", "Роль", "Пол", "Организация", "Категория", "Страна", "Язык"]),
        ("zh", ["键", "缔约方", "姓名", "职务", "角色", "性别", "组织", "类别", "国家", "语言"]),
        ("ar", ["المفتاح", "الطرف", "الاسم", "المنصب", "الدور", "الجنس", "المنظمة", "الفئة", "البلد", "اللغة"]),
    ],
)
def test_headings_in_six_languages(language: str, cells: list[str]) -> None:
    expected = ["key", "party", "name", "title", "role", "gender", "organisation", "category", "country", "languages"]
    assert _fields(*cells) == expected, language


@pytest.mark.parametrize(
    "heading",
    [
        "Courriel",
        "Adresse électronique",
        "Correo electrónico",
        "Электронная почта",
        "电子邮件",
        "البريد الإلكتروني",
        "Mail",
    ],
)
def test_mailboxes_have_many_names(heading: str) -> None:
    assert _fields("name", heading) == ["name", "email"]


def test_mailboxes_may_stand_in_numbered_columns() -> None:
    assert _fields("E-mail 1", "E-mail 2", "cc", "cc2") == ["email", "email", "cc", "cc"]
    assert _codes("E-mail", "E-mail 2") == []


def test_other_columns_keep_their_name_as_an_identifier() -> None:
    heading = read_heading(["email", "Badge No.", "2024 entries", "Not", "Fédération"], row=1, file="x")
    assert heading.extras == {"badge_no", "column_2024_entries", "column_not", "fédération"}
    assert all(name.isidentifier() for name in heading.extras)


def test_a_second_choice_serves_only_where_nothing_better_stands() -> None:
    heading = read_heading(["email", "Ministry"], row=1, file="x")
    assert [(column.field, column.name) for column in heading.columns] == [("email", ""), ("organisation", "ministry")]
    assert _fields("email", "organisation", "ministry") == ["email", "organisation", ""]
    assert _fields("email", "country", "country code") == ["email", "country", ""]
    assert _fields("email", "iso2") == ["email", "country"]


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["foo", "bar"], ["heading-unknown"]),
        (["name", "country"], ["heading-without-address"]),
        (["amina@ke.example.org", "Amina"], ["heading-missing"]),
        (["email", "E-Mail"], ["heading-twice"]),
        (["email", "courriel"], ["heading-twice"]),
        (["email", "name", "Nom"], ["heading-twice"]),
        (["email", "table no", "Table-No"], ["heading-twice"]),
        (["email", "contry"], ["heading-misspelt"]),
        (["channel", "name"], []),
        (["email", "", ""], []),
    ],
)
def test_faults_of_a_heading(cells: list[str], codes: list[str]) -> None:
    assert _codes(*cells) == codes


def test_a_name_without_letters_is_none() -> None:
    assert column_name(" * ") == ""


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("name_ar", "name_ar"),
        ("Name (AR)", "name_ar"),
        ("name zh", "name_zh"),
        ("nom (ru)", "name_ru"),
        ("Nom en arabe", "name_ar"),
        ("姓名（中文）", "name_zh"),
        ("Имя (русский)", "name_ru"),
        ("job title (fr)", "job_title_fr"),
        ("title-es", "title_es"),
        ("organisation Chinese", "organisation_zh"),
        ("Name of spouse", "name_of_spouse"),
        ("name (ar, zh)", "name_ar_zh"),
    ],
)
def test_a_column_for_each_script(heading: str, name: str) -> None:
    read = read_heading(("name", "email", heading), row=1, file="a.csv")
    assert read.findings == ()
    assert (read.columns[2].field, read.columns[2].name) == ("", name)
