"""The sandbox's S3, as a role reads it: what COPY reads, and what the role's policies refuse."""

from __future__ import annotations

from dataclasses import dataclass

from moto.s3.exceptions import MissingBucket
from moto.s3.models import FakeKey, s3_backends

from reconciler.sandbox.authorization import why_role_may_not
from reconciler.sandbox.world import world


class NotReadable(Exception):  # noqa: N818 - the name says what happened
    """S3's refusal, in the words of a COPY that fails."""


@dataclass(frozen=True)
class RoleShelf:
    """S3 for one role of an account."""

    account: str
    region: str
    role: str

    def read(self, bucket: str, key: str) -> bytes:
        """Returns an object. Raises `NotReadable`."""
        self._ask("GetObject", bucket, key)
        stored = self._objects(bucket).get(key)
        if stored is None:
            raise _refused("The specified key does not exist.", 404, "NoSuchKey", key)
        return stored.value

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """Returns the keys that begin with a prefix. Raises `NotReadable`."""
        self._ask("ListObjectsV2", bucket, "")
        return sorted(key for key in self._objects(bucket) if key.startswith(prefix))

    def _objects(self, bucket: str) -> dict[str, FakeKey]:
        with world.lock:
            try:
                objects = dict(s3_backends[self.account]["aws"].get_bucket(bucket).keys.items())
            except MissingBucket:
                raise _refused("The specified bucket does not exist", 404, "NoSuchBucket", bucket) from None
        return {key: stored for key, stored in objects.items() if isinstance(stored, FakeKey)}

    def _ask(self, operation: str, bucket: str, key: str) -> None:
        params = {"Bucket": bucket, "Key": key}
        why = why_role_may_not(self.role, "s3", operation, params, self.account, self.region)
        if why:
            raise _refused("Access Denied", 403, "AccessDenied", why)


def _refused(message: str, status: int, code: str, what: str) -> NotReadable:
    """Returns an error in the form that Redshift gives it [seen in published logs; details inferred]."""
    return NotReadable(f"S3ServiceException:{message},Status {status},Error {code},{what}")
