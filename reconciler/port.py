"""The interface to AWS that the stages use. `aws.client` implements it; recorders and tests may implement it too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

Params = Mapping[str, Any]


class Answer(NamedTuple):
    """AWS's reply in its output shape, and the request id that AWS support needs."""

    members: dict[str, Any]
    request_id: str


class AwsPort(Protocol):
    """Sends calls to AWS.

    An implementer must scope Connect calls to the instance, and must take a pacing token per attempt. It may retry
    reads and must not repeat a write. It must raise only `CallError`, `UnreachableError` and `UnreadableAnswerError`.

    Operations have AWS's names (`ListDataTableValues`).
    """

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]: ...

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        """Yields the items page by page, however the operation pages.

        It must follow the token past empty pages, and stop at a repeated token.
        """
        ...

    def write(self, service: str, operation: str, params: Params) -> Answer: ...

    def delay(self, call: str) -> float:
        """Returns the seconds until the bucket of a `service:Operation` has a token."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Returns the number of attempts so far, by `service:Operation`."""
        ...
