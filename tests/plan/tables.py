"""A live data table, and what a plan changes of one."""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, FieldChange, Plan
from tests.worlds.world import World


def fields(plan: Plan) -> list[FieldChange]:
    return [field for change in plan.changes for field in change.fields]


def blocked(plan: Plan) -> dict[str, str]:
    return {str(change.ref): change.reason for change in plan.changes if change.action is Action.BLOCKED}


def list_attributes(world: World) -> list[dict[str, Any]]:
    found = world.connect.list_data_table_attributes(
        InstanceId=world.control.instance, DataTableId=world.table_id("T"), MaxResults=100
    )
    return list(found["Attributes"])


def describe_table(world: World) -> dict[str, Any]:
    answer = world.connect.describe_data_table(InstanceId=world.control.instance, DataTableId=world.table_id("T"))
    return dict(answer["DataTable"])
