"""Mistakes in manifests of dashboards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.model import Action
from tests.builders.folders import reading
from tests.builders.manifests import manifest
from tests.kinds.documents import mistakes
from tests.worlds.world import World


def dashboard(body: Any, name: str = "contact-centre-test") -> str:
    return json.dumps({"kind": "Dashboard", "metadata": {"name": name}, "spec": {"dashboardBody": body}})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"start": "-PT1H"}, "has no list of widgets"),
        ({"widgets": {}}, "has no list of widgets"),
        ({"widgets": [{}] * 501}, "has 501 widgets; AWS takes up to 500"),
        ("{", "Expecting property name"),
    ],
    ids=["no widgets", "a map of widgets", "too many widgets", "no JSON"],
)
def test_a_body_has_widgets(tmp_path: Path, body: Any, expected: str) -> None:
    assert any(expected in mistake for mistake in mistakes(tmp_path, dashboard(body)))


def test_a_name_without_its_stack_is_a_warning(tmp_path: Path) -> None:
    file = {"manifests/base/it.yaml": dashboard({"widgets": []}, "calls")}

    (finding,) = reading(tmp_path, file).findings

    assert finding.severity == "warning"
    assert finding.message.endswith("in all Regions; write the stack, centre, into it")


def test_a_dashboard_of_another_environment_is_blocked_with_its_owner(world: World) -> None:
    it = manifest("Dashboard", "contact-centre-calls", {"dashboardBody": {"widgets": []}})
    world.run(it)

    (change,) = world.with_settings(name="prod").plan(it).changes

    assert change.action is Action.BLOCKED
    assert change.reason == "exists, and is managed by contact-centre/test as Dashboard/contact-centre-calls"
