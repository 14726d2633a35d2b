"""Findings of a plan about quotas that are nearly used up."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.aws.client import Aws
from reconciler.errors import Source
from reconciler.kinds.registry import KINDS
from reconciler.model import Manifest, Plan
from reconciler.model.environment import Quotas
from reconciler.sandbox import Control
from tests.builders.kinds_of_services import Group, LimitedGroupKind
from tests.builders.resources import hours, queue
from tests.builders.tables import attribute, key, table
from tests.worlds.least_privilege import UnrecordedAws
from tests.worlds.world import World

AB = [key(), attribute("A"), attribute("B")]


def limited(control: Control, root: Path, **written: int) -> World:
    return World(control, root, quotas=Quotas(written))


def warnings(plan: Plan) -> list[tuple[str, str]]:
    return [(finding.address, finding.message) for finding in plan.findings if "its quota" in finding.message]


@pytest.mark.parametrize(
    ("key", "most", "warning"),
    [
        ("cellsPerTable", 4, ("DataTable/T", "the table will hold 4 cells, its quota is 4")),
        ("attributesPerTable", 3, ("DataTable/T", "the table will hold 3 attributes, its quota is 3")),
        ("tablesPerInstance", 1, ("DataTable/*", "the instance will hold 1 table, its quota is 1")),
    ],
)
def test_nine_tenths_of_a_quota_are_a_warning(
    control: Control, tmp_path: Path, key: str, most: int, warning: tuple[str, str]
) -> None:
    it = table(AB, [{"K": f"k{at}", "A": "1", "B": "2"} for at in range(2)], name="T")

    assert warnings(limited(control, tmp_path, **{key: most}).plan(it)) == [warning]
    assert warnings(limited(control, tmp_path, **{key: 2 * most}).plan(it)) == []


def test_a_new_resource_of_another_kind_is_not_counted_as_a_table(control: Control, tmp_path: Path) -> None:
    world = limited(control, tmp_path, tablesPerInstance=1)

    assert warnings(world.plan(hours(), queue("q"))) == []


def test_live_resources_count_beside_the_new_ones(control: Control, tmp_path: Path) -> None:
    world = limited(control, tmp_path, tablesPerInstance=2)
    world.run(table(AB, name="One"))

    plan = world.plan(table(AB, name="One"), table(AB, name="Two"))

    assert warnings(plan) == [("DataTable/*", "the instance will hold 2 tables, its quota is 2")]
    assert warnings(world.plan(table(AB, name="One"))) == []


def test_a_kind_of_another_service_brings_its_quotas(
    control: Control, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "Group", LimitedGroupKind())
    # No policy holds the calls of an invented kind.
    monkeypatch.setattr(Aws, "_call", UnrecordedAws._call)
    world = limited(control, tmp_path, tagsPerGroup=2, groupsPerAccount=1)

    plan = world.plan(Manifest(Group(name="g", tags={"a": "1", "b": "2"}), Source("g.yaml", 1)))

    assert sorted(warnings(plan)) == [
        ("Group/*", "the account will hold 1 log group, its quota is 1"),
        ("Group/g", "the log group will hold 2 tags, its quota is 2"),
    ]
