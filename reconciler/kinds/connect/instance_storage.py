"""Instance storage: where an instance keeps what it records."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.tables import Listing, Update
from reconciler.model import AwsName, Ownership, Resource, Spec

ResourceType = Literal[
    "CHAT_TRANSCRIPTS",
    "CALL_RECORDINGS",
    "SCHEDULED_REPORTS",
    "MEDIA_STREAMS",
    "CONTACT_TRACE_RECORDS",
    "AGENT_EVENTS",
    "REAL_TIME_CONTACT_ANALYSIS_SEGMENTS",
    "ATTACHMENTS",
    "CONTACT_EVALUATIONS",
    "SCREEN_RECORDINGS",
    "REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS",
    "REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS",
    "EMAIL_MESSAGES",
]
Text = Annotated[str, Field(min_length=1, max_length=128)]
# Amazon Connect answers a stream's prefix with what it has put behind it.
BEHIND_PREFIX = re.compile(r"-connect-[^/]*-contact-$")


class EncryptionConfig(Spec):
    encryption_type: Literal["KMS"]
    key_id: Text = Field(description="The full ARN of the key.")


class S3Config(Spec):
    bucket_name: Text
    bucket_prefix: Text
    encryption_config: EncryptionConfig | None = None


class KinesisVideoStreamConfig(Spec):
    prefix: Text
    retention_period_hours: int = Field(ge=0, le=87600)
    encryption_config: EncryptionConfig


class KinesisStreamConfig(Spec):
    stream_arn: str


class KinesisFirehoseConfig(Spec):
    firehose_arn: str


class StorageConfig(Spec):
    """The structure of its type, and no other; buckets and streams must be there."""

    storage_type: Literal["S3", "KINESIS_VIDEO_STREAM", "KINESIS_STREAM", "KINESIS_FIREHOSE"]
    s3_config: S3Config | None = None
    kinesis_video_stream_config: KinesisVideoStreamConfig | None = None
    kinesis_stream_config: KinesisStreamConfig | None = None
    kinesis_firehose_config: KinesisFirehoseConfig | None = None


class InstanceStorage(Resource):
    """Where an instance keeps its recordings, contact records and the like; one for each type of resource."""

    name: Annotated[ResourceType, AwsName("ResourceType")]
    storage_config: StorageConfig


class InstanceStorageKind(Kind[InstanceStorage]):
    spec = InstanceStorage
    ownership = Ownership.DECLARED
    id_param = "AssociationId"
    named_with = ("name",)
    search = Listing("ListInstanceStorageConfigs", "StorageConfigs", {"MaxResults": 10})
    describe = ("DescribeInstanceStorageConfig", "StorageConfig")
    create = "AssociateInstanceStorageConfig"
    delete = "DisassociateInstanceStorageConfig"
    updates = (Update("UpdateInstanceStorageConfig", ("storage_config",)),)

    def searches(self, declared: Collection[InstanceStorage], everything: bool) -> Iterable[Listing]:
        """A listing is of one type of resource."""
        types = get_args(ResourceType) if everything else sorted({spec.name for spec in declared})
        for each in types:
            told = {"ResourceType": each}
            yield Listing(self.search.operation, self.search.items, {**self.search.filters, **told}, told)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> InstanceStorage:
        """AWS answers the structure alone."""
        config = dict(answer)
        if stream := answer.get("KinesisVideoStreamConfig"):
            config["KinesisVideoStreamConfig"] = {**stream, "Prefix": BEHIND_PREFIX.sub("", stream["Prefix"])}
        return super().from_aws({"ResourceType": answer.get("ResourceType"), "StorageConfig": config}, names, name)
