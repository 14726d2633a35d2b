"""Calls of any service by name, such as `dynamodb:GetItem`, each within the deadline and repeated if that may help."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from reconciler.lambdas.shared.calls import Calls


@dataclass(frozen=True)
class Caller:
    """`client` returns the client of a service. `before` is called with the name before each try, to keep a rate."""

    client: Callable[[str], Any]
    calls: Calls
    before: Callable[[str], None] = lambda operation: None

    def __call__(self, operation: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the answer. Raises `CallFailed` and `OutOfTime` of `calls`. The body of an object is read."""
        service, _, name = operation.partition(":")
        method = getattr(self.client(service), xform_name(name))

        def attempt() -> Mapping[str, Any]:
            self.before(operation)
            answer: Mapping[str, Any] = method(**params)
            body: Any = answer.get("Body")
            return {**answer, "Body": body.read()} if hasattr(body, "read") else answer

        return self.calls.make(operation, attempt)
