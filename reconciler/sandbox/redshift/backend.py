"""The store of namespaces and workgroups of an account and Region: a backend like moto's, which its reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass(eq=False)
class Warehouse:
    """A namespace or a workgroup: its members, and its tags.

    `status` holds until the accepted call of the number `until`; the resource is then AVAILABLE, or gone if it was
    DELETING.
    """

    arn: str
    members: dict[str, Any]
    status: str
    until: int
    tags: dict[str, str] = field(default_factory=dict)


class RedshiftBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.namespaces: dict[str, Warehouse] = {}
        self.workgroups: dict[str, Warehouse] = {}

    def arn(self, type: str, id: str) -> str:
        return f"arn:{self.partition}:redshift-serverless:{self.region_name}:{self.account_id}:{type}/{id}"


redshift_backends = BackendDict(RedshiftBackend, "redshift-serverless")
