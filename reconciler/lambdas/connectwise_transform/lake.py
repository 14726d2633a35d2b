"""The objects of one tenant in the bucket: fetched to this disk once, and written with their layer as a tag."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError, IncompleteReadError, ResponseStreamingError

from reconciler.lambdas.connectwise.keys import LAYER_TAG, Layer, tagging
from reconciler.lambdas.connectwise_transform.failures import TableFailed
from reconciler.lambdas.shared.calls import CallFailed, Calls, OutOfTime

CHUNK = 1 << 20
# Bytes that must stay free, for what DuckDB spills.
RESERVE = 64 << 20
_ABSENT = frozenset({"NoSuchKey", "404"})
_ARCHIVED = "InvalidObjectState"


class ObjectGone(TableFailed):
    """The object has expired, or is in an archive."""


def too_large(needed: int, free: int) -> str:
    """Returns the end of a message about a disk that is too small, with the remedy."""
    return (
        f"needs at least {(needed >> 20) + 1} MB of disk, and {max(free, 0) >> 20} MB are free; "
        "raise ephemeralStorageMegabytes of transform"
    )


@dataclass
class Lake:
    """`client` is of S3, with the tenant's session. `folder` holds the copies of objects, by their keys."""

    client: Any
    calls: Calls
    bucket: str
    folder: Path
    read: int = 0
    """Bytes that were fetched."""
    written: int = 0
    _copies: dict[str, Path] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    def fetch(self, key: str) -> Path:
        """Returns the local copy of an object, which never changes. Raises `ObjectGone` or `TableFailed`."""
        if key not in self._copies:
            path = self.folder / f"{next(self._numbers):06}{Path(key).suffix}"
            self._call("s3:GetObject", key, lambda: self._download(key, path))
            self._copies[key] = path
            self.read += path.stat().st_size
        return self._copies[key]

    def is_here(self, key: str) -> bool:
        """Returns whether the disk has a copy of an object."""
        return key in self._copies

    def free_bytes(self) -> int:
        """Returns how many bytes of the disk objects may take: not those that DuckDB needs at least."""
        return shutil.disk_usage(self.folder).free - RESERVE

    def put(self, key: str, path: Path, layer: Layer) -> None:
        """Writes an object from a file, which becomes its local copy."""

        def attempt() -> None:
            with path.open("rb") as body:
                self.client.put_object(Bucket=self.bucket, Key=key, Body=body, Tagging=tagging(layer))

        self._call("s3:PutObject", key, attempt)
        self._copies[key] = path
        self.written += path.stat().st_size

    def put_bytes(self, key: str, body: bytes, layer: Layer = "state") -> None:
        def attempt() -> None:
            self.client.put_object(Bucket=self.bucket, Key=key, Body=body, Tagging=tagging(layer))

        self._call("s3:PutObject", key, attempt)
        self.written += len(body)

    def supersede(self, key: str) -> None:
        """Tags an object that readers need no longer, so that a lifecycle rule expires it. One that is gone is fine."""
        tags = {"TagSet": [{"Key": LAYER_TAG, "Value": "superseded"}]}

        def attempt() -> None:
            try:
                self.client.put_object_tagging(Bucket=self.bucket, Key=key, Tagging=tags)
            except ClientError as wrong:
                if wrong.response["Error"]["Code"] not in _ABSENT:
                    raise

        self._call("s3:PutObjectTagging", key, attempt)
        if key in self._copies:
            self.drop([self._copies[key]])

    def drop(self, paths: Iterable[Path]) -> None:
        """Removes local copies, so that the disk has room for the next commit."""
        dropped = set(paths)
        self._copies = {key: path for key, path in self._copies.items() if path not in dropped}
        for path in dropped:
            path.unlink(missing_ok=True)

    def _download(self, key: str, path: Path) -> None:
        answer = self.client.get_object(Bucket=self.bucket, Key=key)
        free = self.free_bytes()
        if answer["ContentLength"] > free:
            raise TableFailed("DISK", f"{key} {too_large(answer['ContentLength'], free)}")
        try:
            with path.open("wb") as file:
                for chunk in answer["Body"].iter_chunks(CHUNK):
                    file.write(chunk)
        except IncompleteReadError as wrong:
            # A cut body is a broken connection, so the call is repeated.
            raise ResponseStreamingError(error=wrong) from wrong

    def _call(self, operation: str, key: str, call: Callable[[], None]) -> None:
        try:
            self.calls.make(operation, call)
        except CallFailed as wrong:
            if wrong.code in _ABSENT or wrong.code == _ARCHIVED:
                raise ObjectGone("RAW_EXPIRED", f"{key} is gone or archived ({wrong.code})") from wrong
            raise TableFailed("AWS", f"{wrong} on {key}") from wrong
        except OutOfTime as wrong:
            raise TableFailed("AWS", f"no time left for {wrong}") from wrong
