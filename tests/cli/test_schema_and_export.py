"""`schema` and `export`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from reconciler.sandbox import INSTANCE_ARN, INSTANCE_ID
from tests.cli.running import SANDBOX, Done, Repository, Server, client, resource, table

Reconcile = Callable[..., Done]


def test_one_schema_is_printed_by_its_name(reconcile: Reconcile) -> None:
    document = json.loads(reconcile("schema", "DataTable").out)

    assert document["$schema"].startswith("http://json-schema.org/draft-07")


def test_all_schemas_are_one_object(reconcile: Reconcile) -> None:
    assert {"DataTable", "manifest", "overlay", "reconcile"} <= json.loads(reconcile("schema").out).keys()


def test_schemas_are_written_into_a_folder_and_need_no_configuration(
    repository: Repository, reconcile: Reconcile
) -> None:
    (repository.root / "reconcile.yaml").unlink()

    assert reconcile("schema", "--write", "made/schemas").code == 0
    assert (repository.root / "made" / "schemas" / "DataTable.schema.json").is_file()


def test_stale_schemas_are_named_and_exit_with_1(repository: Repository, reconcile: Reconcile) -> None:
    reconcile("schema", "--write", "schemas")
    fresh = reconcile("schema", "--check")
    (repository.root / "schemas" / "DataTable.schema.json").write_text("{}")

    stale = reconcile("schema", "--check")

    assert (fresh.code, fresh.out) == (0, "")
    assert stale.code == 1
    assert stale.out.startswith("schemas/DataTable.schema.json is stale")
    assert reconcile("schema", "--write", "elsewhere", "--check").code == 1


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(reconcile: Reconcile, shell: str) -> None:
    done = reconcile("completion", shell)

    assert done.code == 0
    assert f"_RECONCILE_COMPLETE={shell}_complete" in done.out


@pytest.fixture
def two_live(repository: Repository, reconcile: Reconcile) -> Reconcile:
    repository.declare(table("Tiers", rows=[{"id": "A", "tier": "Gold", "seats": 3}]), table("Teams"))
    reconcile("apply", "--auto-approve")
    return reconcile


def test_after_an_export_and_an_adoption_the_plan_is_empty(repository: Repository, two_live: Reconcile) -> None:
    repository.declare()

    done = two_live("export")

    assert done.code == 0
    assert done.last == "Export: 36 new, 0 replaced, 0 unchanged"
    assert two_live("validate").code == 0
    assert two_live("adopt", "--all", "--auto-approve").code == 0
    assert two_live("plan", "--detailed-exitcode").code == 0


def test_managed_resources_need_no_adoption_after_an_export(repository: Repository, two_live: Reconcile) -> None:
    repository.declare()

    done = two_live("export", "--kind", "DataTable")

    assert done.code == 0
    assert done.last == "Export: 3 new, 0 replaced, 0 unchanged"
    assert two_live("plan", "--detailed-exitcode").code == 0


def test_an_export_goes_into_another_folder(repository: Repository, two_live: Reconcile) -> None:
    two_live("export", "--into", "copy")

    copied = {path.relative_to(repository.root / "copy").as_posix() for path in (repository.root / "copy").rglob("*.*")}
    scripts = {path for path in copied if path.startswith(("contact-flows/", "prompts/"))}
    # AWS gives every instance 8 flows, each with the file of its content, and 7 prompts.
    assert len(scripts) == 8 * 2 + 7
    assert copied - scripts == {
        *("agent-statuses/Available.yaml", "agent-statuses/Offline.yaml", "connect-instances/sandbox.yaml"),
        *("data-tables/Teams.yaml", "data-tables/Tiers.csv", "data-tables/Tiers.yaml"),
        *("hours-of-operations/Basic-Hours.yaml", "queues/BasicQueue.yaml"),
        *(
            "routing-profiles/Basic-Routing-Profile.yaml",
            "security-profiles/Admin.yaml",
            "security-profiles/Agent.yaml",
        ),
        *("security-profiles/CallCenterManager.yaml", "security-profiles/QualityAnalyst.yaml"),
    }


def test_only_targeted_resources_are_exported(repository: Repository, two_live: Reconcile) -> None:
    two_live("export", "--into", "copy", "--target", "DataTable/Te*", "--kind", "DataTable")

    assert {path.name for path in (repository.root / "copy").rglob("*.yaml")} == {"Teams.yaml"}


def test_an_untargeted_resource_is_referred_to_by_its_id(repository: Repository, two_live: Reconcile) -> None:
    two_live("export", "--into", "copy", "--target", "Queue/*")

    (path,) = (repository.root / "copy").rglob("*.yaml")
    assert re.search(r'hoursOfOperation: "?[0-9a-f]{8}-', path.read_text())


def another_instance(server: Server) -> None:
    client(server).create_instance(
        InstanceAlias="other",
        IdentityManagementType="CONNECT_MANAGED",
        InboundCallsEnabled=True,
        OutboundCallsEnabled=True,
    )


@pytest.mark.slow
def test_other_instances_are_exported_only_where_a_target_names_their_kind(
    repository: Repository, two_live: Reconcile, server: Server
) -> None:
    another_instance(server)

    for folder, arguments in {"all": [], "kind": ["--kind", "ConnectInstance"], "glob": ["--target", "*"]}.items():
        two_live("export", "--into", folder, *arguments)
        assert [path.name for path in (repository.root / folder / "connect-instances").iterdir()] == ["sandbox.yaml"]
    two_live("export", "--into", "named", "--target", "ConnectInstance/oth*")

    assert [path.name for path in (repository.root / "named").rglob("*.yaml")] == ["other.yaml"]


def test_another_instance_that_cannot_be_read_is_skipped(
    repository: Repository, two_live: Reconcile, server: Server
) -> None:
    another_instance(server)
    server.set_faults(error={"every": 2, "code": "AccessDeniedException", "operations": ["DescribeInstance"]})

    done = two_live("export", "--into", "copy", "--kind", "ConnectInstance")

    assert (done.code, done.err.count("warning")) == (0, 0)
    assert [path.name for path in (repository.root / "copy").rglob("*.yaml")] == ["sandbox.yaml"]


def test_a_kind_that_cannot_be_read_is_left_out_and_reported(
    repository: Repository, two_live: Reconcile, server: Server
) -> None:
    server.set_faults(error={"every": 1, "code": "AccessDeniedException", "operations": ["SearchQueues"]})

    done = two_live("export", "--into", "copy")

    assert done.code == 0
    assert "warning: Queue/*: left out, because it cannot be read: " in done.err
    assert not (repository.root / "copy" / "queues").exists()
    assert (repository.root / "copy" / "routing-profiles").exists()


def test_an_unknown_kind_is_wrong_usage(two_live: Reconcile) -> None:
    done = two_live("export", "--kind", "DataTabel")

    assert done.code == 64
    assert "DataTable" in done.err


def test_a_dry_run_of_an_export_writes_no_file(repository: Repository, two_live: Reconcile) -> None:
    done = two_live("export", "--into", "copy", "--dry-run")

    assert "would write copy/" in done.out
    assert not (repository.root / "copy").exists()


@pytest.fixture
def two_environments(repository: Repository, two_live: Reconcile) -> Reconcile:
    """Resources that are live in `lab` and not declared yet; `loft` is another instance."""
    repository.configure({"lab": SANDBOX, "loft": SANDBOX})
    repository.declare()
    return two_live


@pytest.mark.slow
def test_an_instance_is_exported_for_its_own_environment(repository: Repository, two_environments: Reconcile) -> None:
    """M8: its ARN is of one environment, so base must not declare it for the others."""
    done = two_environments("-e", "lab", "export")

    manifest = (repository.root / "manifests/base/connect-instances/sandbox.yaml").read_text()
    queue = (repository.root / "manifests/base/queues/BasicQueue.yaml").read_text()
    assert "environments: [lab]" in manifest
    assert "environments" not in queue
    assert "1 resource contains ids or ARNs of environment lab; metadata.environments is set to [lab] there" in done.err
    assert "ConnectInstance/sandbox" in done.err
    assert two_environments("validate").code == 0
    assert "ConnectInstance" not in two_environments("-e", "loft", "plan").out


def test_with_one_environment_an_instance_is_exported_for_all(repository: Repository, two_live: Reconcile) -> None:
    """M8: there is no other environment to keep it from."""
    two_live("export", "--into", "copy")

    assert "environments" not in (repository.root / "copy/connect-instances/sandbox.yaml").read_text()


def test_a_resource_with_an_id_is_exported_for_its_own_environment(
    repository: Repository, two_environments: Reconcile, server: Server
) -> None:
    """M8: a quick connect to a user has the user's id. The queue that lists it refers to the quick connect."""
    connect = client(server)
    queue = next(
        each["Id"]
        for each in connect.list_queues(InstanceId=INSTANCE_ID, QueueTypes=["STANDARD"])["QueueSummaryList"]
        if each["Name"] == "BasicQueue"
    )
    made = connect.create_quick_connect(
        InstanceId=INSTANCE_ID,
        Name="Desk",
        QuickConnectConfig={"QuickConnectType": "PHONE_NUMBER", "PhoneConfig": {"PhoneNumber": "+15550100"}},
    )
    connect.associate_queue_quick_connects(
        InstanceId=INSTANCE_ID, QueueId=queue, QuickConnectIds=[made["QuickConnectId"]]
    )

    two_environments("-e", "lab", "export", "--target", "Queue/*", "--target", "RoutingProfile/*", "--into", "copy")

    for path in ("queues/BasicQueue.yaml", "routing-profiles/Basic-Routing-Profile.yaml"):
        assert "environments: [lab]" in (repository.root / "copy" / path).read_text()


def test_no_plan_suggests_creating_an_instance_that_is_declared_by_its_arn(
    repository: Repository, reconcile: Reconcile
) -> None:
    """M8: the ARN says that it exists already, in another place."""
    arn = INSTANCE_ARN.replace("111122223333", "444455556666")
    spec = {
        "arn": arn,
        "identityManagementType": "CONNECT_MANAGED",
        "inboundCallsEnabled": True,
        "outboundCallsEnabled": True,
    }
    repository.declare(resource("ConnectInstance", "acme-prod", spec))

    planned = reconcile("plan", "--allow-create", "ConnectInstance/acme-prod")

    assert "1 blocked" in planned.last
    assert "--allow-create" not in planned.out
    assert "metadata.environments" in planned.out
