"""Finds the instance to ask and the assistant to write to: the flow's choice, or else the environment's."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.lambdas.session_data import event as names
from reconciler.lambdas.session_data import identifiers
from reconciler.lambdas.session_data.event import Request
from reconciler.lambdas.session_data.identifiers import Instance, Place, Session
from reconciler.lambdas.session_data.refusals import Code, Refused
from reconciler.lambdas.session_data.settings import Settings


@dataclass(frozen=True)
class Target:
    instance: str
    assistant: str
    region: str
    place: Place
    """Partition and account of the instance, if an ARN has them."""
    session: Session | None = None
    """The session that the flow passed, which needs no call."""


def find_target(request: Request, settings: Settings) -> Target:
    """Returns the target. Raises `Refused` if a part is missing, malformed or not on its list."""
    instance = _instance(request, settings)
    assistant = _assistant(request, settings)
    region = instance.place.region or settings.region
    if not region:
        raise Refused(Code.CONFIG_MISSING, "no Region: looked in ContactData.InstanceARN and AWS_REGION")
    return Target(instance.id, assistant, region, instance.place, _session(request, assistant))


def must_be_of(session: Session, assistant: str) -> Session:
    """Returns the session if it belongs to the assistant. AWS would report another one as missing, without a reason."""
    if session.assistant != assistant:
        raise Refused(
            Code.ASSISTANT_MISMATCH,
            f"the contact's session belongs to assistant {session.assistant}, not to {assistant}; "
            "compare the flow's assistant block with AI_ASSISTANT_ID",
        )
    return session


def _instance(request: Request, settings: Settings) -> Instance:
    sources = (
        ("parameter CONNECT_INSTANCE_ID", request.system.get(names.INSTANCE, "")),
        ("ContactData.InstanceARN", request.instance_arn),
        ("environment variable CONNECT_INSTANCE_ID", settings.instance),
    )
    own = identifiers.instance(request.instance_arn)
    for source, text in sources:
        if not text:
            continue
        if (instance := identifiers.instance(text)) is None:
            raise Refused(_blame(source), f"{source} must be an instance's id or ARN")
        _must_be_allowed(
            source, instance.id, settings.allowed_instances or _usual(own, settings), "ALLOWED_INSTANCE_IDS"
        )
        # An id has no Region; the event's ARN has one, if it is the same instance.
        return own if own and own.id == instance.id else instance
    raise Refused(Code.CONFIG_MISSING, f"no Amazon Connect instance: looked in {_all(sources)}")


def _usual(own: Instance | None, settings: Settings) -> frozenset[str]:
    """Returns the default list: the flow's own instance, and the one in the environment."""
    configured = identifiers.instance(settings.instance)
    return frozenset(instance.id for instance in (own, configured) if instance)


def _assistant(request: Request, settings: Settings) -> str:
    sources = (
        ("parameter AI_ASSISTANT_ID", request.system.get(names.ASSISTANT, "")),
        ("environment variable AI_ASSISTANT_ID", settings.assistant),
    )
    for source, text in sources:
        if not text:
            continue
        if (assistant := identifiers.assistant(text)) is None:
            raise Refused(_blame(source), f"{source} must be an assistant's id or ARN")
        if settings.allowed_assistants:
            _must_be_allowed(source, assistant, settings.allowed_assistants, "ALLOWED_ASSISTANT_IDS")
        return assistant
    raise Refused(Code.CONFIG_MISSING, f"no assistant: looked in {_all(sources)}")


def _session(request: Request, assistant: str) -> Session | None:
    text = request.system.get(names.SESSION, "")
    if not text:
        return None
    if (session := identifiers.session(text)) is None:
        raise Refused(Code.BAD_EVENT, "parameter SESSION_ARN must be the ARN of a session, as $.Wisdom.SessionArn is")
    return must_be_of(session, assistant)


def _must_be_allowed(source: str, id: str, allowed: frozenset[str], variable: str) -> None:
    if id not in allowed:
        raise Refused(Code.NOT_ALLOWED, f"{source}: {id} is not allowed; {variable} says which are")


def _blame(source: str) -> Code:
    return Code.CONFIG_INVALID if source.startswith("environment") else Code.BAD_EVENT


def _all(sources: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(source for source, _ in sources)
