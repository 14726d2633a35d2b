"""Reads an object of S3 piece by piece: its hash, its content type, and its text if it is a file of agents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from reconciler.lambdas.agent_upload.event import Created
from reconciler.lambdas.agents.table import LARGEST, MOST_RECORDS, Table, decoded, read_table
from reconciler.lambdas.agents.uploads import is_unmet
from reconciler.lambdas.shared.calls import CallFailed, Calls

PIECE = 1 << 20  # bytes
HEAD = 1 << 16  # bytes, in which the header must be
GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})  # AWS's codes for an object that is not there


@dataclass(frozen=True)
class Content:
    """`table` is `None` if it is not a file of agents. `is_too_large`: it is one, and too large to be read."""

    size: int
    sha256: str
    content_type: str
    table: Table | None = field(default=None, repr=False)
    is_too_large: bool = False


@dataclass(frozen=True)
class Objects:
    client: Any
    calls: Calls

    def read(self, created: Created) -> Content | None:
        """Returns the content; `None` if the object is no longer there. Raises `CallFailed` and `OutOfTime`."""
        # A bucket without versions may have another object of that name by now.
        version = {"VersionId": created.version_id} if created.version_id else {"IfMatch": created.e_tag}
        try:
            return self.calls.make("s3:GetObject", lambda: self._read(created, version))
        except CallFailed as failed:
            if failed.code in GONE or is_unmet(failed):
                return None
            raise

    def _read(self, created: Created, version: dict[str, str]) -> Content:
        answer = self.client.get_object(Bucket=created.bucket, Key=created.key, **version)
        content_type = str(answer.get("ContentType", ""))
        digest, size, kept, is_of_agents = sha256(), 0, bytearray(), True
        for piece in _pieces(answer["Body"]):
            digest.update(piece)
            size += len(piece)
            if is_of_agents and size <= LARGEST:
                kept += piece
                # Any other file is only counted and hashed, whatever its size.
                is_of_agents = size > HEAD + PIECE or _begins_as_agents(kept)
            elif is_of_agents:
                kept.clear()
        if not is_of_agents:
            return Content(size, digest.hexdigest(), content_type)
        if size > LARGEST:
            return Content(size, digest.hexdigest(), content_type, is_too_large=True)
        text = decoded(bytes(kept))
        table = read_table(text, MOST_RECORDS) if text is not None else None
        if table is not None and table.has_more:
            return Content(size, digest.hexdigest(), content_type, is_too_large=True)
        return Content(size, digest.hexdigest(), content_type, table)


def _pieces(body: Any) -> Iterator[bytes]:
    while piece := body.read(PIECE):
        yield piece


def _begins_as_agents(content: bytearray) -> bool:
    head = decoded(bytes(content[:HEAD]))
    return head is not None and read_table(head, 0) is not None
