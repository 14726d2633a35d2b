"""The operations that begin and end statements: ExecuteStatement, BatchExecuteStatement, CancelStatement."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from moto.secretsmanager.models import secretsmanager_backends

from reconciler.sandbox import caller
from reconciler.sandbox.authorization import why_not
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.redshift.backend import Warehouse, redshift_backends
from reconciler.sandbox.redshift.identities import identity
from reconciler.sandbox.redshift.room import Answer, Params, invalid
from reconciler.sandbox.redshift_data.backend import SqlText, Statement, named
from reconciler.sandbox.redshift_data.room import DataRoom

LONGEST = 100_000  # bytes of a text [management guide, "Considerations": 100 KB]
MOST_ACTIVE = 500  # [quotas of the Data API]
OTHER_WAYS = ("ClusterIdentifier", "SessionId", "SessionKeepAliveSeconds")


class Submitting(DataRoom):
    def execute_statement(self, params: Params) -> Answer:
        return self._begin(params, [params["Sql"]], is_batch=False)

    def batch_execute_statement(self, params: Params) -> Answer:
        """Begins a batch, which is one transaction: the first failure rolls all of it back [management guide]."""
        return self._begin(params, params["Sqls"], is_batch=True)

    def cancel_statement(self, params: Params) -> Answer:
        """Cancels a statement that runs [service model: "To be canceled, a query must be running"]."""
        statement = self.statement(params["Id"])
        if self.status(statement) in ("FINISHED", "FAILED", "ABORTED"):
            raise invalid("Could not cancel a query that is already in FINISHED, FAILED or ABORTED state.")
        statement.cancel()
        return {"Status": True}

    def _begin(self, params: Params, texts: list[str], *, is_batch: bool) -> Answer:
        token = params.get("ClientToken")
        if token and token in self.backend.tokens:
            return self._submitted(self.backend.statements[self.backend.tokens[token]])
        workgroup = self._workgroup(params)
        assert workgroup.endpoint is not None  # noqa: S101 (every workgroup has one)
        if any(len(text.encode()) > LONGEST for text in texts):
            raise invalid(f"The query statement has more than {LONGEST} bytes.")
        values = {it["name"]: it["value"] for it in params.get("Parameters") or ()}
        _check_parameters(texts, values)
        active = [it for it in self.backend.statements.values() if not it.is_done]
        if len(active) >= MOST_ACTIVE:
            raise Refused("ActiveStatementsExceededException", "Active statements exceeded the allowed quota (500).")
        user, is_superuser = self._user(params)
        names = ("StatementName", "SecretArn", "WorkgroupName", "ResultFormat")
        statement = Statement(
            id=str(uuid4()),
            parts=[SqlText(text) for text in texts],
            is_batch=is_batch,
            gate=workgroup.endpoint.gate,
            database=params["Database"],
            user=user,
            members={name: params[name] for name in names if params.get(name)},
            values=values,
            created=self.world.now(),
            until=self.world.accepted + self.world.faults.statements,
        )
        self.backend.statements[statement.id] = statement
        if token:
            self.backend.tokens[token] = statement.id
        statement.start(is_superuser=is_superuser)
        return self._submitted(statement)

    def _submitted(self, statement: Statement) -> Answer:
        members = {
            name: statement.members[name] for name in ("SecretArn", "WorkgroupName") if name in statement.members
        }
        own = {"Id": statement.id, "CreatedAt": statement.created, "Database": statement.database}
        return {**members, **own, "DbUser": statement.user}

    def _workgroup(self, params: Params) -> Warehouse:
        """Returns the workgroup. Its words are inferred."""
        if other := [name for name in OTHER_WAYS if params.get(name)]:
            raise invalid(f"The sandbox has workgroups of Redshift Serverless and no sessions: leave out {other[0]}.")
        name = params.get("WorkgroupName")
        if not name:
            raise invalid("WorkgroupName is required.")
        if not params.get("Database"):
            raise invalid("Database is required.")
        known = redshift_backends[self.backend.account_id][self.backend.region_name].workgroups
        by_arn = (it for it in known.values() if it.arn == name)
        workgroup = known.get(name) or next(by_arn, None)
        if workgroup is None:
            raise invalid("Redshift endpoint doesn't exist in this region.")
        return workgroup

    def _user(self, params: Params) -> tuple[str, bool]:
        """Returns the database user, and whether it is a superuser: of the secret, or of the caller."""
        account, region = self.backend.account_id, self.backend.region_name
        secret = params.get("SecretArn")
        action = ("secretsmanager", "GetSecretValue") if secret else ("redshift-serverless", "GetCredentials")
        needed: dict[str, Any] = {"SecretId": secret} if secret else {"workgroupName": params["WorkgroupName"]}
        if why := why_not(caller.authorization(), *action, needed, account):
            raise invalid(f"Not authorized: {why}")
        if not secret:
            who = identity(account)
            return who.user, who.is_superuser
        stored = secretsmanager_backends[account][region]
        if not stored._is_valid_identifier(secret):
            raise invalid("Secrets Manager can't find the specified secret.")
        value = json.loads(stored.get_secret_value(secret, "", "AWSCURRENT").get("SecretString") or "{}")
        if not value.get("username"):
            raise invalid("The secret has no username.")
        return str(value["username"]), False


def _check_parameters(texts: list[str], values: dict[str, str]) -> None:
    """Refuses parameters that no text has, and names without a value [management guide; words inferred]."""
    if not values:
        return
    used = {name for text in texts for name in named(text)}
    if unused := sorted(set(values) - used):
        raise invalid(f"Parameters list contains unused parameters. Unused parameters: {unused}")
    if missing := sorted(used - set(values)):
        raise invalid(f"Parameters list contains missing values. Missing parameters: {missing}")
