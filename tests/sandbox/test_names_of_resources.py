"""Ids and ARNs: which may stand where, and what becomes of those that lead nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox import INSTANCE_ARN, Control
from reconciler.sandbox.connect import Connect

from .administrative import HERE
from .calls import INVALID, MISSING, refused


def test_an_arn_stands_for_an_id_only_where_the_model_says_so(sandbox: Control, connect: Any) -> None:
    """Inferred; a switch."""
    hours = connect.list_hours_of_operations(**HERE)["HoursOfOperationSummaryList"][0]
    by_arn = lambda: connect.describe_hours_of_operation(**HERE, HoursOfOperationId=hours["Arn"])  # noqa: E731

    assert refused(by_arn) == INVALID
    sandbox.set_faults({"switches": {"arns": "everywhere"}})
    assert by_arn()["HoursOfOperation"]["HoursOfOperationId"] == hours["Id"]
    foreign = hours["Arn"].replace("111122223333", "444455556666")
    assert refused(lambda: connect.describe_hours_of_operation(**HERE, HoursOfOperationId=foreign)) == MISSING


@pytest.mark.parametrize("part", ["queue/nowhere", "nonsense/x", "data-table/nowhere"])
def test_tags_of_what_is_not_there_are_not_found(connect: Any, part: str) -> None:
    assert refused(lambda: connect.list_tags_for_resource(resourceArn=f"{INSTANCE_ARN}/{part}")) == MISSING


def test_no_room_hides_what_another_says() -> None:
    """The classes are mixed into one; only methods that others extend may be defined twice."""
    members: dict[str, list[str]] = {}
    for room in Connect.__mro__[:-1]:
        for name, member in vars(room).items():
            if callable(member) and not name.startswith("__"):
                members.setdefault(name, []).append(room.__name__)

    assert {name for name, rooms in members.items() if len(rooms) > 1} == {
        *("facts", "kept_members", "name_scope", "seed_contact")
    }
