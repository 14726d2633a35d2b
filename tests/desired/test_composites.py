"""A document of a composite becomes the resources that it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.errors import Source
from reconciler.model import Desired, Linked, Ref
from tests.builders.composites import branch, branches
from tests.builders.folders import messages

HOURS = Ref("HoursOfOperation", "Berlin hours")
SALES = Ref("Queue", "Sales")
BERLIN = Ref("Branch", "Berlin")


def desired(root: Path, **files: str) -> Desired:
    """Returns the desired state of `base/NAME.yaml`."""
    read = branches(root, {f"base/{name}.yaml": text for name, text in files.items()})
    assert read.desired, messages(read)
    return read.desired


def mistakes(root: Path, **files: str) -> list[str]:
    return messages(branches(root, {f"base/{name}.yaml": text for name, text in files.items()}))


# Children.


def test_a_composite_becomes_its_children_and_is_none_of_the_resources(tmp_path: Path) -> None:
    state = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]"))

    assert set(state.manifests) == {HOURS, SALES}
    assert set(state.composites) == {BERLIN}


def test_a_child_has_its_origin_and_the_line_that_declares_it(tmp_path: Path) -> None:
    state = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]"))

    assert state.manifests[SALES].origin == BERLIN
    assert state.manifests[SALES].source == Source("manifests/base/it.yaml", 3, 32)


def test_a_child_may_be_a_composite(tmp_path: Path) -> None:
    state = desired(tmp_path, it=branch("Berlin", ", below: [Mitte]"))

    child = state.manifests[Ref("HoursOfOperation", "Mitte hours")]
    assert child.origins == (BERLIN, Ref("Branch", "Mitte"))
    assert child.origin == BERLIN
    assert child.source == Source("manifests/base/it.yaml", 3, 31)


def test_variables_are_filled_in_before_a_composite_expands(tmp_path: Path) -> None:
    state = desired(tmp_path, it=branch("Berlin", ", queues: ['${var:TEAM}']"))

    assert Ref("Queue", "support") in state.manifests


def test_a_reference_that_a_composite_writes_is_a_reference(tmp_path: Path) -> None:
    description = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]")).manifests[SALES].spec.description

    assert isinstance(description, Linked)


def test_protection_holds_for_the_children_that_can_store_it(tmp_path: Path) -> None:
    functions = ", functions: ['arn:aws:lambda:ca-central-1:111122223333:function:f']"

    state = desired(tmp_path, it=branch("Berlin", functions, ", protect: true"))

    assert {ref.kind: it.protect for ref, it in state.manifests.items()} == {
        "HoursOfOperation": True,
        "LambdaAssociation": None,
    }


def test_adoption_holds_for_the_children(tmp_path: Path) -> None:
    assert desired(tmp_path, it=branch("Berlin", metadata=", adopt: true")).manifests[HOURS].adopt


def test_a_composite_of_another_environment_has_no_children_here(tmp_path: Path) -> None:
    state = desired(tmp_path, it=branch("Berlin", metadata=", environments: [test]"))

    assert state.manifests == {}


def test_an_overlay_of_a_composite_changes_its_children(tmp_path: Path) -> None:
    overlay = "kind: Branch\nmetadata: {name: Berlin}\nspec: {queues: [Support]}\n"

    read = branches(tmp_path, {"base/it.yaml": branch("Berlin", ", queues: [Sales]"), "prod/it.yaml": overlay})

    assert read.desired
    assert {ref.name for ref in read.desired.manifests} == {"Berlin hours", "Support"}


# Mistakes.


def test_a_mistake_in_a_child_names_it_at_the_line_of_the_composite(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, it="kind: Branch\nmetadata: {name: Berlin}\nspec: {timeZone: Mars}\n")

    assert mistake.startswith("manifests/base/it.yaml:3:18: HoursOfOperation/Berlin hours: ")


def test_a_mistake_of_the_composites_own_rules_is_reported_once(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, it=branch("Berlin", ", queues: [a, b, c, d, e, f]"))

    assert mistake.endswith("a branch has at most 5 queues")


def test_children_of_a_composite_with_a_mistake_are_not_missing(tmp_path: Path) -> None:
    queue = "kind: Queue\nmetadata: {name: Q}\nspec: {hoursOfOperation: Berlin}\n"

    (mistake,) = mistakes(tmp_path, it=branch("Berlin", ", queus: [Sales]"), queue=queue.replace("Berlin", "Sales"))

    assert 'unknown key "queus"' in mistake


def test_two_composites_that_declare_one_resource_are_a_mistake(tmp_path: Path) -> None:
    one, two = branch("Berlin", ", queues: [Sales]"), branch("Paris", ", queues: [Sales]")

    (mistake,) = mistakes(tmp_path, one=one, two=two)

    assert mistake.startswith(
        "manifests/base/two.yaml:3:32: Queue/Sales is also declared at manifests/base/one.yaml:3:32"
    )


def test_a_composite_that_stands_for_itself_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, it=branch("Berlin", ", below: [Berlin]"))

    assert mistake == (
        "manifests/base/it.yaml:3:31: Branch/Berlin stands for itself: Branch/Berlin → Branch/Berlin; delete one of "
        "these documents"
    )


def test_two_composites_that_stand_for_each_other_are_a_mistake(tmp_path: Path) -> None:
    one = branch("Berlin", ", below: [Paris]", ", overrides: Branch/Paris")
    two = branch("Paris", ", below: [Berlin]", ", overrides: Branch/Berlin")

    (mistake,) = mistakes(tmp_path, one=one, two=two)

    assert "Branch/Berlin → Branch/Paris → Branch/Berlin" in mistake


def test_an_expansion_without_an_end_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, it="kind: Tower\nmetadata: {name: T}\n")

    assert mistake.startswith("manifests/base/it.yaml:1:1: Tower/T expands more than 5 levels deep: Tower/T → Tower/T+")


def test_a_reference_to_a_composite_is_a_mistake(tmp_path: Path) -> None:
    queue = (
        "kind: Queue\nmetadata: {name: Q}\nspec: {hoursOfOperation: Berlin hours, description: '${Branch/Berlin.id}'}\n"
    )

    (mistake,) = mistakes(tmp_path, it=branch("Berlin"), queue=queue)

    assert "Branch/Berlin only stands for other resources and has no id" in mistake


def test_a_tombstone_of_a_composite_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, gone="kind: Removed\nspec: {addresses: [Branch/Berlin]}\n")

    assert '"Branch/Berlin" only stands for other resources' in mistake


def test_a_tombstone_of_a_declared_child_is_a_mistake(tmp_path: Path) -> None:
    gone = "kind: Removed\nspec: {addresses: [HoursOfOperation/Berlin hours]}\n"

    (mistake,) = mistakes(tmp_path, it=branch("Berlin"), gone=gone)

    assert "HoursOfOperation/Berlin hours is still declared at manifests/base/it.yaml:3:18" in mistake


# Files.


def test_a_composite_reads_a_file_beside_its_document(tmp_path: Path) -> None:
    it, lunch = branch("Berlin", ", statuses: list.csv"), Ref("AgentStatus", "Lunch")

    read = branches(tmp_path, {"base/sub/it.yaml": it, "base/sub/list.csv": "Lunch,at noon\n"})

    assert read.desired, messages(read)
    assert read.desired.manifests[lunch].spec.description == "at noon"
    assert not read.desired.findings


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("none.csv", "manifests/base/none.csv: there is no such file; write a path to a text file"),
        ("../../secret.txt", '"../../secret.txt" is outside manifests; put the file beside the manifest'),
        ("/etc/hostname", '"/etc/hostname" is outside manifests'),
        ("wrong.csv", "Lunch has no description; write name,description"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_mistake_at_its_name(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "secret.txt").write_text("a,b\n", encoding="utf-8")

    read = branches(tmp_path, {"base/it.yaml": branch("Berlin", f", statuses: {name}"), "base/wrong.csv": "Lunch\n"})

    (mistake,) = messages(read)
    assert mistake.startswith(f"manifests/base/it.yaml:3:33: {message}")


# A kind that also expands.


def test_a_document_of_a_hierarchys_group_is_declared_twice(tmp_path: Path) -> None:
    hierarchy = "kind: UserHierarchy\nmetadata: {name: main}\nspec: {levelOne: {name: Site}, groups: [North]}\n"
    group = "kind: UserHierarchyGroup\nmetadata: {name: North}\n"

    (mistake,) = mistakes(tmp_path, it=hierarchy, group=group)

    assert "UserHierarchyGroup/North is also declared at manifests/base/group.yaml:1:1" in mistake


def test_a_group_of_a_hierarchy_comes_from_the_hierarchy(tmp_path: Path) -> None:
    hierarchy = "kind: UserHierarchy\nmetadata: {name: main}\nspec: {levelOne: {name: Site}, groups: [North]}\n"

    state = desired(tmp_path, it=hierarchy)

    assert state.manifests[Ref("UserHierarchyGroup", "North")].origin == Ref("UserHierarchy", "main")
    assert state.manifests[Ref("UserHierarchy", "main")].origin is None
    assert state.composites == {}
