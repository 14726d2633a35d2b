"""The sandbox over HTTP: one real server for these tests, on a free port."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.sandbox import ACCOUNT, INSTANCE_ARN, INSTANCE_ID

from .calls import DUPLICATE, cell, keyed, make, refused
from .processes import ask, end, signed, start


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    process, ready = start()
    yield ready.split()[1]
    code, out, err = end(process)
    assert (code, out, err) == (0, "", "")


@pytest.fixture
def server(endpoint: str) -> str:
    assert ask(endpoint, "POST", "/_sandbox/reset")[0] == 200
    return endpoint


@pytest.fixture
def remote(server: str, session: botocore.session.Session) -> Any:
    once = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
    made = session.create_client("connect", region_name="us-east-1", endpoint_url=server, config=once)
    yield made
    made.close()


@pytest.mark.slow
def test_data_tables_are_answered_over_http(remote: Any) -> None:
    table = keyed(remote, "Größe: 顧客")
    table.attribute("a/b".replace("/", ":") + " @'|")
    table.create(cell("a", "ü", {"k": "r"}))

    assert table.values()[0]["Value"] == "ü"
    assert table.described_attribute("a:b @'|")["Name"] == "a:b @'|"
    assert refused(lambda: make(remote, "größe: 顧客")) == DUPLICATE


def test_other_services_are_moto_for_the_same_account(server: str, session: botocore.session.Session) -> None:
    place = {"region_name": "us-east-1", "endpoint_url": server}
    sts, secrets = session.create_client("sts", **place), session.create_client("secretsmanager", **place)

    secrets.create_secret(Name="s", SecretString="x")

    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert ACCOUNT in secrets.list_secrets()["SecretList"][0]["ARN"]
    assert ask(server, "GET", "/_sandbox/stats")[1]["calls"]["sts:GetCallerIdentity"] == 1
    sts.close()
    secrets.close()


def test_one_connection_serves_many_requests(server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    connection.connect()
    sock = connection.sock

    for number in range(5):
        body = json.dumps({"Name": f"T{number}", "TimeZone": "UTC", "ValueLockLevel": "NONE", "Status": "PUBLISHED"})
        path = f"/data-tables/{INSTANCE_ID}"
        connection.request("PUT", path, body, signed(server, "PUT", path, body))
        reply = connection.getresponse()
        reply.read()
        assert reply.status == 200
        assert reply.headers["x-amzn-RequestId"]

    assert connection.sock is sock
    connection.close()


def test_an_arn_in_the_path_arrives_whole(server: str, remote: Any) -> None:
    arn = make(remote).described()["Arn"]
    path = f"/data-tables/{INSTANCE_ARN}/{arn}".replace(":", "%3A").replace("instance/", "instance%2F")
    path = path.replace("/data-table/", "%2Fdata-table%2F")
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=10)
    connection.request("GET", path, headers=signed(server, "GET", path))
    reply = connection.getresponse()

    assert json.loads(reply.read())["DataTable"]["Arn"] == arn
    connection.close()


def test_a_lost_reply_closes_the_connection_after_the_write(server: str, remote: Any) -> None:
    assert (
        ask(server, "POST", "/_sandbox/faults", {"lostReply": {"every": 1, "operations": ["CreateDataTable"]}})[0]
        == 200
    )

    with pytest.raises(ConnectionClosedError):
        make(remote)

    assert len(remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]) == 1
    assert ask(server, "GET", "/_sandbox/stats")[1]["faults"] == {"lostReply": 1}


def test_throttling_over_http_is_a_429(server: str, remote: Any) -> None:
    ask(server, "POST", "/_sandbox/faults", {"rate": {"perSecond": 0.001, "burst": 1}})
    remote.list_data_tables(InstanceId=INSTANCE_ARN)

    with pytest.raises(remote.exceptions.ThrottlingException) as caught:
        remote.list_data_tables(InstanceId=INSTANCE_ARN)

    assert caught.value.response["ResponseMetadata"]["RequestId"]
    assert ask(server, "GET", "/_sandbox/stats")[1]["throttled"] == {"connect:ListDataTables": 1}


def test_stats_are_shown_and_their_counters_reset(server: str, remote: Any) -> None:
    make(remote)
    shown = {"calls": {"connect:CreateDataTable": 1}, "total": 1, "throttled": {}, "faults": {}}

    assert ask(server, "GET", "/_sandbox/stats") == (200, shown)
    assert ask(server, "POST", "/_sandbox/stats/reset") == (200, {})
    assert ask(server, "GET", "/_sandbox/stats")[1]["total"] == 0
    assert len(remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"]) == 1


def test_reset_empties_tables_faults_and_counters(server: str, remote: Any) -> None:
    make(remote)
    ask(server, "POST", "/_sandbox/faults", {"error": {"every": 1}})

    assert ask(server, "POST", "/_sandbox/reset") == (200, {})

    assert remote.list_data_tables(InstanceId=INSTANCE_ARN)["DataTableSummaryList"] == []
    assert remote.describe_instance(InstanceId=INSTANCE_ID)["Instance"]["Arn"] == INSTANCE_ARN


@pytest.mark.parametrize("body", [{"nope": 1}, [], "{"])
def test_wrong_faults_are_a_400_with_a_message(server: str, body: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/faults", body)

    assert status == 400
    assert answer["message"].startswith("faults")


def test_what_no_operation_creates_is_seeded_over_http(server: str, remote: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/seed", {"type": "User", "members": {"Username": "ada"}})

    (found,) = remote.list_users(InstanceId=INSTANCE_ID)["UserSummaryList"]
    assert (status, answer, found["Username"]) == (200, {"id": found["Id"]}, "ada")


@pytest.mark.parametrize(
    "body", [{"type": "User"}, {"type": "Queue", "members": {}}, "{", {"type": "User", "members": {}, "instance": "x"}]
)
def test_wrong_seeds_are_a_400_with_a_message(server: str, body: Any) -> None:
    status, answer = ask(server, "POST", "/_sandbox/seed", body)

    assert (status, answer["message"].split(":")[0]) == (400, "seed")


def test_quotas_are_raised_over_http_and_the_faults_own_outweigh_them(server: str, remote: Any) -> None:
    """M6: reconcile.yaml says what AWS has raised."""
    ask(server, "POST", "/_sandbox/faults", {"quotas": {"attributes": 1}})

    raised = ask(server, "POST", "/_sandbox/quotas", {"tables": 1, "attributes": 300})
    table = make(remote)
    table.attribute("one")

    assert raised == (200, {})
    assert refused(lambda: make(remote, "U"))[0] == "ServiceQuotaExceededException"
    assert refused(lambda: table.attribute("two"))[0] == "ServiceQuotaExceededException"
    assert ask(server, "POST", "/_sandbox/quotas", {"tables": "many"})[0] == 400
    assert ask(server, "POST", "/_sandbox/quotas", {"tables": 2}) == (200, {})
    make(remote, "U")


def test_an_unknown_control_address_says_which_there_are(server: str) -> None:
    status, answer = ask(server, "GET", "/_sandbox/nope")

    assert status == 404
    assert "/_sandbox/stats" in answer["message"]


@pytest.mark.parametrize(
    ("service", "operation", "asked"),
    [
        (
            "iam",
            "simulate_principal_policy",
            {"PolicySourceArn": "arn:aws:iam::111122223333:role/r", "ActionNames": ["a:b"]},
        ),
        ("service-quotas", "list_service_quotas", {"ServiceCode": "connect"}),
        ("ec2", "describe_verified_access_groups", {}),
        ("secretsmanager", "validate_resource_policy", {"ResourcePolicy": "{}"}),
        ("qconnect", "list_knowledge_bases", {}),
        ("lambda", "get_runtime_management_config", {"FunctionName": "f"}),
    ],
)
def test_what_moto_does_not_have_is_not_implemented_in_one_line(
    server: str, session: botocore.session.Session, service: str, operation: str, asked: dict[str, Any]
) -> None:
    """By protocol: query, JSON, EC2, a service that moto does not know, and a path that it does not know."""
    client = session.create_client(service, region_name="us-east-1", endpoint_url=server)

    with pytest.raises(ClientError) as wrong:
        getattr(client, operation)(**asked)
    client.close()

    assert wrong.value.response["Error"]["Code"] == "NotImplemented"
    assert "\n" not in wrong.value.response["Error"]["Message"]
    assert wrong.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
