"""The HTML template circular.html: what it may contain, and rendering it.

An office may write its own. It is Jinja cut down to a whitelist, checked on the syntax tree before it is ever run:
names, attributes, ``if``, ``for`` over the letter's lists, a few filters. It cannot reach out, run away or switch
escaping off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from office.errors import InputError
from office.findings import Finding, Level
from office.suggestions import did_you_mean
from templates.forms import is_mark

if TYPE_CHECKING:
    from jinja2 import Template

_WORDS = (
    "language direction colour dark_colour office unit date_line references contacts addressees_lead addressees address"
    " title_line subject_label subject salutation body closing signature signatory title copies_label copies notes"
    " annexes"
)
NAMES = frozenset(_WORDS.split())
LISTS = frozenset({"references", "contacts", "addressees", "subject", "copies", "annexes", "title"})
ATTRIBUTES = frozenset({"label", "value", "title", "body", "first", "last", "index", "length"})
FILTERS = frozenset({"length", "first", "last", "default"})
TESTS = frozenset({"defined", "none", "odd", "even"})
MAX_SIZE = 500_000  # bytes
MAX_DEPTH = 2  # loops within loops; the letter's lists are short

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.If, nodes.For,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Filter, nodes.Test, nodes.CondExpr,
)  # fmt: skip
_ENVIRONMENT = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True)
class PageTemplate:
    """A circular.html that was checked. ``name`` is its path as the office sees it."""

    name: str
    source: str

    @cached_property
    def _template(self) -> Template:
        return _ENVIRONMENT.from_string(self.source)

    @cached_property
    def names(self) -> frozenset[str]:
        """The names for which the template has a place."""
        return frozenset(node.name for node in _ENVIRONMENT.parse(self.source).find_all(nodes.Name))

    def render(self, scope: Mapping[str, object]) -> str:
        """Return the page; raises `InputError` if the template fails with this letter."""
        try:
            return self._template.render(scope)
        except (TemplateError, TypeError, ArithmeticError) as error:
            raise InputError(f"{self.name} cannot be filled: {error}", hint="Run check for its faults.") from error


def page_findings(name: str, data: bytes) -> tuple[Finding, ...]:
    """Return every fault of a circular.html."""
    if len(data) > MAX_SIZE:
        return (_fault(name, "template-too-large", f"the template is larger than {MAX_SIZE // 1000} kB", 1),)
    try:
        return tuple(_faults(name, data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return (_fault(name, "template-encoding", "the file is not UTF-8 text", 1, "Save it again as UTF-8."),)
    except TemplateSyntaxError as error:
        return (_fault(name, "template-syntax", error.message or "the template cannot be read", error.lineno),)
    except (RecursionError, SyntaxError):
        return (_fault(name, "template-syntax", "the template is nested too deeply", 1),)


def _faults(name: str, source: str) -> list[Finding]:
    tree = _ENVIRONMENT.parse(source)
    found = [*_faults_below(tree, name, NAMES, 0)]
    if any(is_mark(character) for character in source):
        hint = "Take out characters of the private use area (U+E000 to U+F8FF), often symbols of an icon font."
        found.append(_fault(name, "template-not-allowed", "the template holds reserved characters", 1, hint))
    if not found and not any(node.name == "body" for node in tree.find_all(nodes.Name)):
        hint = "Write {{ body }} where it belongs."
        found.append(_fault(name, "template-no-body", "the letter's text has no place", 1, hint))
    if not found:
        _ENVIRONMENT.from_string(source)  # Python's own limits of nesting show here
    return found


def _faults_below(node: nodes.Node, name: str, names: frozenset[str], depth: int) -> Iterator[Finding]:
    fault = _fault_of(node, name, names, depth)
    if fault is not None:
        yield fault
        return
    if isinstance(node, nodes.For):
        inner = names | {found.name for found in node.target.find_all(nodes.Name)} | {"loop"}
        inner |= {node.target.name} if isinstance(node.target, nodes.Name) else set()
        yield from _faults_below(node.iter, name, names, depth)
        for child in (*node.body, *node.else_, *([node.test] if node.test else [])):
            yield from _faults_below(child, name, inner, depth + 1)
        return
    for child in node.iter_child_nodes():
        yield from _faults_below(child, name, names, depth)


def _fault_of(  # noqa: PLR0911 - one line a kind of node
    node: nodes.Node, name: str, names: frozenset[str], depth: int
) -> Finding | None:
    line = node.lineno or next((child.lineno for child in node.iter_child_nodes()), None) or 1
    match node:
        case nodes.Const(value=str(text)) if any(is_mark(character) for character in text):
            return _fault(name, "template-not-allowed", "reserved characters are not allowed here", line)
        case nodes.Name(name=str(word)) if word not in names:
            return _fault(name, "template-unknown-name", f"there is no «{word}»", line, did_you_mean(word, names))
        case nodes.Getattr(attr=str(word)) if word not in ATTRIBUTES:
            return _fault(name, "template-unknown-name", f"there is no «.{word}»", line, did_you_mean(word, ATTRIBUTES))
        case nodes.Filter(name=str(word)) if word not in FILTERS or node.kwargs or node.dyn_args or node.dyn_kwargs:
            hint = f"Allowed: {', '.join(sorted(FILTERS))}."
            return _fault(name, "template-not-allowed", f"the filter «{word}» is not allowed here", line, hint)
        case nodes.Test(name=str(word)) if word not in TESTS:
            return _fault(name, "template-not-allowed", f"the test «is {word}» is not allowed here", line)
        case nodes.For() if not _is_list(node.iter) or node.recursive or depth >= MAX_DEPTH:
            hint = f"Loops go over {', '.join(sorted(LISTS))}, at most {MAX_DEPTH} deep."
            return _fault(name, "template-not-allowed", "this loop is not allowed here", line, hint)
        case _ if not isinstance(node, _ALLOWED):
            kind = type(node).__name__.lower()
            hint = "Names, if and for are allowed; nothing that calls, computes, imports or switches escaping off."
            return _fault(name, "template-not-allowed", f"«{kind}» is not allowed here", line, hint)
    return None


def _is_list(node: nodes.Node) -> bool:
    match node:
        case nodes.Name(name=str(word)) | nodes.Getattr(attr=str(word)):
            return word in LISTS
        case _:
            return False


def _fault(name: str, code: str, message: str, line: int, hint: str = "") -> Finding:
    return Finding(level=Level.ERROR, code=code, message=message, hint=hint, file=name, line=line)
