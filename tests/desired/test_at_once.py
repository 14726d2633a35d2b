"""One run reports every mistake of every readable file, and none that only follows from another."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.documents.yaml_text import read_yaml
from tests.builders.folders import messages, reading

HOURS = "kind: HoursOfOperation\nmetadata: {name: Day}\nspec: {timeZone: UTC, config: []}\n"
BROKEN = "kind: HoursOfOperation\nmetadata: {name: Night}\nspec: {timeZone: UTC, config: [\n"
HIERARCHY = (
    "kind: UserHierarchy\nmetadata: {name: main}\nspec: {levelOne: {nam: Site}, levelTwo: {name: T}, groups: %s}\n"
)


def queue(name: str, hours: str) -> str:
    return f"kind: Queue\nmetadata: {{name: {name}}}\nspec: {{hoursOfOperation: {hours}}}\n"


def mistakes(root: Path, *files: str) -> list[str]:
    return messages(reading(root, {f"manifests/base/{at}.yaml": text for at, text in enumerate(files)}))


def test_a_dangling_reference_is_reported_beside_invalid_yaml(tmp_path: Path) -> None:
    nowhere, no_yaml = mistakes(tmp_path, queue("Q", "Nowhere"), BROKEN)

    assert nowhere == "manifests/base/0.yaml:3:26: HoursOfOperation/Nowhere is not declared"
    assert "invalid YAML" in no_yaml


@pytest.mark.parametrize(
    "unread",
    [
        BROKEN,
        HOURS.replace("kind: HoursOfOperation", "kind: Hours").replace("Day", "Night"),
        HOURS.replace("{name: Day}", "{nam: Night}"),
        HOURS.replace("{name: Day}", "{name: '${var:NONE}'}"),
        "- a list that speaks of Night\n- Night\n",
    ],
)
def test_a_resource_in_an_unreadable_file_is_not_missing(tmp_path: Path, unread: str) -> None:
    found = mistakes(tmp_path, queue("Q", "Night"), unread)

    assert found
    assert not [mistake for mistake in found if "is not declared" in mistake]


def test_a_document_after_a_broken_one_is_read(tmp_path: Path) -> None:
    found = mistakes(tmp_path, f"{BROKEN}---\n{queue('Q', 'Nowhere')}")

    assert any("HoursOfOperation/Nowhere is not declared" in mistake for mistake in found)


def test_groups_of_a_hierarchy_with_a_mistake_are_not_missing(tmp_path: Path) -> None:
    profile = "kind: SecurityProfile\nmetadata: {name: %s}\nspec: {allowedAccessControlHierarchyGroup: %s}\n"

    found = mistakes(tmp_path, HIERARCHY % "[North]", profile % ("A", "North"), profile % ("B", "Nowhere"))

    assert [mistake.partition(": ")[2].partition(";")[0] for mistake in found] == [
        'unknown key "nam" in spec.levelOne',
        "UserHierarchyGroup/Nowhere is not declared",
    ]


def test_a_path_through_an_unreadable_group_is_not_a_mistake(tmp_path: Path) -> None:
    group = "kind: UserHierarchyGroup\nmetadata: {name: North}\nspec: {tags: [\n"

    (mistake,) = mistakes(tmp_path, (HIERARCHY % "[North/Berlin]").replace("nam:", "name:"), group)

    assert "invalid YAML" in mistake


def test_shape_rules_and_references_are_reported_together(tmp_path: Path) -> None:
    profile = (
        "kind: RoutingProfile\nmetadata: {name: R}\nspec:\n  descripton: x\n  defaultOutboundQueue: Nowhere\n"
        "  mediaConcurrencies: [{channel: VOICE, concurrency: 2}]\n"
    )

    found = mistakes(tmp_path, profile, HOURS.replace("UTC", "Mars/Olympus"))

    assert len(found) == 4
    assert [mistake for mistake in found if "Queue/Nowhere is not declared" in mistake]


def test_a_broken_text_is_lost_from_its_document_on() -> None:
    read = read_yaml("a: 1\n---\nb: [\n---\nc: 3\n", "x.yaml")

    assert len(read.documents) == 2
    assert read.lost == ("---\nb: [\n",)
