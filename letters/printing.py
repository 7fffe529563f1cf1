"""How fields print: the filters that choose a fact's form in one language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time

from letters.fields import DatedDeadline, NoWords, Person, PlacedEvent, PlaceName, Provisional
from letters.model import Event
from locales.dates import Moment, Month, parse_month
from locales.locale import Locale
from locales.missing import MissingPhrase, MissingWords
from locales.state_tables import FORMS as COUNTRY_FORMS
from office.expressions import ExpressionError, Filter
from office.suggestions import did_you_mean

FILTERS = (
    "date", "range", "time", "number", "percent", "ordinal", "quote", "join", "country", "place", "agree", "courtesy",
)  # fmt: skip
# In what «courtesy» is given of an addressee, whatever columns the list has: the role of the class, and whether the
# letter speaks to all of it.
ANYBODY, EVERYBODY = "@role", "@collective"


class Printing:
    """Prints values in one language; ``filters`` are those that fields may use."""

    def __init__(self, locale: Locale) -> None:
        self.locale = locale
        self.filters: Mapping[str, Filter] = {
            "date": _each(self._date),
            "range": self._range,
            "time": self._time,
            "number": _each(self._number),
            "percent": _each(self._percent),
            "ordinal": _each(self._ordinal),
            "quote": _each(self._quote),
            "join": self._join,
            "country": _each(self._country),
            "place": _each(self._place),
            "agree": agree,
            "courtesy": self._courtesy,
        }

    def text(self, value: object) -> str:
        """Print the value of a field; raises `ExpressionError` for what cannot be printed as it is."""
        match value:
            case str() | None:
                return value or ""
            case bool():
                raise ExpressionError("yes or no can stand in a condition, not in a text")
            case int():
                return str(value)  # a year, a number of a paragraph; figures are grouped by «number»
            case float():
                return self._guarded(self.locale.number, value)
            case date() | Month() | Provisional() | DatedDeadline():
                return self._guarded(self._date, value)
            case time():
                return self._guarded(self.locale.time, value)
        return self._group(value)

    def _group(self, value: object) -> str:
        match value:
            case PlacedEvent():
                return self._guarded(self._range, value)
            case Person() if value.name:
                return value.name
            case NoWords(reason=reason):
                raise ExpressionError(reason)
            case list():
                return self._guarded(self._join, value)
            case Mapping():
                known = ", ".join(sorted(map(str, value))[:8])
                raise ExpressionError(f"a group of facts cannot be printed; name one of them ({known})")
        raise ExpressionError("there is nothing to print")

    def _guarded(self, function: Callable[..., str], value: object) -> str:
        try:
            return function(value)
        except (ValueError, TypeError) as error:
            raise ExpressionError(str(error)) from None

    def _date(self, value: object, form: object = "prose") -> str:
        moment, provisional = _moment(value)
        return self._confirmed(self.locale.date(moment, _form(form)), provisional=provisional)

    def _range(self, value: object, form: object = "prose") -> str:
        if not isinstance(value, PlacedEvent):
            raise ExpressionError("«range» prints an event, as in {{ events.forum | range }}; use «date» for a day")
        event = value.event
        return self._confirmed(self.locale.range(event.start, event.end, _form(form)), provisional=event.provisional)

    def _time(self, value: object, form: object = "plain") -> str:
        start, end = _hours(value)
        return self.locale.time(start, end, _form(form))

    def _number(self, value: object) -> str:
        return self.locale.number(_figure(value, "number"))

    def _percent(self, value: object) -> str:
        return self.locale.percent(_figure(value, "percent"))

    def _ordinal(self, value: object, form: object = "m") -> str:
        number = _figure(value, "ordinal")
        if not isinstance(number, int):
            raise ExpressionError("«ordinal» prints a whole number")
        return self.locale.ordinal(number, _form(form))

    def _quote(self, value: object, form: object = "outer") -> str:
        if form not in ("outer", "inner"):
            raise ExpressionError('«quote» has the forms "outer" and "inner"')
        return self.locale.quote(self.text(value), inner=form == "inner")

    def _join(self, value: object) -> str:
        if not isinstance(value, list):
            raise ExpressionError('«join» prints a list, as in facts: names = ["…", "…"]')
        return self.locale.join([self.text(item) for item in value])

    def _country(self, value: object, form: object = "short") -> str:
        """Print a State's name by its code, or by a name: an addressee's country is one in the letter's language."""
        if not isinstance(value, str):
            raise ExpressionError('«country» prints a State, by its code as in facts: host = "CH"')
        if form not in COUNTRY_FORMS:
            hint = did_you_mean(str(form), COUNTRY_FORMS)
            raise ExpressionError(f"«{form}» is no form of a State's name. {hint}")
        try:
            return self.locale.country(value, str(form)) if value.strip() else ""
        except MissingPhrase:
            raise ExpressionError(
                f"«{value[:40]}» is not a State known here; write its two-letter code (ISO 3166)"
            ) from None

    def _place(self, value: object, form: object = "in") -> str:
        """Print where something takes place, as a sentence says it: «à Genève», «в Женеве»."""
        if form != "in":
            raise ExpressionError('«place» has the form "in", as in {{ events.forum.place | place("in") }}')
        if isinstance(value, NoWords):
            raise ExpressionError(value.reason)
        if not isinstance(value, PlaceName):
            raise ExpressionError("«place» prints the place of an event, of the office or of the letter")
        try:
            return self.locale.phrase("place.in", value.key)
        except MissingPhrase as missing:
            raise ExpressionError(f"{missing} {missing.hint}") from None

    def _courtesy(self, value: object, form: object = "") -> str:
        """Print how the text speaks of its addressee: «Votre Excellence», «vous»."""
        if not isinstance(value, Mapping):
            raise ExpressionError("«courtesy» speaks of the addressee: {{ recipient | courtesy }}")
        roles = str(value.get("role", "")), str(value.get(ANYBODY, ""))
        gender, collective = str(value.get("gender", "")), bool(value.get(EVERYBODY))
        try:
            said = self.locale.protocol.word_for("reference", roles, gender=gender, collective=collective)
        except MissingWords as missing:
            raise ExpressionError(f"{missing} {missing.hint}") from None
        if form == "begin":
            return said.text[:1].upper() + said.text[1:]
        return said.form(str(form))

    def _confirmed(self, printed: str, *, provisional: bool) -> str:
        if not provisional:
            return printed
        words = to_be_confirmed(self.locale)
        if printed.endswith(")") and words.startswith("("):  # «(пятница)»: one bracket for both
            return f"{printed[:-1]}, {words[1:]}"
        space = "" if words.startswith("（") else " "  # a full-width bracket brings its own
        return f"{printed}{space}{words}"


