"""Small data tables, and their problems."""

import json
from typing import Any

from reconciler.errors import Source
from reconciler.kinds.connect.data_table.cells import violations
from reconciler.kinds.connect.data_table.spec import Attribute
from reconciler.kinds.registry import KINDS
from reconciler.kinds.rules import faults
from reconciler.model import Problem, Written, WrittenRecords
from reconciler.model.environment import Quotas


def attribute(value_type: str, *, primary: bool = False, **validation: Any) -> Attribute:
    return Attribute.model_validate(column("Column", value_type, primary=primary, validation=validation))


def column(name: str, value_type: str = "TEXT", **more: Any) -> dict[str, Any]:
    return {"name": name, "valueType": value_type, **more}


def key(name: str = "ID", value_type: str = "TEXT", **more: Any) -> dict[str, Any]:
    return column(name, value_type, primary=True, **more)


def table(*attributes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"timeZone": "Europe/Zurich", "attributes": list(attributes), **more}


def row(line: int = 2, **texts: str | tuple[str, ...] | None) -> Written:
    """Returns a row of a CSV file. The place of each text is one column after that of the line."""
    columns = {name: Source("rows.csv", line, place) for place, name in enumerate(texts, 1)}
    return Written(texts, Source("rows.csv", line), columns)


def problems(declared: dict[str, Any], *rows: Written, quotas: Quotas = Quotas(), **more: Any) -> list[Problem]:
    return list(faults(KINDS["DataTable"], declared, WrittenRecords(rows, **more), quotas))


def mistakes(declared: dict[str, Any], *rows: Written, **more: Any) -> list[str]:
    return [problem.message for problem in problems(declared, *rows, **more) if problem.severity == "error"]


def findings(declared: dict[str, Any], *rows: Written, severity: str = "warning", **more: Any) -> list[str]:
    return [problem.message for problem in problems(declared, *rows, **more) if problem.severity == severity]


def broken(value_type: str, text: str, *, primary: bool = False, **validation: Any) -> list[str]:
    """Returns the names of the rules that a wire text breaks."""
    messages = violations(attribute(value_type, primary=primary, **validation), text)
    return [message.partition(" ")[0].rstrip(":") for message in messages]


def array(*items: Any) -> str:
    return json.dumps(items, ensure_ascii=False)
