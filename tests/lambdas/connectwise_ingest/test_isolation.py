"""Tenants beside each other: they share nothing, a poisoned one stops no other, and secrets are kept nowhere."""

from __future__ import annotations

from typing import Any

import botocore.session
from botocore.exceptions import ClientError

from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.shared import calls
from reconciler.sandbox.connectwise import Fault
from tests.lambdas.connectwise.places import LEDGER
from tests.lambdas.connectwise_ingest.world import (
    BUCKET,
    ENVIRON,
    TICKETS,
    World,
    calm,
    errors,
    lane,
    statuses,
    ticket,
)


def test_two_tenants_with_equal_ids_share_nothing(world: World) -> None:
    """S2-1."""
    world.add_tenant("harbor-dental").put(TICKETS, ticket(1, "of harbor"))
    world.add_tenant("quay-legal").put(TICKETS, ticket(1, "of quay"))

    answer = world.invoke(lane("harbor-dental", "quay-legal"))

    assert statuses(answer) == ["done", "done"]
    for tenant, summary in (("harbor-dental", "of harbor"), ("quay-legal", "of quay")):
        assert [(row["_tenant_id"], row["summary"]) for row in world.rows(tenant)] == [(tenant, summary)]
        assert all(file.key.startswith(f"{tenant}/raw/connectwise/service/tickets/") for file in world.files(tenant))
    assert {key.split("/")[0] for key in world.objects()} == {"harbor-dental", "quay-legal"}


def test_the_session_of_a_tenant_reaches_nothing_of_another(world: World) -> None:
    """S2-1: 6 calls on its own data are allowed. The same 6 on another's are refused, as are all without a tag."""
    for tenant in ("harbor-dental", "quay-legal"):
        world.add_tenant(tenant).put(TICKETS, ticket(1))
        world.run(tenant)
    sts = calls.client("sts", "us-east-1", session=world.own)
    session = TenantRole(sts, calm(), ENVIRON["TENANT_ROLE_ARN"]).session("harbor-dental", "run")
    lent = sts.assume_role(RoleArn=ENVIRON["TENANT_ROLE_ARN"], RoleSessionName="run")["Credentials"]
    untagged = botocore.session.Session()
    untagged.set_credentials(lent["AccessKeyId"], lent["SecretAccessKey"], lent["SessionToken"])

    assert tries(world, session, "harbor-dental") == ["allowed"] * 6
    assert all("AccessDenied" in result for result in tries(world, session, "quay-legal"))
    assert all("AccessDenied" in result for result in tries(world, untagged, "harbor-dental"))


def tries(world: World, session: botocore.session.Session, tenant: str) -> list[str]:
    """Makes six calls on the data of a tenant. Returns `allowed` or the error code of each."""
    s3, dynamodb, secrets = (
        calls.client(name, "us-east-1", calls.Patience(3.0, 10.0), session)
        for name in ("s3", "dynamodb", "secretsmanager")
    )
    key = {"tenant_id": {"S": tenant}, "table_name": {"S": "x"}}
    query = {"KeyConditionExpression": "tenant_id = :t", "ExpressionAttributeValues": {":t": {"S": tenant}}}
    put = {"Put": {"TableName": LEDGER, "Item": key}}
    made = (
        lambda: s3.get_object(Bucket=BUCKET, Key=world.files(tenant)[0].key),
        lambda: s3.put_object(Bucket=BUCKET, Key=f"{tenant}/x", Body=b"", Tagging="layer=raw"),
        lambda: dynamodb.get_item(TableName=LEDGER, Key=key),
        lambda: dynamodb.query(TableName=LEDGER, **query),
        lambda: dynamodb.transact_write_items(TransactItems=[put]),
        lambda: secrets.get_secret_value(SecretId=f"connectwise/{tenant}/dev"),
    )
    return [outcome(call) for call in made]


def outcome(call: Any) -> str:
    try:
        call()
    except ClientError as wrong:
        return str(wrong.response["Error"]["Code"])
    return "allowed"


def test_a_poisoned_tenant_stops_no_other(world: World) -> None:
    world.add_tenant("harbor-dental").put(TICKETS, ticket(1))
    world.add_tenant("quay-legal").put(TICKETS, ticket(1))
    world.put_secret("harbor-dental", {**world.vendor.credentials("harbor-dental"), "private_key": "wrong"})

    answer = world.invoke(lane("harbor-dental", "quay-legal"))

    assert (statuses(answer), errors(answer)) == (["failed", "done"], ["AUTH", ""])


def test_planted_secrets_and_denied_fields_are_found_nowhere(world: World) -> None:
    planted = "hunter2-planted"
    company = world.add_tenant(
        tables=["company/contacts"], privacy={"contact": "hash", "allow": ["portalPassword"], "deny": ["title"]}
    )
    company.put(
        "company/contacts",
        {
            **{"id": 1, "portalPassword": planted, "gender": planted, "title": planted, "firstName": planted},
            **{"customFields": [{"caption": "VPN Password", "value": planted}], "apiToken": planted},
            "communicationItems": [{"value": planted, "communicationType": "Email"}],
        },
    )
    company.tables["company/contacts"][1] |= {"birthDay": {"secret": planted}}

    assert world.run(table="company/contacts")["rows"] == 1
    world.vendor.faults.add(Fault("status", 401))
    world.poll(table="company/contacts")

    kept = world.everything()
    assert planted not in kept
    assert "private-harbor-dental" not in kept


def test_objects_have_their_layer_as_a_tag(world: World) -> None:
    world.add_tenant().put(TICKETS, ticket(1))
    world.run()
    world.poll(86_400, mode="ids")

    s3 = world.client("s3")
    layers = {
        (key.split("/")[1], "sweep-" in key): s3.get_object_tagging(Bucket=BUCKET, Key=key)["TagSet"][0]["Value"]
        for key in world.objects()
    }
    assert layers == {
        ("raw", False): "raw",
        ("runs", False): "run",
        ("_state", True): "run",
        ("_state", False): "state",
    }
