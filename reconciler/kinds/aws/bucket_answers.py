"""How buckets of Amazon S3 look in AWS's answers and calls: each setting is a document of its own form."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from reconciler.kinds.aws.bucket_spec import S3Bucket
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.verbs import Update
from reconciler.model import Call, IdOf, Ref


class BucketAnswers(Kind[S3Bucket]):
    """The translation of buckets."""

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

    @staticmethod
    def _aws(field: str) -> str:
        return "".join(word.capitalize() for word in field.split("_"))


def _with_lower_names(item: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a notification with `prefix` and `suffix` in lower case; AWS answers either case."""
    rules = ((item.get("Filter") or {}).get("Key") or {}).get("FilterRules") or []
    named = [{**rule, "Name": str(rule.get("Name", "")).lower()} for rule in rules]
    return {**item, **({"Filter": {"Key": {"FilterRules": named}}} if rules else {"Filter": None})}
