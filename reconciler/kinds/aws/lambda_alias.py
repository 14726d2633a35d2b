"""Aliases of Lambda functions: published versions, and the concurrency that AWS keeps ready for them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.aws.lambda_parts import Age, Attempts, Destinations, kept_destinations
from reconciler.kinds.aws.lambda_spec import ASYNCHRONOUS
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import LAMBDA
from reconciler.kinds.verbs import Detail, Listing, Publication, Update
from reconciler.model import (
    AwsName,
    Call,
    Clearable,
    IdOf,
    Ownership,
    Problem,
    Read,
    Ref,
    Resource,
    Scope,
    WrittenRecords,
)
from reconciler.model.content import PublishedVersion
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting

FUNCTION = "LambdaFunction"
LONGEST_RELEASE = 200
PUBLISH = "PublishVersion"
_STATES = ("State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason", "SnapStart")
UNMANAGED = MappingProxyType(
    {
        "RevisionId": "apply reads the alias right before each change",
        "RoutingConfig": "gradual releases are made with other tools",
    }
)
_RELEASE = re.compile(r"(?P<release>.+) \(version (?P<version>[0-9]+)\)")


class LambdaAlias(Resource):
    """A name for a published version of a function, which callers call in its place. AWS has no tags of aliases."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9_-]{1,64}/(?![0-9]+$)[A-Za-z0-9_-]{1,128}$",
        description="The function and the alias, FUNCTION/ALIAS. The alias is not just a number. AWS cannot change it.",
        examples=["lookup/live"],
        json_schema_extra=expecting("an alias of a function: write FUNCTION/ALIAS"),
    )
    release: Annotated[str, AwsName("Description")] = Field(
        max_length=LONGEST_RELEASE,
        pattern=r"^\S(.*\S)?$",
        description="A text for what the alias leads to, in up to 200 characters. When it changes, apply publishes the "
        "function's code and configuration as a version, and moves the alias there.",
        examples=["2026-11"],
        json_schema_extra=expecting("a text without spaces at its ends"),
    )
    provisioned_concurrent_executions: Annotated[
        int | None,
        AwsName("ProvisionedConcurrentExecutions", read="RequestedProvisionedConcurrentExecutions"),
        Clearable(),
    ] = Field(
        None,
        ge=1,
        description="The calls for which AWS keeps the version ready, so that none waits for a start. AWS bills them "
        "by the hour, and makes them ready within minutes; null ends it.",
        examples=[2],
    )
    maximum_retry_attempts: Attempts = 2
    maximum_event_age_in_seconds: Age = 21_600
    destination_config: Destinations = None


DETAILS = (
    Detail(
        ("provisioned_concurrent_executions",),
        describe=("GetProvisionedConcurrencyConfig", ""),
        absent=frozenset({"ProvisionedConcurrencyConfigNotFoundException"}),
    ),
    # Calls of an alias have settings of their own; those of the function are for its newest code.
    Detail(
        ASYNCHRONOUS,
        describe=("GetFunctionEventInvokeConfig", ""),
        absent=frozenset({"ResourceNotFoundException"}),
    ),
)
UPDATES = (
    Update("UpdateAlias", ("release",)),
    Update(
        "PutProvisionedConcurrencyConfig",
        ("provisioned_concurrent_executions",),
        clear="DeleteProvisionedConcurrencyConfig",
    ),
    Update("PutFunctionEventInvokeConfig", ASYNCHRONOUS, clear="DeleteFunctionEventInvokeConfig"),
)
PUBLICATION = Publication(
    *(PUBLISH, ("FunctionName",), "Version"),
    listing=Listing("ListVersionsByFunction", "Versions", {"MaxItems": 50}),
    newest="$LATEST",
    apart=frozenset({"Version", "FunctionArn", "Description", "RevisionId", "LastModified", *_STATES}),
)

READING = Reading(
    search=Listing("ListAliases", "Aliases", {"MaxItems": 50}),
    describe=("GetAlias", ""),
    by_name=True,
    within=(FUNCTION, "FunctionName"),
    within_each=True,
    details=DETAILS,
)
WRITING = Writing(
    create="CreateAlias",
    delete="DeleteAlias",
    updates=UPDATES,
    set_after_create=frozenset({"provisioned_concurrent_executions", *ASYNCHRONOUS}),
    publication=PUBLICATION,
)


