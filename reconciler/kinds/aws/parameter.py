"""Parameters of AWS Systems Manager Parameter Store: settings that programs read by name, and never secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.fields import Names
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import SSM
from reconciler.kinds.verbs import Detail, IdBatch, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import Call, Clearable, Problem, Read, Ref, Scope, WrittenRecords
from reconciler.model.environment import Quotas
from reconciler.model.spec import REMEDY, expecting, meanings

SECURE = "SecureString"
WHY_NOT = "a manifest, a plan and an outcome would show the secret; declare kind: Secret, which has no value"
LARGEST = 4096  # bytes in the tier Standard (service model, PutParameter)


class Parameter(Tagged):
    """A parameter: a text, or a list of texts. Plans show its value, so never put a secret into it."""

    name: str = Field(
        max_length=1011,
        pattern=r"^((/[A-Za-z0-9_.-]+){2,15}|[A-Za-z0-9_.-]+)$",
        description="The name: a path such as /contact-centre/prod/queue, or one word. AWS cannot change it.",
        examples=["/contact-centre/prod/queue"],
        json_schema_extra=expecting("a name of a parameter: write /A/B, or one word of letters, digits and _ . -"),
    )
    value: str = Field(
        min_length=1,
        max_length=4096,
        description="The value, in up to 4096 bytes. Commas separate the items of a StringList.",
        examples=["Billing"],
    )
    type: Literal["String", "StringList"] = Field(
        "String",
        description="The type, which AWS cannot change. SecureString is refused: plans would show the secret.",
        json_schema_extra={
            **meanings(String="One text.", StringList="Texts, separated by commas."),
            REMEDY: f"SecureString is refused, because {WHY_NOT}",
        },
    )
    description: str = Field(
        "", max_length=1024, description="The purpose, in up to 1024 characters.", examples=["The queue for outages"]
    )
    allowed_pattern: Annotated[str | None, Clearable(by="")] = Field(
        None,
        max_length=1024,
        description="The regular expression that values must match. Null removes it.",
        examples=["^[A-Z][a-z]+$"],
    )


UNMANAGED = MappingProxyType(
    {
        "KeyId": f"only SecureString has a key: {WHY_NOT}",
        "Tier": "Standard is enough for settings; Advanced is billed by the month and has no way back",
        "Policies": "rules that delete or announce a value belong to the program that changes it",
        "DataType": "other types than text name an image or a link, which AWS checks later and without an answer",
    }
)


class ParameterKind(Kind[Parameter]):
    spec = Parameter
    service = SSM
    identity = Identity("Name", arn="arn:{partition}:ssm:{region}:{account}:parameter/{id}")
    reading = Reading(
        search=Listing("DescribeParameters", "Parameters", {"MaxResults": 50}),
        # Without `WithDecryption`, AWS answers no secret.
        describe=("GetParameters", "Parameters"),
        batch=IdBatch("Names", 10),
        details=(
            Detail(
                ("description", "allowed_pattern"),
                Listing("DescribeParameters", "Parameters", {"MaxResults": 50}),
            ),
        ),
        by_name=True,
        index="ssm:parameter",
    )
    writing = Writing(
        create="PutParameter",
        delete="DeleteParameter",
        updates=(Update("PutParameter", ("value", "description", "allowed_pattern")),),
        constants={"Type": "String"},
    )
    unmanaged = UNMANAGED

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        return str(members.get("Name") or members.get("Id") or ""), str(members.get("ARN") or members.get("Arn") or "")

    def arn_of(self, id: str, scope: Scope) -> str:
        """Returns the ARN, in which a path has one slash at its beginning."""
        return super().arn_of(id.removeprefix("/"), scope)

    def id_within(self, arn: str) -> str:
        name = super().id_within(arn)
        return f"/{name}" if "/" in name else name

    def detail_params(self, read: Read, own: Mapping[str, Any], arn: str) -> Mapping[str, Any]:
        return {"ParameterFilters": [{"Key": "Name", "Option": "Equals", "Values": [own["Name"]]}]}

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        return {key: items[0].get(key) for key in ("Description", "AllowedPattern")} if items else {}

    def unready(self, members: Mapping[str, Any]) -> str:
        return f"is a SecureString, which this tool leaves alone: {WHY_NOT}" if members.get("Type") == SECURE else ""

    def lasting(self, members: Mapping[str, Any]) -> str:
        return self.unready(members)

    def from_aws(self, answer: Mapping[str, Any], names: Names, name: str = "") -> Parameter:
        """Returns the spec, for a SecureString without its value: `unready` blocks every change of it."""
        hidden = {"Type": "String", "Value": "a SecureString"} if answer.get("Type") == SECURE else {}
        return super().from_aws({**answer, **hidden}, names, name)

    def replace_call(self, ref: Ref, update: Update, spec: Parameter) -> Call:
        call = super().replace_call(ref, update, spec)
        return self.call(call.operation, {**call.params, "Overwrite": True})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        value = declared.get("value")
        if isinstance(value, str) and (size := len(value.encode())) > LARGEST:
            message = f"has {size} bytes, and AWS takes {LARGEST} without a bill; shorten it, or keep it in a bucket"
            yield Problem("error", ("value",), message)
