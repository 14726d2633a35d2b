"""The store of assistants and sessions of an account and Region: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass(eq=False)
class Session:
    """A session: the members that GetSession shows, and its data."""

    assistant: str
    members: dict[str, Any]
    data: dict[str, str] = field(default_factory=dict)
    """The data of the only namespace, Custom."""

    @property
    def id(self) -> str:
        return str(self.members["sessionId"])


@dataclass(eq=False)
class Assistant:
    """An assistant: the members of its creation, and its tags.

    `ready_after`, `deleted_after`: the numbers of the accepted calls after which it is created or gone. `fails`: its
    creation fails. `token`: the client token of its creation.
    """

    id: str
    members: dict[str, Any]
    tags: dict[str, str]
    ready_after: int
    fails: bool = False
    token: str | None = None
    deleted_after: int | None = None


class QConnectBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.sessions: dict[str, Session] = {}
        self.assistants: dict[str, Assistant] = {}


qconnect_backends = BackendDict(QConnectBackend, "qconnect")
