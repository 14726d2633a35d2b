"""An AWS service as a value: its names, its tags, the meanings of its errors, its rates and its IAM actions.

Whatever differs between services is in this table, so that the stages and the client need no special case. The values
are in `reconciler.kinds.services`. A rule that only one kind of a service needs belongs to the kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, NamedTuple

from reconciler.errors import Meaning
from reconciler.pacing import CONNECT_DEFAULT, Rate


class Casing(Enum):
    """How a service writes the first letter of its parameters."""

    PASCAL = "TimeZone"
    CAMEL = "timeZone"

    def of(self, name: str) -> str:
        return (name[0].upper() if self is Casing.PASCAL else name[0].lower()) + name[1:]


class By(Enum):
    """The property by which a parameter identifies a resource. A name or a URL is the id of other calls too."""

    ARN = "arn"
    ID = "id"
    NAME = "name"
    URL = "url"


class TagShape(Enum):
    """The form of tags in calls and answers."""

    MAP = ()
    PAIRS = ("Key", "Value")
    LOWER_PAIRS = ("key", "value")


@dataclass(frozen=True)
class Tagging:
    """How a service writes and reads tags.

    create: the parameter of creates, and the member of answers, with the tags.
    create_in: the parameter of creates that contains `create`, if they do not take it themselves.
    tags_in: the member of `tags` that has them, if it is a structure.
    absent: the error codes of `read` for a resource without tags.
    is_own: the tags are attributes of the resource itself, so that manifests declare none.
    tag, untag: the operations. `resource` names the resource in both, `tags` and `keys` have what they write.
    also: other parameters of every call on tags.
    replaces_all: `tag` replaces all tags, so that it must send those of other writers too, and removes the others.
    read: the operation that lists the tags of one resource, for services or kinds whose other answers have none.
    answered: the member of that operation's answer with the tags, if its name differs from `create`.
    """

    create: str = "Tags"
    shape: TagShape = TagShape.MAP
    tag: str = "TagResource"
    untag: str = "UntagResource"
    resource: str = "ResourceArn"
    by: By = By.ARN
    tags: str = "Tags"
    keys: str = "TagKeys"
    also: Mapping[str, str] = field(default_factory=dict)
    replaces_all: bool = False
    read: str = ""
    answered: str = ""
    create_in: str = ""
    tags_in: str = ""
    absent: frozenset[str] = frozenset()
    is_own: bool = False

    def encode(self, tags: Mapping[str, str]) -> Any:
        """Returns tags in the service's form."""
        if self.shape is TagShape.MAP:
            return dict(tags)
        key, value = self.shape.value
        return [{key: name, value: text} for name, text in tags.items()]

    def decode(self, tags: Any) -> dict[str, str]:
        """Returns the tags of an answer, or of a call. `None` is none, and a map is taken as it is."""
        if tags is None or isinstance(tags, Mapping):
            return dict(tags or {})
        key, value = self.shape.value
        return {pair[key]: pair.get(value, "") for pair in tags}

    def target(self, id: Any, arn: Any) -> dict[str, Any]:
        """Returns the parameter that names the resource in every call on its tags."""
        return {**self.also, self.resource: arn if self.by is By.ARN else id}

    def written(self, params: Mapping[str, Any]) -> dict[str, str]:
        """Returns the tags that a call of `tag` writes; none for a call of `untag`."""
        tags = params.get(self.tags)
        return self.decode((tags or {}).get(self.tags_in) if self.tags_in else tags)

    def created(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Returns the parameter with the tags of a create."""
        own = {self.create: self.encode(tags)}
        return {self.create_in: own} if self.create_in else own

    def sent(self, tags: Mapping[str, str]) -> dict[str, Any]:
        """Returns the parameter with the tags of a call of `tag`."""
        return {self.tags: {self.tags_in: self.encode(tags)} if self.tags_in else self.encode(tags)}

    def removed(self, params: Mapping[str, Any]) -> tuple[str, ...]:
        """Returns the keys that a call of `untag` removes; none for a call of `tag`."""
        return tuple(params.get(self.keys, ()))


class Refusal(NamedTuple):
    """The meaning of an error code. Where a code has several meanings, `words` in the message distinguish them."""

    code: str
    meaning: Meaning
    words: str = ""

    def covers(self, code: str, message: str) -> bool:
        return code == self.code and self.words.casefold() in message.casefold()


class Grant(NamedTuple):
    """The resources on which IAM grants operations, with `{instance}`, `{partition}`, `{region}` and `{account}`.

    `{artifacts}` is the bucket for archives of functions.

    operations: those that are granted on these resources only. A grant without any is for all that no other grant has.
    also: operations that another grant has too.
    together: operations that another grant has too, granted here only together with the one that is their key.
    unless: operations of another use. With them, this grant counts only if one of its own `operations` is needed too.
    """

    resources: tuple[str, ...]
    operations: frozenset[str] = frozenset()
    also: frozenset[str] = frozenset()
    together: Mapping[str, frozenset[str]] = MappingProxyType({})
    unless: frozenset[str] = frozenset()


ANYWHERE = ("*",)
# Codes that mean the same in every service (AWS general reference, "Common errors"; botocore's retry rules). A row of
# the service itself comes first: LimitExceededException is a full quota here, and throttling elsewhere.
_THROTTLING = (
    *("ThrottlingException", "TooManyRequestsException", "Throttling", "RequestLimitExceeded", "ThrottledException"),
    *("Throttled", "RequestThrottled", "RequestThrottledException", "SlowDown", "KmsThrottlingException"),
)
COMMON = (
    *(Refusal(code, Meaning.THROTTLED) for code in _THROTTLING),
    *(Refusal(code, Meaning.DENIED) for code in ("AccessDenied", "AccessDeniedException", "AuthorizationError")),
    Refusal("ServiceQuotaExceededException", Meaning.QUOTA),
    Refusal("ResourceNotFoundException", Meaning.GONE),
)


@dataclass(frozen=True, eq=False)
class Service:
    """One AWS service. `name` is boto3's, `title` is for messages, `prefix` is IAM's.

    actions: the IAM actions whose names differ from their operations.
    refusals: what its error codes mean; the first row that fits counts, then `COMMON`.
    rate, rates: the calls that AWS allows, by default and by operation.
    instance: the parameter that AWS takes the Connect instance by; "" if calls belong to account and Region.
    located: the parameter and its member that name the Region, by operation. AWS takes none of us-east-1.
    is_global: the service has no Region, so that two environments of one account share its names.
    reserved: beginnings of names that AWS keeps for itself.
    passes: the operations that hand over a role, each with the service principal that gets it.
    page: the address of AWS's page on an operation.
    """

    name: str
    title: str
    prefix: str = ""
    actions: Mapping[str, str] = field(default_factory=dict)
    tagging: Tagging | None = None
    casing: Casing = Casing.PASCAL
    refusals: tuple[Refusal, ...] = ()
    rate: Rate = CONNECT_DEFAULT
    rates: Mapping[str, Rate] = field(default_factory=dict)
    instance: str = ""
    located: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    is_global: bool = False
    reserved: tuple[str, ...] = ("aws:",)
    grants: tuple[Grant, ...] = (Grant(ANYWHERE),)
    passes: Mapping[str, str] = field(default_factory=dict)
    page: str = ""

    @property
    def all_refusals(self) -> tuple[Refusal, ...]:
        return (*self.refusals, *COMMON)

    @property
    def handing_over(self) -> Iterator[tuple[str, str]]:
        """The actions of `passes`, each with the service principal that gets the role."""
        return ((self.action(operation), principal) for operation, principal in self.passes.items())

    def meaning(self, code: str, message: str) -> Meaning:
        """Returns what a refusal of this service means."""
        return next((row.meaning for row in self.all_refusals if row.covers(code, message)), Meaning.OTHER)

    def granted(self, actions: Collection[str]) -> Iterator[tuple[Grant, frozenset[str]]]:
        """Yields the grants of this service with those of the actions that they allow. Other actions are skipped."""
        own = frozenset(action for action in actions if action.partition(":")[0] == (self.prefix or self.name))
        apart = {self.action(operation) for grant in self.grants for operation in grant.operations}
        for grant in self.grants:
            if not own.isdisjoint(map(self.action, grant.unless)) and own.isdisjoint(
                map(self.action, grant.operations)
            ):
                continue
            others = {it for key, several in grant.together.items() if self.action(key) in own for it in several}
            named = {self.action(operation) for operation in (*grant.operations, *grant.also, *others)}
            yield grant, own & (named if named else own - apart)

    def action(self, operation: str) -> str:
        """Returns the IAM action that allows an operation."""
        return f"{self.prefix or self.name}:{self.actions.get(operation, operation)}"
