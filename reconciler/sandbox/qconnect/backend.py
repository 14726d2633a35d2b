"""Where sessions are kept: a backend of moto's kind, which its reset empties, one for an account and Region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass(eq=False)
class Session:
    """What GetSession shows of it under the model's names, and what it holds."""

    assistant: str
    said: dict[str, Any]
    data: dict[str, str] = field(default_factory=dict)
    """Of the one namespace that there is, Custom."""

    @property
    def id(self) -> str:
        return str(self.said["sessionId"])


class QConnectBackend(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.sessions: dict[str, Session] = {}


qconnect_backends = BackendDict(QConnectBackend, "qconnect")
