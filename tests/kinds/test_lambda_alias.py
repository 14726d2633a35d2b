"""The alias that a function with provisioned concurrency stands for."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.registry import KINDS
from tests.builders.manifests import manifest

FUNCTION = {"runtime": "python3.13", "handler": "main.handler", "role": "r"}


def aliases(**fields: Any) -> list[dict[str, Any]]:
    spec: Any = manifest("LambdaFunction", "f", {**FUNCTION, **fields}).spec
    return [dict(child.spec) for child in KINDS["LambdaFunction"].expand(spec, None)]  # type: ignore[arg-type]


def release(**fields: Any) -> str:
    (alias,) = aliases(provisionedConcurrency=2, **fields)
    return str(alias["release"])


def test_a_function_without_provisioned_concurrency_has_no_alias() -> None:
    assert aliases(memorySize=512) == []


def test_the_release_changes_with_what_a_version_freezes() -> None:
    assert len({release(), release(memorySize=512), release(environment={"A": "1"}), release(layers=["arn:x:1"])}) == 4


def test_the_release_does_not_change_with_other_fields_or_with_a_default() -> None:
    same = {release(), release(timeout=3), release(tags={"Team": "a"}), release(reservedConcurrentExecutions=5)}

    assert len(same) == 1


def test_the_alias_has_the_settings_of_asynchronous_calls() -> None:
    to = {"onFailure": {"destination": "arn:aws:sqs:ca-central-1:111122223333:dead"}}
    (alias,) = aliases(provisionedConcurrency=2, maximumRetryAttempts=0, destinationConfig=to)

    assert alias["name"] == "f/live"
    assert alias["provisionedConcurrentExecutions"] == 2
    assert (alias["maximumRetryAttempts"], alias["destinationConfig"]) == (0, to)
    assert "maximumEventAgeInSeconds" not in alias