class LambdaAliasKind(Kind[LambdaAlias]):
    spec = LambdaAlias
    service = LAMBDA
    ownership = Ownership.DECLARED
    identity = Identity("FunctionName", arn="arn:{partition}:lambda:{region}:{account}:function:{id}")
    reading = READING
    writing = WRITING
    # A version freezes what the function has: the code and the configuration of the same run.
    ordering = Ordering(follows=frozenset({"release"}), followed=frozenset({FUNCTION}))
    deletion = Deletion(breaks="whatever calls the alias fails; its version stays")
    unmanaged = UNMANAGED

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns FUNCTION:ALIAS as the id, because a name alone is not unique."""
        name = self.keys_of(members)[0]
        return name.replace("/", ":"), str(members.get("AliasArn") or members.get("Arn") or "")

    def keys_of(self, members: Mapping[str, Any]) -> tuple[str, ...]:
        if arn := members.get("AliasArn"):
            return (str(arn).rpartition(":function:")[2].replace(":", "/"),)
        return (f"{members.get('FunctionName')}/{members.get('Name')}",)

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether this tool has moved the alias: a function may have aliases of others too."""
        return "AliasArn" not in members or _RELEASE.fullmatch(members.get("Description") or "") is not None

    def container(self, spec: LambdaAlias) -> Ref:
        return Ref(FUNCTION, spec.name.partition("/")[0])

    def named(self, name: str, scope: Scope) -> dict[str, Any]:
        return _split(name)

    def own_of(self, members: Mapping[str, Any]) -> dict[str, Any]:
        return _split(self.keys_of(members)[0])

    def own(self, ref: Ref, spec: LambdaAlias) -> dict[str, Any]:
        return _split(spec.name)

    def create_call(self, ref: Ref, spec: LambdaAlias, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        return self.call(self.writing.create, _publishing(self.container(spec), spec))

    def replace_call(self, ref: Ref, update: Update, spec: LambdaAlias) -> Call:
        call = super().replace_call(ref, update, spec)
        if call.operation == "UpdateAlias":
            return self.call(call.operation, _publishing(self.container(spec), spec))
        params = dict(call.params)
        return self.call(call.operation, {"Qualifier": params.pop("Name"), **params})

    def read_params(self, read: Read, own: Mapping[str, Any]) -> Mapping[str, Any]:
        if read.operation == "GetAlias":
            return own
        return {"FunctionName": own["FunctionName"], "Qualifier": own.get("Name")}

    def of_structure(self, read: Read, answer: Mapping[str, Any]) -> Mapping[str, Any]:
        if read.operation == "GetFunctionEventInvokeConfig":
            return {name: answer[name] for name in map(self.answered, ASYNCHRONOUS) if name in answer}
        return answer

    def read_field(self, field: str, value: Any) -> Any:
        return kept_destinations(value) if field == "destination_config" else value

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> LambdaAlias:
        """Returns the spec. An alias that another writer moved has the number of its version as its release."""
        members = {**answer, "Name": self.keys_of(answer)[0], "Description": _release_of(answer)}
        return super().from_aws(members, names, name)

    def costs(self, spec: LambdaAlias) -> str:
        kept = spec.provisioned_concurrent_executions
        return f"provisioned concurrency of {kept} by the hour" if kept else ""

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        release = declared.get("release")
        if isinstance(release, str) and _RELEASE.fullmatch(release):
            message = "apply adds the number of the version itself; delete it"
            yield Problem("error", ("release",), message)


def _release_of(answer: Mapping[str, Any]) -> str:
    """Returns the release that the alias leads to, or its version if another writer moved it."""
    written = _RELEASE.fullmatch(answer.get("Description") or "")
    version = str(answer.get("FunctionVersion"))
    return written["release"] if written and written["version"] == version else f"version {version}"


def _publishing(function: Ref, spec: LambdaAlias) -> dict[str, Any]:
    """Returns the parameters that lead the alias to a new version. Its description says which one the release is."""
    number = PublishedVersion.NUMBER
    text = PublishedVersion(f"{spec.release} (version {number})", PUBLISH)
    moved = {"FunctionVersion": PublishedVersion(number, PUBLISH), "Description": text}
    # The reference makes it wait until the function is as declared.
    return {**_split(spec.name), "FunctionName": IdOf(function), **moved}


def _split(name: str) -> dict[str, Any]:
    function, _, alias = name.partition("/")
    return {"FunctionName": function, "Name": alias}
