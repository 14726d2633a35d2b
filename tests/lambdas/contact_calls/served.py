"""The world of a built archive in a process of its own: an AWS over HTTP and a Redshift, both set up."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from reconciler.sandbox import INSTANCE_ARN
from tests.lambdas.clients import client_at
from tests.lambdas.contact_calls.pipeline import BUCKET, LEDGER, SECRET
from tests.worlds.warehouse import DATABASE, PASSWORD, ROLE, USER, WORKGROUP, create_warehouse, open_warehouse

HANDLER = "reconciler.lambdas.contact_calls.handler.handler"


def set_up(endpoint: str) -> dict[str, str]:
    """Creates warehouse, table, bucket and secret; returns the environment variables of the function."""
    if endpoint:
        create_warehouse(lambda service: client_at(endpoint, service))
        with urllib.request.urlopen(f"{endpoint}/_sandbox") as answer:  # noqa: S310 - on this machine
            where = json.load(answer)["redshift"]
    else:
        where = open_warehouse(lambda service: client_at(endpoint, service)).endpoint.as_json()
    keys = [("pipeline", "HASH"), ("item", "RANGE")]
    client_at(endpoint, "dynamodb").create_table(
        TableName=LEDGER,
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        BillingMode="PAY_PER_REQUEST",
    )
    client_at(endpoint, "s3").create_bucket(Bucket=BUCKET)
    login = {"host": where["host"], "port": where["port"], "dbName": where["database"]}
    login |= {"username": USER, "password": PASSWORD}
    client_at(endpoint, "secretsmanager").create_secret(Name=SECRET, SecretString=json.dumps(login))
    return {
        "CONNECT_INSTANCE_ARN": INSTANCE_ARN,
        "LEDGER_TABLE": LEDGER,
        "LOAD_BUCKET": BUCKET,
        "COPY_ROLE_ARN": ROLE,
        "REDSHIFT_SECRET_ID": SECRET,
        "TIME_ZONE": "UTC",
        "RATES": "SearchContacts=1000/1000,DescribeContact=100000/100000",
        "AWS_ENDPOINT_URL": endpoint,
        "SSL_CERT_FILE": where["certificate"],
    }


def ask(endpoint: str, sql: str) -> list[list[Any]]:
    """Returns the rows of a query, by the Data API."""
    data = client_at(endpoint, "redshift-data")
    id = data.execute_statement(WorkgroupName=WORKGROUP, Database=DATABASE, Sql=sql)["Id"]
    while data.describe_statement(Id=id)["Status"] == "STARTED":
        time.sleep(0.01)
    return [[next(iter(field.values())) for field in row] for row in data.get_statement_result(Id=id)["Records"]]
