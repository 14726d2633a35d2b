"""How functions look in AWS's answers and calls: nested, with a text of JSON, and with code that a tag knows."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from reconciler.errors import CallError, Fate, Meaning
from reconciler.kinds.aws.lambda_parts import kept_destinations
from reconciler.kinds.aws.lambda_permissions import permissions_in
from reconciler.kinds.aws.lambda_spec import ASYNCHRONOUS, CODE_TAG, LambdaFunction
from reconciler.kinds.base import Kind
from reconciler.kinds.verbs import Update
from reconciler.model import Call, Code, CodeMark, Content, Read, Ref

LEVELS = ("ApplicationLogLevel", "SystemLogLevel")
_OF_CODE = re.compile(r"(?P<tree>[0-9a-f]{64}):(?P<archive>[A-Za-z0-9+/]{43}=)")
# The value with which an update clears what it would otherwise keep (Terraform's provider; service model: patterns).
CLEARED: Mapping[str, Any] = MappingProxyType(
    {
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
        "DeadLetterConfig": {"TargetArn": ""},
        "KMSKeyArn": "",
    }
)


class FunctionAnswers(Kind[LambdaFunction]):
    """The translation of functions."""

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        id = members.get("FunctionName") or members.get("Id") or ""
        return str(id), str(members.get("FunctionArn") or members.get("Arn") or "")

    def of_structure(self, read: Read, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        """Returns the members of an answer. GetFunction nests the configuration; each answer has a RevisionId.

        Raises `CallError` if AWS shows the function without its tags: it would seem to be another stack's.
        """
        match read.operation:
            case "GetPolicy":
                return {"Policy": answer.get("Policy"), "PolicyRevisionId": answer.get("RevisionId")}
            case "GetFunctionEventInvokeConfig":
                # Its FunctionArn ends in the version.
                return {name: answer[name] for name in map(self.answered, ASYNCHRONOUS) if name in answer}
            case _:
                if wrong := answer.get("TagsError"):
                    why = (
                        f"GetFunction shows no tags ({wrong.get('Message')}); the role needs the action lambda:ListTags"
                    )
                    raise CallError(
                        read.name, str(wrong.get("ErrorCode")), why, fate=Fate.REFUSED, meaning=Meaning.DENIED
                    )
                configuration = answer.get("Configuration", {})
                whole = {**answer, **configuration, **answer.get("Concurrency", {})}
                # A signed address of the code is not needed, and must not get into a message.
                whole.pop("Code", None)
                return whole

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why the function cannot be changed. Apply waits for all other states.

        An update replaces all variables, so it needs to know them.
        """
        if error := members.get("Environment", {}).get("Error"):
            why = f"AWS does not show its environment ({error.get('ErrorCode')})"
            return f"{why}, and an update would delete the variables; grant the role kms:Decrypt on the function's key"
        wait = self.writing.wait
        assert wait is not None  # noqa: S101 (it is above)
        return super().unready(members) if wait.state(members) in wait.failed else ""

    def tags_of(self, members: Mapping[str, Any]) -> dict[str, str]:
        """Returns the tags, with the tree alone in that of the code; without it if another writer uploaded a code."""
        tags = super().tags_of(members)
        known = _OF_CODE.fullmatch(tags.pop(CODE_TAG, ""))
        is_own = known is not None and known["archive"] == members.get("CodeSha256")
        return tags | ({CODE_TAG: known["tree"]} if known and is_own else {})

    def with_kept(self, members: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
        if tree := tags.get(CODE_TAG):
            return {**members, "Code": Code(tree)}
        archive = members.get("CodeSha256")
        other = Content(b64decode(archive).hex(), members.get("CodeSize")) if archive else None
        return {**members, "Code": other}

    def read_field(self, field: str, value: Any) -> Any:
        match field:
            case "environment":
                return value.get("Variables", {})
            case "layers":
                return [layer["Arn"] if isinstance(layer, Mapping) else layer for layer in value]
            case "vpc_config":
                return value if value.get("SubnetIds") else None
            case "dead_letter_config":
                return value if value.get("TargetArn") else None
            case "permissions":
                return list(permissions_in(value))
            case "destination_config":
                return kept_destinations(value)
        return value

    def write_field(self, field: str, value: Any) -> Any:
        match field:
            case "environment":
                return {"Variables": value}
            case "code":
                return {"ZipFile": value}
            case "logging_config" if value.get("LogFormat") != "JSON":
                # A change to Text leaves the levels of JSON in the live value.
                return {name: item for name, item in value.items() if name not in LEVELS}
        return value

    def create_call(self, ref: Ref, spec: LambdaFunction, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        return super().create_call(ref, spec, _marked(tags), held)

    def tag_call(self, ref: Ref, tags: Mapping[str, str]) -> Call:
        return super().tag_call(ref, _marked(tags))

    def replace_call(self, ref: Ref, update: Update, spec: LambdaFunction) -> Call:
        call = super().replace_call(ref, update, spec)
        match call.operation:
            case "UpdateFunctionCode":
                params = dict(call.params)
                return self.call(call.operation, params | params.pop("Code", {}))
            case "UpdateFunctionConfiguration":
                return self.call(call.operation, {**CLEARED, **call.params})
        return call

    def stored_call(self, call: Call, code: Code, bucket: str, key: str) -> Call:
        params, place = dict(call.params), {"S3Bucket": bucket, "S3Key": key}
        if "Code" in params:
            return self.call(call.operation, {**params, "Code": place})
        del params["ZipFile"]
        return self.call(call.operation, {**params, **place})


def _marked(tags: Mapping[str, str]) -> dict[str, str]:
    """Returns tags in which apply adds AWS's hash of the archive to the tree of the code."""
    return {key: CodeMark(text) if key == CODE_TAG else text for key, text in tags.items()}
