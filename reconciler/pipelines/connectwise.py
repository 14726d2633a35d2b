"""The status of pipelines of type connectwise: each pair of tenant and table, by the table of tenants and the ledger.

No function runs for it. The ledger is read by keys, up to 100 items a call: a thousand tenants cost some hundred calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.documents.hints import brief, did_you_mean, listed
from reconciler.errors import UsageError
from reconciler.kinds.services import DYNAMODB
from reconciler.lambdas.agents.item import untyped
from reconciler.lambdas.connectwise.clock import read_instant
from reconciler.lambdas.connectwise.ledger import backfill_name, canonical_name
from reconciler.lambdas.connectwise.tenants import Skipped, Tenant, check_row
from reconciler.pipelines.declared import DeclaredPipeline
from reconciler.pipelines.reading import PipelineError, read_settings_of
from reconciler.pipelines.state import BackfillProgress, PairStatus, TableCommit, Verdict
from reconciler.port import AwsPort

PACKAGE = "connectwise_plan"  # the function whose settings name the stores
MOST_KEYS = 100  # of one call (API reference, BatchGetItem)
MOST_TRIES = 8  # of keys that DynamoDB leaves out because it is busy
FRESH_SECONDS = 3600.0  # if no alarm of the pipeline says otherwise
PASS_MINUTES = 15  # the longest duration of a function, which a pass may take
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Stores:
    """The names of the stores, as the functions have them."""

    bucket: str
    tenants: str
    ledger: str


def stores_of(aws: AwsPort, pipeline: DeclaredPipeline) -> Stores:
    """Returns the stores of the deployed pipeline. Raises `PipelineError` if it is not deployed."""
    function = pipeline.function(PACKAGE)
    settings = read_settings_of(aws, function)
    names = ("BUCKET_NAME", "TENANT_SERVICES_TABLE", "LAST_UPDATED_TABLE")
    if missing := [name for name in names if not settings.get(name)]:
        raise PipelineError(f"{function} has no variable {listed(missing)}; reconcile apply restores it")
    return Stores(*(settings[name] for name in names))


def read_tenants(aws: AwsPort, table: str) -> tuple[Tenant | Skipped, ...]:
    """Returns every row of the table of tenants, by name. A broken row is a `Skipped` with the reasons."""
    rows = []
    for page in aws.pages(DYNAMODB.name, "Scan", "Items", {"TableName": table, "ConsistentRead": True}):
        rows += [check_row(_plain(item), allows_http=True) for item in page]
    return tuple(sorted(rows, key=name_of))


def name_of(row: Tenant | Skipped) -> str:
    return row.id if isinstance(row, Tenant) else row.tenant


def chosen_tenant(rows: Sequence[Tenant | Skipped], name: str) -> Tenant | Skipped:
    """Returns the row of a tenant. Raises `UsageError` with a near match if there is none."""
    by_name = {name_of(row): row for row in rows}
    if name not in by_name:
        hint = did_you_mean(name, by_name) or (f"; there is {listed([*by_name])}" if by_name else "; there is none yet")
        raise UsageError(f"no tenant {brief(name)}{hint}")
    return by_name[name]


def read_pairs(aws: AwsPort, pipeline: DeclaredPipeline, tenant: str, now: datetime) -> tuple[PairStatus, ...]:
    """Returns every pair, or those of one tenant. A broken row of a tenant is a failed pair without a table.

    Raises `UsageError` for an unknown tenant, and `PipelineError` if the pipeline is not deployed.
    """
    stores = stores_of(aws, pipeline)
    rows = read_tenants(aws, stores.tenants)
    if tenant:
        rows = (chosen_tenant(rows, tenant),)
    tenants = [row for row in rows if isinstance(row, Tenant)]
    canonical = _canonical_tables(pipeline, stores.bucket)
    items = _read_items(aws, stores.ledger, _keys(tenants, canonical))
    longest = _longest_age(pipeline)
    pairs = [_broken(row) for row in rows if isinstance(row, Skipped)]
    for row in tenants:
        commits = [(name, items.get((row.id, canonical_name(name)), {})) for name in canonical]
        pairs += [_pair(row, table, items, commits, now, longest) for table in row.tables]
    return tuple(sorted(pairs, key=lambda pair: (pair.tenant, pair.table)))


def alert_name(table: str) -> str:
    """Returns the name of the item in which the function `report` remembers a failure."""
    return f"alert#{table}"


def _broken(row: Skipped) -> PairStatus:
    return PairStatus(row.tenant, "", Verdict.FAILED, error=f"the row is skipped: {row.reason}")


def _pair(
    tenant: Tenant,
    table: str,
    items: Mapping[tuple[str, str], Item],
    commits: Sequence[tuple[str, Item]],
    now: datetime,
    longest: float,
) -> PairStatus:
    item, alert = (items.get((tenant.id, name), {}) for name in (table, alert_name(table)))
    last_run, watermark = (_instant(item.get(name)) for name in ("updated_at", "last_updated"))
    age = None if last_run is None else max(0, int((now - last_run).total_seconds()))
    error = str(_error_of(item) or alert.get("error") or "")
    fed = tuple(
        TableCommit(name, int(commit.get("commit", 0)), int(commit.get("loaded_commit", 0)))
        for name, commit in commits
        if table in commit.get("consumed", {})
    )
    return PairStatus(
        tenant=tenant.id,
        table=table,
        # A quiet table may wait for the freshness of its tenant, and then for the end of its pass.
        verdict=_verdict(tenant, error, age, max(longest, (tenant.freshness_minutes + PASS_MINUTES) * 60)),
        is_retired=not tenant.is_enabled,
        watermark=watermark,
        last_run=last_run,
        age_seconds=age,
        error=error,
        backfill=_progress(items.get((tenant.id, backfill_name(table)), {})),
        commits=fed,
    )


def _error_of(item: Item) -> str:
    """Returns the error of the incremental pass, and behind their names those of other modes that have not healed."""
    errors = item.get("errors")
    others = sorted(errors.items()) if isinstance(errors, Mapping) else []
    own = [str(item["error"])] if item.get("error") else []
    return "; ".join([*own, *(f"mode {mode}: {error}" for mode, error in others)])


def _verdict(tenant: Tenant, error: str, age: int | None, longest: float) -> Verdict:
    """Returns the verdict. A retired tenant is fresh whatever its data: no run polls it."""
    if not tenant.is_enabled:
        return Verdict.FRESH
    if error:
        return Verdict.FAILED
    return Verdict.BEHIND if age is None or age > longest else Verdict.FRESH


def _progress(item: Item) -> BackfillProgress | None:
    """Returns how far the history is fetched: it begins at `until` and goes back to `start`."""
    start, until, reached = (_instant(item.get(name)) for name in ("from", "to", "done_to"))
    if start is None or until is None or reached is None:
        return None
    whole = (until - start).total_seconds()
    done = (until - reached).total_seconds() / whole if whole > 0 else 1.0
    return BackfillProgress(start, until, reached, min(100, max(0, int(100 * done))))


def _canonical_tables(pipeline: DeclaredPipeline, bucket: str) -> tuple[str, ...]:
    """Returns the canonical tables of the declared mappings: each is an object of the bucket."""
    names = set[str]()
    for name in pipeline.names("S3Object"):
        key = name.removeprefix(f"{bucket}/")
        if key.startswith("mappings/") and key.endswith(".json"):
            names.add(key.removeprefix("mappings/").removesuffix(".json"))
    return tuple(sorted(names))


def _longest_age(pipeline: DeclaredPipeline) -> float:
    """Returns the seconds after which the freshness alarm rings."""
    thresholds = [spec.threshold for spec in pipeline.specs("Alarm") if spec.name.endswith("-freshness")]
    return float(thresholds[0]) if thresholds and thresholds[0] is not None else FRESH_SECONDS


def _keys(tenants: Iterable[Tenant], canonical: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields the keys of the ledger's items that a status needs."""
    names = [canonical_name(name) for name in canonical]
    for tenant in tenants:
        for table in tenant.tables:
            yield from ((tenant.id, name) for name in (table, backfill_name(table), alert_name(table)))
        yield from ((tenant.id, name) for name in names)


def _read_items(aws: AwsPort, table: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
    """Returns the items that exist, by key. Raises `PipelineError` if DynamoDB stays busy."""
    wanted = [{"tenant_id": {"S": tenant}, "table_name": {"S": name}} for tenant, name in keys]
    items: dict[tuple[str, str], Item] = {}
    for start in range(0, len(wanted), MOST_KEYS):
        left: Any = {table: {"Keys": wanted[start : start + MOST_KEYS]}}
        for _ in range(MOST_TRIES):
            answer = aws.read(DYNAMODB.name, "BatchGetItem", {"RequestItems": left})
            for item in answer.get("Responses", {}).get(table, ()):
                plain = _plain(item)
                items[plain["tenant_id"], plain["table_name"]] = plain
            left = answer.get("UnprocessedKeys")
            if not left:
                break
        else:
            raise PipelineError(f"the ledger {table} is busy and leaves items out; try again")
    return items


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: untyped(value) for name, value in item.items()}


def _instant(text: Any) -> datetime | None:
    """Returns the instant of a text of the ledger; `None` if it is absent or another writer has spoilt it."""
    try:
        return read_instant(text) if isinstance(text, str) and text else None
    except ValueError:
        return None
