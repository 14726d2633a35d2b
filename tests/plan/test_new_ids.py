"""References that a plan sets later or again: deferred fields of circles, and new ids of replaced resources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from reconciler.model import Action, Linked, Manifest, Ref
from reconciler.plan.anew import replaced_resources, stale_references, with_old_ids
from reconciler.plan.late import deferred_fields
from reconciler.plan.resource import Planned
from tests.builders.lives import live, lives
from tests.builders.manifests import manifest
from tests.builders.resources import connect, hours, queue, routing, taken
from tests.builders.tables import attribute, key, linked, table
from tests.builders.works import change


def to_queue(name: str, target: str) -> Manifest:
    config = {"queue": target, "contactFlow": "Default queue transfer"}
    return manifest("QuickConnect", name, {"quickConnectConfig": {"quickConnectType": "QUEUE", "queueConfig": config}})


# Deferred fields.


@pytest.mark.parametrize(
    ("others", "fields"),
    [
        ([to_queue("c", "q")], ["quick_connects"]),
        ([to_queue("c", "r"), queue("r", quickConnects=["d"]), to_queue("d", "q")], ["quick_connects"]),
        ([to_queue("c", "r"), queue("r")], []),
        ([to_queue("c", "r")], []),
        ([connect("c")], []),
        ([], []),
    ],
    ids=["circle", "long circle", "chain", "undeclared end", "no reference", "undeclared"],
)
def test_a_field_is_deferred_if_its_targets_lead_back(others: list[Manifest], fields: list[str]) -> None:
    declared = {it.ref: it for it in (queue("q", quickConnects=["c"]), *others)}

    assert [*deferred_fields(declared).get(Ref("Queue", "q"), ())] == fields


def test_a_circle_that_does_not_pass_through_the_resource_defers_nothing() -> None:
    others = [to_queue("c", "r"), queue("r", quickConnects=["c"])]
    declared = {it.ref: it for it in (queue("q", quickConnects=["c"]), *others)}

    assert deferred_fields(declared) == {Ref("Queue", "r"): {"quick_connects"}}


def test_a_circle_is_broken_once() -> None:
    others = [to_queue("c", "r"), queue("r", quickConnects=["d"]), to_queue("d", "q")]
    declared = {it.ref: it for it in (*others, queue("q", quickConnects=["c"]))}

    assert deferred_fields(declared) == {Ref("Queue", "q"): {"quick_connects"}}


def test_only_some_kinds_can_defer_a_field() -> None:
    declared = {it.ref: it for it in (queue("q", quickConnects=["c"]), to_queue("c", "q"))}

    assert Ref("QuickConnect", "c") not in deferred_fields(declared)


# Replaced resources.

REPLACED = lives(hours("day"), queue("billing"))


def with_old(*manifests: Manifest, there: Iterable[Manifest] = ()) -> dict[str, Any]:
    """Returns the live specs that will refer to a replaced resource, by address, as the diff will see them."""
    known = lives(*(there or manifests))
    planned = [Planned(it, known.get(it.ref), it.spec) for it in manifests]
    return {str(ref): have.spec for ref, have in with_old_ids(planned, REPLACED).items()}


def test_only_replacements_are_replaced() -> None:
    there = lives(hours("day"), queue("billing"))
    changes = [change("HoursOfOperation/day", action=Action.REPLACE), change("Queue/billing", action=Action.DELETE)]

    assert replaced_resources(changes, there) == {Ref("HoursOfOperation", "day"): there[Ref("HoursOfOperation", "day")]}


def test_a_reference_to_a_replaced_resource_is_shown_by_its_old_id() -> None:
    found = with_old(queue("q", hoursOfOperation="day", description="x"))

    assert found["Queue/q"].hours_of_operation == "id-day"
    assert found["Queue/q"].description == "x"


def test_references_to_other_resources_stay() -> None:
    assert with_old(queue("q", hoursOfOperation="night")) == {}


def test_items_of_a_list_are_sorted_with_the_old_ids_inside() -> None:
    found = with_old(routing(queueConfigs=[taken("billing", "VOICE"), taken("chat", "VOICE")]))

    configs = found["RoutingProfile/first line"].queue_configs
    assert [config.queue_reference.queue for config in configs] == ["chat", "id-billing"]


def test_a_reference_that_is_no_longer_declared_stays() -> None:
    assert with_old(queue("q", hoursOfOperation="night"), there=[queue("q", hoursOfOperation="day")]) == {}


def test_a_new_resource_and_a_replaced_one_have_no_old_references() -> None:
    new, replaced = queue("new"), queue("billing")

    planned = [Planned(new, None, new.spec), Planned(replaced, live(replaced), replaced.spec)]

    assert with_old_ids(planned, REPLACED) == {}


def test_lists_of_references_are_sorted_with_their_old_ids() -> None:
    found = with_old(hours("town", parentHoursOfOperations=["day", "eve"]), hours("zoo", parentHoursOfOperations=["x"]))

    assert [*found] == ["HoursOfOperation/town"]
    assert found["HoursOfOperation/town"].parent_hours_of_operations == ("eve", "id-day")


TEXT = "${Queue/billing.arn} ${Queue/other.id} ${HoursOfOperation/day.id}"


def test_references_in_texts_and_cells_are_shown_by_their_old_ids_and_arns() -> None:
    it = linked(table([key(), attribute("A", description=TEXT)], spec={"description": TEXT}))
    rows = [{"K": "a", "A": Linked(TEXT)}, {"K": "b", "A": "${Queue/billing.id}"}]
    it = replace(it, records=table([key(), attribute("A")], rows).records)

    (found,) = with_old_ids([Planned(it, live(it), it.spec)], REPLACED).values()

    expected = Linked("arn-billing ${Queue/other.id} id-day")
    assert found.spec.description == expected
    assert [part.description for part in found.spec.attributes] == ["", expected]
    assert [record.cells["A"].text for record in found.records] == [expected, "${Queue/billing.id}"]


def test_a_text_that_refers_only_to_replaced_resources_is_plain_afterwards() -> None:
    it = linked(table(spec={"description": "${Queue/billing.id}"}))

    found = with_old(it)["DataTable/T"].description

    assert (found, isinstance(found, Linked)) == ("id-billing", False)


def test_a_reference_in_a_row_alone_is_enough() -> None:
    it = table([key(), attribute("A")], [], default={"A": Linked("${Queue/billing.id}")})

    (found,) = with_old_ids([Planned(it, live(it), it.spec)], REPLACED).values()

    assert [record.cells["A"].text for record in found.records] == ["id-billing"]


# References that stay stale.


def stale(*there: Manifest, changes: Iterable[Any] = (), replaced: Any = REPLACED) -> dict[str, str]:
    return {it.address: it.message for it in stale_references([*changes], lives(*there), replaced)}


MESSAGE = "refers to {}, which is recreated with a new id; this plan does not update it: plan again"


def test_a_resource_outside_the_plan_that_refers_to_a_replaced_one_is_a_finding() -> None:
    assert stale(queue("q", hoursOfOperation="day")) == {"Queue/q": MESSAGE.format("HoursOfOperation/day")}


def test_a_blocked_resource_is_not_updated() -> None:
    there = queue("q", hoursOfOperation="day")

    assert stale(there, changes=[change("Queue/q", action=Action.BLOCKED)]).keys() == {"Queue/q"}
    assert stale(there, changes=[change("Queue/q")]) == {}


def test_cells_that_refer_to_a_replaced_resource_are_a_finding() -> None:
    it = table([key(), attribute("A")], [{"K": "a", "A": Linked("${Queue/billing.id}")}])

    assert stale(it) == {"DataTable/T": MESSAGE.format("Queue/billing")}


def test_without_a_replacement_no_reference_is_stale() -> None:
    assert stale(queue("q", hoursOfOperation="day"), replaced={}) == {}
    assert stale(queue("q", hoursOfOperation="night")) == {}
