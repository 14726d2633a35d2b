"""The operations that read: DescribeStatement, GetStatementResult in both forms, ListStatements."""

from __future__ import annotations

import csv
import io
from typing import Any

from reconciler.sandbox import paging
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.redshift.room import Answer, Params, invalid
from reconciler.sandbox.redshift.wire import Column, Result
from reconciler.sandbox.redshift_data.backend import SqlText, Statement
from reconciler.sandbox.redshift_data.room import DataRoom, missing

PAGE = 100
ROWS = 1000  # of a page of results [inferred: the guide states none]
NANOSECONDS = 1_000_000_000
LONGS, DOUBLES = ("int2", "int4", "int8"), ("float4", "float8")
SIGNED = (*LONGS, *DOUBLES, "numeric")


class Results(DataRoom):
    def describe_statement(self, params: Params) -> Answer:
        """Describes a statement, a batch, or one part of a batch."""
        statement = self.statement(params["Id"])
        described: Answer = {
            "Id": statement.id,
            "CreatedAt": statement.created,
            "UpdatedAt": statement.updated or statement.created,
            "Status": self.status(statement),
            "Database": statement.database,
            "DbUser": statement.user,
            "RedshiftPid": statement.pid,
            "RedshiftQueryId": 0,
            **{name: value for name, value in statement.members.items() if name != "StatementName"},
        }
        if statement.values:
            described["QueryParameters"] = [{"name": name, "value": value} for name, value in statement.values.items()]
        if statement.is_batch:
            described["SubStatements"] = [
                {"Id": f"{statement.id}:{number}", **self._outcome(statement, part), "QueryString": part.sql}
                for number, part in enumerate(statement.parts, 1)
            ]
            own: Answer = {"HasResultSet": any(part["HasResultSet"] for part in described["SubStatements"])}
        else:
            own = {**self._outcome(statement, statement.parts[0]), "QueryString": statement.parts[0].sql}
        wrong = next((part.error for part in statement.parts if part.error), "")
        error = {"Error": wrong} if wrong and described["Status"] in ("FAILED", "ABORTED") else {}
        return {**described, **own, "Status": described["Status"], **error}

    def list_statements(self, params: Params) -> Answer:
        """Lists statements from the newest on. Without a status, they are the finished ones [service model]."""
        state, name = params.get("Status") or "FINISHED", params.get("StatementName") or ""
        rows = []
        for place, statement in enumerate(reversed(self.backend.statements.values())):
            named = str(statement.members.get("StatementName", ""))
            if state in ("ALL", self.status(statement)) and named.startswith(name) and _is_in(statement, params):
                rows.append((f"{place:09d}", self._listed(statement)))
        try:
            size = int(params.get("MaxResults") or PAGE)
            listing = paging.open_listing("redshift-data:ListStatements", params, fixed=state, size=size)
        except Refused as refused:
            raise invalid(refused.message) from refused
        page, rest = paging.cut(self.world, listing, rows)
        return {"Statements": page, **rest}

    def get_statement_result(self, params: Params) -> Answer:
        """Returns rows with types [service model, of Field]."""
        statement, result = self._result(params)
        if statement.members.get("ResultFormat") == "CSV":
            raise invalid("The result is in CSV format. Use GetStatementResultV2.")
        assert result.columns is not None  # noqa: S101 (`_result` has refused it)
        rows, rest = _page(params, result)
        records = [list(map(_field, result.columns, row)) for row in rows]
        return {"Records": records, **_metadata(result), **rest}

    def get_statement_result_v2(self, params: Params) -> Answer:
        """Returns rows as CSV, for statements that asked for it."""
        statement, result = self._result(params)
        if statement.members.get("ResultFormat") != "CSV":
            raise invalid("The result is in JSON format. Use GetStatementResult.")
        rows, rest = _page(params, result)
        records = [{"CSVRecords": _line(row)} for row in rows]
        return {"Records": records, **_metadata(result), "ResultFormat": "CSV", **rest}

    def _result(self, params: Params) -> tuple[Statement, Result]:
        statement = self.statement(params["Id"])
        number = int(params["Id"].partition(":")[2] or len(statement.parts))
        part = statement.parts[number - 1]
        if self.status(statement) != "FINISHED" or part.result is None or part.result.columns is None:
            raise missing("Query does not have result. Please check query status with DescribeStatement.")
        return statement, part.result

    def _outcome(self, statement: Statement, part: SqlText) -> Answer:
        """Returns the state of one text. -1 rows: there are none to count [service model, of ResultRows]."""
        state = self.part_status(statement, part)
        result = part.result if state == "FINISHED" else None
        has_rows = result is not None and result.columns is not None
        size = sum(len(cell or "") for row in result.rows for cell in row) if result and has_rows else -1
        return {
            "Status": state,
            "HasResultSet": has_rows,
            "ResultRows": result.count if result else -1,
            "ResultSize": size,
            "Duration": int((statement.updated - statement.created) * NANOSECONDS) if statement.updated else -1,
            "CreatedAt": statement.created,
            "UpdatedAt": statement.updated or statement.created,
            **({"Error": part.error} if part.error and state != "STARTED" else {}),
        }

    def _listed(self, statement: Statement) -> Answer:
        texts = [part.sql for part in statement.parts]
        own = {"QueryStrings": texts} if statement.is_batch else {"QueryString": texts[0]}
        names = ("StatementName", "SecretArn", "ResultFormat")
        return {
            "Id": statement.id,
            "Status": self.status(statement),
            "CreatedAt": statement.created,
            "UpdatedAt": statement.updated or statement.created,
            "IsBatchStatement": statement.is_batch,
            **{name: statement.members[name] for name in names if name in statement.members},
            **own,
        }


