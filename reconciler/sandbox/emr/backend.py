"""The store of applications and jobs of an account and Region: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass(eq=False)
class Application:
    """An application: its members, its state and its tags. Until the call `ready_after` it is CREATING."""

    id: str
    members: dict[str, Any]
    state: str
    created: float
    updated: float
    ready_after: int
    token: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class JobRun:
    """A job: its request, and its state, which `running` moves on."""

    id: str
    application: str
    token: str
    role: str
    given: dict[str, Any]
    created: float
    updated: float
    state: str = "SUBMITTED"
    details: str = "The job was submitted."


class EmrBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.applications: dict[str, Application] = {}
        self.jobs: dict[str, JobRun] = {}

    def arn(self, id: str) -> str:
        return f"arn:{self.partition}:emr-serverless:{self.region_name}:{self.account_id}:/applications/{id}"


emr_backends = BackendDict(EmrBackend, "emr-serverless")
