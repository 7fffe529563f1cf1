"""The restricted language of fields, conditions and audience filters.

Jinja's syntax, cut down to a whitelist: names, attributes, constants, lists of constants to compare with, comparison,
``and`` / ``or`` / ``not``, and the filters that the caller passes. An expression is parsed by Jinja and
evaluated here, on the syntax tree: no code is generated, nothing can be called, no Python attribute can be
reached, and the cost of an evaluation is bounded by the length of its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Protocol, runtime_checkable

from jinja2 import Environment, TemplateSyntaxError, nodes

Filter = Callable[..., object]
Scope = Mapping[str, object]

MAX_LENGTH = 500  # characters; nesting beyond any real use would exhaust the parser's stack
_ONE_EQUALS = re.compile(r"(?<![=!<>])=(?!=)")
_ENVIRONMENT = Environment(autoescape=False)  # noqa: S701 - parses only, never renders


class ExpressionError(Exception):
    """An expression that is not allowed or cannot be evaluated. ``name`` is the unknown name, if it is one."""

    def __init__(self, message: str, *, name: str = "", known: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.name = name
        self.known = known


@runtime_checkable
class HasFields(Protocol):
    """A typed fact whose listed attributes an expression may read."""

    template_fields: ClassVar[frozenset[str]]


_COMPARISONS: dict[str, Callable[[object, object], bool]] = {
    "eq": lambda left, right: left == right,
    "ne": lambda left, right: left != right,
    "lt": lambda left, right: left < right,  # type: ignore[operator]
    "lteq": lambda left, right: left <= right,  # type: ignore[operator]
    "gt": lambda left, right: left > right,  # type: ignore[operator]
    "gteq": lambda left, right: left >= right,  # type: ignore[operator]
    "in": lambda left, right: left in right,  # type: ignore[operator]
    "notin": lambda left, right: left not in right,  # type: ignore[operator]
}


@dataclass(frozen=True)
class Expression:
    """A parsed and whitelisted expression. ``source`` is its text without braces."""

    source: str
    tree: nodes.Expr

    @cached_property
    def paths(self) -> frozenset[tuple[str, ...]]:
        """Every dotted name that the expression reads: ``recipient.country`` is ``("recipient", "country")``."""
        found: set[tuple[str, ...]] = set()
        _collect_paths(self.tree, found)
        return frozenset(found)

    @cached_property
    def filters(self) -> frozenset[str]:
        """The names of the filters used."""
        return frozenset(node.name for node in _walk(self.tree) if isinstance(node, nodes.Filter))

    def reads(self, root: str) -> bool:
        """Tell whether the expression reads anything below the name ``root``."""
        return any(path[0] == root for path in self.paths)

    def evaluate(self, scope: Scope, filters: Mapping[str, Filter] | None = None) -> object:
        """Return the value in ``scope``; raises `ExpressionError` for unknown names and wrong types."""
        return _evaluate(self.tree, scope, filters or {})


def parse_expression(source: str) -> Expression:
    """Parse ``source`` (no braces); raises `ExpressionError` for syntax that is not in the whitelist."""
    if len(source) > MAX_LENGTH:
        raise ExpressionError(f"the expression is longer than {MAX_LENGTH} characters")
    if "{" in source or "}" in source or "%" in source:
        raise ExpressionError(f"«{source}» contains braces or a per cent sign, which an expression has no use for")
    try:
        template = _ENVIRONMENT.parse("{{ " + source + " }}")
    except (TemplateSyntaxError, RecursionError) as error:
        reason = _why_unread(source) if isinstance(error, TemplateSyntaxError) else "too deeply nested"
        raise ExpressionError(f"«{source.strip()}» cannot be read: {reason}") from None
    output = template.body[0] if len(template.body) == 1 else None
    if not isinstance(output, nodes.Output) or len(output.nodes) != 1:
        raise ExpressionError(f"«{source.strip()}» is not one expression")
    tree = output.nodes[0]
    _require_allowed(tree, source.strip())
    return Expression(source=source.strip(), tree=tree)


def _why_unread(source: str) -> str:
    """Say in plain words what is most likely wrong; the parser's own words are for programmers."""
    if _ONE_EQUALS.search(source):
        return "two values are compared with ==, not with ="
    for mark in ("'", '"'):
        if source.count(mark) % 2:
            return f"a quotation mark {mark} is missing"
    if source.count("(") != source.count(")") or source.count("[") != source.count("]"):
        return "a bracket is missing"
    return "a name, a value or a word between two of them is missing"


_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Name, nodes.Getattr, nodes.Const, nodes.List, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.Filter,
)  # fmt: skip


