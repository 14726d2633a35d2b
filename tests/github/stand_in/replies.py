"""A request as the routes read it, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .world import Json, Token


@dataclass(frozen=True)
class Request:
    method: str
    url: str  # without its query
    query: Mapping[str, str]
    body: Json
    token: Token


class Answer(NamedTuple):
    """`body`: bytes are sent as they are, everything else as JSON."""

    status: int
    body: Any
    headers: Mapping[str, str] = {}
