"""Buckets of Amazon S3, without their objects."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.aws.bucket_parts import (
    Encryption,
    FunctionNotification,
    Lifecycle,
    PublicAccessBlock,
    QueueNotification,
    TopicNotification,
    Versioning,
)
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import S3
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import (
    AwsName,
    Call,
    Clearable,
    IdOf,
    Keyed,
    Partial,
    PolicyDocument,
    Problem,
    Ref,
    Unordered,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

_KEPT = "One that no manifest declares stays."


class S3Bucket(Tagged):
    """A bucket, without its objects. A new one is private and encrypted. Let its policy refuse what has no TLS."""

    name: Annotated[str, AwsName("Bucket")] = Field(
        pattern=r"^(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="The name, in 3 to 63 lower-case letters, digits, and the characters - . It is unique in all "
        "accounts of AWS, so it should say stack and environment.",
        examples=["example-contact-centre-prod"],
        json_schema_extra=expecting("a name of a bucket"),
    )
    object_ownership: Annotated[
        Literal["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"],
        AwsName("ObjectOwnership", read="OwnershipControls"),
    ] = Field(
        "BucketOwnerEnforced",
        description="The owner of objects.",
        json_schema_extra=meanings(
            BucketOwnerEnforced="The owner of the bucket; access control lists have no effect.",
            BucketOwnerPreferred="The owner of the bucket, if the writer gives it.",
            ObjectWriter="The account that writes an object.",
        ),
    )
    public_access_block_configuration: PublicAccessBlock = Field(
        PublicAccessBlock(), description="The public access that AWS refuses."
    )
    server_side_encryption_configuration: Annotated[Encryption, Partial()] = Field(
        Encryption(), description="How AWS encrypts new objects."
    )
    versioning_configuration: Annotated[Versioning | None, AwsName("VersioningConfiguration", read="Status")] = Field(
        None, description="The versions that AWS keeps. A bucket that had versions cannot lose the setting."
    )
    policy: Annotated[PolicyDocument | None, Clearable()] = Field(
        None, description="The resource policy: who else may use the bucket, and how. Null removes it."
    )
    lifecycle_configuration: Annotated[
        Lifecycle | None, Clearable(), AwsName("LifecycleConfiguration", read="Rules")
    ] = Field(None, description="The rules by which AWS deletes and moves objects. Give each an ID. Null removes them.")
    queue_configurations: Annotated[Unordered[QueueNotification], Keyed("id")] = Field(
        (), description=f"Notifications to queues. {_KEPT}"
    )
    topic_configurations: Annotated[Unordered[TopicNotification], Keyed("id")] = Field(
        (), description=f"Notifications to topics. {_KEPT}"
    )
    lambda_function_configurations: Annotated[Unordered[FunctionNotification], Keyed("id")] = Field(
        (), description=f"Notifications to functions. {_KEPT}"
    )
    event_bridge_configuration: bool = Field(
        False, description="True: Amazon EventBridge gets every event of the bucket."
    )


NOTIFICATIONS = (
    *("queue_configurations", "topic_configurations", "lambda_function_configurations"),
    "event_bridge_configuration",
)
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


class S3BucketKind(Kind[S3Bucket]):
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

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = members.get("Bucket") or members.get("Name") or members.get("Id") or ""
        return str(id), str(members.get("BucketArn") or members.get("Arn") or "")

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        return (self.id_and_arn(members)[0],)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> S3Bucket:
        """Returns the spec. A bucket without a block is open, unlike a new one."""
        none = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), False
        )
        has_block = "PublicAccessBlockConfiguration" in answer
        open_ = {} if has_block else {"PublicAccessBlockConfiguration": none}
        return super().from_aws({**answer, **open_, "Bucket": self.keys_of(answer)[0]}, names, name)

    def read_field(self, field: str, value: Any) -> Any:
        match field:
            case "object_ownership":
                return value["Rules"][0]["ObjectOwnership"]
            case "server_side_encryption_configuration":
                rule = value["Rules"][0]
                blocked = (rule.get("BlockedEncryptionTypes") or {}).get("EncryptionType")
                members = {"BucketKeyEnabled": rule.get("BucketKeyEnabled"), "BlockedEncryptionTypes": blocked}
                return {**rule.get("ApplyServerSideEncryptionByDefault", {}), **members}
            case "versioning_configuration":
                return {"Status": value}
            case "lifecycle_configuration":
                return {"Rules": value}
            case "event_bridge_configuration":
                return True
            case "queue_configurations" | "topic_configurations" | "lambda_function_configurations":
                return [_with_lower_names(item) for item in value]
        return value

    def write_field(self, field: str, value: Any) -> Any:
        match field:
            case "server_side_encryption_configuration":
                by_default = {key: value[key] for key in ("SSEAlgorithm", "KMSMasterKeyID") if key in value}
                rule: dict[str, Any] = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", **by_default}}
                rule["BucketKeyEnabled"] = value.get("BucketKeyEnabled", False)
                if blocked := value.get("BlockedEncryptionTypes"):
                    rule["BlockedEncryptionTypes"] = {"EncryptionType": blocked}
                return {"Rules": [rule]}
            case "lifecycle_configuration":
                return json.loads(value)
        return value

    def replace_call(self, ref: Ref, update: Update, spec: S3Bucket) -> Call:
        call = super().replace_call(ref, update, spec)
        own = {"Bucket": call.params["Bucket"]}
        match call.operation:
            case "PutBucketOwnershipControls":
                rules = {"OwnershipControls": {"Rules": [{"ObjectOwnership": spec.object_ownership}]}}
                return self.call(call.operation, {**own, **rules})
            case "PutPublicAccessBlock":
                block = spec.public_access_block_configuration
                members = {self._aws(name): value for name, value in block}
                return self.call(call.operation, {**own, "PublicAccessBlockConfiguration": members})
            case "PutBucketNotificationConfiguration":
                others = {key: value for key, value in call.params.items() if key != "Bucket"}
                if others.pop("EventBridgeConfiguration", False):
                    others["EventBridgeConfiguration"] = {}
                return self.call(call.operation, {**own, "NotificationConfiguration": others})
        return call

    def untag_call(self, ref: Ref, keys: Collection[str]) -> Call:
        """Returns the call that removes all tags. A plan never makes it: it writes the tags that stay."""
        return self.call(self.tagging.untag, {self.identity.id_param: IdOf(ref)})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        policy = declared.get("policy")
        text = policy if isinstance(policy, str) else json.dumps(policy) if isinstance(policy, dict) else ""
        if "aws:securetransport" not in text.casefold():
            message = "requests without TLS are accepted; let the policy deny them, as the example of the kind does"
            yield Problem("warning", ("policy",) if policy else (), message)

    @staticmethod
    def _aws(field: str) -> str:
        return "".join(word.capitalize() for word in field.split("_"))


def _with_lower_names(item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a notification with `prefix` and `suffix` in lower case; AWS answers either case."""
    rules = ((item.get("Filter") or {}).get("Key") or {}).get("FilterRules") or []
    named = [{**rule, "Name": str(rule.get("Name", "")).lower()} for rule in rules]
    return {**item, **({"Filter": {"Key": {"FilterRules": named}}} if rules else {"Filter": None})}
