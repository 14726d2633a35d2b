"""The store of sessions: a backend like moto's, one per account and Region, which moto's reset empties."""

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


class QConnectBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.sessions: dict[str, Session] = {}


qconnect_backends = BackendDict(QConnectBackend, "qconnect")
