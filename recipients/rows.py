"""From the cells of a row to an addressee, with every fault of the row at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import TypeVar

from office.characters import name_of, unfit_character
from office.findings import Finding, Level
from recipients.addresses import AddressError, normalise_mailbox, split_mailboxes
from recipients.columns import Column, is_nameless, surplus_label
from recipients.model import Channel, Recipient, Row
from recipients.values import ValueFault, parse_channel, parse_country, parse_gender, parse_languages, parse_role

COMPUTED = frozenset("=+-@\t\r")  # what follows one of these at the beginning of a cell, a spreadsheet may compute
# A phone number, a plain negative number, a dash: nothing that could do harm.
_NUMBER = re.compile(r"\+[\d\s().-]+|-\d+(?:[.,]\d+)*|[\s-]+")
_MAX_LINES = 30  # within one cell; more is a quotation mark that was not closed where it should be
_MAX_KEY = 120  # characters
_Value = TypeVar("_Value")

# Corrections of one addressee: field or column name → value. «-» empties the cell.
Corrections = Mapping[str, str]


class Rows:
    """Turns the rows of one list into addressees, one after the other.

    Of the rows that went by, only hashes of their keys and mailboxes and their numbers are kept.
    """

    def __init__(self, columns: Sequence[Column], *, file: str, corrections: Mapping[str, Corrections]) -> None:
        self._columns = columns
        self._file = file
        self._corrections = corrections
        self._labels = {column.field: column.heading for column in reversed(columns) if column.field}
        self._nameless = [column for column in columns if is_nameless(column.heading)]
        self._keys: dict[int, int] = {}  # hash of a key → number of its row
        self._mailboxes: dict[int, int] = {}

    def read(self, number: int, cells: Sequence[str]) -> Row:
        """Return one row, judged; ``number`` is the row as a spreadsheet shows it."""
        fields, extra, shown = self._sort(cells)
        row = _Judgement(number, self._file, self._labels)
        self._judge_shape(row, cells)
        if self._corrections:
            key = _uncorrected_key(fields)
            _correct(fields, extra, self._corrections.get(key.casefold(), {}))
            if key and not _line(fields.get("key", "")):
                fields["key"] = key  # a corrected mailbox or name makes no other addressee of it
        recipient = _recipient(fields, extra, row)
        self._judge_twice(row, recipient)
        return Row(
            number=number,
            cells=shown,
            recipient=None if row.is_faulty else recipient,
            findings=tuple(row.findings),
        )

    def _sort(self, cells: Sequence[str]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
        """Return the cells by field, by the name of any other column, and by heading."""
        fields: dict[str, str] = {}
        extra: dict[str, str] = {}
        shown: dict[str, str] = {}
        width = len(cells)
        for column in self._columns:
            cell = unguarded(cells[column.index]) if column.index < width else ""
            shown[column.heading] = cell
            if column.field:
                earlier = fields.get(column.field)
                fields[column.field] = f"{earlier}\n{cell}" if earlier else cell
            if column.name:
                extra[column.name] = _clean(cell)
        for index in range(len(self._columns), width):
            shown[surplus_label(index)] = unguarded(cells[index])
        return fields, extra, shown

    def _judge_shape(self, row: _Judgement, cells: Sequence[str]) -> None:
        expected = len(self._columns)
        if len(cells) < expected:
            message = f"the row has {len(cells)} cells, the heading {expected}; those missing count as empty"
            row.warn("row-short", message, "Add the missing separators at its end.")
        if any(map(str.strip, cells[expected:])):
            message = f"the row has {len(cells)} cells, the heading only {expected}"
            row.fault("row-long", message, "Put a cell that holds the separator in quotation marks.")
        for column in self._nameless:
            if column.index < len(cells) and cells[column.index].strip():
                row.warn(
                    "column-nameless", f"what stands in {column.heading} has no heading and is not read", "Name it."
                )
        if not "".join(cells).isprintable():
            self._judge_characters(row, cells)

    def _judge_characters(self, row: _Judgement, cells: Sequence[str]) -> None:
        for column, cell in zip(self._columns, cells, strict=False):
            unfit = unfit_character(cell, allowed="\n\r\t")
            if unfit:
                message = f"the cell holds the character {name_of(unfit)}, which cannot be printed or sent"
                row.fault("character-unfit", message, "Type the cell anew.", column.heading)
            if cell.count("\n") > _MAX_LINES:
                message = f"the cell runs over {cell.count(chr(10)) + 1} lines"
                row.fault("cell-too-long", message, "A quotation mark is probably missing.", column.heading)

    def _judge_twice(self, row: _Judgement, recipient: Recipient) -> None:
        if recipient.key:
            first = self._keys.setdefault(hash(recipient.key.casefold()), row.number)
            if first != row.number:
                message = f"the key «{recipient.key}» stands in row {first} already"
                hint = "Give each addressee a key of its own in the column «key», or delete one of the rows."
                row.fault("key-twice", message, hint, row.label("key", "email"))
        for mailbox in recipient.to:
            first = self._mailboxes.setdefault(hash(mailbox.casefold()), row.number)
            if first != row.number:
                message = f"the mailbox «{mailbox}» stands in row {first} already"
                row.warn("mailbox-twice", message, "It will get a letter for each of them.", row.label("email"))


class _Judgement:
    """The findings about one row."""

    def __init__(self, number: int, file: str, labels: Mapping[str, str]) -> None:
        self.number = number
        self.findings: list[Finding] = []
        self.is_faulty = False
        self._file = file
        self._labels = labels

    def label(self, *fields: str) -> str:
        """Return the heading of the first of the fields that has a column, for the place of a finding."""
        return next((self._labels[field] for field in fields if field in self._labels), fields[0])

    def fault(self, code: str, message: str, hint: str = "", column: str | None = None) -> None:
        self.is_faulty = True
        self._add(Level.ERROR, code, message, hint, column)

    def warn(self, code: str, message: str, hint: str = "", column: str | None = None) -> None:
        self._add(Level.WARNING, code, message, hint, column)

    def _add(self, level: Level, code: str, message: str, hint: str, column: str | None) -> None:
        self.findings.append(
            Finding(
                level=level,
                code=code,
                message=message,
                hint=hint,
                file=self._file,
                line=self.number,
                column=column,
            )
        )

    def parsed(self, field: str, parse: Callable[[str], _Value], fields: Mapping[str, str], default: _Value) -> _Value:
        """Return the value of a field, or the default where the cell is empty or faulty."""
        text = _line(fields.get(field, ""))
        if not text:
            return default
        try:
            return parse(text)
        except ValueFault as fault:
            self.fault(fault.code, fault.message, fault.hint, self.label(field))
            return default

    def mailboxes(self, field: str, fields: Mapping[str, str]) -> tuple[str, ...]:
        """Return the mailboxes of a field that can be sent to, each once."""
        cell = fields.get(field)
        found: dict[str, str] = {}
        for text in split_mailboxes(cell) if cell else ():
            try:
                mailbox = normalise_mailbox(text)
            except AddressError as error:
                hint = f"Did you mean «{error.suggestion}»?" if error.suggestion else ""
                self.fault("address-invalid", f"«{text}» is no mailbox: {error.message}", hint, self.label(field))
            else:
                found.setdefault(mailbox.casefold(), mailbox)
        return tuple(found.values())


def _recipient(fields: Mapping[str, str], extra: Mapping[str, str], row: _Judgement) -> Recipient:
    country = row.parsed("country", parse_country, fields, "")
    channel = row.parsed("channel", parse_channel, fields, Channel.EMAIL)
    to = row.mailboxes("email", fields)
    sent_to = {mailbox.casefold() for mailbox in to}
    cc = tuple(mailbox for mailbox in row.mailboxes("cc", fields) if mailbox.casefold() not in sent_to)
    name, organisation = _line(fields.get("name", "")), _line(fields.get("organisation", ""))
    has_mailboxes = bool(to) or bool(split_mailboxes(fields.get("email", "")))  # even if none is valid
    if channel is not Channel.PAPER and not has_mailboxes:
        hint = "Write one, or «paper» in the column «channel» if the letter goes by post."
        row.fault("address-missing", "there is no mailbox to send to", hint, row.label("email"))
    if not (has_mailboxes or name or organisation or country or fields.get("title", "").strip()):
        row.fault("addressee-missing", "the row names nobody", "Write a name, an organisation or a country.")
    key = _line(fields.get("key", "")) or (to[0] if to else _hashed_key(name, organisation, country))
    party = _line(fields.get("party", "")) or key
    for field, value in (("key", key), ("party", party)):
        if len(value) > _MAX_KEY:
            row.fault("key-too-long", f"the {field} is longer than {_MAX_KEY} characters", "", row.label(field))
    return Recipient(
        key=key,
        party=party,
        name=name,
        title=_line(fields.get("title", "")),
        role=row.parsed("role", parse_role, fields, ""),
        gender=row.parsed("gender", parse_gender, fields, ""),
        organisation=organisation,
        category=_line(fields.get("category", "")),
        country=country,
        languages=row.parsed("languages", parse_languages, fields, ()),
        to=to,
        cc=cc,
        channel=channel,
        extra=extra,
    )


def _uncorrected_key(fields: Mapping[str, str]) -> str:
    """Return the key that the row has before any correction, under which corrections name it."""
    key = _line(fields.get("key", ""))
    if key:
        return key
    mailboxes = split_mailboxes(fields.get("email", ""))
    if mailboxes:
        with suppress(AddressError):
            return normalise_mailbox(mailboxes[0])
        return mailboxes[0]
    country = ""
    with suppress(ValueFault):
        country = parse_country(_line(fields.get("country", "")))
    return _hashed_key(_line(fields.get("name", "")), _line(fields.get("organisation", "")), country)


def _hashed_key(name: str, organisation: str, country: str) -> str:
    words = "\x1f".join((name.casefold(), organisation.casefold(), country))
    return "h-" + sha256(words.encode()).hexdigest()[:16]


def _correct(fields: dict[str, str], extra: dict[str, str], corrections: Corrections) -> None:
    for name, value in corrections.items():
        corrected = "" if value.strip() == "-" else value
        if name in extra:
            extra[name] = _clean(corrected)
        else:
            fields[name] = corrected


def guarded(cell: str) -> str:
    """Return the cell with an apostrophe in front if a spreadsheet would compute something of it."""
    return f"'{cell}" if cell[:1] in COMPUTED and not _NUMBER.fullmatch(cell) else cell


def unguarded(cell: str) -> str:
    """Take away the apostrophe that `guarded` puts in front."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in COMPUTED else cell


def _line(cell: str) -> str:
    """Return a cell as one line, its letters composed (Unicode form C)."""
    if cell.isascii():
        return " ".join(cell.split())
    return unicodedata.normalize("NFC", " ".join(cell.split()))


def _clean(cell: str) -> str:
    """Return a cell of a free column; its line breaks stay, as in a postal address."""
    if "\n" not in cell and "\r" not in cell:
        return _line(cell)
    return "\n".join(filter(None, (_line(line) for line in cell.splitlines())))
