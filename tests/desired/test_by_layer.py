"""The manifests of flows with and without the last overlay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.desired.by_layer import read_by_layer
from reconciler.errors import ManifestError
from reconciler.model import Ref
from reconciler.model.layered import LayeredManifests
from tests.builders.flows import block, end, flow_of, greeting
from tests.builders.folders import write

KINDS = ("ContactFlow", "ContactFlowModule")
MAIN = Ref("ContactFlow", "Main")


def document(kind: str, name: str, spec: Mapping[str, Any], **metadata: Any) -> str:
    return json.dumps({"kind": kind, "metadata": {"name": name, **metadata}, "spec": spec})


def flow(name: str = "Main", content: Any = None, **metadata: Any) -> str:
    return document("ContactFlow", name, {"content": content or flow_of(greeting("Hello"), end())}, **metadata)


def change(description: str, name: str = "Main") -> str:
    return document("ContactFlow", name, {"description": description})


def layered(root: Path, files: Mapping[str, str], *overlays: str) -> LayeredManifests:
    """Returns the flows of `prod`, whose variable TEAM is support."""
    environment = write(root, {f"manifests/{path}": text for path, text in files.items()})
    environment = replace(environment, overlays=tuple(map(Path, overlays)))
    return read_by_layer(environment, {}, ("prod", "test"), KINDS)


def descriptions(found: LayeredManifests) -> tuple[str, str]:
    """Returns the description of the flow Main, with and without the last overlay."""
    with_last, without = found.manifests[MAIN].spec.model_dump(), found.below[MAIN].spec.model_dump()
    return with_last["description"], without["description"]


def test_only_the_last_overlay_is_left_out(tmp_path: Path) -> None:
    files = {"base/a.yaml": flow(), "common/a.yaml": change("common"), "prod/a.yaml": change("prod")}

    found = layered(tmp_path, files, "common", "prod")

    assert descriptions(found) == ("prod", "common")
    assert {ref: place.file for ref, place in found.overlay.items()} == {MAIN: "manifests/prod/a.yaml"}
    assert found.base == {MAIN}


def test_a_last_overlay_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    files = {"base/a.yaml": flow(), "common/a.yaml": change("common")}

    found = layered(tmp_path, files, "common", "prod")

    assert descriptions(found) == ("common", "common")
    assert found.overlay == {}


def test_a_folder_that_does_not_exist_declares_nothing(tmp_path: Path) -> None:
    assert layered(tmp_path, {}, "prod") == LayeredManifests()


def test_a_flow_of_the_overlay_alone_is_not_below(tmp_path: Path) -> None:
    found = layered(tmp_path, {"base/a.yaml": flow(), "prod/b.yaml": flow("Night")}, "prod")

    assert (found.manifests.keys() - found.below.keys(), found.base) == ({Ref("ContactFlow", "Night")}, {MAIN})


def test_a_name_with_a_variable_is_kept_as_written(tmp_path: Path) -> None:
    found = layered(tmp_path, {"base/a.yaml": flow("Main ${var:TEAM}")})

    assert found.written == {Ref("ContactFlow", "Main support"): "Main ${var:TEAM}"}


def test_flows_of_other_environments_have_a_place_but_no_manifest(tmp_path: Path) -> None:
    found = layered(tmp_path, {"base/a.yaml": flow(environments=["test"])})

    assert (found.manifests, found.places[MAIN].file, found.base) == ({}, "manifests/base/a.yaml", {MAIN})


def test_tombstones_of_the_environment_are_read(tmp_path: Path) -> None:
    removed = json.dumps({"kind": "Removed", "spec": {"addresses": ["ContactFlow/Old"]}})

    assert layered(tmp_path, {"base/a.yaml": removed}).removed.keys() == {"ContactFlow/Old"}


def test_ids_of_another_instance_are_no_mistake(tmp_path: Path) -> None:
    """The overlay that is about to be written replaces them."""
    queue = "arn:aws:connect:eu-west-1:444455556666:instance/00000000-0000-4000-8000-000000000009/queue/1"
    content = flow_of(
        block("Queue", "UpdateContactTargetQueue", {"QueueId": queue}, then="End", error_NoMatchingError="End"), end()
    )

    assert layered(tmp_path, {"base/a.yaml": flow(content=content)}).manifests.keys() == {MAIN}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"base/a.yaml": "kind: ["}, "manifests/base/a.yaml:2:1: invalid YAML"),
        ({"base/a.yaml": flow(content="{")}, "manifests/base/a.yaml:1"),
        ({"base/a.yaml": flow(), "prod/a.yaml": change("x", "Mian")}, "manifests/prod/a.yaml:1"),
    ],
)
def test_mistakes_of_flows_are_raised(tmp_path: Path, files: Mapping[str, str], place: str) -> None:
    with pytest.raises(ManifestError) as raised:
        layered(tmp_path, files, "prod")

    assert place in str(raised.value)


def test_mistakes_of_other_kinds_are_not_raised(tmp_path: Path) -> None:
    files = {"base/a.yaml": flow(), "base/b.yaml": document("Queue", "Billing", {"hours": "none"})}

    assert layered(tmp_path, files).manifests.keys() == {MAIN}
