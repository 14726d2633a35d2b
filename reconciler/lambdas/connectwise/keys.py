"""The keys of every object in the bucket. A tenant's objects begin with its id, so a session tag limits a role to them.

{tenant}/raw/connectwise/{source table}/{stamp}.parquet
{tenant}/_rejected/connectwise/{source table}/{stamp}.json
{tenant}/_state/connectwise/{source table}/…: files that id sweeps read again
{tenant}/canonical/{canonical table}/{stamp}.parquet
{tenant}/canonical/{canonical table}/_state/{commit}.json, …/_state/base-{commit}.parquet
{tenant}/mappings/{canonical table}.json, and the default in mappings/{canonical table}.json
{tenant}/runs/{run}/{table}.json: the result of a pair; the slashes of the table are dots
jobs/transform.py: the code of the Spark job
runs/{run}/lanes.json, runs/{run}/report.json, loads/{run}/{canonical table}.json
loads/{run}/{canonical table}-{hash}.parquet: a file that the load wrote for COPY
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal

from reconciler.lambdas.connectwise.clock import file_stamp

SOURCE = "connectwise"
TOP_FOLDERS = frozenset({"jobs", "mappings", "runs", "loads"})
"""The folders of no tenant: no tenant may have such an id."""
Layer = Literal["raw", "canonical", "state", "run", "superseded"]
"""`run`: results of pairs and parts of sweeps, which nothing reads after some days."""
# Lifecycle rules filter by this tag: the layer is behind the tenant, so no prefix selects it.
LAYER_TAG = "layer"
_STAMP = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d):?(\d\d):?(\d\d)(?:\.(\d{1,6}))?Z")


def tagging(layer: Layer) -> str:
    """Returns the header `x-amz-tagging` of an object of this layer."""
    return f"{LAYER_TAG}={layer}"


def raw_key(tenant: str, table: str, at: datetime) -> str:
    return f"{tenant}/raw/{SOURCE}/{table}/{file_stamp(at)}.parquet"


def rejected_key(tenant: str, table: str, at: datetime) -> str:
    return f"{tenant}/_rejected/{SOURCE}/{table}/{file_stamp(at)}.json"


def sweep_key(tenant: str, table: str, name: str) -> str:
    """Returns the key of a file of id sweeps: an index of the known ids, or a part of a sweep that goes on."""
    return f"{tenant}/_state/{SOURCE}/{table}/{name}.parquet"


def canonical_key(tenant: str, canonical_table: str, at: datetime) -> str:
    return f"{tenant}/canonical/{canonical_table}/{file_stamp(at)}.parquet"


def state_key(tenant: str, canonical_table: str, commit: int) -> str:
    return f"{tenant}/canonical/{canonical_table}/_state/{commit}.json"


def base_key(tenant: str, canonical_table: str, commit: int) -> str:
    return f"{tenant}/canonical/{canonical_table}/_state/base-{commit}.parquet"


def mapping_keys(tenant: str, canonical_table: str) -> tuple[str, str]:
    """Returns the key of the tenant's own mapping, and the default's, which holds if there is no own one."""
    return f"{tenant}/mappings/{canonical_table}.json", f"mappings/{canonical_table}.json"


def result_key(tenant: str, run: str, table: str) -> str:
    """Returns the key of the result of a pair. Ingest writes it, transform writes it again with its own part."""
    return f"{tenant}/runs/{run}/{table.replace('/', '.')}.json"


def lanes_key(run: str) -> str:
    return f"runs/{run}/lanes.json"


def report_key(run: str) -> str:
    return f"runs/{run}/report.json"


def load_key(run: str, canonical_table: str) -> str:
    return f"loads/{run}/{canonical_table}.json"


def merged_key(run: str, canonical_table: str, content: str) -> str:
    """Returns the key of a file that a load wrote for COPY; `content` is a hash of it."""
    return f"loads/{run}/{canonical_table}-{content}.parquet"


def stamp_of(key: str) -> datetime:
    """Returns the instant in a key, also of the form with colons. Raises `ValueError` if it has none."""
    name = key.rpartition("/")[2].rpartition(".")[0]
    match = _STAMP.fullmatch(name)
    if match is None:
        raise ValueError(f"{key} does not end with a time and a suffix")
    day, hour, minute, second, fraction = match.groups()
    whole = datetime.fromisoformat(f"{day}T{hour}:{minute}:{second}")
    return whole.replace(microsecond=int((fraction or "0").ljust(6, "0")), tzinfo=UTC)
