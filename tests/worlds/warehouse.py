"""A Redshift Serverless of the sandbox: a role for COPY, a namespace, a workgroup, and its database."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redshift_connector

from reconciler.sandbox.redshift.certificate import certificate
from reconciler.sandbox.redshift.endpoints import Endpoint, oldest
from reconciler.sandbox.redshift.front import Cut, Front

DATABASE, USER, PASSWORD = "dev", "loader", "Sesame-0100-open"
NAMESPACE = WORKGROUP = "analytics"
ROLE = "arn:aws:iam::111122223333:role/redshift-copy"
TRUST = {"Effect": "Allow", "Principal": {"Service": "redshift.amazonaws.com"}, "Action": "sts:AssumeRole"}
READ = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}


@dataclass(frozen=True)
class Redshift:
    endpoint: Endpoint

    @property
    def port(self) -> int:
        return self.endpoint.port

    @property
    def front(self) -> Front:
        return self.endpoint.front

    @property
    def certificate(self) -> Path:
        return certificate()

    def sql(self, text: str) -> list[list[str | None]]:
        """Asks the database as its administrator, past the front. Returns rows of texts; raises `DatabaseError`."""
        with self.endpoint.gate.cluster().connect(USER, DATABASE) as connection:
            return [list(row) for row in connection.run(text).rows]

    def cut(self, text: str, when: str = "before", number: int = 1) -> None:
        self.front.cuts.append(Cut(text, when, number))

    def empty(self, schema: str = "connect") -> None:
        self.sql(f"drop schema if exists {schema} cascade")
        self.front.cuts.clear()
        self.front.statements.clear()

    def kill(self) -> None:
        """The database dies in the middle of whatever it does, and is started again."""
        self.endpoint.gate.cluster().postgres.kill()


def open_warehouse(client: Callable[[str], Any]) -> Redshift:
    """Creates it in this process's sandbox. `client` returns a client of a service."""
    create_warehouse(client)
    endpoint = oldest()
    assert endpoint is not None
    return Redshift(endpoint)


def connect(redshift: Redshift, user: str = USER, password: str = PASSWORD, **more: Any) -> Any:
    """Returns a connection of the unmodified driver, which verifies the certificate in SSL_CERT_FILE."""
    where = {"host": "localhost", "port": redshift.port, "database": DATABASE, "user": user, "password": password}
    return redshift_connector.connect(**where, **{"ssl": True, "sslmode": "verify-full", **more})


def create_warehouse(client: Callable[[str], Any]) -> None:
    """Creates role, namespace and workgroup, and waits for them."""
    iam, redshift = client("iam"), client("redshift-serverless")
    name = ROLE.rpartition("/")[2]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(TRUST))
    iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=_document(READ))
    redshift.create_namespace(
        namespaceName=NAMESPACE, dbName=DATABASE, adminUsername=USER, adminUserPassword=PASSWORD, iamRoles=[ROLE]
    )
    redshift.list_namespaces()
    redshift.create_workgroup(workgroupName=WORKGROUP, namespaceName=NAMESPACE)
    redshift.list_workgroups()


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
