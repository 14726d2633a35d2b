"""The store of namespaces and workgroups of an account and Region: a backend like moto's, which its reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from reconciler.sandbox.redshift.endpoints import Endpoint
from reconciler.sandbox.redshift.gate import Gate


@dataclass(eq=False)
class Warehouse:
    """A namespace or a workgroup: its members, and its tags.

    `status` holds until the accepted call of the number `until`; the resource is then AVAILABLE, or gone if it was
    DELETING. A namespace has a gate to its database, and a password if one was given. A workgroup has an endpoint.
    """

    arn: str
    members: dict[str, Any]
    status: str
    until: int
    tags: dict[str, str] = field(default_factory=dict)
    gate: Gate | None = None
    endpoint: Endpoint | None = None
    password: str = field(default="", repr=False)
    port: int = 0  # of the endpoint that it had in an earlier process

    def __getstate__(self) -> dict[str, Any]:
        """Leaves out the gate and the endpoint, which belong to this process (`kept`)."""
        port = self.endpoint.port if self.endpoint else self.port
        return {**vars(self), "gate": None, "endpoint": None, "port": port}

    def close(self) -> None:
        """Closes the endpoint of a workgroup, or deletes the database of a namespace."""
        if self.endpoint:
            self.endpoint.close()
        if self.gate:
            self.gate.release()


class RedshiftBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Warehouse] = {}
        self.workgroups: dict[str, Warehouse] = {}

    def arn(self, type: str, id: str) -> str:
        return f"arn:{self.partition}:redshift-serverless:{self.region_name}:{self.account_id}:{type}/{id}"


redshift_backends = BackendDict(RedshiftBackend, "redshift-serverless")
