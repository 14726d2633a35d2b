"""A resource that a plan and another writer can change. It is alone because each service has such resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model import Manifest
from tests.worlds.other_writer import OtherWriter

Values = dict[str, Any]


@dataclass(frozen=True)
class Editable:
    """A resource with two versions. `values` are the edits of another writer by place; `None` removes the value.

    `others`: what it refers to. `switches`: the sandbox's, when the first version is made.
    """

    before: Manifest
    after: Manifest
    read: Callable[[OtherWriter], Values]
    write: Callable[[OtherWriter, str, Any], Any]
    values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    others: tuple[Manifest, ...] = ()
    switches: Mapping[str, str] = field(default_factory=dict)
