"""The tags that mark a resource as managed by a stack, and the rules for kinds without tags."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from reconciler.model import Ref, Scope

STACK, ADDRESS, PROTECT = "reconciler:stack", "reconciler:address", "reconciler:protect"
# Who had a resource before it was moved here. Without it, the plan there would take a resource without a key for new.
MOVED = "reconciler:moved-from"
PREFIX = "reconciler:"
LONGEST = 256
# Every character except those of a tag value (service model, TagValue); `=` is excluded, because it begins an escape.
_ODD = re.compile(r"[^\w .:/+@-]")


def tags(scope: Scope, ref: Ref, *, protect: bool = False) -> dict[str, str]:
    """Returns the tags of a managed resource. They do not change from run to run."""
    return {STACK: scope.owner, ADDRESS: address(ref), **({PROTECT: "true"} if protect else {})}


def address(ref: Ref) -> str:
    """Returns `Kind/name` as a tag value: quoted-printable outside the tag alphabet, or a hash if it is too long."""
    value = _ODD.sub(lambda odd: "".join(f"={byte:02X}" for byte in odd[0].encode()), str(ref))
    return value if len(value) <= LONGEST else f"{ref.kind}/sha256:{sha256(ref.name.encode()).hexdigest()}"


def moved_from(tagged: Mapping[str, str]) -> dict[str, str]:
    """Returns the tag that remembers the stack and the address of a resource that is moved; none if it had none."""
    owner, known = tagged.get(STACK), tagged.get(ADDRESS)
    return {MOVED: former(owner, known)} if owner and known else {}


def former(owner: str, address: str) -> str:
    """Returns a stack and an address as one tag value: a hash if it is too long."""
    value = f"{owner} {address}"
    return value if len(value) <= LONGEST else f"sha256:{sha256(value.encode()).hexdigest()}"


def ref_of(address: str) -> Ref:
    """Reverses `address`. A hash stays a hash."""
    text = re.sub(
        r"(=[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("=", "")).decode(errors="replace"), address
    )
    kind, _, name = text.partition("/")
    return Ref(kind, name)


def pipeline_owner(scope: Scope, name: str) -> str:
    """Returns the value of the stack's tag on what a function of a pipeline creates: it is not the stack's own."""
    return f"{scope.owner}:Pipeline/{name}"


def is_of_pipeline(scope: Scope, owner: str) -> bool:
    """Returns whether the value of a stack's tag is that of a pipeline of this stack."""
    return owner.startswith(f"{scope.owner}:Pipeline/")


def is_managed(scope: Scope, ref: Ref, tagged: Mapping[str, str]) -> bool:
    """Returns whether the tags say that the stack manages the resource under this address."""
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS) == address(ref)


def owns(scope: Scope, kind: str, tagged: Mapping[str, str]) -> bool:
    """Returns whether the stack manages a resource without a manifest.

    The stack's tag alone may be a copy, and an address of another kind certainly is one.
    """
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS, "").startswith(f"{kind}/")


def foreign(tagged: Mapping[str, str]) -> dict[str, str]:
    """Returns the tags that manifests may declare: neither AWS's own tags nor the reconciler's."""
    return {key: value for key, value in tagged.items() if not key.startswith(("aws:", PREFIX))}
