"""The history that readers get of each canonical table: every version (type2), or the current rows alone (type1).

A mapping states it. A tenant's own mapping decides about the views of this tenant. The table itself has every version
in both cases, so a change of the mapping replaces views and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.lambdas.connectwise.keys import mapping_keys
from reconciler.lambdas.connectwise_load.changes import Lake
from reconciler.lambdas.connectwise_load.failures import LoadFailed

TYPE1 = "type1"


@dataclass(frozen=True)
class Histories:
    """The types by canonical table, and those of tenants by tenant and table. A table that is not there has type2."""

    default: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def has_versions(self, table: str, tenant: str = "") -> bool:
        """Returns whether readers get every version: those of a tenant, or those of the views of all tenants."""
        return self.own.get((tenant, table), self.default.get(table)) != TYPE1


def read_histories(lake: Lake, tables: Iterable[str], tenants: Iterable[str]) -> Histories:
    """Reads the mappings of tables and tenants. Raises `LoadFailed`."""
    names, own = set(tables), dict[tuple[str, str], str]()
    for tenant in tenants:
        own |= {(tenant, table): history for table, history in _read(lake, names, tenant).items()}
    return Histories(_read(lake, names, ""), own)


def _read(lake: Lake, tables: Iterable[str], tenant: str) -> dict[str, str]:
    """Returns the types in the mappings of a tenant; those of all tenants if there is none."""
    keys = {mapping_keys(tenant, table)[0 if tenant else 1]: table for table in tables}
    folder = f"{tenant}/mappings/" if tenant else "mappings/"
    return {keys[key]: _history(lake, key) for key in lake.listed(folder) if key in keys}


def _history(lake: Lake, key: str) -> str:
    try:
        return str(json.loads(lake.read(key))["history"])
    except (KeyError, TypeError, ValueError):
        raise LoadFailed(f"{key} is not a compiled mapping; run apply again") from None
