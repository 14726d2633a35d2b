"""The spec of an instance's storage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.model import AwsName, Resource, Spec

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


class EncryptionConfig(Spec):
    """The key that it is encrypted with."""

    encryption_type: Literal["KMS"]
    key_id: Text = Field(description="The full ARN of the key.")


class S3Config(Spec):
    """A bucket, and where in it."""

    bucket_name: Text = Field(description="The bucket.")
    bucket_prefix: Text = Field(description="What the keys begin with.")
    encryption_config: EncryptionConfig | None = None


class KinesisVideoStreamConfig(Spec):
    """Video streams, which Amazon Connect makes as it needs them."""

    prefix: Text = Field(description="What the streams' names begin with.")
    retention_period_hours: int = Field(ge=0, le=87600, description="Hours that they are kept; 0: not at all.")
    encryption_config: EncryptionConfig


class KinesisStreamConfig(Spec):
    """A data stream."""

    stream_arn: str = Field(description="Its ARN.")


class KinesisFirehoseConfig(Spec):
    """A delivery stream."""

    firehose_arn: str = Field(description="Its ARN.")


class StorageConfig(Spec):
    """The structure of its type, and no other; buckets and streams must be there."""

    storage_type: Literal["S3", "KINESIS_VIDEO_STREAM", "KINESIS_STREAM", "KINESIS_FIREHOSE"] = Field(
        description="What it is kept in."
    )
    s3_config: S3Config | None = None
    kinesis_video_stream_config: KinesisVideoStreamConfig | None = None
    kinesis_stream_config: KinesisStreamConfig | None = None
    kinesis_firehose_config: KinesisFirehoseConfig | None = None


class InstanceStorage(Resource):
    """Where an instance keeps its recordings, contact records and the like; one for each type of resource."""

    name: Annotated[ResourceType, AwsName("ResourceType")]
    storage_config: StorageConfig
