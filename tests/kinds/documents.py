"""Manifests as texts, and their mistakes without positions."""

from __future__ import annotations

from pathlib import Path

from tests.builders.folders import messages, reading

HOURS = "kind: HoursOfOperation\nmetadata: {name: Day}\nspec: {timeZone: UTC, config: []}\n"
QUEUE = "kind: Queue\nmetadata: {name: Q}\nspec: {hoursOfOperation: Day}\n"


def mistakes(root: Path, *documents: str) -> list[str]:
    found = messages(reading(root, {"manifests/base/it.yaml": "---\n".join(documents)}))
    return [mistake.partition(": ")[2] for mistake in found]


def hours(**spec: str) -> str:
    fields = {"timeZone": "UTC", "config": "[]", **spec}
    body = ", ".join(f"{key}: {value}" for key, value in fields.items())
    return f"kind: HoursOfOperation\nmetadata: {{name: Day}}\nspec: {{{body}}}\n"
