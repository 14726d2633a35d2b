"""Reads the faults that the sandbox serves, from JSON.

    {"seed": 1,
     "rate": {"perSecond": 2, "burst": 5, "operations": {"SearchDataTables": {"perSecond": 10, "burst": 20}}},
     "latencyMs": 50,
     "error": {"probability": 0.05} or {"every": 9, "burst": 3, "code": "ThrottlingException", "operations": [...]} or a list,
     "dropBefore": {"every": 7}, "lostReply": {"every": 7, "operations": ["BatchCreateDataTableValue"]},
     "itemFailure": {"every": 40}, "otherWriter": {"every": 5, "mode": "bump|change|delete|create"},
     "pageCap": 3, "emptyPage": {"every": 4}, "shuffle": true, "searchLag": {"calls": 3},
     "consistency": {"calls": 3}, "creation": {"calls": 2, "fails": "reason"},
     "claim": {"calls": 2, "fails": "reason"},
     "propagation": {"calls": 3}, "deletion": {"calls": 3}, "settling": {"calls": 2, "fails": "reason"},
     "tables": {"calls": 3}, "statements": {"calls": 3},
     "stall": {"call": 17, "when": "before|after", "operations": ["CreateQueue"]},
     "switches": {...}, "quotas": {...}}

`searchLag` hides changes from searches, and new and deleted log groups from the tag index, for this many accepted calls. `consistency` hides a new resource from reads by
id; among services beside Connect, IAM, SQS and DynamoDB have it. `creation` keeps a new instance in progress; the default is one call.
`claim` does so with a phone number that is claimed, moved or changed, and fails a claim or a move.
`settling` keeps a new function Pending, a changed one InProgress, and a mapping in the state of its change; the default
is one call. With a reason they fail.
`propagation` keeps a new role or trust policy of IAM unknown to other services. `deletion` keeps a schedule group in
the state DELETING; the default is one call. `tables` keeps a table of DynamoDB in the states CREATING, UPDATING and
DELETING; by default, AWS's work is done at once. `statements` shows a statement of Redshift's Data API as started for
this many accepted calls; by default, until the database has run it.

Faults apply to every service. A fault with `every`, and `stall`, may name `operations`: `Operation` in any service, or
`service:Operation`. Without them it applies to those that its name suggests (see `injection`). An error without them
applies to the services that have it. ThrottlingException and InternalServiceException stand for each service's own
codes (see `codes`).
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox import codes, shapes
from reconciler.sandbox.attempt import Attempt
from reconciler.sandbox.errors import WrongSetting
from reconciler.sandbox.switches import Quotas, Switches, read_quotas, read_switches

MODES = ("bump", "change", "delete", "create")


@dataclass(frozen=True)
class Bucket:
    per_second: float
    burst: float


@dataclass(frozen=True)
class Rate:
    every_operation: Bucket | None
    operations: Mapping[str, Bucket]

    def bucket(self, attempt: Attempt) -> Bucket | None:
        """Returns the bucket of an operation: the one of its service, the one of its name, or the common one."""
        by_name = self.operations.get(attempt.operation, self.every_operation)
        return self.operations.get(attempt.name, by_name)


@dataclass(frozen=True)
class Every:
    """The n-th, 2n-th, … time; `burst` times in a row if it is above 1."""

    every: int = 0
    operations: frozenset[str] | None = None
    burst: int = 1
    probability: float = 0.0
    code: str = "InternalServiceException"
    mode: str = "bump"


@dataclass(frozen=True)
class Stall:
    """The call with this number gets no answer until the faults are replaced, before or after it was carried out.

    `operations`: only their calls are counted.
    """

    call: int
    when: str = "before"
    operations: frozenset[str] | None = None


@dataclass(frozen=True)
class CreationFault:
    """A new instance or number is in progress for this many calls. It fails afterwards if there is a reason."""

    calls: int = 1
    fails: str = ""


@dataclass(frozen=True)
class Faults:
    seed: int = 1
    rate: Rate | None = None
    latency: float = 0.0
    errors: tuple[Every, ...] = ()
    drop_before: Every | None = None
    lost_reply: Every | None = None
    item_failure: Every | None = None
    other_writer: Every | None = None
    page_cap: int | None = None
    empty_page: Every | None = None
    shuffle: bool = False
    search_lag: int = 0
    consistency: int = 0
    creation: CreationFault | None = None
    claim: CreationFault | None = None
    propagation: int = 0
    deletion: int = 1
    settling: CreationFault = CreationFault()
    tables: int = 0
    statements: int = 0
    stall: Stall | None = None
    switches: Switches = field(default_factory=Switches)
    quotas: Quotas = field(default_factory=Quotas)


def read_faults(given: Mapping[str, Any] | None) -> Faults:
    """Returns the faults of a JSON object. Raises `WrongSetting`."""
    faults: dict[str, Any] = {}
    for key, value in _object("faults", {} if given is None else given, READERS).items():
        field_name, read = READERS[key]
        faults[field_name] = read(key, value)
    return Faults(**faults)


def _rate(where: str, value: Any) -> Rate:
    given = dict(_object(where, value, {"perSecond", "burst", "operations"}))
    named = given.pop("operations", {})
    if not isinstance(named, Mapping):
        raise WrongSetting(f"{where}.operations: must be an object of operations")
    known = _operations(f"{where}.operations", list(named))
    if not given and not known:
        raise WrongSetting(f"{where}: needs perSecond and burst, or operations")
    buckets = {name: _bucket(f"{where}.operations.{name}", bucket) for name, bucket in named.items()}
    return Rate(_bucket(where, given) if given else None, buckets)


def _bucket(where: str, value: Any) -> Bucket:
    given = _object(where, value, {"perSecond", "burst"})
    if set(given) != {"perSecond", "burst"}:
        raise WrongSetting(f"{where}: needs both perSecond and burst")
    return Bucket(_above_zero(f"{where}.perSecond", given["perSecond"]), _above_zero(f"{where}.burst", given["burst"]))


def _errors(where: str, value: Any) -> tuple[Every, ...]:
    if isinstance(value, list):
        return tuple(_error(f"{where}[{place}]", item) for place, item in enumerate(value))
    return (_error(where, value),)


def _error(where: str, value: Any) -> Every:
    given = _object(where, value, {"probability", "every", "burst", "code", "operations"})
    if ("probability" in given) == ("every" in given):
        raise WrongSetting(f"{where}: needs either probability or every")
    probability = given.get("probability", 0.0)
    if type(probability) not in (int, float) or not 0 <= probability <= 1:
        raise WrongSetting(f"{where}.probability: must be within 0 and 1")
    code = given.get("code", "InternalServiceException")
    named = _named(where, given)
    services = {name.partition(":")[0] for name in named or () if ":" in name}
    if not any(codes.is_error_of(service, code) for service in (*sorted(services), *shapes.SERVED)):
        raise WrongSetting(f"{where}.code: {code!r} is not an error of the service")
    every = _count(f"{where}.every", given["every"]) if "every" in given else 0
    burst = _count(f"{where}.burst", given.get("burst", 1))
    if every and burst > every:
        raise WrongSetting(f"{where}.burst: must not be above every")
    return Every(every, named, burst, float(probability), code)


def _every(where: str, value: Any) -> Every:
    given = _object(where, value, {"every", "operations"})
    return Every(_count(f"{where}.every", given.get("every")), _named(where, given))


def _empty_page(where: str, value: Any) -> Every:
    every = _every(where, value)
    if every.every < 2:
        raise WrongSetting(f"{where}.every: must be 2 or more, or no listing would ever end")
    return every


def _other_writer(where: str, value: Any) -> Every:
    given = _object(where, value, {"every", "mode", "operations"})
    mode = given.get("mode", "bump")
    if mode not in MODES:
        raise WrongSetting(f"{where}.mode: must be one of {', '.join(MODES)}, not {mode!r}")
    return Every(_count(f"{where}.every", given.get("every")), _named(where, given), mode=mode)


def _calls(where: str, value: Any) -> int:
    return _count(f"{where}.calls", _object(where, value, {"calls"}).get("calls"))


def _creation(where: str, value: Any) -> CreationFault:
    given = _object(where, value, {"calls", "fails"})
    fails = given.get("fails", "")
    if not isinstance(fails, str):
        raise WrongSetting(f"{where}.fails: must be a reason")
    return CreationFault(_count(f"{where}.calls", given.get("calls", 1)), fails)


def _object(where: str, value: Any, known: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongSetting(f"{where}: must be an object")
    for key in value:
        if key not in known:
            raise WrongSetting(f"{where}: {key!r} is unknown; known are {', '.join(sorted(known))}")
    return value


def _named(where: str, given: Mapping[str, Any]) -> frozenset[str] | None:
    if "operations" not in given:
        return None
    return frozenset(_operations(f"{where}.operations", given["operations"]))


def _operations(where: str, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise WrongSetting(f"{where}: must be a list of operations")
    for name in value:
        service, _, operation = str(name).rpartition(":")
        services = (service,) if service else shapes.SERVED
        if not any(operation in shapes.operations(known) for known in services):
            raise WrongSetting(
                f"{where}: {name!r} is not an operation; write Operation, or service:Operation with boto3's name of "
                f"the service. Without a service it must be one of {', '.join(shapes.SERVED)}"
            )
    return value


def _count(where: str, value: Any) -> int:
    if type(value) is not int or value < 1:
        raise WrongSetting(f"{where}: must be a whole number above 0")
    return value


def _above_zero(where: str, value: Any) -> float:
    if type(value) not in (int, float) or value <= 0:
        raise WrongSetting(f"{where}: must be above 0")
    return float(value)


def _seed(where: str, value: Any) -> int:
    if type(value) is not int:
        raise WrongSetting(f"{where}: must be a whole number")
    return value


def _flag(where: str, value: Any) -> bool:
    if type(value) is not bool:
        raise WrongSetting(f"{where}: must be true or false")
    return value


def _milliseconds(where: str, value: Any) -> float:
    return _above_zero(where, value) / 1000


def _stall(where: str, value: Any) -> Stall:
    given = _object(where, value, {"call", "when", "operations"})
    when = given.get("when", "before")
    if when not in ("before", "after"):
        raise WrongSetting(f"{where}.when: must be before or after")
    return Stall(_count(f"{where}.call", given.get("call")), when, _named(where, given))


READERS: dict[str, tuple[str, Callable[[str, Any], Any]]] = {
    "seed": ("seed", _seed),
    "rate": ("rate", _rate),
    "latencyMs": ("latency", _milliseconds),
    "error": ("errors", _errors),
    "dropBefore": ("drop_before", _every),
    "lostReply": ("lost_reply", _every),
    "itemFailure": ("item_failure", _every),
    "otherWriter": ("other_writer", _other_writer),
    "pageCap": ("page_cap", _count),
    "emptyPage": ("empty_page", _empty_page),
    "shuffle": ("shuffle", _flag),
    "searchLag": ("search_lag", _calls),
    "consistency": ("consistency", _calls),
    "creation": ("creation", _creation),
    "claim": ("claim", _creation),
    "propagation": ("propagation", _calls),
    "deletion": ("deletion", _calls),
    "settling": ("settling", _creation),
    "tables": ("tables", _calls),
    "statements": ("statements", _calls),
    "stall": ("stall", _stall),
    "switches": ("switches", lambda where, value: read_switches(value)),
    "quotas": ("quotas", lambda where, value: read_quotas(value)),
}
