"""Tenants in a CSV file: one row is one tenant. For providers with hundreds of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from reconciler.errors import Mistake
from reconciler.kinds.composite import Around, CannotExpandError, Child, Composite
from reconciler.kinds.pipelines.tenant import did_you_mean
from reconciler.model import JsonDocument, Resource
from reconciler.model.spec import expecting

# Columns by the path in a Tenant's spec, and how a cell is read.
_TEXTS = ("companyName", "url", "mappings", "privacy.contact")
_NUMBERS = (
    "rate.perMinute",
    "backfill.days",
    "backfill.chunkDays",
    "deletes.confirmations",
    "deletes.maxPercent",
    "freshnessMinutes",
)
_LISTS = ("tables", "readers", "privacy.allow", "privacy.deny")
_FLAGS = ("enabled",)
COLUMNS = ("name", *_TEXTS, *_FLAGS, *_NUMBERS, *_LISTS)
_TRUE, _FALSE = ("true", "yes"), ("false", "no")


class TenantDefaults(JsonDocument):
    """The fields of every tenant, as in the spec of a Tenant."""


class Tenants(Resource):
    """Tenants of a pipeline, one row of a CSV file each. A cell that is empty leaves the default."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="The name of the group, in up to 40 small letters, digits and hyphens.",
        examples=["msp-customers"],
        json_schema_extra=expecting("a name of a group of tenants"),
    )
    pipeline: str = Field(min_length=1, description="The name of their Pipeline.", examples=["connectwise"])
    file: str = Field(
        min_length=1,
        description=f"The CSV file, relative to the manifest. Its columns are of {', '.join(COLUMNS)}. Semicolons "
        "part the items of a list.",
        examples=["tenants.csv"],
    )
    defaults: TenantDefaults | None = Field(
        None, description="The fields that all of them have.", examples=[{"rate": {"perMinute": 120}}]
    )


class TenantsComposite(Composite[Tenants]):
    spec = Tenants

    def expand(self, spec: Tenants, around: Around) -> Iterable[Child]:
        reader = csv.DictReader(io.StringIO(around.text(spec.file, ("file",)), newline=""), strict=True)
        mistakes: list[Mistake] = []
        children: list[Child] = []

        def wrong(line: int, message: str) -> None:
            mistakes.append(Mistake(around.source(spec.file, ("file",), line), message))

        try:
            for column in reader.fieldnames or ():
                if column not in COLUMNS:
                    wrong(1, f"unknown column {column}{did_you_mean(column, COLUMNS)}")
            if "name" not in (reader.fieldnames or ()):
                wrong(1, "the column name is missing")
            for row in () if mistakes else reader:
                fields, problem = _fields(row)
                if problem:
                    wrong(reader.line_num, problem)
                else:
                    children.append(Child("Tenant", _merged(spec, fields), ("file",)))
        except csv.Error as error:
            wrong(reader.line_num, f"is not CSV: {error}")
        if mistakes:
            raise CannotExpandError(("file",), "", tuple(mistakes))
        return children


def _fields(row: Mapping[str | None, Any]) -> tuple[dict[str, Any], str]:
    """Returns the fields of a row by their paths, or why the row cannot be read."""
    fields: dict[str, Any] = {}
    if None in row:
        return fields, "the row has more cells than the header; quote a cell that has a comma"
    for column, cell in row.items():
        text = (cell or "").strip()
        if not text or column is None:
            continue
        if column in _NUMBERS and not text.isdecimal():
            return fields, f"{column} must be a whole number, and is {text}"
        if column in _FLAGS and text.lower() not in (*_TRUE, *_FALSE):
            return fields, f"{column} must be true or false, and is {text}"
        fields[column] = _value(column, text)
    return fields, "" if fields.get("name") else "the name is missing"


def _value(column: str, text: str) -> Any:
    if column in _NUMBERS:
        return int(text)
    if column in _FLAGS:
        return text.lower() in _TRUE
    return [item.strip() for item in text.split(";") if item.strip()] if column in _LISTS else text


def _merged(spec: Tenants, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the spec of a tenant: the defaults, and what its row says differently."""
    defaults = spec.defaults.value if spec.defaults is not None else {}
    merged = {key: dict(value) if isinstance(value, dict) else value for key, value in defaults.items()}
    for path, value in fields.items():
        key, _, inner = path.partition(".")
        if inner:
            merged[key] = {**merged.get(key, {}), inner: value}
        else:
            merged[key] = value
    return {**merged, "pipeline": spec.pipeline}
