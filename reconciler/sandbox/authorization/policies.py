"""Evaluates the policies of a role for one action: an explicit Deny, then an Allow, then nothing.

Source: "Policy evaluation logic" and "IAM JSON policy elements" of IAM's user guide. A condition that is not known here
does not hold, so an Allow with it allows nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

Statement = Mapping[str, Any]
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
ABSENT = "\0"  # it matches nothing
# Private-use characters for * and ? of a variable's value, which stand for themselves.
_STAND_INS = {"*": 0xE000, "?": 0xE001}
_LITERAL = {ord(character): chr(stand_in) for character, stand_in in _STAND_INS.items()}


@dataclass(frozen=True)
class Question:
    """May the principal do this to that? `resource` is empty if it is not known; then only the action decides."""

    action: str
    resource: str = ""
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)


def decide(statements: Iterable[Statement], question: Question) -> str:
    """Returns Allow or Deny, or an empty text if no statement is about it."""
    effects = {str(one["Effect"]) for one in statements if _is_about(one, question)}
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else ""


def statements_of(document: Mapping[str, Any]) -> list[Statement]:
    return _listed(document.get("Statement", []))


def _is_about(statement: Statement, question: Question) -> bool:
    return (
        _names_action(statement, question)
        and _names_resource(statement, question)
        and all(
            _holds(operator, key, _listed(wanted), question)
            for operator, pairs in statement.get("Condition", {}).items()
            for key, wanted in pairs.items()
        )
    )


def _names_action(statement: Statement, question: Question) -> bool:
    def is_named(member: str) -> bool:
        return any(_like(question.action.lower(), str(one).lower()) for one in _listed(statement[member]))

    return not is_named("NotAction") if "NotAction" in statement else is_named("Action")


def _names_resource(statement: Statement, question: Question) -> bool:
    if not question.resource:
        return True

    def is_named(member: str) -> bool:
        patterns = (_filled(str(one), question) for one in _listed(statement[member]))
        return any(_like(question.resource, pattern) for pattern in patterns)

    return not is_named("NotResource") if "NotResource" in statement else is_named("Resource")


def _holds(operator: str, key: str, wanted: list[Any], question: Question) -> bool:
    """Returns whether a condition holds. Keys ignore case."""
    known = {name.lower(): values for name, values in question.context.items()}
    values = list(known.get(key.lower(), ()))
    qualifier, _, bare = operator.rpartition(":")
    if bare == "Null":
        return (not values) == (str(wanted[0]).lower() == "true")
    test = bare.removesuffix("IfExists")
    if not values:
        return bare != test or qualifier == "ForAllValues" or "Not" in test
    patterns = [_filled(str(one), question) for one in wanted]
    matches = [any(_compare(test, value, pattern) for pattern in patterns) for value in values]
    if "Not" in test:
        return not any(matches)
    return all(matches) if qualifier == "ForAllValues" else any(matches)


def _compare(test: str, value: str, pattern: str) -> bool:
    match test.replace("Not", ""):
        case "StringEquals":
            return value == pattern
        case "StringEqualsIgnoreCase" | "Bool":
            return value.lower() == pattern.lower()
        case "StringLike" | "ArnLike" | "ArnEquals":
            return _like(value, pattern)
    return False


def _filled(pattern: str, question: Question) -> str:
    """Returns a pattern with its variables filled in. `${*}`, `${?}` and `${$}` stand for themselves."""
    known = {name.lower(): values for name, values in question.context.items()}

    def fill(variable: re.Match[str]) -> str:
        name = variable[1]
        values = [name] if name in ("*", "?", "$") else list(known.get(name.lower(), ()))
        return values[0].translate(_LITERAL) if len(values) == 1 else ABSENT

    return _VARIABLE.sub(fill, pattern)


def _like(value: str, pattern: str) -> bool:
    return bool(_compiled(pattern).fullmatch(value))


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Returns a pattern whose * stands for any text, and ? for any character."""
    parts = {"*": ".*", "?": ".", **{chr(stand_in): re.escape(character) for character, stand_in in _STAND_INS.items()}}
    return re.compile("".join(parts.get(character) or re.escape(character) for character in pattern), re.DOTALL)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [value]
