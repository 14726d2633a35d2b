"""A resource that a plan and another writer can change. It is alone because each service has such resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.model import Manifest
from tests.worlds.other_writer import OtherWriter

Values = dict[str, Any]


@dataclass(frozen=True)
class Editable:
    """A resource with two versions. `values` are the edits of another writer by place; `None` removes the value.

    `others`: what it refers to. `switches`: the sandbox's, when the first version is made. `settle`: what the other
    writer does before the next run.
    """

    before: Manifest
    after: Manifest
    read: Callable[[OtherWriter], Values]
    write: Callable[[OtherWriter, str, Any], Any]
    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    others: tuple[Manifest, ...] = ()
    switches: Mapping[str, str] = field(default_factory=dict)
    settle: Callable[[OtherWriter], Any] = lambda by: None

    def drafted(self, values: Mapping[str, tuple[Any, ...]], settle: Callable[[OtherWriter], Any]) -> Editable:
        """Returns the resource with the edits of a writer who saves a draft, and publishes it before the next run."""
        return replace(self, values=values, settle=settle)
