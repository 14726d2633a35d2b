"""One environment of `reconcile.yaml`, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from pathlib import Path
from sys import maxsize
from typing import NamedTuple

from reconciler.errors import Source
from reconciler.model import Ref, Scope
from reconciler.model.windows import Window
from reconciler.pacing import Rates

VARIABLE = "RECONCILE_VAR_"  # prefix of environment variables that override the variables of the file


class Threshold(NamedTuple):
    """A percentage of the existing items (`30%`: 30), or an absolute number of items."""

    percent: Decimal | None = None
    number: int | None = None

    def allows(self, changed: int, total: int) -> bool:
        if self.number is not None:
            return changed <= self.number
        # Decimal, because with floats 0.29 * 100 is less than 29.
        return 100 * changed <= (self.percent or Decimal()) * total

    def __str__(self) -> str:
        return str(self.number) if self.percent is None else f"{self.percent.normalize():f} %"


@dataclass(frozen=True)
class Policy:
    """The most that one run may delete and update, and the times of its changes.

    `max_delete` applies to a kind's resources, a table's rows and an attribute's cells, from 10 items up.
    `max_update` applies to a table's cells, from 20 cells up.
    A kind that `windows` name is changed only while one of these is open. So it is with `run_windows`, those of
    `--window`. They can only narrow the others: if both name a kind, one of each must be open.
    """

    max_delete: Threshold = Threshold(percent=Decimal(30))
    max_update: Threshold = Threshold(percent=Decimal(50))
    windows: tuple[Window, ...] = ()
    run_windows: tuple[Window, ...] = ()


class Ignore(NamedTuple):
    """Differences that plan, apply and drift skip: globs of an address and of a field's path.

    `values.NAME` is the path of the cells of an attribute.
    """

    address: str
    path: str

    def covers(self, address: str, path: str) -> bool:
        """Returns whether the rule matches the path, or a path that contains it."""
        parts = [path, *(path[: cut.start()] for cut in re.finditer(r"[.\[]", path))]
        return matches(self.address, address) and any(matches(self.path, part) for part in parts)


@dataclass(frozen=True)
class Retries:
    attempts: int = 4  # attempts of one call, including the first
    conflicts: int = 5  # consecutive rounds in which a batch only meets conflicts with other writers


class Counted(Enum):
    """The things that a quota limits."""

    RESOURCES = "the resources of the kind"
    ITEMS = "the items of a field, or the values, of one resource"
    BATCH = "the items of one call"


class Turnover(NamedTuple):
    """The most creations and deletions together in some days, as a percentage of a quota. AWS does not report them."""

    percent: int
    days: int


@dataclass(frozen=True)
class Quota:
    """A limit of AWS, which the kind states whose resources it limits.

    item, per: what it counts, and in what: cells per table. `items`: the plural, if it is not `item` with an s.
    field: the field of the spec or of the manifest whose items it counts.
    service, code: its codes in Service Quotas. Without a code, `check` skips it.
    key: its key below `quotas` in reconcile.yaml. Without one, only `check` compares it.
    default, description: AWS's value, and the words of the schema, for a quota with a key.
    sandbox: its name in the sandbox, if that enforces it.
    turnover: the limit of creations and deletions. Such a quota has a key, and plan blocks creations beyond it.
    """

    item: str
    per: str
    counts: Counted = Counted.RESOURCES
    items: str = ""
    field: str = ""
    service: str = ""
    code: str = ""
    key: str = ""
    default: int = 0
    description: str = ""
    sandbox: str = ""
    turnover: Turnover | None = None

    @property
    def name(self) -> str:
        return f"{self.items or f'{self.item}s'} per {self.per}"


@dataclass(frozen=True)
class Quotas:
    """The quotas of reconcile.yaml, by key. Another one has the default here, or else AWS's."""

    written: Mapping[str, int] = field(default_factory=dict)
    default: int | None = None

    def of(self, quota: Quota) -> int:
        return self.written.get(quota.key, quota.default if self.default is None else self.default)


# For what checks a declaration without an account.
UNLIMITED = Quotas(default=maxsize)


@dataclass(frozen=True)
class Environment:
    """One environment. `root`: the folder of reconcile.yaml. `instance`: an ARN.

    `instance` is empty before a sandbox starts, and in an environment that has only resources of account and Region.
    `overlays_of_all`: the overlay folders of every environment of the stack. `manifests_at` and `overlays_at`: the
    positions of the folders in reconcile.yaml, if it names them. `permissions_boundary`: the ARN of the policy that
    limits every role.
    """

    stack: str
    name: str
    root: Path
    instance: str = ""
    account: str = ""
    region: str = ""
    sandbox: bool = False
    manifests: Path = Path("manifests")
    overlays: tuple[Path, ...] = ()
    overlays_of_all: tuple[Path, ...] = ()
    manifests_at: Source | None = None
    overlays_at: tuple[Source, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    policy: Policy = Policy()
    ignore: tuple[Ignore, ...] = ()
    rates: Rates = Rates()
    retries: Retries = Retries()
    quotas: Quotas = Quotas()
    recheck: bool = False
    frozen: str = ""
    permissions_boundary: str = ""
    artifacts: str = ""  # the bucket for archives of functions that are too large for a call

    @property
    def has_instance(self) -> bool:
        """True if resources of Amazon Connect may be declared here. A sandbox brings its own instance."""
        return bool(self.instance) or self.sandbox

    @property
    def scope(self) -> Scope:
        place = (self.stack, self.name, self.instance, self.account, self.region)
        return Scope(*place, self.permissions_boundary, self.artifacts, self.sandbox)

    def ignored(self, ref: Ref) -> Callable[[str], bool]:
        """Returns a function that says of a field's path whether a rule skips its differences in this resource."""
        rules = [rule for rule in self.ignore if rule.covers(str(ref), rule.path)]
        return lambda path: any(rule.covers(str(ref), path) for rule in rules)


def matches(glob: str, text: str) -> bool:
    """Returns whether the text matches the glob. `*` matches any characters, `?` one; brackets match themselves."""
    pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in glob)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
