"""Buckets of Amazon S3, without their objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from reconciler.kinds.aws.bucket_answers import BucketAnswers
from reconciler.kinds.aws.bucket_spec import NOTIFICATIONS, S3Bucket
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import S3
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.model import Problem, WrittenRecords
from reconciler.model.environment import Quotas

_LISTS = "access control lists are older than policies, and a new bucket ignores them"
_ASIDE = "about the request alone"
UNMANAGED = MappingProxyType(
    {
        **dict.fromkeys(
            ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite", "GrantWriteACP"), _LISTS
        ),
        **dict.fromkeys(
            (
                "ChecksumAlgorithm",
                "ContentMD5",
                "ConfirmRemoveSelfBucketAccess",
                "ExpectedBucketOwner",
                "SkipDestinationValidation",
            ),
            _ASIDE,
        ),
        "BucketNamespace": "the name of a bucket in the account's namespace says so itself",
        "CreateBucketConfiguration.Bucket": "directory buckets are another kind of store",
        "CreateBucketConfiguration.LocationConstraint": "the Region of the environment, which each create names",
        "CreateBucketConfiguration.Location": "directory buckets are another kind of store",
        "MFA": "a person's device deletes versions",
        "ObjectLockEnabledForBucket": "no one can shorten or remove a lock of objects",
        "TransitionDefaultMinimumObjectSize": "AWS moves no object below 128 KB by default",
        "VersioningConfiguration.MFADelete": "a person's device deletes versions",
    }
)


def _document(field: str, operation: str, absent: str) -> Detail:
    """Returns the read of a document of a bucket. AWS answers an error if the bucket has none."""
    return Detail((field,), describe=(operation, ""), absent=frozenset({absent}))


class S3BucketKind(BucketAnswers):
    spec = S3Bucket
    service = S3
    identity = Identity("Bucket", arn="arn:{partition}:s3:::{id}")
    reading = Reading(
        search=Listing("ListBuckets", "Buckets", {"MaxBuckets": 1000}),
        describe=("HeadBucket", ""),
        details=(
            _document("object_ownership", "GetBucketOwnershipControls", "OwnershipControlsNotFoundError"),
            _document(
                "public_access_block_configuration", "GetPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"
            ),
            _document(
                *("server_side_encryption_configuration", "GetBucketEncryption"),
                "ServerSideEncryptionConfigurationNotFoundError",
            ),
            Detail(("versioning_configuration",), describe=("GetBucketVersioning", "")),
            _document("policy", "GetBucketPolicy", "NoSuchBucketPolicy"),
            _document("lifecycle_configuration", "GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
            Detail(NOTIFICATIONS, describe=("GetBucketNotificationConfiguration", "")),
        ),
        by_name=True,
        index="s3",
    )
    writing = Writing(
        create="CreateBucket",
        delete="DeleteBucket",
        updates=(
            Update("PutBucketOwnershipControls", ("object_ownership",)),
            Update("PutPublicAccessBlock", ("public_access_block_configuration",)),
            Update("PutBucketEncryption", ("server_side_encryption_configuration",)),
            Update("PutBucketVersioning", ("versioning_configuration",)),
            Update("PutBucketPolicy", ("policy",), clear="DeleteBucketPolicy"),
            Update("PutBucketLifecycleConfiguration", ("lifecycle_configuration",), clear="DeleteBucketLifecycle"),
            # One document has every notification, also those of other writers.
            Update("PutBucketNotificationConfiguration", NOTIFICATIONS),
        ),
        set_after_create=frozenset(
            {
                *("public_access_block_configuration", "server_side_encryption_configuration", "policy"),
                *("versioning_configuration", "lifecycle_configuration", *NOTIFICATIONS),
            }
        ),
        deferred=frozenset({"policy", *NOTIFICATIONS}),
        # In us-east-1, CreateBucket answers with an existing bucket and resets its access control list (service model).
        overwrites=True,
    )
    deletion = Deletion(
        irreversible="its objects, which must be deleted first", needs_both="nothing brings deleted objects back"
    )
    unmanaged = UNMANAGED

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        policy = declared.get("policy")
        text = policy if isinstance(policy, str) else json.dumps(policy) if isinstance(policy, dict) else ""
        if "aws:securetransport" not in text.casefold():
            message = "requests without TLS are accepted; let the policy deny them, as the example of the kind does"
            yield Problem("warning", ("policy",) if policy else (), message)
