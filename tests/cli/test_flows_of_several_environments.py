"""`export --flows`: the flows of several instances as one base, and overlays with what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION
from tests.builders.flows import block, end, flow_of, greeting
from tests.cli.running import Done, Repository, Server, client, resource

Reconcile = Callable[..., Done]

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}
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


@pytest.fixture
def dev(server: Server) -> Instance:
    return Instance(server, INSTANCE_ARN)


@pytest.fixture
def prod(server: Server) -> Instance:
    """A second instance in the same account."""
    connect = client(server)
    made = connect.create_instance(
        InstanceAlias="second",
        IdentityManagementType="CONNECT_MANAGED",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )
    while connect.describe_instance(InstanceId=made["Id"])["Instance"]["InstanceStatus"] != "ACTIVE":
        pass
    return Instance(server, made["Arn"])


@pytest.fixture
def two(
    repository: Repository, server: Server, as_user: Reconcile, dev: Instance, prod: Instance
) -> Iterator[Reconcile]:
    """The command with the environments `dev` and `prod`, and no manifest."""
    configure(repository, dev, prod)
    for path in (repository.root / "manifests" / "base").iterdir():
        path.unlink()
    yield lambda *words: as_user(*words, AWS_ENDPOINT_URL=server.endpoint, **KEYS)


def configure(repository: Repository, dev: Instance, prod: Instance, **of_prod: Any) -> None:
    rates = {"rates": "unlimited"}
    overlays = {"overlays": ["environments/prod"]}
    repository.configure(
        {"dev": {"instance": dev.arn, **rates}, "prod": {"instance": prod.arn, **rates, **overlays, **of_prod}}
    )


def files(repository: Repository, layer: str) -> set[str]:
    folder = repository.root / "manifests" / layer
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


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


def test_flows_of_two_instances_become_a_base_and_an_overlay_and_plans_are_empty(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", asks(dev.hours("Weekdays")), Description="Entry")
    prod.flow("Main", asks(prod.hours("Weekdays")), Description="Entry")
    dev.flow("Greeting", says("Hello from dev"), Description="Greets")
    prod.flow("Greeting", says("Hello"), Description="Greets callers", Tags={"Team": "sales"})
    dev.module("Farewell", says("Bye"))
    prod.module("Farewell", says("Bye", id="Other id"))
    prod.flow("Night", says("We are closed"))

    first, second = export(two, "dev"), export(two, "prod")

    assert (first.code, second.code) == (0, 0), second.err
    assert first.last == "Export: 6 new, 0 replaced, 0 unchanged"
    assert second.last == "Export: 4 new, 0 replaced, 2 unchanged"
    assert files(repository, "base") == {
        *("contact-flows/Main.yaml", "contact-flows/Main.json"),
        *("contact-flows/Greeting.yaml", "contact-flows/Greeting.json"),
        *("contact-flow-modules/Farewell.yaml", "contact-flow-modules/Farewell.json"),
    }
    assert files(repository, "environments/prod") == {
        *("contact-flows/Greeting.yaml", "contact-flows/Greeting.json"),
        *("contact-flows/Night.yaml", "contact-flows/Night.json"),
    }
    assert text_of(repository, "environments/prod/contact-flows/Greeting.yaml") == (
        "# yaml-language-server: $schema=../../../../schemas/overlay.schema.json\n"
        "kind: ContactFlow\n"
        "metadata:\n"
        "  name: Greeting\n"
        "spec:\n"
        "  tags: {Team: sales}\n"
        "  description: Greets callers\n"
        "  content: {file: Greeting.json}\n"
    )
    assert "${HoursOfOperation/Weekdays.arn}" in text_of(repository, "base/contact-flows/Main.json")
    assert two("validate").code == 0
    assert plans_nothing(two, "dev")
    assert plans_nothing(two, "prod")


def test_a_second_run_writes_nothing(repository: Repository, two: Reconcile, dev: Instance, prod: Instance) -> None:
    dev.flow("Greeting", says("Hello from dev"))
    prod.flow("Greeting", says("Hello"))
    export(two, "dev")
    export(two, "prod")

    again = [export(two, environment) for environment in ("dev", "prod")]

    assert [done.last for done in again] == ["Export: 0 new, 0 replaced, 1 unchanged"] * 2
    assert [done.code for done in again] == [0, 0]