def to_be_confirmed(locale: Locale) -> str:
    """Return «(to be confirmed)» in the locale's language."""
    words = locale.phrase("label", "to-be-confirmed") if locale.has_phrase("label", "to-be-confirmed") else "?"
    return words if words[:1] in {"(", "（"} else f"({words})"


def agree(value: object, masculine: object, feminine: object, unknown: object = None) -> str:
    """Choose a form by the gender of an addressee, signatory or contact; raises `ExpressionError` if none fits."""
    if isinstance(value, Mapping):
        gender = value.get("gender", "")
    elif isinstance(value, Person):
        gender = value.gender
    else:
        raise ExpressionError("«agree» goes by a person: {{ signatory | agree(…) }} or {{ recipient | agree(…) }}")
    form = {"m": masculine, "f": feminine}.get(str(gender), unknown)
    if not isinstance(form, str):
        raise ExpressionError("«agree» needs three forms: for a man, for a woman, and where the gender is not known")
    return form


def _each(function: Filter) -> Filter:
    """Return a filter that prints every item of a list by itself; what comes out is a list, which prints joined."""

    def filtered(value: object, *forms: object) -> object:
        return [function(item, *forms) for item in value] if isinstance(value, list) else function(value, *forms)

    return filtered


def _form(form: object) -> str:
    if not isinstance(form, str):
        raise ExpressionError('a form stands between quotation marks, as in date("dm")')
    return form


def _figure(value: object, name: str) -> float:
    """Return a fact's number, or that of an addressee's column."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 15:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ExpressionError(f"«{name}» prints a number")
    return value


def _hours(value: object) -> tuple[datetime | time, datetime | None]:
    """Return the hours that a value says, from and to."""
    match value:
        case PlacedEvent(event=Event(start=datetime() as start, end=datetime() as end)):
            return start, end
        case PlacedEvent(event=Event(start=datetime() as start, end=None)):
            return start, None
        case time():
            return value, None
    if not isinstance(value, PlacedEvent):
        moment, _ = _moment(value)
        if isinstance(moment, datetime):
            return moment, None
    raise ExpressionError("«time» needs a date with hours, as in 2019-06-04T16:00:00")


def _moment(value: object) -> tuple[Moment, bool]:
    """Return the moment that a value says, and whether it is provisional."""
    match value:
        case DatedDeadline():
            return _moment(value.date)
        case Provisional():
            return value.moment, True
        case date() | Month():
            return value, False
        case PlacedEvent(event=Event(start=date() | Month() as start, end=None)):
            return start, value.provisional
        case PlacedEvent(event=Event(start=datetime() as start, end=datetime() as end)) if start.date() == end.date():
            return start, value.provisional  # some hours of one day
        case PlacedEvent():
            raise ExpressionError("an event has a beginning and an end: use «range», or name .start or .end")
        case str():
            return _written(value), False
    raise ExpressionError("«date» prints a date")


def _written(text: str) -> Moment:
    """Read a date from an addressee's column or a text fact."""
    try:
        return parse_month(text) if len(text) == 7 else date.fromisoformat(text)
    except ValueError:
        raise ExpressionError(f"«{text[:40]}» is not a date") from None
