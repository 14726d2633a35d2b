"""An invented kind with documents: a policy, any JSON, and a list of named policies."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.base import Kind
from reconciler.kinds.groups import Identity, Reading, Writing
from reconciler.kinds.services import CONNECT
from reconciler.kinds.verbs import Listing, Update
from reconciler.model import Each, JsonDocument, PolicyDocument, Resource, Spec, Unordered

ROLE = "arn:aws:iam::111122223333:role/Worker"


class NamedPolicy(Spec):
    name: str
    document: PolicyDocument
    note: str = ""


class Actor(Resource):
    """A resource that is like a role and like a schedule."""

    trust: Annotated[PolicyDocument, Field(description="Who may use it.")]
    input: JsonDocument | None = None
    policies: Annotated[Unordered[NamedPolicy], Each("name")] = ()


class ActorKind(Kind[Actor]):
    spec = Actor
    service = CONNECT
    identity = Identity("ActorId")
    reading = Reading(search=Listing("SearchActors", "Actors"))
    writing = Writing(
        create="CreateActor",
        delete="DeleteActor",
        updates=(Update("UpdateActor", ("trust", "input", "policies")),),
    )


def trust(*services: str, **keys: Any) -> dict[str, Any]:
    """Returns a trust policy for services, with more keys in its statement."""
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole", **keys}
    return {"Version": "2012-10-17", "Statement": [statement]}


def actor(**fields: Any) -> Actor:
    return Actor.model_validate({"name": "A", "trust": trust("lambda.amazonaws.com"), **fields})
