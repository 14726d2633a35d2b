"""Reads the compiled mappings: the default of each canonical table, and a tenant's own ones.

The function reads them with its own role. They have no data of a tenant, and a tenant cannot write them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.lambdas.connectwise_transform.failures import TableFailed
from reconciler.lambdas.connectwise_transform.mapping import TableMapping, WrongMapping, read_mapping
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime

FOLDER = "mappings/"


@dataclass(frozen=True)
class Mappings:
    """`client` is of S3, with the function's own role."""

    client: Any
    calls: Calls
    bucket: str

    def read_default(self) -> dict[str, TableMapping | WrongMapping]:
        """Returns the default mapping of each canonical table, or why it cannot be used. Raises `TableFailed`."""
        return self._read(FOLDER)

    def read_own(
        self, tenant: str, default: Mapping[str, TableMapping | WrongMapping]
    ) -> dict[str, TableMapping | WrongMapping]:
        """Returns the mappings of a tenant: its own one instead of the default. A broken own one replaces it too."""
        return {**default, **self._read(f"{tenant}/{FOLDER}")}

    def _read(self, prefix: str) -> dict[str, TableMapping | WrongMapping]:
        return {key.removeprefix(prefix).removesuffix(".json"): self._parsed(key) for key in self._keys(prefix)}

    def _parsed(self, key: str) -> TableMapping | WrongMapping:
        body = self._call("s3:GetObject", lambda: self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read())
        try:
            return read_mapping(json.loads(body))
        except WrongMapping as wrong:
            return WrongMapping(f"{key}: {wrong}")
        except ValueError:
            return WrongMapping(f"{key}: it is not JSON")

    def _keys(self, prefix: str) -> list[str]:
        keys, following = list[str](), dict[str, str]()
        while True:
            request = {"Bucket": self.bucket, "Prefix": prefix, **following}
            page = self._call("s3:ListObjectsV2", lambda request=request: self.client.list_objects_v2(**request))
            keys += [item["Key"] for item in page.get("Contents", ()) if item["Key"].endswith(".json")]
            if not page.get("NextContinuationToken"):
                return keys
            following = {"ContinuationToken": page["NextContinuationToken"]}

    def _call(self, operation: str, call: Any) -> Any:
        try:
            return self.calls.make(operation, call)
        except (CallFailed, OutOfTime) as wrong:
            raise TableFailed("AWS", f"{wrong} on the mappings") from wrong


def of_source(mappings: Mapping[str, TableMapping | WrongMapping], table: str) -> list[TableMapping]:
    """Returns the mappings that read a source table. Raises `TableFailed` if one is broken, or none reads it."""
    broken = [str(mapping) for mapping in mappings.values() if isinstance(mapping, WrongMapping)]
    if broken:
        raise TableFailed("MAPPING", "; ".join(broken))
    readers = [it for it in mappings.values() if isinstance(it, TableMapping) and table in it.tables]
    if not readers:
        raise TableFailed("MAPPING", f"no mapping has the source {table}; add one, or remove the tenant's table")
    return readers
