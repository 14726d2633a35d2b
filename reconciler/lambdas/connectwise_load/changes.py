"""The change files that are not loaded yet, from the ledger and the manifests in the bucket."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.lambdas.connectwise.keys import stamp_of, tagging
from reconciler.lambdas.connectwise.ledger import Item, Ledger, canonical_name
from reconciler.lambdas.connectwise.mapping import Column
from reconciler.lambdas.connectwise_load.catalogue import Table
from reconciler.lambdas.connectwise_load.failures import LoadFailed, TenantsFailed
from reconciler.lambdas.shared.calls import CallFailed, Calls

FORMAT = 1
# S3 says AccessDenied of an object that is not there to a role that may not list the bucket.
ABSENT = frozenset({"NoSuchKey", "404", "AccessDenied", "403"})
FIRST, LAST = "canonical/", "canonical0"  # 0 follows /


@dataclass(frozen=True)
class ChangeFile:
    """One object. `columns`: how many business columns it has. `rows`: how many rows, as its writer counted.

    `longest`: no text of them has more bytes; None in files of older releases.
    """

    key: str
    bytes: int
    columns: int
    rows: int
    longest: int | None = None


@dataclass(frozen=True)
class Changes:
    """The files of one tenant and table above its watermark, up to `commit`. `oldest`: when the first was written."""

    tenant: str
    table: str
    watermark: int
    commit: int
    files: tuple[ChangeFile, ...]
    oldest: datetime | None
    error: str = ""
    """Why they cannot be loaded."""


@dataclass(frozen=True)
class Lake:
    """The bucket, with the function's own role. `client` is of S3."""

    client: Any
    calls: Calls
    bucket: str

    def read(self, key: str) -> bytes:
        """Returns an object. Raises `LoadFailed`."""
        try:
            answer = self.calls.make("s3:GetObject", lambda: self._got(key))
        except CallFailed as wrong:
            raise LoadFailed(f"{key} cannot be read: {wrong}") from wrong
        return answer

    def listed(self, folder: str) -> list[str]:
        """Returns the keys of a folder. Raises `LoadFailed`."""
        keys, request = list[str](), {"Bucket": self.bucket, "Prefix": folder}
        while True:
            page = self._page(request)
            keys += [item["Key"] for item in page.get("Contents", ())]
            if not page.get("NextContinuationToken"):
                return keys
            request["ContinuationToken"] = page["NextContinuationToken"]

    def read_change(self, key: str) -> bytes:
        """Returns a change file. Raises `TenantsFailed` if it has gone, or `LoadFailed`."""
        try:
            return self.calls.make("s3:GetObject", lambda: self._got(key))
        except CallFailed as wrong:
            if wrong.code in ABSENT:
                raise TenantsFailed(f"FILE: {key} has gone") from None
            raise LoadFailed(f"{key} cannot be read: {wrong}") from wrong

    def put_for_now(self, key: str, body: bytes) -> None:
        """Writes an object that expires with those that are superseded. Raises `LoadFailed`."""
        request = {"Bucket": self.bucket, "Key": key, "Body": body, "Tagging": tagging("superseded")}
        try:
            self.calls.make("s3:PutObject", lambda: self.client.put_object(**request))
        except CallFailed as wrong:
            raise LoadFailed(f"{key} cannot be written: {wrong}") from wrong

    def put(self, key: str, body: bytes) -> str:
        """Writes an object and returns its address. Raises `LoadFailed`."""
        try:
            self.calls.make("s3:PutObject", lambda: self.client.put_object(Bucket=self.bucket, Key=key, Body=body))
        except CallFailed as wrong:
            raise LoadFailed(f"{key} cannot be written: {wrong}") from wrong
        return self.address(key)

    def address(self, key: str) -> str:
        return f"s3://{self.bucket}/{key}"

    def _page(self, request: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            return self.calls.make("s3:ListObjectsV2", lambda: self.client.list_objects_v2(**request))
        except CallFailed as wrong:
            raise LoadFailed(f"{request['Prefix']} cannot be listed: {wrong}") from wrong

    def _got(self, key: str) -> bytes:
        body: bytes = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body


def canonical_items(ledger: Ledger) -> dict[str, Item]:
    """Returns the items of a tenant's canonical tables, by table. One query."""
    prefix = canonical_name("")
    return {name.removeprefix(prefix): item for name, item in ledger.items(FIRST, LAST)}


def changes_of(lake: Lake, tenant: str, table: Table, item: Item, watermark: int) -> Changes | None:
    """Returns the changes of a tenant above the watermark, or None if there are none. Raises `LoadFailed`."""
    commit = int(item.get("commit", 0))
    if commit <= watermark or not item.get("manifest"):
        return None
    manifest = json.loads(lake.read(str(item["manifest"])))
    files = list(_above(manifest, watermark))
    oldest = min((stamp_of(file.key) for file in files), default=None)
    return Changes(
        tenant, table.name, watermark, int(manifest["commit"]), tuple(files), oldest, _problem(manifest, table)
    )


def copy_manifest(lake: Lake, files: Sequence[ChangeFile]) -> bytes:
    """Returns a manifest for COPY. Parquet needs lengths; a missing file must fail the load."""
    entries = [
        {"url": lake.address(file.key), "mandatory": True, "meta": {"content_length": file.bytes}} for file in files
    ]
    return json.dumps({"entries": entries}).encode()


def _above(manifest: Mapping[str, Any], watermark: int) -> Iterator[ChangeFile]:
    for file in manifest["files"]:
        if int(file["last"]) > watermark:
            longest = file.get("longest")
            size = None if longest is None else int(longest)
            yield ChangeFile(str(file["key"]), int(file["bytes"]), int(file["columns"]), int(file["rows"]), size)


def _problem(manifest: Mapping[str, Any], table: Table) -> str:
    """Returns why the files of a manifest do not fit the table; empty if they do."""
    if manifest.get("format") != FORMAT:
        return "MANIFEST: it has another format than this function; deploy a newer one"
    columns = tuple(Column(column["name"], column["type"]) for column in manifest["columns"])
    if columns != table.columns[: len(columns)]:
        return "COLUMNS: the files differ from columns.lock.json, by which COPY maps them"
    return ""
