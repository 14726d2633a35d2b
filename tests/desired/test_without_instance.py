"""Kinds of Amazon Connect in an environment that has no instance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.desired import Examination, examine
from reconciler.model.environment import Environment
from tests.builders.folders import BASE, messages, write

HIERARCHY = """\
kind: UserHierarchy
metadata: {name: main}
spec:
  levelOne: {name: Site}
  groups: [North, South]
"""
FAULT = (
    'is a kind of Amazon Connect, but environment "prod" has no instance; add one in reconcile.yaml, or list other '
    "environments in metadata.environments"
)


def without_instance(root: Path, files: dict[str, str], **more: object) -> Examination:
    environment = replace(write(root, files), instance="", account="111122223333", region="eu-west-2", **more)
    return examine(environment, {}, ("prod", "test"))


def test_the_mistake_is_at_the_kind(tmp_path: Path) -> None:
    assert messages(without_instance(tmp_path, BASE)) == [f"manifests/base/Tiers.yaml:1:7: DataTable {FAULT}"]


def test_a_document_that_stands_for_others_is_reported_once(tmp_path: Path) -> None:
    read = without_instance(tmp_path, {"manifests/base/h.yaml": HIERARCHY})

    assert messages(read) == [f"manifests/base/h.yaml:1:7: UserHierarchy {FAULT}"]


def test_a_document_for_another_environment_is_right(tmp_path: Path) -> None:
    elsewhere = HIERARCHY.replace("{name: main}", "{name: main, environments: [test]}")

    assert messages(without_instance(tmp_path, {"manifests/base/h.yaml": elsewhere})) == []


def test_a_tombstone_has_nothing_to_delete_here_and_is_right(tmp_path: Path) -> None:
    removed = "kind: Removed\nspec: {addresses: [Queue/Old]}\n"

    read = without_instance(tmp_path, {"manifests/base/r.yaml": removed})

    assert messages(read) == []
    assert read.desired is not None
    assert list(read.desired.removed) == ["Queue/Old"]


def test_a_sandbox_brings_its_own_instance(tmp_path: Path) -> None:
    assert messages(without_instance(tmp_path, BASE, sandbox=True)) == []
    assert Environment("centre", "prod", tmp_path, sandbox=True).has_instance
