"""`export --flows`: the flows of several instances as one base, and overlays with what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, REGION
from tests.builders.flows import block, end, flow_of, greeting
from tests.cli.running import Done, Repository, Server, client, resource

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
def two(repository: Repository, server: Server, as_user: Reconcile, dev: Instance, prod: Instance) -> Reconcile:
    """The command with the environments `dev` and `prod`, and no manifest."""
    configure(repository, dev, prod)
    for path in (repository.root / "manifests" / "base").iterdir():
        path.unlink()
    return lambda *words: as_user(*words, AWS_ENDPOINT_URL=server.endpoint, **KEYS)


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
    assert first.last == "Export: 22 new, 0 replaced, 0 unchanged"
    assert second.last == "Export: 4 new, 0 replaced, 10 unchanged"
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

    assert [done.last for done in again] == ["Export: 0 new, 0 replaced, 9 unchanged"] * 2
    assert [done.code for done in again] == [0, 0]


def test_values_that_prod_lacks_are_removed_in_its_overlay(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", says("Hello"), Description="Entry", Tags={"Team": "sales", "Stage": "dev"})
    prod.flow("Main", says("Hello"), Tags={"Stage": "prod"})
    export(two, "dev")

    export(two, "prod")

    assert files(repository, "environments/prod") == {"contact-flows/Main.yaml"}
    written = text_of(repository, "environments/prod/contact-flows/Main.yaml")
    assert written.endswith('spec:\n  tags: {Stage: prod, Team: null}\n  description: ""\n')
    assert plans_nothing(two, "prod")


def test_a_flow_of_the_base_that_is_not_live_is_named_with_its_remedy(
    repository: Repository, two: Reconcile, dev: Instance
) -> None:
    dev.flow("Trial", says("Hello"))
    export(two, "dev")

    done = export(two, "prod")

    assert done.last == "Export: 1 new, 0 replaced, 8 unchanged"
    assert files(repository, "environments/prod") == {".gitkeep"}
    assert (
        "warning: ContactFlow/Trial: is declared, but not live in prod, so a plan would create it; to keep it out of "
        "prod, write metadata.environments: [dev] in manifests/base/contact-flows/Trial.yaml"
    ) in done.err
    path = repository.root / "manifests/base/contact-flows/Trial.yaml"
    path.write_text(path.read_text().replace("name: Trial\n", "name: Trial\n  environments: [dev]\n"))
    assert "Trial" not in export(two, "prod").err
    assert plans_nothing(two, "prod")


def test_modules_that_cannot_be_read_are_left_out_and_reported(
    repository: Repository, two: Reconcile, server: Server, dev: Instance
) -> None:
    dev.flow("Main", says("Hello"))
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchContactFlowModules"]})

    done = export(two, "dev")

    assert "warning: ContactFlowModule/*: left out, because it cannot be read" in done.err
    assert files(repository, "base") == {"contact-flows/Main.yaml", "contact-flows/Main.json"}


def test_a_flow_that_is_declared_for_others_is_left_alone(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Trial", says("Hello"))
    export(two, "dev")
    path = repository.root / "manifests/base/contact-flows/Trial.yaml"
    path.write_text(path.read_text().replace("name: Trial\n", "name: Trial\n  environments: [dev]\n"))
    prod.flow("Trial", says("Hello"))

    done = export(two, "prod")

    assert done.last == "Export: 1 new, 0 replaced, 8 unchanged, 1 left alone"
    assert "ContactFlow/Trial is declared in manifests/base/contact-flows/Trial.yaml, for other env" in done.err


def test_arns_of_one_environment_are_named_and_a_variable_makes_the_overlay_needless(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", invokes("dev-lookup"))
    prod.flow("Main", invokes("prod-lookup"))

    first = export(two, "dev")
    second = export(two, "prod", "--dry-run")

    assert f"warning: ContactFlow/Main: contains ids or ARNs of dev: {FUNCTION}dev-lookup; other env" in first.err
    assert "info: ContactFlow/Main: differs from manifests/base/contact-flows/Main.yaml, which contains" in second.err
    configure(repository, dev, prod, variables={"STAGE": "prod"})
    path = repository.root / "manifests/base/contact-flows/Main.json"
    path.write_text(path.read_text().replace("dev-lookup", "${var:STAGE}-lookup"))
    assert export(two, "prod").last == "Export: 1 new, 0 replaced, 9 unchanged"
    assert plans_nothing(two, "prod")


def test_a_change_after_the_export_needs_overwrite_and_never_reaches_the_base(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", says("Hello from dev"))
    prod.flow("Main", says("Hello"))
    export(two, "dev")
    export(two, "prod")
    base = text_of(repository, "base/contact-flows/Main.json")
    prod.save("Main", says("Good morning"))

    refused, replaced = export(two, "prod"), export(two, "prod", "--overwrite")

    assert refused.code == 1
    assert "manifests/environments/prod/contact-flows/Main.json exists with other contents" in refused.err
    assert "write elsewhere with --flows DIR, or replace it with --overwrite" in refused.err
    assert replaced.last == "Export: 0 new, 1 replaced, 8 unchanged"
    assert "Good morning" in text_of(repository, "environments/prod/contact-flows/Main.json")
    assert text_of(repository, "base/contact-flows/Main.json") == base
    assert plans_nothing(two, "prod")


def test_a_document_of_the_author_is_left_alone(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", says("Hello"), Description="Entry")
    prod.flow("Main", says("Hello"), Description="Entry of prod")
    export(two, "dev")
    own = repository.root / "manifests/environments/prod/mine.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(json.dumps(resource("ContactFlow", "Main", {"description": "My entry"})))

    done = export(two, "prod")

    assert done.last == "Export: 0 new, 0 replaced, 8 unchanged, 1 left alone"
    assert "ContactFlow/Main differs from manifests/environments/prod/mine.yaml" in done.err
    assert files(repository, "environments/prod") == {"mine.yaml"}


def test_an_overlay_that_no_longer_differs_is_named(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    dev.flow("Main", says("Hello"))
    prod.flow("Main", says("Hello from prod"))
    export(two, "dev")
    export(two, "prod")
    prod.save("Main", says("Hello"))

    done = export(two, "prod")

    assert (done.code, done.last) == (0, "Export: 0 new, 0 replaced, 8 unchanged, 1 left alone")
    assert "delete its document from manifests/environments/prod/contact-flows/Main.yaml" in done.err


def test_an_environment_without_overlays_gets_a_folder_and_the_line_to_add(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    repository.configure(
        {name: {"instance": it.arn, "rates": "unlimited"} for name, it in (("dev", dev), ("prod", prod))}
    )
    prod.flow("Main", says("Hello"))
    export(two, "dev")

    first, second = export(two, "prod"), export(two, "prod")

    line = "write `overlays: [environments/prod]` for prod in reconcile.yaml"
    assert (line in first.err, line in second.err) == (True, True)
    assert files(repository, "environments/prod") == {"contact-flows/Main.yaml", "contact-flows/Main.json"}
    assert second.last == "Export: 0 new, 0 replaced, 9 unchanged"


def test_an_overlay_that_two_environments_share_is_named(
    repository: Repository, two: Reconcile, dev: Instance, prod: Instance
) -> None:
    shared = {"rates": "unlimited", "overlays": ["shared"]}
    repository.configure({"dev": {"instance": dev.arn, **shared}, "prod": {"instance": prod.arn, **shared}})
    dev.flow("Main", says("Hello from dev"))
    prod.flow("Main", says("Hello"))

    first, second = export(two, "dev"), export(two, "prod")

    assert "shared is also an overlay" not in first.err
    assert "warning: shared is also an overlay of dev: what is written there changes its plans too" in second.err


def test_another_folder_is_filled_and_the_line_to_add_is_named(
    repository: Repository, two: Reconcile, dev: Instance
) -> None:
    dev.flow("Main", says("Hello"))

    done = two("-e", "dev", "export", "--flows", "flows")

    assert (repository.root / "flows/base/contact-flows/Main.json").is_file()
    assert "plans read manifests: to plan these files, write `manifests: flows` in reconcile.yaml" in done.err


def test_a_dry_run_writes_no_file(repository: Repository, two: Reconcile, dev: Instance) -> None:
    dev.flow("Main", says("Hello"))

    done = export(two, "dev", "--dry-run")

    assert "would write manifests/base/contact-flows/Main.json" in done.out
    assert files(repository, "base") == set()


@pytest.mark.parametrize("words", [("--kind", "Queue"), ("--target", "ContactFlow/*"), ("--into", "copy")])
def test_flows_are_exported_without_a_selection(reconcile: Reconcile, words: tuple[str, str]) -> None:
    done = reconcile("export", "--flows", "manifests", *words)

    assert done.code == 64
    assert f"leave out {words[0]}" in done.err


def test_mistakes_of_other_kinds_do_not_stop_the_export_and_those_of_flows_do(
    repository: Repository, two: Reconcile, dev: Instance
) -> None:
    dev.flow("Main", says("Hello"))
    queue, flow = resource("Queue", "Billing", {"hours": "none"}), resource("ContactFlow", "Old", {"content": "{"})
    other = repository.root / "manifests/base/other.yaml"
    other.write_text(json.dumps(queue))
    done = export(two, "dev")
    other.write_text(json.dumps(flow))

    refused = export(two, "dev")

    assert (done.code, refused.code) == (0, 1)
    assert "manifests/base/other.yaml:1" in refused.err