_PLAIN_NAMES: dict[type[nodes.Node], str] = {
    **dict.fromkeys((nodes.Call, nodes.CallBlock), "brackets behind a name, a call"),
    **dict.fromkeys(
        (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow, nodes.Neg, nodes.Pos),
        "arithmetic",
    ),
    **dict.fromkeys((nodes.Tuple, nodes.Dict), "several values"),
    nodes.Concat: "~",
    nodes.CondExpr: "«if» within a field",
    nodes.Getitem: "square brackets behind a name",
    nodes.Test: "«is»",
}


def _require_allowed(tree: nodes.Node, source: str) -> None:
    choices = {id(node.expr) for node in _walk(tree) if isinstance(node, nodes.Operand)}  # role in ("a", "b")
    for node in _walk(tree):
        if isinstance(node, nodes.Tuple) and id(node) in choices:
            continue
        if isinstance(node, nodes.TemplateData) or not isinstance(node, _ALLOWED):
            kind = _PLAIN_NAMES.get(type(node), "something")
            raise ExpressionError(
                f"«{source}» uses {kind}, which is not allowed here: names, filters, comparisons, and/or/not only"
            )
        if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
            raise ExpressionError(f"«{source}»: a name may not begin with an underscore")
        if isinstance(node, nodes.Filter) and (node.kwargs or node.dyn_args or node.dyn_kwargs):
            raise ExpressionError(f"«{source}»: a filter takes plain values in its brackets, without names")
        if isinstance(node, nodes.Filter) and node.node is None:
            raise ExpressionError(f"«{source}»: the filter has nothing to work on")


def _walk(tree: nodes.Node) -> list[nodes.Node]:
    found = [tree]
    for node in found:
        found.extend(node.iter_child_nodes())
    return found


def _collect_paths(node: nodes.Node, found: set[tuple[str, ...]]) -> None:
    path = _path(node)
    if path:
        found.add(path)
        return
    for child in node.iter_child_nodes():
        _collect_paths(child, found)


def _path(node: nodes.Node) -> tuple[str, ...]:
    if isinstance(node, nodes.Name):
        return (node.name,)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node)
        return (*base, node.attr) if base else ()
    return ()


def _evaluate(node: nodes.Node, scope: Scope, filters: Mapping[str, Filter]) -> object:  # noqa: PLR0911 - one line a kind of node
    match node:
        case nodes.Const():
            value: object = node.value
            return value
        case nodes.Name():
            return _look_up(scope, node.name, node.name)
        case nodes.Getattr():
            return _look_up(_evaluate(node.node, scope, filters), node.attr, ".".join(_path(node)) or node.attr)
        case nodes.List() | nodes.Tuple():
            return [_evaluate(item, scope, filters) for item in node.items]
        case nodes.And():
            return bool(_evaluate(node.left, scope, filters)) and bool(_evaluate(node.right, scope, filters))
        case nodes.Or():
            return bool(_evaluate(node.left, scope, filters)) or bool(_evaluate(node.right, scope, filters))
        case nodes.Not():
            return not _evaluate(node.node, scope, filters)
        case nodes.Compare():
            return _compare(node, scope, filters)
        case nodes.Filter():
            return _apply(node, scope, filters)
    raise ExpressionError(f"{type(node).__name__} is not allowed here")  # pragma: no cover - whitelisted


def _look_up(container: object, name: str, path: str) -> object:
    if isinstance(container, Mapping):
        if name in container:
            value: object = container[name]
            return value
        raise ExpressionError(f"«{path}» is not known", name=name, known=tuple(map(str, container)))
    if isinstance(container, HasFields):
        if name in container.template_fields:
            return getattr(container, name)
        raise ExpressionError(f"«{path}» is not known", name=name, known=tuple(container.template_fields))
    raise ExpressionError(f"«{path}» is not known: what stands before «.{name}» is a plain value", name=name)


def _compare(node: nodes.Compare, scope: Scope, filters: Mapping[str, Filter]) -> bool:
    left = _evaluate(node.expr, scope, filters)
    for operand in node.ops:
        right = _evaluate(operand.expr, scope, filters)
        try:
            if not _COMPARISONS[operand.op](left, right):
                return False
        except TypeError:
            raise ExpressionError("two values of different kinds cannot be compared") from None
        left = right
    return True


def _apply(node: nodes.Filter, scope: Scope, filters: Mapping[str, Filter]) -> object:
    function = filters.get(node.name)
    if function is None:
        raise ExpressionError(f"there is no filter «{node.name}»", name=node.name, known=tuple(filters))
    assert node.node is not None  # noqa: S101 - refused when parsed
    value = _evaluate(node.node, scope, filters)
    arguments = [_evaluate(argument, scope, filters) for argument in node.args]
    try:
        return function(value, *arguments)
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"the filter «{node.name}» cannot be used here: {error}") from None
