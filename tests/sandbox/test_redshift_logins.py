"""Users of a workgroup: temporary passwords, the administrator's secret, users that SQL creates, and their rights."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import botocore.session
import pytest
import redshift_connector

from reconciler.sandbox import REGION, in_process
from tests.worlds.warehouse import NAMESPACE, ROLE, WORKGROUP, Redshift, connect, open_warehouse

from .calls import refused
from .clocks import Clock
from .roles import ONCE, create, trust

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Client = Callable[..., Any]


@pytest.fixture
def client(session: Any, clock: Clock) -> Iterator[Client]:
    def made(service: str, keys: Any = None) -> Any:
        if keys is None:
            return session.create_client(service, region_name=REGION, config=ONCE)
        signed = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"]}
        signed |= {"aws_session_token": keys["SessionToken"]}
        return botocore.session.Session().create_client(service, region_name=REGION, config=ONCE, **signed)

    with in_process(clock=clock):
        yield made
    # The driver forgets to close a connection that is not let in.
    gc.collect()


@pytest.fixture
def redshift(client: Client, monkeypatch: pytest.MonkeyPatch) -> Redshift:
    found = open_warehouse(client)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.certificate))
    return found


def keys_of_role(client: Client, name: str, *actions: str) -> Any:
    iam = client("iam")
    arn = create(iam, name, trust({"AWS": "arn:aws:iam::111122223333:root"}))["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions) or ["sts:Nothing"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    return client("sts").assume_role(RoleArn=arn, RoleSessionName="s")["Credentials"]


def is_refused(connection: Any, sql: str) -> str:
    with pytest.raises(redshift_connector.ProgrammingError) as wrong:
        connection.cursor().execute(sql)
    connection.rollback()
    reason: dict[str, str] = wrong.value.args[0]
    return reason["C"]


def test_a_role_logs_in_as_itself_until_its_password_ends(client: Client, redshift: Redshift, clock: Clock) -> None:
    keys = keys_of_role(client, "harbor-analyst", "redshift-serverless:GetCredentials")
    lent = client("redshift-serverless", keys).get_credentials(workgroupName=WORKGROUP, dbName="dev")

    with connect(redshift, lent["dbUser"], lent["dbPassword"]) as connection:
        cursor = connection.cursor()
        cursor.execute("select current_user")
        assert cursor.fetchone()[0] == lent["dbUser"] == "IAMR:harbor-analyst"
        assert is_refused(connection, "create schema mine") == "42501"
    clock.now += 901
    with pytest.raises(redshift_connector.Error, match="28P01"):
        connect(redshift, lent["dbUser"], lent["dbPassword"])


def test_a_role_without_the_right_gets_no_password(client: Client, redshift: Redshift) -> None:
    keys = keys_of_role(client, "other")

    serverless, data = client("redshift-serverless", keys), client("redshift-data", keys)
    assert refused(lambda: serverless.get_credentials(workgroupName=WORKGROUP))[0] == "AccessDeniedException"
    statement = {"WorkgroupName": WORKGROUP, "Database": "dev", "Sql": "select 1"}
    assert refused(lambda: data.execute_statement(**statement))[0] == "AccessDeniedException"
    half = client("redshift-data", keys_of_role(client, "half", "redshift-data:ExecuteStatement"))
    assert refused(lambda: half.execute_statement(**statement))[0] == "ValidationException"


def test_views_of_a_tenant_are_for_its_readers_alone(client: Client, redshift: Redshift) -> None:
    """One role, one database user, one tenant's views: the other tenant and the base table are refused."""
    keys = keys_of_role(client, "harbor-analyst", "redshift-serverless:GetCredentials")
    lent = client("redshift-serverless", keys).get_credentials(workgroupName=WORKGROUP)
    redshift.sql("create schema canonical; create table canonical.t (tenant_id varchar(9))")
    redshift.sql("insert into canonical.t values ('harbor'), ('north')")
    for tenant in ("harbor", "north"):
        redshift.sql(f"create schema {tenant}")
        redshift.sql(f"create view {tenant}.t as select * from canonical.t where tenant_id = '{tenant}'")  # noqa: S608
    with connect(redshift, lent["dbUser"], lent["dbPassword"]):
        pass
    redshift.sql('grant usage on schema harbor to "IAMR:harbor-analyst"')
    redshift.sql('grant select on harbor.t to "IAMR:harbor-analyst"')

    with connect(redshift, lent["dbUser"], lent["dbPassword"]) as connection:
        cursor = connection.cursor()
        cursor.execute("select tenant_id from harbor.t")
        assert [row[0] for row in cursor.fetchall()] == ["harbor"]
        connection.rollback()
        assert [is_refused(connection, f"select * from {name}.t") for name in ("north", "canonical")] == ["42501"] * 2  # noqa: S608


