"""A language's forms and words made from its data: patterns out of tables, built-in words as the house sets them."""

from __future__ import annotations

from dataclasses import replace

from locales.catalogue import Entry
from locales.formats import Formats, Variant
from locales.tables import Table, as_table, named_texts, texts_of
from locales.typography import Typography


def dressed(table: Table, typography: Typography) -> Table:
    """Return built-in words as the house sets them. An office's own stand as it wrote them."""
    return {key: _dressed_value(value, typography) for key, value in table.items()}


def _dressed_value(value: object, typography: Typography) -> object:
    match value:
        case str():
            return typography.dressed(value)
        case list():
            return [_dressed_value(item, typography) for item in value]
        case dict():
            return dressed(value, typography)
    return value


def dressed_entry(entry: Entry, typography: Typography) -> Entry:
    """Return an entry of the built-in frame.po as the house sets it."""
    return replace(entry, msgstr=typography.dressed(entry.msgstr))


def build_formats(data: Table) -> Formats:
    """Return the forms that a language's table says, with CLDR's names of months and weekdays."""
    import babel.core

    # Only the names that follow a day: Babel hands out other languages' stand-alone months for Arabic.
    cldr = babel.core.Locale.parse(str(data["cldr"]))
    names = cldr.months["format"]["wide"]
    months = {"month": tuple(str(names[number]) for number in range(1, 13))}
    months |= {name: texts_of(said) for name, said in as_table(data.get("months")).items()}
    for name in ("alone", "in", "of"):
        months.setdefault(name, months["month"])
    days: dict[str, dict[str, str]] = {"d": {}, "since": {}}
    days |= {name: named_texts(said) for name, said in as_table(data.get("days")).items()}
    weekdays = cldr.days["format"]["wide"]
    reading = as_table(data.get("reading"))
    dates, clock, numbers, joining = (as_table(data[name]) for name in ("date", "time", "numbers", "join"))
    return Formats(
        months=months,
        weekdays=texts_of(data["weekdays"]) if "weekdays" in data else [str(weekdays[number]) for number in range(7)],
        days=days,
        dates={form: named_texts(said) for form, said in dates.items() if isinstance(said, dict)},
        ranges={form: named_texts(said) for form, said in as_table(data["range"]).items()},
        line=str(dates["line"]),
        time_single=str(clock["single"]),
        time_range=str(clock["range"]),
        time_zone=str(clock["zone"]),
        group=str(numbers["group"]),
        decimal=str(numbers["decimal"]),
        group_from=int(str(numbers["group-from"])),
        percentage=str(numbers["percent"]),
        ordinals={form: named_texts(said) for form, said in as_table(data["ordinals"]).items()},
        glue=str(as_table(data["typography"]).get("number-space", " ")),
        separator=str(joining["separator"]),
        last=str(joining["last"]),
        variants=_variants(as_table(joining.get("before-i"))),
        persons=named_texts(data["person"]),
        reading_dates=texts_of(reading.get("dates")),
        reading_months=texts_of(reading.get("months")),
        reading_times=texts_of(reading.get("times")),
    )


def _variants(said: Table) -> tuple[Variant, ...]:
    if not ("last" in said and "begins" in said):
        return ()
    begins, exceptions = texts_of(said["begins"]), texts_of(said.get("except"))
    return (Variant(last=str(said["last"]), begins=begins, exceptions=exceptions),)
