"""Workgroups: the compute and the network of a namespace."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from reconciler.sandbox.redshift.backend import Warehouse
from reconciler.sandbox.redshift.certificate import NAME
from reconciler.sandbox.redshift.endpoints import Endpoint
from reconciler.sandbox.redshift.room import Answer, Params, RedshiftRoom, conflict, invalid, missing, tags_after

# The defaults of AWS [management guide; terraform-provider-aws]. The list of parameters grows over the years.
DEFAULTS: dict[str, Any] = {
    "baseCapacity": 128,
    "enhancedVpcRouting": False,
    "extraComputeForAutomaticOptimization": False,
    "ipAddressType": "ipv4",
    "publiclyAccessible": False,
    "securityGroupIds": ["sg-0default"],
    "subnetIds": ["subnet-0a", "subnet-0b", "subnet-0c"],
    "trackName": "current",
    "pricePerformanceTarget": {"status": "DISABLED"},
}
PARAMETERS = {
    "auto_mv": "true",
    "datestyle": "ISO, MDY",
    "enable_case_sensitive_identifier": "false",
    "enable_user_activity_logging": "true",
    "query_group": "default",
    "search_path": "$user, public",
    "max_query_execution_time": "14400",
    "require_ssl": "false",
    "use_fips_ssl": "false",
}
PORT = 5439
PORTS = (*range(5431, 5456), *range(8191, 8216))  # [service model, of port]
NOTHING = -1  # unsets maxCapacity [terraform-provider-aws, issue 36032]
UNSET = "-1"  # returns a parameter to its default [terraform-provider-aws, issue 33899]


class Workgroups(RedshiftRoom):
    def create_workgroup(self, params: Params) -> Answer:
        name, namespace = params["workgroupName"], params["namespaceName"]
        if name in self.backend.workgroups:
            raise conflict(f"The workgroup {name} already exists.")
        if namespace not in self.backend.namespaces:
            raise missing(f"The namespace {namespace} does not exist.")
        self.refuse_busy(self.backend.namespaces[namespace], "namespace")
        if any(it.members["namespaceName"] == namespace for it in self.backend.workgroups.values()):  # [user guide]
            raise conflict(f"The namespace {namespace} is already associated with a workgroup.")
        id = str(uuid4())
        given = {key: value for key, value in params.items() if key not in ("tags", "configParameters", "port")}
        members = {**DEFAULTS, **{key: value for key, value in given.items() if value is not None}}
        members |= {"workgroupId": id, "port": params.get("port") or PORT}
        members["configParameters"] = _parameters([], params.get("configParameters") or [])
        _check_capacity(members)
        _check_port(params)
        workgroup = Warehouse(self.backend.arn("workgroup", id), members, "AVAILABLE", 0)
        workgroup.tags = tags_after({}, params.get("tags") or [])
        gate = self.backend.namespaces[namespace].gate
        assert gate is not None  # noqa: S101 (every namespace has one)
        workgroup.endpoint = Endpoint(gate)
        self.backend.workgroups[name] = workgroup
        self.begin(workgroup, "CREATING")
        return {"workgroup": _shown_workgroup(workgroup)}

    def get_workgroup(self, params: Params) -> Answer:
        return {"workgroup": _shown_workgroup(self._workgroup(params))}

    def list_workgroups(self, params: Params) -> Answer:
        rows = [(name, _shown_workgroup(it)) for name, it in self.backend.workgroups.items()]
        return self.page("ListWorkgroups", params, "workgroups", rows)

    def update_workgroup(self, params: Params) -> Answer:
        """Changes one setting: "You can't update multiple parameters in one request" [service model]."""
        workgroup = self._workgroup(params)
        changed = {key: value for key, value in params.items() if key != "workgroupName" and value is not None}
        self.only_one(changed, {})
        self.refuse_busy(workgroup, "workgroup")
        _check_port(changed)
        after = {**workgroup.members, **{key: value for key, value in changed.items() if key != "configParameters"}}
        if "configParameters" in changed:
            after["configParameters"] = _parameters(after["configParameters"], changed["configParameters"])
        if after.get("maxCapacity") == NOTHING:
            del after["maxCapacity"]
        _check_capacity(after)
        workgroup.members = after
        self.begin(workgroup, "MODIFYING")
        return {"workgroup": _shown_workgroup(workgroup)}

    def delete_workgroup(self, params: Params) -> Answer:
        workgroup = self._workgroup(params)
        self.refuse_busy(workgroup, "workgroup")
        self.begin(workgroup, "DELETING")
        return {"workgroup": _shown_workgroup(workgroup)}

    def _workgroup(self, params: Params) -> Warehouse:
        name = params["workgroupName"]
        if name not in self.backend.workgroups:
            raise missing(f"The workgroup {name} does not exist.")
        return self.backend.workgroups[name]


def _parameters(known: list[dict[str, str]], given: list[dict[str, str]]) -> list[dict[str, str]]:
    """Returns all parameters, the given ones over the known ones over the defaults."""
    values = {**PARAMETERS, **{it["parameterKey"]: it["parameterValue"] for it in known}}
    for it in given:
        key, value = it["parameterKey"], it["parameterValue"]
        if key not in PARAMETERS:
            raise invalid(f"The parameter {key} is not supported.")
        values[key] = PARAMETERS[key] if value == UNSET else value
    return [{"parameterKey": key, "parameterValue": values[key]} for key in sorted(values)]


def _check_capacity(members: dict[str, Any]) -> None:
    base, most = members["baseCapacity"], members.get("maxCapacity")
    if base != 4 and (base < 8 or base > 1024 or base % 8):  # [management guide: 4, or 8 to 1024 in eights]
        raise invalid("baseCapacity must be 4, or a multiple of 8 from 8 to 1024.")
    if most is not None and most < base:  # [terraform-provider-aws: maxCapacity goes first when the base grows past it]
        raise invalid("Max capacity must be greater than or equal to base capacity.")


def _check_port(params: Params) -> None:
    if params.get("port") is not None and params["port"] not in PORTS:
        raise invalid("port must be from 5431 to 5455, or from 8191 to 8215.")


def _shown_workgroup(workgroup: Warehouse) -> dict[str, Any]:
    """Returns a workgroup. Its endpoint is on this machine, so a port of AWS may be taken: it has another one."""
    assert workgroup.endpoint is not None  # noqa: S101 (every workgroup has one)
    endpoint = {"address": NAME, "port": workgroup.endpoint.port}
    return {**workgroup.members, "endpoint": endpoint, "workgroupArn": workgroup.arn, "status": workgroup.status}
