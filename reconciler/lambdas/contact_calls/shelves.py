"""Writes the files of loads to S3. A key contains the load's id, so nothing is ever overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from reconciler.lambdas.contact_calls import files
from reconciler.lambdas.contact_calls.failures import LoadFailed
from reconciler.lambdas.contact_calls.transform import Row
from reconciler.lambdas.shared.calls import CallFailed, Calls


@dataclass(frozen=True)
class Shelves:
    client: Any
    calls: Calls
    bucket: str
    prefix: str

    def keep_raw(self, load_id: str, start: datetime, records: Iterable[Mapping[str, Any]]) -> None:
        """Keeps the records as they came, for columns that may be added later."""
        self._put(self._key("raw", start, f"{load_id}.jsonl.gz"), files.json_lines(records))

    def put_rows(self, load_id: str, start: datetime, rows: Sequence[Row], at: datetime) -> str:
        """Writes the rows and returns the address of a manifest for COPY."""
        content = files.parquet(rows, load_id, "API", at)
        uri = self._put(self._key("load", start, f"{load_id}.parquet"), content)
        return self._put(self._key("load", start, f"{load_id}.manifest"), files.manifest(uri, len(content)))

    def _key(self, shelf: str, start: datetime, name: str) -> str:
        return "/".join(part for part in (self.prefix, shelf, f"{start.astimezone(UTC):%Y/%m/%d}", name) if part)

    def _put(self, key: str, body: bytes) -> str:
        try:
            self.calls.make("s3:PutObject", lambda: self.client.put_object(Bucket=self.bucket, Key=key, Body=body))
        except CallFailed as wrong:
            raise LoadFailed(f"the bucket does not take what is to be loaded: {wrong}") from wrong
        return f"s3://{self.bucket}/{key}"
