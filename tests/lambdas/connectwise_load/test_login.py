"""A function without a secret signs in by its role, at the endpoint of the workgroup."""

from __future__ import annotations

import time
from typing import Any

import pytest

from reconciler.lambdas.connectwise_load.failures import LoadFailed
from reconciler.lambdas.shared import calls
from tests.lambdas.clients import signed_session
from tests.lambdas.connectwise.places import LEDGER, TENANTS
from tests.lambdas.connectwise_load.lakes import BUCKET, HARBOR, Lake, version
from tests.lambdas.granted import keys_of
from tests.worlds.warehouse import DATABASE, WORKGROUP

pytestmark = pytest.mark.slow
USER = "IAMR:connectwise_load-role"
BY_ROLE = {"REDSHIFT_SECRET_ID": "", "REDSHIFT_WORKGROUP": WORKGROUP}
USERS = tuple(f'create user "{name}" password disable' for name in (USER, "IAMR:harbor-dental-analyst"))
RIGHT = f'grant create on database {DATABASE} to "{USER}"'


def clients_of_role(lake: Lake) -> dict[str, Any]:
    """Returns clients with the keys of a role that has the shipped policy."""
    arn = lake.clients["redshift-serverless"].get_workgroup(workgroupName=WORKGROUP)["workgroup"]["workgroupArn"]
    values = {"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
    session = signed_session()
    keys = keys_of(
        lambda service: calls.client(service, "us-east-1", calls.Patience(3.0, 10.0), session),
        "connectwise_load",
        {**values, "REDSHIFT_WORKGROUP_ARN": arn},
    )
    session.set_credentials(keys["AWS_ACCESS_KEY_ID"], keys["AWS_SECRET_ACCESS_KEY"], keys["AWS_SESSION_TOKEN"])
    names = ("dynamodb", "redshift-serverless", "s3")
    return {name: calls.client(name, "us-east-1", calls.Patience(3.0, 10.0), session) for name in names}


def ended(data: Any, sql: str) -> str:
    """Runs a statement as the administrator, and returns how it ended."""
    id = data.execute_statement(WorkgroupName=WORKGROUP, Database=DATABASE, Sql=sql)["Id"]
    while (state := data.describe_statement(Id=id)["Status"]) == "STARTED":
        time.sleep(0.01)
    return str(state)


def test_a_role_with_its_rights_migrates_and_loads(bare: Lake) -> None:
    bare.commit(HARBOR, version(1, 0))
    bare.put_tenant(HARBOR, readers=["IAMR:harbor-dental-analyst"])
    administrator, bare.clients = bare.clients, clients_of_role(bare)

    assert [ended(administrator["redshift-data"], text) for text in USERS] == ["FINISHED"] * 2
    with pytest.raises(LoadFailed, match=r"42501 \(the database user lacks a right\)"):
        bare.invoke({"migrate": True}, **BY_ROLE)
    assert ended(administrator["redshift-data"], RIGHT) == "FINISHED"
    migrated = bare.invoke({"migrate": True}, **BY_ROLE)
    answer = bare.load(**BY_ROLE)

    assert (migrated["granted"], answer["failed"], answer["tables"]["tickets"]["inserted"]) == (1, [], 1)
    assert bare.redshift.sql("select tableowner from pg_tables where tablename = 'tickets'") == [[USER]]
