"""`export --flows`: the flows of several instances as one base, and overlays with what differs."""

from __future__ import annotations

import pytest

from tests.cli.running import Repository, Server
from tests.cli.two_instances import (
    FUNCTION,
    Instance,
    Reconcile,
    asks,
    configure,
    export,
    files,
    invokes,
    plans_nothing,
    says,
    text_of,
)


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_second_run_writes_nothing(repository: Repository, two: Reconcile, dev: Instance, prod: Instance) -> None:
    dev.flow("Greeting", says("Hello from dev"))
    prod.flow("Greeting", says("Hello"))
    export(two, "dev")
    export(two, "prod")

    again = [export(two, environment) for environment in ("dev", "prod")]

    assert [done.last for done in again] == ["Export: 0 new, 0 replaced, 9 unchanged"] * 2
    assert [done.code for done in again] == [0, 0]


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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
