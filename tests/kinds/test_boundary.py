"""An environment may demand a permissions boundary of every role."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from reconciler.desired import examine
from tests.builders.folders import write

BOUNDARY = "arn:aws:iam::111122223333:policy/centre-boundary"
TRUST = '{Version: "2012-10-17", Statement: []}'


def mistakes(root: Path, spec: str, boundary: str = BOUNDARY) -> list[str]:
    """Returns what is wrong with a role, without the place in the file."""
    text = f"kind: IamRole\nmetadata: {{name: calls}}\nspec: {{assumeRolePolicyDocument: {TRUST}{spec}}}\n"
    environment = replace(write(root, {"manifests/base/role.yaml": text}), permissions_boundary=boundary)
    return [mistake.message for mistake in examine(environment, {}, ("prod",)).mistakes]


@pytest.mark.parametrize("spec", ["", f", permissionsBoundary: {BOUNDARY}-2", ", permissionsBoundary: null"])
def test_a_role_without_the_boundary_is_a_mistake(tmp_path: Path, spec: str) -> None:
    assert mistakes(tmp_path, spec) == [
        f"the environment demands the boundary {BOUNDARY}; write permissionsBoundary: {BOUNDARY}"
    ]


def test_a_role_elsewhere_is_a_mistake(tmp_path: Path) -> None:
    """Apply may not write it: the policies of init are for roles below the path."""
    (mistake,) = mistakes(tmp_path, f", path: /, permissionsBoundary: {BOUNDARY}")

    assert "only roles below /reconcile/" in mistake


@pytest.mark.parametrize(
    ("spec", "boundary"), [(f", permissionsBoundary: {BOUNDARY}", BOUNDARY), (", path: /", "")], ids=["has", "none"]
)
def test_other_roles_are_right(tmp_path: Path, spec: str, boundary: str) -> None:
    assert mistakes(tmp_path, spec, boundary) == []
