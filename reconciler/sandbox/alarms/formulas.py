"""Metric math: the arithmetic of metrics of one period. It raises `Unknown` for other formulas, and never guesses.

It knows + - * / with numbers and ids, and comparisons with AND and OR. It knows IF, FILL with a number, and SUM, MIN,
MAX and AVG of a list.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

Point = float | None
"""A value of one period, or None if the metric has none there."""
_OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_LISTS: dict[str, Callable[[list[float]], float]] = {
    "SUM": sum,
    "MIN": min,
    "MAX": max,
    "AVG": lambda values: sum(values) / len(values),
}


class Unknown(ValueError):  # noqa: N818 - the name says what it is
    """A formula that the sandbox does not evaluate."""


def evaluate(formula: str, points: Mapping[str, Point]) -> Point:
    """Returns a formula's value for a period. Raises `Unknown`."""
    text = re.sub(r"\bAND\b|&&", " and ", re.sub(r"\bOR\b|\|\|", " or ", formula))
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except SyntaxError as wrong:
        raise Unknown(f"the expression {formula}") from wrong
    return _value(tree.body, points, formula)


def _value(node: ast.expr, points: Mapping[str, Point], formula: str) -> Point:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name) if name in points:
            return points[name]
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            value = _value(inner, points, formula)
            return None if value is None else -value
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _combined(type(op), _value(left, points, formula), _value(right, points, formula))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _combined(type(op), _value(left, points, formula), _value(right, points, formula))
        case ast.BoolOp(op=op, values=parts):
            values = [_value(part, points, formula) for part in parts]
            if None in values:
                return None
            return float(all(values) if isinstance(op, ast.And) else any(values))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            return _called(name, arguments, points, formula)
    raise Unknown(f"the expression {formula}")


def _combined(op: type, left: Point, right: Point) -> Point:
    """Returns the result for one period: none if a side has none, or if a divisor is 0."""
    if left is None or right is None or (op is ast.Div and right == 0):
        return None
    return float(_OPERATORS[op](left, right))


def _called(name: str, arguments: list[ast.expr], points: Mapping[str, Point], formula: str) -> Point:
    match name, arguments:
        case _, [ast.List(elts=items)] if name in _LISTS:
            values = [_value(item, points, formula) for item in items]
            known = [value for value in values if value is not None]
            return _LISTS[name](known) if known else None
        case "FILL", [inner, filling]:
            value = _value(inner, points, formula)
            return _value(filling, points, formula) if value is None else value
        case "IF", [condition, yes, no]:
            truth = _value(condition, points, formula)
            return None if truth is None else _value(yes if truth else no, points, formula)
    raise Unknown(f"the function {name}")
