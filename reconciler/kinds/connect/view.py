"""The View kind: a page that agents see in a step-by-step guide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Deletion, Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.translation import AS_IN_CREATES
from reconciler.kinds.verbs import Detail, Listing, Update
from reconciler.kinds.words import Tagged
from reconciler.model import AwsName, DraftForm, JsonDocument, Ref, Resource, Unordered
from reconciler.model.spec import expecting, meanings

# The letters of the service model's patterns, which begin with anything but a space.
WORDS, SENTENCE = r"^[\w.:/=+@()'-][\w .:/=+@()'-]*$", r"^[\w.:/=+@,()'-][\w .:/=+@,()'-]*$"


class ViewTemplate(JsonDocument):
    """The template of a view."""

    has_file = True
    title = "View template"


class View(Tagged):
    """A page of a step-by-step guide. A flow shows it to the agent, and goes on with the agent's choice."""

    name: str = Field(
        min_length=1,
        max_length=255,
        pattern=WORDS,
        description="The name of the view, in 1 to 255 characters: letters, digits, spaces and _ . : / = + - @ ( ) '.",
        examples=["Customer card"],
        json_schema_extra=expecting("a name of letters, digits, spaces and _ . : / = + - @ ( ) '"),
    )
    description: str = Field(
        "",
        min_length=1,
        max_length=4096,
        pattern=SENTENCE,
        description="The purpose, in 1 to 4096 characters: those of a name, and commas. "
        "AWS can change it but not remove it.",
        examples=["Shows who is calling"],
        json_schema_extra=expecting("a text of letters, digits, spaces and _ . : / = + - @ , ( ) '"),
    )
    status: Literal["PUBLISHED", "SAVED"] = Field(
        "PUBLISHED",
        description="The status of the content. AWS cannot take back a published view.",
        json_schema_extra=meanings(
            PUBLISHED="AWS checks the content, and flows show it.", SAVED="A draft, which no flow shows by default."
        ),
    )
    template: Annotated[ViewTemplate, AwsName("Template", read="Content")] = Field(
        description="The template: a JSON file, or the document itself. With the actions, it has up to 400 kB."
    )
    actions: Annotated[
        Unordered[Annotated[str, Field(min_length=1, max_length=255)]], AwsName("Actions", read="Content")
    ] = Field(
        description="The actions that an agent can choose, which are the branches of the flow's block.",
        examples=[["Next", "Back"]],
    )

    @model_validator(mode="after")
    def _is_published(self) -> Self:
        """Counts the status as declared: a view that only exists as a draft is published by default."""
        self.model_fields_set.add("status")
        return self


class ViewKind(Kind[View]):
    spec = View
    service = CONNECT
    identity = Identity("ViewId")
    reading = Reading(
        search=Listing("SearchViews", "Views", {"MaxResults": 100}),
        # AWS's own views are named by their ARNs.
        lookup=Listing("ListViews", "ViewsSummaryList", {"Type": "CUSTOMER_MANAGED", "MaxResults": 100}),
        describe=("DescribeView", "View"),
        # The reference does not say whether a search answers the content.
        details=(Detail(("template", "actions", "status")),),
        draft=DraftForm("ViewId", ":$SAVED", "ResourceNotFoundException"),
    )
    writing = Writing(
        create="CreateView",
        delete="DeleteView",
        updates=(
            Update("UpdateViewMetadata", ("name", "description")),
            Update("UpdateViewContent", ("template", "actions", "status"), publishes=True),
        ),
        constants={"Status": "PUBLISHED"},
    )
    deletion = Deletion(irreversible="the view and its versions; flows that show it take the error branch")

    def id_and_arn(self, members: Mapping[str, Any]) -> tuple[str, str]:
        """Returns id and ARN. A create answers with the whole view."""
        return super().id_and_arn(members.get("View") or members)

    def is_one(self, members: Mapping[str, Any]) -> bool:
        """Returns whether the view is the customer's: AWS manages some."""
        return members.get("Type") != "AWS_MANAGED"

    def to_aws(self, spec: View, fields: Collection[str], names: Mapping[str, str] = AS_IN_CREATES) -> dict[str, Any]:
        params = super().to_aws(spec, fields, names)
        content = {name: params.pop(name) for name in ("Template", "Actions") if name in params}
        return {**params, "Content": content} if content else params

    def read_field(self, field: str, value: Any) -> Any:
        """Returns a member of the content. A draft may have neither."""
        match field:
            case "template":
                return value.get("Template", "")
            case "actions":
                return value.get("Actions", [])
        return value

    def refuses(self, ref: Ref, before: View | None, after: View | None, there: Mapping[Ref, Resource]) -> str:
        if before and after and (before.status, after.status) == ("PUBLISHED", "SAVED"):
            return "AWS cannot take back a published view; write status: PUBLISHED"
        return ""
