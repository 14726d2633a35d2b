"""Dashboards, which belong to the account in every Region."""

from __future__ import annotations

import json
import re
from typing import Any

from moto.core.responses import ActionResult, EmptyResult

from reconciler.sandbox.cloudwatch.room import Answer, Params, Proceed, WatchRoom, put_tags, time_of
from reconciler.sandbox.cloudwatch.store import Dashboard
from reconciler.sandbox.errors import Refused

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")  # "the valid characters are A-Z, a-z, 0-9, "-", and "_"" [service model]
PAGE = 1000  # [docs: "up to 1000 results are returned at a time"]
WIDGETS = 500  # of a dashboard [user guide, quotas]


class Dashboards(WatchRoom):
    def put_dashboard(self, params: Params, proceed: Proceed) -> Any:
        """Creates a dashboard, or replaces its body. On an update tags "are ignored" [service model]."""
        name, body = params["DashboardName"], params["DashboardBody"]
        if not NAME.fullmatch(name):
            raise _wrong([{"Message": f"The value {name} for field DashboardName has unexpected characters"}])
        if faults := _faults(body):
            raise _wrong(faults)
        dashboards, now = self.global_store.dashboards, self.world.now()
        if known := dashboards.get(name):
            known.body, known.updated = body, now
        else:
            tags = put_tags({}, params.get("Tags") or [])
            dashboards[name] = Dashboard(name, self.global_store.arn(name), body, now, tags)
        return ActionResult({"DashboardValidationMessages": []})

    def get_dashboard(self, params: Params, proceed: Proceed) -> ActionResult:
        known = self.global_store.dashboards.get(params["DashboardName"])
        if known is None:
            raise Refused("ResourceNotFound", f"Dashboard {params['DashboardName']} does not exist")
        members = {"DashboardArn": known.arn, "DashboardBody": known.body, "DashboardName": known.name}
        return ActionResult(members)

    def list_dashboards(self, params: Params, proceed: Proceed) -> ActionResult:
        prefix = params.get("DashboardNamePrefix") or ""
        every = self.global_store.dashboards.items()
        rows = [(name, _listed(dashboard)) for name, dashboard in every if name.startswith(prefix)]
        page, token = self.page("ListDashboards", params, rows, PAGE)
        return ActionResult({"DashboardEntries": page, **token})

    def delete_dashboards(self, params: Params, proceed: Proceed) -> Any:
        """Deletes dashboards. One that does not exist is an error, and the others are still deleted [service model].

        The code is not in the model of the operation [seen: terraform-provider-aws, cloudwatch; moto].
        """
        dashboards, names = self.global_store.dashboards, params["DashboardNames"]
        missing = [name for name in names if dashboards.pop(name, None) is None]
        if missing:
            raise Refused("ResourceNotFound", f"Dashboard [{', '.join(missing)}] does not exist")
        return EmptyResult()


def _listed(dashboard: Dashboard) -> Answer:
    times = {"LastModified": time_of(dashboard.updated)}
    size = len(dashboard.body.encode())
    return {"DashboardName": dashboard.name, "DashboardArn": dashboard.arn, "Size": size, **times}


def _faults(body: str) -> list[dict[str, str]]:
    """Returns the mistakes of a body. The service also checks each widget; the sandbox checks the list of them."""
    try:
        document = json.loads(body)
    except ValueError:
        return [{"Message": "The field DashboardBody must be a valid JSON object"}]
    if not isinstance(document, dict) or not isinstance(document.get("widgets"), list):
        return [{"Message": "The dashboard body must have the array widgets", "DataPath": "/widgets"}]
    if len(document["widgets"]) > WIDGETS:
        return [{"Message": f"A dashboard has at most {WIDGETS} widgets", "DataPath": "/widgets"}]
    return []


def _wrong(faults: list[dict[str, str]]) -> Refused:
    words = "; ".join(fault["Message"] for fault in faults)
    return Refused("InvalidParameterInput", f"The dashboard is invalid, there are {len(faults)} errors: {words}")
