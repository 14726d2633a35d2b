"""The files in the folder of each shipped function: its operations, its policy and its environment variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

LAMBDAS = "reconciler.lambdas"


@dataclass(frozen=True)
class Shipped:
    """One folder below `reconciler/lambdas`.

    operations: time-out, memory, logs, metrics and alarms, as `operations.json` has them.
    policy: the permissions of the function, with `${var:NAME}` for what differs between environments.
    environment: the JSON Schema of its environment variables.
    """

    name: str
    operations: Mapping[str, Any]
    policy: Mapping[str, Any]
    environment: Mapping[str, Any]

    @property
    def handler(self) -> str:
        return f"{LAMBDAS}.{self.name}.handler.handler"


@cache
def shipped(name: str) -> Shipped:
    """Returns what the folder of a function says. Raises `FileNotFoundError` if there is no such folder."""
    folder = files(LAMBDAS) / name

    def read(file: str) -> Any:
        return json.loads((folder / file).read_text(encoding="utf-8"))

    return Shipped(name, read("operations.json"), read("policy.json"), read("environment.schema.json"))
