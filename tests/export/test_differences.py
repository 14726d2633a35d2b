"""Export: what differs between two environments, and what is of one environment only."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.export.declaration import declare
from reconciler.export.differences import differences
from reconciler.export.environments import bound_texts
from reconciler.model import Live
from tests.builders.flows import UUIDS, block, end, flow_of, greeting
from tests.builders.manifests import manifest

CONTRACT = {"InputParameters": [], "OutputParameters": [], "Transitions": []}


def differing(declared: dict[str, Any], live: dict[str, Any], kind: str = "ContactFlow", ignored: str = "") -> Any:
    content = flow_of(greeting("Hello"), end())
    before, after = (manifest(kind, "Main", {"content": content, **spec}) for spec in (declared, live))
    found = Live(after.ref, "id", "arn", after.spec, {})
    return differences(before.spec, declare(found), lambda path: path == ignored)


@pytest.mark.parametrize(
    ("declared", "live", "written"),
    [
        ({"description": "a"}, {"description": "a"}, {}),
        ({"description": "a"}, {"description": "b"}, {"description": "b"}),
        ({}, {"description": "b"}, {"description": "b"}),
        ({"description": "a"}, {}, {"description": ""}),
        ({"state": "ARCHIVED"}, {}, {"state": "ACTIVE"}),
        ({"status": "SAVED"}, {}, {"status": "PUBLISHED"}),
        ({"type": "AGENT_HOLD"}, {}, {"type": "CONTACT_FLOW"}),
        ({"tags": {"a": "1", "b": "2"}}, {"tags": {"a": "3"}}, {"tags": {"a": "3", "b": None}}),
        ({"tags": {"a": "1"}}, {}, {"tags": {"a": None}}),
    ],
)
def test_an_overlay_has_only_what_differs(declared: Any, live: Any, written: Any) -> None:
    assert differing(declared, live) == written


@pytest.mark.parametrize(
    ("declared", "live", "written"),
    [
        ({"settings": CONTRACT}, {}, {"settings": None}),
        ({}, {"settings": CONTRACT}, {"settings": CONTRACT}),
        (
            {"externalInvocationConfiguration": {"enabled": True}},
            {},
            {"externalInvocationConfiguration": {"enabled": False}},
        ),
    ],
)
def test_an_overlay_of_a_module_takes_values_back(declared: Any, live: Any, written: Any) -> None:
    content = {**flow_of(greeting("Hello"), end()), "Settings": CONTRACT}

    found = differing({"content": content, **declared}, {"content": content, **live}, "ContactFlowModule")

    assert found == written


def test_generated_ids_and_the_layout_do_not_count_as_content() -> None:
    other = flow_of(greeting("Hello", UUIDS[0], UUIDS[1]), end(UUIDS[1]))

    assert differing({}, {"content": {**other, "Metadata": {"entryPointPosition": {"x": 1, "y": 2}}}}) == {}


def test_an_ignored_field_does_not_count() -> None:
    assert differing({"description": "a"}, {"description": "b"}, ignored="description") == {}


def test_the_ids_of_blocks_are_of_no_environment() -> None:
    content = flow_of(greeting("Hello", UUIDS[0], UUIDS[1]), end(UUIDS[1]))
    layout = {"ActionMetadata": {UUIDS[0]: {"queue": {"id": UUIDS[2]}}}}

    assert bound_texts({"content": {**content, "Metadata": layout}}) == ()


def test_ids_and_arns_in_blocks_are_of_one_environment() -> None:
    arn = "arn:aws:lambda:ca-central-1:111122223333:function:look-up"
    content = flow_of(
        block("Ask", "InvokeLambdaFunction", {"LambdaFunctionARN": arn}, then="Queue"),
        block("Queue", "UpdateContactTargetQueue", {"QueueId": UUIDS[0]}, then="End"),
        end(),
    )

    assert bound_texts({"content": content}) == (arn, UUIDS[0])
