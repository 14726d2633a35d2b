"""Whose is it: the tags that make a resource ours, and what follows for kinds that bear none."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from reconciler.model import Ref, Scope

STACK, ADDRESS, PROTECT = "reconciler:stack", "reconciler:address", "reconciler:protect"
PREFIX = "reconciler:"
LONGEST = 256
# The characters a tag value may hold (service model, TagValue), `=` aside: it is what escapes begin with.
_ODD = re.compile(r"[^\w .:/+@-]")


def tags(scope: Scope, ref: Ref, *, protect: bool = False) -> dict[str, str]:
    """What a resource of ours bears; nothing in it changes from run to run."""
    return {STACK: scope.owner, ADDRESS: address(ref), **({PROTECT: "true"} if protect else {})}


def address(ref: Ref) -> str:
    """`Kind/name` as a tag value: quoted-printable outside the tag alphabet, a hash where that is too long."""
    value = _ODD.sub(lambda odd: "".join(f"={byte:02X}" for byte in odd[0].encode()), str(ref))
    return value if len(value) <= LONGEST else f"{ref.kind}/sha256:{sha256(ref.name.encode()).hexdigest()}"


def ref_of(address: str) -> Ref:
    """The way back; a hash stays a hash."""
    text = re.sub(
        r"(=[0-9A-F]{2})+", lambda run: bytes.fromhex(run[0].replace("=", "")).decode(errors="replace"), address
    )
    kind, _, name = text.partition("/")
    return Ref(kind, name)


def is_ours(scope: Scope, ref: Ref, tagged: Mapping[str, str]) -> bool:
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS) == address(ref)


def owns(scope: Scope, kind: str, tagged: Mapping[str, str]) -> bool:
    """Returns whether a resource that no manifest declares belongs to the stack: the stack's tag alone may have been
    copied, and another kind's address certainly was."""
    return tagged.get(STACK) == scope.owner and tagged.get(ADDRESS, "").startswith(f"{kind}/")


def foreign(tagged: Mapping[str, str]) -> dict[str, str]:
    """The tags that manifests may speak of: neither AWS's nor ours."""
    return {key: value for key, value in tagged.items() if not key.startswith(("aws:", PREFIX))}
