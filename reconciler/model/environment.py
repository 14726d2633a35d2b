"""One environment of `reconcile.yaml`, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from reconciler.errors import Source
from reconciler.model import Ref, Scope
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
    """The most that one run may delete and update.

    `max_delete` applies to a kind's resources, a table's rows and an attribute's cells, from 10 items up.
    `max_update` applies to a table's cells, from 20 cells up.
    """

    max_delete: Threshold = Threshold(percent=Decimal(30))
    max_update: Threshold = Threshold(percent=Decimal(50))


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


@dataclass(frozen=True)
class Quotas:
    """Limits of the account's instance, which Service Quotas can raise, and the most items of one batch."""

    cells_per_table: int = 1000
    attributes_per_table: int = 100
    tables_per_instance: int = 100
    batch_items: int = 25


@dataclass(frozen=True)
class Environment:
    """One environment. `root`: the folder of reconcile.yaml. `instance`: an ARN.

    `instance` is empty before a sandbox starts, and in an environment that has only resources of account and Region.
    `overlays_of_all`: the overlay folders of every environment of the stack. `manifests_at` and `overlays_at`: the
    positions of the folders in reconcile.yaml, if it names them.
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

    @property
    def has_instance(self) -> bool:
        """True if resources of Amazon Connect may be declared here. A sandbox brings its own instance."""
        return bool(self.instance) or self.sandbox

    @property
    def scope(self) -> Scope:
        return Scope(self.stack, self.name, self.instance, self.account, self.region)

    def ignored(self, ref: Ref) -> Callable[[str], bool]:
        """Returns a function that says of a field's path whether a rule skips its differences in this resource."""
        rules = [rule for rule in self.ignore if rule.covers(str(ref), rule.path)]
        return lambda path: any(rule.covers(str(ref), path) for rule in rules)


def matches(glob: str, text: str) -> bool:
    """Returns whether the text matches the glob. `*` matches any characters, `?` one; brackets match themselves."""
    pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in glob)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
