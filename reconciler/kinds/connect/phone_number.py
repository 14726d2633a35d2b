"""The PhoneNumber kind: a number that the instance has claimed. AWS never gives a released number back at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.base import Declared, Kind
from reconciler.kinds.connect import phone_number_rules as rules
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Choice, Detail, Listing, Transfer, Update, Wait
from reconciler.kinds.words import Tagged
from reconciler.model import (
    AwsName,
    Call,
    Clearable,
    Does,
    LocalOnly,
    Problem,
    Read,
    Ref,
    RefTo,
    Resource,
    WrittenRecords,
)
from reconciler.model.environment import Quotas
from reconciler.model.spec import expecting, meanings

VOICE = "VOICE_PHONE_NUMBER"
SEARCHED = ("phone_number_country_code", "phone_number_type", "prefix")
_NUMBER = expecting("a phone number such as +442079460123: + and the country code, then digits without spaces")
_PREFIX = expecting("a prefix such as +4420: + and the country code, then the first digits, up to 11 in all")


class PhoneNumber(Tagged):
    """A phone number of the instance: one that apply claims, or one that the instance has already."""

    name: Annotated[str, LocalOnly()] = Field(
        description="A name of your choice. AWS has no names of numbers; a tag of the number keeps it.",
        examples=["main-line"],
    )
    phone_number: str | None = Field(
        None,
        pattern=r"^\+[1-9][0-9]{1,14}$",
        description="The number in E.164 format, to manage one that the instance has. Without it, apply claims one.",
        examples=["+442079460123"],
        json_schema_extra=_NUMBER,
    )
    phone_number_country_code: str | None = Field(
        None,
        pattern=r"^[A-Z]{2}$",
        description="The country of the number to claim, by its ISO code of two letters.",
        examples=["GB"],
        json_schema_extra=expecting("a country's ISO code such as GB"),
    )
    phone_number_type: (
        Literal["TOLL_FREE", "DID", "UIFN", "SHARED", "THIRD_PARTY_TF", "THIRD_PARTY_DID", "SHORT_CODE"] | None
    ) = Field(
        None,
        description="The type of the number to claim.",
        json_schema_extra=meanings(
            TOLL_FREE="Callers pay nothing.",
            DID="A local number.",
            UIFN="A number that is toll-free in many countries.",
            SHARED="A number whose costs callers and the contact centre share.",
            THIRD_PARTY_TF="A toll-free number of another carrier.",
            THIRD_PARTY_DID="A local number of another carrier.",
            SHORT_CODE="A number of few digits.",
        ),
    )
    prefix: Annotated[
        str | None,
        Field(
            pattern=r"^\+[0-9]{1,11}$",
            description="The first digits of the number to claim, with + and the country code.",
            examples=["+4420"],
            json_schema_extra=_PREFIX,
        ),
        AwsName("PhoneNumberPrefix"),
    ] = None
    description: Annotated[str, AwsName("PhoneNumberDescription")] = Field(
        "",
        max_length=500,
        description="The purpose of the number, in up to 500 characters. An empty text removes it.",
        examples=["Main line"],
    )
    contact_flow: Annotated[str | None, RefTo("ContactFlow", undeclared=True), Clearable()] = Field(
        None, description="The name of the flow that answers calls. Null means none.", examples=["Main"]
    )


READING = Reading(
    search=Listing("ListPhoneNumbersV2", "ListPhoneNumbersSummaryList", {"MaxResults": 1000}),
    describe=("DescribePhoneNumber", "ClaimedPhoneNumberSummary"),
    details=(
        # DescribePhoneNumber does not show the flow. Source: aws-sdk-js-v3, issue 7000.
        Detail(
            ("contact_flow",),
            Listing("BatchGetFlowAssociation", "FlowAssociationSummaryList", {"ResourceType": VOICE}),
            arns="ResourceIds",
        ),
    ),
    describes_each=True,
    index="connect:phone-number",
    write_only=frozenset({"prefix"}),
)
WRITING = Writing(
    create="ClaimPhoneNumber",
    delete="ReleasePhoneNumber",
    updates=(
        Update("UpdatePhoneNumberMetadata", ("description",)),
        Update("AssociatePhoneNumberContactFlow", ("contact_flow",), clear="DisassociatePhoneNumberContactFlow"),
    ),
    set_after_create=frozenset({"contact_flow"}),
    overwrites=True,  # a second claim would take a second number
    choice=Choice(
        Listing("SearchAvailablePhoneNumbers", "AvailableNumbersList", {"MaxResults": 10}),
        SEARCHED,
        member="PhoneNumber",
        token="ClientToken",  # noqa: S106 (the name of a parameter)
    ),
    wait=Wait(
        "PhoneNumberStatus.Status",
        "CLAIMED",
        ("FAILED",),
        ("PhoneNumberStatus", "Message"),
        frozenset({Does.CREATE, Does.UPDATE, Does.DELETE, Does.MOVE}),
    ),
    # Sources: service model, UpdatePhoneNumber and ListPhoneNumbersV2. AWS documents nothing about the outbound use.
    move=Transfer(
        "UpdatePhoneNumber",
        target="TargetArn",
        token="ClientToken",  # noqa: S106 (the name of a parameter)
        everywhere=Listing(
            "ListPhoneNumbersV2", "ListPhoneNumbersSummaryList", {"MaxResults": 1000, "InstanceId": None}
        ),
        loses="it loses its flow there, and AWS does not say whether queues and flows there may still call out with it",
    ),
)


class PhoneNumberKind(Kind[PhoneNumber]):
    spec = PhoneNumber
    service = CONNECT
    identity = Identity(
        "PhoneNumberId",
        key="phone_number",
        is_named_by_key=True,
        arn="arn:{partition}:connect:{region}:{account}:phone-number/{id}",
    )
    reading = READING
    writing = WRITING
    ordering = Ordering(keeps_alive=frozenset({"contact_flow"}), sees=("PhoneNumber",))
    deletion = Deletion(
        irreversible="AWS keeps a released number for up to 180 days, and may then give it to another customer",
        needs_both="a released number cannot be claimed back for up to 180 days",
    )
    quotas = (rules.NUMBERS,)
    # Only a manifest that names its number can move one here, so only its role may.
    calls_for = MappingProxyType({"phone_number": ("connect:UpdatePhoneNumber",)})

    def problems(self, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
        return rules.problems(declared)

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        return rules.problems_of_twins(declared)

    def refuses(
        self, ref: Ref, before: PhoneNumber | None, after: PhoneNumber | None, there: Mapping[Ref, Resource]
    ) -> str:
        """Returns why a number cannot be adopted: the instance does not have it, or under another name."""
        if before is not None or after is None or after.phone_number is None:
            return ""
        return rules.missing(ref, after.phone_number, there)

    def unreachable(self, declared: PhoneNumber, live: PhoneNumber) -> str:
        return rules.unreachable(declared, live)

    def instance_of(self, members: Mapping[str, Any]) -> str:
        return str(members.get("TargetArn") or "")

    def chooses(self, spec: PhoneNumber) -> str:
        """Returns what is searched: "GB DID number that begins with +4420"."""
        begins = f" that begins with {spec.prefix}" if spec.prefix else ""
        return f"{spec.phone_number_country_code} {spec.phone_number_type} number{begins}"

    def create_call(self, ref: Ref, spec: PhoneNumber, tags: Mapping[str, str], held: Collection[str] = ()) -> Call:
        """Returns the claim without its number, which apply adds. AWS takes country and type only in the search."""
        call = super().create_call(ref, spec, tags, held)
        searched = {self.param(field) for field in (*SEARCHED, "phone_number")}
        return self.call(call.operation, {name: it for name, it in call.params.items() if name not in searched})

    def key_of(self, spec: PhoneNumber) -> str:
        return spec.phone_number or ""

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        return {"ContactFlowId": items[0]["FlowId"]} if items else {}

    def unready(self, members: Mapping[str, Any]) -> str:
        """Returns why the number cannot be used: AWS also shows a failed move as FAILED."""
        status = members.get("PhoneNumberStatus") or {}
        if status.get("Status") == "FAILED":
            return f"AWS could not claim or move it: {status.get('Message') or 'it gives no reason'}"
        return super().unready(members)
