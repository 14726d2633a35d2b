"""The calls of a Lambda as a table, from which its policy is generated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """A call, and the IAM action that it needs.

    `resources` and `conditions` have variables in braces, such as {partition}: `scripts/lambda_policies.py` lists them.
    """

    service: str
    operation: str
    resources: tuple[str, ...]
    conditions: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    iam_action: str = ""
    """Such as `s3:ListBucket`, where it is not named after the call. It may serve several calls."""

    @property
    def allows(self) -> str:
        return self.iam_action or f"{self.service}:{self.operation}"
