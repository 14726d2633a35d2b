"""Mistakes in manifests of dashboards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.builders.folders import reading
from tests.kinds.documents import mistakes


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


def test_a_name_without_its_stack_and_environment_is_a_warning(tmp_path: Path) -> None:
    file = {"manifests/base/it.yaml": dashboard({"widgets": []}, "calls")}

    (finding,) = reading(tmp_path, file).findings

    assert finding.severity == "warning"
    assert 'the account has one dashboard of a name, in all Regions; write "centre" and' in finding.message
