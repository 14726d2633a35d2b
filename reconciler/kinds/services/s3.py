"""Amazon S3, as far as apply puts the archives of functions there."""

from __future__ import annotations

from reconciler.errors import Meaning
from reconciler.kinds.service import Grant, Refusal, Service
from reconciler.pacing import Rate

S3 = Service(
    name="s3",
    title="Amazon S3",
    actions={"HeadObject": "GetObject"},
    refusals=(
        Refusal("NoSuchBucket", Meaning.GONE),
        Refusal("NoSuchKey", Meaning.GONE),
    ),
    # S3 allows thousands of requests a second; apply makes one or two for each large archive.
    rate=Rate(50.0, 50),
    grants=(Grant(("arn:{partition}:s3:::{artifacts}/*",)),),
    page="https://docs.aws.amazon.com/AmazonS3/latest/API/API_{operation}.html",
)
