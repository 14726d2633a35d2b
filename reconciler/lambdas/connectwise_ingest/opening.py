"""Opens a pair: the session of its tenant, its row, its keys, its lease. Nothing of a tenant outlives its pair."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.session import Session

from reconciler.lambdas.connectwise.clock import RunClock
from reconciler.lambdas.connectwise.ledger import API, Ledger
from reconciler.lambdas.connectwise.session import TenantRole
from reconciler.lambdas.connectwise.tables import TABLES, read_table
from reconciler.lambdas.connectwise.tenants import Skipped, Tenant, check_row
from reconciler.lambdas.connectwise_ingest.failures import PairFailed
from reconciler.lambdas.connectwise_ingest.flatten import Flattener
from reconciler.lambdas.connectwise_ingest.hiding import Hider
from reconciler.lambdas.connectwise_ingest.place import Place
from reconciler.lambdas.connectwise_ingest.rate import Rate
from reconciler.lambdas.connectwise_ingest.secrets import read_credentials
from reconciler.lambdas.connectwise_ingest.settings import Settings
from reconciler.lambdas.connectwise_ingest.shelf import Shelf
from reconciler.lambdas.connectwise_ingest.vendor import FIXED_CODEBASE, Credentials, Vendor, open_session
from reconciler.lambdas.connectwise_ingest.work import Work
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.surroundings import Surroundings

PATIENCE = Patience(connect=2.0, read=5.0, tries=5, pause=0.2)


@dataclass(frozen=True)
class Bench:
    """The tools of one invocation, of no tenant. `deadline` is for requests to the vendor."""

    settings: Settings
    around: Surroundings
    calls: Calls
    deadline: Deadline
    clock: RunClock
    run: str

    def client(self, service: str, session: Session | None = None) -> Any:
        return self.around.client(service, self.settings.common.region, PATIENCE, session)


@dataclass(frozen=True)
class Opened:
    """The tenant's part of AWS, before its lease."""

    tenant: Tenant
    ledger: Ledger
    shelf: Shelf
    credentials: Credentials


def open_shelf(bench: Bench, role: TenantRole, tenant_id: str) -> tuple[Session, Shelf]:
    """Returns the tenant's session, and its part of the bucket. Raises `PairFailed`."""
    try:
        session = role.session(tenant_id, bench.run)
    except (CallFailed, OutOfTime) as wrong:
        raise PairFailed("AWS", str(wrong)) from wrong
    return session, Shelf(bench.client("s3", session), bench.calls, bench.settings.common.bucket, tenant_id)


def open_tenant(bench: Bench, session: Session, shelf: Shelf, table: str) -> Opened:
    """Reads the tenant's row and secret. Raises `PairFailed`."""
    dynamodb = bench.client("dynamodb", session)
    tenant = _row(bench, dynamodb, shelf.tenant)
    if table not in TABLES or table not in tenant.tables:
        raise PairFailed("TENANT", f"it has no table {table}")
    if not tenant.is_enabled:
        raise PairFailed("TENANT", "it is disabled")
    credentials = read_credentials(bench.client("secretsmanager", session), bench.calls, tenant)
    ledger = Ledger(dynamodb, bench.calls, bench.settings.common.ledger, tenant.id)
    return Opened(tenant, ledger, shelf, credentials)


def take_lease(bench: Bench, opened: Opened, table: str) -> Work | None:
    """Takes the lease of the pair and lays out its tools. Returns None if another run has it.

    Raises `LedgerFailed`.
    """
    lease = opened.ledger.lease(table, bench.run, bench.clock.seconds())
    if lease is None:
        return None
    source, tenant, settings = read_table(table), opened.tenant, bench.settings
    hider = Hider(table, tenant.privacy, opened.credentials.pii_key)
    around, ledger = bench.around, opened.ledger
    vendor = Vendor(
        session=open_session(opened.credentials),
        url=tenant.url,
        company_id=opened.credentials.company_id,
        codebase=str(ledger.read(API).get("codebase", FIXED_CODEBASE)),
        keep_codebase=lambda codebase: ledger.put(
            API, {"codebase": codebase, "asked_at": str(bench.clock.now().isoformat())}
        ),
        rate=Rate.shared(tenant.rate_per_minute, len(tenant.tables), around.clock),
        deadline=bench.deadline,
        sleep=around.sleep,
        random=around.random,
        timeout=float(settings.api_timeout),
        most_retries=settings.max_retries,
    )
    begin = around.clock()
    return Work(
        tenant=tenant,
        table=source,
        run=bench.run,
        settings=settings,
        place=Place(ledger, lease, bench.clock),
        shelf=opened.shelf,
        vendor=vendor,
        hider=hider,
        flattener=Flattener(source, tenant.id, hider),
        passed=lambda: around.clock() - begin,
    )


def _row(bench: Bench, dynamodb: Any, tenant_id: str) -> Tenant:
    request = {
        "TableName": bench.settings.common.tenants,
        "Key": {"tenant_id": {"S": tenant_id}},
        "ConsistentRead": True,
    }
    try:
        answer = bench.calls.make("dynamodb:GetItem", lambda: dynamodb.get_item(**request))
    except (CallFailed, OutOfTime) as wrong:
        raise PairFailed("LEDGER", str(wrong)) from wrong
    row = {name: TypeDeserializer().deserialize(value) for name, value in answer.get("Item", {}).items()}
    if not row:
        raise PairFailed("TENANT", "it is not in TenantServices")
    checked = check_row(row, allows_http=bench.settings.common.allows_http)
    if isinstance(checked, Skipped):
        raise PairFailed("TENANT", checked.reason)
    return checked
