"""What `reconcile.yaml` says of one environment, as frozen values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from reconciler.errors import Source
from reconciler.model import Scope
from reconciler.pacing import Rates

VARIABLE = "RECONCILE_VAR_"  # and a variable's name: what the process's environment sets goes before the file


class Threshold(NamedTuple):
    """A percentage of what there is (`30%`: 30) or a plain number of items."""

    percent: Decimal | None = None
    number: int | None = None

    def allows(self, changed: int, total: int) -> bool:
        if self.number is not None:
            return changed <= self.number
        # Not floats: 0.29 * 100 is less than 29.
        return 100 * changed <= (self.percent or Decimal()) * total

    def __str__(self) -> str:
        return str(self.number) if self.percent is None else f"{self.percent.normalize():f} %"


@dataclass(frozen=True)
class Policy:
    """How much one run may delete (of a kind's resources, a table's rows, an attribute's cells; from 10 items up) and
    update (of a table's cells; from 20 up)."""

    max_delete: Threshold = Threshold(percent=Decimal(30))
    max_update: Threshold = Threshold(percent=Decimal(50))


class Ignore(NamedTuple):
    """Differences that plan, apply and drift pass over: globs of an address and of a field's path (`values.NAME` for
    the cells of an attribute)."""

    address: str
    path: str

    def covers(self, address: str, path: str) -> bool:
        """Whether the rule holds for the path, or for something that the path is a part of."""
        parts = [path, *(path[: cut.start()] for cut in re.finditer(r"[.\[]", path))]
        return matches(self.address, address) and any(matches(self.path, part) for part in parts)


@dataclass(frozen=True)
class Retries:
    attempts: int = 4  # of one call, the first included
    conflicts: int = 5  # rounds in a row in which a batch meets other writers and gets nothing done


@dataclass(frozen=True)
class Quotas:
    """Limits of the account's instance that Service Quotas can raise, and the most items of one batch."""

    cells_per_table: int = 1000
    attributes_per_table: int = 100
    tables_per_instance: int = 100
    batch_items: int = 25


@dataclass(frozen=True)
class Environment:
    """`root`: the folder of reconcile.yaml. `instance`: an ARN, empty for a sandbox that has not been started.

    `overlays_of_all`: the overlay folders of every environment of the stack. `manifests_at` and `overlays_at`: where
    reconcile.yaml names the folders, as far as it does.
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
    def scope(self) -> Scope:
        return Scope(self.stack, self.name, self.instance)


def matches(glob: str, text: str) -> bool:
    """`*` is any run of characters and `?` is one; brackets are themselves, because paths hold them."""
    pattern = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in glob)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
