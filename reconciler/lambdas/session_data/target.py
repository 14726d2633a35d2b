"""Which instance to ask, which assistant to write to: first what the flow says, last what the environment says."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.lambdas.session_data import event as names
from reconciler.lambdas.session_data import identifiers
from reconciler.lambdas.session_data.event import Asked
from reconciler.lambdas.session_data.identifiers import Instance, Place, Session
from reconciler.lambdas.session_data.refusals import Code, Refused
from reconciler.lambdas.session_data.settings import Settings


@dataclass(frozen=True)
class Target:
    instance: str
    assistant: str
    region: str
    place: Place
    """Partition and account are the instance's, where an ARN tells them."""
    session: Session | None = None
    """What the flow has handed over, so that nobody needs to be asked."""


def find_target(asked: Asked, settings: Settings) -> Target:
    """Raises `Refused` where something is missing, malformed or not on its list."""
    instance = _instance(asked, settings)
    assistant = _assistant(asked, settings)
    region = instance.place.region or settings.region
    if not region:
        raise Refused(Code.CONFIG_MISSING, "no Region: looked in ContactData.InstanceARN and AWS_REGION")
    return Target(instance.id, assistant, region, instance.place, _session(asked, assistant))


def must_be_of(session: Session, assistant: str) -> Session:
    """The session, if it is the assistant's; any other would be reported as missing by AWS, with no word of why."""
    if session.assistant != assistant:
        raise Refused(
            Code.ASSISTANT_MISMATCH,
            f"the contact's session belongs to assistant {session.assistant}, not to {assistant}; "
            "compare the flow's assistant block with AI_ASSISTANT_ID",
        )
    return session


def _instance(asked: Asked, settings: Settings) -> Instance:
    sources = (
        ("parameter CONNECT_INSTANCE_ID", asked.system.get(names.INSTANCE, "")),
        ("ContactData.InstanceARN", asked.instance_arn),
        ("environment variable CONNECT_INSTANCE_ID", settings.instance),
    )
    own = identifiers.instance(asked.instance_arn)
    for source, text in sources:
        if not text:
            continue
        if (found := identifiers.instance(text)) is None:
            raise Refused(_blame(source), f"{source} must be an instance's id or ARN")
        _must_be_allowed(source, found.id, settings.allowed_instances or _usual(own, settings), "ALLOWED_INSTANCE_IDS")
        # An id alone says no Region; the event's ARN does, if it is the same instance.
        return own if own and own.id == found.id else found
    raise Refused(Code.CONFIG_MISSING, f"no Amazon Connect instance: looked in {_all(sources)}")


def _usual(own: Instance | None, settings: Settings) -> frozenset[str]:
    """Where no list is set: the instance that the flow runs in, and the one in the environment."""
    configured = identifiers.instance(settings.instance)
    return frozenset(each.id for each in (own, configured) if each)


def _assistant(asked: Asked, settings: Settings) -> str:
    sources = (
        ("parameter AI_ASSISTANT_ID", asked.system.get(names.ASSISTANT, "")),
        ("environment variable AI_ASSISTANT_ID", settings.assistant),
    )
    for source, text in sources:
        if not text:
            continue
        if (found := identifiers.assistant(text)) is None:
            raise Refused(_blame(source), f"{source} must be an assistant's id or ARN")
        if settings.allowed_assistants:
            _must_be_allowed(source, found, settings.allowed_assistants, "ALLOWED_ASSISTANT_IDS")
        return found
    raise Refused(Code.CONFIG_MISSING, f"no assistant: looked in {_all(sources)}")


def _session(asked: Asked, assistant: str) -> Session | None:
    text = asked.system.get(names.SESSION, "")
    if not text:
        return None
    if (found := identifiers.session(text)) is None:
        raise Refused(Code.BAD_EVENT, "parameter SESSION_ARN must be the ARN of a session, as $.Wisdom.SessionArn is")
    return must_be_of(found, assistant)


def _must_be_allowed(source: str, id: str, allowed: frozenset[str], variable: str) -> None:
    if id not in allowed:
        raise Refused(Code.NOT_ALLOWED, f"{source}: {id} is not allowed; {variable} says which are")


def _blame(source: str) -> Code:
    return Code.CONFIG_INVALID if source.startswith("environment") else Code.BAD_EVENT


def _all(sources: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(source for source, _ in sources)
