"""Tenants: the customers of a connectwise pipeline. Each has a row, a secret without a value, and perhaps mappings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from reconciler.kinds.composite import Around, CannotExpandError, Child, Composite
from reconciler.kinds.pipelines.common import PipelineParts
from reconciler.kinds.pipelines.connectwise import mappings_of
from reconciler.kinds.pipelines.connectwise_stores import TENANTS, mapping_object
from reconciler.kinds.pipelines.mapping_files import Mappings, read_overrides
from reconciler.kinds.pipelines.spec import Pipeline
from reconciler.lambdas.connectwise.keys import TOP_FOLDERS
from reconciler.model import Problem, Resource, Spec, Unordered, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
Table = Literal["service/tickets", "time/entries", "company/companies", "company/contacts"]
_EFFECTS: Mapping[str, str] = {
    "attributes[enabled]=false": "polling stops, and data stays",
    "attributes[enabled]=true": "polling begins with the next run",
    "attributes[tables]": "new tables begin with their backfill, and the data of others stays",
    "attributes[connectwise_url]": "the next run asks the other server, so check that it has the same records",
    "attributes[privacy]": "it counts for records that are read from now on; dropped fields do not come back",
    "attributes[mappings]": "a mapping that is no longer listed counts until its S3Object is removed (kind: Removed)",
    "attributes[deletes]": "it counts from the next id sweep on",
    "attributes[backfill]": "it counts for tables whose backfill has not ended",
}


class TenantRate(Spec):
    """The requests that the tenant's server gets."""

    per_minute: int = Field(240, ge=1, le=10_000, description="The requests a minute, for all tables together.")


class Backfill(Spec):
    """The history that a first run fetches."""

    days: int = Field(730, ge=0, le=36_500, description="The days of history.")
    chunk_days: int = Field(30, ge=1, le=3650, description="The days that one pass fetches.")


class Deletes(Spec):
    """How deleted records are recognised: by sweeps of all ids."""

    confirmations: int = Field(2, ge=1, le=100, description="The sweeps in which an id must be absent.")
    max_percent: int = Field(
        10, ge=0, le=100, description="The share of open rows that may vanish at once; otherwise the sweep is refused."
    )


class TenantPrivacy(Spec):
    """Which fields about people are stored. Passwords, tokens and keys never are."""

    contact: Literal["keep", "hash", "drop"] = Field(
        "keep",
        description="Names, addresses and numbers of people.",
        json_schema_extra=meanings(
            keep="They are stored.",
            hash="A hash is stored, with the key pii_key of the tenant's secret.",
            drop="They are not stored.",
        ),
    )
    allow: Unordered[str] = Field(
        (), description="Personal fields that are stored too.", examples=[["contact.birthDay"]]
    )
    deny: Unordered[str] = Field((), description="Fields that are not stored.", examples=[["company.annualRevenue"]])


