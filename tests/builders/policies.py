"""Policies and JSON values for Hypothesis: any of them, and other spellings of the same policy."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from reconciler.model import Linked
from tests.builders.values import hostile

Json = dict[str, Any]

actions = st.sampled_from(["s3:GetObject", "s3:PutObject", "sts:AssumeRole", "logs:*", "dynamodb:Query"])
resources = st.sampled_from(["*", "arn:aws:s3:::shop", "arn:aws:s3:::shop/*", "arn:aws:s3:::Shop"])
services = st.sampled_from(["lambda.amazonaws.com", "scheduler.amazonaws.com"])
accounts = st.sampled_from(["111122223333", "444455556666", "arn:aws:iam::111122223333:role/r"])
condition_keys = st.sampled_from(["aws:SourceAccount", "aws:SourceArn", "s3:prefix"])
condition_values = st.sampled_from(["111122223333", "true", "5", "a/b"])


def _some(items: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return items | st.lists(items, min_size=1, max_size=3, unique=True)


principals = st.just("*") | st.fixed_dictionaries({}, optional={"AWS": _some(accounts), "Service": _some(services)})
conditions = st.dictionaries(
    st.sampled_from(["StringEquals", "ArnLike", "Bool"]),
    st.dictionaries(condition_keys, _some(condition_values), min_size=1, max_size=2),
    min_size=1,
    max_size=2,
)
statements = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": _some(actions)},
    optional={"Resource": _some(resources), "Principal": principals, "Condition": conditions},
)


@st.composite
def policies(draw: st.DrawFn) -> Json:
    """Draws a policy whose statements have names or none, and of which no two are equal."""
    listed = draw(st.lists(statements, min_size=1, max_size=4, unique_by=str))
    # A name makes each statement another one, whatever it allows.
    named = [{"Sid": f"S{at}", **statement} for at, statement in enumerate(listed)]
    version = draw(st.sampled_from([{}, {"Version": "2012-10-17"}, {"Version": "2008-10-17"}]))
    return {**version, "Statement": named}


@st.composite
def respelled(draw: st.DrawFn, policy: Json) -> Json:
    """Draws another spelling of a policy, with all the freedom that IAM leaves."""
    listed = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    statements = [draw(_statement(statement)) for statement in draw(st.permutations(listed))]
    spelled = {**policy, "Statement": _one_or_list(draw, statements)}
    if spelled.get("Version", "2008-10-17") == "2008-10-17":
        spelled.pop("Version", None)
        spelled |= draw(st.sampled_from([{}, {"Version": "2008-10-17"}]))
    return dict(draw(st.permutations(list(spelled.items()))))


@st.composite
def _statement(draw: st.DrawFn, statement: Json) -> Json:
    spelled = dict(statement)
    for key in spelled.keys() & {"Action", "Resource"}:
        spelled[key] = _shuffled(draw, spelled[key])
    if draw(st.booleans()):
        spelled["Action"] = _each(spelled["Action"], str.upper)
    if "Principal" in spelled:
        spelled["Principal"] = _principal(draw, spelled["Principal"])
    if "Condition" in spelled:
        spelled["Condition"] = {operator: _keys(draw, keys) for operator, keys in spelled["Condition"].items()}
    return dict(draw(st.permutations(list(spelled.items()))))


def _keys(draw: st.DrawFn, keys: Json) -> Json:
    spelled = {draw(st.sampled_from([key, key.upper()])): _shuffled(draw, values) for key, values in keys.items()}
    return {key: _each(values, lambda text: draw(st.sampled_from(_alike(text)))) for key, values in spelled.items()}


def _alike(text: str) -> list[Any]:
    return {"true": ["true", True], "5": ["5", 5, 5.0]}.get(text, [text])


def _principal(draw: st.DrawFn, principal: Any) -> Any:
    if principal == "*":
        return draw(st.sampled_from(["*", {"AWS": "*"}, {"AWS": ["*"]}]))
    spelled = {key: _shuffled(draw, values) for key, values in principal.items()}
    if "AWS" in spelled and draw(st.booleans()):
        spelled["AWS"] = _each(spelled["AWS"], lambda it: f"arn:aws:iam::{it}:root" if it.isdigit() else it)
    return spelled


def _shuffled(draw: st.DrawFn, values: Any) -> Any:
    return _one_or_list(draw, draw(st.permutations(values if isinstance(values, list) else [values])))


def _one_or_list(draw: st.DrawFn, values: list[Any]) -> Any:
    return values[0] if len(values) == 1 and draw(st.booleans()) else values


def _each(values: Any, change: Any) -> Any:
    return [change(value) for value in values] if isinstance(values, list) else change(values)


texts = hostile | st.sampled_from(
    ["a", "b", "${Queue/x.arn}", "${aws:username}", "\0\1${", Linked("on ${Queue/x.arn}")]
)
keys = hostile | st.sampled_from(["a", "b", "__c", "d.e", "f]", '"'])
values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)
objects = st.dictionaries(keys, values, max_size=4)


@st.composite
def edited(draw: st.DrawFn, value: Any) -> Any:
    """Draws a value like another one: with items dropped, added, moved and changed, at any depth."""
    match value:
        case dict():
            kept = {key: draw(edited(item)) for key, item in value.items() if draw(st.integers(0, 5))}
            return kept | draw(st.dictionaries(keys, values, max_size=1))
        case list():
            items = [draw(edited(item)) for item in value if draw(st.integers(0, 5))]
            return [*items, *draw(st.lists(values, max_size=1))]
        case _:
            return value if draw(st.integers(0, 3)) else draw(values)
