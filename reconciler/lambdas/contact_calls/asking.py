"""Calls Amazon Connect within its rates: every attempt takes a token, and none outlasts the deadline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore import xform_name

from reconciler.lambdas.contact_calls.failures import SearchFailed
from reconciler.lambdas.shared.calls import Calls
from reconciler.lambdas.shared.pace import Pace

LISTED = {"ListUsers": "UserSummaryList", "ListQueues": "QueueSummaryList"}


@dataclass(frozen=True)
class Asking:
    client: Any
    calls: Calls
    pace: Pace
    instance: str

    def search(self, **params: Any) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._ask("SearchContacts", params)
        return answer

    def describe(self, contact: str) -> Mapping[str, Any]:
        answer: Mapping[str, Any] = self._ask("DescribeContact", {"ContactId": contact})["Contact"]
        return answer

    def users(self) -> Iterator[Mapping[str, Any]]:
        return self._listed("ListUsers", {})

    def queues(self) -> Iterator[Mapping[str, Any]]:
        """Yields the queues with a name; an agent's own queue has none."""
        return self._listed("ListQueues", {"QueueTypes": ["STANDARD"]})

    def _listed(self, operation: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        tokens: set[str] = set()
        token: dict[str, str] = {}
        while True:
            page = self._ask(operation, {"MaxResults": 1000, **params, **token})
            yield from page[LISTED[operation]]
            following = page.get("NextToken")
            if not following:
                return
            if following in tokens:
                raise SearchFailed(f"{operation} answered the same page token twice")
            tokens.add(following)
            token = {"NextToken": following}

    def _ask(self, operation: str, params: Mapping[str, Any]) -> Any:
        """Calls an operation. Raises `CallFailed` and `OutOfTime` of `shared.calls`."""

        def attempt() -> Any:
            self.pace.wait(operation)
            return getattr(self.client, xform_name(operation))(InstanceId=self.instance, **params)

        return self.calls.make(operation, attempt)
