"""The built archive under AWS's runtime client, with a Redshift of a server, and with the shipped policy alone."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.packaging.building import package
from tests.cli.running import Server, serving
from tests.lambdas.clients import client_at
from tests.lambdas.connectwise.places import LEDGER, TENANTS, create_tables
from tests.lambdas.connectwise_load.lakes import BUCKET, HARBOR, NORTH, RUN, Lake, version
from tests.lambdas.granted import keys_of
from tests.lambdas.runtime import PYTHON, running
from tests.worlds.archives import built
from tests.worlds.warehouse import DATABASE, PASSWORD, USER, WORKGROUP, create_warehouse

pytestmark = pytest.mark.slow
HANDLER = "reconciler.lambdas.connectwise_load.handler.handler"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package("connectwise_load", into=built(), python=PYTHON).path


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


def test_the_built_archive_migrates_and_loads(archive: Path, server: Server, tmp_path: Path) -> None:
    names = ("dynamodb", "s3", "secretsmanager", "iam", "redshift-serverless", "sts")
    clients = {name: client_at(server.endpoint, name) for name in names}
    create_tables(clients["dynamodb"])
    create_warehouse(clients.__getitem__)
    with urllib.request.urlopen(f"{server.endpoint}/_sandbox") as answer:  # noqa: S310 - on this machine
        where = json.load(answer)["redshift"]
    lake = Lake(None, clients, None)  # type: ignore[arg-type] - the sandbox is another process
    lake.clients["s3"].create_bucket(Bucket=BUCKET)
    login = {**where, "username": USER, "password": PASSWORD, "dbName": DATABASE}
    secret = clients["secretsmanager"].create_secret(Name="connectwise/warehouse", SecretString=json.dumps(login))
    lake.put_lock({"tickets": lake.columns})
    for tenant in (HARBOR, NORTH):
        lake.put_tenant(tenant)
        lake.commit(tenant, version(1, 0, 2), version(1, 2))
    values = {"BUCKET_NAME": BUCKET, "TENANT_SERVICES_TABLE": TENANTS, "LAST_UPDATED_TABLE": LEDGER}
    keys = keys_of(clients.__getitem__, "connectwise_load", {**values, "REDSHIFT_SECRET_ARN": secret["ARN"]})
    environ = {**lake.environ, **keys, "AWS_ENDPOINT_URL": server.endpoint, "SSL_CERT_FILE": where["certificate"]}

    with running(archive, HANDLER, tmp_path, environ, timeout=120) as function:
        migrated = function.invoke({"migrate": True})
        first = function.invoke({"run": RUN})
        again = function.invoke({"run": RUN})

    assert not any(each.is_error for each in (migrated, first, again)), function.logged()
    assert first.body["tables"]["tickets"]["inserted"] == 4
    assert again.body["tables"]["tickets"]["inserted"] == 0
    assert PASSWORD not in function.logged()
    assert counted(server) == 4


def counted(server: Server) -> int:
    data = client_at(server.endpoint, "redshift-data")
    text = "select count(*) from canonical.tickets"
    id = data.execute_statement(WorkgroupName=WORKGROUP, Database=DATABASE, Sql=text)["Id"]
    while data.describe_statement(Id=id)["Status"] == "STARTED":
        pass
    return int(data.get_statement_result(Id=id)["Records"][0][0]["longValue"])
