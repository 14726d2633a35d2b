"""Facts about functions and mappings that moto does not keep: a backend like moto's, which moto's reset empties."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from moto.core.base_backend import BackendDict, BaseBackend


@dataclass
class FunctionFacts:
    """`members`: those of the configuration that moto drops. `until`: the accepted calls after which it is settled."""

    members: dict[str, Any] = field(default_factory=dict)
    revision: str = field(default_factory=lambda: str(uuid4()))
    until: int = -1
    is_new: bool = True
    fails: str = ""
    is_moved: bool = False

    def change(self, until: int, fails: str, *, is_new: bool = False) -> None:
        """Begins a change, which is settled later."""
        self.revision, self.until, self.fails, self.is_new = str(uuid4()), until, fails, is_new
        self.is_moved = False


@dataclass
class MappingFacts:
    """A mapping's state until the accepted calls are past `until`: Creating, Updating, or Deleting for good."""

    members: dict[str, Any] = field(default_factory=dict)
    until: int = -1
    state: str = "Creating"


class FunctionStore(BaseBackend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.functions: dict[str, FunctionFacts] = {}
        self.mappings: dict[str, MappingFacts] = {}
        # The settings of asynchronous calls of aliases and versions, by function and qualifier.
        self.asynchronous: dict[tuple[str, str], dict[str, Any]] = {}
        # Provisioned concurrency and the time of its last change, by function and qualifier.
        self.provisioned: dict[tuple[str, str], tuple[int, float]] = {}


function_stores = BackendDict(FunctionStore, "lambda")
