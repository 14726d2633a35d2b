"""`export --flows`: what stays, where files go, and which settings they need."""

from __future__ import annotations

import json

import pytest

from tests.cli.running import Repository, resource
from tests.cli.two_instances import (
    Instance,
    Reconcile,
    export,
    files,
    says,
)

pytestmark = pytest.mark.slow


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
