"""Some services take settings in a map of texts, change them one by one, and give a resource an id."""

from __future__ import annotations

from typing import Annotated, Any

from reconciler.diff.fields import diff
from reconciler.directory import Directory
from reconciler.kinds.asking import own_named
from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.operations import reads_of
from reconciler.kinds.service import Service, Tagging
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import AwsName, Call, Clearable, Live, MapAttribute, Ref, Resource, Scope
from reconciler.plan.reasons import cost_reason, creation_reason
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.worlds.scripted_aws import ScriptedAws, refusal


class Box(Resource):
    name: Annotated[str, AwsName("BoxName")]
    size: Annotated[int | None, MapAttribute(), Clearable(by="")] = None
    is_open: Annotated[bool, MapAttribute()] = False
    label: Annotated[str, MapAttribute()] = ""


class BoxKind(Kind[Box]):
    spec = Box
    service = Service("boxes", "Boxes", tagging=Tagging())
    identity = Identity("BoxUrl")
    reading = Reading(
        search=Listing("ListBoxes", "Boxes"),
        describe=("GetBox", "Attributes"),
        described_by={"AttributeNames": ["All"]},
        locate=("GetBoxUrl", ""),
        by_name=True,
    )
    writing = Writing(create="CreateBox", updates=(Update("SetBox", ("size", "is_open", "label"), patch=True),))

    def first_calls(self, ref: Ref, update: Update, before: Box, after: Box) -> tuple[Call, ...]:
        is_relabelled = before.label and after.label and "label" in update.fields
        return (self.call("RemoveLabel", self.own(ref, before)),) if is_relabelled else ()

    def costs(self, spec: Box) -> str:
        return f"{spec.size} shelves" if spec.size else ""

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return {"BoxName": name}


KIND, REF = BoxKind(), Ref("Box", "b")
SCOPE = Scope("stack", "test")


def steps(before: Box, after: Box) -> list[dict[str, Any]]:
    work = Work(KIND, REF, Live(REF, "u", "arn:b", before), after, {}, fields=diff(before, after))
    return [step.call.params["Attributes"] for step in make_steps(work)]


def test_attributes_are_texts_in_one_map() -> None:
    box = Box(name="b", size=7, is_open=True, label="x")

    params = KIND.create_call(REF, box, {}).params

    assert params == {"BoxName": "b", "Attributes": {"Size": "7", "IsOpen": "true", "Label": "x"}}
    assert KIND.from_aws({"BoxName": "b", **params["Attributes"]}, Directory().name) == box


def test_a_boolean_is_read_from_its_text() -> None:
    live = KIND.from_aws({"BoxName": "b", "IsOpen": "false", "Size": "0"}, Directory().name)

    assert (live.is_open, live.size) == (False, 0)


def test_a_create_without_settings_has_no_map() -> None:
    assert KIND.create_call(REF, Box(name="b"), {}).params == {"BoxName": "b"}


def test_a_patch_sends_only_what_differs() -> None:
    before = Box(name="b", size=7, label="x")

    assert steps(before, before.model_copy(update={"is_open": True})) == [{"IsOpen": "true"}]
    assert steps(before, Box(name="b", size=8, label="y")) == [{"Size": "8", "Label": "y"}]


def test_a_text_clears_an_attribute() -> None:
    assert steps(Box(name="b", size=7), Box(name="b")) == [{"Size": ""}]


def test_a_recheck_before_a_patch_compares_only_what_it_sends() -> None:
    before, after = Box(name="b"), Box(name="b", label="y")
    work = Work(KIND, REF, Live(REF, "u", "arn:b", before), after, {}, fields=diff(before, after))

    (step,) = make_steps(work)

    assert step.replaces
    assert step.replaces.fields == ("label",)


def test_the_service_answers_the_id_of_a_name() -> None:
    aws = ScriptedAws({"boxes:GetBoxUrl": {"BoxUrl": "https://boxes/b"}})

    assert own_named(aws, KIND, "b", SCOPE) == {"BoxUrl": "https://boxes/b"}
    assert aws.asked == [("boxes:GetBoxUrl", {"BoxName": "b"})]


def test_a_name_that_the_service_does_not_know_has_no_resource() -> None:
    aws = ScriptedAws({"boxes:GetBoxUrl": refusal("boxes:GetBoxUrl", "ResourceNotFoundException")})

    assert own_named(aws, KIND, "b", SCOPE) is None


def test_the_read_that_locates_is_one_of_plan_and_of_apply() -> None:
    reads = reads_of(KIND)

    assert reads.locate
    assert reads.locate in reads.of_plan
    assert reads.locate in reads.of_apply
    assert dict(reads.of_each[1].filters) == {"AttributeNames": ["All"]}


def test_an_update_may_need_calls_before_it() -> None:
    before = Box(name="b", label="x")
    works = {after: Work(KIND, REF, Live(REF, "u", "arn:b", before), Box(name="b", label=after), {}) for after in "xy"}

    first = [call.operation for step in make_steps(works["y"]) for call in step.first]

    assert first == ["RemoveLabel"]
    assert [step.first for step in make_steps(works["x"])] == []


def test_a_plan_says_what_a_new_resource_costs_and_what_an_update_adds() -> None:
    small, large = Box(name="b", size=1), Box(name="b", size=2)

    assert creation_reason(KIND, small) == "declared, not live; AWS bills 1 shelves while it exists"
    assert creation_reason(KIND, Box(name="b")) == "declared, not live"
    assert cost_reason(KIND, small, large) == "AWS bills 2 shelves while it exists"
    assert cost_reason(KIND, small, small) == cost_reason(KIND, small, Box(name="b")) == ""
