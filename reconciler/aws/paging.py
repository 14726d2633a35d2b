"""How an operation pages: by botocore's paginators, and by its tokens where botocore has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from botocore.exceptions import DataNotFoundError
from botocore.loaders import create_loader
from botocore.model import OperationModel, Shape

# The names of tokens that go into a request as they came out of the answer before it.
_TOKENS = ("NextToken", "nextToken")


@dataclass(frozen=True)
class Paging:
    """`tokens`: the member of an answer that becomes each parameter of the next request. `more`: the member that says
    whether there are more pages, or ""; its service may send a token with the last page too."""

    tokens: tuple[tuple[str, str], ...] = ()
    more: str = ""

    def following(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the parameters that ask for the next page; empty after the last one."""
        if self.more and not answer.get(self.more):
            return {}
        return {parameter: answer[member] for parameter, member in self.tokens if answer.get(member)}


def paging_of(operation: OperationModel) -> Paging:
    """Returns how the operation pages. Raises `ValueError` if its paginator computes tokens, which no kind needs."""
    service = operation.service_model
    paginator = _paginators(service.service_name, service.api_version).get(operation.name)
    if not paginator:
        both = _members(operation.input_shape) & _members(operation.output_shape)
        return Paging(tuple((token, token) for token in _TOKENS if token in both))
    parameters, members = (_names(paginator[side]) for side in ("input_token", "output_token"))
    if odd := [member for member in members if not member.isidentifier()]:
        raise ValueError(f"{service.service_name}:{operation.name} pages by {odd[0]}, which is not a member")
    return Paging(tuple(zip(parameters, members, strict=True)), paginator.get("more_results", ""))


@cache
def _paginators(service: str, version: str) -> Mapping[str, Any]:
    """Returns botocore's paginators by operation. The path is complete: a search would read every folder."""
    try:
        loaded: Mapping[str, Any] = create_loader().load_data(f"{service}/{version}/paginators-1")["pagination"]
    except DataNotFoundError:
        return {}
    return loaded


def _members(shape: Shape | None) -> set[str]:
    return set(getattr(shape, "members", ()))


def _names(token: str | list[str]) -> list[str]:
    return [token] if isinstance(token, str) else token
