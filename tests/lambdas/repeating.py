"""AWS that refuses a call, and repeats its parameters in the message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True)
class Repeating:
    """A client that refuses one operation with this code. Its message has everything that the caller sent."""

    real: Any
    operation: str
    code: str

    def __getattr__(self, name: str) -> Any:
        if name != self.operation:
            return getattr(self.real, name)

        def refuse(**params: Any) -> Any:
            error = {"Code": self.code, "Message": f"refused: {params}"}
            raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, name)  # type: ignore[typeddict-item]

        return refuse
