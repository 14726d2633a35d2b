"""The InstanceStorage kind: where an instance keeps recordings, records and other data."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import AwsName, Ownership, Resource, Spec
from reconciler.model.spec import meanings

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
StorageText = Annotated[str, Field(min_length=1, max_length=128)]


class EncryptionConfig(Spec):
    """The key that encrypts the data."""

    encryption_type: Literal["KMS"] = Field(description="The type of encryption, which is always KMS.")
    key_id: StorageText = Field(
        description="The full ARN of a symmetric KMS key, in up to 128 characters. AWS refuses a bare key id.",
        examples=["arn:aws:kms:ca-central-1:111122223333:key/00000000-0000-4000-8000-000000000000"],
    )


class S3Config(Spec):
    """A bucket, and a prefix inside it. The bucket must exist."""

    bucket_name: StorageText = Field(
        description="The name of the bucket, in up to 128 characters.", examples=["acme-recordings"]
    )
    bucket_prefix: StorageText = Field(
        description="The start of every object key, in up to 128 characters.", examples=["connect/prod/CallRecordings"]
    )
    encryption_config: EncryptionConfig | None = None


class KinesisVideoStreamConfig(Spec):
    """Video streams, which Amazon Connect creates when it needs them."""

    prefix: StorageText = Field(
        description="The start of the streams' names, in up to 128 characters.", examples=["acme"]
    )
    retention_period_hours: int = Field(
        ge=0,
        le=87600,
        description="The hours that AWS keeps the data, from 0 to 87600 (10 years). 0 keeps nothing.",
        examples=[24],
    )
    encryption_config: EncryptionConfig


class KinesisStreamConfig(Spec):
    """A data stream, which must exist."""

    stream_arn: str = Field(
        description="The ARN of the data stream.",
        examples=["arn:aws:kinesis:ca-central-1:111122223333:stream/contact-records"],
    )


class KinesisFirehoseConfig(Spec):
    """A delivery stream, which must exist."""

    firehose_arn: str = Field(
        description="The ARN of the delivery stream.",
        examples=["arn:aws:firehose:ca-central-1:111122223333:deliverystream/contact-records"],
    )


class StorageConfig(Spec):
    """The place of the data. Exactly the structure of its storage type is declared."""

    storage_type: Literal["S3", "KINESIS_VIDEO_STREAM", "KINESIS_STREAM", "KINESIS_FIREHOSE"] = Field(
        description="The type of storage, which decides which structure is needed.",
        json_schema_extra=meanings(
            S3="A bucket: needs s3Config.",
            KINESIS_VIDEO_STREAM="Video streams: needs kinesisVideoStreamConfig.",
            KINESIS_STREAM="A data stream: needs kinesisStreamConfig.",
            KINESIS_FIREHOSE="A delivery stream: needs kinesisFirehoseConfig.",
        ),
    )
    s3_config: S3Config | None = None
    kinesis_video_stream_config: KinesisVideoStreamConfig | None = None
    kinesis_stream_config: KinesisStreamConfig | None = None
    kinesis_firehose_config: KinesisFirehoseConfig | None = None


class InstanceStorage(Resource):
    """The place where an instance keeps recordings, contact records or other data; one for each type of data."""

    name: Annotated[
        ResourceType,
        AwsName("ResourceType"),
        Field(
            description="The type of data to store.",
            json_schema_extra=meanings(
                CHAT_TRANSCRIPTS="Transcripts of chats.",
                CALL_RECORDINGS="Recordings of calls.",
                SCHEDULED_REPORTS="Scheduled reports.",
                MEDIA_STREAMS="Live audio of calls.",
                CONTACT_TRACE_RECORDS="Contact records.",
                AGENT_EVENTS="Events of agents, such as a change of status.",
                REAL_TIME_CONTACT_ANALYSIS_SEGMENTS="Real-time analysis of calls (older name).",
                ATTACHMENTS="Files that customers and agents send.",
                CONTACT_EVALUATIONS="Evaluations of contacts.",
                SCREEN_RECORDINGS="Recordings of agents' screens.",
                REAL_TIME_CONTACT_ANALYSIS_CHAT_SEGMENTS="Real-time analysis of chats.",
                REAL_TIME_CONTACT_ANALYSIS_VOICE_SEGMENTS="Real-time analysis of calls.",
                EMAIL_MESSAGES="E-mails.",
            ),
        ),
    ]
    storage_config: StorageConfig


# Amazon Connect adds this to the prefix of a stream, and answers with both.
BEHIND_PREFIX = re.compile(r"-connect-[^/]*-contact-$")


class InstanceStorageKind(Kind[InstanceStorage]):
    spec = InstanceStorage
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("AssociationId", with_fields=("name",))
    reading = Reading(
        search=Listing("ListInstanceStorageConfigs", "StorageConfigs", {"MaxResults": 10}),
        describe=("DescribeInstanceStorageConfig", "StorageConfig"),
    )
    writing = Writing(
        create="AssociateInstanceStorageConfig",
        delete="DisassociateInstanceStorageConfig",
        updates=(Update("UpdateInstanceStorageConfig", ("storage_config",)),),
    )

    def searches(self, declared: Collection[InstanceStorage], everything: bool) -> Iterable[Listing]:
        """Returns one listing for each type of data: AWS lists one type at a time."""
        types = get_args(ResourceType) if everything else sorted({spec.name for spec in declared})
        for resource_type in types:
            constants = {"ResourceType": resource_type}
            yield Listing(
                self.reading.search.operation,
                self.reading.search.items,
                {**self.reading.search.filters, **constants},
                constants,
            )

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> InstanceStorage:
        """Returns the spec. AWS answers with the storage config only, without the type of data around it."""
        config = dict(answer)
        if stream := answer.get("KinesisVideoStreamConfig"):
            config["KinesisVideoStreamConfig"] = {**stream, "Prefix": BEHIND_PREFIX.sub("", stream["Prefix"])}
        return super().from_aws({"ResourceType": answer.get("ResourceType"), "StorageConfig": config}, names, name)
