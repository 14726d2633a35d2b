"""The command that shows who changed something: of one service if it can, else of all writes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.model import Action, Call, Change, Does, Plan, Ref, Scope, Step
from reconciler.report.as_json import plan_json
from reconciler.report.rebuilding import plan_of
from reconciler.report.trail import lookup_command

OPS = Scope("shop", "ops", account="111122223333", region="eu-west-2")


def changed(*services: str) -> Plan:
    """Returns a plan with one change, whose steps are calls of these services."""
    steps = tuple(Step(Call(service, "Update", {}), Does.UPDATE) for service in services)
    return Plan(OPS, (Change(Action.UPDATE, Ref("Group", "calls"), steps=steps),))


@pytest.mark.parametrize(
    ("services", "events"),
    [
        (("connect",), "AttributeKey=EventSource,AttributeValue=connect.amazonaws.com"),
        (("logs",), "AttributeKey=ReadOnly,AttributeValue=false"),
        (("connect", "logs"), "AttributeKey=ReadOnly,AttributeValue=false"),
    ],
)
def test_one_attribute_selects_the_events(services: tuple[str, ...], events: str) -> None:
    command = f"aws cloudtrail lookup-events --region eu-west-2 --lookup-attributes {events}"

    assert lookup_command(changed(*services)) == command
    assert lookup_command(plan_of(plan_json(changed(*services)))) == command


def test_nothing_differs_so_there_is_no_command() -> None:
    assert lookup_command(replace(changed("logs"), changes=())) == ""
