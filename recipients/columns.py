"""The headings of a list, in six languages, and the names that letters use for its columns.

Headings are matched without regard to case, accents, spaces, punctuation, ``-`` and ``_``. A heading that is
none of those below becomes ``recipient.<column>`` under its own name, written as an identifier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache

from office.findings import Finding, Level
from office.folding import folded
from recipients.values import parse_languages

# What `recipient.<name>` may always say, whatever columns a list has.
FIELD_NAMES = frozenset(
    {
        "key", "party", "name", "title", "role", "gender", "organisation", "category", "country", "country_code",
        "language", "languages", "email", "cc", "channel",
    }
)  # fmt: skip

# Field of an addressee → its headings, separated by «|»: English, French, Spanish, Russian, Chinese, Arabic.
_HEADINGS = {
    "key": "key|recipient key|addressee key|clé|identifiant|clave|identificador|ключ|идентификатор|键|标识|编号"
    "|مفتاح|المفتاح|معرف|المعرف",
    "party": "party|partie|parte|сторона|当事方|缔约方|طرف|الطرف",
    "name": "name|full name|nom|nom complet|nom et prénom|prénom et nom|nombre|nombre completo|nombre y apellidos"
    "|имя|фио|ф.и.о.|полное имя|фамилия и имя|имя и фамилия|姓名|名字|全名|اسم|الاسم|الاسم الكامل",
    "title": "title|titre|título|должность|титул|звание|职务|头衔|职称|لقب|اللقب|المنصب|الوظيفة",
    "role": "role|rôle|rol|роль|角色|دور|الدور",
    "gender": "gender|sex|genre|sexe|civilité|género|sexo|пол|性别|جنس|الجنس|النوع",
    "organisation": "organisation|organization|organisme|organización|организация|组织|机构|منظمة|المنظمة",
    "category": "category|catégorie|categoría|категория|类别|分类|فئة|الفئة",
    "country": "country|country name|pays|nom du pays|país|nombre del país|страна|государство|国家|国别|بلد|البلد"
    "|دولة|الدولة",
    "languages": "language|languages|langue|langues|idioma|idiomas|язык|языки|语言|语文|语种|لغة|اللغة|اللغات",
    "email": "email|emails|email address|email addresses|courriel|courriels|adresse courriel|adresse e-mail"
    "|adresses e-mail|adresse électronique|adresses électroniques|adresse de courriel|mél|correo electrónico"
    "|correos electrónicos|correo|correo-e|dirección de correo electrónico|direcciones de correo electrónico"
    "|dirección electrónica|электронная почта|эл. почта|электронный адрес|адрес электронной почты"
    "|адреса электронной почты|емейл|имейл|电子邮件|电子邮箱|邮箱|电邮|电子邮件地址|电邮地址|بريد إلكتروني"
    "|البريد الإلكتروني|عنوان البريد الإلكتروني",
    "cc": "cc|cc email|email cc|carbon copy|copie|copie à|copies à|copia|copia a|con copia|копия|抄送|نسخة|نسخة إلى",
    "channel": "channel|canal|voie|voie d'envoi|mode d'envoi|vía|vía de envío|канал|способ отправки|способ доставки"
    "|渠道|发送方式|قناة|القناة|طريقة الإرسال",
}  # fmt: skip
# Headings that serve for a field where no better one stands beside them, and keep their own name as well.
_SECOND_CHOICES = {
    "title": "job title|functional title|position|function|fonction|qualité|cargo|función",
    "organisation": "entity|institution|ministry|company|entité|ministère|entidad|institución|ministerio|учреждение"
    "|министерство|单位|部门|مؤسسة|المؤسسة|الجهة|الوزارة",
    "category": "class|stakeholder type|classe|clase|класс|type of stakeholder",
    "country": "country code|iso|iso2|iso3|iso code|country iso|member state|état membre|code pays|estado miembro"
    "|código de país|государство-член|код страны|成员国|国家代码|الدولة العضو|رمز البلد",
    "email": "mail|mailbox|mailboxes|to|почта|邮件|البريد",
    "cc": "copy|copies|copy to|copias|копии",
    "languages": "lang|language code|preferred language|preferred languages|language of correspondence"
    "|langue de correspondance|langue préférée|idioma preferido|idioma de correspondencia|язык переписки|通信语言"
    "|لغة المراسلة",
    "channel": "delivery|delivery channel|方式",
}  # fmt: skip
PER_LANGUAGE = ("name", "title", "organisation")  # may stand in a column for each script: «name (ar)»
_PER_LANGUAGE = re.compile(r"(.+?)(?:\s+(?:in|en))?[\s_(（\[/-]+([^\W_]+)[\s)）\]]*")
_SEVERAL = frozenset({"email", "cc"})  # may stand in several columns: «Email 1», «Email 2»
_NOT_IN_A_NAME = re.compile(r"[\W_]+")
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false", "none"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: its place from 0, its heading as written, and what it holds.

    ``field`` is a field of an addressee, ``name`` the identifier under which letters use any other column. A
    heading such as «ministry» may serve as both; a column without either is not read.
    """

    index: int
    heading: str
    field: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The heading of a list, understood. ``findings`` are errors if the list cannot be read with it."""

    columns: tuple[Column, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def extras(self) -> frozenset[str]:
        """The names of the columns that are no fields of their own."""
        return frozenset(column.name for column in self.columns if column.name)


def squash(heading: str) -> str:
    """Return what is compared of a heading: its letters and digits, without case or accents."""
    return _NOT_IN_A_NAME.sub("", folded(heading.lstrip("\ufeff")))


def column_name(heading: str) -> str:
    """Return the identifier under which letters use a column: ``Badge No.`` is ``badge_no``."""
    words = _NOT_IN_A_NAME.sub("_", unicodedata.normalize("NFKC", heading.lstrip("\ufeff")).casefold()).strip("_")
    if not words:
        return ""
    return words if words.isidentifier() and words not in _KEYWORDS else f"column_{words}"


def read_heading(cells: Sequence[str], *, row: int, file: str) -> Heading:
    """Understand a heading; every fault of it is among the findings, with the row it stands in."""
    shown = [_heading_shown(cell, index) for index, cell in enumerate(cells)]
    fields = _fields(cells)
    columns = tuple(
        Column(
            index=index,
            heading=heading,
            field=field,
            name=_own_name(cell),
        )
        for index, (cell, heading, field) in enumerate(zip(cells, shown, fields, strict=True))
    )
    findings = [*_missing(cells, columns), *_doubled(columns), *_misspelt(columns)]
    return Heading(columns=columns, findings=tuple(replace(finding, file=file, line=row) for finding in findings))


def surplus_label(index: int) -> str:
    """Return the name under which a cell beyond the heading is kept."""
    return f"(cell {index + 1})"


def is_surplus(label: str) -> bool:
    """Tell whether a cell stands beyond the heading."""
    return label.startswith("(cell ")


def is_nameless(label: str) -> bool:
    """Tell whether a column has no heading."""
    return label.startswith("(column ")


def recognised(cells: Sequence[str]) -> int:
    """Count the cells that are headings known here."""
    return sum(_field_of(cell) != "" for cell in cells)


def _heading_shown(cell: str, index: int) -> str:
    return " ".join(cell.lstrip("\ufeff").split()) if squash(cell) else f"(column {index + 1})"


def _fields(cells: Sequence[str]) -> list[str]:
    fields = [_field_of(cell) for cell in cells]
    for index, cell in enumerate(cells):
        second = _second_choices().get(squash(cell), "")
        if second and second not in fields:
            fields[index] = second
    return fields


def _own_name(cell: str) -> str:
    """Return the name under which letters use a column that is no field; that of a name in Arabic is ``name_ar``."""
    if _field_of(cell) or column_name(cell) in FIELD_NAMES:
        return ""
    return _in_one_language(cell) or column_name(cell)


def _in_one_language(cell: str) -> str:
    """Return ``name_ar`` for «name_ar», «Name (AR)», «nom en arabe»; empty for what names no field and language."""
    match = _PER_LANGUAGE.fullmatch(" ".join(cell.lstrip("\ufeff").split()))
    field = _first_choices().get(squash(match[1]), "") if match else ""
    if not match or field not in PER_LANGUAGE:
        return ""
    try:
        (language,) = parse_languages(match[2])
    except ValueError:  # no language, or several
        return ""
    return f"{field}_{language}"


def _field_of(cell: str) -> str:
    squashed = squash(cell)
    field = _first_choices().get(squashed, "")
    if not field and squashed[-1:].isdecimal():
        numbered = _first_choices().get(squashed.rstrip("0123456789"), "")
        field = numbered if numbered in _SEVERAL else ""
    return field


@cache
def _first_choices() -> dict[str, str]:
    return {squash(alias): field for field, aliases in _HEADINGS.items() for alias in aliases.split("|")}


@cache
def _second_choices() -> dict[str, str]:
    return {squash(alias): field for field, aliases in _SECOND_CHOICES.items() for alias in aliases.split("|")}


def _missing(cells: Sequence[str], columns: Sequence[Column]) -> list[Finding]:
    if any("@" in cell for cell in cells):
        message = "the first row is not a heading: it holds an address"
        return [_error("heading-missing", message, "Put a row with the names of the columns above it.")]
    found = {column.field for column in columns} - {""}
    if not found:
        return [
            _error("heading-unknown", "none of the headings is known", "The first row must name the columns: " + _KNOWN)
        ]
    if not found & {"email", "channel"}:
        hint = "Add a column «email», or a column «channel» that says «paper» where letters go by post."
        return [_error("heading-without-address", "there is no column for mailboxes", hint)]
    return []


_KNOWN = "key, party, name, title, role, gender, organisation, category, country, languages, email, cc, channel."


def _doubled(columns: Sequence[Column]) -> list[Finding]:
    seen: dict[str, str] = {}
    findings = []
    for column in columns:
        meant = squash(column.heading) if column.field in _SEVERAL or column.name else column.field
        if column.field in _SEVERAL and meant == squash(meant.rstrip("0123456789")):
            meant = column.field  # «email» and «courriel» are one column, «email 2» is another
        if not meant:
            continue
        if meant in seen:
            message = f"«{column.heading}» stands for the same column as «{seen[meant]}»"
            findings.append(_error("heading-twice", message, "Keep one of the two.", column.heading))
        seen.setdefault(meant, column.heading)
    return findings


def _misspelt(columns: Sequence[Column]) -> list[Finding]:
    """Warn of headings that are nearly a known one, since their column is not read as that."""
    found = {column.field for column in columns}
    findings = []
    for column in columns:
        strange = column.name and not _in_one_language(column.heading)
        close = get_close_matches(squash(column.heading), _first_choices(), n=1, cutoff=0.8) if strange else []
        field = _first_choices()[close[0]] if close else ""
        if field and field not in found:
            message = f"«{column.heading}» is not a heading known here; letters can use it as recipient.{column.name}"
            findings.append(
                Finding(
                    level=Level.WARNING,
                    code="heading-misspelt",
                    message=message,
                    hint=f"Did you mean «{field}»?",
                    column=column.heading,
                )
            )
    return findings


def _error(code: str, message: str, hint: str, column: str | None = None) -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, column=column)
