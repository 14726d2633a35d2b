"""The stores of a connectwise pipeline: bucket, tables, queue and mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.kinds.composite import Child
from reconciler.kinds.pipelines import policies
from reconciler.kinds.pipelines.common import PipelineParts, linked
from reconciler.kinds.pipelines.mapping_files import Mappings, lock_text
from reconciler.kinds.pipelines.parts import PipelineBucket
from reconciler.lambdas.connectwise.keys import LAYER_TAG
from reconciler.model import Linked

TENANTS, LEDGER = "tenant-services", "last-updated"
LOCK_KEY = "mappings/columns.lock"  # transform takes every .json of the folder for a mapping
RUN_DAYS = 90  # of reports, and of the results that they are made of
MOST_TENANTS = 1000  # rows that plans read; a scan of them is one or two pages
_REMAPPED = "open rows are rewritten in place, and no new versions are made"


def tables(parts: PipelineParts) -> Iterator[Child]:
    """Yields the table of tenants, whose rows manifests declare, and the ledger, which the functions fill."""
    common = {
        "billingMode": "PAY_PER_REQUEST",
        "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": True},
        "deletionProtectionEnabled": True,
    }
    yield parts.child(
        "DynamoDBTable", parts.named(TENANTS), {**_keys("tenant_id"), **common, "declaredItems": MOST_TENANTS}
    )
    expiry = {"timeToLiveSpecification": {"enabled": True, "attributeName": "expires"}}
    yield parts.child("DynamoDBTable", parts.named(LEDGER), {**_keys("tenant_id", "table_name"), **common, **expiry})


def bucket(parts: PipelineParts, settings: PipelineBucket) -> Child:
    """Returns the bucket, which answers over TLS alone and keeps old versions for some days."""
    own = linked("S3Bucket", settings.name)
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Sid": "OnlyTls", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": insecure}
    fields = {
        "policy": policies.document({**statement, "Resource": [own, Linked(f"{own}/*")]}),
        "versioningConfiguration": {"status": "Enabled"},
        "lifecycleConfiguration": {"Rules": _lifecycle(settings)},
    }
    return parts.child("S3Bucket", settings.name, fields, "bucket")


def mappings(parts: PipelineParts, settings: PipelineBucket, own: Mappings) -> Iterator[Child]:
    """Yields an object for each mapping, as transform reads it, and the lock, from which load makes tables."""
    for name, text in own.compiled():
        yield mapping_object(parts, f"{settings.name}/mappings/{name}.json", text, "mappings")
    yield mapping_object(parts, f"{settings.name}/{LOCK_KEY}", lock_text(own.columns), "mappings")


def mapping_object(parts: PipelineParts, name: str, text: str, *path: str | int) -> Child:
    fields = {"name": name, "content": {"text": text}, "contentType": "application/json"}
    return Child("S3Object", fields, path, {"content": _REMAPPED})


def _keys(*names: str) -> dict[str, Any]:
    roles = ("HASH", "RANGE")
    return {
        "attributeDefinitions": [{"attributeName": name, "attributeType": "S"} for name in names],
        "keySchema": [{"attributeName": name, "keyType": role} for name, role in zip(names, roles, strict=False)],
    }


def _lifecycle(settings: PipelineBucket) -> list[Mapping[str, Any]]:
    """Returns the rules. They filter by tag: the layer is behind the tenant, so that no prefix selects it."""
    raw, noncurrent = settings.raw_days, {"NoncurrentVersionExpiration": {"NoncurrentDays": 7}}
    moves = [{"Days": raw.infrequent, "StorageClass": "STANDARD_IA"}, {"Days": raw.archive, "StorageClass": "GLACIER"}]
    return [
        _rule("raw", {"Tag": {"Key": LAYER_TAG, "Value": "raw"}}, Transitions=moves, Expiration={"Days": raw.expire}),
        _rule(
            "superseded",
            {"Tag": {"Key": LAYER_TAG, "Value": "superseded"}},
            Expiration={"Days": settings.superseded_days},
        ),
        _rule("results", {"Tag": {"Key": LAYER_TAG, "Value": "run"}}, Expiration={"Days": RUN_DAYS}),
        _rule("runs", {"Prefix": "runs/"}, Expiration={"Days": RUN_DAYS}),
        _rule("loads", {"Prefix": "loads/"}, Expiration={"Days": RUN_DAYS}),
        _rule("versions", {}, **noncurrent),
        _rule("uploads", {}, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}),
    ]


def _rule(name: str, chosen: Mapping[str, Any], **does: Any) -> Mapping[str, Any]:
    return {"ID": name, "Status": "Enabled", "Filter": dict(chosen), **does}
