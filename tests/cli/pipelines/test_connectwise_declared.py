"""connectwise as an author declares it: for three environments, with locked columns and the keys of a tenant."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.cli.running import SANDBOX, Reconcile, Repository, Server, client_of, resource

pytestmark = pytest.mark.slow
SPEC: dict[str, Any] = {
    "type": "connectwise",
    "schedules": {"quarter-hourly": {"expression": "rate(15 minutes)", "timeZone": "UTC"}},
    "bucket": {"name": "example-lake"},
    "warehouse": {"secret": "connectwise/redshift"},
    "alerts": {"emails": ["ops@example.com"]},
}
HARBOR = {"pipeline": "connectwise", "url": "https://api-na.myconnectwise.net", "tables": ["service/tickets"]}
TENANT = resource("Tenant", "harbor-dental", HARBOR)
SMALL = {"functions": {"ingest": {"memoryMegabytes": 512, "timeoutSeconds": 300}}, "alerts": None, "dashboard": False}
MIDDLE = {"functions": {"ingest": {"memoryMegabytes": 1024, "timeoutSeconds": 600}}}
KEYS = {"company_id": "harbor", "public_key": "public", "private_key": "private-words", "client_id": "client"}


def pipeline(**more: Any) -> dict[str, Any]:
    return resource("Pipeline", "connectwise", {**SPEC, **more})


def overlay(repository: Repository, environment: str, spec: Mapping[str, Any]) -> None:
    folder = repository.root / "manifests" / environment
    folder.mkdir(parents=True)
    (folder / "connectwise.yaml").write_text(json.dumps(resource("Pipeline", "connectwise", spec)), encoding="utf-8")


def planned(reconcile: Reconcile, environment: str) -> dict[str, Any]:
    """Returns the new resources of a plan by address, with the fields that they get."""
    done = reconcile("-e", environment, "plan", "--format", "json")
    assert done.code == 0, done.err
    changes = json.loads(done.out)["changes"]
    assert {change["action"] for change in changes} == {"create"}
    return {it["address"]: {field["path"]: field["after"] for field in it["fields"]} for it in changes}


def test_three_environments_are_valid_and_their_plans_differ_as_they_declare(
    repository: Repository, reconcile: Reconcile
) -> None:
    """S2-7, S2-17, S2-26: on an account that has nothing yet, every resource of each environment is new."""
    overlay(repository, "dev", SMALL)
    overlay(repository, "staging", MIDDLE)
    environments = {name: {**SANDBOX, "overlays": [name]} for name in ("dev", "staging")}
    repository.configure({**environments, "prod": SANDBOX})
    repository.declare(pipeline(), TENANT)

    assert reconcile("validate").out.startswith("valid: ")
    dev, staging, prod = (planned(reconcile, name) for name in ("dev", "staging", "prod"))

    def ingest(plan: Mapping[str, Any], environment: str) -> tuple[int, int]:
        fields = plan[f"LambdaFunction/shop-{environment}-connectwise-ingest"]
        return fields["memorySize"], fields["timeout"]

    assert (ingest(dev, "dev"), ingest(staging, "staging")) == ((512, 300), (1024, 600))
    assert ingest(prod, "prod") == (1024, 900)

    def kinds(plan: Mapping[str, Any]) -> set[str]:
        return {address.partition("/")[0] for address in plan}

    assert kinds(prod) - kinds(dev) == {"Dashboard", "SnsSubscription", "SnsTopic"}
    assert {address.replace("-staging-", "-prod-").replace("/staging", "/prod") for address in staging} == set(prod)


def test_without_a_secret_the_warehouse_is_reached_by_the_role_of_load(
    repository: Repository, reconcile: Reconcile
) -> None:
    namespace = resource("RedshiftNamespace", "analytics", {"iamRoles": ["shop-lab-connectwise-copy"]})
    workgroup = resource("RedshiftWorkgroup", "analytics", {"namespace": "analytics", "baseCapacity": 8})
    place = {"workgroup": "analytics", "host": "analytics.example.com"}
    repository.declare(pipeline(warehouse=place), TENANT, namespace, workgroup)

    plan = planned(reconcile, "lab")

    variables = json.dumps(plan["LambdaFunction/shop-lab-connectwise-load"])
    policy = json.dumps(plan["IamRole/shop-lab-connectwise-load"])
    assert all(name in variables for name in ("REDSHIFT_WORKGROUP", "REDSHIFT_HOST", "analytics.example.com"))
    assert "REDSHIFT_SECRET_ID" not in variables
    assert "redshift-serverless:GetCredentials" in policy
    assert "secretsmanager" not in policy
    assert [address for address in plan if address.startswith("Secret/")] == ["Secret/connectwise/harbor-dental/lab"]


class TestLock:
    """`validate --write` keeps the order of the columns, by which COPY of Redshift maps files."""

    @pytest.fixture
    def mapped(self, repository: Repository) -> Repository:
        repository.declare(pipeline(mappings="mappings/connectwise"), TENANT)
        self.map(repository, ticket_number="id", summary="summary")
        return repository

    def map(self, repository: Repository, **columns: str | None) -> None:
        source = {"connectwise": {"service/tickets": {"key": "id", "columns": columns}}}
        self.file(repository, "tickets.yaml", {"canonicalTable": "tickets", "sources": source})

    def file(self, repository: Repository, name: str, content: Any) -> None:
        folder = repository.root / "manifests" / "base" / "mappings" / "connectwise"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")

    def columns(self, repository: Repository) -> list[tuple[str, str]]:
        path = repository.root / "manifests" / "base" / "mappings" / "connectwise" / "columns.lock.json"
        return [(it["name"], it["type"]) for it in json.loads(path.read_text("utf-8"))["tickets"]]

    def test_a_missing_lock_is_a_mistake_that_names_the_command(self, mapped: Repository, reconcile: Reconcile) -> None:
        done = reconcile("validate")

        assert done.code == 1
        assert "the folder has no columns.lock.json, the order of the columns; write it with: reconcile" in done.out

    def test_new_columns_are_added_at_the_end_and_a_left_out_one_stays(
        self, mapped: Repository, reconcile: Reconcile
    ) -> None:
        first = reconcile("validate", "--write")
        self.map(mapped, hours="actualHours", ticket_number="id")
        second = reconcile("validate", "--write")
        again = reconcile("validate", "--write")

        assert (first.code, second.code, again.code) == (0, 0, 0), first.out + second.out
        assert self.columns(mapped) == [*(("ticket_number", "bigint"), ("summary", "text"), ("hours", "decimal(18,4)"))]
        assert ("columns.lock.json" in second.out + second.err, "columns.lock.json" in again.out) == (True, False)

    def test_a_column_never_changes_its_type(self, mapped: Repository, reconcile: Reconcile) -> None:
        reconcile("validate", "--write")
        self.map(mapped, ticket_number="summary", summary="summary")

        done = reconcile("validate", "--write")

        assert done.code == 1
        assert "ticket_number is text, and columns.lock.json has bigint; a column never" in done.out
        assert self.columns(mapped)[0] == ("ticket_number", "bigint")

    def test_a_dry_run_writes_no_lock(self, mapped: Repository, reconcile: Reconcile) -> None:
        done = reconcile("--dry-run", "validate", "--write")

        folder = mapped.root / "manifests" / "base" / "mappings" / "connectwise"
        assert done.code == 1
        assert "would write manifests/base/mappings/connectwise/columns.lock.json" in done.out
        assert [path.name for path in folder.iterdir()] == ["tickets.yaml"]


@pytest.fixture
def tenant_secret(repository: Repository, reconcile: Reconcile, server: Server) -> Any:
    """The row and the secret of a tenant are live; returns a client of secrets."""
    repository.declare(pipeline(), TENANT)
    targets = ("DynamoDBTable/shop-lab-connectwise-tenant-services", "Tenant/harbor-dental")
    chosen = [word for target in targets for word in ("--target", target)]
    done = reconcile("apply", "--auto-approve", *chosen)
    assert done.code == 0, done.err
    return client_of(server, "secretsmanager")


def test_the_keys_of_a_tenant_are_set_by_the_name_of_its_document(
    tenant_secret: Any, reconcile: Reconcile, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S2-15: from stdin, first as a dry run. No argument of the command has a key."""

    def given(*words: str) -> Any:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(KEYS).encode())))
        return reconcile(*words, "secret", "set", "Tenant/harbor-dental")

    rehearsed = given("--dry-run")
    before = tenant_secret.describe_secret(SecretId="connectwise/harbor-dental/lab")
    done = given()

    value = tenant_secret.get_secret_value(SecretId="connectwise/harbor-dental/lab")["SecretString"]
    row = client_of(server, "dynamodb").scan(TableName="shop-lab-connectwise-tenant-services")["Items"][0]
    assert (rehearsed.code, done.code, json.loads(value)) == (0, 0, KEYS), done.err
    assert "VersionIdsToStages" not in before
    assert row["secret_name"] == {"S": "connectwise/harbor-dental/lab"}
    assert "private-words" not in done.out + done.err + rehearsed.out + rehearsed.err


def test_a_tenant_that_is_not_declared_has_no_secret(
    repository: Repository, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.declare(pipeline(), TENANT)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"any")))

    done = reconcile("secret", "set", "Tenant/harbor")

    assert done.code == 64
    assert 'no secret "Tenant/harbor"' in done.err
