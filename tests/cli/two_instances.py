"""Two instances of Amazon Connect, and the command with an environment for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from reconciler.sandbox import ACCOUNT, REGION
from tests.builders.flows import block, end, flow_of, greeting
from tests.cli.running import Done, Repository, Server, client

Reconcile = Callable[..., Done]

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
BUILT_IN = "Default"  # the names of the 8 flows that every instance has begin with it
CONTRACT: dict[str, Any] = {"InputParameters": [], "OutputParameters": [], "Transitions": []}
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"


class Instance:
    """One of the two instances, as its console changes it."""

    def __init__(self, server: Server, arn: str) -> None:
        self.arn, self.connect = arn, client(server)
        self.ids: dict[str, str] = {}
        self.here = {"InstanceId": arn}

    def hours(self, name: str) -> str:
        made = self.connect.create_hours_of_operation(**self.here, Name=name, TimeZone="UTC", Config=[])
        return str(made["HoursOfOperationArn"])

    def flow(self, name: str, content: Mapping[str, Any], **more: Any) -> None:
        text = json.dumps(content)
        made = self.connect.create_contact_flow(**self.here, Name=name, Type="CONTACT_FLOW", Content=text, **more)
        self.ids[name] = made["ContactFlowId"]

    def module(self, name: str, content: Mapping[str, Any], **more: Any) -> None:
        text = json.dumps({**content, "Settings": CONTRACT})
        self.connect.create_contact_flow_module(**self.here, Name=name, Content=text, **more)

    def save(self, name: str, content: Mapping[str, Any]) -> None:
        place = {**self.here, "ContactFlowId": self.ids[name]}
        self.connect.update_contact_flow_content(**place, Content=json.dumps(content))


def says(text: str, *, id: str = "Welcome") -> dict[str, Any]:
    """Returns a flow that says a text. The generated id of its block means nothing."""
    return flow_of(greeting(text, id), end())


def asks(hours: str) -> dict[str, Any]:
    """Returns a flow that checks opening hours, which have another id in every instance."""
    parameters = {"HoursOfOperationId": hours}
    ways = {"if_True": "End", "if_False": "End", "error_NoMatchingError": "End"}
    return flow_of(block("Check", "CheckHoursOfOperation", parameters, then="End", **ways), end())


def invokes(function: str) -> dict[str, Any]:
    parameters = {"LambdaFunctionARN": f"{FUNCTION}{function}", "InvocationTimeLimitSeconds": "3"}
    return flow_of(
        block("Look up", "InvokeLambdaFunction", parameters, then="End", error_NoMatchingError="End"),
        end(),
    )


def configure(repository: Repository, dev: Instance, prod: Instance, **of_prod: Any) -> None:
    rates = {"rates": "unlimited"}
    overlays = {"overlays": ["environments/prod"]}
    repository.configure(
        {"dev": {"instance": dev.arn, **rates}, "prod": {"instance": prod.arn, **rates, **overlays, **of_prod}}
    )


def files(repository: Repository, layer: str) -> set[str]:
    """Returns the files of the layer, without those of the flows that every instance has."""
    folder = repository.root / "manifests" / layer
    paths = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(BUILT_IN))
    return {path.relative_to(folder).as_posix() for path in paths}


def text_of(repository: Repository, path: str) -> str:
    return (repository.root / "manifests" / path).read_text(encoding="utf-8")


def export(two: Reconcile, environment: str, *words: str) -> Done:
    return two("-e", environment, "export", "--flows", "manifests", *words)


def plans_nothing(two: Reconcile, environment: str) -> bool:
    """Returns whether the plan is empty after the declared flows are adopted."""
    adopted = two("-e", environment, "adopt", "--all", "--auto-approve")
    planned = two("-e", environment, "plan", "--detailed-exitcode")
    assert (adopted.code, planned.code) == (0, 0), f"{adopted}\n{planned}"
    return "No changes" in planned.out
