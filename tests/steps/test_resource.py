"""A change in, its steps out: which call carries which fields, and in which order. No AWS."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.diff.fields import creation_changes, diff
from reconciler.kinds.registry import KINDS
from reconciler.model import Does, IdOf, Live, Manifest, Ref, Step
from reconciler.steps.resource import make_steps
from reconciler.steps.work import Work
from tests.builders.resources import hours, queue, routing, taken
from tests.builders.shelves import ShelfKind, drawers, shelf
from tests.builders.tables import attribute, key, table

ODD_NAMES = ("a", "a].b", "a].b].description", "[", "a.b")
NEW_YEAR = {"config": [], "effectiveFrom": "2031-01-01", "effectiveTill": "2031-01-01"}


def update(before: Manifest, after: Manifest) -> Work:
    live, fields = Live(before.ref, "id", "arn", before.spec), diff(before.spec, after.spec)
    return Work(KINDS[after.ref.kind], after.ref, live, after.spec, tags={}, fields=fields)


def create(manifest: Manifest) -> Work:
    kind = KINDS[manifest.ref.kind]
    return Work(
        kind,
        manifest.ref,
        None,
        manifest.spec,
        tags={},
        fields=creation_changes(manifest.spec, kind.writing.set_fields),
    )


def carried(work: Work) -> list[tuple[str, list[str]]]:
    """Returns each call with the paths of the changes that it carries."""
    return [(step.call.operation, [work.fields[at].path for at in step.fields]) for step in make_steps(work)]


# Fields.


def test_an_update_carries_only_its_own_fields() -> None:
    work = update(queue(description="a", maxContacts=1), queue(description="b", maxContacts=2))

    assert sorted(carried(work)) == [
        ("UpdateQueueMaxContacts", ["maxContacts"]),
        ("UpdateQueueName", ["description"]),
    ]


def test_a_change_inside_a_structure_is_carried_by_the_update_of_its_field() -> None:
    before, after = (queue(outboundCallerConfig={"outboundCallerIdName": name}) for name in ("A", "B"))

    assert carried(update(before, after)) == [
        ("UpdateQueueOutboundCallerConfig", ["outboundCallerConfig.outboundCallerIdName"])
    ]


def test_tags_are_added_and_removed_by_their_own_calls() -> None:
    before, after = queue(tags={"Old": "1", "Team": "a"}), queue(tags={"New": "2", "Team": "b"})
    live = Live(before.ref, "id", "arn", before.spec, tags={"Old": "1", "Team": "a"})

    work = replace(update(before, after), before=live, tags={"New": "2", "Team": "b"})

    assert carried(work) == [("TagResource", ["tags[New]", "tags[Team]"]), ("UntagResource", ["tags[Old]"])]


# Sets.


def test_items_are_added_before_others_are_removed() -> None:
    work = update(queue(quickConnects=["kept", "old"]), queue(quickConnects=["kept", "new"]))

    assert carried(work) == [
        ("AssociateQueueQuickConnects", ["quickConnects[new]"]),
        ("DisassociateQueueQuickConnects", ["quickConnects[old]"]),
    ]


def test_items_are_removed_first_if_both_together_exceed_the_limit() -> None:
    before, after = (
        routing(queueConfigs=[taken(f"{name}{at}", "VOICE") for at in range(50)]) for name in ("old", "new")
    )

    operations = [step.call.operation for step in make_steps(update(before, after))]

    assert operations == ["DisassociateRoutingProfileQueues"] * 5 + ["AssociateRoutingProfileQueues"] * 5


def test_a_changed_item_is_sent_once_with_all_of_its_changes() -> None:
    before = routing(queueConfigs=[taken("A", "VOICE"), taken("B", "VOICE")])
    after = routing(queueConfigs=[{**taken("A", "VOICE", 2), "delay": 9}, taken("B", "VOICE")])

    work = update(before, after)

    assert carried(work) == [
        ("UpdateRoutingProfileQueues", ["queueConfigs[A/VOICE].priority", "queueConfigs[A/VOICE].delay"])
    ]
    (config,) = make_steps(work)[0].call.params["QueueConfigs"]
    assert (config["Priority"], config["Delay"]) == (2, 9)


def test_one_queue_in_two_channels_is_two_items() -> None:
    before, after = routing(queueConfigs=[taken("A", "VOICE")]), routing(queueConfigs=[taken("A", "CHAT")])

    assert carried(update(before, after)) == [
        ("AssociateRoutingProfileQueues", ["queueConfigs[A/CHAT]"]),
        ("DisassociateRoutingProfileQueues", ["queueConfigs[A/VOICE]"]),
    ]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_an_odd_name_is_carried_by_the_call_that_sends_it(name: str) -> None:
    others = [other for other in ODD_NAMES if other != name]
    work = update(queue(quickConnects=others), queue(quickConnects=ODD_NAMES))

    (step,) = make_steps(work)

    assert step.call.operation == "AssociateQueueQuickConnects"
    assert step.call.params["QuickConnectIds"] == [IdOf(Ref("QuickConnect", name))]
    assert [work.fields[at].item for at in step.fields] == [name]


def test_each_batch_carries_the_items_that_it_sends() -> None:
    names = [f"q{at:03}" for at in range(120)]
    work = update(queue(), queue(quickConnects=names))

    for step in make_steps(work):
        sent = {ref.name for ref in _refs(step)}
        assert {work.fields[at].item for at in step.fields} == sent
    assert [len(step.fields) for step in make_steps(work)] == [50, 50, 20]


def _refs(step: Step) -> list[Ref]:
    return [identity.ref for identity in step.call.params["QuickConnectIds"]]


def test_a_create_carries_the_items_that_it_accepts_and_the_others_follow() -> None:
    names = [f"q{at:03}" for at in range(60)]

    first, second = make_steps(create(queue(quickConnects=names)))

    assert (first.does, second.does) == (Does.CREATE, Does.ADD)
    assert [ref.name for ref in _refs(second)] == names[50:]
    assert not {*first.fields} & {*second.fields}


# Parts.


def test_a_renamed_part_is_replaced_under_its_live_name() -> None:
    before = table([key(), attribute("Old")])
    after = table([key(), attribute("New", renamedFrom="Old", description="x")])

    work = update(before, after)
    (step,) = make_steps(work)

    assert step.replaces is not None
    assert (step.does, step.replaces.part, step.call.params["Name"]) == (Does.PART_UPDATE, "Old", "New")
    assert carried(work) == [("UpdateDataTableAttribute", ["attributes[New].name", "attributes[New].description"])]


def test_new_keys_are_created_before_other_attributes() -> None:
    work = update(table([key("K")]), table([attribute("A"), key("K"), key("L")]))

    assert carried(work) == [
        ("CreateDataTableAttribute", ["attributes[L]"]),
        ("CreateDataTableAttribute", ["attributes[A]"]),
    ]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_part_with_an_odd_name_is_updated_alone(name: str) -> None:
    before = hours("A", overrides=[{"name": other, **NEW_YEAR} for other in ODD_NAMES])
    later = {"effectiveTill": "2031-01-02"}
    after = hours("A", overrides=[{"name": o, **NEW_YEAR, **(later if o == name else {})} for o in ODD_NAMES])

    (step,) = make_steps(update(before, after))

    assert step.replaces is not None
    assert (step.does, step.replaces.part, step.fields) == (Does.PART_UPDATE, name, (0,))


def test_parts_with_a_name_of_two_words_are_found_by_their_key() -> None:
    before, after = (shelf(hiddenDrawers=drawers("A", *more)) for more in ([], ["B"]))
    ref = Ref("Shelf", "S")
    work = Work(ShelfKind(), ref, Live(ref, "id", "arn", before), after, tags={}, fields=diff(before, after))

    assert carried(work) == [("CreateDrawer", ["hiddenDrawers[B]"])]


# All of it.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (queue(quickConnects=ODD_NAMES[:3]), queue(quickConnects=ODD_NAMES[2:], description="x", maxContacts=3)),
        (table([key(), attribute("A")]), table([key(), attribute("A", "NUMBER"), attribute("B")])),
        (hours("A"), hours("A", overrides=[{"name": name, **NEW_YEAR} for name in ODD_NAMES])),
    ],
    ids=["queue", "table", "hours"],
)
def test_every_change_is_carried_by_one_step(before: Manifest, after: Manifest) -> None:
    work = update(before, after)

    positions = sorted(at for step in make_steps(work) for at in step.fields)

    assert positions == list(range(len(work.fields)))