def _is_in(statement: Statement, params: Params) -> bool:
    workgroup, database = params.get("WorkgroupName"), params.get("Database")
    return workgroup in (None, statement.members.get("WorkgroupName")) and database in (None, statement.database)


def _page(params: Params, result: Result) -> tuple[tuple[tuple[str | None, ...], ...], Answer]:
    """Returns rows, in the order of the query, and the token of the next page: an id and a number of rows."""
    token, start = params.get("NextToken"), 0
    if token:
        id, _, number = token.rpartition("+")
        if id != params["Id"] or not number.isdigit():
            raise invalid("NextToken: it does not come from this service")
        start = int(number)
    end = start + ROWS
    return result.rows[start:end], {"NextToken": f"{params['Id']}+{end}"} if end < len(result.rows) else {}


def _field(column: Column, text: str | None) -> dict[str, Any]:
    if text is None:
        return {"isNull": True}
    if column.type == "bool":
        return {"booleanValue": text == "t"}
    if column.type in LONGS:
        return {"longValue": int(text)}
    if column.type in DOUBLES:
        return {"doubleValue": float(text)}
    return {"stringValue": text}


def _metadata(result: Result) -> Answer:
    columns = [_described(column) for column in result.columns or ()]
    return {"ColumnMetadata": columns, "TotalNumRows": len(result.rows)}


def _described(column: Column) -> Answer:
    """Returns a column. PostgreSQL's modifier of a type is its length and 4, or precision, scale and 4."""
    is_text = column.type in ("varchar", "bpchar")
    limit = max(0, column.type_modifier - 4)
    precision, scale = divmod(limit, 0x10000) if column.type == "numeric" else (0, 0)
    return {
        "name": column.name,
        "label": column.name,
        "typeName": column.type,
        "isSigned": column.type in SIGNED,
        "isCurrency": False,
        "isCaseSensitive": is_text,
        "nullable": 1,
        "length": limit if is_text else 0,
        "precision": precision,
        "scale": scale,
    }


def _line(row: tuple[str | None, ...]) -> str:
    sink = io.StringIO()
    csv.writer(sink, lineterminator="").writerow(["" if cell is None else cell for cell in row])
    return sink.getvalue()
