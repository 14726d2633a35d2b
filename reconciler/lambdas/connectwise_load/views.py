"""The views of the warehouse, and the schema of each tenant with its grants. Pure: SQL as texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reconciler.lambdas.connectwise_load.catalogue import SCHEMA, Table

# Database users such as IAMR:harbor-dental-analyst. A quote could not end its name.
READER = re.compile(r"[A-Za-z0-9_:+=,.@/-]{1,127}")
_VERSION = (
    "md5(tenant_id || '|' || source_system || '|' || source_id || '|' ||"
    " to_char(effective_from, 'YYYY-MM-DD\"T\"HH24:MI:SS.US')) as version_id"
)

_CURRENT = "effective_to is null and not is_deleted"


def views(table: Table, *, has_versions: bool) -> dict[str, str]:
    """Returns the queries of a table's views, by name: the current rows, and every version if readers get them."""
    names = ", ".join(table.kept)
    history = f"select {names}, {_VERSION} from {table.address}"  # noqa: S608
    current = {f"{table.name}_current": f"{history} where {_CURRENT}"}
    return {**current, history_view(table): history} if has_versions else current


def history_view(table: Table) -> str:
    """Returns the name of the view with every version."""
    return f"{table.name}_history"


def schema_of(tenant: str) -> str:
    """Returns the name of a tenant's schema: `tenant_harbor_dental` of `harbor-dental`."""
    return "tenant_" + re.sub(r"[^a-z0-9_]", "_", tenant)


def same_schema(tenants: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yields pairs of tenants whose schemas would have one name."""
    known: dict[str, str] = {}
    for tenant in sorted(tenants):
        other = known.setdefault(schema_of(tenant), tenant)
        if other != tenant:
            yield other, tenant


def tenant_view(table: Table, tenant: str, *, has_versions: bool) -> str:
    """Returns the query of a tenant's view: every version of its rows, or the current ones.

    Ids of tenants have no quote.
    """
    only = "" if has_versions else f" and {_CURRENT}"
    return f"select {', '.join(table.kept)}, {_VERSION} from {table.address} where tenant_id = '{tenant}'{only}"  # noqa: S608


def selects_versions(definition: str) -> bool:
    """Returns whether a view, whose text the database has formatted, has every version."""
    return "effective_to is null" not in definition.lower()


def drop_view(schema: str, name: str) -> str:
    return f"drop view if exists {schema}.{name}"


def create_view(schema: str, name: str, query: str) -> tuple[str, str]:
    """Returns the statements that replace a view: its columns may have changed."""
    return drop_view(schema, name), f"create view {schema}.{name} as {query}"


def grants(schema: str, reader: str) -> tuple[str, str]:
    return (
        f'grant usage on schema {schema} to "{reader}"',
        f'grant select on all tables in schema {schema} to "{reader}"',
    )


def revokes(schema: str, reader: str) -> tuple[str, str]:
    return (
        f'revoke all on all tables in schema {schema} from "{reader}"',
        f'revoke all on schema {schema} from "{reader}"',
    )


def create_user(reader: str) -> str:
    """Returns the statement that makes an IAM identity known before its first login."""
    return f'create user "{reader}" password disable'


USERS = "select usename from pg_user"
# Users who may enter a schema without being its owner or a superuser.
ENTERING = (
    "select usename from pg_user where not usesuper and usename <> current_user"
    " and has_schema_privilege(usename, %s, 'usage')"
)
DEFINITIONS = "select schemaname, viewname, definition from pg_views where schemaname like 'tenant\\\\_%%'"
EXISTING = (
    "select table_schema, table_name, count(*) from information_schema.columns"  # noqa: S608
    f" where table_schema = '{SCHEMA}' or table_schema like 'tenant\\\\_%%' group by table_schema, table_name"
)
