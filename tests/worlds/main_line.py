"""The example of this repository on an instance, and a console that saves its flow."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

from reconciler.config import read_config
from reconciler.model import Outcome, Plan
from reconciler.reconcile import Options, preview, run
from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID, REGION
from tests.worlds.world import UNLIMITED, World

ROOT = Path(__file__).resolve().parents[2]
FLOWS = Path("manifests", "base", "flows")
MAIN = FLOWS / "main.json"


class MainLine:
    """A clone of this repository, whose environment is an instance without a pace."""

    def __init__(self, world: World, root: Path) -> None:
        self.world, self.root = world, root
        shutil.copytree(ROOT / "manifests", root / "manifests")
        sandbox = read_config(ROOT / "reconcile.yaml", {}).environments["sandbox"]
        self.environment = replace(
            sandbox,
            name=world.environment.name,
            root=root,
            instance=INSTANCE_ARN,
            account=ACCOUNT,
            region=REGION,
            rates=UNLIMITED,
        )

    @property
    def options(self) -> Options:
        return Options(self.environment, self.world.aws, tell=self.world.events.append)

    def plan(self) -> Plan:
        return preview(self.options).plan

    def apply(self) -> Outcome:
        return run(self.options)

    def author(self, path: Path, before: str, after: str) -> None:
        """Changes one text in a file of the clone."""
        text = (self.root / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path} has {before!r} {text.count(before)} times"
        (self.root / path).write_text(text.replace(before, after), encoding="utf-8")

    # The console, which reads and saves.

    def flow_id(self, name: str = "Main") -> str:
        flows = self.world.connect.list_contact_flows(InstanceId=INSTANCE_ID, MaxResults=1000)
        return str(next(flow["Id"] for flow in flows["ContactFlowSummaryList"] if flow["Name"] == name))

    def content(self, name: str = "Main") -> dict[str, Any]:
        flow = self.world.connect.describe_contact_flow(InstanceId=INSTANCE_ID, ContactFlowId=self.flow_id(name))
        content: dict[str, Any] = json.loads(flow["ContactFlow"]["Content"])
        return content

    def save(self, content: dict[str, Any], name: str = "Main") -> None:
        self.world.connect.update_contact_flow_content(
            InstanceId=INSTANCE_ID, ContactFlowId=self.flow_id(name), Content=json.dumps(content)
        )


def saved_by_the_console(
    content: dict[str, Any], seed: int, edit: Callable[[dict[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Returns the content as a save leaves it: another order, other positions and other ids of conditions."""
    random = Random(seed)  # noqa: S311 - any order will do
    actions = content["Actions"]
    random.shuffle(actions)
    for action in actions:
        if edit:
            edit(action)
        random.shuffle(action["Transitions"].get("Errors", []))
    for drawn in content["Metadata"]["ActionMetadata"].values():
        drawn["position"] = {"x": random.uniform(-900, 900), "y": random.uniform(-900, 900)}
        for condition in drawn.get("conditionMetadata", []):
            condition["id"] = str(UUID(int=random.getrandbits(128)))
    content["Metadata"]["name"] = "Main, saved again"
    return dict(reversed(content.items()))


def block(content: dict[str, Any], identifier: str) -> dict[str, Any]:
    """Returns the parameters of a block."""
    found: dict[str, Any] = next(
        action["Parameters"] for action in content["Actions"] if action["Identifier"] == identifier
    )
    return found
