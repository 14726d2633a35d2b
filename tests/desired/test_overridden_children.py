"""A document of the address of a composite's child is merged into the child."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model import Desired, Ref
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


def test_a_document_of_a_childs_address_is_merged_into_the_child(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales, protect: true}\nspec: {maxContacts: 7}\n"

    sales = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=over).manifests[SALES]

    assert (sales.spec.max_contacts, sales.spec.hours_of_operation) == (7, "Berlin hours")
    assert (sales.protect, sales.origin) == (True, BERLIN)


def test_null_in_such_a_document_removes_a_field_of_the_child(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales}\nspec: {description: null}\n"

    sales = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=over).manifests[SALES]

    assert not sales.spec.description


def test_an_overlay_alone_may_override_a_child(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales}\nspec: {maxContacts: %s}\n"
    files = {"base/it.yaml": branch("Berlin", ", queues: [Sales, Other]"), "prod/over.yaml": over % 9}
    files["base/over.yaml"] = (over % 1).replace("Sales", "Other")

    read = branches(tmp_path, files)

    assert read.desired, messages(read)
    contacts = {ref.name: it.spec.max_contacts for ref, it in read.desired.manifests.items() if ref.kind == "Queue"}
    assert contacts == {"Sales": 9, "Other": 1}


def test_the_layers_of_an_override_are_merged_in_their_order(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales}\nspec: {maxContacts: %s, description: %s}\n"
    files = {"base/it.yaml": branch("Berlin", ", queues: [Sales]"), "base/over.yaml": over % (1, "first")}

    read = branches(tmp_path, {**files, "prod/over.yaml": over % (2, "null")})

    assert read.desired, messages(read)
    assert read.desired.manifests[SALES].spec.max_contacts == 2
    assert not read.desired.manifests[SALES].spec.description


def test_an_override_of_another_environment_is_left_out(tmp_path: Path) -> None:
    over = (
        "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales, environments: [test]}\nspec: {maxContacts: 7}\n"
    )

    sales = desired(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=over).manifests[SALES]

    assert sales.spec.max_contacts is None


@pytest.mark.parametrize("files", [("a", "b"), ("b", "a")], ids=["composite first", "override first"])
def test_a_composite_that_is_a_child_is_overridden_before_it_expands(tmp_path: Path, files: tuple[str, str]) -> None:
    outer, inner = files
    over = "kind: Branch\nmetadata: {overrides: Branch/Berlin, name: Mitte}\nspec: {queues: [Sales]}\n"
    complete = branch("Mitte", ", queues: [Sales]", ", overrides: Branch/Berlin")

    for text in (over, complete):
        state = desired(tmp_path, **{outer: branch("Berlin", ", below: [Mitte]"), inner: text})

        assert state.manifests[SALES].origins == (BERLIN, Ref("Branch", "Mitte"))
        assert len(state.manifests) == 3


def test_an_override_with_a_mistake_is_reported_at_its_own_line(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {overrides: Branch/Berlin, name: Sales}\nspec: {maxContacts: many, descripton: x}\n"

    wrong, unknown = mistakes(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=over)

    assert wrong.startswith("manifests/base/over.yaml:3:21: ")
    assert 'unknown key "descripton"' in unknown


def test_a_misspelled_override_is_still_a_mistake(tmp_path: Path) -> None:
    over = "kind: Queue\nmetadata: {name: Salse}\nspec: {maxContacts: 7}\n"
    it = branch("Berlin", ", queues: [Sales]")

    read = branches(tmp_path, {"base/it.yaml": it, "prod/over.yaml": over})

    (mistake,) = messages(read)
    assert mistake.startswith("manifests/prod/over.yaml:2:18: no Queue/Salse in manifests/base")


# A document must say that it overrides.

QUEUE = "kind: Queue\nmetadata: {name: Sales%s}\nspec: {maxContacts: 7}\n"


def test_a_name_that_is_taken_by_chance_is_a_mistake(tmp_path: Path) -> None:
    (mistake,) = mistakes(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=QUEUE % "")

    assert mistake.startswith("manifests/base/over.yaml:2:18: Branch/Berlin stands for Queue/Sales; ")
    assert "add metadata: {overrides: Branch/Berlin}" in mistake


def test_one_layer_may_say_it_for_all(tmp_path: Path) -> None:
    files = {"base/it.yaml": branch("Berlin", ", queues: [Sales]"), "prod/over.yaml": QUEUE % ""}

    read = branches(tmp_path, {**files, "base/over.yaml": QUEUE % ", overrides: Branch/Berlin"})

    assert read.desired, messages(read)


@pytest.mark.parametrize("named", ["Branch/Paris", "Queue/Sales"])
def test_an_override_of_another_document_is_a_mistake(tmp_path: Path, named: str) -> None:
    over = QUEUE % f", overrides: {named}"

    (mistake,) = mistakes(tmp_path, it=branch("Berlin", ", queues: [Sales]"), over=over)

    assert f'"{named}" does not stand for this resource; write overrides: Branch/Berlin' in mistake


def test_an_override_for_which_no_document_stands_is_a_mistake(tmp_path: Path) -> None:
    over = (QUEUE % ", overrides: Branch/Berlin").replace("spec: {", "spec: {hoursOfOperation: Berlin hours, ")

    (mistake,) = mistakes(tmp_path, it=branch("Berlin"), over=over)

    assert mistake.startswith("manifests/base/over.yaml:2:")
    assert '"Branch/Berlin" does not stand for Queue/Sales; name the right one, or delete the line' in mistake


def test_the_nearest_document_may_be_named_too(tmp_path: Path) -> None:
    it = branch("Berlin", ", below: [Mitte]")
    mitte = branch("Mitte", ", queues: [Sales]", ", overrides: Branch/Berlin")

    for named in ("Branch/Berlin", "Branch/Mitte"):
        state = desired(tmp_path, it=it, mitte=mitte, over=QUEUE % f", overrides: {named}")

        assert state.manifests[SALES].spec.max_contacts == 7
