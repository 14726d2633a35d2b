"""What the stages ask of AWS, and all they get. `aws.client` answers it; so may a recorder, or a test's own value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

Params = Mapping[str, Any]


class Answer(NamedTuple):
    """AWS's reply by its output shape, and the id that AWS support asks for."""

    members: dict[str, Any]
    request_id: str


class AwsPort(Protocol):
    """An implementer must scope Connect calls to the instance, must take a pacing token per attempt, may retry reads,
    must not repeat a write, and must raise nothing but `CallError`, `UnreachableError` and `UnreadableAnswerError`.

    Operations bear AWS's own names (`ListDataTableValues`).
    """

    def read(self, service: str, operation: str, params: Params) -> dict[str, Any]: ...

    def pages(self, service: str, operation: str, items: str, params: Params) -> Iterator[list[dict[str, Any]]]:
        """The items page by page. Must follow the token past empty pages, and must stop at a token seen before."""
        ...

    def write(self, service: str, operation: str, params: Params) -> Answer: ...

    def delay(self, operation: str) -> float:
        """Seconds until the operation's bucket has a token."""
        ...

    def counts(self) -> Mapping[str, int]:
        """Attempts so far, by `service:Operation`."""
        ...
