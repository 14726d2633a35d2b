"""One invocation: reads settings and event, loads every canonical table or migrates, and answers with the counts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from reconciler.lambdas.connectwise.clock import RunClock, run_name, slot_of
from reconciler.lambdas.connectwise.column_lock import read_lock
from reconciler.lambdas.connectwise.failures import Failed, WrongEvent
from reconciler.lambdas.connectwise.ledger import Item, Ledger
from reconciler.lambdas.connectwise.mapping import Fault
from reconciler.lambdas.connectwise.tenants import Rows, Tenant, did_you_mean, read_tenants
from reconciler.lambdas.connectwise_load import migration
from reconciler.lambdas.connectwise_load.catalogue import Table, tables_of
from reconciler.lambdas.connectwise_load.changes import Changes, Lake, canonical_items, changes_of
from reconciler.lambdas.connectwise_load.events import Event, read_event
from reconciler.lambdas.connectwise_load.failures import LoadFailed
from reconciler.lambdas.connectwise_load.hints import note_loaded
from reconciler.lambdas.connectwise_load.histories import read_histories
from reconciler.lambdas.connectwise_load.loading import Loaded, Loader, read_watermarks
from reconciler.lambdas.connectwise_load.preparing import Preparation
from reconciler.lambdas.connectwise_load.reporting import Reporting, TableLoad
from reconciler.lambdas.connectwise_load.settings import Settings, read_settings
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime, Patience
from reconciler.lambdas.shared.deadline import Deadline
from reconciler.lambdas.shared.logs import code_places
from reconciler.lambdas.shared.redshift import Connections, Login, RedshiftFailed, log_in, plain
from reconciler.lambdas.shared.surroundings import Surroundings, function_name

MARGIN = 5.0  # seconds that the runtime needs afterwards
UNLIMITED = 900.0  # the maximum duration of a Lambda
PATIENCE = Patience(connect=2.0, read=20.0, tries=5, pause=0.2)
LOCK_KEY = "mappings/columns.lock"
SUFFIX = 8  # hex digits of the name of a run by hand


@dataclass
class Invocation:
    """The tools of one invocation."""

    settings: Settings
    around: Surroundings
    calls: Calls
    deadline: Deadline
    run: str
    clock: RunClock

    def client(self, service: str) -> Any:
        return self.around.client(service, self.settings.common.region, PATIENCE)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.client("s3"), self.calls, self.settings.common.bucket)

    @cached_property
    def dynamodb(self) -> Any:
        return self.client("dynamodb")

    @property
    def connections(self) -> Connections:
        def login() -> Login:
            return log_in(self.settings.redshift, self.client, self.calls)

        return Connections(login, self.deadline, self.around.sleep, "reconcile connectwise_load")

    def ledger(self, tenant: str) -> Ledger:
        return Ledger(self.dynamodb, self.calls, self.settings.common.ledger, tenant)

    def tenants(self) -> Rows:
        common = self.settings.common
        return read_tenants(self.dynamodb, self.calls, common.tenants, allows_http=common.allows_http)

    def tables(self) -> dict[str, Table]:
        """Reads the lock. Raises `LoadFailed`."""
        lock = read_lock(json.loads(self.lake.read(LOCK_KEY)))
        if isinstance(lock, Fault):
            raise LoadFailed(f"{LOCK_KEY}: {lock.message}")
        try:
            tables = tables_of(lock)
            for table in tables.values():
                _ = table.kept
        except ValueError as wrong:
            raise LoadFailed(f"{LOCK_KEY}: {wrong}") from None
        return tables


def answer(event: Any, context: Any, around: Surroundings) -> dict[str, Any]:
    """Returns the counts of a load, or of a migration. Raises `Failed` if it cannot work at all.

    A tenant that is refused is a result.
    """
    began = around.clock()
    log = around.log(context)
    reporting = Reporting(log, function_name(context, "connectwise-load"), around.now)
    deadline = around.deadline(context, UNLIMITED, MARGIN)
    try:
        return _answer(read_event(event), around, deadline, reporting)
    except (Failed, RedshiftFailed, CallFailed, OutOfTime) as failed:
        reporting.failed(f"{type(failed).__name__}: {failed}", around.clock() - began)
        raise failed if isinstance(failed, Failed) else LoadFailed(str(failed)) from None
    except Exception as wrong:
        # The message of an unforeseen error may repeat the content of a record, so it is not logged.
        log.line("ERROR", "connectwise load: defect", {"error": type(wrong).__name__, "where": code_places(wrong)})
        reporting.failed(type(wrong).__name__, around.clock() - began)
        raise LoadFailed(f"unforeseen {type(wrong).__name__}; the log says where") from None


def _answer(event: Event, around: Surroundings, deadline: Deadline, reporting: Reporting) -> dict[str, Any]:
    began = around.clock()
    settings = read_settings(around.environ)
    run = event.run or run_name(datetime.fromtimestamp(around.now(), UTC), around.new_id()[:SUFFIX])
    calls = around.calls(deadline, PATIENCE)
    start = slot_of(run) if event.run else datetime.fromtimestamp(around.now(), UTC)
    invocation = Invocation(settings, around, calls, deadline, run, RunClock.at(start, around.clock))
    if event.is_migration:
        return _migrated(invocation, reporting)
    loads = _loaded(invocation, event)
    content = {"run": run, **reporting.loads(loads, invocation.clock.now(), around.clock() - began)}
    invocation.lake.put(f"loads/{run}/result.json", json.dumps(content).encode())
    return content


def _migrated(invocation: Invocation, reporting: Reporting) -> dict[str, Any]:
    tables, rows = invocation.tables(), invocation.tenants()
    at = plain(invocation.clock.now())
    histories = read_histories(invocation.lake, tables, [tenant.id for tenant in rows.tenants if tenant.readers])
    done = invocation.connections.tried(
        lambda connection: migration.migrate(connection, tables, rows.tenants, histories, at)
    )
    content = {"applied": list(done.applied), "granted": done.granted, "revoked": done.revoked}
    content["skipped"] = [{"tenant_id": row.tenant, "reason": row.reason} for row in rows.skipped]
    reporting.log.line("INFO", "connectwise load: migrated", content)
    return content


def _loaded(invocation: Invocation, event: Event) -> list[TableLoad]:
    tables, tenants = _chosen(invocation, event)
    connections = invocation.connections
    connections.tried(lambda connection: migration.refuse_outdated(connection.cursor(), tables))
    items = {tenant.id: canonical_items(invocation.ledger(tenant.id)) for tenant in tenants}
    return [_load_table(invocation, table, items) for table in tables.values()]


def _load_table(invocation: Invocation, table: Table, items: Mapping[str, Mapping[str, Item]]) -> TableLoad:
    """Loads one table, whatever comes of single tenants."""
    known = read_watermarks(invocation.connections, table)
    changes, failed = list[Changes](), dict[str, str]()
    for tenant, own in items.items():
        try:
            change = changes_of(invocation.lake, tenant, table, own.get(table.name, {}), known.get(tenant, 0))
        except (LoadFailed, KeyError, ValueError) as wrong:
            failed[tenant] = f"MANIFEST: {wrong}" if isinstance(wrong, LoadFailed) else "MANIFEST: it is not readable"
            continue
        if change and change.error:
            failed[tenant] = change.error
        if change:
            changes.append(change)
    at = plain(invocation.clock.now())
    preparation = Preparation(invocation.lake, invocation.run, invocation.settings.database_megabytes)
    loader = Loader(invocation.connections, preparation, invocation.settings.copy_role, at)
    ready = [change for change in changes if change.tenant not in failed]
    loaded = loader.load(table, ready).plus(Loaded(failed=failed))
    note_loaded(invocation.dynamodb, invocation.calls, invocation.settings.common.ledger, _done(ready, loaded))
    waiting = [change.oldest for change in changes if change.tenant in loaded.failed and change.oldest]
    return TableLoad(table.name, loaded, min(waiting, default=None))


def _done(changes: Sequence[Changes], loaded: Loaded) -> list[Changes]:
    return [change for change in changes if change.tenant not in loaded.failed]


def _chosen(invocation: Invocation, event: Event) -> tuple[dict[str, Table], list[Tenant]]:
    """Returns the tables and tenants of the event. Raises `WrongEvent` with near matches."""
    tables, rows = invocation.tables(), invocation.tenants()
    if event.table:
        if event.table not in tables:
            known = list(tables)
            raise WrongEvent(f"table_name {event.table!r} is not a canonical table{did_you_mean(event.table, known)}")
        tables = {event.table: tables[event.table]}
    if not event.tenant:
        return tables, list(rows.tenants)
    row = rows.find(event.tenant)
    if not isinstance(row, Tenant):
        raise WrongEvent(f"tenant_id {event.tenant!r}: {row.reason}")
    return tables, [row]
