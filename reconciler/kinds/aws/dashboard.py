"""Dashboards of Amazon CloudWatch. They belong to the account, in every Region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CLOUDWATCH
from reconciler.kinds.verbs import Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, JsonDocument, Problem, Scope, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

WIDGETS = 500  # of a dashboard (user guide, "CloudWatch service quotas")


class DashboardBody(JsonDocument):
    """The body of a dashboard."""

    has_file = True
    title = "Dashboard body"
    example: ClassVar[dict[str, Any]] = {"widgets": [{"type": "text", "properties": {"markdown": "# Contact centre"}}]}


class Dashboard(Tagged):
    """A page of graphs, texts and alarms. A save in the console that only lays it out changes nothing."""

    name: Annotated[str, AwsName("DashboardName")] = Field(
        pattern=r"^[A-Za-z0-9_-]{1,255}$",
        description="The name, in up to 255 letters, digits, _ and -. It is unique in the account, over all Regions: "
        "write the stack and the environment into it, such as by a variable.",
        examples=["contact-centre-prod"],
        json_schema_extra=expecting("a name of a dashboard"),
    )
    dashboard_body: DashboardBody = Field(description="The body, as the API reference describes it.")


class DashboardKind(Kind[Dashboard]):
    spec = Dashboard
    service = CLOUDWATCH
    identity = Identity("DashboardName", arn="arn:{partition}:cloudwatch::{account}:dashboard/{id}")
    # No page says that AWS's tag index lists dashboards, or in which Region. An account has few of them.
    reading = Reading(
        search=Listing("ListDashboards", "DashboardEntries"),
        candidates=Listing("ListDashboards", "DashboardEntries"),
        describe=("GetDashboard", ""),
        by_name=True,
    )
    writing = Writing(
        create="PutDashboard",
        delete="DeleteDashboards",
        delete_ids="DashboardNames",
        updates=(Update("PutDashboard", ("dashboard_body",)),),
    )

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = members.get("DashboardName") or members.get("Id")
        return str(id or ""), str(members.get("DashboardArn") or members.get("Arn") or "")

    def costs(self, spec: Dashboard) -> str:
        return "a dashboard beyond the first three of an account by the month"

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        body = declared.get("dashboardBody")
        if not isinstance(body, str | dict) or DashboardBody.fault(body):
            return
        value = DashboardBody.of(body).value
        widgets = value.get("widgets") if isinstance(value, dict) else None
        if not isinstance(widgets, list):
            yield Problem("error", ("dashboardBody",), "has no list of widgets; AWS needs one, which may be empty")
        elif len(widgets) > WIDGETS:
            message = f"has {len(widgets):,} widgets; AWS takes up to {WIDGETS}"
            yield Problem("error", ("dashboardBody",), message)

    def in_place(self, declared: Mapping[str, Any], scope: Scope) -> Iterator[Problem]:
        """Warns of a name that another stack may take. One of another environment is blocked, with its owner."""
        name = declared.get("name")
        if isinstance(name, str) and scope.stack not in name:
            message = (
                f"the account has one dashboard of a name, in all Regions; write the stack, {scope.stack}, into it"
            )
            yield Problem("warning", ("name",), message)