class Tenant(Resource):
    """A customer of a pipeline of type connectwise. Its credentials are set by `reconcile secret set`."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="The name, in up to 40 small letters, digits and hyphens. Keys of files begin with it.",
        examples=["harbor-dental"],
        json_schema_extra=expecting("a name of a tenant"),
    )
    pipeline: str = Field(
        min_length=1, description="The name of the Pipeline, of type connectwise.", examples=["connectwise"]
    )
    company_name: str = Field("", description="The name of the customer.", examples=["Harbor Dental Group"])
    url: str = Field(
        min_length=1,
        description="The server of ConnectWise. In a sandbox it may be http on this machine.",
        examples=["https://api-na.myconnectwise.net"],
    )
    enabled: bool = Field(True, description="False: runs skip the tenant, and its data stays.")
    tables: tuple[Table, ...] = Field(
        ("service/tickets", "time/entries", "company/companies", "company/contacts"),
        min_length=1,
        description="The tables that are read.",
    )
    rate: TenantRate = TenantRate()
    backfill: Backfill = Backfill()
    deletes: Deletes = Deletes()
    privacy: TenantPrivacy = TenantPrivacy()
    freshness_minutes: int = Field(
        15,
        ge=15,
        le=1440,
        description="The longest time without a poll. A table without changes is polled after 15, 30 and 60 minutes.",
        examples=[60],
    )
    mappings: str | None = Field(
        None,
        min_length=1,
        description="A folder, relative to the manifest, with mappings that replace the pipeline's for this tenant.",
        examples=["mappings/harbor-dental"],
    )
    readers: Unordered[str] = Field(
        (),
        description="Database users who may read the views of this tenant.",
        examples=[["IAMR:harbor-dental-analyst"]],
    )


class TenantComposite(Composite[Tenant]):
    spec = Tenant

    def expand(self, spec: Tenant, around: Around) -> Iterable[Child]:
        pipeline, near = _pipeline_of(spec, around)
        parts = PipelineParts(pipeline, around.scope)
        if urlsplit(spec.url).scheme == "http" and not around.scope.is_sandbox:
            raise CannotExpandError(("url",), "http is for a sandbox only; write https://HOST")
        default = mappings_of(pipeline, near)
        _check_tables(spec, default)
        own = self._overrides(spec, around, default)
        secret = f"connectwise/{spec.name}/{around.scope.environment}"
        yield Child("Secret", {"name": secret, "description": f"Tenant {spec.name}: the keys of ConnectWise"})
        item = f"{parts.named(TENANTS)}/tenant_id={spec.name}"
        attributes = _row(spec, secret, tuple(own.tables))
        yield Child(
            "DynamoDBItem", {"name": item, "attributes": attributes, "whenRemoved": {"enabled": False}}, (), _EFFECTS
        )
        assert pipeline.bucket is not None  # noqa: S101 (`problems` of the pipeline has refused the others)
        for name, text in own.compiled():
            key = f"{pipeline.bucket.name}/{spec.name}/mappings/{name}.json"
            yield mapping_object(parts, key, text, "mappings")

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        name, url, tables = declared.get("name"), declared.get("url"), declared.get("tables")
        if name in TOP_FOLDERS:
            yield Problem(
                "error", ("name",), f"the bucket has a folder {name} of its own; give the tenant another name"
            )
        if isinstance(url, str) and (wrong := _wrong_url(url)):
            yield Problem("error", ("url",), wrong)
        if isinstance(tables, list) and len(set(map(str, tables))) < len(tables):
            yield Problem("error", ("tables",), "a table is there twice; delete one")

    def _overrides(self, spec: Tenant, around: Around, default: Mappings) -> Mappings:
        if spec.mappings is None:
            return Mappings({}, default.columns)
        folder = around.folder(spec.mappings, ("mappings",))
        return read_overrides(folder, ("mappings",), spec.privacy, around.warn, default)


def _pipeline_of(spec: Tenant, around: Around) -> tuple[Pipeline, Around]:
    """Returns the pipeline with its surroundings. Raises `CannotExpandError` if it is not declared, or has mistakes."""
    known = around.other("Pipeline", spec.pipeline)
    if known is None or known[0].type != "connectwise":
        message = f"there is no valid Pipeline {spec.pipeline} of type connectwise in this environment; declare one"
        raise CannotExpandError(("pipeline",), message)
    return known


def _check_tables(spec: Tenant, mappings: Mappings) -> None:
    if unmapped := sorted({*spec.tables} - mappings.source_tables):
        message = f"no mapping of the pipeline has the source {' or '.join(unmapped)}; add one, or leave out the table"
        raise CannotExpandError(("tables",), message)


def _row(spec: Tenant, secret: str, mapped: tuple[str, ...]) -> dict[str, Any]:
    """Returns the attributes of the tenant's row, as `connectwise.tenants` reads them."""
    privacy = {"contact": spec.privacy.contact, "allow": [*spec.privacy.allow], "deny": [*spec.privacy.deny]}
    return {
        "company_name": spec.company_name,
        "connectwise_url": spec.url.rstrip("/"),
        "secret_name": secret,
        "enabled": spec.enabled,
        "tables": [*spec.tables],
        "rate_per_minute": spec.rate.per_minute,
        "backfill": {"days": spec.backfill.days, "chunk_days": spec.backfill.chunk_days},
        "deletes": {"confirmations": spec.deletes.confirmations, "max_percent": spec.deletes.max_percent},
        "privacy": privacy,
        "freshness_minutes": spec.freshness_minutes,
        "readers": [*spec.readers],
        "mappings": sorted(mapped),
        "pipeline": spec.pipeline,
    }


def _wrong_url(url: str) -> str:
    """Returns why the functions would refuse a URL; empty if they take it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "is not a URL; write https://HOST"
    if parts.username or parts.password:
        return "a URL must not have a user or a password; credentials belong into the tenant's secret"
    is_loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    is_plain = bool(parts.hostname) and not (parts.query or parts.fragment)
    if is_plain and (parts.scheme == "https" or is_loopback):
        return ""
    return "write https://HOST; http is for a server on this machine, in a sandbox"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, [*known], 1)
    return f"; did you mean {near[0]}?" if near else ""
