"""The EmailAddress kind: an address at which customers write to the instance, and from which it answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Declared, Kind, Sent
from reconciler.kinds.groups import Deletion, Identity, Ordering, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Detail, Listing, Set, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, Call, Clearable, Each, Problem, Read, Ref, RefTo, Unordered
from reconciler.model.ownership import STACK
from reconciler.model.spec import expecting

INBOUND = {"ResourceType": "INBOUND_EMAIL"}
ALIASES = "aliasConfigurations"


class EmailAddress(Tagged):
    """An e-mail address of the instance. Its domain must be one of the instance's own."""

    name: Annotated[
        str,
        Field(
            min_length=1,
            max_length=255,
            pattern=r"^[^\s@]+@[^\s@]+\.[^\s@]+$",
            description="The address, in up to 255 characters. AWS cannot change it.",
            examples=["support@example.com"],
            json_schema_extra=expecting("an address such as support@example.com"),
        ),
        AwsName("EmailAddress"),
    ]
    description: str = Field(
        "",
        max_length=4096,
        description="The purpose, in up to 4096 characters. An empty text removes it.",
        examples=["Answers about orders"],
    )
    display_name: str = Field(
        "",
        max_length=256,
        description="The sender's name that customers see, in up to 256 characters. An empty text removes it.",
        examples=["Acme Support"],
    )
    contact_flow: Annotated[
        str | None, RefTo("ContactFlow", by="Arn", undeclared=True), AwsName("FlowId"), Clearable()
    ] = Field(
        None,
        description="The name of the flow that e-mails to the address begin. Null means none: the address only sends.",
        examples=["E-mail"],
    )
    alias_configurations: Annotated[
        Unordered[Annotated[str, RefTo("EmailAddress", undeclared=True)]],
        AwsName("AliasConfiguration", read="AliasConfigurations"),
        Each(),
    ] = Field(
        (),
        max_length=1,
        description="The other address of the instance whose e-mails are forwarded to this one. AWS allows one.",
        examples=[["help@example.com"]],
    )


class EmailAddressKind(Kind[EmailAddress]):
    spec = EmailAddress
    service = CONNECT
    identity = Identity("EmailAddressId", is_named_by_key=True)
    reading = Reading(
        search=Listing("SearchEmailAddresses", "EmailAddresses", {"MaxResults": 100}),
        candidates=Listing("SearchEmailAddresses", "EmailAddresses", {"MaxResults": 100}),
        describe=("DescribeEmailAddress", ""),
        details=(
            # No description shows the flow.
            Detail(
                ("contact_flow",),
                Listing("BatchGetFlowAssociation", "FlowAssociationSummaryList", INBOUND),
                arns="ResourceIds",
            ),
        ),
        describes_each=True,
    )
    writing = Writing(
        create="CreateEmailAddress",
        delete="DeleteEmailAddress",
        updates=(
            Update("UpdateEmailAddressMetadata", ("description", "display_name")),
            Update("AssociateFlow", ("contact_flow",), clear="DisassociateFlow", arn="ResourceId"),
        ),
        sets=(
            Set(
                "alias_configurations",
                add="AssociateEmailAddressAlias",
                remove="DisassociateEmailAddressAlias",
                batch=1,
                most=1,
                one_by_one=True,
            ),
        ),
        set_after_create=frozenset({"contact_flow", "alias_configurations"}),
    )
    ordering = Ordering(
        keeps_alive=frozenset({"contact_flow"}),
        needs=("IntegrationAssociation",),  # one of a domain of Amazon SES
    )
    deletion = Deletion(irreversible="e-mails that arrive while the address is missing do not become contacts")

    def tagged_by(self, owner: str) -> dict[str, Any]:
        return {"SearchFilter": {"TagFilter": {"TagCondition": {"TagKey": STACK, "TagValue": owner}}}}

    def among(self, declared: Declared) -> Iterator[tuple[Ref, Problem]]:
        """Yields the aliases that AWS refuses: of two addresses, or of an alias (API, AssociateEmailAddressAlias)."""
        first: dict[str, Ref] = {}
        aliases = {ref: _aliases(spec) for ref, spec in sorted(declared.items()) if ref.kind == self.name}
        for ref, named in aliases.items():
            for alias in named:
                other = Ref(self.name, alias)
                if alias in first:
                    yield ref, Problem("error", (ALIASES,), f"{alias} is an alias of {first[alias]} too; delete one")
                elif aliases.get(other):
                    message = f"{alias} has an alias of its own, and AWS allows no chain; delete one"
                    yield ref, Problem("error", (ALIASES,), message)
                first.setdefault(alias, ref)

    def write_field(self, field: str, value: Any) -> Any:
        return [{"EmailAddressId": id} for id in value] if field == "alias_configurations" else value

    def replace_call(self, ref: Ref, update: Update, spec: EmailAddress) -> Call:
        """Returns the update. That of the flow says which of the address's flows it sets."""
        call = super().replace_call(ref, update, spec)
        return self.call(call.operation, {**call.params, **INBOUND}) if update.arn else call

    def remove_calls(self, ref: Ref, members: Set, spec: EmailAddress, items: Iterable[Any]) -> Iterator[Sent]:
        """Yields the calls that remove aliases, in the structure that adds them."""
        return self._member_calls(ref, members, members.remove, spec, items)

    def detail_members(self, read: Read, items: list[Any]) -> Mapping[str, Any]:
        return {"FlowId": items[0]["FlowId"]} if items else {}


def _aliases(spec: Mapping[str, Any]) -> tuple[str, ...]:
    named = spec.get(ALIASES)
    return tuple(alias for alias in named if isinstance(alias, str)) if isinstance(named, list | tuple) else ()
