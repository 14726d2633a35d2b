"""Amazon S3 in the sandbox: moto's buckets and objects, with the rules of AWS for buckets that moto lacks.

A rule is a method named in snake case after its operation. It takes the bucket and the body of the request, and
`proceed`, which lets moto answer. moto alone answers an operation without a method.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary
from xml.etree import ElementTree

from botocore import xform_name
from moto.core.responses import BaseResponse
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import PreconditionFailed
from moto.s3.models import FakeBucket, S3Backend

from reconciler.sandbox.authorization.policies import Question, decide, statements_of
from reconciler.sandbox.errors import Refused
from reconciler.sandbox.facts import facts
from reconciler.sandbox.s3 import notifications
from reconciler.sandbox.world import World

Params = dict[str, Any]
Proceed = Callable[[], Any]
AES256 = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}}
BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
OWNER: Any = "BucketOwnerEnforced"
END = "</NotificationConfiguration>"
# The sorts of encryption that a bucket blocks, and the buckets whose events EventBridge gets.
_blocked: WeakKeyDictionary[FakeBucket, list[str]] = facts("s3.blocked")
_event_bridges: WeakKeyDictionary[FakeBucket, bool] = facts("s3.event_bridges")


def read_request(response: BaseResponse) -> Params:
    """Returns the bucket, the body and the headers of a request."""
    body = response.body or b""
    whole = body.encode() if isinstance(body, str) else body
    return {"Bucket": getattr(response, "bucket_name", ""), "body": whole, "headers": response.headers}


def _permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Returns what a bucket's policy says. moto ignores conditions, so that a policy for TLS alone denied all.

    The sandbox's port stands for AWS's own, which answers over TLS.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    question = Question(action, resource, {"aws:SecureTransport": ["true"]})
    decided = decide(statements_of(json.loads(bucket.policy)), question)
    return {"Deny": PermissionResult.DENIED, "Allow": PermissionResult.PERMITTED}.get(decided, PermissionResult.NEUTRAL)


FakeBucket.get_permission = _permission  # type: ignore[method-assign,assignment]
notifications.install()


class S3Rules:
    """The rules of one account."""

    def __init__(self, world: World, backend: S3Backend) -> None:
        self.world, self.backend = world, backend

    def operation(self, name: str) -> Callable[[Params, Proceed], Any]:
        """Returns the function that answers an operation."""
        return getattr(self, xform_name(name), None) or _answered_by_moto

    def create_bucket(self, params: Params, proceed: Proceed) -> Any:
        """Creates a bucket with tags. A new one is encrypted, private and its owner's [user guide, since 2023]."""
        known = {*self.backend.buckets}
        answer = proceed()
        for name in {*self.backend.buckets} - known:
            bucket = self.backend.buckets[name]
            if tags := _tags(params["body"]):
                self.backend.put_bucket_tagging(name, tags)
            bucket.encryption = bucket.encryption or dict(AES256)
            self.backend.put_public_access_block(name, dict.fromkeys(BLOCKS, "true"))
            bucket.ownership_rule = bucket.ownership_rule or OWNER
        return answer

    def put_bucket_encryption(self, params: Params, proceed: Proceed) -> Any:
        """Replaces the encryption of a bucket. moto forgets the blocked sorts."""
        answer = proceed()
        root = ElementTree.fromstring(params["body"])  # noqa: S314 (the sandbox reads its own callers)
        sorts = [it.text or "" for it in root.iter() if _bare(it.tag) == "EncryptionType"]
        _blocked[self._bucket(params)] = sorts
        return answer

    def get_bucket_encryption(self, params: Params, proceed: Proceed) -> Any:
        answer = proceed()
        if not (sorts := _blocked.get(self._bucket(params))):
            return answer
        status, headers, text = _as_text(answer)
        types = "".join(f"<EncryptionType>{sort}</EncryptionType>" for sort in sorts)
        blocked = f"<BlockedEncryptionTypes>{types}</BlockedEncryptionTypes>"
        return status, headers, text.replace("</Rule>", f"{blocked}</Rule>")

    def copy_object(self, params: Params, proceed: Proceed) -> Any:
        """Refuses a copy of another object than the caller knows [API reference, x-amz-copy-source-if-match]."""
        wanted = params["headers"].get("x-amz-copy-source-if-match")
        source = unquote(params["headers"].get("x-amz-copy-source", "")).lstrip("/")
        bucket, _, key = source.partition("?")[0].partition("/")
        if wanted and bucket in self.backend.buckets:
            held = self.backend.get_object(bucket, key)
            if held is not None and wanted.strip('"') != held.etag.strip('"'):
                raise PreconditionFailed("x-amz-copy-source-If-Match")
        return proceed()

    def delete_bucket_encryption(self, params: Params, proceed: Proceed) -> Any:
        """Returns a bucket to AWS's encryption: a bucket always has one [service model]."""
        answer = proceed()
        self._bucket(params).encryption = dict(AES256)
        return answer

    def put_bucket_policy(self, params: Params, proceed: Proceed) -> Any:
        try:
            policy: Any = json.loads(params["body"])
        except ValueError:
            policy = None
        if not isinstance(policy, dict) or not policy.get("Statement"):
            raise Refused("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'")
        return proceed()

    def put_bucket_notification_configuration(self, params: Params, proceed: Proceed) -> Any:
        """Replaces every notification of a bucket. moto forgets whether EventBridge gets the events."""
        answer = proceed()
        _event_bridges[self._bucket(params)] = b"EventBridgeConfiguration" in params["body"]
        return answer

    def get_bucket_notification_configuration(self, params: Params, proceed: Proceed) -> Any:
        answer = proceed()
        if not _event_bridges.get(self._bucket(params)):
            return answer
        status, headers, text = _as_text(answer)
        if END not in text:
            text = re.sub(r"<NotificationConfiguration([^>]*)/>", rf"<NotificationConfiguration\1>{END}", text)
        return status, headers, text.replace(END, f"<EventBridgeConfiguration/>{END}")

    def _bucket(self, params: Params) -> FakeBucket:
        return self.backend.get_bucket(params["Bucket"])


def _tags(body: bytes) -> dict[str, str]:
    """Returns the tags in the body of a create."""
    if not body:
        return {}
    root = ElementTree.fromstring(body)  # noqa: S314 (the sandbox reads its own callers)
    tags = [element for element in root.iter() if _bare(element.tag) == "Tag"]
    pairs = [{_bare(child.tag): child.text or "" for child in tag} for tag in tags]
    return {pair["Key"]: pair.get("Value", "") for pair in pairs}


def _as_text(answer: Any) -> tuple[int, dict[str, str], str]:
    """Returns status, headers and body of an answer."""
    status, headers, body = answer if isinstance(answer, tuple) else (200, {}, answer)
    return status, headers, body.decode() if isinstance(body, bytes) else body


def _bare(name: str) -> str:
    """Returns the name of an element without its namespace."""
    return name.rpartition("}")[2]


def _answered_by_moto(params: Params, proceed: Proceed) -> Any:
    return proceed()
