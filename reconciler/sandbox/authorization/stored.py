"""The permissions that a request needs because of what is stored: versions of objects, and keys of objects and secrets.

Sources: API references of S3 and Secrets Manager ("Permissions" of each operation); KMS developer guide, "How Amazon S3
uses AWS KMS" and "How AWS Secrets Manager uses AWS KMS". Only keys that a request or an object names are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

Params = Mapping[str, Any]
PARTITION = "aws"
READS, DELETES, WRITES = ("GetObject", "HeadObject"), ("DeleteObject",), ("PutObject", "CopyObject")
DECRYPT, GENERATE = "kms:Decrypt", "kms:GenerateDataKey"
# AWS's own keys need no permission of the caller.
_CUSTOMERS = ("arn:",)


def object_action(service: str, operation: str, params: Params) -> str:
    """Returns the action that a request on a version needs in place of its own; empty for other requests."""
    if service != "s3" or not params.get("VersionId"):
        return ""
    if operation in DELETES:
        return "s3:DeleteObjectVersion"
    return "s3:GetObjectVersion" if operation in READS else ""


def further_needs(service: str, operation: str, params: Params, resource: str, place: str) -> Iterator[tuple[str, str]]:
    """Yields the actions that a request needs beside its own, each with its resource. `place`: Region and account."""
    if service == "s3":
        yield from _needs_of_objects(operation, params, place.partition(":")[2])
    elif service == "secretsmanager":
        yield from _needs_of_secrets(operation, params, resource, place)


def _needs_of_objects(operation: str, params: Params, account: str) -> Iterator[tuple[str, str]]:
    bucket, key = str(params.get("Bucket") or ""), str(params.get("Key") or "")
    if operation in READS:
        yield from _reading(bucket, key, str(params.get("VersionId") or ""), account)
    if operation == "CopyObject" and params.get("CopySource"):
        bucket, key, version = _source(str(params["CopySource"]))
        yield "s3:GetObjectVersion" if version else "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"
        yield from _reading(bucket, key, version, account)
    if operation in WRITES:
        yield from _with_key(str(params.get("KmsKeyId") or ""), GENERATE)


def _needs_of_secrets(operation: str, params: Params, secret: str, place: str) -> Iterator[tuple[str, str]]:
    if operation == "CreateSecret":
        if params.get("Tags"):
            yield "secretsmanager:TagResource", secret
        yield from _with_key(str(params.get("KmsKeyId") or ""), GENERATE, DECRYPT)
    elif operation in ("GetSecretValue", "PutSecretValue"):
        region, _, account = place.partition(":")
        secrets = secretsmanager_backends[account][region].secrets
        name = str(params.get("SecretId") or "")
        key = str(getattr(secrets[name], "kms_key_id", None) or "") if name in secrets else ""
        yield from _with_key(key, *((DECRYPT,) if operation == "GetSecretValue" else (GENERATE, DECRYPT)))


def _reading(bucket: str, key: str, version: str, account: str) -> Iterator[tuple[str, str]]:
    buckets = s3_backends[account][PARTITION].buckets
    if bucket not in buckets or not key:
        return
    versions = buckets[bucket].keys.getlist(key, [])
    one = next((it for it in reversed(versions) if not version or it.version_id == version), None)
    if one is None:
        # Without it, S3 answers 403 in place of 404 [API reference, GetObject].
        yield "s3:ListBucket", f"arn:aws:s3:::{bucket}"
    yield from _with_key(str(getattr(one, "kms_key_id", None) or ""), DECRYPT)


def _with_key(key: str, *actions: str) -> Iterator[tuple[str, str]]:
    if key.startswith(_CUSTOMERS):
        yield from ((action, key) for action in actions)


def _source(text: str) -> tuple[str, str, str]:
    """Returns bucket, key and version of the header `x-amz-copy-source`."""
    parts = urlsplit(text)
    bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
    return bucket, key, parse_qs(parts.query).get("versionId", [""])[0]
