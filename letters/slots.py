"""Addressee expressions in a letter: numbered places that are filled for each addressee."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from jinja2 import nodes

from letters.composed import SlotSpec
from letters.printing import FILTERS, agree
from locales.locale import Locale
from locales.state_tables import FORMS as COUNTRY_FORMS
from office.expressions import Expression, ExpressionError
from office.suggestions import did_you_mean


class Slots:
    """Numbers the slots of one part of a letter, in one language, from ``first``; equal ones share a number."""

    def __init__(self, locale: Locale, *, first: int = 0) -> None:
        self.specs: list[SlotSpec] = []
        self._locale = locale
        self._first = first
        self._numbers: dict[tuple[str, str], int] = {}  # by name and kind

    def text(self, expression: Expression, *, role: str = "", master: str = "") -> int:
        """Return the number of the slot that prints ``expression``; raises `ExpressionError` if it cannot be one.

        ``role`` and ``master`` are given for «courtesy»: it goes by the class where an addressee's role has no words.
        """
        require_addressee(expression)
        master = master or _master(expression, self._locale)
        return self.number(SlotSpec(name=expression.source, expression=expression, role=role, master=master))

    def truth(self, expression: Expression) -> int:
        """Return the number of the slot that holds the truth of ``expression``."""
        require_addressee(expression, is_condition=True)
        return self.number(SlotSpec(name=expression.source, expression=expression, kind="truth", master=True))

    def number(self, spec: SlotSpec) -> int:
        """Return the number of ``spec``, a new one if no equal one is there."""
        number = self._numbers.setdefault((spec.name, spec.kind), len(self.specs))
        if number == len(self.specs):
            self.specs.append(replace(spec, language=self._locale.tag))
        return self._first + number

    def master(self, number: int) -> str | bool:
        """Return what the copy for the file has in the slot of this number."""
        return self.specs[number - self._first].master


def require_addressee(expression: Expression, *, is_condition: bool = False) -> None:
    """Raise `ExpressionError` unless an expression about the addressee can be evaluated for each of them.

    Everything is found out here, while the letter is composed, so that no addressee's letter fails later.
    """
    others = sorted({path[0] for path in expression.paths} - {"recipient"})
    if others:
        raise ExpressionError(
            f"«{expression.source}» mixes the addressee with «{others[0]}»: what is printed for each addressee can"
            " read recipient.… only"
        )
    for name in expression.filters - set(FILTERS):
        raise ExpressionError(f"there is no filter «{name}»", name=name, known=FILTERS)
    _require_person(expression.tree, expression.source)
    _require_country_forms(expression.tree)
    deep = [path for path in expression.paths if len(path) > 2]
    if deep:
        raise ExpressionError(f"«{'.'.join(deep[0])}» is not known: a column has no parts")
    if not is_condition and isinstance(expression.tree, nodes.Compare | nodes.And | nodes.Or | nodes.Not):
        raise ExpressionError(f"«{expression.source}» is yes or no: it can stand in a condition, not in a text")


def _require_person(tree: nodes.Node, source: str) -> None:
    """Check that ``recipient`` alone stands before «agree» and «courtesy» only, and that these have what they need."""
    waiting = [tree]
    for node in waiting:
        if isinstance(node, nodes.Filter) and node.name == "agree":
            if not (isinstance(node.node, nodes.Name) and node.node.name == "recipient"):
                raise ExpressionError("«agree» goes by the addressee: {{ recipient | agree(…) }}")
            if len(node.args) != 3 or not all(_is_text(argument) for argument in node.args):
                raise ExpressionError(
                    "«agree» needs three forms: for a man, for a woman, and where the gender is not known"
                )
            continue
        if isinstance(node, nodes.Filter) and node.name == "courtesy":
            _require_courtesy(node)
            continue
        if isinstance(node, nodes.Name):
            raise ExpressionError(f"«{source}»: name a column of the list, as in recipient.country")
        if not isinstance(node, nodes.Getattr):
            waiting.extend(node.iter_child_nodes())


def _require_country_forms(tree: nodes.Node) -> None:
    """Check the form that «country» is asked for: what it is used on is known for each addressee only."""
    asked = [node.args[0] for node in _filters_in(tree) if node.name == "country" and node.args]
    for form in asked:
        if not (isinstance(form, nodes.Const) and form.value in COUNTRY_FORMS):
            word = str(getattr(form, "value", ""))
            raise ExpressionError(f"«{word}» is no form of a State's name. {did_you_mean(word, COUNTRY_FORMS)}")


def _filters_in(tree: nodes.Node) -> Iterator[nodes.Filter]:
    if isinstance(tree, nodes.Filter):
        yield tree
    yield from tree.find_all(nodes.Filter)


def _require_courtesy(node: nodes.Filter) -> None:
    if not (isinstance(node.node, nodes.Name) and node.node.name == "recipient"):
        raise ExpressionError("«courtesy» speaks of the addressee: {{ recipient | courtesy }}")
    forms = [argument.value if isinstance(argument, nodes.Const) else None for argument in node.args]
    if forms not in ([], ["of"], ["to"], ["begin"]):
        raise ExpressionError('«courtesy» stands alone or has a form: "of", "to", or "begin" at the head of a sentence')


def _master(expression: Expression, locale: Locale) -> str:
    """Return what the copy for the file prints: the form for an unknown gender, or the column in brackets.

    The usual columns are called by the language's own words, others as the list calls them.
    """
    if "agree" in expression.filters:
        return str(expression.evaluate({"recipient": {"gender": ""}}, {"agree": agree}))
    columns = [path[-1] for path in sorted(expression.paths)]
    known = locale.keys("column")
    return "".join(f"[{locale.phrase('column', name) if name in known else name}]" for name in columns)


def _is_text(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, str)
