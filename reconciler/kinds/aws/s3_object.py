"""Objects of Amazon S3 whose content is a file of the manifests, such as the mappings of a pipeline."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.service import Tagging
from reconciler.kinds.services import S3
from reconciler.kinds.verbs import Guard, Listing, Update
from reconciler.model import AwsName, Call, Content, ContentLimit, IdOf, Ownership, Ref, Resource, Scope
from reconciler.model.spec import expecting

BUCKET = "S3Bucket"
CHECKSUM = "ChecksumSHA256"
_RULES = "the bucket decides it"
_ASIDE = "about the request alone"
UNMANAGED = MappingProxyType(
    {
        **dict.fromkeys(
            ("ACL", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWriteACP"),
            "access control lists are older than policies, and a new bucket ignores them",
        ),
        **dict.fromkeys(
            (
                *("ServerSideEncryption", "SSECustomerAlgorithm", "SSECustomerKey", "SSECustomerKeyMD5"),
                *("SSEKMSKeyId", "SSEKMSEncryptionContext", "BucketKeyEnabled", "ObjectLockMode"),
                *("ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus", "StorageClass"),
                *("ObjectLockEventHold", "ObjectLockEventHoldDurationDays", "ObjectLockEventHoldDurationYears"),
            ),
            _RULES,
        ),
        **dict.fromkeys(
            (
                *("ContentLength", "ContentMD5", "ExpectedBucketOwner", "RequestPayer", "WriteOffsetBytes"),
                *("ChecksumCRC32", "ChecksumCRC32C", "ChecksumCRC64NVME", "ChecksumSHA1", "ChecksumSHA512"),
                *("ChecksumMD5", "ChecksumXXHASH64", "ChecksumXXHASH3", "ChecksumXXHASH128"),
            ),
            _ASIDE,
        ),
        **dict.fromkeys(
            ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "Expires"),
            "programs read declared objects, and browsers do not",
        ),
        "WebsiteRedirectLocation": "buckets of this tool serve programs, not browsers",
        "IfMatch": "apply takes it from the live object",
        "Metadata": "AWS keeps the hash of the content as a checksum of its own",
        "Tagging": "lifecycle rules with tags are about what programs write",
    }
)


class S3Object(Resource):
    """An object in a bucket. Its content is a file beside the manifest; plans show the hash."""

    name: Annotated[str, AwsName("Key")] = Field(
        max_length=1088,
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(?!/)[\w!.*'()/=+@,:&$ -]{1,1024}$",
        description="The bucket and the key, BUCKET/KEY. AWS cannot change them.",
        examples=["example-contact-centre-prod/mappings/tickets.json"],
        json_schema_extra=expecting("an object: write BUCKET/KEY"),
    )
    content: Annotated[
        Content | None,
        AwsName("Body", read=CHECKSUM),
        ContentLimit(50_000_000, "let a program write larger objects"),
    ] = Field(None, description="The content: a file, up to 50 MB. A create needs it.")
    content_type: str = Field(
        "binary/octet-stream",
        min_length=1,
        max_length=255,
        description="The type of the content, as in the header Content-Type.",
        examples=["application/json"],
    )


class S3ObjectKind(Kind[S3Object]):
    spec = S3Object
    service = S3
    ownership = Ownership.DECLARED
    identity = Identity("Key", arn="arn:{partition}:s3:::{id}")
    reading = Reading(
        search=Listing("ListObjectsV2", "Contents"),
        describe=("HeadObject", ""),
        described_by={"ChecksumMode": "ENABLED"},
        by_name=True,
    )
    writing = Writing(
        create="PutObject",
        delete="DeleteObject",
        updates=(Update("PutObject", ("content", "content_type"), guard=Guard("IfMatch", "ETag")),),
        constants={"IfNoneMatch": "*"},
    )
    # A new object is an event, and a bucket sends it only with its notifications.
    ordering = Ordering(needs=("S3Bucket",))
    deletion = Deletion(irreversible="its content, unless the bucket keeps versions")
    unmanaged = UNMANAGED

    @property
    def tagging(self) -> Tagging:
        """The tags of buckets: this tool tags no objects, and creates take none."""
        return replace(super().tagging, create="Tags", create_in="")

    def searches(self, declared: Collection[S3Object], everything: bool) -> Iterable[Listing]:
        """Returns no listing: a bucket may have millions of objects that programs have written."""
        return ()

    def container(self, spec: S3Object) -> Ref:
        return _bucket(spec.name)

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        bucket, _, key = name.partition("/")
        return {"Bucket": bucket, "Key": key}

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = members.get("Id") or "/".join(str(members[name]) for name in ("Bucket", "Key") if members.get(name))
        return str(id), str(members.get("Arn") or "")

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.id_and_arn(members)[0],)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        bucket, _, key = self.id_and_arn(members)[0].partition("/")
        return {"Bucket": bucket, "Key": key}

    def own(self, ref: Ref, spec: S3Object) -> dict[str, Any]:
        bucket, _, key = spec.name.partition("/")
        return {"Bucket": bucket, "Key": key}

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S3Object:
        return super().from_aws({**answer, "Key": self.keys_of(answer)[0]}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        """Returns the field. An object that another writer uploaded may have no SHA-256, so its content is unknown."""
        is_hash = field == "content" and isinstance(value, str)
        return Content(b64decode(value).hex()) if is_hash else value

    def create_call(self, ref: Ref, spec: S3Object, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        created = super().create_call(ref, spec, tags, held)
        # The reference makes the call wait for a new bucket.
        place = {**self.own(ref, spec), "Bucket": IdOf(_bucket(spec.name))}
        return self.call(created.operation, {**created.params, **place, **_checksum(spec)})

    def replace_call(self, ref: Ref, update: Update, spec: S3Object) -> Call:
        call = super().replace_call(ref, update, spec)
        return self.call(call.operation, {**call.params, **_checksum(spec)})

    def refuses(self, ref: Ref, before: S3Object | None, after: S3Object | None, there: Mapping[Ref, Resource]) -> str:
        is_lost = after is not None and after.content is None
        return "an object without content would be empty; write content" if is_lost else ""


def _bucket(name: str) -> Ref:
    return Ref(BUCKET, name.partition("/")[0])


def _checksum(spec: S3Object) -> dict[str, str]:
    """Returns the parameters with which AWS checks the bytes, and keeps their hash."""
    if spec.content is None:
        return {}
    return {"ChecksumAlgorithm": "SHA256", CHECKSUM: b64encode(bytes.fromhex(spec.content.sha256)).decode()}
