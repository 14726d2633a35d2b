"""The ApprovedOrigin kind: a web site that may embed the agents' panel."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing
from reconciler.model import AwsName, Ownership, Resource
from reconciler.model.spec import expecting


class ApprovedOrigin(Resource):
    """A web site that may embed the agents' panel. It has no tags, so it is managed while it is declared."""

    name: Annotated[
        str,
        Field(
            max_length=267,
            pattern=r"^https?://[^/\s]+$",
            description="The scheme, host and port of the site, without a path, in up to 267 characters.",
            examples=["https://desk.example.com"],
            json_schema_extra=expecting("an origin such as https://desk.example.com, without a path or a last slash"),
        ),
        AwsName("Origin"),
    ]


class ApprovedOriginKind(Kind[ApprovedOrigin]):
    spec = ApprovedOrigin
    service = CONNECT
    ownership = Ownership.DECLARED
    identity = Identity("Origin")
    reading = Reading(search=Listing("ListApprovedOrigins", "Origins", {"MaxResults": 25}))
    writing = Writing(create="AssociateApprovedOrigin", delete="DisassociateApprovedOrigin")
