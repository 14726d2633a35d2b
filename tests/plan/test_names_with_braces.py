"""S-1: names that `${Kind/name.arn}` cannot hold, and texts that only look like references."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.desired.texts import Texts
from reconciler.directory import AwsIds, Directory
from reconciler.errors import UnknownReferenceError
from reconciler.kinds.registry import KINDS
from reconciler.model import Linked, Manifest, Ref, from_words, in_words
from reconciler.sandbox import INSTANCE_ID
from tests.builders.folders import messages, reading
from tests.builders.manifests import manifest
from tests.builders.tables import attribute, key, table
from tests.worlds.exporting import exported, plans_nothing
from tests.worlds.world import World

HOURS = manifest("HoursOfOperation", "Day", {"timeZone": "UTC", "config": []})
ODD_NAMES = ["Sales {EN}", "a}", "{", "${Queue/a.arn}", "x}.arn", 'say "EN"', "back\\slash", "a\\nb", "Sales.arn", "$"]
odd_name = pytest.mark.parametrize("name", ODD_NAMES)


def queue(name: str) -> Manifest:
    return manifest("Queue", name, {"hoursOfOperation": "Day"})


def arn_of(world: World, name: str) -> str:
    queues = world.connect.list_queues(InstanceId=INSTANCE_ID, MaxResults=1000)["QueueSummaryList"]
    return str(next(each["Arn"] for each in queues if each.get("Name") == name))


@pytest.mark.slow
@odd_name
def test_an_arn_in_a_cell_is_sent_unchanged(world: World, name: str) -> None:
    columns = [key(), attribute("QueueArn")]
    world.run(HOURS, queue(name), table(columns, [{"K": "k1", "QueueArn": "placeholder"}]))
    wanted = table(columns, [{"K": "k1", "QueueArn": arn_of(world, name)}])

    done = world.run(HOURS, queue(name), wanted)

    assert done.exit_code == 0
    assert world.cells("T") == {(("k1",), "QueueArn"): arn_of(world, name)}
    assert world.plan(HOURS, queue(name), wanted).changes == ()


@odd_name
def test_an_update_keeps_the_arns_of_an_undeclared_rule(world: World, name: str) -> None:
    world.run(HOURS, queue(name), table([key(), attribute("QueueArn", description="one")]))
    rule = {"Enum": {"Strict": True, "Values": [arn_of(world, name)]}}
    place = {"InstanceId": INSTANCE_ID, "DataTableId": world.table_id("T"), "AttributeName": "QueueArn"}
    members = {"Name": "QueueArn", "ValueType": "TEXT", "Description": "one", "Validation": rule}
    world.connect.update_data_table_attribute(**place, **members)

    done = world.run(HOURS, queue(name), table([key(), attribute("QueueArn", description="two")]))

    live = world.connect.describe_data_table_attribute(**place)["Attribute"]
    assert (done.exit_code, live["Description"]) == (0, "two")
    assert live["Validation"]["Enum"]["Values"] == [arn_of(world, name)]


@pytest.mark.slow
@odd_name
def test_exported_arns_need_no_change(world: World, tmp_path: Path, name: str) -> None:
    columns = [key(), attribute("Text"), attribute("Lists", "TEXT_LIST")]
    world.run(HOURS, queue(name), table(columns))
    arn = arn_of(world, name)
    texts = {"Text": f"to {arn}", "Lists": f'["{arn}", "b"]'}
    world.run(HOURS, queue(name), table(columns, [{"K": "k1", **texts}], spec={"description": f"see {arn}"}))
    stored = world.cells("T")

    exported(world, tmp_path, kinds=KINDS)

    assert plans_nothing(world)
    assert world.cells("T") == stored


@pytest.mark.parametrize("name", ["Sales {EN}", "a}", "{"])
def test_a_reference_with_a_brace_is_a_mistake_with_advice(tmp_path: Path, name: str) -> None:
    cell = f"'${{Queue/{name}.arn}}'"
    spec = "{timeZone: UTC, attributes: [{name: K, valueType: TEXT, primary: true}, {name: V, valueType: TEXT}], "
    text = f"kind: DataTable\nmetadata: {{name: T}}\nspec: {spec} values: {{rows: [{{K: k, V: {cell}}}]}}}}\n"

    found = messages(reading(tmp_path, {"manifests/base/it.yaml": text}))

    assert found
    if name != "a}":  # `${Queue/a}` is complete
        assert "if the name itself has a brace, write the ARN" in found[0]


ID = "arn:aws:connect:us-east-1:111122223333:instance/aaaaaaaa-0000-4000-8000-000000000000/queue/"
IDENTITIES = [AwsIds(f"bbbbbbbb-0000-4000-8000-{at:012}", f"{ID}bbbbbbbb-0000-4000-8000-{at:012}") for at in range(3)]
PIECES = ["$", "{", "}", "$$", "${", "${Queue/", "/", ".arn}", ".id}", "${Queue/x.arn}", "$${Queue/x.id}", "Queue", '"']
pieces = st.one_of(st.sampled_from([text for each in IDENTITIES for text in each]), st.sampled_from(PIECES), st.text())
names = st.one_of(st.sampled_from([*ODD_NAMES, "x"]), st.text(min_size=1), st.lists(pieces, min_size=1).map("".join))


@given(st.lists(names, min_size=3, max_size=3, unique=True), st.lists(pieces).map("".join))
def test_ids_and_names_round_trip(called: list[str], text: str) -> None:
    directory = Directory(zip((Ref("Queue", name) for name in called), IDENTITIES, strict=True))

    named = directory.by_name(text)

    assert directory.by_id(named) == text
    assert (type(from_words(in_words(named))), from_words(in_words(named))) == (type(named), named)


def test_a_literal_like_a_reference_stays_literal() -> None:
    directory = Directory([(Ref("Queue", "X"), IDENTITIES[0])])
    text = f"${{Queue/X.arn}} {IDENTITIES[0].arn}"

    assert directory.by_id(directory.by_name(text)) == text


@pytest.mark.parametrize("text", ["${Queue/X {EN}.arn}", "${Queue/X", "${Queue/Y.arn} ${Queue/X {EN}.id}"])
def test_a_text_with_half_a_reference_is_never_sent(text: str) -> None:
    directory = Directory([(Ref("Queue", "Y"), IDENTITIES[0])])

    with pytest.raises(UnknownReferenceError, match="is not a complete reference"):
        directory.by_id({"Value": [Linked(text)]})


@pytest.mark.parametrize("value", ["${var:D}{Queue/A.arn} ${Queue/B.arn}", "${var:D}${Queue/B.arn}"])
def test_a_variable_that_completes_a_reference_is_a_mistake(value: str) -> None:
    """The text would mean something else than its author intended."""
    found = Texts("prod", {"D": "$"}, "").read(value)

    assert found.faults