def test_the_administrators_secret_lets_in_and_its_rotation_counts(client: Client, redshift: Redshift) -> None:
    serverless, secrets = client("redshift-serverless"), client("secretsmanager")
    serverless.update_namespace(namespaceName=NAMESPACE, manageAdminPassword=True)
    serverless.list_namespaces()
    arn = serverless.get_namespace(namespaceName=NAMESPACE)["namespace"]["adminPasswordSecretArn"]
    known = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])

    connect(redshift, known["username"], known["password"]).close()
    secrets.put_secret_value(SecretId=arn, SecretString=json.dumps({**known, "password": "Sesame-0100-new"}))

    connect(redshift, known["username"], "Sesame-0100-new").close()
    with pytest.raises(redshift_connector.Error, match="28P01"):
        connect(redshift, known["username"], known["password"])


def test_users_that_sql_creates_log_in_with_their_passwords(redshift: Redshift) -> None:
    redshift.sql("create user analyst password 'Sesame-0100-two'")

    with connect(redshift, "analyst", "Sesame-0100-two") as connection:
        assert is_refused(connection, "create schema mine") == "42501"
    for user, password in (("analyst", "Sesame-0100-one"), ("nobody", "x"), ("postgres", "")):
        with pytest.raises(redshift_connector.Error, match="28P01"):
            connect(redshift, user, password)


def test_the_administrator_reads_no_file_and_runs_no_program(redshift: Redshift) -> None:
    with connect(redshift) as connection:
        assert is_refused(connection, "select pg_read_file('/etc/hostname')") == "42501"
        assert is_refused(connection, "copy t from program 'id'") == "0A000"
        assert is_refused(connection, "copy t to '/tmp/x'") == "42501"


def test_copy_reads_only_what_its_role_may_read(client: Client, redshift: Redshift) -> None:
    name = ROLE.rpartition("/")[2]
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::loads/ours/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client("iam").put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=document)
    client("s3").create_bucket(Bucket="loads")
    redshift.sql("create table public.t (n integer)")

    with connect(redshift) as connection, pytest.raises(redshift_connector.Error, match="Error AccessDenied"):
        connection.cursor().execute(f"copy public.t from 's3://loads/x' iam_role '{ROLE}' format as parquet")


def test_a_deleted_namespace_leaves_nothing_to_its_successor(client: Client, redshift: Redshift) -> None:
    redshift.sql("create schema old; create user analyst password 'Sesame-0100-two'")
    serverless = client("redshift-serverless")
    serverless.delete_workgroup(workgroupName=WORKGROUP)
    serverless.list_workgroups()
    serverless.delete_namespace(namespaceName=NAMESPACE)
    serverless.list_namespaces()
    client("iam").delete_role_policy(RoleName="redshift-copy", PolicyName="read")
    client("iam").delete_role(RoleName="redshift-copy")

    again = open_warehouse(client)

    assert again.sql("select count(*) from pg_namespace where nspname = 'old'") == [["0"]]
    assert again.sql("select count(*) from pg_roles where rolname = 'analyst'") == [["0"]]
