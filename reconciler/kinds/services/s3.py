"""Amazon Simple Storage Service."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import ANYWHERE, By, Grant, Refusal, Service, Tagging, TagShape
from reconciler.pacing import Rate

# A cautious rate: AWS publishes none of the operations on buckets. The names of IAM's actions are older than those of
# the operations (Service Authorization Reference). HeadBucket has no body, so its refusals have only a status.
S3 = Service(
    name="s3",
    title="Amazon S3",
    actions={
        "DeleteBucketLifecycle": "PutLifecycleConfiguration",
        "DeleteBucketTagging": "PutBucketTagging",
        "GetBucketEncryption": "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "ListObjectsV2": "ListBucket",
        "PutBucketEncryption": "PutEncryptionConfiguration",
        "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    },
    tagging=Tagging(
        shape=TagShape.PAIRS,
        create_in="CreateBucketConfiguration",
        tag="PutBucketTagging",
        untag="DeleteBucketTagging",
        resource="Bucket",
        by=By.NAME,
        tags="Tagging",
        tags_in="TagSet",
        replaces_all=True,
        read="GetBucketTagging",
        answered="TagSet",
        absent=frozenset({"NoSuchTagSet"}),
    ),
    refusals=(
        Refusal("NoSuchBucket", Meaning.GONE),
        Refusal("NoSuchKey", Meaning.GONE),
        Refusal("404", Meaning.GONE),
        Refusal("BucketAlreadyOwnedByYou", Meaning.TAKEN),
        Refusal("BucketAlreadyExists", Meaning.TAKEN),
        Refusal("BucketNotEmpty", Meaning.IN_USE),
        Refusal("OperationAborted", Meaning.LATER),
        # Another write of the same object was in progress (API reference, PutObject).
        Refusal("ConditionalRequestConflict", Meaning.LATER),
        Refusal("PreconditionFailed", Meaning.STALE),
        Refusal("403", Meaning.DENIED),
        Refusal("TooManyBuckets", Meaning.QUOTA),
        Refusal("MalformedPolicy", Meaning.NOT_YET, "invalid principal"),
        Refusal("MalformedPolicy", Meaning.INVALID),
        Refusal("InvalidArgument", Meaning.NOT_YET, "unable to validate the following destination"),
        Refusal("InvalidArgument", Meaning.INVALID),
        Refusal("InvalidBucketName", Meaning.INVALID),
    ),
    rate=Rate(10.0, 10),
    # S3 serves 5,500 reads a second of each prefix (user guide, "Optimizing Amazon S3 performance").
    rates={"GetObject": Rate(500.0, 500)},
    grants=(
        Grant(("arn:{partition}:s3:::*",)),
        # Archives of functions that are too large for a call.
        Grant(("arn:{partition}:s3:::{artifacts}/*",), frozenset({"GetObject", "HeadObject", "PutObject"})),
        # Declared objects. Others in a folder of another name need a statement of their own: they may be data.
        Grant(
            ("arn:{partition}:s3:::*/mappings/*",),
            frozenset({"DeleteObject"}),
            also=frozenset({"HeadObject", "PutObject"}),
            unless=frozenset({"PutObject"}),  # of archives alone
        ),
        Grant(ANYWHERE, frozenset({"ListBuckets"})),
    ),
    located={"CreateBucket": ("CreateBucketConfiguration", "LocationConstraint")},
    page="https://docs.aws.amazon.com/AmazonS3/latest/API/API_{operation}.html",
)
