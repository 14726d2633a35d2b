"""The settings of the function that would take an upload, as the declared pipeline has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model import Manifest, Ref

# The variables by which the function of an import is known.
_OF_UPLOAD = frozenset({"ROSTER_TABLE", "QUARANTINE_PREFIX", "SECRET_PREFIX"})


@dataclass(frozen=True)
class Settings:
    """The function creates missing hierarchy groups, or generates passwords, if the setting is true."""

    creates_groups: bool = False
    generates_passwords: bool = False


def settings_of(declared: Mapping[Ref, Manifest], given: Settings = Settings()) -> Settings:
    """Returns the settings of the one declared import, with those that are given. Several imports decide nothing."""
    variables = list(_imports(declared))
    known = variables[0] if len(variables) == 1 else {}
    return Settings(
        given.creates_groups or known.get("CREATE_HIERARCHY_GROUPS") == "true",
        given.generates_passwords or known.get("GENERATE_PASSWORDS") == "true",
    )


def _imports(declared: Mapping[Ref, Manifest]) -> Iterator[Mapping[str, str]]:
    for ref, manifest in declared.items():
        spec: Any = manifest.spec
        if ref.kind == "LambdaFunction" and _OF_UPLOAD.issubset(spec.environment or {}):
            yield spec.environment
